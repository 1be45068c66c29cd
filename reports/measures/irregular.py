"""How irregular pulses are: jitter as a share of the period; pulses missing or too many, by the 10 000."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from reports.intervals import all_inside
from reports.measures.collecting import collected, noted, nothing, spans_array, windows_of
from reports.measures.grouping import Train, trains_of
from reports.measures.openings import openings_of
from reports.measures.periods import EXTRA_FACTOR, MISSING_FACTOR, Periods, periods_of
from reports.measures.pulse_budget import interval_terms
from reports.monte_carlo import as_samples, monte_carlo
from reports.samples import EXACT, Samples
from reports.statistics import share_lower_bound, share_upper_bound
from rig.record import Record
from sim.streams import Streams

PER: Final = 10_000.0
"""Irregular periods are counted by this many (regulatory.md TIM-06)."""

_FEWEST: Final = 3
_SAME_S: Final = 1e-9
_ONE_SIDED: Final = 0.975
"""Two one-sided bounds of 97.5 % are an interval of 95 %."""


def medians_s(record: Record, found: Periods) -> NDArray[np.float64]:
    """(n,) median period of the train of each period, s; of the whole run where a train has fewer than three."""
    overall = float(np.median(found.period_s))
    middle = np.full(found.period_s.size, overall)
    train_of = record.pulses["train"][found.rows]
    for train in np.unique(train_of):
        own = train_of == train
        if own.sum() >= _FEWEST:
            middle[own] = np.median(found.period_s[own])
    return middle


def relative_jitter(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Spread of the pulse period as a share of the median period (regulatory.md TIM-05); one sample a run.

    `of: spread` is p99 - p1 of the periods; `of: change` the largest difference of two periods in a row. Each period
    is taken relative to the median of its train, so that a change of the set rate between trains is no jitter. A
    missing or an extra pulse is the business of `irregular_pulses`.
    """
    found, windows = periods_of(record), windows_of(parameters)
    if not found.rows.size:
        return nothing("", "no train with two pulses")
    ends_s = found.start_s + found.period_s
    whole = all_inside(found.start_s, ends_s, windows)
    ratio = found.period_s / medians_s(record, found)
    regular = (ratio >= EXTRA_FACTOR) & (ratio <= MISSING_FACTOR)
    usable = whole & regular & ~found.hidden
    rows, dropped = np.flatnonzero(usable), int((~whole).sum())
    notes = noted(int((whole & ~regular).sum()), "periods left out: a missing or an extra pulse")
    terms = [
        part.scaled(1.0 / found.period_s)
        for part in interval_terms(record, found.rows, found.period_s)
        if not part.systematic
    ]
    if parameters.get("of", "spread") == "change":
        # the second of two periods in a row begins where the first one ends; instants 1 -2 1 lie behind their change
        follows = usable[:-1] & usable[1:] & (np.abs(found.start_s[1:] - ends_s[:-1]) < _SAME_S)
        first = np.flatnonzero(follows)
        drawn = np.stack((first, first + 1), axis=1).reshape(-1)
        terms, estimator = [part.scaled(np.sqrt(1.5)) for part in terms], _largest_change
        n, name = first.size, "relative jitter.change"
    else:
        drawn, estimator, n, name = rows, _spread, rows.size, "relative jitter.spread"
    if n < _FEWEST:
        return nothing("", "fewer than three periods", *notes, dropped=dropped)
    estimated = monte_carlo(
        estimator, ratio[drawn], [part.taken(drawn) for part in terms], Streams(record.case.seed), name, 0.0
    )
    return as_samples(
        estimated,
        "",
        float(found.start_s[rows].min()),
        float(ends_s[rows].max()),
        items=np.array([n]),
        notes=notes,
        dropped=dropped,
    )


def _spread(ratios: NDArray[np.float64]) -> NDArray[np.float64]:
    """99th less 1st percentile over the last axis."""
    high, low = np.percentile(ratios, (99.0, 1.0), axis=-1)
    return high - low


def _largest_change(pairs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Largest difference of the two of a pair, pairs back to back on the last axis."""
    return np.max(np.abs(pairs[..., 1::2] - pairs[..., 0::2]), axis=-1)


def _split_trains(record: Record) -> list[tuple[Train, Train]]:
    """Trains that follow each other while the sensor stays open: no step lies between them, so pulses are missing."""
    trains = trains_of(record)
    spans = [(opening.from_s, opening.until_s) for opening in openings_of(record)]
    found: list[tuple[Train, Train]] = []
    for span in spans:
        inside = [train for train in trains if span[0] <= train.t0_s < span[1]]
        found += [(a, b) for a, b in pairwise(inside) if a.channel == b.channel]
    return found


def irregular_pulses(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Missing and extra pulses in 10 000 (regulatory.md TIM-06); one sample a run, behind it the number of periods.

    A period above 1.5 medians is a missing pulse, one below 0.5 medians an extra one (`which` says which is counted). A
    pause that splits a train in two while the sensor stays open counts as one period that is too long. The interval is
    exact binomial: 0 in n shows less than 3.7/n.
    """
    found, windows = periods_of(record), windows_of(parameters)
    if not found.rows.size:
        return nothing("", "no train with two pulses")
    which = parameters.get("which", "both")
    ends_s = found.start_s + found.period_s
    whole = all_inside(found.start_s, ends_s, windows)
    ratio = found.period_s / medians_s(record, found)
    missing, extra = ratio > MISSING_FACTOR, ratio < EXTRA_FACTOR
    wrong = (missing if which != "extra" else False) | (extra if which != "missing" else False)
    seen = whole & ~found.hidden
    split = [] if which == "extra" else _split_trains(record)
    pauses = [(a.last_pulse_s, b.t0_s, a.stride) for a, b in split]
    pauses = [p for p in pauses if all_inside(np.array(p[:1]), np.array(p[1:2]), windows)[0]]
    count, n = int((wrong & seen).sum()) + len(pauses), int(seen.sum()) + len(pauses)
    dropped = int((~whole).sum())
    if not n:
        return nothing("", "no period in the part of the run that counts", dropped=dropped)
    hidden = whole & found.hidden
    first = np.flatnonzero(wrong & seen)
    notes = (
        *noted(int((missing & seen).sum()) + len(pauses) if which != "extra" else 0, "missing"),
        *noted(int((extra & seen).sum()) if which != "missing" else 0, "extra"),
        *((f"first at t = {found.start_s[first[0]]:.3f} s",) if first.size else ()),
    )
    bounds = (
        share_lower_bound(count, n, _ONE_SIDED) * PER,
        share_upper_bound(count, n, _ONE_SIDED) * PER,
    )
    made = collected(
        "",
        [PER * count / n],
        [found.start_s[seen].min(initial=np.inf) if seen.any() else pauses[0][0]],
        [ends_s[seen].max(initial=-np.inf) if seen.any() else pauses[-1][1]],
        [-1],
        items=np.array([n]),
        notes=notes,
        dropped=dropped,
        budget=EXACT,
        lost_s=spans_array(found.start_s[hidden], ends_s[hidden]),
        lost_because="gap in the capture",
    )
    return replace(made, interval95=np.array([bounds]))
