"""The cycle of one leg from class parameters, when only a healthy cycle was measured.

Phase p = 0..1 from initial contact. The measured cycle is stretched so that its toe-off falls on the patient's; knee
and thigh are brought to the patient's peaks; the height of the hip is *closed* on the floor: the leg stands on it at
initial contact, at mid-stance and at toe-off, and the other leg carries it in swing. Landmarks below are in percent of
Winter's cycle (toe-off 60.9 %).

1. thigh = m + r_S (thigh_W - m), m its mean; then (peak - max) b(60, 84, 86, 104) is added, b a raised cosine.
2. knee = base + (knee_W - base) g after 40 %, base the straight line knee_W(40) -> knee_W(100), g such that the peak is
   the patient's; plus the extra flexion at contact on b(84, 98, 108, 120).
3. hip height = periodic cubic spline through contact, 0.41 stance, toe-off, mid-swing, plus the swing offset `c_sw`
   (solved once on the healthy cycle at the same speed) and the patient's hiking.

All curves are laid on 200 points and become periodic cubic splines, so that position, velocity and acceleration are
continuous. Source: model.md 1.3a; the landmarks are design choices fitted to published peaks.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from sim.body.foot import ANKLE_HEIGHT_M, FOREFOOT, SOLE, reach_m
from sim.body.patient import Patient
from sim.gait import slope
from sim.gait.curves import MeasuredCycle, bump, periodic
from sim.gait.manner import LEVEL, Manner
from sim.gait.targets import StrideTargets, stride_targets

NODES: Final = 200
MID_STANCE_RATIO: Final = 0.41
CONTRALATERAL_DROP_M: Final = 0.004
CONTACT_RISE_M: Final = 0.005
TOE_OFF_RISE_M: Final = 0.0035
"""So far the hip may stand above its mid-stance height at contact and at toe-off (model.md 1.3a, 7: at most 5 mm)."""
SOLE_GIVES_M: Final = 0.008
"""What heel pad and shoe give way under body weight (design choice; 9 mm in running, De Clercq 1994, from memory)."""
SOLE_GIVES_LOADED_M: Final = 0.0095
"""And where the load comes on, as the foot comes flat (design choice)."""
FOOT_FLAT_RATIO: Final = 0.08
"""Foot flat of a healthy person, 0..1 of the cycle; gives the healthy drive in the loading response (Perry, 7-9 %)."""
EARLY_UNTIL: Final = 0.28
STEPPAGE_M_RAD: Final = 0.0016 * 180.0 / np.pi
KNEE_PER_STEPPAGE: Final = 0.9
FLAT_KNEE_RAD: Final = float(np.radians(12.0))
"""Knee at toe-off of a foot that leaves the floor flat (design choice)."""
MOST_DORSIFLEXED_RAD: Final = float(np.radians(12.0))
"""Ankle at toe-off at most, where the foot leaves the floor flat (design choice: passive range with the knee bent)."""
_WINTER_TOE_OFF: Final = 60.9


@dataclass(frozen=True, slots=True, eq=False)
class GaitCycle:
    """The prescribed cycle of one leg at one speed.

    Attributes:
        targets: what it was built for.
        manner: how it is walked.
        base: (200, 16) spline coefficients by interval: thigh, knee, hip height, hip progression, four each.
        modes: (200, 24) what is added for 1 m of hiking, 1 rad of steppage (thigh, knee), 1 m more hip height at
            contact and at toe-off, 1 m of lift by circumduction.
        swing_ankle: (100, 4) spline coefficients of the healthy ankle over swing 0..1, rad.
        thigh_length_m: hip to knee, m.
        shank_length_m: knee to ankle, m.
        ankle_toe_off_rad: ankle at toe-off, rad.
        ankle_rate_rad: its rate at toe-off, rad per swing time.
        ankle_contact_rad: ankle for which the hip height is closed at contact, rad.
        hip_contact_m: closed hip height at contact, m.
        hip_toe_off_m: at toe-off, m.
        hip_mid_stance_m: at mid-stance, m.
    """

    targets: StrideTargets
    manner: Manner
    base: NDArray[np.float64]
    modes: NDArray[np.float64]
    swing_ankle: NDArray[np.float64]
    thigh_length_m: float
    shank_length_m: float
    ankle_toe_off_rad: float
    ankle_rate_rad: float
    ankle_contact_rad: float
    hip_contact_m: float
    hip_toe_off_m: float
    hip_mid_stance_m: float


def gait_cycle(
    patient: Patient,
    curves: MeasuredCycle,
    speed_m_s: float,
    swing_offset_m: float,
    other_mid_stance_m: float | None = None,
    manner: Manner = LEVEL,
) -> GaitCycle:
    """Build the cycle of `patient` at a speed.

    Args:
        patient: class parameters.
        curves: measured cycle.
        speed_m_s: speed whose gait law holds, m/s.
        swing_offset_m: `c_sw`, m.
        other_mid_stance_m: hip height over the other leg at mid-stance, m; None where both legs are alike.
        manner: how the stride is walked.
    """
    aim = stride_targets(patient, curves, speed_m_s, manner)
    size = patient.leg_length_m / curves.leg_length_m
    thigh_m, shank_m = curves.thigh_length_m * size, curves.shank_length_m * size
    phase = np.linspace(0.0, 1.0, NODES + 1)
    clock, winter = _stretched(phase, aim.stance_ratio, curves.toe_off_ratio)
    bell = bump(winter, 60, 84, 86, 104) + bump(winter + 100.0, 60, 84, 86, 104)
    thigh = _thigh(curves, clock, aim, bell)
    knee, knee_per_peak = _knee(curves, clock, winter, aim)
    knee += patient.knee_contact_extra_rad * (bump(winter, 84, 98, 108, 120) + bump(winter + 100.0, 84, 98, 108, 120))

    ankle_contact = patient.ankle_contact_rad
    if manner.slope_rad != 0.0:
        thigh = thigh + slope.thigh_change_rad(winter, manner.slope_rad)
        knee = knee + slope.knee_change_rad(winter, manner.slope_rad)
        ankle_contact += slope.ankle_change_rad(manner.slope_rad)

    if aim.flat_foot_ratio > 0.0:
        knee += aim.flat_foot_ratio * (FLAT_KNEE_RAD - knee) * bump(winter, 44.0, 56.0, 61.0, 71.0)

    thigh_of, knee_of = ring(thigh), ring(knee)

    def leg_of(p: NDArray[np.float64]) -> NDArray[np.float64]:
        return thigh_m * np.cos(thigh_of(p)) + shank_m * np.cos(thigh_of(p) - knee_of(p))

    def leg_m(p: float) -> tuple[float, float]:
        lean = float(thigh_of(p)) - float(knee_of(p))
        return thigh_m * float(np.cos(thigh_of(p))) + shank_m * float(np.cos(lean)), lean

    ankle = periodic(curves.ankle_rad)
    swing_ankle = _swing_ankle(ankle, curves.toe_off_ratio, aim.ankle_scale, ankle_contact - patient.ankle_contact_rad)
    ankle_toe_off = float(swing_ankle(0.0)) if patient.ankle_toe_off_rad is None else patient.ankle_toe_off_rad
    if aim.flat_foot_ratio > 0.0:
        lean = leg_m(aim.stance_ratio)[1]
        flatter = min((1.0 - aim.flat_foot_ratio) * (lean + ankle_toe_off) - lean, MOST_DORSIFLEXED_RAD)
        swing_ankle = _flatter(swing_ankle, flatter - float(swing_ankle(0.0)))
        ankle_toe_off = flatter
    stance, swing = aim.stance_ratio, 1.0 - aim.stance_ratio
    mid_m = leg_m(MID_STANCE_RATIO * stance)[0] + ANKLE_HEIGHT_M
    length_m, lean = leg_m(0.0)
    contact_m = min(length_m - reach_m(lean + ankle_contact, SOLE), mid_m + CONTACT_RISE_M)
    length_m, lean = leg_m(stance)
    toe_off_m = min(length_m - reach_m(lean + ankle_toe_off, FOREFOOT), mid_m + TOE_OFF_RISE_M)
    swing_m = (mid_m if other_mid_stance_m is None else other_mid_stance_m) - CONTRALATERAL_DROP_M
    anchors = np.array([0.0, MID_STANCE_RATIO * stance, stance, stance + 0.5 * swing, 1.0])
    cards = CubicSpline(anchors, np.vstack([np.eye(4), [1, 0, 0, 0]]), bc_type="periodic")(phase)
    lift = bump(phase, stance, stance + 0.3 * swing, stance + 0.7 * swing, 1.0)
    hike = bump(phase, stance - 0.25 * swing, stance + 0.25 * swing, stance + 0.7 * swing, 1.0)
    hip_y = cards @ np.array([contact_m, mid_m, toe_off_m, swing_m]) + swing_offset_m * lift
    standing = leg_of(phase) + ANKLE_HEIGHT_M
    hip_y += _raised_early(phase, hip_y, standing)
    hip_y += _raised(phase, hip_y, standing, stance)
    hip_x = periodic(curves.hip_x_m)(np.mod(clock, 1.0)) * aim.thigh_scale * size
    base = [thigh_of, knee_of, ring(hip_y), ring(hip_x)]
    # the hip abducts like `lift`; the height that it gains, L (1 - cos b), goes with the square of the angle
    abducted = lift * lift
    modes = [ring(c) for c in (hike, bell, KNEE_PER_STEPPAGE * knee_per_peak, cards[:, 0], cards[:, 2], abducted)]
    return GaitCycle(
        targets=aim,
        manner=manner,
        base=np.hstack([coefficients(spline) for spline in base]),
        modes=np.hstack([coefficients(spline) for spline in modes]),
        swing_ankle=coefficients(swing_ankle),
        thigh_length_m=thigh_m,
        shank_length_m=shank_m,
        ankle_toe_off_rad=ankle_toe_off,
        ankle_rate_rad=float(swing_ankle(0.0, 1)) if patient.drive == "feedforward" else 0.0,
        ankle_contact_rad=ankle_contact,
        hip_contact_m=contact_m,
        hip_toe_off_m=toe_off_m,
        hip_mid_stance_m=mid_m,
    )


def _raised(
    phase: NDArray[np.float64], hip_m: NDArray[np.float64], standing_m: NDArray[np.float64], stance: float
) -> NDArray[np.float64]:
    """What the hip must rise in mid and late stance so that the standing foot is not pressed through the floor, m.

    Between its closed heights the hip may sink below leg and flat foot by what heel pad and shoe give way; a class
    that walks much faster than its own speed would sink further before its toe-off.
    """
    window = bump(phase, 0.2, 0.28, stance - 0.1, stance)
    return window * np.maximum(standing_m - SOLE_GIVES_M - hip_m, 0.0)


def _raised_early(
    phase: NDArray[np.float64], hip_m: NDArray[np.float64], standing_m: NDArray[np.float64]
) -> NDArray[np.float64]:
    """What the hip must rise from contact on so that the foot is not pressed through the floor where it comes flat, m.

    Few people need it: those whose step is long for the leg and whose knee hardly gives way under the load.
    """
    flat = (phase >= FOOT_FLAT_RATIO) & (phase <= EARLY_UNTIL)
    deepest = float(np.max(standing_m[flat] - hip_m[flat])) - SOLE_GIVES_LOADED_M
    return max(deepest, 0.0) * bump(phase, 0.0, FOOT_FLAT_RATIO, 0.12, EARLY_UNTIL)


def contact_x_m(cycle: GaitCycle) -> float:
    """Ankle at contact, ahead of the point that moves with the mean pace, m."""
    at = cycle.base[0]
    lean = at[0] - at[4]
    return float(at[12] + cycle.thigh_length_m * np.sin(at[0]) + cycle.shank_length_m * np.sin(lean))


def _stretched(
    phase: NDArray[np.float64], stance_ratio: float, toe_off_ratio: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Phase of the measured cycle (0..1), and the same in percent of Winter's cycle, for a patient's phase."""
    in_stance = phase < stance_ratio
    part = np.where(in_stance, phase / stance_ratio, (phase - stance_ratio) / (1.0 - stance_ratio))
    clock = np.where(in_stance, toe_off_ratio * part, toe_off_ratio + (1.0 - toe_off_ratio) * part)
    winter = np.where(in_stance, _WINTER_TOE_OFF * part, _WINTER_TOE_OFF + (100.0 - _WINTER_TOE_OFF) * part)
    return clock, winter


