"""Kernel that measures one pulse whose samples are all there.

The filter is undone first, ``u_k = (x_k - exp(-a) x_(k-1)) / (1 - exp(-a))`` with a = T / tau (`rig.finder_edges`), so
that only the interval holding an edge reads between two levels. Instants are in samples; u_k belongs to (k - 1, k].
Sums over u follow from sums over the bare codes, ``sum u = sum x + exp(-a) / (1 - exp(-a)) (x_last - x_before)``, so u
itself is worked out near the edges only.
"""

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.compiled import borrowing, inlined

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


class Window(NamedTuple):
    """The samples of one pulse and how to read them.

    Attributes:
        codes: the first one is only the past of the filter.
        n: how many of them count.
        base: baseline, codes.
        a: sample period over the filter's time constant where the filter is undone, else 0.
        keep: ``exp(-a)``, or 0.
        gain: ``1 / (1 - exp(-a))``, or 1.
        delay: of a linearly interpolated crossing where the filter is not undone, samples.
        noise: largest noise of u, codes.
    """

    codes: NDArray[np.int16]
    n: int
    base: float
    a: float
    keep: float
    gain: float
    delay: float
    noise: float


@inlined
def look(samples: NDArray[np.int16]) -> tuple[np.int16, np.int16, np.int32]:
    """Minimum, maximum and sum of at most 65 536 samples."""
    low = np.int16(32_767)
    high = np.int16(-32_768)
    total = np.int32(0)
    for i in range(samples.size):
        x = samples[i]
        low = min(low, x)
        high = max(high, x)
        total = np.int32(total + np.int32(x))
    return low, high, total


@borrowing
def extremes(codes: NDArray[np.int16]) -> tuple[np.int16, np.int16]:
    """Minimum and maximum."""
    low, high, _ = look(codes)
    return low, high


@borrowing
def code_sum(codes: NDArray[np.int16]) -> int:
    """Sum of any number of codes."""
    total = 0
    for start in range(0, codes.size, 65_536):
        total += int(look(codes[start : start + 65_536])[2])
    return total


@borrowing
def _input(w: Window, k: int) -> float:
    """The filter's input over the baseline in the interval (k - 1, k]; 0 beyond the window."""
    if k >= w.n:
        return 0.0
    if k <= 0:
        return w.codes[0] - w.base
    return (w.codes[k] - w.base - w.keep * (w.codes[k - 1] - w.base)) * w.gain


@borrowing
def _total(w: Window, start: int | np.int64, end: int) -> float:
    """Sum of the filter's input over the baseline, intervals ``start .. end - 1``."""
    end = min(end, w.n)
    if end <= start:
        return 0.0
    ends = float(w.codes[end - 1]) - float(w.codes[start - 1])
    return code_sum(w.codes[start:end]) - w.base * (end - start) + w.keep * w.gain * ends


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
    early = _behind(w, (_input(w, k) - low) / height, least)
    return k + 1.0 - early - _behind(w, (_input(w, k + 1) - low) / height, least)


@borrowing
def _linear(w: Window, k: int, level: float) -> float:
    """Instant at which a straight line from k to k + 1 passes `level`, the delay removed.

    Two equal samples, as in a tail that is no more than noise, tell nothing: it is taken to be the middle.
    """
    here = _input(w, k)
    slope = _input(w, k + 1) - here
    at = k + (level - here) / slope if slope != 0.0 else k + 0.5
    if w.a > 0.0:  # the input of an interval stands for its middle, as the filter weighs it
        return at - (1.0 / w.a - w.keep * w.gain)
    return at - w.delay


@borrowing
def _first_above(w: Window, start: int, end: int, sign: float, level: float) -> int:
    """First index in [start, end) whose input reaches `level`; `end` where none does."""
    for k in range(start, end):
        if sign * _input(w, k) >= level:
            return k
    return end


@borrowing
def _last_above(w: Window, start: int, end: int, sign: float, level: float) -> int:
    """Last index in [start, end) whose input reaches `level`; `start` where none does."""
    k = end - 1
    while k > start and sign * _input(w, k) < level:
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
            best = max(best, sign * _input(w, k))
        return best
    start = rise + length // 4
    end = fall - length // 4 + 1
    return sign * _total(w, start, end) / (end - start)


@borrowing
def _rise(w: Window, k: int, fall: int, sign: float, height: float) -> float:
    """Instant of the 50 % crossing that ends with sample k."""
    top = height
    if fall - k >= _EDGE:
        top = 0.5 * sign * (_input(w, k + 1) + _input(w, k + 2))
    slow = abs(top - height) > _SLOW * height or abs(_input(w, k - 2)) > _SLOW * height
    if w.a <= 0.0 or slow:
        return _linear(w, k - 1, sign * 0.5 * height)
    return _step(w, k - 1, 0.0, sign * top)


@borrowing
def _fall(w: Window, k: int, rise: int, sign: float, height: float) -> float:
    """Instant of the 50 % crossing that begins with sample k."""
    top = height
    if k - rise >= _EDGE:
        top = 0.5 * sign * (_input(w, k - 1) + _input(w, k - 2))
    slow = abs(top - height) > _SLOW * height or sign * _input(w, k + 2) > _SLOW * height
    if w.a <= 0.0 or slow:
        return _linear(w, k, sign * 0.5 * height)
    return _step(w, k, sign * top, 0.0)


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
    w: Window, start1: int, end1: int, start2: int, end2: int, sign: float, row: NDArray[np.float64]
) -> None:
    """Measure one pulse; instants relative to the first sample of the window, values in codes over the baseline.

    Args:
        w: the samples.
        start1: first sample of phase 1.
        end1: end of phase 1, not included.
        start2: first sample of phase 2, or -1.
        end2: its end, not included.
        sign: of phase 1.
        row: (14,) out; fields of `PULSE_DTYPE`.
    """
    rise1, fall1, height1 = _phase(w, start1, end1, sign)
    t1 = _rise(w, rise1, fall1, sign, height1)
    row[T] = t1
    row[PHASE1_A] = sign * height1
    begin = np.int64(1)  # a bare 1 is a type of its own to numba: it would compile `_total` twice
    row[NET] = _total(w, begin, w.n)
    if start2 < 0:
        t2 = _fall(w, fall1, rise1, sign, height1)
        row[PHASE1_S] = t2 - t1
        row[CHARGE1] = _total(w, begin, math.ceil(t2) + 2)
        row[CHARGE2] = row[NET] - row[CHARGE1]
        return
    rise2, fall2, height2 = _phase(w, start2, end2, -sign)
    if w.a > 0.0 and rise2 - fall1 <= 2 and -sign * _input(w, fall1 + 2) >= 0.5 * height2:
        t2 = _step(w, fall1, sign * height1, -sign * height2)
        t3 = t2
    else:
        t2 = _fall(w, fall1, rise1, sign, height1)
        t3 = max(t2, _rise(w, rise2, fall2, -sign, height2))
    t4 = _fall(w, fall2, rise2, -sign, height2)
    row[PHASE1_S] = t2 - t1
    row[GAP_S] = t3 - t2
    row[PHASE2_A] = -sign * height2
    row[PHASE2_S] = t4 - t3
    split = math.ceil(0.5 * (t2 + t3))  # the interval (split - 1, split] holds the middle of the gap
    if t3 - t2 >= 2.0:
        row[CHARGE1] = _total(w, begin, split + 1)
    else:
        row[CHARGE1] = _total(w, begin, split) + sign * height1 * min(max(t2 - (split - 1), 0.0), 1.0)
    row[CHARGE2] = row[NET] - row[CHARGE1]
