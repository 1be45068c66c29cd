"""What the patient did, stride by stride: clearance of the toes, scuffs, stumbles."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from reports.measures.collecting import collected, not_run, spans_array
from reports.samples import Samples
from reports.uncertainty import term
from rig.both_legs import of_both
from rig.record import Record

STEP_BOUND_M: Final = 0.2e-3
"""Halving the step of the swing integrator changes a clearance by less than this (design choice, proved by a test)."""

_NO_STRIDES = "no stride of the patient is known"


def swing_spans(record: Record) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Toe-off of each stride and the next prescribed heel strike, s."""
    strides = record.strides
    return strides["toe_off_s"], strides["t0_s"] + strides["stride_time_s"]


def _clearance(record: Record, column: str) -> Samples:
    strides = record.strides
    if not strides["stride"].size:
        return not_run("m", _NO_STRIDES)
    height_m = strides[column]
    toe_off_s, next_s = swing_spans(record)
    rows, lost = np.flatnonzero(np.isfinite(height_m)), np.flatnonzero(np.isnan(height_m))
    step = term("step of the swing integrator", "B", STEP_BOUND_M / 3**0.5, rows.size, systematic=True, source="test")
    return collected(
        "m",
        height_m[rows],
        toe_off_s[rows],
        next_s[rows],
        strides["stride"][rows],
        (step,),
        lost_s=spans_array(toe_off_s[lost], next_s[lost]),
        lost_because="the swing has no clearance",
    )


def min_toe_clearance(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """Minimum toe clearance of each swing, m: the lowest forefoot point at its local minimum in mid-swing.

    In a swing without a local minimum it is the height at the walk's mean MTC time (Santhiranayagam and Nagano).
    """
    return _clearance(record, "mtc_m")


def early_swing_clearance(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """Lowest forefoot point between 12 and 35 % of each swing, m: where a stiff knee drags the toes."""
    return _clearance(record, "early_swing_min_m")


def _flagged(record: Record, column: str) -> Samples:
    """Of both feet where both walked: whoever trips, trips over either."""
    if not record.strides["stride"].size:
        return not_run("", _NO_STRIDES)
    strides = of_both(record)
    toe_off_s, next_s = strides["toe_off_s"], strides["t0_s"] + strides["stride_time_s"]
    rows = np.flatnonzero(strides[column] > 0)
    rows = rows[np.argsort(toe_off_s[rows], kind="stable")]
    return collected(
        "",
        np.ones(rows.size),
        toe_off_s[rows],
        next_s[rows],
        strides["stride"][rows],
        watched_s=((float(toe_off_s.min()), float(next_s.max())),),
    )


def scuffs(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """Swings in which the toes touch the floor; one occurrence each."""
    return _flagged(record, "scuff")


def stumbles(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """Swings that end in a stumble; one occurrence each."""
    return _flagged(record, "stumble")
