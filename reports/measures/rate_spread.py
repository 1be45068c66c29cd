"""Whether a device keeps its rate alike at every setting: one quartz is off by the same share at all of them."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from reports.conditions import setting_at
from reports.intervals import inside, touches
from reports.measures.collecting import collected, noted, nothing, windows_of
from reports.measures.grouping import Train, trains_of
from reports.measures.periods import EXTRA_FACTOR, MISSING_FACTOR
from reports.measures.pulse_budget import interval_terms, timebase_terms
from reports.samples import Samples
from rig.record import Record

_FEWEST: Final = 10
"""Periods that a train must have: fewer resolve no millionth of its rate."""


def rate_spread(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Largest less smallest relative error of the rate, over trains of different set rates; one sample a run.

    The error of a train is its mean rate, pulses over the whole of it, against the rate that was set, less 1. The
    device's quartz and the card's are off by the same share in each and drop out; what is left is what the device
    reckons wrong: a period cut to its grid, a counter read a tick too late in every period. Trains in which the rate
    is changed, a pulse is missing or too many, or which the capture has not seen whole are left out.

    Source: design choice.
    """
    trains, windows = trains_of(record), windows_of(parameters)
    found = [(train, error) for train in trains if np.isfinite(error := _error(record, train))]
    kept = [(train, error) for train, error in found if inside(train.t0_s, train.t1_s, windows)]
    notes = noted(len(trains) - len(found), "trains left out: few periods, a changed rate, or an irregular one")
    dropped = len(found) - len(kept)
    firsts = np.array([train.rows[0] for train, _ in kept], np.int64)
    if np.unique(setting_at(record, "rate", record.pulses["t_s"][firsts])).size < 2:
        return nothing("", "fewer than two set rates among the trains", *notes, dropped=dropped)
    errors = np.array([error for _, error in kept])
    lasts_s = np.array([train.last_pulse_s - train.t0_s for train, _ in kept])
    # both ends of the spread carry the scatter of one train; taken as the shortest of them, and as independent
    short = np.atleast_1d(np.argmin(lasts_s))
    terms = tuple(
        part.scaled(np.sqrt(2.0) / lasts_s[short])
        for part in interval_terms(record, firsts[short], lasts_s[short])
        if not part.systematic
    )
    spread = np.array([errors.max() - errors.min()])
    return collected(
        "",
        spread,
        [min(train.t0_s for train, _ in kept)],
        [max(train.t1_s for train, _ in kept)],
        [-1],
        (*terms, *timebase_terms(record, spread)),
        items=np.array([len(kept)]),
        notes=notes,
        dropped=dropped,
    )


def _error(record: Record, train: Train) -> float:
    """Relative error of a train's mean rate; NaN where the train has none."""
    if train.rows.size <= _FEWEST:
        return np.nan
    t_s = record.pulses["t_s"][train.rows]
    rates_hz = setting_at(record, "rate", t_s)
    ratio = np.diff(t_s) * rates_hz[0]
    regular = (rates_hz == rates_hz[0]) & np.isfinite(rates_hz)
    if (
        touches(float(t_s[0]), float(t_s[-1]), record.gaps_s)
        or not regular.all()
        or not ((ratio >= EXTRA_FACTOR) & (ratio <= MISSING_FACTOR)).all()
    ):
        return np.nan
    return float((t_s.size - 1) / ((t_s[-1] - t_s[0]) * rates_hz[0]) - 1.0)
