"""What the output makes of the amplitude control: accuracy at each level, least output, size and order of the steps."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final

import numpy as np

from reports.conditions import setting_at
from reports.measures.collecting import collected, noted, nothing
from reports.measures.levels import Level, by_level, level_means, sound_rows, spans_of
from reports.measures.shape_budget import peaks, shape_terms
from reports.samples import Samples
from reports.uncertainty import Term, bounded, term
from rig.record import Record

_SLACK_S: Final = 1e-6
_BEND: Final = 5.2
"""Steepest slope of a cubic bow of bound b over a range R is 5.2 b / R (design choice: that shape)."""


def current_levels(record: Record, field: str = "phase1_a") -> tuple[Level, ...]:
    """The plateau pulses by the current that was set when they began; a current of nothing is no level."""
    rows = sound_rows(record, field)
    levels = by_level(record, rows, setting_at(record, "current", record.pulses["t_s"][rows] + _SLACK_S))
    return tuple(level for level in levels if level.value > 0.0)


def current_accuracy(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """Mean plateau current of each level of the setting, over what was set, less 1: one sample a level.

    Source: regulatory.md OUT-01 (mid-plateau mean against the setting, at 10 to 100 %).
    """
    levels = current_levels(record)
    if not levels:
        return nothing("", "no pulse on a plateau")
    asked_a = np.array([level.value for level in levels])
    means, terms = level_means(record, "phase1_a", levels)
    return collected(
        "",
        np.abs(means) / asked_a - 1.0,
        *spans_of(levels),
        tuple(part.scaled(1.0 / asked_a) for part in terms),
    )


def minimum_output(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """Largest current at the lowest setting over the largest at the highest: one sample a run.

    The run must have been at both ends of what the device allows; else there is no sample. Source: regulatory.md OUT-07
    (IEC 60601-2-10, 201.12.1.101).
    """
    levels = current_levels(record, "peak_a")
    if len(levels) < 2:
        return nothing("", "the run has only one level of the current")
    low, high = levels[0], levels[-1]
    if short := _ends_missed(record, low.value, high.value):
        return nothing("", short)
    top = [int(level.rows[np.argmax(record.pulses["peak_a"][level.rows])]) for level in (low, high)]
    rows = np.array(top, np.int64)
    size = peaks(record, "peak_a", rows)
    value = float(size[0] / size[1])
    terms = [
        Term(
            part.name,
            part.kind,
            np.array([np.hypot(part.standard_value[0], value * part.standard_value[1]) / size[1]]),
            part.systematic,
            part.source,
            part.distribution,
        )
        for part in shape_terms(record, "peak_a", rows)
    ]
    t0_s, t1_s = min(low.t0_s, high.t0_s), max(low.t1_s, high.t1_s)
    return collected(
        "",
        [value],
        [t0_s],
        [t1_s],
        [-1],
        terms,
    )


def _ends_missed(record: Record, low_a: float, high_a: float) -> str:
    """Which end of the allowed currents the run never had, or ""."""
    allowed = record.case.device.allowed.get("current") or _of_any_channel(record)
    if not isinstance(allowed, tuple):
        return "the device file allows no range of the current"
    if low_a > allowed[0] * (1.0 + 1e-9) and low_a > allowed[0] + 1e-12:
        return f"the lowest setting of {allowed[0] * 1e3:g} mA was never set"
    return (
        "" if high_a >= allowed[1] * (1.0 - 1e-9) else f"the highest setting of {allowed[1] * 1e3:g} mA was never set"
    )


def _of_any_channel(record: Record) -> Any:
    return next((value for name, value in record.case.device.allowed.items() if name.startswith("current_")), None)


def _neighbours(record: Record, asked_a: float) -> tuple[list[tuple[Level, Level]], int]:
    """Levels that follow each other, no more than `asked_a` apart, and how many pairs are further apart."""
    levels = current_levels(record)
    pairs = list(pairwise(levels))
    near = [pair for pair in pairs if pair[1].value - pair[0].value <= asked_a * (1.0 + 1e-9)]
    return near, len(pairs) - len(near)


def _steps(record: Record, asked_a: float) -> tuple[list[tuple[Level, Level]], Any, tuple[Term, ...], int]:
    """Neighbouring levels, by how much the current changes between them, A, its terms, and how many were left out."""
    near, left_out = _neighbours(record, asked_a)
    if not near:
        return [], np.empty(0), (), left_out
    n = len(near)
    below, low_terms = level_means(record, "phase1_a", tuple(pair[0] for pair in near))
    above, high_terms = level_means(record, "phase1_a", tuple(pair[1] for pair in near))
    change = np.abs(above) - np.abs(below)
    random = np.sqrt(
        sum((part.standard_value**2 for part in (*low_terms, *high_terms) if not part.systematic), np.zeros(n))
    )
    accuracy = next((of for role, of in record.accuracy.items() if role.partition(".")[0] == "current"), None)
    gain = accuracy.gain_bound_ratio if accuracy else 0.0
    bend = _BEND * accuracy.inl_bound / accuracy.range if accuracy else 0.0
    terms = (
        term("noise and scatter", "A", random, n, systematic=False, source="of both levels"),
        bounded("gain", gain * np.abs(change), n, systematic=True, source="gain bound"),
        bounded("INL", bend * np.abs(change), n, systematic=True, source="slope of a bow of the INL bound"),
    )
    return near, change, terms, left_out


def setting_step(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """By how much the current changes from one level of the setting to the next, A: one sample a step.

    Only levels that were set no further apart than `asked` tell how fine the control is. Source: regulatory.md OUT-08.
    """
    near, change, terms, left_out = _steps(record, float(parameters.get("asked", 1e-3)))
    notes = noted(left_out, "steps left out: levels set further apart than is asked")
    if not near:
        return nothing("A", "no two levels of the current close enough", *notes)
    t0_s, t1_s = zip(*(_span(pair) for pair in near), strict=True)
    return collected("A", np.abs(change), t0_s, t1_s, [-1] * len(near), terms, notes=notes)


def setting_reversal(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """A level that gives less current than the one below it, by more than U; one occurrence each."""
    near, change, terms, _ = _steps(record, float(parameters.get("asked", 1.0)))
    if not near:
        return nothing("", "only one level of the current", watched_s=())
    expanded = 2.0 * np.sqrt(sum((part.standard_value**2 for part in terms), np.zeros(len(near))))
    wrong = [pair for pair, fell in zip(near, change < -expanded, strict=True) if fell]
    spans = [_span(pair) for pair in wrong]
    return collected(
        "",
        np.ones(len(wrong)),
        [span[0] for span in spans],
        [span[1] for span in spans],
        [-1] * len(wrong),
        watched_s=(record.span_s,),
    )


def _span(pair: tuple[Level, Level]) -> tuple[float, float]:
    return min(level.t0_s for level in pair), max(level.t1_s for level in pair)
