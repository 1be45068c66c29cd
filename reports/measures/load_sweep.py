"""What the output is into other loads: largest voltage and current, regulation, the voltage of an open circuit."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from reports.conditions import conditions_of, load_ohm_at, setting_at
from reports.measures.collecting import collected, not_run, noted, nothing, spans_array
from reports.measures.levels import Level, level_means, level_of, sound_rows, spans_of
from reports.measures.shape_budget import peaks, shape_terms
from reports.samples import Samples
from reports.uncertainty import Term
from rig.record import Record

OPEN_OHM: Final = 0.9e6
"""A load of at least this is an open circuit (IEC 60601-2-10 measures it with 1 Mohm)."""
_SLACK_S: Final = 1e-6
_REFERENCE_OHM: Final = 500.0


def _points(record: Record, field: str, *, plateau: bool) -> list[tuple[float, float, Level]]:
    """(load, ohm; set current, A; pulses) of every combination in the run; a load with a capacitor is none."""
    rows = sound_rows(record, field, plateau=plateau)
    t_s = record.pulses["t_s"][rows] + _SLACK_S
    ohm, set_a = load_ohm_at(record, t_s), setting_at(record, "current", t_s)
    steps = conditions_of(record)
    plain = np.array([load.tau_s == 0.0 for load in steps.load.values])[steps.load.index(t_s)]
    touching = steps.contact_ratio.numbers(t_s) >= 1.0
    found: list[tuple[float, float, Level]] = []
    for key in sorted(
        {(float(r), float(a)) for r, a in zip(ohm[plain & touching], set_a[plain & touching], strict=True)}
    ):
        own = rows[plain & touching & (ohm == key[0]) & (set_a == key[1])]
        found.append((*key, level_of(record, key[1], own)))
    return found


def _greatest(record: Record, parameters: Mapping[str, Any], field: str, unit: str) -> Samples:
    """Largest magnitude of `field` into one load at the highest setting; one sample."""
    asked = float(parameters["load"])
    allowed = record.case.device.allowed.get("current")
    if not isinstance(allowed, tuple):
        return not_run(unit, "the device file allows no range of the current")
    there = [
        level
        for ohm, set_a, level in _points(record, field, plateau=False)
        if abs(ohm - asked) < 1e-3 * asked and set_a >= allowed[1] * (1.0 - 1e-9)
    ]
    clipped = int(np.sum(record.pulses["clipped"] > 0))
    if not there:
        why = noted(clipped, "pulses clipped: beyond the range of the card")
        return nothing(unit, f"no pulse into {asked:g} ohm at the highest setting", *why)
    level = there[0]
    row = np.array([level.rows[np.argmax(np.abs(record.pulses[field][level.rows]))]], np.int64)
    rated = _rated(record, asked)
    return collected(
        unit,
        peaks(record, field, row),
        [level.t0_s],
        [level.t1_s],
        [-1],
        shape_terms(record, field, row),
        references={} if rated is None else {"rated": np.array([rated[unit]])},
        lost_s=spans_array([level.t0_s], [level.t1_s]) if clipped else None,
        lost_because=f"{clipped} pulses clipped" if clipped else "",
    )


def _rated(record: Record, ohm: float) -> dict[str, float] | None:
    """What the maker's claims come to into a resistor: the smaller of current and voltage limits the other."""
    rated = record.case.device.rated
    if "max_current" not in rated or "max_voltage" not in rated:
        return None
    current_a = min(rated["max_current"], rated["max_voltage"] / ohm)
    return {"A": current_a, "V": current_a * ohm}


