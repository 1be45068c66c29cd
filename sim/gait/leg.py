"""The leg at an instant: angles of shank and knee, place and acceleration of the ankle."""

import math
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.compiled import borrowing

Leg: TypeAlias = tuple[float, float, float, float, float, float, float, float]
"""What `leg_at` returns."""

Bend: TypeAlias = tuple[float, float, float]
"""Flexion of hip and knee beyond their curves: rad, rad/s, rad/s^2."""
NO_BEND: Final = (0.0, 0.0, 0.0)

_CHANNEL = (2, 0, 1, 2, 2, 2)
"""Curve that each mode is added to: hip height, thigh, knee, hip height three times."""


@borrowing
def compose(
    base: NDArray[np.float64],
    modes: NDArray[np.float64],
    weights: tuple[float, float, float, float, float, float],
    offsets: tuple[float, float],
    work: NDArray[np.float64],
) -> None:
    """Spline coefficients of one stride: the cycle, its compensation, its stride-to-stride offsets.

    Args:
        base: (200, 16) of `GaitCycle`.
        modes: (200, 24) of `GaitCycle`.
        weights: of the modes: hiking (m), steppage thigh and knee (rad), hip height at contact, at toe-off (m), lift
            by circumduction (m).
        offsets: of thigh and knee, rad.
        work: (200, 16) result.
    """
    for j in range(work.shape[0]):
        for d in range(work.shape[1]):
            work[j, d] = base[j, d]
        work[j, 0] += offsets[0]
        work[j, 4] += offsets[1]
    for mode in range(6):
        weight = weights[mode]
        if weight != 0.0:
            source, target = 4 * mode, 4 * _CHANNEL[mode]
            for j in range(work.shape[0]):
                for d in range(4):
                    work[j, target + d] += weight * modes[j, source + d]


@borrowing
def turned(sine: float, cosine: float, by_rad: float) -> tuple[float, float]:
    """Sine and cosine of an angle that has turned a little, by their series: to 1e-13 up to 0.1 rad, 1e-6 up to 0.6."""
    q = by_rad * by_rad
    s = by_rad * (1.0 - q * (1.0 / 6.0) * (1.0 - q * (1.0 / 20.0) * (1.0 - q * (1.0 / 42.0))))
    c = 1.0 - q * 0.5 * (1.0 - q * (1.0 / 12.0) * (1.0 - q * (1.0 / 30.0) * (1.0 - q * (1.0 / 56.0))))
    return sine * c + cosine * s, cosine * c - sine * s


@borrowing
def _curves_at(
    curve: NDArray[np.float64], phase: float, rate_hz: float, bend: Bend
) -> tuple[float, float, float, float, float, float, float, float, float, float]:
    """Thigh and knee with rate and acceleration, both bent further by `bend`; hip height and progression."""
    n = curve.shape[0]
    x = (phase - math.floor(phase)) * n
    j = int(x)
    if j >= n:
        j = n - 1
    u = x - j
    c = curve[j]
    r = n * rate_hz
    r2 = r * r
    return (
        c[0] + u * (c[1] + u * (c[2] + u * c[3])) + bend[0],
        (c[1] + u * (2.0 * c[2] + u * 3.0 * c[3])) * r + bend[1],
        (2.0 * c[2] + u * 6.0 * c[3]) * r2 + bend[2],
        c[4] + u * (c[5] + u * (c[6] + u * c[7])) + bend[0],
        (c[5] + u * (2.0 * c[6] + u * 3.0 * c[7])) * r + bend[1],
        (2.0 * c[6] + u * 6.0 * c[7]) * r2 + bend[2],
        c[8] + u * (c[9] + u * (c[10] + u * c[11])),
        (2.0 * c[10] + u * 6.0 * c[11]) * r2,
        c[12] + u * (c[13] + u * (c[14] + u * c[15])),
        (2.0 * c[14] + u * 6.0 * c[15]) * r2,
    )


@borrowing
def _leg(
    at: tuple[float, float, float, float, float, float, float, float, float, float],
    st: float,
    ct: float,
    ss: float,
    cs: float,
) -> Leg:
    """The leg from its curves; thigh and shank as vectors, m."""
    th, th1, th2, kn, kn1, kn2, hy, hy2, hx, hx2 = at
    sg1, sg2 = th1 - kn1, th2 - kn2
    ax = hx2 + ct * th2 - st * th1 * th1 + cs * sg2 - ss * sg1 * sg1
    ay = hy2 + st * th2 + ct * th1 * th1 + ss * sg2 + cs * sg1 * sg1
    return th - kn, sg1, kn, hx + st + ss, hy - ct - cs, ax, ay, th


@borrowing
def legs_at(
    curve: NDArray[np.float64],
    middle: float,
    phase: float,
    rate_hz: float,
    thigh_m: float,
    shank_m: float,
    bends: tuple[Bend, Bend],
) -> tuple[Leg, Leg]:
    """The leg at the phase `middle` shortly before `phase`, and as `leg_at` tells it at `phase`."""
    a, b = _curves_at(curve, middle, rate_hz, bends[0]), _curves_at(curve, phase, rate_hz, bends[1])
    sine, cosine = math.sin(b[0]), math.cos(b[0])
    lean_sine, lean_cosine = math.sin(b[0] - b[3]), math.cos(b[0] - b[3])
    s, c = turned(sine, cosine, a[0] - b[0])
    ls, lc = turned(lean_sine, lean_cosine, (a[0] - a[3]) - (b[0] - b[3]))
    return (
        _leg(a, thigh_m * s, thigh_m * c, shank_m * ls, shank_m * lc),
        _leg(b, thigh_m * sine, thigh_m * cosine, shank_m * lean_sine, shank_m * lean_cosine),
    )


@borrowing
def leg_at(
    curve: NDArray[np.float64], phase: float, rate_hz: float, thigh_m: float, shank_m: float, bend: Bend = NO_BEND
) -> Leg:
    """The leg at a phase of the cycle.

    Args:
        curve: (200, 16) coefficients.
        phase: 0..1, periodic.
        rate_hz: cycles per second (1 / stride time).
        thigh_m: thigh length, m.
        shank_m: shank length, m.
        bend: flexion of hip and knee beyond the curves, rad, rad/s, rad/s^2.

    Returns:
        shank angle (rad), its rate (rad/s), knee (rad), ankle x about the point moving with mean speed (m), ankle y
        (m), ankle acceleration x, y (m/s^2), thigh (rad).
    """
    at = _curves_at(curve, phase, rate_hz, bend)
    th, sg = at[0], at[0] - at[3]
    return _leg(at, thigh_m * math.sin(th), thigh_m * math.cos(th), shank_m * math.sin(sg), shank_m * math.cos(sg))
