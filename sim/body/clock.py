"""Where in its stride a leg is at an instant, and where along the walk its ankle."""

import math

import numpy as np
from numpy.typing import NDArray

from sim.body.bend import bend_at
from sim.body.foot import BALL, TOE
from sim.body.layout import (
    B_FOOT_X,
    B_PHI,
    C_RISE,
    C_SHANK,
    C_STANCE,
    C_THIGH,
    F_LENGTH,
    F_X,
    I_MODE,
    I_STRIDE,
    I_T,
    S_MOVING,
    S_NEXT,
    SWING,
)
from sim.compiled import borrowing
from sim.gait.leg import leg_at


@borrowing
def clock_at(k: int, t_ns: int, stride_ns: NDArray[np.int64], stance: float) -> tuple[float, float, float, float]:
    """Phase, cycles a second, swing phase, swings a second of stride k at an instant after its pause."""
    moving = stride_ns[k, S_MOVING]
    phase = (t_ns - (stride_ns[k, S_NEXT] - moving)) / moving
    rate = 1e9 / moving
    return phase, rate, (phase - stance) / (1.0 - stance), rate / (1.0 - stance)


@borrowing
def place_m(
    k: int,
    phase: float,
    leg_x_m: float,
    leg_y_m: float,
    const: NDArray[np.float64],
    stride: NDArray[np.float64],
) -> tuple[float, float]:
    """Ankle along the walk, and above the ground of the last stance, m."""
    return stride[k, F_X] + stride[k, F_LENGTH] * phase + leg_x_m, leg_y_m + const[C_RISE] * phase


@borrowing
def toe_x_m(
    ints: NDArray[np.int64],
    body: NDArray[np.float64],
    const: NDArray[np.float64],
    stride_ns: NDArray[np.int64],
    stride: NDArray[np.float64],
    work: NDArray[np.float64],
) -> float:
    """Forward-most point of the foot along the walk, m."""
    if ints[I_MODE] != SWING:
        return body[B_FOOT_X] + TOE[0]
    k = ints[I_STRIDE]
    phase, rate, s, s_rate = clock_at(k, ints[I_T], stride_ns, const[C_STANCE])
    leg = leg_at(work, phase, rate, const[C_THIGH], const[C_SHANK], bend_at(body, 0, 0.0, s, s_rate, const))
    s, c = math.sin(body[B_PHI]), math.cos(body[B_PHI])
    ankle, _ = place_m(k, phase, leg[3], leg[4], const, stride)
    return ankle + max(c * TOE[0] - s * TOE[1], c * BALL[0] - s * BALL[1])
