"""What a patient's stride aims at, at any speed: stride time, stance, knee and thigh peaks.

A class walked at a speed that is not its own keeps its *ratios* to the healthy law (formats.md section 1):

    T = T_law(v) T_c / T_law(v_c);  stance = st_c - 0.08 (v - v_c), clipped to 0.58-0.75;
    knee peak = kpk_h(v) kpk_c / kpk_h(v_c);  thigh peak = thp_h(v) + thp_c - thp_h(v_c)

with the healthy laws stance 0.62 - 0.08 (v - 1.3) and knee peak 60 deg (v/1.3)^0.25 (design choices that meet four
measured cycles at 1.18-1.42 m/s).

Both legs share the stride time, and their swings are on the mean as long as the healthy law says (model.md 1.3a,
point 1). With rho the swing time of this leg over that of the other:

    swing = 2 (1 - stance_h(v)) rho / (1 + rho);   of the other leg = 2 (1 - stance_h(v)) - swing
"""

from dataclasses import dataclass, replace

import numpy as np

from sim.body.patient import Patient
from sim.gait.curves import MeasuredCycle
from sim.gait.manner import LEVEL, Manner
from sim.gait.speed_law import step_length_m, stride_time_s

ANKLE_SPEED_EXPONENT = 0.6
"""Ankle plantarflexion grows with speed to this power (design choice)."""


@dataclass(frozen=True, slots=True)
class StrideTargets:
    """Aims of a stride.

    Attributes:
        speed_m_s: speed whose gait law holds, m/s.
        stride_time_s: s.
        pace_m_s: progression, m/s.
        stance_ratio: toe-off, 0..1.
        heel_off_ratio: prescribed heel-off, 0..1.
        flat_foot_ratio: 0 = the foot rolls over its toes before toe-off as usual, 1 = it leaves the floor flat.
        thigh_scale: thigh excursion relative to the measured cycle.
        ankle_scale: plantarflexion relative to the measured cycle.
        knee_peak_rad: rad.
        thigh_peak_rad: rad, from the vertical.
    """

    speed_m_s: float
    stride_time_s: float
    pace_m_s: float
    stance_ratio: float
    heel_off_ratio: float
    flat_foot_ratio: float
    thigh_scale: float
    ankle_scale: float
    knee_peak_rad: float
    thigh_peak_rad: float


def healthy_knee_peak_rad(speed_m_s: float) -> float:
    """Healthy knee flexion peak in swing, rad."""
    return float(np.radians(60.0) * (speed_m_s / 1.3) ** 0.25)


def healthy_thigh_peak_rad(
    curves: MeasuredCycle, speed_m_s: float, leg_length_m: float, step_ratio: float = 1.0
) -> float:
    """Healthy thigh peak from the vertical, rad: the measured excursion about its mean, scaled as the step length."""
    mean = float(np.mean(curves.thigh_rad[:-1]))
    scale = thigh_scale(curves, speed_m_s, leg_length_m) * step_ratio
    return mean + scale * (float(curves.thigh_rad.max()) - mean)


def thigh_scale(curves: MeasuredCycle, speed_m_s: float, leg_length_m: float) -> float:
    """Step length at this speed over the one at the measured speed."""
    return step_length_m(speed_m_s, leg_length_m) / step_length_m(curves.speed_m_s, leg_length_m)


def healthy_stance_ratio(speed_m_s: float) -> float:
    """Healthy toe-off, 0..1 of the cycle."""
    return float(np.clip(0.62 - 0.08 * (speed_m_s - 1.3), 0.58, 0.75))


def stride_targets(patient: Patient, curves: MeasuredCycle, speed_m_s: float, manner: Manner = LEVEL) -> StrideTargets:
    """The aims of this patient at a speed, in a manner; see the module for the laws."""
    leg, own = patient.leg_length_m, patient.speed_m_s
    time = stride_time_s(speed_m_s, leg)
    if patient.stride_time_s is not None:
        time *= patient.stride_time_s / stride_time_s(own, leg)
    stance = healthy_stance_ratio(speed_m_s)
    if patient.swing_asymmetry_ratio is not None:
        rho = patient.swing_asymmetry_ratio
        stance = 1.0 - 2.0 * (1.0 - stance) * rho / (1.0 + rho)
    elif patient.stance_ratio is not None:
        stance = float(np.clip(patient.stance_ratio - 0.08 * (speed_m_s - own), 0.58, 0.75))
    stance += manner.stance_change_ratio
    knee = healthy_knee_peak_rad(speed_m_s)
    if patient.knee_peak_rad is not None:
        knee *= patient.knee_peak_rad / healthy_knee_peak_rad(own)
    steps = manner.step_ratio + manner.path_change_m / (speed_m_s * time)
    thigh = healthy_thigh_peak_rad(curves, speed_m_s, leg, steps) + patient.thigh_peak_change_rad
    if patient.thigh_peak_rad is not None:
        thigh += patient.thigh_peak_rad - healthy_thigh_peak_rad(curves, own, leg) - patient.thigh_peak_change_rad
    pace = speed_m_s * (manner.step_ratio / manner.time_ratio) + manner.path_change_m / (time * manner.time_ratio)
    heel_off, flat_foot = _heel_off(stance, time * manner.time_ratio, manner)
    return StrideTargets(
        speed_m_s=speed_m_s,
        stride_time_s=time * manner.time_ratio,
        pace_m_s=pace,
        stance_ratio=stance,
        heel_off_ratio=heel_off,
        flat_foot_ratio=flat_foot,
        thigh_scale=thigh_scale(curves, speed_m_s, leg) * steps,
        ankle_scale=(speed_m_s / curves.speed_m_s) ** ANKLE_SPEED_EXPONENT,
        knee_peak_rad=knee * manner.knee_ratio,
        thigh_peak_rad=thigh,
    )


def _heel_off(stance_ratio: float, stride_time_s: float, manner: Manner) -> tuple[float, float]:
    """Heel-off: 38/62 of stance, or as long before toe-off as the manner asks, but not earlier; and how flat the foot.

    The foot pitches up to toe-off at its usual mean rate, so that half the time leaves half the pitch (design choice).
    """
    usual = stance_ratio * 38.0 / 62.0
    lead_s = 0.0 if not manner.heel_rises else manner.heel_off_lead_s
    if lead_s is None:
        return usual, 0.0
    asked = max(usual, stance_ratio - lead_s / stride_time_s)
    return asked, (asked - usual) / (stance_ratio - usual)


def healthy_twin(patient: Patient) -> Patient:
    """The same body without its disease: the healthy law, healthy ankle, feed-forward drive, no noise."""
    return replace(
        patient,
        stride_time_s=None,
        stance_ratio=None,
        swing_asymmetry_ratio=None,
        knee_peak_rad=None,
        thigh_peak_rad=None,
        thigh_peak_change_rad=0.0,
        knee_contact_extra_rad=0.0,
        ankle_toe_off_rad=None,
        ankle_contact_rad=0.0,
        drive="feedforward",
        residual_drive_ratio=0.0,
        passive_torque_n_m=6.2,
        damping_n_m_s_rad=0.35,
        reflex_gain_n_m_s_rad=0.0,
        compensation_limit_m=0.0,
    )
