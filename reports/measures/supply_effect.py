"""What the supply does: to current, width and rate at every supply voltage, and to the balance at the lowest."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np

from reports.conditions import conditions_of
from reports.measures.charge import net_charge
from reports.measures.collecting import collected, not_run, nothing, spans_array
from reports.measures.following import taken
from reports.measures.levels import Level, by_level, level_means, sound_rows, spans_of
from reports.measures.periods import periods_of
from reports.measures.pulse_budget import interval_terms
from reports.samples import Samples
from reports.uncertainty import Term, group_mean
from rig.record import Record

_SLACK_S: Final = 1e-6
_LOW_RATIO: Final = 0.9
"""A supply below this part of the nominal one is low."""

FIELDS: Final = {"current": "phase1_a", "width": "phase1_s", "rate": "period"}


def supply_effect(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Relative change of current, width or rate at each supply voltage against the nominal one: one sample a voltage.

    A voltage at which the device is off gives none. The run must go 10 % beyond the nominal voltage on both sides and
    to the maker's end point where one is stated; else the check cannot pass. Source: regulatory.md OUT-10.
    """
    of = str(parameters.get("of", "current"))
    levels, means, terms = _means(record, of)
    nominal_v: float | None = conditions_of(record).supply_v.values[0]
    if nominal_v is None:
        return not_run("", "the nominal supply of the device is not known")
    here = [k for k, level in enumerate(levels) if abs(level.value - nominal_v) < 1e-9]
    if not here:
        return nothing("", "no pulse at the nominal supply")
    k0, others = here[0], [k for k in range(len(levels)) if k != here[0]]
    if not others:
        return nothing("", "the supply was the nominal one all the time")
    rows = np.array(others)
    base = abs(float(means[k0]))
    sign = -1.0 if of == "rate" else 1.0  # a rate is the reciprocal of what was measured
    ratio = (np.abs(means[rows]) / base) ** sign - 1.0
    parts = tuple(
        Term(
            part.name,
            part.kind,
            np.hypot(part.standard_value[rows], part.standard_value[k0]) / base,
            part.systematic,
            part.source,
            part.distribution,
        )
        for part in terms
        if part.name not in {"gain", "timebase"}  # the same at every voltage
    )
    why = _not_covered(record, [levels[k].value for k in others], nominal_v)
    return collected(
        "",
        ratio,
        *spans_of(tuple(levels[k] for k in others)),
        parts,
        lost_s=spans_array([record.span_s[0]], [record.span_s[1]]) if why else None,
        lost_because=why,
    )


def _means(record: Record, of: str) -> tuple[tuple[Level, ...], Any, tuple[Term, ...]]:
    supply = conditions_of(record).supply_v
    if of != "rate":
        rows = sound_rows(record, FIELDS[of])
        levels = by_level(record, rows, supply.numbers(record.pulses["t_s"][rows] + _SLACK_S))
        return (levels, *level_means(record, FIELDS[of], levels))
    periods = periods_of(record)
    values = supply.numbers(periods.start_s + _SLACK_S)
    values[values != supply.numbers(periods.start_s + periods.period_s)] = np.nan
    values[periods.hidden] = np.nan
    found: list[Level] = []
    means: list[float] = []
    groups: list[Any] = []
    for value in np.unique(values[np.isfinite(values)]):
        own = np.flatnonzero(values == value)
        end_s = float(periods.start_s[own[-1]] + periods.period_s[own[-1]])
        found.append(Level(float(value), own.astype(np.int64), float(periods.start_s[own[0]]), end_s))
        means.append(float(np.median(periods.period_s[own])))
        groups.append(own)
    if not found:
        return (), np.empty(0), ()
    every = np.concatenate(groups)
    of_group = np.repeat(np.arange(len(groups)), [own.size for own in groups])
    terms = group_mean(interval_terms(record, periods.rows[every], periods.period_s[every]), of_group, len(groups))
    return tuple(found), np.array(means), terms


def _not_covered(record: Record, found_v: list[float], nominal_v: float) -> str:
    if max(found_v) < 1.1 * nominal_v * (1.0 - 1e-6):
        return f"the supply was never {1.1 * nominal_v:.3g} V (10 % above the nominal one)"
    if min(found_v) > 0.9 * nominal_v * (1.0 + 1e-6):
        return f"the supply was never {0.9 * nominal_v:.3g} V (10 % below the nominal one)"
    end_v = record.case.device.rated.get("end_point")
    if end_v is not None and min(found_v) > end_v * (1.0 + 1e-6):
        return f"the supply was never at the end point of {end_v:.3g} V"
    return ""


def _with_phase_charge(record: Record, samples: Samples) -> Samples:
    """The samples with the median phase charge of the pulses inside each as what a limit may refer to."""
    t_s, charge_c = record.pulses["t_s"], np.abs(record.pulses["charge1_c"])
    inside = [charge_c[(t_s >= a - _SLACK_S) & (t_s <= b)] for a, b in zip(samples.t0_s, samples.t1_s, strict=True)]
    reference = np.array([float(np.nanmedian(part)) for part in inside])
    return replace(samples, references={"phase_charge": reference})


def low_supply_net_charge(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Net charge at the lowest supply of the run at which the device gave pulses, C, by train or by pulse.

    Where the maker states an end point the run must reach it. Source: regulatory.md CHG-12.
    """
    samples = net_charge(record, parameters)
    steps = conditions_of(record).supply_v
    nominal_v = steps.values[0]
    if samples.not_run or nominal_v is None:
        return samples
    start_v, end_v = (steps.numbers(t_s) for t_s in (samples.t0_s, samples.t1_s))
    low = (start_v == end_v) & (start_v < _LOW_RATIO * nominal_v * (1.0 + 1e-9))
    if not low.any():
        return nothing("C", "no train at a low supply")
    lowest_v = float(np.min(start_v[low]))
    kept = _with_phase_charge(record, taken(samples, low & (start_v == lowest_v)))
    end_point_v = record.case.device.rated.get("end_point")
    if end_point_v is None or lowest_v <= end_point_v * (1.0 + 1e-6):
        return kept
    lost = spans_array([record.span_s[0]], [record.span_s[1]])
    because = f"the supply was never at the end point of {end_point_v:.3g} V"
    return replace(kept, lost_s=lost, lost_because=because)
