"""What a patient is heated by: r.m.s. current, energy of a pulse, r.m.s. current and power density under a pad.

All follow from the integral of the square of each pulse (`square_a2s`): ``I_rms = sqrt(f integral i^2 dt)`` over whole
pulse periods of a train, ``E = R integral i^2 dt``, ``J = I_rms / A``, ``P = I_rms^2 R / A`` (regulatory.md 1.3 and
OUT-04, -05, -11). Worst cases are judged at the worst corner of the settings: a run that never was there cannot pass.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from reports.conditions import conditions_of
from reports.measures.at_corner import short_of_corner
from reports.measures.collecting import collected, not_run, noted, nothing, spans_array
from reports.measures.grouping import Train, trains_of
from reports.measures.levels import sound_rows
from reports.measures.pad import UNKNOWN_AREA, pad_area_m2
from reports.measures.pulse_budget import pulse_terms
from reports.measures.shape_budget import shape_terms
from reports.samples import Samples
from reports.uncertainty import Term, group_mean
from rig.record import Record

CLASSES_HZ_A: Final = ((400.0, 0.050), (1500.0, 0.080), (np.inf, 0.100))
"""Up to this pulse rate, into 500 ohm, so much r.m.s. current (IEC 60601-2-10, 201.12.4.104)."""

ENERGY_J: Final = 0.300
"""Energy of a pulse into 500 ohm (IEC 60601-2-10, 201.12.4.104)."""

_LEAST_PULSES: Final = 3


@dataclass(frozen=True, slots=True, eq=False)
class Burst:
    """Trains of all channels that run at the same time.

    Attributes:
        t0_s: start, s.
        t1_s: end, s.
        stride: stride of the first.
        rms_a: r.m.s. current of all channels together, A.
        rate_hz: highest pulse rate of a channel, Hz.
        terms: components of `rms_a`, one number each.
    """

    t0_s: float
    t1_s: float
    stride: int
    rms_a: float
    rate_hz: float
    terms: tuple[Term, ...]


def bursts_of(record: Record) -> tuple[Burst, ...]:
    """Every burst with a plateau of at least three pulses."""
    rows = sound_rows(record, "square_a2s")
    parts = [part for part in (_of_train(record, train, rows) for train in trains_of(record)) if part is not None]
    bursts: list[list[Burst]] = []
    for part in parts:
        if bursts and part.t0_s < bursts[-1][0].t1_s:
            bursts[-1].append(part)
        else:
            bursts.append([part])
    overlapping = _channels_overlap(record)
    return tuple(_together(group, overlapping) for group in bursts)


def _of_train(record: Record, train: Train, sound: NDArray[np.int64]) -> Burst | None:
    rows = np.intersect1d(train.rows, sound)
    if rows.size < _LEAST_PULSES:
        return None
    t_s, square = record.pulses["t_s"][rows], record.pulses["square_a2s"][rows]
    period_s = float(t_s[-1] - t_s[0]) / (rows.size - 1)
    mean = float(np.mean(square))
    rms_a = (mean / period_s) ** 0.5
    averaged = group_mean(shape_terms(record, "square_a2s", rows), np.zeros(rows.size, np.int64), 1)
    terms = tuple(part.scaled(rms_a / (2.0 * mean)) for part in averaged)
    end_s = float(record.pulses["end_s"][rows[-1]])
    return Burst(float(t_s[0]), end_s, train.stride, rms_a, 1.0 / period_s, terms)


def _together(group: list[Burst], overlapping: bool) -> Burst:
    """Channels that alternate add their squares; where they may flow at once their currents add (upper bound)."""
    if len(group) == 1:
        return group[0]
    sizes = np.array([part.rms_a for part in group])
    rms_a = float(np.sum(sizes)) if overlapping else float(np.sqrt(np.sum(sizes**2)))
    weights = np.ones(sizes.size) if overlapping else sizes / rms_a
    terms = tuple(
        Term(
            first.name,
            first.kind,
            np.array(
                [float(np.sum([w * part.terms[k].standard_value[0] for w, part in zip(weights, group, strict=True)]))]
            ),
            first.systematic,
            first.source,
            first.distribution,
        )
        for k, first in enumerate(group[0].terms)
    )
    first = group[0]
    end_s = max(part.t1_s for part in group)
    return Burst(first.t0_s, end_s, first.stride, rms_a, max(part.rate_hz for part in group), terms)


def _channels_overlap(record: Record) -> bool:
    """True where driven phases of two channels were ever on at the same time."""
    pulses = record.pulses
    if np.unique(pulses["channel"]).size < 2:
        return False
    order = np.argsort(pulses["t_s"], kind="stable")
    start = pulses["t_s"][order]
    driven = np.nan_to_num(pulses["phase1_s"]) + np.nan_to_num(pulses["gap_s"]) + np.nan_to_num(pulses["phase2_s"])
    end = np.maximum.accumulate(start + driven[order])
    other = pulses["channel"][order][1:] != pulses["channel"][order][:-1]
    return bool(np.any(other & (start[1:] < end[:-1])))


def _merged(bursts: tuple[Burst, ...]) -> tuple[Term, ...]:
    if not bursts:
        return ()
    return tuple(
        first.restated(np.array([burst.terms[k].standard_value[0] for burst in bursts]))
        for k, first in enumerate(bursts[0].terms)
    )


def _placed(bursts: tuple[Burst, ...]) -> tuple[list[float], list[float], list[int]]:
    return (
        [burst.t0_s for burst in bursts],
        [burst.t1_s for burst in bursts],
        [burst.stride for burst in bursts],
    )


def rms_current(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """R.m.s. current of every train over whole pulse periods, all channels of the patient together, A.

    `allowed` is what IEC 60601-2-10 allows at the pulse rate of the train, or what the maker claims where that is less.
    """
    bursts = bursts_of(record)
    if not bursts:
        return nothing("A", "no train with three pulses on its plateau")
    rates = np.array([burst.rate_hz for burst in bursts])
    limits = np.array([next(limit for up_to, limit in CLASSES_HZ_A if rate <= up_to) for rate in rates])
    return collected(
        "A",
        [burst.rms_a for burst in bursts],
        *_placed(bursts),
        _merged(bursts),
        references={"allowed": np.minimum(limits, record.case.device.rated.get("max_rms_current", np.inf))},
        **short_of_corner(record, parameters, "rms"),
    )


def pulse_energy(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Energy of every pulse into the resistor that is the load, J; pulses into another load are left out.

    `allowed` is the 300 mJ of IEC 60601-2-10, or what the maker claims where that is less.
    """
    rows = sound_rows(record, "square_a2s", plateau=False)
    ohm = _resistor(record, record.pulses["t_s"][rows])
    keep = np.isfinite(ohm)
    rows, ohm = rows[keep], ohm[keep]
    notes = noted(int((~keep).sum()), "pulses left out: the load is no resistor")
    if not rows.size:
        return nothing("J", "no pulse into a resistor", *notes)
    pulses = record.pulses
    return collected(
        "J",
        ohm * pulses["square_a2s"][rows],
        pulses["t_s"][rows],
        pulses["end_s"][rows],
        pulses["stride"][rows],
        tuple(part.scaled(ohm) for part in shape_terms(record, "square_a2s", rows)),
        notes=notes,
        references={"allowed": np.full(rows.size, min(ENERGY_J, record.case.device.rated.get("max_energy", np.inf)))},
        **short_of_corner(record, parameters, "energy"),
    )


