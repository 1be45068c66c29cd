"""Kernel that walks over the samples of one current channel, cell by cell, and hands whole pulses to be measured.

It looks at whole absolute cells only, so no chunking of the samples can matter. A quiet cell costs its minimum, maximum
and sum; a cell with current in it is walked sample by sample.
"""

import math
from typing import Final

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
    measure_pulse,
)
from rig.finder_state import (
    BACK,
    CUT,
    FIRST2,
    FLAT_HIGH,
    FLAT_LOW,
    FLAT_N,
    FLAT_START,
    FLAT_SUM,
    FLOOR,
    IDLE,
    LAST,
    LAST1,
    LAST2,
    MODE,
    NEXT,
    OPEN,
    ORIGIN,
    PEAK,
    PENDING_RANGE,
    PENDING_SUM,
    QUIET,
    RING,
    RING_AT,
    RING_N,
    RING_RANGE,
    RING_SUM,
    SETTLING,
    SIGN,
    START,
)
from sim.compiled import compiled, inlined

PRE: Final = 8
"""Samples of the charge window before the first active one."""
_SPLIT_PAUSE: Final = 3
_TOP: Final = 32_767
_BOTTOM: Final = -32_768

# what the finder was told, in samples and codes
CELL: Final = 0
PHASE_GAP: Final = 1
CLOSING_GAP: Final = 2
LONGEST: Final = 3
LEVEL_CELLS: Final = 4
REOPEN: Final = 5
TH_PER_RANGE: Final = 6
TH_LEAST: Final = 7
SIGMA_PER_RANGE: Final = 8
A: Final = 9
DELAY: Final = 10
TOLD_SIZE: Final = 11


@inlined
def look(samples: NDArray[np.int16]) -> tuple[np.int16, np.int16, np.int32]:
    """Minimum, maximum and sum of at most 65 536 samples."""
    low = np.int16(32_767)
    high = np.int16(-32_768)
    total = np.int32(0)
    for i in range(samples.size):
        x = samples[i]
        low = x if x < low else low
        high = x if x > high else high
        total = np.int32(total + np.int32(x))
    return low, high, total


@compiled
def copy_span(old: NDArray[np.int16], new: NDArray[np.int16], at: int, start: int, out: NDArray[np.int16]) -> None:
    """Samples ``start .. start + out.size``: `old` ends where `new` begins, at absolute index `at`."""
    for k in range(out.size):
        i = start + k - at
        out[k] = new[i] if i >= 0 else old[old.size + i]


@compiled
def _emit(
    state: NDArray[np.int64],
    told: NDArray[np.float64],
    base: float,
    threshold: float,
    end: int,
    done: int,
    old: NDArray[np.int16],
    new: NDArray[np.int16],
    at: int,
    x: NDArray[np.float64],
    u: NDArray[np.float64],
    row: NDArray[np.float64],
) -> None:
    """Measure the open pulse with its charge window ending before sample `end`."""
    first = max(state[START] - PRE - 1, state[FLOOR] - 1, at - old.size)
    n = min(end - first, x.size)
    split = state[FIRST2] if state[FIRST2] >= 0 else end
    clipped1 = False
    clipped2 = False
    for k in range(n):
        i = first + k - at
        code = new[i] if i >= 0 else old[old.size + i]
        if code >= _TOP or code <= _BOTTOM:
            clipped1 = clipped1 or first + k < split
            clipped2 = clipped2 or first + k >= split
        x[k] = code - base
    row[:] = np.nan
    row[BASELINE] = base
    row[CLIPPED] = 1.0 if clipped1 or clipped2 or state[CUT] else 0.0
    row[TAIL_DONE] = done
    row[END] = end - 1
    if not state[CUT]:
        start2 = state[FIRST2] - first if state[FIRST2] >= 0 else -1
        lead = max(state[START] - 3 - first, 1)
        measure_pulse(
            x,
            u,
            n,
            lead,
            min(state[LAST1] + 3 - first, n if start2 < 0 else start2 + 1),
            start2 - 1,
            min(state[LAST2] + 3 - first, n),
            float(state[SIGN]),
            told[A],
            told[DELAY],
            0.5 * threshold,
            row,
        )
        row[T] += first
    if clipped1 or clipped2:
        for field in (GAP_S, NET):
            row[field] = np.nan
    if clipped1:
        for field in (PHASE1_A, PHASE1_S, CHARGE1):
            row[field] = np.nan
    if clipped2:
        for field in (PHASE2_A, PHASE2_S, CHARGE2):
            row[field] = np.nan
    earliest = float(state[START] - PRE)
    if state[CUT] or clipped1:
        row[T] = state[START] - 1.0  # the first sample beyond the threshold is not clipped
    row[T] = max(row[T], earliest)


