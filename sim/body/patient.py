"""A patient: everything that makes one walker different from another."""

from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

Drive: TypeAlias = Literal["feedforward", "tonic"]
"""Voluntary drive of the dorsiflexors in swing.

`feedforward`: what a healthy nervous system sends, by inverse dynamics, anew for every stride time; `tonic`: a constant
rest of it, the patient's `residual_drive_ratio`.
"""


SHARE_SLACK: Final = 1e-9
"""Shares written in percent may add up to a little more than 1."""


def _within(default: float | None, low: float, high: float) -> Any:
    """A field with the bounds (SI) outside which the model has no meaning; the YAML reader refuses what lies beyond."""
    return field(default=default, metadata={"bounds": (low, high)})


@dataclass(frozen=True, slots=True)
class Patient:
    """Parameters of one patient; None means "as the healthy law has it". Angles and torques: dorsiflexion positive.

    Values and their sources stand in `scenarios/patients/*.yaml`; defaults here are those that all classes share.

    Attributes:
        title: for people.
        speed_m_s: the class's own walking speed, m/s.
        body_mass_kg: with clothes, kg.
        leg_length_m: hip to floor, standing, m.
        shoe_mass_kg: one shoe, kg.
        measured_cycle: which measured person the curves come from.
        stride_time_s: at the own speed, s.
        stance_ratio: toe-off at the own speed, 0..1 of the cycle.
        knee_peak_rad: knee flexion peak in swing at the own speed, rad.
        thigh_peak_rad: thigh peak in swing from the vertical at the own speed, rad.
        thigh_peak_change_rad: added to the thigh peak of the law where `thigh_peak_rad` is None, rad.
        knee_contact_extra_rad: knee flexion at initial contact above the healthy one, rad.
        ankle_toe_off_rad: ankle at toe-off, rad.
        ankle_contact_rad: nominal ankle at initial contact, which closes the hip height, rad.
        healthy_clearance_m: minimum toe clearance that this body would have if healthy, m; calibrates the swing offset.
        drive: kind of voluntary drive.
        residual_drive_ratio: tonic activation of the dorsiflexors, 0..1.
        force_n: maximum isometric force of the dorsiflexor group, N.
        passive_torque_n_m: passive plantarflexing torque at 10 deg dorsiflexion, knee 30 deg, N m.
        damping_n_m_s_rad: ankle damping in swing, N m s/rad.
        reflex_gain_n_m_s_rad: stretch reflex of the calf, N m s/rad; 0 = none.
        reflex_threshold_rad_s: dorsiflexion velocity that starts it, rad/s.
        toe_off_stiffness_n_m_rad: stiffness against which stimulation lifts the ankle before toe-off, N m/rad.
        rheobase_a: motor rheobase of the peroneal nerve at the electrodes, A.
        chronaxie_s: motor chronaxie, s.
        recruitment_mid: stimulus in multiples of threshold at the middle of the recruitment curve.
        recruitment_width: width of that curve in multiples of threshold.
        excitability_ratio: share of motor axons of the deep branch that can be excited, 0..1; 0 = denervated.
        electromechanical_delay_s: from a pulse to its first mechanical effect, s.
        fatigue_factor: scale of Ding's fatigue rates; 0 = tireless.
        thigh_sd_rad: stride-to-stride SD of the thigh angle, rad.
        knee_sd_rad: the same of the knee, rad.
        ankle_sd_rad: the same of the ankle in mid-swing, rad; produced by noise of the drive.
        stride_time_sd_ratio: coefficient of variation of the stride time.
        fractal_exponent: DFA exponent of all stride-to-stride noise.
        clearance_goal_m: clearance that the patient strives for, m.
        compensation_gain_ratio: share of an error corrected from one stride to the next.
        compensation_leak_ratio: how strongly effort is saved again.
        clearance_sense_sd_m: error with which the own clearance is felt, m.
        scuff_kick_m: extra lift after a scuff, m.
        compensation_limit_m: largest lift, m; 0 = no compensation.
        hike_ratio: share of the lift done by hip hiking; what hiking and circumduction leave is steppage.
        circumduction_ratio: share of the lift done by swinging the leg outward.
        swing_asymmetry_ratio: swing time of this leg over that of the other, at any speed; None = by `stance_ratio`.
        bilateral: both legs have the impairment, each with its own noise; else the other leg is the healthy twin.
        fall_given_trip_ratio: chance with which a stumble is drawn as a fall: a parameter of the scenario, never a
            result.
        everter_force_n: maximum isometric force of peroneus longus and brevis, N.
        superficial_excitability_ratio: share of motor axons of the superficial branch that can be excited; None = as
            the deep branch.
        eversion_rest_rad: eversion of the unstimulated foot in the air, rad; negative = varus.
        subtalar_stiffness_n_m_rad: stiffness of the foot against eversion, N m/rad.
        sensation_ratio: sensibility of the skin under the electrodes, 0..1; 0 = numb, feels neither pulses nor pain;
            None = 1, but 0 where the nerve is denervated.
        sensory_threshold_ratio: current at which an intact skin feels a pulse, in multiples of the motor threshold.
        pain_threshold_ratio: current at which it becomes uncomfortable, likewise.
        withdrawal_threshold_ratio: current above which pulses provoke flexor withdrawal, likewise.
        withdrawal_rad: largest flexion of hip and knee by that reflex, rad; 0 = none.
        knee_push_off_ratio: flexion of knee and hip in swing lost for each angle of plantarflexion lost at toe-off.

    Raises:
        ValueError: hiking and circumduction are more than the whole lift.
    """

    title: str
    speed_m_s: float = field(metadata={"bounds": (0.2, 2.0)})
    body_mass_kg: float = _within(72.0, 20.0, 250.0)
    leg_length_m: float = _within(0.88, 0.4, 1.3)
    shoe_mass_kg: float = _within(0.35, 0.0, 3.0)
    measured_cycle: str = "winter_a1"
    stride_time_s: float | None = _within(None, 0.5, 4.0)
    stance_ratio: float | None = _within(None, 0.58, 0.75)
    knee_peak_rad: float | None = _within(None, 0.2, 1.6)
    thigh_peak_rad: float | None = _within(None, -0.3, 1.0)
    thigh_peak_change_rad: float = _within(0.0, -1.0, 1.0)
    knee_contact_extra_rad: float = _within(0.0, -0.5, 0.5)
    ankle_toe_off_rad: float | None = _within(None, -0.8, 0.4)
    ankle_contact_rad: float = _within(0.0, -0.8, 0.5)
    healthy_clearance_m: float = _within(0.015, 0.002, 0.05)
    drive: Drive = "feedforward"
    residual_drive_ratio: float = _within(0.0, 0.0, 1.0)
    force_n: float = _within(1600.0, 100.0, 5000.0)
    passive_torque_n_m: float = _within(6.2, 0.0, 40.0)
    damping_n_m_s_rad: float = _within(0.35, 0.05, 5.0)
    reflex_gain_n_m_s_rad: float = _within(0.0, 0.0, 10.0)
    reflex_threshold_rad_s: float = _within(1.25, 0.0, 20.0)
    toe_off_stiffness_n_m_rad: float = _within(22.918, 1.0, 1000.0)
    rheobase_a: float = _within(0.012, 1e-05, 0.2)
    chronaxie_s: float = _within(200e-6, 1e-05, 0.05)
    recruitment_mid: float = _within(1.9, 1.01, 20.0)
    recruitment_width: float = _within(0.25, 0.01, 5.0)
    excitability_ratio: float = _within(1.0, 0.0, 1.0)
    electromechanical_delay_s: float = _within(0.012, 0.002, 0.2)
    fatigue_factor: float = _within(0.1, 0.0, 5.0)
    thigh_sd_rad: float = _within(0.0, 0.0, 0.1)
    knee_sd_rad: float = _within(0.0, 0.0, 0.15)
    ankle_sd_rad: float = _within(0.0, 0.0, 0.1)
    stride_time_sd_ratio: float = _within(0.0, 0.0, 0.15)
    fractal_exponent: float = _within(0.75, 0.5, 1.0)
    clearance_goal_m: float = _within(0.017, 0.0, 0.1)
    compensation_gain_ratio: float = _within(0.15, 0.0, 1.0)
    compensation_leak_ratio: float = _within(0.25, 0.0, 2.0)
    clearance_sense_sd_m: float = _within(0.004, 0.0, 0.05)
    scuff_kick_m: float = _within(0.005, 0.0, 0.05)
    compensation_limit_m: float = _within(0.0, 0.0, 0.15)
    hike_ratio: float = _within(1.0, 0.0, 1.0)
    circumduction_ratio: float = _within(0.0, 0.0, 1.0)
    swing_asymmetry_ratio: float | None = _within(None, 0.6, 1.7)
    bilateral: bool = False
    fall_given_trip_ratio: float = _within(0.15, 0.0, 1.0)
    everter_force_n: float = _within(1378.0, 100.0, 5000.0)
    superficial_excitability_ratio: float | None = _within(None, 0.0, 1.0)
    eversion_rest_rad: float = _within(0.0, -0.6, 0.35)
    subtalar_stiffness_n_m_rad: float = _within(22.918, 5.0, 200.0)
    sensation_ratio: float | None = _within(None, 0.0, 1.0)
    sensory_threshold_ratio: float = _within(0.6, 0.05, 5.0)
    pain_threshold_ratio: float = _within(2.25, 0.1, 20.0)
    withdrawal_threshold_ratio: float = _within(1.8, 0.1, 20.0)
    withdrawal_rad: float = _within(0.13962634015954636, 0.0, 0.35)
    knee_push_off_ratio: float = _within(0.2, 0.0, 2.0)

    def __post_init__(self) -> None:
        whole = self.hike_ratio + self.circumduction_ratio
        if whole > 1.0 + SHARE_SLACK:
            raise ValueError(f"hike and circumduction are {whole:g} of the lift, allowed is 1 together")
