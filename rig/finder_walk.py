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
    SETTLING,
    SIGN,
    START,
    TOLD_A,
    TOLD_CLOSING_GAP,
    TOLD_DELAY,
    TOLD_REOPEN,
)
from sim.compiled import compiled

PRE: Final = 8
"""Samples of the charge window before the first active one."""
_SPLIT_PAUSE: Final = 3
_TOP: Final = 32_767
_BOTTOM: Final = -32_768


class Samples(NamedTuple):
    """The samples that are at hand: `old` ends where `new` begins, at absolute index `at`."""

    old: NDArray[np.int16]
    new: NDArray[np.int16]
    at: int


class Desk(NamedTuple):
    """Arrays to work on: samples of a pulse above the baseline, the same with the filter undone, rows found."""

    x: NDArray[np.float64]
    u: NDArray[np.float64]
    rows: NDArray[np.float64]


@compiled
def copy_span(samples: Samples, start: int, out: NDArray[np.int16]) -> None:
    """Copy samples ``start .. start + out.size`` into `out`."""
    old, new = samples.old, samples.new
    for k in range(out.size):
        i = start + k - samples.at
        out[k] = new[i] if i >= 0 else old[old.size + i]


@compiled
def _load(samples: Samples, first: int, n: int, split: int, base: float, x: NDArray[np.float64]) -> tuple[bool, bool]:
    """Samples ``first .. first + n`` above the baseline into `x`; was one clipped before, and from `split` on?"""
    old, new = samples.old, samples.new
    before = False
    behind = False
    for k in range(n):
        i = first + k - samples.at
        code = new[i] if i >= 0 else old[old.size + i]
        if code >= _TOP or code <= _BOTTOM:
            before = before or first + k < split
            behind = behind or first + k >= split
        x[k] = code - base
    return before, behind


@compiled
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


@compiled
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
    n = min(end - first, desk.x.size)
    one_phase = state[FIRST2] < 0
    clipped1, clipped2 = _load(samples, first, n, end if one_phase else state[FIRST2], base, desk.x)
    row[:] = np.nan
    row[BASELINE] = base
    row[CLIPPED] = 1.0 if clipped1 or clipped2 or state[CUT] != 0 else 0.0
    row[TAIL_DONE] = done
    row[END] = end - 1
    if state[CUT] == 0:
        start2 = -1 if one_phase else state[FIRST2] - 1 - first
        measure_pulse(
            desk.x,
            desk.u,
            n,
            max(state[START] - 3 - first, 1),
            min(state[LAST1] + 3 - first, n if one_phase else start2 + 2),
            start2,
            min(state[LAST2] + 3 - first, n),
            float(state[SIGN]),
            told[TOLD_A],
            told[TOLD_DELAY],
            0.5 * threshold,
            row,
        )
        row[T] += first
        _withhold(row, clipped1, clipped2)
    if state[CUT] != 0 or clipped1:
        row[T] = state[START] - 1.0  # the first sample beyond the threshold is not clipped
    row[T] = max(row[T], float(state[START] - PRE))
    return n_rows + 1


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
    if size <= told[TOLD_REOPEN] * state[PEAK]:
        return False
    pause = i - state[LAST] - 1
    if state[FIRST2] < 0:
        return sign == state[SIGN] and pause > _SPLIT_PAUSE
    return sign == state[SIGN] or pause > told[TOLD_CLOSING_GAP]


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
def walk(
    cell: NDArray[np.int16],
    start: int,
    lost_from: int,
    lost_to: int,
    state: NDArray[np.int64],
    told: NDArray[np.float64],
    base: float,
    threshold: float,
    samples: Samples,
    desk: Desk,
    n_rows: int,
) -> int:
    """Go over `cell`, whose first sample is `start`; samples in [lost_from, lost_to) are not there.

    Returns:
        The number of rows.
    """
    top = math.floor(base + threshold)
    bottom = math.ceil(base - threshold)
    for k in range(cell.size):
        i = start + k
        if lost_from <= i < lost_to:
            if state[MODE] == OPEN:
                state[CUT] = 1
                n_rows = emit(state, told, base, threshold, i, 0, samples, desk, n_rows)
            state[MODE] = IDLE
            state[ORIGIN] = lost_to
            state[FLOOR] = lost_to
            continue
        code = int(cell[k])
        if bottom <= code <= top:
            continue
        sign = 1 if code > top else -1
        size = int(abs(code - base))
        if state[MODE] == IDLE or (state[MODE] == SETTLING and size > told[TOLD_REOPEN] * state[PEAK]):
            _open(state, i, sign, size)
        elif state[MODE] == OPEN and _begins_new(state, told, i, sign, size):
            end = max(i - PRE, state[LAST] + 1)
            n_rows = emit(state, told, base, threshold, end, 0, samples, desk, n_rows)
            state[FLOOR] = end
            _open(state, i, sign, size)
        elif state[MODE] == OPEN:
            _grow(state, i, sign, size)
    return n_rows


@compiled
def still_on(state: NDArray[np.int64], end: int) -> bool:
    """True where the record ends at `end` while the open pulse still flows."""
    return end - state[LAST] <= _SPLIT_PAUSE
