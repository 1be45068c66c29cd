"""The leg at an instant: angles of shank and knee, place and acceleration of the ankle."""

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.compiled import compiled

Leg: TypeAlias = tuple[float, float, float, float, float, float, float, float]
"""What `leg_at` returns."""

_CHANNEL = (2, 0, 1, 2, 2)
"""Curve that each mode is added to: hip height, thigh, knee, hip height twice."""


@compiled
def compose(
    base: NDArray[np.float64],
    modes: NDArray[np.float64],
    weights: NDArray[np.float64],
    offsets: NDArray[np.float64],
    work: NDArray[np.float64],
) -> None:
    """Spline coefficients of one stride: the cycle, its compensation, its stride-to-stride offsets.

    Args:
        base: (200, 16) of `GaitCycle`.
        modes: (200, 20) of `GaitCycle`.
        weights: (5,) of the modes: hiking (m), steppage thigh and knee (rad), hip height at contact, at toe-off (m).
        offsets: (2,) of thigh and knee, rad.
        work: (200, 16) result.
    """
    work[:] = base
    for mode in range(5):
        weight = weights[mode]
        if weight != 0.0:
            source, target = 4 * mode, 4 * _CHANNEL[mode]
            for j in range(work.shape[0]):
                for d in range(4):
                    work[j, target + d] += weight * modes[j, source + d]
    for j in range(work.shape[0]):
        work[j, 0] += offsets[0]
        work[j, 4] += offsets[1]


@compiled
def leg_at(curve: NDArray[np.float64], phase: float, rate_hz: float, thigh_m: float, shank_m: float) -> Leg:
    """The leg at a phase of the cycle.

    Args:
        curve: (200, 16) coefficients.
        phase: 0..1, periodic.
        rate_hz: cycles per second (1 / stride time).
        thigh_m: thigh length, m.
        shank_m: shank length, m.

    Returns:
        shank angle (rad), its rate (rad/s), knee (rad), ankle x about the point moving with mean speed (m), ankle y
        (m), ankle acceleration x, y (m/s^2), thigh (rad).
    """
    n = curve.shape[0]
    x = (phase - math.floor(phase)) * n
    j = int(x)
    if j >= n:
        j = n - 1
    u = x - j
    c = curve[j]
    r = n * rate_hz
    r2 = r * r
    th = c[0] + u * (c[1] + u * (c[2] + u * c[3]))
    th1 = (c[1] + u * (2.0 * c[2] + u * 3.0 * c[3])) * r
    th2 = (2.0 * c[2] + u * 6.0 * c[3]) * r2
    kn = c[4] + u * (c[5] + u * (c[6] + u * c[7]))
    kn1 = (c[5] + u * (2.0 * c[6] + u * 3.0 * c[7])) * r
    kn2 = (2.0 * c[6] + u * 6.0 * c[7]) * r2
    hy = c[8] + u * (c[9] + u * (c[10] + u * c[11]))
    hy2 = (2.0 * c[10] + u * 6.0 * c[11]) * r2
    hx = c[12] + u * (c[13] + u * (c[14] + u * c[15]))
    hx2 = (2.0 * c[14] + u * 6.0 * c[15]) * r2
    sg = th - kn
    sg1 = th1 - kn1
    sg2 = th2 - kn2
    st, ct = thigh_m * math.sin(th), thigh_m * math.cos(th)
    ss, cs = shank_m * math.sin(sg), shank_m * math.cos(sg)
    ax = hx2 + ct * th2 - st * th1 * th1 + cs * sg2 - ss * sg1 * sg1
    ay = hy2 + st * th2 + ct * th1 * th1 + ss * sg2 + cs * sg1 * sg1
    return sg, sg1, kn, hx + st + ss, hy - ct - cs, ax, ay, th
