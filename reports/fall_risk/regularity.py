"""How regular steps are: coefficient of variation, and the exponent of detrended fluctuation analysis.

Stride times of this model are drawn beforehand: both numbers restate parameters of the patient, and no device moves
them. They are reported so that they can be held against published ones, and become outcomes where the walk is recorded
from a person.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.gait.variability import fractal_noise
from sim.streams import Streams

STRIDES_FOR_CV: Final = 100
STRIDES_FOR_ALPHA: Final = 256
STRIDES_FOR_FULL_ALPHA: Final = 512
"""Strides that a coefficient of variation needs, and an exponent (at least, and in full); model.md 6.1."""

_MADS: Final = 3.0
_NORMAL_MAD: Final = 1.4826
"""Median absolute deviation of a normal distribution times this is its standard deviation."""

_SMALLEST_WINDOW: Final = 4
_WINDOWS: Final = 24
_REPLICAS: Final = 200


def cleaned(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values within the median -+ 3 MAD, the MAD scaled to a standard deviation (model.md 6.1)."""
    middle = float(np.median(values))
    spread = _NORMAL_MAD * float(np.median(np.abs(values - middle)))
    return values[np.abs(values - middle) <= _MADS * spread] if spread > 0.0 else values


def variation_ratio(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Coefficient of variation SD/mean over the last axis, as a ratio."""
    return np.std(values, axis=-1, ddof=1) / np.mean(values, axis=-1)


@dataclass(frozen=True, slots=True, eq=False)
class Fluctuations:
    """Detrended fluctuation analysis of a walk.

    Attributes:
        alpha: slope of log F against log n: 0.5 without memory, above it with memory, 1.5 for a random walk.
        windows: (m,) window lengths n, strides.
        left_over_value: (m,) fluctuation F(n), in the unit of the values.
        full: False for a walk of fewer than 512 strides.
    """

    alpha: float
    windows: NDArray[np.int64]
    left_over_value: NDArray[np.float64]
    full: bool


def fluctuations(values: NDArray[np.float64]) -> Fluctuations:
    """Detrended fluctuation analysis of `values`, (n,) in time order: windows of 4 to n/4, straight trends.

    The values less their mean are summed; in windows of equal length, laid from both ends, the straight trend is taken
    out; F(n) is the root mean square of what is left.

    Source: Peng 1994, Phys Rev E 49:1685; Kantelhardt 2002, Physica A 316:87 (both ends).
    """
    n = values.size
    windows = np.unique(np.geomspace(_SMALLEST_WINDOW, n // 4, _WINDOWS).astype(np.int64))
    profile = np.cumsum(values - np.mean(values))
    left_over_value = np.array([_left_over(profile, int(window)) for window in windows])
    alpha = float(np.polyfit(np.log(windows), np.log(left_over_value), 1)[0])
    return Fluctuations(alpha, windows, left_over_value, n >= STRIDES_FOR_FULL_ALPHA)


def _left_over(profile: NDArray[np.float64], window: int) -> float:
    """Root mean square of the profile in windows of `window` strides without their straight trends."""
    whole = profile.size // window * window
    parts = np.concatenate((profile[:whole], profile[profile.size - whole :])).reshape(-1, window)
    x = np.arange(window) - 0.5 * (window - 1)
    centred = parts - parts.mean(axis=1, keepdims=True)
    slope = centred @ x / float(x @ x)
    return float(np.sqrt(np.mean((centred - slope[:, None] * x) ** 2)))


def alpha_interval95(alpha: float, n: int, streams: Streams) -> tuple[float, float]:
    """Where the analysis of n strides with true exponent `alpha` comes out in 95 % of cases, moved onto the estimate.

    Noise with long memory has no blocks that are nearly independent, so that a block bootstrap would be wrong; instead
    200 walks of the same length are drawn with 1/f^b noise, b = 2 alpha - 1.
    """
    generator = streams.generator("fall risk.memory")
    again = [fluctuations(fractal_noise(n, min(max(alpha, 0.0), 1.5), generator)).alpha for _ in range(_REPLICAS)]
    low, high = np.percentile(again, (2.5, 97.5))
    middle = float(np.median(again))
    return alpha + float(low) - middle, alpha + float(high) - middle
