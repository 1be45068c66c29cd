"""`stimrig walk --json`: the walk in numbers, SI units, null for what too few strides cannot tell."""

import math
from typing import Any

import numpy as np

from reports.fall_risk.clearance import Estimate
from reports.fall_risk.of_walk import fall_risk, with_times
from rig.commands.walk_alone import Walked
from scenarios.case import Case

SUMMARY_SCHEMA = "stimrig/walk/1"


def summary(case: Case, walked: Walked, device: str) -> dict[str, Any]:
    """What was asked and what came out; every number is modelled, none is a measurement on a person."""
    orthosis = case.walk.orthosis
    aid: Any = "none"
    if orthosis is not None:
        aid = {
            "kind": "afo",
            "stiffness_n_m_rad": orthosis.stiffness_n_m_rad,
            "set_angle_rad": orthosis.set_angle_rad,
        }
    return {
        "schema": SUMMARY_SCHEMA,
        "patient": case.patient_name,
        "speed_m_s": case.walk.speed_m_s,
        "strides": case.walk.strides,
        "seed": case.seed,
        "leg": case.leg,
        "device": device,
        "aid": aid,
        "compensation": case.walk.compensation,
        "quantity": "modelled",
        "summary": _numbers(case, walked),
    }


def _numbers(case: Case, walked: Walked) -> dict[str, Any]:
    strides = walked.strides
    found = fall_risk(strides, case.seed)
    means = {
        name: {**_spread(values), "lowest": _number(found.lows.get(name))}
        for name, values in with_times(strides).items()
        if name in found.means
    }
    statistics, curve = found.clearance, found.curve
    clearance: dict[str, Any] = _spread(strides["mtc_m"])
    if statistics is not None:
        clearance |= {
            "median": _estimate(statistics.median_m),
            "iqr": _estimate(statistics.iqr_m),
            "skew": _estimate(statistics.skew),
            "kurtosis": _estimate(statistics.kurtosis),
            "percentile_1": None if statistics.lowest1_m is None else _estimate(statistics.lowest1_m),
            "non_mtc": statistics.non_mtc,
        }
    exposures: list[dict[str, Any]] = []
    if curve is not None:
        columns = zip(curve.height_m, curve.ratio, curve.low_ratio, curve.high_ratio, strict=True)
        exposures = [
            {"height_m": float(h), "ratio": _number(r), "interval95": [_number(a), _number(b)]}
            for h, r, a, b in columns
        ]
    return {
        "mtc_m": clearance,
        "trip_exposure": exposures,
        "expected_trips_per_km": None if found.trips is None else _estimate(found.trips),
        "scuffs": found.scuffs.count,
        "stumbles": found.stumbles.count,
        "stride_time_s": {**_spread(strides["stride_time_s"]), "cv_ratio": found.stride_time_ratio},
        "swing_time_cv_ratio": found.swing_time_ratio,
        "stride_time_alpha": None if found.memory is None else found.memory.alpha,
        **means,
        "pulses_per_stride": float(np.mean(strides["pulses"])),
    }


def _spread(values: Any) -> dict[str, Any]:
    known = values[np.isfinite(values)]
    sd = float(np.std(known, ddof=1)) if known.size > 1 else None
    return {"mean": float(np.mean(known)) if known.size else None, "sd": sd}


def _estimate(found: Estimate) -> dict[str, Any]:
    return {"value": _number(found.value), "interval95": [_number(bound) for bound in found.interval95]}


def _number(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)