@compiled
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


@compiled
def _begins_new(state: NDArray[np.int64], told: NDArray[np.float64], i: int, sign: int, size: int) -> bool:
    """True where an active sample cannot belong to the open pulse."""
    if size <= told[REOPEN] * state[PEAK]:
        return False
    pause = i - state[LAST] - 1
    if state[FIRST2] < 0:
        return sign == state[SIGN] and pause > _SPLIT_PAUSE
    return sign == state[SIGN] or pause > told[CLOSING_GAP]


@compiled
def _grow(state: NDArray[np.int64], i: int, sign: int, size: int) -> None:
    """Add an active sample to the open pulse."""
    state[LAST] = i
    state[BACK] = -1
    if sign != state[SIGN]:
        if state[FIRST2] < 0:
            state[FIRST2] = i
        state[LAST2] = i
    elif state[FIRST2] < 0:
        state[LAST1] = i
        state[PEAK] = max(state[PEAK], size)


@compiled
def _level(state: NDArray[np.int64], told: NDArray[np.float64], start: int, low: int, high: int, total: int) -> bool:
    """Follow cells of one level; True once they have lasted long enough to be a new baseline."""
    reach = 2.0 * max(told[TH_LEAST], told[TH_PER_RANGE] * state[RING_RANGE] / state[RING_N])
    if state[FLAT_N] > 0 and max(high, state[FLAT_HIGH]) - min(low, state[FLAT_LOW]) <= reach:
        state[FLAT_N] += 1
        state[FLAT_LOW] = min(low, state[FLAT_LOW])
        state[FLAT_HIGH] = max(high, state[FLAT_HIGH])
        state[FLAT_SUM] += total
    else:
        state[FLAT_N] = 1 if high - low <= reach else 0
        state[FLAT_LOW] = low
        state[FLAT_HIGH] = high
        state[FLAT_SUM] = total
        state[FLAT_START] = start
    return state[FLAT_N] >= told[LEVEL_CELLS]


@compiled
def _restart_ring(
    state: NDArray[np.int64], sums: NDArray[np.int64], ranges: NDArray[np.int64], mean_sum: int, spread: int
) -> None:
    sums[0] = mean_sum
    ranges[0] = spread
    state[RING_N] = 1
    state[RING_AT] = 1
    state[RING_SUM] = mean_sum
    state[RING_RANGE] = spread


@compiled
def _count_quiet(
    state: NDArray[np.int64], sums: NDArray[np.int64], ranges: NDArray[np.int64], total: int, spread: int
) -> bool:
    """A quiet cell; the one before it enters the ring once both of its neighbours were quiet. True where it did."""
    state[QUIET] += 1
    entered = state[QUIET] >= 3
    if entered:
        at = state[RING_AT]
        if state[RING_N] == RING:
            state[RING_SUM] -= sums[at]
            state[RING_RANGE] -= ranges[at]
        else:
            state[RING_N] += 1
        sums[at] = state[PENDING_SUM]
        ranges[at] = state[PENDING_RANGE]
        state[RING_SUM] += state[PENDING_SUM]
        state[RING_RANGE] += state[PENDING_RANGE]
        state[RING_AT] = (at + 1) % RING
    state[PENDING_SUM] = total
    state[PENDING_RANGE] = spread
    return entered


