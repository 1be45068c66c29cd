"""Kernel that measures one pulse whose samples are all there: its edges, levels and charges (`rig.finder_window`)."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rig.finder_shape import edge_square, square_sum, write_rise_and_droop
from rig.finder_window import (
    CHARGE1,
    CHARGE2,
    GAP_S,
    NET,
    PHASE1_A,
    PHASE1_S,
    PHASE2_A,
    PHASE2_S,
    SQUARE,
    T,
    Window,
    code_sum,
    extremes,
    input_at,
    total_input,
)
from sim.compiled import borrowing

_SLOW: Final = 0.15
_EDGE: Final = 6


@borrowing
def _behind(w: Window, part: float, least: float) -> float:
    """Part of an interval that lies behind its edge, from the part of the step that the sample shows."""
    if part <= least:
        return 0.0
    if part >= 1.0 - least:
        return 1.0
    return -math.log1p(-part * (1.0 - w.keep)) / w.a


@borrowing
def _step(w: Window, k: int, low: float, high: float) -> float:
    """Instant of a step from `low` to `high` whose mixed interval is k or k + 1."""
    height = high - low
    least = min(0.25, w.noise / abs(height))
    early = _behind(w, (input_at(w, k) - low) / height, least)
    return k + 1.0 - early - _behind(w, (input_at(w, k + 1) - low) / height, least)


@borrowing
def _linear(w: Window, k: int, level: float) -> float:
    """Instant at which a straight line from k to k + 1 passes `level`, the delay removed.

    Two equal samples, as in a tail that is no more than noise, tell nothing: it is taken to be the middle.
    """
    here = input_at(w, k)
    slope = input_at(w, k + 1) - here
    at = k + min(max((level - here) / slope, 0.0), 1.0) if slope != 0.0 else k + 0.5
    if w.a > 0.0:  # the input of an interval stands for its middle, as the filter weighs it
        return at - (1.0 / w.a - w.keep * w.gain)
    return at - w.delay


@borrowing
def _first_above(w: Window, start: int, end: int, sign: float, level: float) -> int:
    """First index in [start, end) whose input reaches `level`; `end` where none does."""
    for k in range(start, end):
        if sign * input_at(w, k) >= level:
            return k
    return end


@borrowing
def _last_above(w: Window, start: int, end: int, sign: float, level: float) -> int:
    """Last index in [start, end) whose input reaches `level`; `start` where none does."""
    k = end - 1
    while k > start and sign * input_at(w, k) < level:
        k -= 1
    return k


@borrowing
def _size(w: Window, start: int, end: int) -> float:
    """First guess of a phase's height: sum of squares over sum of magnitudes; a plateau weighs more than its flanks."""
    squares = np.int64(0)
    total = np.int64(0)
    zero = np.int64(round(w.base))
    for code in w.codes[start:end]:
        above = np.int64(code) - zero
        squares += above * above
        total += abs(above)
    return squares / total if total > 0 else 0.0


@borrowing
def _guess(w: Window, start: int, end: int, sign: float) -> float:
    """First guess of a phase's height: the mean of its middle half where that is a plateau, else its `_size`."""
    quarter = (end - start) // 4
    low, high = extremes(w.codes[start:end])
    peak = high - w.base if sign > 0.0 else w.base - low
    mean = sign * (code_sum(w.codes[start + quarter : end - quarter]) / (end - start - 2 * quarter) - w.base)
    return mean if mean > 0.5 * peak else _size(w, start, end)


@borrowing
def _plateau(w: Window, rise: int, fall: int, sign: float) -> float:
    """Mean of the middle half between two crossings; of a phase of few samples the largest one."""
    length = fall - rise
    if length < _EDGE:
        best = 0.0
        for k in range(rise, fall + 1):
            best = max(best, sign * input_at(w, k))
        return best
    start = rise + length // 4
    end = fall - length // 4 + 1
    return sign * total_input(w, start, end) / (end - start)


@borrowing
def _rise(w: Window, k: int, fall: int, sign: float, height: float) -> tuple[float, float]:
    """Instant of the 50 % crossing that ends with sample k, and the square that its interval lacks."""
    top = height
    if fall - k >= _EDGE:
        top = 0.5 * sign * (input_at(w, k + 1) + input_at(w, k + 2))
    # a phase that begins high and decays has a steep edge all the same
    slow = top < (1.0 - _SLOW) * height or abs(input_at(w, k - 2)) > _SLOW * height
    if w.a <= 0.0 or slow:
        return _linear(w, k - 1, sign * 0.5 * height), 0.0
    t = _step(w, k - 1, 0.0, sign * top)
    return t, edge_square(w, t, 0.0, sign * top)


