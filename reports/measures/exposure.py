"""Trip exposure in checks: how often the toes are lower than an unseen obstacle is high (Best and Begg 2008)."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from reports.fall_risk import exposure as curves
from reports.fall_risk.clearance import Estimate
from reports.fall_risk.obstacles import Obstacles
from reports.fall_risk.rates import Rate
from reports.fall_risk.resampling import resamples
from reports.fall_risk.tail import STRIDES_FOR_TAIL
from reports.measures.collecting import nothing, spans_array
from reports.measures.walked import estimated, swings_of
from reports.samples import Samples
from rig.record import Record
from rig.unaided import unaided_strides
from sim.streams import Streams

_SOURCE: Final = "moving block bootstrap"


def trip_exposure(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Share of strides whose minimum toe clearance is below an obstacle of `height`; one sample a run and height.

    Of both feet where both walked.

    The interval of a sample is from the first to the last stride that counts; U is the larger half of its bootstrap
    interval. A height of which fewer than 5 % of fewer than 300 strides fall short has no value, and cannot pass.
    """
    swings = swings_of(record, parameters, "mtc_m", both=True)
    if isinstance(swings, Samples):
        return swings
    given = parameters["height"]
    heights_m = np.array([float(h) for h in (given if isinstance(given, tuple | list) else (given,))])
    clearance_m = swings.table["mtc_m"][swings.rows]
    found = curves.exposure(clearance_m, heights_m, resamples(clearance_m, Streams(record.case.seed)))
    known = np.isfinite(found.ratio)
    told = [
        Estimate(float(value), (float(low), float(high)))
        for value, low, high in zip(found.ratio[known], found.low_ratio[known], found.high_ratio[known], strict=True)
    ]
    hidden = int((~known).sum())
    first, last = swings.span_s
    words = f"{swings.rows.size} strides say nothing about shares below 5 %, {STRIDES_FOR_TAIL} are needed"
    lost_s = spans_array([first] * hidden, [last] * hidden)
    return estimated(told, swings, _SOURCE, lost_s=lost_s, lost_because=words if hidden else "")


def expected_trips(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Expected trips per km over unseen obstacles of exponential height; one sample a run, a number for comparisons."""
    swings = swings_of(record, parameters, "mtc_m", both=True)
    if isinstance(swings, Samples):
        return swings
    clearance_m = swings.table["mtc_m"][swings.rows]
    rows = resamples(clearance_m, Streams(record.case.seed))
    return estimated([curves.expected_trips(clearance_m, rows, _obstacles(parameters))], swings, _SOURCE)


def relative_trip_exposure(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Expected trips over those of the same patient, seed and floor without the device; one sample a run."""
    swings = swings_of(record, parameters, "mtc_m")
    if isinstance(swings, Samples):
        return swings
    clearance_m = record.strides["mtc_m"][swings.rows]
    reference_m = unaided_strides(record.case)["mtc_m"][swings.rows]
    if not np.isfinite(reference_m).all():
        return nothing("", "the walk without the device has strides without a clearance", dropped=swings.dropped)
    rows = resamples(clearance_m, Streams(record.case.seed))
    ratio = curves.relative_exposure(clearance_m, reference_m, rows, _obstacles(parameters))
    return estimated([ratio], swings, _SOURCE)


def _obstacles(parameters: Mapping[str, Any]) -> Obstacles:
    return Obstacles(float(parameters["mean_height"]), float(parameters["spacing"]))


def _rate(record: Record, parameters: Mapping[str, Any], column: str) -> Samples:
    swings = swings_of(record, parameters, column, both=True)
    if isinstance(swings, Samples):
        return swings
    counted = Rate(int(np.sum(swings.table[column][swings.rows] > 0.0)), swings.rows.size)
    return estimated([Estimate(counted.per(100), counted.interval95(100))], swings, "Clopper-Pearson")


def scuff_rate(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Swings per 100 in which the toes touch the floor; one sample a run."""
    return _rate(record, parameters, "scuff")


def stumble_rate(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Swings per 100 that end in a stumble; one sample a run."""
    return _rate(record, parameters, "stumble")