def _thigh(
    curves: MeasuredCycle, clock: NDArray[np.float64], aim: StrideTargets, bell: NDArray[np.float64]
) -> NDArray[np.float64]:
    mean = float(np.mean(curves.thigh_rad[:-1]))
    scaled = mean + aim.thigh_scale * (periodic(curves.thigh_rad)(clock) - mean)
    asked = aim.thigh_peak_rad - (mean + aim.thigh_scale * (float(curves.thigh_rad.max()) - mean))
    return scaled + (aim.thigh_peak_rad - scaled.max() if abs(asked) > 1e-12 else 0.0) * bell


def _knee(
    curves: MeasuredCycle, clock: NDArray[np.float64], winter: NDArray[np.float64], aim: StrideTargets
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Knee over the cycle, and its change for a peak that is 1 rad higher."""
    measured_of = periodic(curves.knee_rad)
    measured = measured_of(clock)
    to_start = curves.toe_off_ratio * 40.0 / _WINTER_TOE_OFF
    line = np.interp(winter, [40.0, 100.0], [float(measured_of(to_start)), float(measured_of(1.0))])
    base = np.where(winter < 40.0, measured, line)
    top = int(np.argmax(measured))
    per_peak = (measured - base) / (measured[top] - base[top])
    return base + per_peak * (aim.knee_peak_rad - base[top]), per_peak


def _swing_ankle(ankle: CubicSpline, toe_off_ratio: float, scale: float, lifted_rad: float) -> CubicSpline:
    """Healthy ankle over swing 0..1: plantarflexion scaled with speed, dorsiflexion kept, lifted towards its end."""
    part = np.linspace(0.0, 1.0, 101)
    angle = np.asarray(ankle(np.mod(toe_off_ratio + part * (1.0 - toe_off_ratio), 1.0)), float)
    lift = lifted_rad * part * part * (3.0 - 2.0 * part)
    return CubicSpline(part, np.where(angle < 0.0, angle * scale, angle) + lift)


def _flatter(swing_ankle: CubicSpline, change_rad: float) -> CubicSpline:
    """The healthy ankle over swing, begun `change_rad` higher and back on its curve at half of swing."""
    part = swing_ankle.x
    left = np.clip(1.0 - 2.0 * part, 0.0, 1.0)
    return CubicSpline(part, swing_ankle(part) + change_rad * left * left * (3.0 - 2.0 * left))


def ring(values: NDArray[np.float64]) -> CubicSpline:
    """Periodic cubic spline over the phase 0..1 through evenly spaced `values`, (n + 1,), the last as the first."""
    closed = np.array(values, float)
    closed[-1] = closed[0]
    return CubicSpline(np.linspace(0.0, 1.0, len(closed)), closed, bc_type="periodic")


def coefficients(spline: CubicSpline) -> NDArray[np.float64]:
    """(n, 4) coefficients in the position 0..1 inside each interval, constant term first."""
    step = float(spline.x[1] - spline.x[0])
    return np.ascontiguousarray(spline.c[::-1].T * step ** np.arange(4))
