"""Kernels for the baseline: a ring of quiet cells of the same record, and levels that last."""

import math

import numpy as np
from numpy.typing import NDArray

from rig.finder_state import (
    FLAT_HIGH,
    FLAT_LOW,
    FLAT_N,
    FLAT_START,
    FLAT_SUM,
    PENDING_RANGE,
    PENDING_SUM,
    QUIET,
    RING,
    RING_AT,
    RING_N,
    RING_RANGE,
    RING_SUM,
    TOLD_CELL,
    TOLD_LEVEL_CELLS,
    TOLD_SIGMA_PER_RANGE,
    TOLD_TH_LEAST,
    TOLD_TH_PER_RANGE,
)
from sim.compiled import inlined


@inlined
def baseline(state: NDArray[np.int64], told: NDArray[np.float64]) -> float:
    """Mean of the quiet cells in the ring, codes."""
    return state[RING_SUM] / (state[RING_N] * told[TOLD_CELL])


@inlined
def threshold_of(state: NDArray[np.int64], told: NDArray[np.float64]) -> float:
    """Distance from the baseline beyond which a sample is active, codes: it follows the mean range of quiet cells."""
    return max(told[TOLD_TH_LEAST], told[TOLD_TH_PER_RANGE] / state[RING_N] * state[RING_RANGE])


@inlined
def noise_of(state: NDArray[np.int64], told: NDArray[np.float64]) -> float:
    """Rms noise of a sample, codes: from the mean range of quiet cells."""
    return told[TOLD_SIGMA_PER_RANGE] / state[RING_N] * state[RING_RANGE]


@inlined
def band_of(state: NDArray[np.int64], told: NDArray[np.float64]) -> float:
    """Distance from the baseline within which the mean of a cell is back: five standard errors and 0.15 codes."""
    sigma = told[TOLD_SIGMA_PER_RANGE] * state[RING_RANGE] / state[RING_N]
    return 0.15 + 5.0 * sigma / math.sqrt(told[TOLD_CELL])


@inlined
def count_quiet(
    state: NDArray[np.int64], sums: NDArray[np.int64], ranges: NDArray[np.int64], total: int, spread: int
) -> bool:
    """Count a quiet cell; the one before it enters the ring once both of its neighbours were quiet.

    Returns:
        True where one entered.
    """
    state[QUIET] += 1
    entered = state[QUIET] >= 3
    if entered:
        at = state[RING_AT]
        gone_sum = np.int64(0)
        gone_range = np.int64(0)
        if state[RING_N] == RING:
            gone_sum = sums[at]
            gone_range = ranges[at]
        else:
            state[RING_N] += 1
        sums[at] = state[PENDING_SUM]
        ranges[at] = state[PENDING_RANGE]
        state[RING_SUM] += state[PENDING_SUM] - gone_sum
        state[RING_RANGE] += state[PENDING_RANGE] - gone_range
        state[RING_AT] = at + 1 if at + 1 < RING else 0
    state[PENDING_SUM] = total
    state[PENDING_RANGE] = spread
    return entered


@inlined
def follow_level(
    state: NDArray[np.int64],
    told: NDArray[np.float64],
    base: float,
    threshold: float,
    start: int,
    low: int,
    high: int,
    total: int,
) -> bool:
    """Follow cells of one level; True once they have lasted, far enough off, to be a new baseline."""
    low_now = min(low, state[FLAT_LOW])
    high_now = max(high, state[FLAT_HIGH])
    if state[FLAT_N] > 0 and high_now - low_now <= 2.0 * threshold:
        state[FLAT_N] += 1
        state[FLAT_LOW] = low_now
        state[FLAT_HIGH] = high_now
        state[FLAT_SUM] += total
    else:
        state[FLAT_N] = 1 if high - low <= 2.0 * threshold else 0
        state[FLAT_LOW] = low
        state[FLAT_HIGH] = high
        state[FLAT_SUM] = total
        state[FLAT_START] = start
    if state[FLAT_N] < told[TOLD_LEVEL_CELLS]:
        return False
    return abs(state[FLAT_SUM] / (state[FLAT_N] * told[TOLD_CELL]) - base) > threshold


@inlined
def restart_ring(state: NDArray[np.int64], sums: NDArray[np.int64], ranges: NDArray[np.int64]) -> None:
    """Begin anew with the level that has lasted; the noise stays what it was."""
    spread = state[RING_RANGE] // state[RING_N]
    mean_sum = state[FLAT_SUM] // state[FLAT_N]
    sums[0] = mean_sum
    ranges[0] = spread
    state[RING_N] = 1
    state[RING_AT] = 1
    state[RING_SUM] = mean_sum
    state[RING_RANGE] = spread
    state[QUIET] = 0
