"""Kernels for what a pulse does beside its plateau: its peaks, the integral of its square, its rise and its droop.

Peaks are those of the bare samples behind the anti-alias filter: undoing the filter would make a peak of every error of
its time constant. The integral of the square is taken of the filter's input u (`rig.finder_window`), because the filter
rounds every edge and so takes energy away: a 300 us phase behind 2 us would read 0.7 % low.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rig.finder_window import DROOP, PEAK, PEAK1, PEAK2, RISE, Window, extremes, input_at, mean_input
from sim.compiled import borrowing

_LEAST_HALF: Final = 8
"""Samples that a quarter of a plateau must have to say how it droops."""


@borrowing
def median_peak(codes: NDArray[np.int16], base: float, sign: float, length: int) -> float:
    """Largest running median of `length` (odd) samples of ``sign (code - base)``; 0 where none is above 0.

    A spike shorter than half of the length leaves no trace. A median above the best so far needs more than half of its
    samples above it, which is counted; only then is it worked out.
    """
    best = 0.0
    half = (length + 1) // 2
    for k in range(length - 1, codes.size):
        if sign * (codes[k] - base) <= best:
            continue
        above = 0
        for j in range(k - length + 1, k + 1):
            if sign * (codes[j] - base) > best:
                above += 1
        if above >= half:
            best = _nth_largest(codes[k - length + 1 : k + 1], base, sign, half)
    return best


@borrowing
def _nth_largest(codes: NDArray[np.int16], base: float, sign: float, n: int) -> float:
    """The n-th largest of a few samples of ``sign (code - base)``, n from 1."""
    for i in range(codes.size):
        larger = 0
        equal = 0
        for j in range(codes.size):
            if sign * codes[j] > sign * codes[i]:
                larger += 1
            elif codes[j] == codes[i]:
                equal += 1
        if larger < n <= larger + equal:
            return sign * (codes[i] - base)
    return 0.0


@borrowing
def square_sum(w: Window, sigma: float) -> float:
    """Sum of u^2 over the window, codes^2, with the part taken off that noise of `sigma` codes a sample adds.

    The sums over bare codes are whole numbers, so they are exact in any order.
    """
    squares, before, products = np.int64(0), np.int64(0), np.int64(0)
    total, total_before = np.int64(0), np.int64(0)
    past = np.int64(w.codes[0])
    for k in range(1, w.n):
        here = np.int64(w.codes[k])
        squares += here * here
        products += here * past
        before += past * past
        total += here
        total_before += past
        past = here
    n = w.n - 1
    base, keep = w.base, w.keep
    d2 = squares - 2.0 * base * total + n * base * base
    p2 = before - 2.0 * base * total_before + n * base * base
    dp = products - base * (total + total_before) + n * base * base
    noise = n * sigma * sigma * (1.0 + keep * keep)
    return w.gain * w.gain * (d2 - 2.0 * keep * dp + keep * keep * p2 - noise)


@borrowing
def edge_square(w: Window, t: float, low: float, high: float) -> float:
    """What the interval that holds a step at `t` lacks of the integral of the square, codes^2.

    With the part theta of the interval behind the step the integral is ``theta high^2 + (1 - theta) low^2``, but the
    interval reads ``u^2`` of one mixed level. Nothing is lacking where the filter is not undone: a sample then stands
    for its instant.
    """
    if w.a <= 0.0:
        return 0.0
    theta = math.ceil(t) - t
    mixed = low + (high - low) * (1.0 - math.exp(-theta * w.a)) * w.gain
    return theta * high * high + (1.0 - theta) * low * low - mixed * mixed


@borrowing
def _crossing(w: Window, k: int, sign: float, level: float) -> float:
    """Instant between k - 1 and k at which the straight line between their inputs reaches `level`."""
    before, here = sign * input_at(w, k - 1), sign * input_at(w, k)
    return k - (here - level) / (here - before) if here > before else float(k)


@borrowing
def rise_time(w: Window, start: int, rise: int, fall: int, sign: float, height: float) -> float:
    """Time from 10 to 90 % of the height of a phase whose first sample above half of it is `rise`, samples.

    A step reads up to 1.6 samples: it is not resolved further.
    """
    k = rise
    while k > start and sign * input_at(w, k - 1) >= 0.1 * height:
        k -= 1
    low = _crossing(w, k, sign, 0.1 * height)
    k = rise
    while k < fall and sign * input_at(w, k) < 0.9 * height:
        k += 1
    return _crossing(w, k, sign, 0.9 * height) - low


@borrowing
def droop(w: Window, rise: int, fall: int, sign: float) -> float:
    """How much a plateau falls from its start to its end, codes: four times the difference between its inner quarters.

    NaN where the quarters are too short to have a mean.
    """
    quarter = (fall - rise) // 4
    if quarter < _LEAST_HALF:
        return math.nan
    middle = rise + 2 * quarter
    return 4.0 * sign * (mean_input(w, middle - quarter, middle) - mean_input(w, middle, middle + quarter))


@borrowing
def write_peaks(
    codes: NDArray[np.int16], base: float, sign: float, two_phases: bool, median: int, row: NDArray[np.float64]
) -> None:
    """The largest magnitude behind a running median, and the bare extremes in the direction of each phase, signed."""
    row[PEAK] = max(median_peak(codes, base, 1.0, median), median_peak(codes, base, -1.0, median))
    low, high = extremes(codes)
    up, down = high - base, low - base
    row[PEAK1] = up if sign > 0.0 else down
    if two_phases:
        row[PEAK2] = down if sign > 0.0 else up


@borrowing
def write_rise_and_droop(
    w: Window, start1: int, rise1: int, fall1: int, sign: float, height1: float, row: NDArray[np.float64]
) -> None:
    """Rise and droop of phase 1."""
    row[RISE] = rise_time(w, start1, rise1, fall1, sign, height1)
    row[DROOP] = droop(w, rise1, fall1, sign)