@compiled
def _walk(
    cell: NDArray[np.int16],
    start: int,
    lost_from: int,
    lost_to: int,
    state: NDArray[np.int64],
    told: NDArray[np.float64],
    base: float,
    threshold: float,
    old: NDArray[np.int16],
    new: NDArray[np.int16],
    at: int,
    x: NDArray[np.float64],
    u: NDArray[np.float64],
    rows: NDArray[np.float64],
    n_rows: int,
) -> int:
    """One cell, sample by sample; samples in [lost_from, lost_to) are not there. Returns the number of rows."""
    top = math.floor(base + threshold)
    bottom = math.ceil(base - threshold)
    for k in range(cell.size):
        i = start + k
        if lost_from <= i < lost_to:
            if state[MODE] == OPEN:
                state[CUT] = 1
                _emit(state, told, base, threshold, i, 0, old, new, at, x, u, rows[n_rows])
                n_rows += 1
            state[MODE] = IDLE
            state[ORIGIN] = lost_to
            state[FLOOR] = lost_to
            continue
        code = cell[k]
        if bottom <= code <= top:
            continue
        sign = 1 if code > top else -1
        size = abs(np.int64(code) - np.int64(base))
        if state[MODE] == IDLE:
            _open(state, i, sign, size)
        elif state[MODE] == SETTLING:
            if size > told[REOPEN] * state[PEAK]:
                _open(state, i, sign, size)
        elif _begins_new(state, told, i, sign, size):
            end = max(i - PRE, state[LAST] + 1)
            _emit(state, told, base, threshold, end, 0, old, new, at, x, u, rows[n_rows])
            n_rows += 1
            state[FLOOR] = end
            _open(state, i, sign, size)
        else:
            _grow(state, i, sign, size)
    return n_rows


@compiled
def _may_close(state: NDArray[np.int64], told: NDArray[np.float64], cell_end: int) -> bool:
    """True where the open pulse is complete: its tail is back, and no second phase can come any more."""
    if state[BACK] < 0:
        return False
    return state[FIRST2] >= 0 or cell_end - state[LAST] > told[PHASE_GAP]