def max_current(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Largest current into a load at the highest setting, A, behind the 5 us median. Source: FDA output table."""
    return _greatest(record, parameters, "peak_a", "A")


def max_voltage(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Largest voltage into a load at the highest setting, V, behind the 5 us median. Source: FDA output table."""
    return _greatest(record, parameters, "peak_v", "V")


def regulation(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """``(I_500 - I_R) / I_500`` at the same setting, for every other load that the voltage suffices for.

    One sample a load. It suffices where the set current times the load stays below the maker's voltage, or, where that
    is not stated, below the compliance voltage that is set. Source: regulatory.md OUT-06.
    """
    points = _points(record, "phase1_a", plateau=True)
    reach_v = record.case.device.rated.get("max_voltage") or record.case.device.programmed.get("compliance") or np.inf
    base = {set_a: level for ohm, set_a, level in points if abs(ohm - _REFERENCE_OHM) < 1.0}
    others = [point for point in points if point[1] in base and abs(point[0] - _REFERENCE_OHM) >= 1.0]
    judged = [point for point in others if point[0] * point[1] <= reach_v]
    notes = noted(len(others) - len(judged), "loads left out: the set current needs more than the rated voltage")
    if not judged:
        return nothing("", "no second load within the rated voltage at one setting", *notes)
    reference, reference_terms = level_means(record, "phase1_a", tuple(base[point[1]] for point in judged))
    found, terms = level_means(record, "phase1_a", tuple(point[2] for point in judged))
    size = np.abs(reference)
    parts = [  # the gain of the card is the same into both loads
        Term(f"{part.name} ({word})", part.kind, part.standard_value / size, part.systematic, part.source)
        for word, group in (("500 ohm", reference_terms), ("load", terms))
        for part in group
        if part.name != "gain"
    ]
    return collected(
        "",
        (size - np.abs(found)) / size,
        *spans_of(tuple(point[2] for point in judged)),
        parts,
        notes=notes,
    )


def open_circuit_voltage(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """Largest voltage while the load is an open circuit (1 Mohm or more), V: of pulses, and of what lies between them.

    A pulse whose current is too small to be found shows in the quiet cells of the voltage. One sample. Source:
    regulatory.md OUT-09.
    """
    role = next((name for name in sorted(record.idle) if name.partition(".")[0] == "voltage"), "")
    accuracy = record.accuracy.get(role)
    if accuracy is None or role not in record.idle:
        return not_run("V", "no waveform of the voltage")
    steps = conditions_of(record).load
    ends = (*steps.t_s[1:], record.span_s[1])
    spans = [
        (a, b) for a, b, load in zip(steps.t_s, ends, steps.values, strict=True) if load.resistance_ohm >= OPEN_OHM
    ]
    if not spans:
        return nothing("V", "the load was never an open circuit")
    pulses, cells = record.pulses, record.idle[role]
    inside = np.zeros(pulses["t_s"].size, np.bool_)
    quiet = np.zeros(cells.t0_s.size, np.bool_)
    for a, b in spans:
        inside |= (pulses["t_s"] >= a) & (pulses["t_s"] < b)
        quiet |= (cells.t0_s >= a) & (cells.t0_s + cells.cell_s <= b)
    unknown = np.flatnonzero(inside & ~np.isfinite(pulses["peak_v"]))
    rows = np.flatnonzero(inside & np.isfinite(pulses["peak_v"])).astype(np.int64)
    found = float(np.max(peaks(record, "peak_v", rows), initial=0.0))
    beside = max(float(np.max(cells.maximum[quiet], initial=0.0)), -float(np.min(cells.minimum[quiet], initial=0.0)))
    if not rows.size and not quiet.any():
        return nothing("V", "no pulse and no quiet cell of the voltage while the circuit was open")
    shown = max(found, beside)
    top = rows[np.argmax(pulses["peak_v"][rows])] if rows.size else np.int64(0)
    terms = shape_terms(record, "peak_v", np.array([top], np.int64)) if pulses["t_s"].size else ()
    start_s, end_s = max(spans[0][0], record.span_s[0]), spans[-1][1]
    silent = not rows.size and not unknown.size and shown < 20.0 * accuracy.noise_rms
    return collected(
        "V",
        [shown],
        [start_s],
        [end_s],
        [-1],
        terms,
        lost_s=spans_array([start_s], [end_s])
        if silent
        else spans_array(pulses["t_s"][unknown], pulses["end_s"][unknown]),
        lost_because="the device gave nothing into the open circuit" if silent else "the voltage is clipped or lost",
    )
