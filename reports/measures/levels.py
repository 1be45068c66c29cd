"""The plateau pulses of a run by what was set, supplied or loaded when they were given."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reports.measures.grouping import clipped_rows
from reports.measures.plateau import plateau_rows
from reports.measures.pulse_budget import pulse_terms
from reports.uncertainty import Term, group_mean, term
from rig.record import Record


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """Pulses that were given under one condition.

    Attributes:
        value: the condition, SI.
        rows: their rows in `record.pulses`, in time order.
        t0_s: start of the first, s.
        t1_s: end of the last one's charge window, s.
    """

    value: float
    rows: NDArray[np.int64]
    t0_s: float
    t1_s: float


def sound_rows(record: Record, field: str, *, plateau: bool = True) -> NDArray[np.int64]:
    """Rows of pulses with a value of `field` and no clipped sample, of the plateau or all."""
    good = np.isfinite(record.pulses[field]) & ~clipped_rows(record)
    return np.flatnonzero(good & plateau_rows(record) if plateau else good).astype(np.int64)


def by_level(record: Record, rows: NDArray[np.int64], values: NDArray[np.float64]) -> tuple[Level, ...]:
    """The pulses `rows` by the condition `values` under which each was given, rising; unknown ones are left out."""
    found: list[Level] = []
    for value in np.unique(values[np.isfinite(values)]):
        own = rows[values == value]
        found.append(level_of(record, float(value), own))
    return tuple(found)


def level_of(record: Record, value: float, rows: NDArray[np.int64]) -> Level:
    """One level."""
    t_s, end_s = record.pulses["t_s"], record.pulses["end_s"]
    return Level(value, rows, float(t_s[rows[0]]), float(end_s[rows[-1]]))


def level_means(
    record: Record,
    field: str,
    levels: tuple[Level, ...],
    terms_of: Callable[[Record, str, NDArray[np.int64]], tuple[Term, ...]] = pulse_terms,
) -> tuple[NDArray[np.float64], tuple[Term, ...]]:
    """Mean of `field` over the pulses of each level, and its terms: the instrument's, and the scatter of the pulses."""
    if not levels:
        return np.empty(0), ()
    rows = np.concatenate([level.rows for level in levels])
    groups = np.repeat(np.arange(len(levels)), [level.rows.size for level in levels])
    values = record.pulses[field]
    means = np.array([float(np.mean(values[level.rows])) for level in levels])
    scatter = np.array(
        [
            float(np.std(values[level.rows], ddof=1) / level.rows.size**0.5) if level.rows.size > 1 else 0.0
            for level in levels
        ]
    )
    repeat = term(
        "repeatability", "A", scatter, len(levels), systematic=False, source="scatter of the pulses, sd/sqrt(n)"
    )
    return means, (*group_mean(terms_of(record, field, rows), groups, len(levels)), repeat)


def spans_of(levels: tuple[Any, ...]) -> tuple[list[float], list[float], list[int]]:
    """(starts, ends, strides) of samples that stand for levels."""
    return [level.t0_s for level in levels], [level.t1_s for level in levels], [-1] * len(levels)
