"""Kernel that measures one pulse whose samples are all there.

The filter is undone first, ``u_k = (x_k - exp(-a) x_(k-1)) / (1 - exp(-a))`` with a = T / tau (`rig.finder_edges`), so
that only the interval holding an edge reads between two levels. Instants are in samples; u_k belongs to (k - 1, k].
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.compiled import compiled

CHANNEL: Final = 0
T: Final = 1
PHASE1_A: Final = 2
PHASE1_S: Final = 3
GAP_S: Final = 4
PHASE2_A: Final = 5
PHASE2_S: Final = 6
CHARGE1: Final = 7
CHARGE2: Final = 8
NET: Final = 9
BASELINE: Final = 10
CLIPPED: Final = 11
TAIL_DONE: Final = 12
END: Final = 13
ROW: Final = 14
"""Columns of a row: the fields of `PULSE_DTYPE`, in samples and codes."""

_SLOW: Final = 0.15
_EDGE: Final = 6


@compiled
def _behind(part: float, a: float, least: float) -> float:
    """Part of an interval that lies behind its edge, from the part of the step that the sample shows."""
    if part <= least:
        return 0.0
    if part >= 1.0 - least:
        return 1.0
    return -math.log1p(-part * (1.0 - math.exp(-a))) / a


@compiled
def _step(u: NDArray[np.float64], k: int, low: float, high: float, a: float, noise: float) -> float:
    """Instant of a step from `low` to `high` whose mixed interval is k or k + 1."""
    height = high - low
    least = min(0.25, noise / abs(height))
    return k + 1.0 - _behind((u[k] - low) / height, a, least) - _behind((u[k + 1] - low) / height, a, least)


@compiled
def _linear(u: NDArray[np.float64], k: int, level: float) -> float:
    """Instant between k and k + 1 at which a straight line passes `level`."""
    return k + (level - u[k]) / (u[k + 1] - u[k])


@compiled
def _first_above(u: NDArray[np.float64], start: int, end: int, sign: float, level: float) -> int:
    """First index in [start, end) whose value reaches `level`; `end` where none does."""
    for k in range(start, end):
        if sign * u[k] >= level:
            return k
    return end


@compiled
def _last_above(u: NDArray[np.float64], start: int, end: int, sign: float, level: float) -> int:
    """Last index in [start, end) whose value reaches `level`; `start` where none does."""
    k = end - 1
    while k > start and sign * u[k] < level:
        k -= 1
    return k


@compiled
def _size(u: NDArray[np.float64], start: int, end: int) -> float:
    """First guess of a phase's height: sum of squares over sum of magnitudes; a plateau weighs more than its flanks."""
    squares = 0.0
    total = 0.0
    for k in range(start, end):
        squares += u[k] * u[k]
        total += abs(u[k])
    return squares / total if total > 0.0 else 0.0


@compiled
def _plateau(u: NDArray[np.float64], rise: int, fall: int, sign: float) -> float:
    """Mean of the middle half between two crossings; of a phase of few samples the largest one."""
    length = fall - rise
    if length < _EDGE:
        best = 0.0
        for k in range(rise, fall + 1):
            best = max(best, sign * u[k])
        return best
    start = rise + length // 4
    end = fall - length // 4 + 1
    total = 0.0
    for k in range(start, end):
        total += u[k]
    return sign * total / (end - start)


@compiled
def _rise(
    u: NDArray[np.float64], k: int, fall: int, sign: float, height: float, a: float, delay: float, noise: float
) -> float:
    """Instant of the 50 % crossing that ends with sample k, the filter's delay removed."""
    level = sign * 0.5 * height
    if a <= 0.0:
        return _linear(u, k - 1, level) - delay
    top = height
    if fall - k >= _EDGE:
        top = 0.5 * sign * (u[k + 1] + u[k + 2])
    if abs(top - height) > _SLOW * height or abs(u[max(k - 2, 0)]) > _SLOW * height:
        return _linear(u, k - 1, level) - (1.0 / a - math.exp(-a) / (1.0 - math.exp(-a)))
    return _step(u, k - 1, 0.0, sign * top, a, noise)


@compiled
def _fall(
    u: NDArray[np.float64], k: int, rise: int, sign: float, height: float, a: float, delay: float, noise: float
) -> float:
    """Instant of the 50 % crossing that begins with sample k, the filter's delay removed."""
    level = sign * 0.5 * height
    if a <= 0.0:
        return _linear(u, k, level) - delay
    top = height
    if k - rise >= _EDGE:
        top = 0.5 * sign * (u[k - 1] + u[k - 2])
    if abs(top - height) > _SLOW * height or sign * u[k + 2] > _SLOW * height:
        return _linear(u, k, level) - (1.0 / a - math.exp(-a) / (1.0 - math.exp(-a)))
    return _step(u, k, sign * top, 0.0, a, noise)


