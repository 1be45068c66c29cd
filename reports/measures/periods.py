"""How regularly pulses come: rate, period jitter, missing and extra pulses."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from reports.conditions import setting_at, setting_changes_s
from reports.intervals import all_inside, all_touching
from reports.measures.collecting import collected, noted, nothing, spans_array, windows_of
from reports.measures.grouping import set_period_s, trains_of
from reports.measures.pulse_budget import interval_terms, timebase_terms
from reports.samples import Samples
from rig.record import Record

MISSING_FACTOR: Final = 1.5
EXTRA_FACTOR: Final = 0.5
"""A period beyond these multiples of the set one is a missing or an extra pulse (regulatory.md TIM-06)."""

_MEDIAN_FACTOR: Final = 1.2533
"""Standard error of a median over that of a mean: sqrt(pi/2), normal errors."""


@dataclass(frozen=True, slots=True, eq=False)
class Periods:
    """Start-to-start intervals inside trains.

    Attributes:
        start_s: (n,) pulse that begins each, s.
        period_s: (n,) its length, s.
        expected_s: (n,) set period, or the median of the train where no rate is set, s.
        rows: (n,) row of that pulse.
        strides: (n,) stride of the train.
        hidden: (n,) True where missing time of the capture lies inside.
    """

    start_s: NDArray[np.float64]
    period_s: NDArray[np.float64]
    expected_s: NDArray[np.float64]
    rows: NDArray[np.int64]
    strides: NDArray[np.int64]
    hidden: NDArray[np.bool_]


def periods_of(record: Record) -> Periods:
    """Every period of every train, in the order of the trains."""
    t_s = record.pulses["t_s"]
    asked_s = set_period_s(record)
    varies = bool(setting_changes_s(record, "rate"))
    rows, strides, lengths, expected = [], [], [], []
    for train in trains_of(record):
        period_s, first = np.diff(t_s[train.rows]), train.rows[:-1]
        wanted_s = np.full(period_s.size, asked_s or (np.median(period_s) if period_s.size else np.nan))
        if varies:  # a period in which the rate changes is neither the old one nor the new one
            rates_hz = setting_at(record, "rate", t_s[train.rows])
            keep = rates_hz[:-1] == rates_hz[1:]
            period_s, first, wanted_s = period_s[keep], first[keep], 1.0 / rates_hz[:-1][keep]
        if period_s.size:
            rows.append(first)
            lengths.append(period_s)
            strides.append(np.full(period_s.size, train.stride))
            expected.append(wanted_s)
    if not rows:
        empty = np.empty(0)
        return Periods(empty, empty, empty, np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.bool_))
    row, period = np.concatenate(rows), np.concatenate(lengths)
    return Periods(
        t_s[row],
        period,
        np.concatenate(expected),
        row.astype(np.int64),
        np.concatenate(strides).astype(np.int64),
        all_touching(t_s[row], t_s[row] + period, record.gaps_s),
    )


def rate(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """Pulse rate of a train, 1/median period, Hz; trains of fewer than three pulses give none."""
    t_s = record.pulses["t_s"]
    trains = trains_of(record)
    judged = [train for train in trains if train.rows.size >= 3]
    if not judged:
        return nothing("Hz", *noted(len(trains), "trains with fewer than three pulses"))
    middle_s = np.array([float(np.median(np.diff(t_s[train.rows]))) for train in judged])
    rows = np.array([train.rows[0] for train in judged], np.int64)
    count = np.array([train.rows.size - 1 for train in judged])
    terms = tuple(
        part.scaled((1.0 if part.systematic else _MEDIAN_FACTOR / np.sqrt(count)) / middle_s**2)
        for part in interval_terms(record, rows, middle_s)
    )
    return collected(
        "Hz",
        1.0 / middle_s,
        [train.t0_s for train in judged],
        [train.t1_s for train in judged],
        [train.stride for train in judged],
        terms,
        notes=noted(len(trains) - len(judged), "trains with fewer than three pulses"),
    )


def period_jitter(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Spread of the pulse period over the run: 99th minus 1st percentile, s (regulatory.md TIM-05).

    Deviations are taken from the median period. Periods that count as a missing or an extra pulse are those measures'
    business and left out here.
    """
    found, windows = periods_of(record), windows_of(parameters)
    end_s = found.start_s + found.period_s
    whole = all_inside(found.start_s, end_s, windows)
    ratio = found.period_s / np.where(found.expected_s > 0.0, found.expected_s, 1.0)
    regular = (ratio >= EXTRA_FACTOR) & (ratio <= MISSING_FACTOR)
    rows = np.flatnonzero(whole & regular & ~found.hidden)
    left_out = int((whole & ~regular).sum())
    notes = noted(left_out, "periods left out: a missing or an extra pulse")
    if rows.size < 3:
        return nothing("s", "fewer than three periods", *notes, dropped=int((~whole).sum()))
    deviation_s = found.period_s[rows] - np.median(found.period_s[rows])
    spread_s = float(np.percentile(deviation_s, 99.0) - np.percentile(deviation_s, 1.0))
    # both ends of the spread carry the scatter of one period; taken as independent
    terms = tuple(
        part.restated(np.atleast_1d(np.median(part.standard_value))).scaled(np.sqrt(2.0))
        for part in interval_terms(record, found.rows[rows], found.period_s[rows])
        if not part.systematic
    )
    return collected(
        "s",
        [spread_s],
        [found.start_s[rows].min()],
        [end_s[rows].max()],
        [-1],
        (*terms, *timebase_terms(record, np.array([spread_s]))),
        items=np.array([rows.size]),
        notes=notes,
        dropped=int((~whole).sum()),
    )


def _irregular(record: Record, *, missing: bool) -> Samples:
    found = periods_of(record)
    if not found.rows.size:
        return nothing("", "no train with two pulses", watched_s=())
    wrong = (
        found.period_s > MISSING_FACTOR * found.expected_s
        if missing
        else found.period_s < EXTRA_FACTOR * found.expected_s
    )
    rows = np.flatnonzero(wrong & ~found.hidden)
    hidden = np.flatnonzero(found.hidden)
    end_s = found.start_s + found.period_s
    unset = "" if set_period_s(record) else "no rate is set: periods are held against the median of their train"
    watched = tuple(
        (float(record.pulses["t_s"][train.rows[0]]), float(record.pulses["t_s"][train.rows[-1]]))
        for train in trains_of(record)
        if train.rows.size >= 2
    )
    return collected(
        "",
        np.maximum(np.round(found.period_s[rows] / found.expected_s[rows]) - 1.0, 1.0),
        found.start_s[rows],
        end_s[rows],
        found.strides[rows],
        watched_s=watched,
        lost_s=spans_array(found.start_s[hidden], end_s[hidden]),
        lost_because="gap in the capture",
        notes=(unset,) if unset else (),
    )


def missing_pulses(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """Periods longer than 1.5 set periods inside a train; one occurrence each."""
    return _irregular(record, missing=True)


def extra_pulses(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """Periods shorter than half the set period; one occurrence each."""
    return _irregular(record, missing=False)
