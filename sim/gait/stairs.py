"""The cycle of a leg on stairs, foot over foot: two treads a stride.

Hip and ankle are prescribed in space and the angles of thigh and knee follow from them (two-link inverse kinematics),
so that the foot stands still on its tread in stance and lands on the next but one. Coordinates: the ankle of the flat
foot in stance is (0, ankle height) above its tread; p = 0..1 from contact, R the riser (downstairs negative), G the
tread's depth. The stance foot is pitched at contact, flat until heel-off, and rolls over the ball until toe-off.

    hip      x = -x_c + 2 G p;   y = Y + 2 R p + a (sin(4 pi p - u) + sin u)
    upstairs    Y such that the leg is 98.5 % extended where the other foot touches (p = 0.5), u = pi
    downstairs  Y such that the knee is flexed by 10 deg at contact, u = 0.8 pi
    ankle in swing: a cubic spline through the points below, in units of (2 G, 2 R) and in metres above that line

No swing offset is solved on stairs: the healthy forefoot clears the nosings by what the path gives it (upstairs some
40 mm); downstairs it is the heel that passes close to them, which clearance, taken at the forefoot, does not see.

Source: phases, forefoot contact and joint ranges after McFadyen & Winter 1988, Riener 2002 and Protopapadaki 2007
(upstairs: hip 65, knee 94 deg; downstairs: 40, 91 deg), from memory of the papers; points and amplitudes are design
choices that meet those ranges (tests/physics/test_stairs.py).
"""

from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from scipy.optimize import brentq

from sim.body.foot import ANKLE_HEIGHT_M, BALL, FOREFOOT, SOLE, reach_m
from sim.gait.manner import Manner
from sim.gait.speed_law import stride_time_s

Points: TypeAlias = tuple[tuple[float, float, float], ...]


@dataclass(frozen=True, slots=True)
class StairWay:
    """How stairs are taken in one direction.

    Attributes:
        stance_ratio: toe-off.
        heel_off_ratio: heel-off.
        stride_time_s: of a healthy adult, s.
        overlap_m: ankle beyond the nosing of its tread, m.
        ahead_m: ankle ahead of the hip at contact, m, for a leg of 0.88 m.
        pitch_contact_rad: foot at contact.
        pitch_toe_off_rad: foot at toe-off.
        bob_m: amplitude a of the hip, m.
        bob_rad: its phase u.
        ankle_mid_rad: healthy ankle at half of swing, rad.
        path: (swing phase, forward 0..1, m above the line from tread to tread) of the ankle.
    """

    stance_ratio: float
    heel_off_ratio: float
    stride_time_s: float
    overlap_m: float
    ahead_m: float
    pitch_contact_rad: float
    pitch_toe_off_rad: float
    bob_m: float
    bob_rad: float
    ankle_mid_rad: float
    path: Points


UP: Final = StairWay(
    stance_ratio=0.64,
    heel_off_ratio=0.46,
    stride_time_s=1.40,
    overlap_m=0.04,
    ahead_m=0.26,
    pitch_contact_rad=float(np.radians(-3.0)),
    pitch_toe_off_rad=float(np.radians(-30.0)),
    bob_m=0.012,
    bob_rad=float(np.pi),
    ankle_mid_rad=float(np.radians(8.0)),
    path=((0.25, 0.05, 0.18), (0.5, 0.36, 0.20), (0.75, 0.78, 0.10)),
)
DOWN: Final = StairWay(
    stance_ratio=0.60,
    heel_off_ratio=0.34,
    stride_time_s=1.20,
    overlap_m=0.09,
    ahead_m=0.17,
    pitch_contact_rad=float(np.radians(-22.0)),
    pitch_toe_off_rad=float(np.radians(-22.0)),
    bob_m=0.010,
    bob_rad=float(0.8 * np.pi),
    ankle_mid_rad=float(np.radians(2.0)),
    path=((0.25, 0.16, 0.08), (0.5, 0.55, 0.12), (0.75, 0.92, 0.13)),
)
"""Down and up: stance and stride times after Riener 2002; the rest see the module."""
EXTENDED_RATIO: Final = 0.985
KNEE_CONTACT_DOWN_RAD: Final = float(np.radians(10.0))
FLAT_PHASE: Final = 0.12
MOST_DORSIFLEXED_RAD: Final = float(np.radians(35.0))
"""Ankle at toe-off at most; a short leg on deep steps lifts its heel further instead (design choice: loaded range)."""
MOST_PITCHED_RAD: Final = float(np.radians(-60.0))
COMFORTABLE_M_S: Final = 1.3
"""Level pace of the healthy adults whose times on stairs are given (design choice: that of the gait laws)."""
LEG_OF_WAY_M: Final = 0.88
"""Leg for which the distances of a `StairWay` are given; they scale with the patient's."""


