"""Rows 27 to 29: one swing offset for all speeds, a healthy foot that clears the floor, and its ankle in late swing."""

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np

from reports.credibility.row import Control, Row
from reports.credibility.walks import changed, curves_of, quiet, shipped, strolled
from sim.body.patient import Patient
from sim.body.preparation import one_swing, prepare

HEALTHY_SPEEDS_M_S: Final = (0.4, 0.55, 0.8, 1.0, 1.2, 1.4)


def swing_offset_m(speed_m_s: float, patient: Patient) -> float:
    """The calibrated swing offset of a patient's healthy twin at a speed, m."""
    return prepare(patient, curves_of(patient), speed_m_s).swing_offset_m


def _offset_spread_mm(patient: Patient, per_speed: Callable[[Patient, float], Patient] | None = None) -> float:
    each = [swing_offset_m(v, per_speed(patient, v) if per_speed else patient) for v in HEALTHY_SPEEDS_M_S]
    return 1e3 * float(np.ptp(each))


def _other_goal(patient: Patient, speed_m_s: float) -> Patient:
    return replace(patient, healthy_clearance_m=0.010 + 0.010 * speed_m_s)


def _lowest_mm(patient: Patient) -> float:
    """Lowest forefoot clearance after 12 % of swing over all healthy speeds."""
    low = math.inf
    for speed in HEALTHY_SPEEDS_M_S:
        ready = prepare(patient, curves_of(patient), speed)
        swing = one_swing(ready.cycle, ready.const)
        low = min(low, swing.early_swing_min_m, swing.mtc_m)
    return 1e3 * low


def _late_ankle_deg(patient: Patient) -> float:
    """Mean ankle over 85-97 % of the cycle."""
    walker, _ = strolled(quiet(patient), 1.3, 3, trace=True)
    return math.degrees(float(np.mean(walker.cycles()["ankle_rad"][1, 85:98])))


def rows() -> tuple[Row, ...]:
    """Swing."""
    healthy = shipped("healthy_young")
    silent = changed("healthy_young", drive="tonic")
    return (
        Row(
            27, "", "spread of the swing offset over 0.4-1.4 m/s", "none: one constant", "own calibration", "P", "mm",
            partial(_offset_spread_mm, healthy), 0.0, 5.0,
            controls=(
                Control("a clearance goal that grows with speed", partial(_offset_spread_mm, healthy, _other_goal)),
            ),
        ),
        Row(
            28, "", "lowest healthy forefoot clearance after 12 % of swing, 0.4-1.4 m/s", "never below 0",
            "people do not drag", "P", "mm", partial(_lowest_mm, healthy), 0.0, math.inf,
            note="before 12 % the rigid toe stands for a bent toe joint; that is reported by class",
            controls=(Control("dorsiflexors silent in swing", partial(_lowest_mm, silent)),),
        ),
        Row(
            29, "", "healthy ankle over 85-97 % of the cycle, mean", "0 to 4°",
            "Rajagopal 2016 and the normal set of gaitutils", "P", "°", partial(_late_ankle_deg, healthy), 0.0, 4.0,
            controls=(Control("dorsiflexors silent in swing", partial(_late_ankle_deg, silent)),),
        ),
    )  # fmt: skip
