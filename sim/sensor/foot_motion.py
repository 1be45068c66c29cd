"""How the foot moves, from the walk that was integrated: its angle, its rate, the acceleration of a point of it.

    stance     the foot lies flat and still
    roll-over  from heel-off it turns about the ball of the foot to its angle at toe-off (`roll_over_rad`)
    swing      the integrated angle; the ankle on its prescribed path
    loading    the integrated angle, about the heel, or the ball where the toes landed first

x is forward along the ground, y away from it, angles positive where the toes rise. The roll-over aims at the toe-off of
an unstimulated muscle, which nothing later can change; where stimulation has lifted the foot by then, the sensor's foot
takes up the difference in the first 60 ms of swing (fifth-order step, design choice). Between those parts the velocity
of a point jumps, as the foot is a rigid body; the jump dv is given out as a push dv s / tau^2 exp(-s / tau), s = time
since, so that the acceleration still adds up to the motion. tau is a design choice, short at contact and longer at
toe-off.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.body.foot import BALL
from sim.body.layout import T_OMEGA, T_PHI, T_STRIDE, T_T
from sim.body.rolling import roll_over_rad
from sim.compiled import borrowing
from sim.gait.leg import leg_at

# a stride of the path, int64, ns; NEVER while unknown
P_ROLL, P_TOE_OFF, P_LANDED, P_FLAT, P_NEXT, P_MOVING, PATH_INTS = range(7)
# the same, float64
(
    Q_LEAVING,  # foot at toe-off as the roll-over leaves it, rad
    Q_LEAVING_RATE,  # rad/s
    Q_LIFTED,  # that less the integrated foot, rad
    Q_LIFTED_RATE,  # rad/s
    Q_PIVOT_X,  # point about which the foot turns after landing, in its own frame, m
    Q_PIVOT_Y,
    Q_PUSH,  # velocity jumps at toe-off, landing, foot flat: x and y of each, m/s
    _1,
    _2,
    _3,
    _4,
    _5,
    Q_GRAVITY_X,  # gravity along the ground, backward, m/s^2
    Q_GRAVITY_Y,  # and into it
    Q_THIGH,  # m
    Q_SHANK,  # m
    PATH_FLOATS,
) = range(17)

CURVES: Final = 4
"""Curves of this many strides are at hand: more than any block spans."""
TAKEN_UP_S: Final = 0.060
"""Time after toe-off in which a stimulated foot takes up its lift."""
PUSH_S: Final = (0.015, 0.008, 0.008)
"""tau of the pushes at toe-off, landing and foot flat."""


@borrowing
def _taken_up(part: float, lifted_rad: float, rate_rad: float) -> tuple[float, float, float]:
    """What is left of the difference at toe-off, 1 - part of the way; with its derivatives by `part`."""
    angle, rate, bend = roll_over_rad(1.0 - part, lifted_rad, -rate_rad)
    return angle, -rate, bend


@borrowing
def turning(phi: float, omega: float, alpha: float, x_m: float, y_m: float) -> tuple[float, float, float, float]:
    """Velocity and acceleration of a point at (x, y) in the foot's frame from the point about which the foot turns."""
    s, c = math.sin(phi), math.cos(phi)
    x, y = c * x_m - s * y_m, s * x_m + c * y_m
    return -omega * y, omega * x, -alpha * y - omega * omega * x, alpha * x - omega * omega * y


@borrowing
def _pushes(t_ns: int, path: NDArray[np.int64], more: NDArray[np.float64]) -> tuple[float, float]:
    """What is left at `t_ns` of the pushes of a stride, m/s^2: dv s / tau^2 exp(-s / tau), of area dv."""
    x, y = 0.0, 0.0
    for event in range(3):
        since_s, tau_s = (t_ns - path[P_TOE_OFF + event]) * 1e-9, PUSH_S[event]
        if 0.0 <= since_s < 30.0 * tau_s:
            push = since_s / (tau_s * tau_s) * math.exp(-since_s / tau_s)
            x += more[Q_PUSH + 2 * event] * push
            y += more[Q_PUSH + 2 * event + 1] * push
    return x, y


@borrowing
def _swings(
    t_ns: int,
    phi: float,
    omega: float,
    alpha: float,
    path: NDArray[np.int64],
    more: NDArray[np.float64],
    curve: NDArray[np.float64],
    x_m: float,
    y_m: float,
) -> tuple[float, float, float, float, float]:
    """The foot in swing, what it takes up after toe-off added, and the acceleration of the point."""
    part = (t_ns - path[P_TOE_OFF]) * 1e-9 / TAKEN_UP_S
    if part < 1.0:
        left, rate, bend = _taken_up(part, more[Q_LIFTED], more[Q_LIFTED_RATE] * TAKEN_UP_S)
        phi += left
        omega += rate / TAKEN_UP_S
        alpha += bend / (TAKEN_UP_S * TAKEN_UP_S)
    moving = path[P_MOVING]
    leg = leg_at(curve, (t_ns - (path[P_NEXT] - moving)) / moving, 1e9 / moving, more[Q_THIGH], more[Q_SHANK])
    _, _, ax, ay = turning(phi, omega, alpha, x_m, y_m)
    return phi, omega, alpha, ax + leg[5], ay + leg[6]


