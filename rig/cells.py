"""Cells: the fixed 256-sample grid on which the finder looks for quiet and the record sums it up."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.compiled import compiled, inlined

CELL_S: Final = 256e-6
"""Length of a cell at 1 MS/s, s; elsewhere the next power of two of samples (32 at 100 kS/s)."""

_INT32_SQUARES: Final = 1 << 31


def cell_samples(rate_hz: float) -> int:
    """Samples in a cell: the smallest power of two that lasts at least 256 us."""
    cell = 1
    while cell / rate_hz < CELL_S * (1 - 1e-9):
        cell *= 2
    return cell


@inlined
def _extremes(samples: NDArray[np.int16]) -> tuple[np.int16, np.int16, np.int32]:
    """Minimum, maximum and sum of at most 65 536 samples."""
    low = samples[0]
    high = samples[0]
    total = np.int32(0)
    for i in range(samples.size):
        x = samples[i]
        low = x if x < low else low  # noqa: FURB136  min() widens to 64 bits
        high = x if x > high else high  # noqa: FURB136
        total = np.int32(total + np.int32(x))
    return low, high, total


@inlined
def _squares_small(samples: NDArray[np.int16]) -> np.int32:
    """Sum of squares that is known to fit 32 bits."""
    total = np.int32(0)
    for i in range(samples.size):
        x = np.int32(samples[i])
        total = np.int32(total + np.int32(x * x))
    return total


@inlined
def _squares(samples: NDArray[np.int16]) -> np.int64:
    """Sum of squares of any samples."""
    total = np.int64(0)
    for i in range(samples.size):
        x = np.int64(samples[i])
        total += x * x
    return total


@compiled
def cell_statistics(
    samples: NDArray[np.int16],
    first: NDArray[np.int64],
    last: NDArray[np.int64],
    minimum: NDArray[np.int16],
    maximum: NDArray[np.int16],
    total: NDArray[np.int64],
    squares: NDArray[np.int64],
) -> None:
    """Statistics of spans ``samples[first[j]:last[j]]``, none of them empty, into row j of the outputs.

    Quiet cells hold small numbers, so their squares are summed in 32 bits (four times as many lanes); a cell whose
    peak could overflow them takes the slow road.

    Args:
        samples: (n,) converter codes.
        first: (m,) first index of each span.
        last: (m,) end of each span, not included.
        minimum: (m,) out.
        maximum: (m,) out.
        total: (m,) out, sum.
        squares: (m,) out, sum of squares.
    """
    for j in range(first.size):
        span = samples[first[j] : last[j]]
        low, high, sums = _extremes(span)
        minimum[j] = low
        maximum[j] = high
        total[j] = sums
        peak = max(-np.int64(low), np.int64(high))
        if peak * peak * span.size < _INT32_SQUARES:
            squares[j] = _squares_small(span)
        else:
            squares[j] = _squares(span)


@compiled
def fill_cells(
    out: NDArray[np.int16],
    first: NDArray[np.int64],
    count: NDArray[np.int64],
    minimum: NDArray[np.int16],
    maximum: NDArray[np.int16],
    total: NDArray[np.int64],
) -> None:
    """Samples that have the given statistics: what a reader shows where only the statistics were kept.

    Span j of `out` gets one sample at the minimum, one at the maximum, and the rest spread so that the sum is exact.
    A finder that looks at minimum, maximum and sum of quiet cells cannot tell it from the samples that were there.

    Args:
        out: (n,) codes to fill.
        first: (m,) first index of each span.
        count: (m,) samples in it.
        minimum: (m,) codes.
        maximum: (m,) codes.
        total: (m,) sum of the codes.
    """
    for j in range(first.size):
        n = count[j]
        start = first[j]
        if n == 1:
            out[start] = minimum[j]
            continue
        out[start] = minimum[j]
        out[start + 1] = maximum[j]
        rest = total[j] - np.int64(minimum[j]) - np.int64(maximum[j])
        slots = n - 2
        if slots == 0:
            continue
        base = rest // slots
        extra = rest - base * slots
        for i in range(slots):
            out[start + 2 + i] = base + (1 if i < extra else 0)
