"""The healthy drive of the dorsiflexors in swing: what the ankle's healthy curve needs, by inverse dynamics.

    activation = [I phi'' - T_pass - T_gravity + B theta'] / [torque at full activation],  clipped to 0..0.6

over 97 points of swing, smoothed over 20 ms. It is computed anew for every stride time: a healthy nervous system knows
its pace (with a fixed drive 2 % of stride-time noise alone would scatter the clearance by 2.8 mm; model.md 6.3).
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.body.ankle import dorsiflexor_torque_n_m, passive_torque_n_m
from sim.body.foot import COM_X_M, COM_Y_M
from sim.body.layout import (
    C_DAMPING,
    C_FOOT_MASS,
    C_FORCE,
    C_GRAVITY_X,
    C_GRAVITY_Y,
    C_INERTIA,
    C_PASSIVE,
    C_SHANK,
    C_STANCE,
    C_THIGH,
    DRIVE_POINTS,
)
from sim.compiled import borrowing
from sim.gait.leg import leg_at

HIGHEST: Final = 0.6
SMOOTHING_S: Final = 0.020


@borrowing
def gravity_torque_n_m(
    sine: float,
    cosine: float,
    ankle_x_m_s2: float,
    ankle_y_m_s2: float,
    const: NDArray[np.float64],
) -> float:
    """Torque of the foot's weight about an accelerated ankle, N m: -m [x_c (g_y + y'') - y_c (g_x + x'')].

    x runs along the ground and y away from it, so that on a slope of angle a, g_x = g sin a and g_y = g cos a.

    Args:
        sine: of the foot's angle from flat.
        cosine: of the same.
        ankle_x_m_s2: acceleration of the ankle, forward.
        ankle_y_m_s2: upward.
        const: constants of the patient: mass of foot and shoe, gravity.
    """
    x_c, y_c = cosine * COM_X_M - sine * COM_Y_M, sine * COM_X_M + cosine * COM_Y_M
    return -const[C_FOOT_MASS] * (x_c * (const[C_GRAVITY_Y] + ankle_y_m_s2) - y_c * (const[C_GRAVITY_X] + ankle_x_m_s2))


@borrowing
def feedforward(
    curve: NDArray[np.float64],
    swing_ankle: NDArray[np.float64],
    const: NDArray[np.float64],
    stride_time_s: float,
    drive: NDArray[np.float64],
) -> None:
    """Fill the first half of `drive` (2 n,) with the healthy activation at swing phases 0..1; the other is for work.

    Args:
        curve: (200, 16) undisturbed cycle.
        swing_ankle: (m, 4) ankle over swing.
        const: constants of the patient.
        stride_time_s: of this stride, s.
        drive: result.
    """
    n = DRIVE_POINTS
    pieces = swing_ankle.shape[0]
    stance = const[C_STANCE]
    swing_s = (1.0 - stance) * stride_time_s
    for i in range(n):
        s = i / (n - 1)
        j = min(int(s * pieces), pieces - 1)
        u = s * pieces - j
        c = swing_ankle[j]
        rate = pieces / swing_s
        angle = c[0] + u * (c[1] + u * (c[2] + u * c[3]))
        angle1 = (c[1] + u * (2.0 * c[2] + u * 3.0 * c[3])) * rate
        angle2 = (2.0 * c[2] + u * 6.0 * c[3]) * rate * rate
        phase = stance + s * (1.0 - stance)
        lean, _, knee, _, _, ax, ay, _ = leg_at(curve, phase, 1.0 / stride_time_s, const[C_THIGH], const[C_SHANK])
        lean2 = _shank_acceleration(curve, phase, 1.0 / stride_time_s)
        need = const[C_INERTIA] * (angle2 + lean2) + const[C_DAMPING] * angle1
        need -= passive_torque_n_m(angle, knee, const[C_PASSIVE])
        need -= gravity_torque_n_m(math.sin(angle + lean), math.cos(angle + lean), ax, ay, const)
        full = dorsiflexor_torque_n_m(angle, angle1, 1.0, const[C_FORCE])
        drive[n + i] = min(max(need / full, 0.0), HIGHEST)
    reach = int(0.5 + 0.5 * SMOOTHING_S / swing_s * (n - 1))
    for i in range(n):
        total = 0.0
        for k in range(i - reach, i + reach + 1):
            total += drive[n + min(max(k, 0), n - 1)]
        drive[i] = total / (2 * reach + 1)


@borrowing
def _shank_acceleration(curve: NDArray[np.float64], phase: float, rate_hz: float) -> float:
    n = curve.shape[0]
    x = (phase - math.floor(phase)) * n
    j = min(int(x), n - 1)
    u = x - j
    c = curve[j]
    bend = 2.0 * (c[2] - c[6]) + u * 6.0 * (c[3] - c[7])
    return bend * (n * rate_hz) * (n * rate_hz)


@borrowing
def drive_at(drive: NDArray[np.float64], s: float) -> float:
    """Activation at swing phase s, 0..1, by a cubic through four points (Catmull-Rom)."""
    n = DRIVE_POINTS
    x = min(max(s, 0.0), 1.0) * (n - 1)
    j = min(int(x), n - 2)
    u = x - j
    a, b, c, d = drive[max(j - 1, 0)], drive[j], drive[j + 1], drive[min(j + 2, n - 1)]
    return b + 0.5 * u * (c - a + u * (2.0 * a - 5.0 * b + 4.0 * c - d + u * (3.0 * (b - c) + d - a)))
