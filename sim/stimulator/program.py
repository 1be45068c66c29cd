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


@dataclass(frozen=True, slots=True)
class PulseDefects:
    """Defects of the pulse generator by dose; all zero is a sound one.

    Attributes:
        missing_ratio: share of the pulses that do not come.
        double_ratio: share of the pulses that are followed by a second one a fifth of a period later.
        net_charge_c: charge that every pulse leaves behind, C.
        drift_per_s: growth of both pulse widths per second of run, relative.
        recovery_lost_ratio: share of a passive recovery that is missing.
    """

    missing_ratio: float = 0.0
    double_ratio: float = 0.0
    net_charge_c: float = 0.0
    drift_per_s: float = 0.0
    recovery_lost_ratio: float = 0.0
