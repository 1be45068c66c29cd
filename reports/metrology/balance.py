"""Net charge of a whole run, with the leads swapped half-way: what the instrument adds to both halves falls out.

With the leads swapped the device's charge changes its sign and the instrument's does not: ``Q = (Q1 - Q2)/2`` is the
device's, ``(Q1 + Q2)/2`` what the instrument would have added. An even bend of the converter, a gain that depends on
the polarity and thermal voltages cancel; an odd bend does not, but errs against itself in two phases of one size.

Source: regulatory.md 5.3 (e).
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from reports.measures.pulse_budget import accuracy_of
from reports.metrology.charges import Charges, charges
from reports.metrology.linearity import STEEPEST, linearised
from reports.metrology.quiet import Array
from reports.uncertainty import Term, bounded, group_mean, term
from rig.record import Record

_NOT_IN_SWAP: Final = frozenset({"INL", "polarity gain"})
"""Components that the swap cancels, or of which another bound is left."""
_STEP_CODES: Final = 0.5
"""Differential non-linearity that the bend of the table does not know, codes (design choice: half a code)."""


@dataclass(frozen=True, slots=True, eq=False)
class Balance:
    """Net charge of a pulse, over the run.

    Attributes:
        net_c: C, in the polarity of the first pulses.
        phase_c: mean magnitude of the phase charge, C.
        terms: components of the uncertainty of the net charge, (1,) each.
        asymmetry_c: what the instrument would have added, C; NaN without a swap.
        counts: pulses before and with the swapped leads; the second is 0 without a swap.
        method: what was done, in words.
        lost: why the swap cannot be used, or "".
    """

    net_c: float
    phase_c: float
    terms: tuple[Term, ...]
    asymmetry_c: float
    counts: tuple[int, int]
    method: str
    lost: str = ""


def is_swapped(record: Record) -> bool:
    """True where the run asked for the leads to be swapped, and got so far."""
    events = (record.events.get(planned.name) for planned in record.case.events if planned.kind == "electrode.swap")
    return any(event is not None and event.fired for event in events)


def balance(record: Record, rows: NDArray[np.int64]) -> Balance:
    """Net charge over the pulses `rows` of one channel, all of them complete and at least one."""
    read, phase = charges(record, "net_c", rows), charges(record, "charge1_c", rows)
    phase_c = float(np.mean(np.abs(phase.values_c)))
    sign = np.sign(record.pulses["phase1_a"][rows])
    crossed = sign != sign[0]
    if not is_swapped(record):
        terms = (
            *group_mean(read.terms, np.zeros(rows.size, np.int64), 1),
            _repeatability(read, (np.ones(rows.size, np.bool_),)),
        )
        return Balance(float(np.mean(read.values_c)), phase_c, terms, float("nan"), (rows.size, 0), read.method)
    halves = (~crossed, crossed)
    counts = int(halves[0].sum()), int(halves[1].sum())
    if not counts[1]:
        lost = "the leads were to be swapped, but no pulse changed its polarity"
        return Balance(float("nan"), phase_c, (), float("nan"), counts, read.method, lost)
    first_c, second_c = (float(np.mean(read.values_c[half])) for half in halves)
    terms = (*_of_halves(read, crossed), *_left_of_bends(record, rows, crossed), _repeatability(read, halves))
    method = f"polarity swap (n = {counts[0]} + {counts[1]} pulses), {read.method}"
    return Balance(0.5 * (first_c - second_c), phase_c, terms, 0.5 * (first_c + second_c), counts, method)


def _of_halves(read: Charges, crossed: NDArray[np.bool_]) -> tuple[Term, ...]:
    """Components of half the difference of two means, less what is common to both and keeps its sign."""
    kept: list[Term] = []
    for part in group_mean(read.terms, crossed.astype(np.int64), 2):
        if part.name in _NOT_IN_SWAP:
            continue
        first, second = part.standard_value
        together = 0.5 * (first + second) if part.systematic else 0.5 * np.hypot(first, second)
        kept.append(part.restated(np.array([together])))
    return tuple(kept)


def _left_of_bends(record: Record, rows: NDArray[np.int64], crossed: NDArray[np.bool_]) -> tuple[Term, ...]:
    """What the bends leave behind a swap.

    Odd, g(-x) = -g(x): ``|g(I1) w1 - g(I2) w2| <= INL |w1 - w2| + s |I1 - I2| w2``, never more than INL (w1 + w2), with
    the slope s of a bend at most 2 pi INL over the range, and half a code for the steps of the converter. Even, and a
    gain that depends on polarity: only as far as the pulses of the two halves differ.
    """
    pulses = record.pulses
    accuracy = accuracy_of(record, float(pulses["channel"][rows[0]]))
    if accuracy is None:
        return ()
    card, gain = linearised(accuracy), accuracy.polarity_gain_ratio
    size = {
        name: np.abs(np.nan_to_num(pulses[name][rows])) for name in ("phase1_a", "phase2_a", "phase1_s", "phase2_s")
    }
    slope = STEEPEST * card.inl_bound / card.range

    def mean(values: Array, half: NDArray[np.bool_]) -> float:
        return float(np.mean(values[half]))

    both_s = size["phase1_s"] + size["phase2_s"]
    odd = card.inl_bound * np.abs(size["phase1_s"] - size["phase2_s"])
    odd = odd + slope * np.abs(size["phase1_a"] - size["phase2_a"]) * size["phase2_s"]
    odd = odd + _STEP_CODES * card.lsb * np.minimum(size["phase1_s"], size["phase2_s"])
    bound = float(np.mean(np.minimum(odd, card.inl_bound * both_s)))
    apart_a = abs(mean(size["phase1_a"], ~crossed) - mean(size["phase1_a"], crossed))
    apart_s = abs(mean(both_s, ~crossed) - mean(both_s, crossed))
    bound += 0.5 * (slope * apart_a * float(np.mean(both_s)) + card.inl_bound * apart_s)
    charge_c = size["phase1_a"] * size["phase1_s"]
    left_c = 0.5 * gain * abs(mean(charge_c, ~crossed) - mean(charge_c, crossed))
    source = "what the swap leaves of the bend: phases that differ in size"
    if accuracy.inl_table is not None:
        source += "; residual of the INL table"
    found = [bounded("INL", bound, 1, systematic=True, source=source)]
    if gain > 0.0:
        source = "measured by the swap; halves that differ in charge"
        found.append(bounded("polarity gain", left_c, 1, systematic=True, source=source))
    return tuple(found)


def _repeatability(read: Charges, halves: tuple[NDArray[np.bool_], ...]) -> Term:
    """What the pulses scatter beyond what the instrument explains: ``sqrt((s^2 - mean u^2)/n)`` of each half."""
    model: Array = sum((part.standard_value**2 for part in read.terms if not part.systematic), np.zeros(1))
    known = np.broadcast_to(model, read.values_c.shape)
    variance, spare = 0.0, 0
    for half in halves:
        n = int(half.sum())
        if n > 1:
            excess = float(np.var(read.values_c[half], ddof=1)) - float(np.mean(known[half]))
            variance += max(excess, 0.0) / n / len(halves) ** 2
            spare += n - 1
    source = "scatter of the pulses beyond that of the instrument, over n"
    found = term("repeatability", "A", variance**0.5, 1, systematic=False, source=source)
    return replace(found, dof=float(max(spare, 1)))
