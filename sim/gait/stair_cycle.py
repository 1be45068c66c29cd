"""The prescribed cycle of a patient on stairs, as the kernels want it.

Thigh and knee are those of a healthy leg (`sim.gait.stairs`): the foot is placed under sight, and what a patient lacks
on stairs is the ankle. The patient's pace, relative to the healthy one on the level, stays (design choices).
"""

from dataclasses import replace

import numpy as np
from scipy.interpolate import CubicSpline

from sim.body.foot import FOREFOOT, SOLE, reach_m
from sim.body.patient import Patient
from sim.gait.curves import MeasuredCycle, bump
from sim.gait.cycle import KNEE_PER_STEPPAGE, MID_STANCE_RATIO, GaitCycle, coefficients, contact_x_m, gait_cycle, ring
from sim.gait.manner import Manner
from sim.gait.stairs import on_stairs_s, stair_curves, way_of
from sim.gait.targets import stride_targets

NEVER_CLOSED_M = 10.0
"""In place of the height of the hip over the other leg: on stairs it bounds nothing."""


def stair_cycle(patient: Patient, curves: MeasuredCycle, speed_m_s: float, manner: Manner) -> GaitCycle:
    """Build the cycle of `patient` on stairs; see `gait_cycle` for the arguments."""
    level = gait_cycle(patient, curves, speed_m_s, 0.0)
    way = way_of(manner)
    time_s = on_stairs_s(manner, level.targets.stride_time_s, patient.leg_length_m)
    aim = replace(
        stride_targets(patient, curves, speed_m_s),
        stride_time_s=time_s,
        pace_m_s=2.0 * manner.tread_m / time_s,
        stance_ratio=way.stance_ratio,
        heel_off_ratio=way.heel_off_ratio,
    )
    thigh_m, shank_m = level.thigh_length_m, level.shank_length_m
    stance, swing = way.stance_ratio, 1.0 - way.stance_ratio
    phase = np.linspace(0.0, 1.0, level.base.shape[0] + 1)
    leg = stair_curves(phase, manner, thigh_m, shank_m, MID_STANCE_RATIO * stance)
    hip_x = np.full_like(phase, contact_x_m(level) - leg.ahead_m)
    base = [ring(curve) for curve in (leg.thigh_rad, leg.knee_rad, leg.hip_y_m, hip_x)]
    s = (phase - stance) / swing
    bell = bump(s, 0.0, 0.6, 0.65, 1.0)
    lift = bump(phase, stance, stance + 0.3 * swing, stance + 0.7 * swing, 1.0)
    hike = bump(phase, stance - 0.25 * swing, stance + 0.25 * swing, stance + 0.7 * swing, 1.0)
    anchors = np.array([0.0, MID_STANCE_RATIO * stance, stance, stance + 0.5 * swing, 1.0])
    cards = CubicSpline(anchors, np.vstack([np.eye(4), [1, 0, 0, 0]]), bc_type="periodic")(phase)
    modes = [ring(c) for c in (hike, bell, KNEE_PER_STEPPAGE * bell, cards[:, 0], cards[:, 2], lift * lift)]
    ankle = CubicSpline(
        [0.0, 0.5, 1.0],
        [leg.ankle_toe_off_rad, way.ankle_mid_rad, leg.ankle_contact_rad],
        bc_type="clamped",
    )
    part = np.linspace(0.0, 1.0, 101)
    lean_at = [float(base[0](p)) - float(base[1](p)) for p in (0.0, stance)]
    length_m = [
        thigh_m * float(np.cos(base[0](p))) + shank_m * float(np.cos(lean))
        for p, lean in zip((0.0, stance), lean_at, strict=True)
    ]
    return GaitCycle(
        targets=aim,
        manner=manner,
        base=np.hstack([coefficients(spline) for spline in base]),
        modes=np.hstack([coefficients(spline) for spline in modes]),
        swing_ankle=coefficients(CubicSpline(part, ankle(part))),
        thigh_length_m=thigh_m,
        shank_length_m=shank_m,
        ankle_toe_off_rad=leg.ankle_toe_off_rad,
        ankle_rate_rad=0.0,
        ankle_contact_rad=leg.ankle_contact_rad,
        hip_contact_m=length_m[0] - reach_m(lean_at[0] + leg.ankle_contact_rad, SOLE),
        hip_toe_off_m=length_m[1] - reach_m(lean_at[1] + leg.ankle_toe_off_rad, FOREFOOT),
        hip_mid_stance_m=NEVER_CLOSED_M,
    )
