"""The foot in motion: free in swing, rotating about its heel or ball after landing.

    swing:    I phi'' = T_ankle - T_reflex - m [x_c (g + y_a'') - y_c x_a'']
    loading:  I_h phi'' = T_ankle - T_reflex -+ M (1 - exp(-t / 10 ms))

phi is the foot from flat, the shank and the path of the ankle are prescribed. After landing on the heel body weight
turns the forefoot down with M = 12 N m for 72 kg (8-13 N m: inverse dynamics of the Rajagopal subject); after landing
on the ball it turns the heel down. That M rises at once and not until 10 % of the cycle, and that the ankle's own
acceleration is left out then, are design choices; with them a flaccid foot is flat within 4 % of the cycle.
Runge-Kutta 4; the forces of the muscle are those of its own four stages.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.body.ankle import ankle_torque_n_m, everter_torque_n_m
from sim.body.drive import drive_at, gravity_torque_n_m
from sim.body.foot import BALL, HEEL, MIDDLE_X_M, TOE
from sim.body.ground import ground_m
from sim.body.layout import (
    C_AFO,
    C_AFO_SET,
    C_DAMPING,
    C_EVERTERS,
    C_FEEDFORWARD,
    C_FORCE,
    C_INERTIA,
    C_INERTIA_BALL,
    C_INERTIA_HEEL,
    C_LOADING,
    C_LOADING_DRIVE,
    C_PASSIVE,
    C_TONIC,
    SWING,
)
from sim.compiled import borrowing
from sim.gait.leg import Leg, turned

LOADING_RISE_S: Final = 0.010
HEEL_X, HEEL_Y = HEEL
BALL_X, BALL_Y = BALL
TOE_X, TOE_Y = TOE


@borrowing
def voluntary(
    mode: int, s: float, drive: NDArray[np.float64], drive_offset: float, const: NDArray[np.float64]
) -> float:
    """Voluntary activation of the dorsiflexors at swing phase s (above 1: loading)."""
    if mode != SWING:
        return const[C_LOADING_DRIVE]
    tonic = drive_at(drive, s) if const[C_FEEDFORWARD] > 0.0 else const[C_TONIC]
    return max(tonic + drive_offset, 0.0)


@borrowing
def acceleration_rad_s2(
    mode: int,
    phi: float,
    omega: float,
    sine: float,
    cosine: float,
    leg: Leg,
    activation: float,
    reflex_n_m: float,
    since_landing_s: float,
    heel_first: int,
    const: NDArray[np.float64],
    everters: float = 0.0,
) -> float:
    """Angular acceleration of the foot, rad/s^2; `sine` and `cosine` are those of `phi`, `everters` an activation."""
    torque = (
        ankle_torque_n_m(
            phi - leg[0],
            omega - leg[1],
            leg[2],
            min(activation, 1.0),
            const[C_FORCE],
            const[C_PASSIVE],
            const[C_DAMPING],
            const[C_AFO],
            const[C_AFO_SET],
        )
        - reflex_n_m
    )
    if everters > 0.0:
        torque += everter_torque_n_m(phi - leg[0], min(everters, 1.0), const[C_EVERTERS])
    if mode == SWING:
        return (torque + gravity_torque_n_m(sine, cosine, leg[5], leg[6], const)) / const[C_INERTIA]
    weight = const[C_LOADING] * (1.0 - math.exp(-since_landing_s / LOADING_RISE_S))
    if heel_first == 1:
        return (torque - weight) / const[C_INERTIA_HEEL]
    return (torque + weight) / const[C_INERTIA_BALL]


@borrowing
def foot_step(
    mode: int,
    phi: float,
    omega: float,
    legs: tuple[Leg, Leg, Leg],
    h: float,
    activations: tuple[float, float, float, float],
    everters: tuple[float, float, float, float],
    reflex: tuple[float, float, float],
    since_landing_s: float,
    heel_first: int,
    const: NDArray[np.float64],
) -> tuple[float, float]:
    """One Runge-Kutta step of the foot.

    Args:
        mode: `SWING` or `LOADING`.
        phi: foot from flat, rad.
        omega: its rate, rad/s.
        legs: the leg at start, middle and end of the step.
        h: step, s.
        activations: of the dorsiflexors at the four stages.
        everters: of the everters, likewise.
        reflex: reflex torque at start, middle and end, N m.
        since_landing_s: at the start of the step, s.
        heel_first: 1 where the heel landed first.
        const: constants.

    Returns:
        phi and omega at the end.
    """
    t, half = since_landing_s, 0.5 * h
    s1, c1 = math.sin(phi), math.cos(phi)
    a1 = acceleration_rad_s2(
        mode, phi, omega, s1, c1, legs[0], activations[0], reflex[0], t, heel_first, const, everters[0]
    )
    w2 = omega + half * a1
    p2 = phi + half * omega
    s2, c2 = turned(s1, c1, p2 - phi)
    a2 = acceleration_rad_s2(
        mode, p2, w2, s2, c2, legs[1], activations[1], reflex[1], t + half, heel_first, const, everters[1]
    )
    w3 = omega + half * a2
    p3 = phi + half * w2
    s3, c3 = turned(s1, c1, p3 - phi)
    a3 = acceleration_rad_s2(
        mode, p3, w3, s3, c3, legs[1], activations[2], reflex[1], t + half, heel_first, const, everters[2]
    )
    w4 = omega + h * a3
    p4 = phi + h * w3
    s4, c4 = turned(s1, c1, p4 - phi)
    a4 = acceleration_rad_s2(
        mode, p4, w4, s4, c4, legs[2], activations[3], reflex[2], t + h, heel_first, const, everters[3]
    )
    new_phi = phi + h / 6.0 * (omega + 2.0 * w2 + 2.0 * w3 + w4)
    new_omega = omega + h / 6.0 * (a1 + 2.0 * a2 + 2.0 * a3 + a4)
    return new_phi, new_omega


@borrowing
def hermite(x: float, h: float, y0: float, d0: float, y1: float, d1: float) -> float:
    """Cubic through two values and slopes at 0 and h, at x."""
    u = x / h
    return (
        y0 * (1.0 + 2.0 * u) * (1.0 - u) * (1.0 - u)
        + d0 * h * u * (1.0 - u) * (1.0 - u)
        + y1 * u * u * (3.0 - 2.0 * u)
        + d1 * h * u * u * (u - 1.0)
    )


@borrowing
def clearance_m(
    phi: float, ankle_x_m: float, ankle_y_m: float, base_m: float, rugs: NDArray[np.float64]
) -> tuple[float, float]:
    """Height of the lower forefoot point, and of the heel or the middle of the sole, above the ground under them, m.

    Args:
        phi: foot from flat, rad.
        ankle_x_m: place along the walk, m.
        ankle_y_m: height above the ground of the last stance, m.
        base_m: height of that ground, m.
        rugs: the floor.
    """
    s, c = math.sin(phi), math.cos(phi)
    ball, toe = ankle_y_m + s * BALL_X + c * BALL_Y, ankle_y_m + s * TOE_X + c * TOE_Y
    heel = ankle_y_m + s * HEEL_X + c * HEEL_Y
    if rugs.shape[0] > 0:
        ball += base_m - ground_m(rugs, ankle_x_m + c * BALL_X - s * BALL_Y)
        toe += base_m - ground_m(rugs, ankle_x_m + c * TOE_X - s * TOE_Y)
        heel += base_m - ground_m(rugs, ankle_x_m + c * HEEL_X - s * HEEL_Y)
        sole = ankle_y_m + base_m + s * MIDDLE_X_M + c * HEEL_Y  # a heel may stand free over the edge of a stair
        heel = min(heel, sole - ground_m(rugs, ankle_x_m + c * MIDDLE_X_M - s * HEEL_Y))
    return min(ball, toe), heel