@borrowing
def _stepped(row: int, t_s: float, steps: NDArray[np.float64]) -> tuple[float, float, float]:
    """The integrated foot between two steps: its rate is straight, its angle the cubic through both."""
    h, u = steps[row + 1, T_T] - steps[row, T_T], t_s - steps[row, T_T]
    phi, omega = steps[row, T_PHI], steps[row, T_OMEGA]
    if steps[row + 1, T_STRIDE] != steps[row, T_STRIDE]:  # foot flat: that it stops is no part of this step
        return phi + omega * u, omega, 0.0
    phi1, omega1 = steps[row + 1, T_PHI], steps[row + 1, T_OMEGA]
    alpha = (omega1 - omega) / h
    x = u / h
    rest = phi1 - phi - 0.5 * (omega + omega1) * h  # what straight rates leave over
    return phi + omega * u + 0.5 * alpha * u * u + rest * x * x * (3.0 - 2.0 * x), omega + alpha * u, alpha


@borrowing
def foot_motion(
    out: NDArray[np.float64],
    first_index: int,
    period_ns: int,
    place: NDArray[np.int64],
    path: NDArray[np.int64],
    more: NDArray[np.float64],
    curves: NDArray[np.float64],
    steps: NDArray[np.float64],
    used: int,
    x_m: float,
    y_m: float,
) -> None:
    """Angle (rad), rate (rad/s) and specific force along and across the foot (m/s^2) of a point, sample by sample.

    Specific force is acceleration less gravity, as an accelerometer shows it.

    Args:
        out: (4, n), written.
        first_index: absolute index of the first sample.
        period_ns: between samples.
        place: (2,) stride and row at which to begin looking; both are led on.
        path: (N + 1, PATH_INTS).
        more: (N + 1, PATH_FLOATS).
        curves: (CURVES, 200, 16) of strides by their number modulo `CURVES`.
        steps: rows of the body's trace.
        used: number of them.
        x_m: of the point, forward of the ankle along the sole, m.
        y_m: above the ankle, m.
    """
    k, row = int(place[0]), int(place[1])
    for j in range(out.shape[1]):
        t_ns = (first_index + j) * period_ns
        while k + 1 < path.shape[0] and path[k + 1, P_ROLL] <= t_ns:
            k += 1
        phi, omega, alpha, ax, ay = 0.0, 0.0, 0.0, 0.0, 0.0
        if k >= 0 and t_ns < path[k, P_TOE_OFF]:
            rolls_s = (path[k, P_TOE_OFF] - path[k, P_ROLL]) * 1e-9
            part = (t_ns - path[k, P_ROLL]) * 1e-9 / rolls_s
            phi, omega, alpha = roll_over_rad(part, more[k, Q_LEAVING], more[k, Q_LEAVING_RATE] * rolls_s)
            omega, alpha = omega / rolls_s, alpha / (rolls_s * rolls_s)
            _, _, ax, ay = turning(phi, omega, alpha, x_m - BALL[0], y_m - BALL[1])
        elif k >= 0 and t_ns < path[k, P_FLAT]:
            t_s = t_ns * 1e-9
            while row + 1 < used and steps[row + 1, T_T] <= t_s:
                row += 1
            phi, omega, alpha = _stepped(row, t_s, steps)
            if t_ns < path[k, P_LANDED]:
                phi, omega, alpha, ax, ay = _swings(
                    t_ns, phi, omega, alpha, path[k], more[k], curves[k % CURVES], x_m, y_m
                )
            else:
                _, _, ax, ay = turning(phi, omega, alpha, x_m - more[k, Q_PIVOT_X], y_m - more[k, Q_PIVOT_Y])
        if k >= 0:
            push_x, push_y = _pushes(t_ns, path[k], more[k])
            ax += push_x
            ay += push_y
        ax += more[max(k, 0), Q_GRAVITY_X]
        ay += more[max(k, 0), Q_GRAVITY_Y]
        s, c = math.sin(phi), math.cos(phi)
        out[0, j], out[1, j] = phi, omega
        out[2, j], out[3, j] = c * ax + s * ay, c * ay - s * ax
    place[0], place[1] = k, row
