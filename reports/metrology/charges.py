"""Charges of pulses as a metrologist reads them: baseline from both sides, tail, bend of the converter.

The finder knows only what came before a pulse. Here the record is complete, so the level under a pulse comes from the
quiet cells on both sides of it, what flows behind its window from the cells behind hundreds of pulses, and the error of
the converter from its calibration. Source: regulatory.md 5.2 (budget), 5.3 (remedies a, b and e).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reports.measures.pulse_budget import accuracy_of, pulse_terms
from reports.metrology.linearity import linearised, phase_error_c
from reports.metrology.quiet import Array, Baseline, PulseSpans, cell_noise_a, two_sided
from reports.metrology.tail import WINDOW_TAUS, Tail, fitted_tail, without_tail
from reports.uncertainty import RECTANGULAR, Term, bounded, term
from rig.bench import ChannelAccuracy
from rig.record import IdleCells, Record

Field: TypeAlias = Literal["charge1_c", "charge2_c", "net_c"]

_BEFORE_SAMPLES: Final = 8
"""Samples of a charge window before the pulse (`rig.finder_measure.PRE`)."""
_WORTH_RATIO: Final = 0.05
"""Part of the phase charge from which on a second phase without a width counts."""
_STEP: Final = 12.0**-0.5
"""A step of the baseline somewhere under a pulse, in standard uncertainties of the level there."""


@dataclass(frozen=True, slots=True, eq=False)
class Charges:
    """One kind of charge of some pulses, corrected.

    Attributes:
        values_c: (m,) C, signs as captured.
        complete: (m,) False where nothing can be said: clipped, or a tail that was neither seen to end nor fitted.
        terms: components of the uncertainty, (m,) each.
        method: what was done, in words.
    """

    values_c: Array
    complete: NDArray[np.bool_]
    terms: tuple[Term, ...]
    method: str


@dataclass(frozen=True, slots=True, eq=False)
class _Surroundings:
    """What lies around the pulses of one channel: baseline and tail of each, (n,)."""

    spans: PulseSpans
    level_a: Array
    noise_a: Array
    is_two_sided: bool
    tail_ratio: Array
    tail_u_ratio: Array
    tail_tau_s: Array


def charges(record: Record, field: Field, rows: NDArray[np.int64]) -> Charges:
    """Charge of a phase or net charge of the pulses `rows` of the record, corrected, with its uncertainty."""
    pulses = record.pulses
    values = pulses[field][rows].astype(np.float64)
    complete = (pulses["clipped"][rows] <= 0) & np.isfinite(values)
    tailed = np.zeros(rows.size, np.bool_)
    terms = {part.name: part for part in pulse_terms(record, field, rows)}
    methods: dict[str, None] = {}
    for channel in np.unique(pulses["channel"][rows]):
        own = np.flatnonzero(pulses["channel"][rows] == channel)
        accuracy = accuracy_of(record, float(channel))
        if accuracy is None:
            continue
        role = "current" if channel <= 1 else f"current.{int(channel)}"
        every = np.flatnonzero(pulses["channel"] == channel)
        place = np.searchsorted(every, rows[own])
        around = _surroundings(record, record.idle.get(role), accuracy, every)
        one = {name: column[rows[own]] for name, column in pulses.items()}
        correction, parts = _corrected(record, role, field, accuracy, around, place, one)
        values[own] += correction
        for part in parts:
            standard = terms[part.name].standard_value.copy() if part.name in terms else np.zeros(rows.size)
            standard[own] = part.standard_value
            terms[part.name] = part.restated(standard)
        fits = (around.tail_tau_s[place] > 0.0) & (
            around.spans.next_s[place] - around.spans.end_s[place] > WINDOW_TAUS * around.tail_tau_s[place]
        )
        tailed[own] = fits
        methods.update(dict.fromkeys(_methods(accuracy, around)))
    complete &= (pulses["tail_done"][rows] > 0) | tailed | (field == "charge1_c")
    return Charges(values, complete, tuple(terms.values()), ", ".join(methods))


def _surroundings(
    record: Record, cells: IdleCells | None, accuracy: ChannelAccuracy, every: NDArray[np.int64]
) -> _Surroundings:
    pulses = record.pulses
    spans = PulseSpans.of(pulses["t_s"][every], pulses["end_s"][every])
    n = every.size
    if cells is None or not cells.t0_s.size or not n:
        nothing = np.zeros(n)
        return _Surroundings(spans, np.full(n, np.nan), nothing, False, nothing, nothing, nothing)
    noise_a, charge_c = cell_noise_a(accuracy, cells.cell_s), pulses["charge1_c"][every]
    done = pulses["tail_done"][every]
    ratio, u_ratio, tau_s = np.zeros(n), np.zeros(n), np.zeros(n)
    level_a = cells.mean
    for members in _by_load(record, spans.t_s):
        most_a = _band_a(accuracy, cells) if np.mean(done[members] > 0) > 0.5 else np.inf
        tail = fitted_tail(cells, spans.some(members), charge_c[members], noise_a, most_a)
        ratio[members], u_ratio[members], tau_s[members] = tail.charge_ratio, tail.uncertainty_ratio, tail.tau_s
        if tail.seen:
            level_a = level_a - _tail_levels(cells, spans.some(members), charge_c[members], tail)
    found = two_sided(cells, level_a, spans, noise_a)
    noise = np.hypot(found.noise_a, _STEP * np.abs(found.step_a))
    return _Surroundings(spans, found.level_a, noise, _mostly_two(found), ratio, u_ratio, tau_s)


def _band_a(accuracy: ChannelAccuracy, cells: IdleCells) -> float:
    """How near to the baseline the finder wants the mean of a cell where it ends a window (`rig.finder_level`), A."""
    return 0.15 * accuracy.lsb + 5.0 * accuracy.noise_rms / max(1.0, cells.cell_s * accuracy.rate_hz) ** 0.5


def _mostly_two(found: Baseline) -> bool:
    return bool(np.mean(found.sides == 2) > 0.5)


def _tail_levels(cells: IdleCells, spans: PulseSpans, charge_c: Array, tail: Tail) -> Array:
    """What the tail adds to each cell before the next pulse, A."""
    added = cells.mean - without_tail(cells, spans, charge_c, tail)
    before = np.searchsorted(spans.end_s, cells.t0_s + 1e-9, "right") - 1
    return np.where(cells.t0_s < spans.next_s[np.maximum(before, 0)], added, 0.0)


def _by_load(record: Record, t_s: Array) -> tuple[NDArray[np.int64], ...]:
    """Rows of the pulses between two changes of the load: a tail belongs to a load."""
    changes = [event.start_s for event in record.events.values() if event.kind == "load.change" and event.fired]
    stretch = np.searchsorted(np.sort(np.array(changes, np.float64)), t_s, "right")
    return tuple(np.flatnonzero(stretch == k) for k in np.unique(stretch))


def _corrected(
    record: Record,
    role: str,
    field: Field,
    accuracy: ChannelAccuracy,
    around: _Surroundings,
    place: NDArray[np.int64],
    pulses: Mapping[str, Array],
) -> tuple[Array, tuple[Term, ...]]:
    """What is to be added to the finder's charges, C, and the terms that come with it."""
    first_s, second_s = _windows(accuracy, pulses)
    window_s = {"charge1_c": first_s, "charge2_c": second_s, "net_c": first_s + second_s}[field]
    level_a, known = around.level_a[place], np.isfinite(around.level_a[place])
    shift = np.where(known, -(level_a - pulses["baseline_a"]) * window_s, 0.0)
    for phase, field_too in ((1, "charge1_c"), (2, "charge2_c")):
        if field in {"net_c", field_too}:
            a, width_s, charge_c = (pulses[name.format(phase)] for name in ("phase{}_a", "phase{}_s", "charge{}_c"))
            shift = shift - phase_error_c(accuracy, a, width_s, charge_c, pulses["baseline_a"])
    own_c = np.nan_to_num(np.abs(pulses["charge1_c"]))
    behind_c, terms = np.zeros(place.size), list[Term]()
    if known.any():
        standard = np.where(known, around.noise_a[place] * window_s, 0.0)
        source = "noise of the quiet cells on both sides, and their difference"
        terms.append(term("baseline", "A", standard, place.size, systematic=False, source=source))
    if field != "charge1_c" and around.tail_u_ratio.any():
        behind_c = around.tail_ratio[place] * np.nan_to_num(pulses["charge1_c"])
        terms.append(_truncation(around, place, own_c, behind_c))
    if accuracy.polarity_gain_ratio > 0.0:
        bound = (1.0 if field == "net_c" else 0.5) * accuracy.polarity_gain_ratio * own_c
        source = "gain of one polarity over the other, bound"
        terms.append(bounded("polarity gain", bound, place.size, systematic=True, source=source))
    if record.zero_span.taken(role):
        bound = abs(record.zero_span.gain_drift_ratio(role)) * np.nan_to_num(np.abs(pulses[field]))
        source = "span before and after the case"
        terms.append(bounded("gain drift", bound, place.size, systematic=True, source=source))
    value = np.nan_to_num(np.abs(pulses[field] + shift + behind_c))
    for name, bound in (("gain", accuracy.gain_bound_ratio), ("timebase", accuracy.timebase_bound_ratio)):
        source = "bound, of what was found"
        terms.append(bounded(name, bound * value, place.size, systematic=True, source=source))
    unresolved = ~np.isfinite(pulses["phase2_s"]) & (np.abs(pulses["charge2_c"]) > _WORTH_RATIO * own_c)
    if field != "charge1_c" and unresolved.any():
        terms.append(_bend_of_unresolved(accuracy, pulses, second_s, unresolved))
    return shift + behind_c, tuple(terms)