@borrowing
def _fall(w: Window, k: int, rise: int, sign: float, height: float) -> tuple[float, float]:
    """Instant of the 50 % crossing that begins with sample k, and the square that its interval lacks."""
    top = height
    if k - rise >= _EDGE:
        top = 0.5 * sign * (input_at(w, k - 1) + input_at(w, k - 2))
    slow = abs(top - height) > _SLOW * height or sign * input_at(w, k + 2) > _SLOW * height
    if w.a <= 0.0 or slow:
        return _linear(w, k, sign * 0.5 * height), 0.0
    t = _step(w, k, sign * top, 0.0)
    return t, edge_square(w, t, sign * top, 0.0)


@borrowing
def _phase(w: Window, start: int, end: int, sign: float) -> tuple[int, int, float]:
    """First and last sample above half height of a phase that lies in [start, end), and its height."""
    guess = 0.5 * _guess(w, start, end, sign)
    rise = _first_above(w, start, end, sign, guess)
    if rise == end:
        return start, end - 1, 2.0 * guess
    fall = _last_above(w, rise, end, sign, guess)
    height = _plateau(w, rise, fall, sign)
    rise = min(_first_above(w, start, end, sign, 0.5 * height), fall)
    fall = _last_above(w, rise, end, sign, 0.5 * height)
    return rise, fall, _plateau(w, rise, fall, sign)


@borrowing
def measure_pulse(
    w: Window, start1: int, end1: int, start2: int, end2: int, sign: float, sigma: float, row: NDArray[np.float64]
) -> None:
    """Measure one pulse; instants relative to the first sample of the window, values in codes over the baseline.

    Args:
        w: the samples.
        start1: first sample of phase 1.
        end1: end of phase 1, not included.
        start2: first sample of phase 2, or -1.
        end2: its end, not included.
        sign: of phase 1.
        sigma: rms noise of a sample, codes.
        row: (21,) out; columns of `rig.finder_window`.
    """
    rise1, fall1, height1 = _phase(w, start1, end1, sign)
    t1, lacking1 = _rise(w, rise1, fall1, sign, height1)
    square = square_sum(w, sigma) + lacking1
    row[T] = t1
    row[PHASE1_A] = sign * height1
    begin = np.int64(1)  # a bare 1 is a type of its own to numba: it would compile `total_input` twice
    row[NET] = total_input(w, begin, w.n)
    write_rise_and_droop(w, start1, rise1, fall1, sign, height1, row)
    if start2 < 0:
        t2, lacking2 = _fall(w, fall1, rise1, sign, height1)
        row[PHASE1_S] = t2 - t1
        row[CHARGE1] = total_input(w, begin, math.ceil(t2) + 2)
        row[CHARGE2] = row[NET] - row[CHARGE1]
        row[SQUARE] = square + lacking2
        return
    rise2, fall2, height2 = _phase(w, start2, end2, -sign)
    # behind the filter a low phase 2 crosses the baseline late: its first samples lie before `start2`
    while rise2 > fall1 + 1 and -sign * input_at(w, rise2 - 1) >= 0.5 * height2:
        rise2 -= 1
    if w.a > 0.0 and rise2 - fall1 <= 2 and -sign * input_at(w, fall1 + 2) >= 0.5 * height2:
        begin2 = -0.5 * sign * (input_at(w, fall1 + 2) + input_at(w, fall1 + 3))
        top2 = begin2 if begin2 > (1.0 + _SLOW) * height2 else height2
        t2 = _step(w, fall1, sign * height1, -sign * top2)
        t3 = t2
        lacking23 = edge_square(w, t2, sign * height1, -sign * top2)
    elif w.a <= 0.0 and rise2 - fall1 <= 1:  # one edge from phase to phase: half of its height, not half of each phase
        t2 = _linear(w, fall1, 0.5 * (sign * height1 + input_at(w, fall1 + 1)))
        t3 = t2
        lacking23 = 0.0
    else:
        t2, lacking2 = _fall(w, fall1, rise1, sign, height1)
        risen, lacking3 = _rise(w, rise2, fall2, -sign, height2)
        t3 = max(t2, risen)
        lacking23 = lacking2 + lacking3
    t4, lacking4 = _fall(w, fall2, rise2, -sign, height2)
    row[SQUARE] = square + lacking23 + lacking4
    row[PHASE1_S] = t2 - t1
    row[GAP_S] = t3 - t2
    row[PHASE2_A] = -sign * height2
    row[PHASE2_S] = t4 - t3
    split = math.ceil(0.5 * (t2 + t3))  # the interval (split - 1, split] holds the middle of the gap
    if t3 - t2 >= 2.0:
        row[CHARGE1] = total_input(w, begin, split + 1)
    elif w.a <= 0.0 and rise2 - fall1 <= 1:  # a bare sample belongs to one phase whole
        row[CHARGE1] = total_input(w, begin, fall1 + 1)
    else:
        # as the filter weighs it: what the first edge's interval reads too much, this one reads too little
        until = min(max(t2 - (split - 1), 0.0), 1.0)
        share = until if w.a <= 0.0 else (math.exp((until - 1.0) * w.a) - w.keep) / (1.0 - w.keep)
        row[CHARGE1] = total_input(w, begin, split) + sign * height1 * share
    row[CHARGE2] = row[NET] - row[CHARGE1]
