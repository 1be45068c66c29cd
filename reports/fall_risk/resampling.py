"""Bootstrap of walks: blocks of neighbouring strides are drawn, because neighbouring strides resemble each other.

Drawing single strides would treat a slow drift (fatigue, adaptation, long memory of gait) as if every stride were new,
and give intervals that are too narrow. The moving block bootstrap keeps the correlation inside a block; how long a
block must be follows from the correlation that the walk itself shows.

Source: Künsch 1989, Annals of Statistics 17:1217 (moving blocks); Politis and White 2004, Econometric Reviews 23:53,
with the correction of Patton, Politis and White 2009, 28:372 (block length).
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.streams import Streams

RESAMPLES: Final = 1000
"""Number of resamples (design choice: 25 lie beyond each end of a 95 % interval)."""

_SIGNIFICANT: Final = 2.0
"""Autocorrelations below 2 sqrt(log10(n)/n) count as none (Politis and White 2004, section 3.2)."""


def block_length(values: NDArray[np.float64]) -> int:
    """Length of the blocks that suits the mean of `values`, (n,) in time order.

    b = (2 G^2 / D)^(1/3) n^(1/3) with G = sum |k| R(k) w(k), D = 4/3 (sum R(k) w(k))^2, R the autocovariance and w the
    flat-top window 1 up to half its width, then falling to 0. Between 1 and min(3 sqrt(n), n/3).
    """
    n = values.size
    deviation = values - np.mean(values)
    variance = float(np.mean(deviation**2))
    if n < 10 or variance <= 1e-24 * float(np.max(np.abs(values))) ** 2:
        return 1
    covariance = np.array([float(deviation[: n - lag] @ deviation[lag:]) / n for lag in range(n // 2)])
    near = max(5, math.ceil(math.sqrt(math.log10(n))))
    small = np.abs(covariance[1:]) < _SIGNIFICANT * math.sqrt(math.log10(n) / n) * variance
    runs = np.convolve(small, np.ones(near), "valid") if small.size >= near else np.empty(0)
    quiet = np.flatnonzero(runs > near - 0.5)
    lags = min(2 * max(int(quiet[0]) if quiet.size else small.size, 1), covariance.size - 1)
    k = np.arange(1, lags + 1)
    window = np.clip(2.0 * (1.0 - k / lags), 0.0, 1.0)
    weighted = window * covariance[1 : lags + 1]
    spectrum = variance + 2.0 * float(weighted.sum())
    bend = 2.0 * float((k * weighted).sum())
    longest = max(1, math.ceil(min(3.0 * math.sqrt(n), n / 3.0)))
    if spectrum <= 0.0:
        return longest
    length = (2.0 * bend**2 / (4.0 / 3.0 * spectrum**2)) ** (1.0 / 3.0) * n ** (1.0 / 3.0)
    return min(max(1, math.ceil(length)), longest)


def block_rows(n: int, block: int, count: int, generator: np.random.Generator) -> NDArray[np.int64]:
    """Rows of `count` moving block resamples of a walk of n strides, (count, n)."""
    starts = generator.integers(0, n - block + 1, size=(count, -(-n // block)))
    rows = starts[:, :, None] + np.arange(block)
    return rows.reshape(count, -1)[:, :n]


def resamples(values: NDArray[np.float64], streams: Streams, count: int = RESAMPLES) -> NDArray[np.int64]:
    """Rows of the resamples of a walk, (count, n); the same walk and seed give the same rows.

    Args:
        values: (n,) what decides the length of the blocks, in stride order.
        streams: of the case; the stream `fall risk` draws.
        count: number of resamples.
    """
    return block_rows(values.size, block_length(values), count, streams.generator("fall risk"))


def interval95(spread: NDArray[np.float64]) -> tuple[float, float]:
    """2.5 and 97.5 % points of the resampled statistic, (count,)."""
    low, high = np.percentile(spread, (2.5, 97.5))
    return float(low), float(high)
