"""Kernel that goes over the samples of one current channel cell by cell.

It looks at whole absolute cells only, so no chunking of the samples can matter. A quiet cell costs its minimum, maximum
and sum; a cell with current in it is walked sample by sample.
"""

import math

import numpy as np
from numpy.typing import NDArray

from rig.finder_level import band_of, baseline, count_quiet, follow_level, restart_ring, threshold_of
from rig.finder_pulse import look
from rig.finder_state import (
    BACK,
    CUT,
    FIRST2,
    FLAT_N,
    FLAT_START,
    FLOOR,
    IDLE,
    LAST,
    MODE,
    NEXT,
    OPEN,
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
    START,
    TOLD_CELL,
    TOLD_LONGEST,
    TOLD_PHASE_GAP,
    TOLD_REOPEN,
    TOLD_TH_LEAST,
    TOLD_TH_PER_RANGE,
)
from rig.finder_walk import Desk, Samples, copy_span, emit, lose, still_on, walk
from sim.compiled import borrowing, inlined


@borrowing
def _skip_quiet(
    new: NDArray[np.int16],
    at: int,
    upto: int,
    state: NDArray[np.int64],
    told: NDArray[np.float64],
    sums: NDArray[np.int64],
    ranges: NDArray[np.int64],
) -> None:
    """Pass over quiet cells that lie in `new` and end at or before `upto`: nearly all of a record.

    The same as `count_quiet` cell by cell, for a ring that is full, with everything in registers. The ring and the cell
    are powers of two, so multiplying by their reciprocals gives the same baseline as dividing.
    """
    size = int(told[TOLD_CELL])
    start = state[NEXT]
    if state[RING_N] < RING:
        return
    per_sample, per_cell = 1.0 / (RING * told[TOLD_CELL]), told[TOLD_TH_PER_RANGE] / RING
    least = told[TOLD_TH_LEAST]
    ring_at, ring_sum, ring_range = state[RING_AT], state[RING_SUM], state[RING_RANGE]
    pending_sum, pending_range, quiet = state[PENDING_SUM], state[PENDING_RANGE], state[QUIET]
    base = ring_sum * per_sample
    threshold = max(least, per_cell * ring_range)
    while start + size <= upto:
        low, high, total = look(new[start - at : start - at + size])
        if high > base + threshold or low < base - threshold:
            break
        quiet += 1
        if quiet >= 3:  # both neighbours of the pending cell were quiet: it counts
            ring_sum += pending_sum - sums[ring_at]
            ring_range += pending_range - ranges[ring_at]
            sums[ring_at] = pending_sum
            ranges[ring_at] = pending_range
            ring_at = ring_at + 1 if ring_at + 1 < RING else 0
            base = ring_sum * per_sample
            threshold = max(least, per_cell * ring_range)
        pending_sum = np.int64(total)
        pending_range = np.int64(high) - np.int64(low)
        start += size
    state[NEXT], state[QUIET] = start, quiet
    state[RING_AT], state[RING_SUM], state[RING_RANGE] = ring_at, ring_sum, ring_range
    state[PENDING_SUM], state[PENDING_RANGE] = pending_sum, pending_range


@borrowing
def _walk_with_losses(
    cell: NDArray[np.int16],
    start: int,
    gaps: NDArray[np.int64],
    gap: int,
    state: NDArray[np.int64],
    told: NDArray[np.float64],
    samples: Samples,
    desk: Desk,
    n_rows: int,
) -> int:
    """Go over a cell of which the spans from ``gaps[gap]`` on are lost; returns the number of rows."""
    base, threshold = baseline(state, told), threshold_of(state, told)
    stop = start + cell.size
    here = start
    while here < stop:
        lost_from = min(gaps[gap, 0], stop) if gap < gaps.shape[0] else stop
        lost_to = min(gaps[gap, 1], stop) if gap < gaps.shape[0] else stop
        if here < lost_from:
            part = cell[here - start : lost_from - start]
            n_rows = walk(part, here, state, told, base, threshold, samples, desk, n_rows)
        if lost_from < lost_to:
            n_rows = lose(state, told, base, threshold, max(lost_from, here), lost_to, samples, desk, n_rows)
        gap += 1
        here = lost_to
    state[QUIET] = 0
    state[FLAT_N] = 0
    return n_rows


@inlined
def _close(
    state: NDArray[np.int64],
    told: NDArray[np.float64],
    base: float,
    threshold: float,
    stop: int,
    size: float,
    back: int,
    samples: Samples,
    desk: Desk,
    n_rows: int,
) -> int:
    """Close the open pulse if it is complete or has lasted too long; returns the number of rows.

    Args:
        state: what is remembered.
        told: settings.
        base: baseline.
        threshold: of active samples.
        stop: end of the cell just seen.
        size: largest distance from the baseline in it.
        back: 1 where the cell was quiet and its mean back at the baseline.
        samples: at hand.
        desk: to work on.
        n_rows: rows so far.
    """
    if back == 1 and state[BACK] < 0:
        state[BACK] = stop
    complete = state[FIRST2] >= 0 or stop - state[LAST] > told[TOLD_PHASE_GAP]
    if state[BACK] >= 0 and complete:
        n_rows = emit(state, told, base, threshold, state[BACK], 1, samples, desk, n_rows)
        state[MODE] = IDLE
        state[FLOOR] = state[BACK]
        state[QUIET] = 0
    elif stop - state[START] >= told[TOLD_LONGEST]:
        if size > told[TOLD_REOPEN] * state[PEAK]:
            state[CUT] = 1
        n_rows = emit(state, told, base, threshold, stop, 0, samples, desk, n_rows)
        state[MODE] = SETTLING
        state[FLOOR] = stop
    return n_rows


