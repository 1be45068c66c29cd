"""Kernels that follow the current sample by sample where something flows, and decide what belongs to one pulse."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rig.finder_measure import PRE
from rig.finder_state import (
    BACK,
    CUT,
    FIRST2,
    FLAT_N,
    FLOOR,
    IDLE,
    LAST,
    LAST1,
    LAST2,
    MODE,
    OPEN,
    ORIGIN,
    PEAK,
    QUIET,
    SIGN,
    SPAN_CUT,
    SPAN_DONE,
    SPAN_END,
    SPAN_FIRST2,
    SPAN_FLOOR,
    SPAN_LAST1,
    SPAN_LAST2,
    SPAN_SIGN,
    SPAN_START,
    SPANS,
    START,
    TOLD_CLOSING_GAP,
    TOLD_REOPEN,
)
from rig.finder_window import look
from sim.compiled import borrowing, inlined

_SPLIT_PAUSE: Final = 3
_STRETCH: Final = 32


@borrowing
def set_aside(state: NDArray[np.int64], spans: NDArray[np.int64], end: int) -> None:
    """The open pulse is complete, its charge window ends before sample `end`: it waits to be measured."""
    span = spans[state[SPANS]]
    span[SPAN_START] = state[START]
    span[SPAN_SIGN] = state[SIGN]
    span[SPAN_LAST1] = state[LAST1]
    span[SPAN_FIRST2] = state[FIRST2]
    span[SPAN_LAST2] = state[LAST2]
    span[SPAN_FLOOR] = state[FLOOR]
    span[SPAN_CUT] = state[CUT]
    span[SPAN_END] = end
    span[SPAN_DONE] = 0
    state[SPANS] += 1


@borrowing
def _open(state: NDArray[np.int64], i: int, above: int) -> None:
    """A pulse begins with sample i, which lies `above` the baseline."""
    state[MODE] = OPEN
    state[START] = i
    state[SIGN] = 1 if above > 0 else -1
    state[LAST1] = i
    state[FIRST2] = -1
    state[LAST2] = i
    state[LAST] = i
    state[PEAK] = abs(above)
    state[CUT] = 1 if i < state[ORIGIN] + PRE else 0
    state[BACK] = -1
    state[QUIET] = 0
    state[FLAT_N] = 0


@borrowing
def _grow(
    state: NDArray[np.int64],
    told: NDArray[np.float64],
    codes: NDArray[np.int16],
    first: int,
    at: int,
    zero: int,
    bottom: int,
    top: int,
) -> int:
    """Add active samples from ``codes[first]`` on to the open pulse; `at` is the absolute index of ``codes[0]``.

    A return to the sign of phase 1, or a pause inside a phase, begins a new pulse, unless the sample is so small that
    it belongs to the tail. Everything is kept in registers meanwhile.

    Returns:
        Index of the sample that cannot belong to the pulse, or `codes.size`.
    """
    sign, peak, reopen = state[SIGN], state[PEAK], told[TOLD_REOPEN]
    last, last1, first2, last2 = state[LAST], state[LAST1], state[FIRST2], state[LAST2]
    k = first
    while k < codes.size:
        code = np.int64(codes[k])
        if bottom <= code <= top:
            k += 1
            continue
        i = at + k
        size = sign * (code - zero)
        pause = i - last - 1
        small = abs(size) <= reopen * peak
        if first2 < 0:
            if size > 0 and pause > _SPLIT_PAUSE and not small:
                break
            if size > 0:
                last1 = i
                peak = max(peak, size)
            else:
                first2 = i
                last2 = i
        else:
            if not small and (size > 0 or pause > told[TOLD_CLOSING_GAP]):
                break
            if size < 0:
                last2 = i
        last = i
        k += 1
    if last != state[LAST]:
        state[BACK] = -1
    state[PEAK] = peak
    state[LAST], state[LAST1], state[FIRST2], state[LAST2] = last, last1, first2, last2
    return k


@inlined
def _runs_on(state: NDArray[np.int64], first: int, end: int, sign: int, size: int) -> bool:
    """Take samples ``first .. end`` at once where all go on with the phase that is on; False where they do not."""
    if state[MODE] != OPEN or state[LAST] != first - 1:
        return False
    if sign == state[SIGN] and state[FIRST2] < 0:
        state[LAST1] = end - 1
        state[PEAK] = max(state[PEAK], size)
    elif sign != state[SIGN] and state[FIRST2] >= 0:
        state[LAST2] = end - 1
    else:
        return False
    state[LAST] = end - 1
    state[BACK] = -1
    return True


@borrowing
def walk(
    cell: NDArray[np.int16],
    start: int,
    state: NDArray[np.int64],
    told: NDArray[np.float64],
    base: float,
    threshold: float,
    spans: NDArray[np.int64],
) -> None:
    """Go over `cell`, whose first sample is `start`; complete pulses are set aside.

    Stretches that are quiet, or go on with the phase that is on, are taken at once.
    """
    top = math.floor(base + threshold)
    bottom = math.ceil(base - threshold)
    zero = round(base)
    for first in range(0, cell.size, _STRETCH):
        stretch = cell[first : first + _STRETCH]
        low, high, _ = look(stretch)
        if low >= bottom and high <= top:
            continue
        at = start + first
        sign = int(low > top) - int(high < bottom)
        if sign != 0 and _runs_on(state, at, at + stretch.size, sign, max(int(high) - zero, zero - int(low))):
            continue
        seen = cell[: first + stretch.size]
        k = first
        while k < seen.size:
            if state[MODE] == OPEN:
                k = _grow(state, told, seen, k, start, zero, bottom, top)
                if k == seen.size:
                    break
                end = max(start + k - PRE, state[LAST] + 1)
                set_aside(state, spans, end)
                state[FLOOR] = end
                _open(state, start + k, int(cell[k]) - zero)
            elif (cell[k] > top or cell[k] < bottom) and (
                state[MODE] == IDLE or abs(int(cell[k]) - zero) > told[TOLD_REOPEN] * state[PEAK]
            ):
                _open(state, start + k, int(cell[k]) - zero)
            k += 1


@inlined
def lose(state: NDArray[np.int64], lost_from: int, lost_to: int, spans: NDArray[np.int64]) -> None:
    """Samples [lost_from, lost_to) are not there: an open pulse ends as unknown."""
    if state[MODE] == OPEN:
        state[CUT] = 1
        set_aside(state, spans, lost_from)
    state[MODE] = IDLE
    state[ORIGIN] = lost_to
    state[FLOOR] = lost_to


@inlined
def still_on(state: NDArray[np.int64], end: int) -> bool:
    """True where the record ends at `end` while the open pulse still flows."""
    return end - state[LAST] <= _SPLIT_PAUSE