@compiled
def _phase(u: NDArray[np.float64], start: int, end: int, sign: float) -> tuple[int, int, float]:
    """First and last sample above half height of a phase that lies in [start, end), and its height."""
    guess = 0.5 * _size(u, start, end)
    rise = _first_above(u, start, end, sign, guess)
    if rise == end:
        return start, end - 1, 2.0 * guess
    fall = _last_above(u, rise, end, sign, guess)
    height = _plateau(u, rise, fall, sign)
    rise = min(_first_above(u, start, end, sign, 0.5 * height), fall)
    fall = _last_above(u, rise, end, sign, 0.5 * height)
    return rise, fall, _plateau(u, rise, fall, sign)


@compiled
def _sum(u: NDArray[np.float64], start: int, end: int) -> float:
    total = 0.0
    for k in range(start, end):
        total += u[k]
    return total


@compiled
def measure_pulse(
    x: NDArray[np.float64],
    u: NDArray[np.float64],
    n: int,
    start1: int,
    end1: int,
    start2: int,
    end2: int,
    sign: float,
    a: float,
    delay: float,
    noise: float,
    row: NDArray[np.float64],
) -> None:
    """Measure one pulse; instants relative to sample 0 of `x`, in samples, values in codes above the baseline.

    Args:
        x: (n,) samples of the window above the baseline.
        u: (n + 3,) scratch.
        n: samples of the charge window; the first is only the past of the filter.
        start1: first sample of phase 1.
        end1: end of phase 1, not included.
        start2: first sample of phase 2, or -1.
        end2: its end, not included.
        sign: of phase 1.
        a: sample period over the filter's time constant where the filter is undone, else 0.
        delay: of a linearly interpolated crossing, in samples, where it is not.
        noise: largest noise of a sample, in codes.
        row: (14,) out; fields of `PULSE_DTYPE`.
    """
    keep = math.exp(-a) if a > 0.0 else 0.0
    gain = 1.0 / (1.0 - keep) if a > 0.0 else 1.0
    u[0] = x[0]
    for k in range(1, n):
        u[k] = (x[k] - keep * x[k - 1]) * gain
    u[n : n + 3] = 0.0
    noise *= gain * math.sqrt(1.0 + keep * keep)
    rise1, fall1, height1 = _phase(u, start1, end1, sign)
    t1 = _rise(u, rise1, fall1, sign, height1, a, delay, noise)
    row[T] = t1
    row[PHASE1_A] = sign * height1
    row[NET] = _sum(u, 1, n)
    if start2 < 0:
        t2 = _fall(u, fall1, rise1, sign, height1, a, delay, noise)
        row[PHASE1_S] = t2 - t1
        row[CHARGE1] = _sum(u, 1, min(n, math.ceil(t2) + 2))
        row[CHARGE2] = row[NET] - row[CHARGE1]
        row[GAP_S] = np.nan
        row[PHASE2_A] = np.nan
        row[PHASE2_S] = np.nan
        return
    rise2, fall2, height2 = _phase(u, start2, end2, -sign)
    if rise2 - fall1 <= 2 and -sign * u[min(fall1 + 2, n - 1)] >= 0.5 * height2:
        t2 = _step(u, fall1, sign * height1, -sign * height2, a, noise) if a > 0.0 else _linear(u, fall1, 0.0) - delay
        t3 = t2
    else:
        t2 = _fall(u, fall1, rise1, sign, height1, a, delay, noise)
        t3 = _rise(u, rise2, fall2, -sign, height2, a, delay, noise)
    t4 = _fall(u, fall2, rise2, -sign, height2, a, delay, noise)
    row[PHASE1_S] = t2 - t1
    row[GAP_S] = t3 - t2
    row[PHASE2_A] = -sign * height2
    row[PHASE2_S] = t4 - t3
    split = math.ceil(0.5 * (t2 + t3))  # the interval (split - 1, split] holds the middle of the gap
    if t3 - t2 >= 2.0:
        row[CHARGE1] = _sum(u, 1, split + 1)
    else:
        row[CHARGE1] = _sum(u, 1, split) + sign * height1 * min(max(t2 - (split - 1), 0.0), 1.0)
    row[CHARGE2] = row[NET] - row[CHARGE1]