@inlined
def _look_closely(
    cell: NDArray[np.int16],
    start: int,
    state: NDArray[np.int64],
    told: NDArray[np.float64],
    sums: NDArray[np.int64],
    ranges: NDArray[np.int64],
    samples: Samples,
    desk: Desk,
    n_rows: int,
) -> int:
    """A whole cell that is not known to be quiet; returns the number of rows."""
    base, threshold = baseline(state, told), threshold_of(state, told)
    stop = start + cell.size
    low, high, total = look(cell)
    quiet = high <= math.floor(base + threshold) and low >= math.ceil(base - threshold)
    if state[MODE] == IDLE and quiet:
        count_quiet(state, sums, ranges, int(total), int(high) - int(low))
        return n_rows
    if not quiet:
        n_rows = walk(cell, start, state, told, base, threshold, samples, desk, n_rows)
    if follow_level(state, told, base, threshold, start, int(low), int(high), int(total)):
        if state[MODE] == OPEN and state[FLAT_START] > state[START] + cell.size:
            n_rows = emit(state, told, base, threshold, state[FLAT_START], 0, samples, desk, n_rows)
        state[MODE] = IDLE
        state[FLOOR] = state[FLAT_START]
        restart_ring(state, sums, ranges)
    elif state[MODE] == OPEN:
        size = max(int(high) - base, base - int(low))
        mean = total / cell.size - base
        back = 1 if quiet and abs(mean) <= band_of(state, told) else 0
        n_rows = _close(state, told, base, threshold, stop, size, back, samples, desk, n_rows)
    elif state[MODE] == SETTLING and quiet:
        state[MODE] = IDLE
        state[QUIET] = 0
    return n_rows


@borrowing
def scan(
    samples: Samples,
    gaps: NDArray[np.int64],
    state: NDArray[np.int64],
    told: NDArray[np.float64],
    sums: NDArray[np.int64],
    ranges: NDArray[np.int64],
    patch: NDArray[np.int16],
    desk: Desk,
) -> int:
    """Look at every whole cell that is there.

    Args:
        samples: at hand.
        gaps: (g, 2) spans of lost samples, rising.
        state: what is remembered (`rig.finder_state`).
        told: settings in samples and codes.
        sums: (64,) ring of sums of quiet cells.
        ranges: (64,) ring of their ranges.
        patch: (cell,) scratch for a cell that lies in both arrays of `samples`.
        desk: to work on.

    Returns:
        Number of rows; fewer cells than there are were looked at where the rows might have overflowed.
    """
    size = int(told[TOLD_CELL])
    new, at = samples.new, samples.at
    end = at + new.size
    n_rows = 0
    gap = 0
    while n_rows + size < desk.rows.shape[0]:
        while gap < gaps.shape[0] and gaps[gap, 1] <= state[NEXT]:
            gap += 1
        next_loss = gaps[gap, 0] if gap < gaps.shape[0] else end
        if state[MODE] == IDLE and state[NEXT] >= at:
            _skip_quiet(new, at, min(end, next_loss), state, told, sums, ranges)
        start = state[NEXT]
        if start + size > end:
            break
        state[NEXT] = start + size
        if start < at:
            copy_span(samples, start, patch)
            cell = patch
        else:
            cell = new[start - at : start - at + size]
        if next_loss < start + size:
            n_rows = _walk_with_losses(cell, start, gaps, gap, state, told, samples, desk, n_rows)
        else:
            n_rows = _look_closely(cell, start, state, told, sums, ranges, samples, desk, n_rows)
    return n_rows


@borrowing
def finish_scan(
    samples: Samples,
    gaps: NDArray[np.int64],
    state: NDArray[np.int64],
    told: NDArray[np.float64],
    patch: NDArray[np.int16],
    desk: Desk,
) -> int:
    """Look at what is behind the last whole cell and close the pulse that is open; arguments as in `scan`.

    Its tail was not seen to come back; a phase that was still on has lost its end.
    """
    end = samples.at + samples.new.size
    start = state[NEXT]
    rest = patch[: max(end - start, 0)]
    copy_span(samples, start, rest)
    gap = 0
    while gap < gaps.shape[0] and gaps[gap, 1] <= start:
        gap += 1
    n_rows = _walk_with_losses(rest, start, gaps, gap, state, told, samples, desk, 0)
    if state[MODE] == OPEN:
        base, threshold = baseline(state, told), threshold_of(state, told)
        back = state[BACK]
        if back < 0 and still_on(state, end):
            state[CUT] = 1
        n_rows = emit(state, told, base, threshold, back if back >= 0 else end, int(back >= 0), samples, desk, n_rows)
    state[MODE] = IDLE
    state[NEXT] = end
    return n_rows
