"""Kernel that goes over the samples of one current channel cell by cell.

It looks at whole absolute cells only, so no chunking of the samples can matter. A quiet cell costs its minimum, maximum
and sum; a cell with current in it is walked sample by sample.
"""

import math

import numpy as np
from numpy.typing import NDArray

from rig.finder_level import band_of, baseline, count_quiet, follow_level, noise_of, restart_ring, threshold_of
from rig.finder_measure import Desk, Samples, copy_span, measure_span
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
    SPAN_DONE,
    SPANS,
    START,
    TOLD_CELL,
    TOLD_LONGEST,
    TOLD_PHASE_GAP,
    TOLD_REOPEN,
    TOLD_TH_LEAST,
    TOLD_TH_PER_RANGE,
)
from rig.finder_walk import lose, set_aside, still_on, walk
from rig.finder_window import look
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
    gap: int | np.int64,
    state: NDArray[np.int64],
    told: NDArray[np.float64],
    base: float,
    threshold: float,
    spans: NDArray[np.int64],
) -> None:
    """Go over a cell of which the spans from ``gaps[gap]`` on are lost."""
    stop = start + cell.size
    here = start
    while here < stop:
        lost_from = min(gaps[gap, 0], stop) if gap < gaps.shape[0] else stop
        lost_to = min(gaps[gap, 1], stop) if gap < gaps.shape[0] else stop
        if here < lost_from:
            walk(cell[here - start : lost_from - start], here, state, told, base, threshold, spans)
        if lost_from < lost_to:
            lose(state, max(lost_from, here), lost_to, spans)
        gap += 1
        here = lost_to
    state[QUIET] = 0
    state[FLAT_N] = 0


@inlined
def _close(
    state: NDArray[np.int64],
    told: NDArray[np.float64],
    stop: int,
    size: float,
    back: bool,
    spans: NDArray[np.int64],
) -> None:
    """Close the open pulse if it is complete or has lasted too long.

    Args:
        state: what is remembered.
        told: settings.
        stop: end of the cell just seen.
        size: largest distance from the baseline in it.
        back: the cell was quiet and its mean back at the baseline.
        spans: pulses that wait.
    """
    if back and state[BACK] < 0:
        state[BACK] = stop
    complete = state[FIRST2] >= 0 or stop - state[LAST] > told[TOLD_PHASE_GAP]
    if state[BACK] >= 0 and complete:
        set_aside(state, spans, state[BACK])
        spans[state[SPANS] - 1, SPAN_DONE] = 1
        state[MODE] = IDLE
        state[FLOOR] = state[BACK]
        state[QUIET] = 0
    elif stop - state[START] >= told[TOLD_LONGEST]:
        if size > told[TOLD_REOPEN] * state[PEAK]:
            state[CUT] = 1
        set_aside(state, spans, stop)
        state[MODE] = SETTLING
        state[FLOOR] = stop


@borrowing
def _look_closely(
    cell: NDArray[np.int16],
    start: int,
    state: NDArray[np.int64],
    told: NDArray[np.float64],
    base: float,
    threshold: float,
    sums: NDArray[np.int64],
    ranges: NDArray[np.int64],
    spans: NDArray[np.int64],
) -> None:
    """A whole cell that is not known to be quiet."""
    stop = start + cell.size
    low, high, total = look(cell)
    quiet = high <= math.floor(base + threshold) and low >= math.ceil(base - threshold)
    if state[MODE] == IDLE and quiet:
        count_quiet(state, sums, ranges, int(total), int(high) - int(low))
        return
    if not quiet:
        walk(cell, start, state, told, base, threshold, spans)
    if follow_level(state, told, base, threshold, start, int(low), int(high), int(total)):
        if state[MODE] == OPEN and state[FLAT_START] > state[START] + cell.size:
            set_aside(state, spans, state[FLAT_START])
        state[MODE] = IDLE
        state[FLOOR] = state[FLAT_START]
        restart_ring(state, sums, ranges)
    elif state[MODE] == OPEN:
        size = max(int(high) - base, base - int(low))
        mean = total / cell.size - base
        _close(state, told, stop, size, bool(quiet and abs(mean) <= band_of(state, told)), spans)
    elif state[MODE] == SETTLING and quiet:
        state[MODE] = IDLE
        state[QUIET] = 0


@inlined
def _end(state: NDArray[np.int64], end: int, spans: NDArray[np.int64]) -> None:
    """Close the pulse that is open at the end of the record.

    Its tail was not seen to come back; a phase that was still on has lost its end.
    """
    if state[MODE] == OPEN:
        back = state[BACK]
        if back < 0 and still_on(state, end):
            state[CUT] = 1
        set_aside(state, spans, back if back >= 0 else end)
        spans[state[SPANS] - 1, SPAN_DONE] = int(back >= 0)
    state[MODE] = IDLE
    state[NEXT] = end


@borrowing
def scan(
    samples: Samples,
    gaps: NDArray[np.int64],
    state: NDArray[np.int64],
    told: NDArray[np.float64],
    sums: NDArray[np.int64],
    ranges: NDArray[np.int64],
    desk: Desk,
    last: bool,
) -> int:
    """Look at every whole cell that is there.

    Args:
        samples: at hand.
        gaps: (g, 2) spans of lost samples, rising.
        state: what is remembered (`rig.finder_state`).
        told: settings in samples and codes.
        sums: (64,) ring of sums of quiet cells.
        ranges: (64,) ring of their ranges.
        desk: to work on.
        last: these are the last samples; what is behind the last whole cell is looked at too, and the pulse that is
            open is closed.

    Returns:
        Number of rows; fewer cells than there are were looked at where the rows might have overflowed.
    """
    size = int(told[TOLD_CELL])
    new, at, spans, patch = samples.new, samples.at, desk.spans, desk.patch
    end = at + new.size
    n_rows = 0
    gap = np.int64(0)  # a bare 0 is a type of its own to numba: it would compile the callee twice
    while n_rows + spans.shape[0] < desk.rows.shape[0]:
        while gap < gaps.shape[0] and gaps[gap, 1] <= state[NEXT]:
            gap += 1
        next_loss = gaps[gap, 0] if gap < gaps.shape[0] else end
        if state[MODE] == IDLE and state[NEXT] >= at:
            _skip_quiet(new, at, min(end, next_loss), state, told, sums, ranges)
        start = state[NEXT]
        whole = start + size <= end
        if not whole and not last:
            break
        stop = start + size if whole else max(start, end)
        state[NEXT] = stop
        if start < at:
            cell = patch[: stop - start]
            copy_span(samples, start, cell)
        else:
            cell = new[start - at : stop - at]
        base, threshold, sigma = baseline(state, told), threshold_of(state, told), noise_of(state, told)
        state[SPANS] = 0
        if whole and next_loss >= stop:
            _look_closely(cell, start, state, told, base, threshold, sums, ranges, spans)
        else:
            _walk_with_losses(cell, start, gaps, gap, state, told, base, threshold, spans)
        if not whole:
            _end(state, end, spans)
        for k in range(state[SPANS]):
            measure_span(spans[k], told, base, threshold, sigma, samples, desk, desk.rows[n_rows])
            n_rows += 1
        if not whole:
            break
    return n_rows
