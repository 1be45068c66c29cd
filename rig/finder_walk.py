"""Kernels that follow the current sample by sample where something flows, and decide what belongs to one pulse."""

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rig.finder_pulse import (
    BASELINE,
    CHARGE1,
    CHARGE2,
    CLIPPED,
    END,
    GAP_S,
    NET,
    PHASE1_A,
    PHASE1_S,
    PHASE2_A,
    PHASE2_S,
    TAIL_DONE,
    T,
    Window,
    look,
    measure_pulse,
)
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
    START,
    TOLD_A,
    TOLD_CLOSING_GAP,
    TOLD_DELAY,
    TOLD_KEEP,
    TOLD_REOPEN,
)
from sim.compiled import borrowing, inlined

PRE: Final = 8
"""Samples of the charge window before the first active one."""
_SPLIT_PAUSE: Final = 3
_STRETCH: Final = 32
_TOP: Final = 32_767
_BOTTOM: Final = -32_768


class Samples(NamedTuple):
    """The samples that are at hand: `old` ends where `new` begins, at absolute index `at`."""

    old: NDArray[np.int16]
    new: NDArray[np.int16]
    at: int


class Desk(NamedTuple):
    """Arrays to work on: the samples of a pulse, and the rows found."""

    codes: NDArray[np.int16]
    rows: NDArray[np.float64]


@inlined
def _copy(source: NDArray[np.int16], target: NDArray[np.int16]) -> None:
    """Copy; numba's own slice assignment is slow."""
    for k in range(target.size):
        target[k] = source[k]


@borrowing
def copy_span(samples: Samples, start: int, out: NDArray[np.int16]) -> None:
    """Copy samples ``start .. start + out.size`` into `out`."""
    before = min(max(samples.at - start, 0), out.size)
    behind = start + before - samples.at
    if before > 0:
        first = samples.old.size + start - samples.at
        _copy(samples.old[first : first + before], out[:before])
    if out.size > before:
        _copy(samples.new[behind : behind + out.size - before], out[before:])


@borrowing
def _clipped(codes: NDArray[np.int16]) -> bool:
    """True where a sample stands at either end of the range."""
    low, high, _ = look(codes)
    return bool(high >= _TOP or low <= _BOTTOM)


@borrowing
def _withhold(row: NDArray[np.float64], clipped1: bool, clipped2: bool) -> None:
    """Take back what clipped samples went into."""
    if clipped1 or clipped2:
        row[GAP_S] = np.nan
        row[NET] = np.nan
    if clipped1:
        row[PHASE1_A] = np.nan
        row[PHASE1_S] = np.nan
        row[CHARGE1] = np.nan
    if clipped2:
        row[PHASE2_A] = np.nan
        row[PHASE2_S] = np.nan
        row[CHARGE2] = np.nan


@borrowing
def emit(
    state: NDArray[np.int64],
    told: NDArray[np.float64],
    base: float,
    threshold: float,
    end: int,
    done: int,
    samples: Samples,
    desk: Desk,
    n_rows: int,
) -> int:
    """Measure the open pulse with its charge window ending before sample `end`; returns the number of rows."""
    row = desk.rows[n_rows]
    first = max(state[START] - PRE - 1, state[FLOOR] - 1, samples.at - samples.old.size)
    n = min(end - first, desk.codes.size)
    codes = desk.codes[:n]
    copy_span(samples, first, codes)
    one_phase = state[FIRST2] < 0
    split = n if one_phase else min(state[FIRST2] - first, n)
    clipped1, clipped2 = _clipped(codes[:split]), _clipped(codes[split:])
    for field in range(row.size):
        row[field] = np.nan
    row[BASELINE] = base
    row[CLIPPED] = 1.0 if clipped1 or clipped2 or state[CUT] != 0 else 0.0
    row[TAIL_DONE] = done
    row[END] = end - 1
    if state[CUT] == 0:
        a, keep = told[TOLD_A], told[TOLD_KEEP]
        gain = 1.0 / (1.0 - keep)
        noise = 0.5 * threshold * gain * math.sqrt(1.0 + keep * keep)
        window = Window(codes, n, base, a, keep, gain, told[TOLD_DELAY], noise)
        start2 = -1 if one_phase else split - 1
        measure_pulse(
            window,
            max(state[START] - 3 - first, 1),
            min(state[LAST1] + 3 - first, n if one_phase else split + 1),
            start2,
            min(state[LAST2] + 3 - first, n),
            float(state[SIGN]),
            row,
        )
        row[T] += first
        _withhold(row, clipped1, clipped2)
    if state[CUT] != 0 or clipped1:
        row[T] = state[START] - 1.0  # the first sample beyond the threshold is not clipped
    row[T] = max(row[T], float(state[START] - PRE))
    return n_rows + 1


@borrowing
def _open(state: NDArray[np.int64], i: int, sign: int, size: int) -> None:
    state[MODE] = OPEN
    state[START] = i
    state[SIGN] = sign
    state[LAST1] = i
    state[FIRST2] = -1
    state[LAST2] = i
    state[LAST] = i
    state[PEAK] = size
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


@borrowing
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


@inlined
def walk(
    cell: NDArray[np.int16],
    start: int,
    state: NDArray[np.int64],
    told: NDArray[np.float64],
    base: float,
    threshold: float,
    samples: Samples,
    desk: Desk,
    n_rows: int,
) -> int:
    """Go over `cell`, whose first sample is `start`; returns the number of rows.

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
        if (low > top and _runs_on(state, at, at + stretch.size, 1, int(high) - zero)) or (
            high < bottom and _runs_on(state, at, at + stretch.size, -1, zero - int(low))
        ):
            continue
        k = 0
        while k < stretch.size:
            code = int(stretch[k])
            if state[MODE] == OPEN:
                k = _grow(state, told, stretch, k, at, zero, bottom, top)
                if k == stretch.size:
                    break
                code = int(stretch[k])
                end = max(at + k - PRE, state[LAST] + 1)
                n_rows = emit(state, told, base, threshold, end, 0, samples, desk, n_rows)
                state[FLOOR] = end
                _open(state, at + k, 1 if code > zero else -1, abs(code - zero))
            elif (code > top or code < bottom) and (
                state[MODE] == IDLE or abs(code - zero) > told[TOLD_REOPEN] * state[PEAK]
            ):
                _open(state, at + k, 1 if code > zero else -1, abs(code - zero))
            k += 1
    return n_rows


@borrowing
def lose(
    state: NDArray[np.int64],
    told: NDArray[np.float64],
    base: float,
    threshold: float,
    lost_from: int,
    lost_to: int,
    samples: Samples,
    desk: Desk,
    n_rows: int,
) -> int:
    """Samples [lost_from, lost_to) are not there: an open pulse ends as unknown; returns the number of rows."""
    if state[MODE] == OPEN:
        state[CUT] = 1
        n_rows = emit(state, told, base, threshold, lost_from, 0, samples, desk, n_rows)
    state[MODE] = IDLE
    state[ORIGIN] = lost_to
    state[FLOOR] = lost_to
    return n_rows


@borrowing
def still_on(state: NDArray[np.int64], end: int) -> bool:
    """True where the record ends at `end` while the open pulse still flows."""
    return end - state[LAST] <= _SPLIT_PAUSE
