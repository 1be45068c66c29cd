"""Does the device leave a person in peace who stands or sits: false stimulations a minute (regulatory.md GAI-02)."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np

from reports.intervals import Span, Spans, intersection, length_s, union
from reports.measures.collecting import collected, noted, nothing, windows_of
from reports.measures.grouping import trains_of
from reports.measures.openings import EARLY_S
from reports.samples import EXACT, Samples
from rig.record import Record
from scenarios.timeline import pauses

MINUTE_S: Final = 60.0


def still_spans(record: Record) -> Spans:
    """Where the patient stands, sits down, sits or stands up: each pause up to shortly before its heel-off."""
    strides = record.strides
    found: list[Span] = []
    for pause in pauses(record.case):
        rows = np.flatnonzero(strides["stride"] == pause.stride)
        if rows.size and math.isfinite(strides["heel_off_s"][rows[0]]):
            end_s = float(strides["heel_off_s"][rows[0]])
            found.append((end_s - pause.duration_s, end_s - EARLY_S))
    return intersection(union(tuple(found)), (record.span_s,))


def false_stimulation_rate(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Trains that begin while the patient stands or sits, a minute of that; one sample a run.

    Exact Poisson interval (Garwood 1936): none seen in t minutes shows less than 3.7/t. The number of things behind
    the value is the number of whole seconds that were watched, so that `needs: 60 samples` asks for a minute.
    """
    watched = intersection(still_spans(record), windows_of(parameters))
    total_s = length_s(watched)
    if total_s <= 0.0:
        return nothing("", "nobody stands or sits in the part of the run that counts")
    seen = [train for train in trains_of(record) if any(a <= train.t0_s < b for a, b in watched)]
    hidden_s = length_s(intersection(watched, record.gaps_s))
    count, minutes = len(seen), total_s / MINUTE_S
    made = collected(
        "",
        [count / minutes],
        [watched[0][0]],
        [watched[-1][1]],
        [-1],
        items=np.array([int(total_s)]),
        budget=EXACT,
        notes=(
            f"{count} in {total_s:.0f} s",
            *((f"first at t = {seen[0].t0_s:.2f} s, stride {seen[0].stride}",) if seen else ()),
            *noted(int(hidden_s > 0.0), "gap in the capture"),
        ),
        lost_s=np.array([watched[0]]) if hidden_s > 0.0 else None,
        lost_because="gap in the capture",
    )
    return replace(made, interval95=np.array([[bound / minutes for bound in poisson_interval(count)]]))


def poisson_interval(count: int, confidence: float = 0.95) -> tuple[float, float]:
    """Exact two-sided interval of the mean of a Poisson count: chi-square quantiles with 2k and 2k + 2 degrees, halved.

    Source: Garwood 1936, Biometrika 28:437.
    """
    from scipy.special import gammaincinv

    half = 0.5 * (1.0 - confidence)
    low = float(gammaincinv(count, half)) if count else 0.0
    return low, float(gammaincinv(count + 1, 1.0 - half))
