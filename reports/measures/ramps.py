"""Ramp times: how long a train takes to reach its plateau and to leave it (regulatory.md TIM-10)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from reports.measures.collecting import collected, noted, spans_array
from reports.measures.grouping import Train, clipped_rows, trains_of
from reports.measures.pulse_budget import interval_terms, pulse_terms
from reports.samples import Samples
from reports.uncertainty import Term
from rig.record import Record

LOW_RATIO: Final = 0.1
HIGH_RATIO: Final = 0.9
FULL_RAMP_FACTOR: Final = 1.25
"""A straight ramp takes 1.25 times as long as its part from 10 to 90 %."""

_LATER: Final = 2.0
"""Longest periods of a train without a pulse after which it has ended (design choice)."""
_FULL_RATIO: Final = 0.95
_FEWEST_FULL: Final = 3
"""A plateau is at least three pulses within 5 % of the strongest (design choice)."""


def crossing_s(t_s: NDArray[np.float64], level: NDArray[np.float64], asked: float) -> float:
    """Instant at which the envelope, straight between pulses, first reaches `asked`, s.

    An envelope that begins above it is carried back along its first segment, by one period at most.
    """
    k = int(np.argmax(level >= asked))
    if k > 0:
        share = (asked - level[k - 1]) / (level[k] - level[k - 1])
        return float(t_s[k - 1] + share * (t_s[k] - t_s[k - 1]))
    rise, period_s = float(level[1] - level[0]), float(t_s[1] - t_s[0])
    if rise <= 0.0:
        return float(t_s[0])
    return float(t_s[0]) - min((float(level[0]) - asked) / rise, 1.0) * period_s


def ramp_time_s(t_s: NDArray[np.float64], level: NDArray[np.float64]) -> float:
    """1.25 times the time from 10 to 90 % of the plateau; 0 where the first pulse is past 90 %, NaN without plateau.

    Args:
        t_s: (n,) instants of the pulses, rising (mirrored in time for a ramp down), s.
        level: (n,) magnitude of the phase charge, any unit.
    """
    full = level >= _FULL_RATIO * np.max(level, initial=0.0)
    if level.size < _FEWEST_FULL or int(full.sum()) < _FEWEST_FULL:
        return float("nan")
    plateau = float(np.median(level[full]))
    if level[0] >= HIGH_RATIO * plateau:
        return 0.0
    start_s, end_s = (crossing_s(t_s, level, ratio * plateau) for ratio in (LOW_RATIO, HIGH_RATIO))
    return FULL_RAMP_FACTOR * (end_s - start_s)


def _ramp(record: Record, *, down: bool) -> Samples:
    clipped = clipped_rows(record)
    judged: list[Train] = []
    lost: list[Train] = []
    values: list[float] = []
    flat = unfinished = 0
    for train in trains_of(record):
        if clipped[train.rows].any():
            lost.append(train)
            continue
        if down and _is_under_way(record, train):
            unfinished += 1
            continue
        t_s, level = record.pulses["t_s"][train.rows], np.abs(record.pulses["charge1_c"][train.rows])
        value = ramp_time_s(-t_s[::-1], level[::-1]) if down else ramp_time_s(t_s, level)
        if np.isnan(value):
            flat += 1
            continue
        judged.append(train)
        values.append(value)
    found = np.array(values)
    return collected(
        "s",
        found,
        [train.t0_s for train in judged],
        [train.t1_s for train in judged],
        [train.stride for train in judged],
        _terms(record, judged, found),
        notes=(
            *noted(flat, "trains too short for a plateau"),
            *noted(unfinished, "train under way when the record broke off"),
        ),
        lost_s=spans_array([train.t0_s for train in lost], [train.t1_s for train in lost]),
        lost_because="trains with a clipped pulse",
    )


def _is_under_way(record: Record, train: Train) -> bool:
    """True for a train of which a record that broke off (fault, interruption) does not show the end."""
    if record.fault is None and not record.interrupted:
        return False
    longest_s = float(np.max(np.diff(record.pulses["t_s"][train.rows]), initial=0.0))
    return record.span_s[1] - float(record.pulses["t_s"][train.rows[-1]]) <= _LATER * longest_s


def _terms(record: Record, trains: list[Train], values_s: NDArray[np.float64]) -> tuple[Term, ...]:
    """Both instants, the sample clock, and the charges at the two crossings: u(t) = u(q)/slope, slope = plateau/ramp.

    The envelope is a straight line from pulse to pulse by definition, so the pulse rate adds nothing.
    """
    if not trains:
        return ()
    rows = np.array([train.rows[train.rows.size // 2] for train in trains], np.int64)
    plateau_c = np.array([np.max(np.abs(record.pulses["charge1_c"][train.rows])) for train in trains])
    slope_s_c = np.sqrt(2.0) * FULL_RAMP_FACTOR * values_s / plateau_c
    charge = tuple(
        replace(part.scaled(slope_s_c), name=f"charge: {part.name}")
        for part in pulse_terms(record, "charge1_c", rows)
        if not part.systematic
    )
    return (*interval_terms(record, rows, values_s), *charge)


def ramp_up_time(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """Time from 10 to 90 % of the envelope of the phase charge, times 1.25, at the start of each train, s."""
    return _ramp(record, down=False)


def ramp_down_time(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """The same at the end of each train, s; 0 where stimulation ends at once."""
    return _ramp(record, down=True)
