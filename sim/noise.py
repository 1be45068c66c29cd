"""Noise as a function of the absolute sample index: no state, so no cut of the time axis can shift it."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from sim.compiled import compiled

INVERSE_NORMAL: Final[NDArray[np.float32]] = ndtri((np.arange(65_536) + 0.5) / 65_536).astype(np.float32)
"""Inverse of the normal distribution at 65 536 mid-points, (65536,), unit variance to 1e-4."""


@compiled
def hash64(x: np.uint64) -> np.uint64:
    """Mix 64 bits so that neighbouring counters give unrelated words.

    Source: Steele, Lea & Flood 2014 (SplitMix64), finaliser variant 13 of Stafford.
    """
    x = np.uint64(x)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@compiled
def normal_at(key: np.uint64, index: int, inverse_normal: NDArray[np.float32]) -> np.float32:
    """Standard normal deviate of sample `index` in the stream `key`: the scaled sum of two table look-ups, |z| < 6.

    Args:
        key: from `Streams.key`.
        index: absolute sample index.
        inverse_normal: `INVERSE_NORMAL`, handed in because a kernel cannot hold a large constant.
    """
    word = hash64(key + np.uint64(index) * np.uint64(0x9E3779B97F4A7C15))
    low = inverse_normal[word & np.uint64(0xFFFF)]
    high = inverse_normal[(word >> np.uint64(20)) & np.uint64(0xFFFF)]
    return (low + high) * np.float32(0.70710678)