def way_of(manner: Manner) -> StairWay:
    """Up or down."""
    return UP if manner.riser_m > 0.0 else DOWN


def on_stairs_s(manner: Manner, level_s: float, leg_length_m: float) -> float:
    """Stride time on stairs of somebody whose level strides take `level_s`, never less than a healthy one's, s."""
    slower = level_s / stride_time_s(COMFORTABLE_M_S, leg_length_m)
    return way_of(manner).stride_time_s * max(slower, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class StairCurves:
    """Angles over the cycle for a leg on stairs.

    Attributes:
        thigh_rad: (n,), from the vertical.
        knee_rad: (n,).
        hip_y_m: (n,), above the tread of the stance less 2 R p.
        hip_height_m: hip above that tread at contact, at mid-stance and at toe-off, m.
        ahead_m: ankle ahead of the hip at contact, m.
        ankle_contact_rad: ankle at contact.
        ankle_toe_off_rad: ankle at toe-off.
    """

    thigh_rad: NDArray[np.float64]
    knee_rad: NDArray[np.float64]
    hip_y_m: NDArray[np.float64]
    hip_height_m: tuple[float, float, float]
    ahead_m: float
    ankle_contact_rad: float
    ankle_toe_off_rad: float


def stair_curves(
    phase: NDArray[np.float64], manner: Manner, thigh_m: float, shank_m: float, mid_stance: float
) -> StairCurves:
    """The healthy leg on stairs.

    Args:
        phase: (n,) 0..1, evenly spaced.
        manner: riser and tread.
        thigh_m: thigh length, m.
        shank_m: shank length, m.
        mid_stance: phase of mid-stance.
    """
    way = way_of(manner)
    curves = _curves(phase, way, manner, thigh_m, shank_m, mid_stance)
    if curves.ankle_toe_off_rad <= MOST_DORSIFLEXED_RAD:
        return curves

    def pitched(pitch_rad: float) -> StairCurves:
        lifted = replace(way, pitch_toe_off_rad=pitch_rad)
        return _curves(phase, lifted, manner, thigh_m, shank_m, mid_stance)

    def beyond_rad(pitch_rad: float) -> float:
        return pitched(pitch_rad).ankle_toe_off_rad - MOST_DORSIFLEXED_RAD

    if beyond_rad(MOST_PITCHED_RAD) > 0.0:
        return pitched(MOST_PITCHED_RAD)
    return pitched(float(brentq(beyond_rad, MOST_PITCHED_RAD, way.pitch_toe_off_rad, xtol=1e-9)))


def _curves(
    phase: NDArray[np.float64], way: StairWay, manner: Manner, thigh_m: float, shank_m: float, mid_stance: float
) -> StairCurves:
    rise, run = 2.0 * manner.riser_m, 2.0 * manner.tread_m
    size = (thigh_m + shank_m + ANKLE_HEIGHT_M) / LEG_OF_WAY_M
    ahead = way.ahead_m * size
    bob = way.bob_m * (np.sin(4.0 * np.pi * phase - way.bob_rad) + np.sin(way.bob_rad))
    foot_x, foot_y = _ankle_path(phase, way, rise, run)
    if manner.riser_m > 0.0:
        height = ANKLE_HEIGHT_M + EXTENDED_RATIO * (thigh_m + shank_m) - 0.5 * rise
    else:
        straight = _reach(thigh_m, shank_m, KNEE_CONTACT_DOWN_RAD)
        height = float(foot_y[0] + np.sqrt(straight**2 - (ahead + foot_x[0]) ** 2))
    hip_x, hip_y = run * phase - ahead, height + rise * phase + bob
    thigh, knee = _angles(foot_x - hip_x, hip_y - foot_y, thigh_m, shank_m)
    lean = thigh - knee
    at = np.interp([0.0, mid_stance, way.stance_ratio], phase, hip_y)
    return StairCurves(
        thigh_rad=thigh,
        knee_rad=knee,
        hip_y_m=hip_y - rise * phase,
        hip_height_m=(float(at[0]), float(at[1]), float(at[2])),
        ahead_m=float(foot_x[0] - hip_x[0]),
        ankle_contact_rad=way.pitch_contact_rad - float(lean[0]),
        ankle_toe_off_rad=way.pitch_toe_off_rad - float(np.interp(way.stance_ratio, phase, lean)),
    )


def _ankle_path(
    phase: NDArray[np.float64], way: StairWay, rise_m: float, run_m: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Ankle over a stride, m: still on the flat foot, about the ball while the foot is pitched, a spline in swing."""
    knots = [*np.linspace(0.0, way.stance_ratio, 33)]
    pitch = [_pitch(p, way) for p in knots]
    x = [BALL[0] - (np.cos(a) * BALL[0] - np.sin(a) * BALL[1]) for a in pitch]
    y = [-reach_m(a, SOLE if p < way.heel_off_ratio else FOREFOOT) for p, a in zip(knots, pitch, strict=True)]
    first_x, first_y = x[-1], y[-1]
    last_x, last_y = run_m + x[0], rise_m + y[0]
    for s, forward, above in way.path:
        knots.append(way.stance_ratio + s * (1.0 - way.stance_ratio))
        x.append(first_x + forward * (last_x - first_x))
        y.append(first_y + forward * (last_y - first_y) + above)
    knots.append(1.0)
    x.append(last_x)
    y.append(last_y)
    at = np.array(knots)
    return _repeating(at, np.array(x), run_m, phase), _repeating(at, np.array(y), rise_m, phase)


def _pitch(p: float, way: StairWay) -> float:
    """Pitch of the stance foot: from contact to flat, and from heel-off to toe-off."""
    landing = max(1.0 - p / FLAT_PHASE, 0.0)
    rolling = min(max((p - way.heel_off_ratio) / (way.stance_ratio - way.heel_off_ratio), 0.0), 1.0)
    settled = way.pitch_contact_rad * landing * landing * (3.0 - 2.0 * landing)
    return settled + way.pitch_toe_off_rad * rolling * rolling


def _repeating(
    knots: NDArray[np.float64], values: NDArray[np.float64], trend: float, phase: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Cubic spline through `values` at `knots` that repeats every cycle but for a rise of `trend`."""
    level = values - trend * knots
    level[-1] = level[0]
    return np.asarray(CubicSpline(knots, level, bc_type="periodic")(phase), float) + trend * phase


def _reach(thigh_m: float, shank_m: float, knee_rad: float) -> float:
    return float(np.sqrt(thigh_m**2 + shank_m**2 + 2.0 * thigh_m * shank_m * np.cos(knee_rad)))


def _angles(
    forward_m: NDArray[np.float64], down_m: NDArray[np.float64], thigh_m: float, shank_m: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Thigh from the vertical and knee flexion that bring the ankle there; a leg too short is straight."""
    far = np.hypot(forward_m, down_m)
    cosine = (far**2 - thigh_m**2 - shank_m**2) / (2.0 * thigh_m * shank_m)
    knee = np.arccos(np.clip(cosine, -1.0, np.cos(np.radians(3.0))))
    line = np.arctan2(forward_m, down_m)
    return line + np.arctan2(shank_m * np.sin(knee), thigh_m + shank_m * np.cos(knee)), knee