def max_phase_charge(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Magnitude of the charge of the larger phase of every pulse, C; a tail counts as a phase."""
    rows = sound_rows(record, "charge1_c", plateau=False)
    pulses = record.pulses
    first, second = (np.abs(np.nan_to_num(pulses[name][rows])) for name in ("charge1_c", "charge2_c"))
    terms = pulse_terms(record, "charge1_c", rows), pulse_terms(record, "charge2_c", rows)
    larger = tuple(
        one.restated(np.where(second > first, other.standard_value, one.standard_value))
        for one, other in zip(*terms, strict=True)
    )
    return collected(
        "C",
        np.maximum(first, second),
        pulses["t_s"][rows],
        pulses["end_s"][rows],
        pulses["stride"][rows],
        larger,
        **short_of_corner(record, parameters, "phase_charge"),
    )


def _resistor(record: Record, t_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """The load at each instant where it is a resistor, ohm, else NaN."""
    steps = conditions_of(record).load
    known = np.array([load.resistance_ohm if load.tau_s == 0.0 else np.nan for load in steps.values])
    return known[steps.index(t_s)]


def current_density(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """R.m.s. current over the area of the smaller pad that touches, A/m^2, of every train."""
    return _density(record, parameters, power=False)


def power_density(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """``I_rms^2 R / A`` over the area that touches, W/m^2; half of the area has twice the resistance. Every train."""
    return _density(record, parameters, power=True)


def _density(record: Record, parameters: Mapping[str, Any], *, power: bool) -> Samples:
    unit = "W/m^2" if power else "A/m^2"
    area_m2 = pad_area_m2(record, parameters)
    if area_m2 is None:
        return not_run(unit, UNKNOWN_AREA)
    asked = str(parameters.get("contact", "any"))
    steps = conditions_of(record)
    kept: list[Burst] = []
    ratios: list[float] = []
    for burst in bursts_of(record):
        ratio = steps.contact_ratio.numbers([burst.t0_s, burst.t1_s])
        wanted = {"full": ratio[0] >= 1.0, "half": abs(ratio[0] - 0.5) < 0.01}.get(asked, ratio[0] > 0.0)
        if wanted and ratio[0] == ratio[1]:
            kept.append(burst)
            ratios.append(float(ratio[0]))
    bursts, contact = tuple(kept), np.array(ratios)
    if not bursts:
        return nothing(unit, f"no train with {asked} contact")
    rms_a = np.array([burst.rms_a for burst in bursts])
    factor = 1.0 / (area_m2 * contact)
    if power:
        ohm = np.array([steps.load.at(burst.t0_s).resistance_ohm for burst in bursts]) / contact
        values, slope = rms_a**2 * ohm * factor, 2.0 * rms_a * ohm * factor
    else:
        values, slope = rms_a * factor, factor
    lost = short_of_corner(record, parameters, "rms")
    if asked == "both" and not lost and not (np.any(contact >= 1.0) and np.any(np.abs(contact - 0.5) < 0.01)):
        why = "full and half contact did not both occur"
        lost = {"lost_s": spans_array([record.span_s[0]], [record.span_s[1]]), "lost_because": why}
    return collected(unit, values, *_placed(bursts), tuple(part.scaled(slope) for part in _merged(bursts)), **lost)
