"""Kernel that measures the pulses of a cell that `rig.finder_walk` has set aside, while their samples are at hand."""

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rig.finder_pulse import measure_pulse
from rig.finder_shape import write_peaks
from rig.finder_state import (
    SPAN_CUT,
    SPAN_DONE,
    SPAN_END,
    SPAN_FIRST2,
    SPAN_FLOOR,
    SPAN_LAST1,
    SPAN_LAST2,
    SPAN_SIGN,
    SPAN_START,
    TOLD_A,
    TOLD_DELAY,
    TOLD_KEEP,
    TOLD_MEDIAN,
)
from rig.finder_window import (
    BASELINE,
    CHARGE1,
    CHARGE2,
    CLIPPED,
    DROOP,
    END,
    GAP_S,
    NET,
    PEAK,
    PEAK1,
    PEAK2,
    PHASE1_A,
    PHASE1_S,
    PHASE2_A,
    PHASE2_S,
    RISE,
    SQUARE,
    TAIL_DONE,
    T,
    Window,
    extremes,
)
from sim.compiled import borrowing, inlined

PRE: Final = 8
"""Samples of the charge window before the first active one."""
_TOP: Final = 32_767
_BOTTOM: Final = -32_768


class Samples(NamedTuple):
    """The samples that are at hand: `old` ends where `new` begins, at absolute index `at`."""

    old: NDArray[np.int16]
    new: NDArray[np.int16]
    at: int


class Desk(NamedTuple):
    """Arrays to work on: pulses of a cell that wait, the samples of one, the rows found, and a cell put together."""

    spans: NDArray[np.int64]
    codes: NDArray[np.int16]
    rows: NDArray[np.float64]
    patch: NDArray[np.int16]


@borrowing
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
    low, high = extremes(codes)
    return bool(high >= _TOP or low <= _BOTTOM)


@inlined
def _withhold(row: NDArray[np.float64], clipped1: bool, clipped2: bool) -> None:
    """Take back what clipped samples went into."""
    if clipped1 or clipped2:
        row[GAP_S] = np.nan
        row[NET] = np.nan
        row[SQUARE] = np.nan
        row[PEAK] = np.nan
    if clipped1:
        row[PHASE1_A] = np.nan
        row[PHASE1_S] = np.nan
        row[CHARGE1] = np.nan
        row[PEAK1] = np.nan
        row[RISE] = np.nan
        row[DROOP] = np.nan
    if clipped2:
        row[PHASE2_A] = np.nan
        row[PHASE2_S] = np.nan
        row[CHARGE2] = np.nan
        row[PEAK2] = np.nan


@borrowing
def measure_span(
    span: NDArray[np.int64],
    told: NDArray[np.float64],
    base: float,
    threshold: float,
    sigma: float,
    samples: Samples,
    desk: Desk,
    row: NDArray[np.float64],
) -> None:
    """Measure one pulse that was set aside.

    Args:
        span: (9,) where it lies (`rig.finder_state`).
        told: settings.
        base: baseline when it was set aside, codes.
        threshold: of active samples then.
        sigma: rms noise of a sample then, codes.
        samples: at hand.
        desk: to work on.
        row: (21,) out.
    """
    end = span[SPAN_END]
    first = max(span[SPAN_START] - PRE - 1, span[SPAN_FLOOR] - 1, samples.at - samples.old.size)
    n = min(end - first, desk.codes.size)
    codes = desk.codes[:n]
    copy_span(samples, first, codes)
    one_phase = span[SPAN_FIRST2] < 0
    split = n if one_phase else min(span[SPAN_FIRST2] - first, n)
    clipped1, clipped2 = _clipped(codes[:split]), _clipped(codes[split:])
    for field in range(row.size):
        row[field] = np.nan
    row[BASELINE] = base
    row[CLIPPED] = 1.0 if clipped1 or clipped2 or span[SPAN_CUT] != 0 else 0.0
    row[TAIL_DONE] = span[SPAN_DONE]
    row[END] = end - 1
    if span[SPAN_CUT] == 0:
        a, keep = told[TOLD_A], told[TOLD_KEEP]
        gain = 1.0 / (1.0 - keep)
        noise = 0.5 * threshold * gain * math.sqrt(1.0 + keep * keep)
        window = Window(codes, n, base, a, keep, gain, told[TOLD_DELAY], noise)
        measure_pulse(
            window,
            max(span[SPAN_START] - 3 - first, 1),
            min(span[SPAN_LAST1] + 3 - first, n if one_phase else split + 1),
            -1 if one_phase else split - 1,
            min(span[SPAN_LAST2] + 3 - first, n),
            float(span[SPAN_SIGN]),
            sigma,
            row,
        )
        write_peaks(codes, base, float(span[SPAN_SIGN]), not one_phase, int(told[TOLD_MEDIAN]), row)
        row[T] += first
        _withhold(row, clipped1, clipped2)
    if span[SPAN_CUT] != 0 or clipped1:
        row[T] = span[SPAN_START] - 1.0  # the first sample beyond the threshold is not clipped
    row[T] = max(row[T], float(span[SPAN_START] - PRE))