@compiled
def scan(
    old: NDArray[np.int16],
    new: NDArray[np.int16],
    at: int,
    gaps: NDArray[np.int64],
    state: NDArray[np.int64],
    told: NDArray[np.float64],
    sums: NDArray[np.int64],
    ranges: NDArray[np.int64],
    patch: NDArray[np.int16],
    x: NDArray[np.float64],
    u: NDArray[np.float64],
    rows: NDArray[np.float64],
) -> int:
    """Look at every whole cell that is there.

    Args:
        old: samples kept from before.
        new: samples from absolute index `at` on.
        at: absolute index of ``new[0]``.
        gaps: (g, 2) spans of lost samples, rising.
        state: what is remembered (`rig.finder_state`).
        told: settings in samples and codes.
        sums: (64,) ring of sums of quiet cells.
        ranges: (64,) ring of their ranges.
        patch: (cell,) scratch for a cell that lies in both arrays.
        x: scratch for the samples of a pulse.
        u: the same.
        rows: (m, 14) out.

    Returns:
        Number of rows; fewer cells than there are were looked at where `rows` might have overflowed.
    """
    size = int(told[CELL])
    end = at + new.size
    n_rows = 0
    gap = 0
    base = state[RING_SUM] / (state[RING_N] * size)
    threshold = max(told[TH_LEAST], told[TH_PER_RANGE] * state[RING_RANGE] / state[RING_N])
    top = math.floor(base + threshold)
    bottom = math.ceil(base - threshold)
    while state[NEXT] + size <= end and n_rows + size < rows.shape[0]:
        start = state[NEXT]
        stop = start + size
        if start >= at:
            cell = new[start - at : stop - at]
        else:
            copy_span(old, new, at, start, patch)
            cell = patch
        while gap < gaps.shape[0] and gaps[gap, 1] <= start:
            gap += 1
        low, high, total = look(cell)
        state[NEXT] = stop
        if gap < gaps.shape[0] and gaps[gap, 0] < stop:
            here = start
            while here < stop:
                lost_from = gaps[gap, 0] if gap < gaps.shape[0] else stop
                lost_to = gaps[gap, 1] if gap < gaps.shape[0] else stop
                upto = min(stop, max(lost_to, here))
                part = cell[here - start : upto - start]
                n_rows = _walk(
                    part, here, lost_from, lost_to, state, told, base, threshold, old, new, at, x, u, rows, n_rows
                )
                if upto == lost_to:
                    gap += 1
                here = upto
            state[QUIET] = 0
            state[FLAT_N] = 0
            continue
        quiet = high <= top and low >= bottom
        if state[MODE] == IDLE and quiet:
            if _count_quiet(state, sums, ranges, total, np.int64(high) - np.int64(low)):
                base = state[RING_SUM] / (state[RING_N] * size)
                threshold = max(told[TH_LEAST], told[TH_PER_RANGE] * state[RING_RANGE] / state[RING_N])
                top = math.floor(base + threshold)
                bottom = math.ceil(base - threshold)
            continue
        if not quiet:
            n_rows = _walk(cell, start, stop, stop, state, told, base, threshold, old, new, at, x, u, rows, n_rows)
        flat = _level(state, told, start, np.int64(low), np.int64(high), total)
        if state[MODE] == SETTLING and quiet:
            state[MODE] = IDLE
            state[QUIET] = 0
        elif flat and abs(state[FLAT_SUM] / (state[FLAT_N] * size) - base) > threshold:
            if state[MODE] == OPEN and state[FLAT_START] > state[START] + size:
                _emit(state, told, base, threshold, state[FLAT_START], 0, old, new, at, x, u, rows[n_rows])
                n_rows += 1
            state[MODE] = IDLE
            state[QUIET] = 0
            state[FLOOR] = state[FLAT_START]
            spread = state[RING_RANGE] // state[RING_N]
            _restart_ring(state, sums, ranges, state[FLAT_SUM] // state[FLAT_N], spread)
            base = state[RING_SUM] / (state[RING_N] * size)
            top = math.floor(base + threshold)
            bottom = math.ceil(base - threshold)
        elif state[MODE] == OPEN:
            if quiet and state[BACK] < 0:
                mean = total / size - base
                band = 0.15 + 5.0 * told[SIGMA_PER_RANGE] * state[RING_RANGE] / state[RING_N] / math.sqrt(size)
                if abs(mean) <= band:
                    state[BACK] = stop
            if _may_close(state, told, stop):
                _emit(state, told, base, threshold, state[BACK], 1, old, new, at, x, u, rows[n_rows])
                n_rows += 1
                state[MODE] = IDLE
                state[FLOOR] = state[BACK]
                state[QUIET] = 0
            elif stop - state[START] >= told[LONGEST]:
                if max(np.int64(high) - base, base - np.int64(low)) > told[REOPEN] * state[PEAK]:
                    state[CUT] = 1
                _emit(state, told, base, threshold, stop, 0, old, new, at, x, u, rows[n_rows])
                n_rows += 1
                state[MODE] = SETTLING
                state[FLOOR] = stop
    return n_rows


@compiled
def finish_scan(
    old: NDArray[np.int16],
    new: NDArray[np.int16],
    at: int,
    gaps: NDArray[np.int64],
    state: NDArray[np.int64],
    told: NDArray[np.float64],
    x: NDArray[np.float64],
    u: NDArray[np.float64],
    rows: NDArray[np.float64],
) -> int:
    """Look at what is behind the last whole cell and close the pulse that is open; arguments as in `scan`.

    Its tail was not seen to come back; a phase that was still on has lost its end.
    """
    end = at + new.size
    start = state[NEXT]
    base = state[RING_SUM] / (state[RING_N] * told[CELL])
    threshold = max(told[TH_LEAST], told[TH_PER_RANGE] * state[RING_RANGE] / state[RING_N])
    rest = np.empty(max(end - start, 0), np.int16)
    copy_span(old, new, at, start, rest)
    lost_from = end
    lost_to = end
    for gap in range(gaps.shape[0]):
        if gaps[gap, 1] > start and gaps[gap, 0] < lost_from:
            lost_from = gaps[gap, 0]
            lost_to = end  # what follows a loss in the last part of a cell is not looked at
    n_rows = _walk(rest, start, lost_from, lost_to, state, told, base, threshold, old, new, at, x, u, rows, 0)
    if state[MODE] == OPEN:
        back = state[BACK]
        if back < 0 and end - state[LAST] <= _SPLIT_PAUSE:
            state[CUT] = 1
        _emit(
            state, told, base, threshold, back if back >= 0 else end, int(back >= 0), old, new, at, x, u, rows[n_rows]
        )
        n_rows += 1
    state[MODE] = IDLE
    state[NEXT] = end
    return n_rows
