"""Rows 1 and 2: what a degree of hip, knee and ankle is worth at the toes, and when they come lowest."""

import math
from functools import partial
from typing import Final, Literal, TypeAlias

import numpy as np

from reports.credibility.row import Control, Row
from reports.credibility.walks import changed, curves_of, quiet, shipped, strolled, walked
from sim.body.foot import BALL, TOE
from sim.body.patient import Patient
from sim.body.preparation import prepare
from sim.gait.leg import leg_at

SPEED_M_S: Final = 1.3
_MOOSABHOY: Final = "Moosabhoy & Gard 2006"

Joint: TypeAlias = Literal["ankle", "hip", "knee"]
Point: TypeAlias = tuple[float, float]


def _pose(ratio: float = 0.51) -> tuple[float, float, float, float, float]:
    """Thigh, knee and ankle (rad) of the healthy leg and its integrated foot at a part of swing; segment lengths, m."""
    patient = quiet(shipped("healthy_young"))
    walker, _ = strolled(patient, SPEED_M_S, 3, trace=True)
    cycle = prepare(patient, curves_of(patient), SPEED_M_S).cycle
    phase = cycle.targets.stance_ratio + ratio * (1.0 - cycle.targets.stance_ratio)
    leg = leg_at(cycle.base, phase, 1.0, cycle.thigh_length_m, cycle.shank_length_m)
    ankle = float(np.interp(phase, np.linspace(0.0, 1.0, 101), walker.cycles()["ankle_rad"][1]))
    return leg[7], leg[2], ankle, cycle.thigh_length_m, cycle.shank_length_m


def _places(joint: Joint, by_rad: float, point: Point) -> tuple[float, float, float, float]:
    """Toe (x, y) and knee and ankle (x) from the hip with one joint moved, the other angles frozen, m."""
    thigh, knee, ankle, thigh_m, shank_m = _pose()
    thigh += by_rad if joint == "hip" else 0.0
    shank = thigh - knee - (by_rad if joint == "knee" else 0.0)
    foot = shank + ankle + (by_rad if joint == "ankle" else 0.0)
    knee_x = thigh_m * math.sin(thigh)
    ankle_x = knee_x + shank_m * math.sin(shank)
    x = ankle_x + math.cos(foot) * point[0] - math.sin(foot) * point[1]
    y = -thigh_m * math.cos(thigh) - shank_m * math.cos(shank)
    return x, y + math.sin(foot) * point[0] + math.cos(foot) * point[1], knee_x, ankle_x


def _slope_m_rad(joint: Joint, point: Point) -> float:
    step = math.radians(0.01)
    return (_places(joint, step, point)[1] - _places(joint, -step, point)[1]) / (2.0 * step)


def _lever_mm_deg(joint: Joint, point: Point = TOE) -> float:
    return _slope_m_rad(joint, point) * 1e3 * math.pi / 180.0


def _identity_ratio(measured_to: Point = TOE) -> float:
    """Largest difference of a lever from the horizontal distance of its joint to the toe, relative to the ankle's."""
    x, _, knee_x, ankle_x = _places("ankle", 0.0, measured_to)
    distance: dict[Joint, float] = {"ankle": x - ankle_x, "hip": x, "knee": knee_x - x}
    worst = max(abs(_slope_m_rad(joint, TOE) - away) for joint, away in distance.items())
    return worst / abs(distance["ankle"])


def _mtc_ratio(patient: Patient) -> float:
    return float(np.mean(walked(patient, SPEED_M_S, 60)["mtc_swing_ratio"]))


def _mtc_mm(patient: Patient) -> float:
    return 1e3 * float(np.mean(walked(patient, SPEED_M_S, 60)["mtc_m"]))


def _lever(joint: Joint, published: float) -> Row:
    return Row(
        1,
        joint,
        f"clearance a degree of {joint} at 51 % of swing, other angles frozen",
        f"{published:g} mm/°",
        _MOOSABHOY,
        "P",
        "mm/°",
        partial(_lever_mm_deg, joint),
        published - 0.5,
        published + 0.5,
        controls=(Control("the ball of the foot taken for the toe tip", partial(_lever_mm_deg, joint, BALL)),),
    )


def rows() -> tuple[Row, ...]:
    """Levers and the instant of the minimum."""
    healthy = shipped("healthy_young")
    short_swing = changed("healthy_young", thigh_peak_rad=math.radians(10.0))
    return (
        _lever("ankle", 2.98),
        _lever("hip", 1.66),
        _lever("knee", 0.44),
        Row(
            1, "identity", "lever less horizontal distance of joint and toe, of the ankle's", "0 (geometry)",
            "closed form", "P", "", _identity_ratio, 0.0, 0.02,
            controls=(Control("distance to the ball instead of the toe", partial(_identity_ratio, BALL)),),
        ),
        Row(
            2, "time", "minimum toe clearance, part of swing", "0.51", _MOOSABHOY, "P", "",
            partial(_mtc_ratio, healthy), 0.44, 0.58,
            controls=(Control("a thigh that swings to 10° only", partial(_mtc_ratio, short_swing)),),
        ),
        Row(
            2, "height", "minimum toe clearance", "19 ± 5 mm", _MOOSABHOY, "X", "mm", partial(_mtc_mm, healthy),
            note="calibrated to 15 mm on the healthy cycle: no prediction",
        ),
    )  # fmt: skip
