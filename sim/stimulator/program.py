"""What an output stage is told to do: the pulses it gives, and what a seeded defect makes of them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PulseProgram:
    """The pulses of a train, in the device's own time.

    Attributes:
        current_a: current of phase 1 at the plateau, A.
        pulse_width_s: width of phase 1 at the plateau, s.
        gap_s: interphase gap, s.
        recharge_ratio: current of phase 2 over that of phase 1; 1 is a symmetric pulse, 1/n an asymmetric one whose
            second phase is n times as long. The charges are equal.
        rate_hz: pulses per second.
        ramps_width: True where ramps change the pulse width, False where they change the current.
        least_width_s: shortest phase 1 that the timer can give, s.
        jitter_s: a pulse begins up to this much after its place on the device's grid, s.
        recovery_s: more than 0 for a passive phase 2: instead of driving a current, the stage connects the two
            electrodes for this long, s, and their own capacitance gives the charge back.
        slew_a: the current changes by this much at most from pulse to pulse of a train, A; 0 for at once.
    """

    current_a: float
    pulse_width_s: float
    gap_s: float
    recharge_ratio: float
    rate_hz: float
    ramps_width: bool = True
    least_width_s: float = 1e-6
    jitter_s: float = 0.0
    recovery_s: float = 0.0
    slew_a: float = 0.0


@dataclass(frozen=True, slots=True)
class PulseDefects:
    """Defects of the pulse generator by dose; all zero is a sound one.

    Attributes:
        missing_ratio: share of the pulses that do not come.
        double_ratio: share of the pulses that are followed by a second one a fifth of a period later.
        net_charge_c: charge that every pulse leaves behind, C.
        drift_per_s: growth of both pulse widths per second of run, relative.
        recovery_lost_ratio: share of a passive recovery that is missing.
        phase2_width_ratio: relative error of the width of phase 2, at the same current.
        imbalance_ratio: relative error of the charge of phase 2.
        ramp_imbalance_ratio: the same, in ramps only.
        step_imbalance_ratio: the same, in the first five pulses after the set current or width has changed.
        step_jump_a: added to the first pulse after such a change, A.
        cut_last_ratio: share of phase 2 that the last pulse of a train lacks.
        current_drift_per_s: growth of the current per second of run, relative.
        warm_up_ratio: what the current lacks at the start of the run, relative; gone with a time constant of 30 s.
        overshoot_ratio: how much more flows in the first eighth of a phase.
        droop_ratio: by how much a plateau falls from its start to its end, about its mean.
        ramp_step_ratio: ramps go in steps of this share of the plateau.
        ramp_dent_ratio: between 40 and 60 % of a ramp this share of the plateau is missing.
        ramp_floor_ratio: ramps begin and end at this share of the plateau.
        surge_ratio: how much more flows in the first three pulses after an electrode has come back.
        short_surge_ratio: how much more flows into less than 100 ohm.
    """

    missing_ratio: float = 0.0
    double_ratio: float = 0.0
    net_charge_c: float = 0.0
    drift_per_s: float = 0.0
    recovery_lost_ratio: float = 0.0
    phase2_width_ratio: float = 0.0
    imbalance_ratio: float = 0.0
    ramp_imbalance_ratio: float = 0.0
    step_imbalance_ratio: float = 0.0
    step_jump_a: float = 0.0
    cut_last_ratio: float = 0.0
    current_drift_per_s: float = 0.0
    warm_up_ratio: float = 0.0
    overshoot_ratio: float = 0.0
    droop_ratio: float = 0.0
    ramp_step_ratio: float = 0.0
    ramp_dent_ratio: float = 0.0
    ramp_floor_ratio: float = 0.0
    surge_ratio: float = 0.0
    short_surge_ratio: float = 0.0