def _bend_of_unresolved(
    accuracy: ChannelAccuracy, pulses: Mapping[str, Array], second_s: Array, unresolved: NDArray[np.bool_]
) -> Term:
    """A second phase without a width, such as a long discharge, may bend as long as its window lasts."""
    length_s = np.nan_to_num(pulses["phase1_s"]) + np.where(unresolved, second_s, np.nan_to_num(pulses["phase2_s"]))
    bound = linearised(accuracy).inl_bound * length_s
    return bounded("INL", bound, length_s.size, systematic=True, source="bound, over the whole window")


def _truncation(around: _Surroundings, place: NDArray[np.int64], own_c: Array, behind_c: Array) -> Term:
    """What the fit of the tail leaves open, and what of it flows on into the next pulse and is counted there again."""
    tau_s = np.where(around.tail_tau_s[place] > 0.0, around.tail_tau_s[place], 1.0)
    again = np.abs(behind_c) * np.exp(-(around.spans.next_s[place] - around.spans.end_s[place]) / tau_s)
    standard = np.hypot(around.tail_u_ratio[place] * own_c, again * RECTANGULAR)
    source = "fit of what flows behind the charge window"
    return term("truncation", "A", standard, place.size, systematic=True, source=source)


def _windows(accuracy: ChannelAccuracy, pulses: Mapping[str, Array]) -> tuple[Array, Array]:
    """Lengths of the two parts of the charge window, s: to the middle of the gap, and from there on."""
    margin_s = (_BEFORE_SAMPLES - 1) / accuracy.rate_hz
    whole_s = pulses["end_s"] - pulses["t_s"] + margin_s
    first_s = margin_s + np.nan_to_num(pulses["phase1_s"]) + 0.5 * np.nan_to_num(pulses["gap_s"])
    first_s = np.minimum(first_s, whole_s)
    return first_s, whole_s - first_s


def _methods(accuracy: ChannelAccuracy, around: _Surroundings) -> list[str]:
    found = ["baseline from both sides of the pulse" if around.is_two_sided else "baseline from before the pulse"]
    taus = np.unique(around.tail_tau_s[around.tail_tau_s > 0.0])
    found += [f"tail fitted behind the window (tau {tau_s * 1e3:.2g} ms)" for tau_s in taus]
    if accuracy.inl_table is not None:
        dated = f" of {accuracy.inl_table.on}" if accuracy.inl_table.on else ""
        found.append(f"INL table{dated}")
    return found
