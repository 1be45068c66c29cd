"""Trip exposure: the share of strides whose toes are lower than an unseen obstacle is high (Best and Begg 2008).

PT(h) = P(clearance < h) = F(h). Not a probability of tripping, let alone of falling: the obstacle is given, the foot
does not see it, and nobody knows how often one lies there.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reports.fall_risk.clearance import Estimate, estimate
from reports.fall_risk.obstacles import Obstacles, trips_per_km
from reports.fall_risk.resampling import interval95
from reports.fall_risk.tail import STRIDES_FOR_TAIL, TAIL_RATIO, fitted, share_below


@dataclass(frozen=True, slots=True, eq=False)
class Exposure:
    """F at some heights, with its 95 % band.

    Attributes:
        height_m: (m,) heights, m.
        ratio: (m,) F; NaN where too few strides were walked to say.
        low_ratio: (m,) lower edge of the band.
        high_ratio: (m,) upper edge.
        strides: number of swings behind it.
    """

    height_m: NDArray[np.float64]
    ratio: NDArray[np.float64]
    low_ratio: NDArray[np.float64]
    high_ratio: NDArray[np.float64]
    strides: int


def exposure(clearance_m: NDArray[np.float64], height_m: NDArray[np.float64], rows: NDArray[np.int64]) -> Exposure:
    """Trip exposure at each of `height_m`, with bootstrap intervals.

    With fewer than 300 strides there is no tail: heights of which F is below 5 % have no number.

    Args:
        clearance_m: (n,) minimum toe clearances in stride order, n >= 20, m.
        height_m: (m,) heights, m.
        rows: resamples from `resampling.resamples`.
    """
    ratio = share_below(fitted(clearance_m), height_m)
    low, high = np.percentile(share_below(fitted(clearance_m[rows]), height_m), (2.5, 97.5), axis=0)
    unknown = too_few(clearance_m.size) & (ratio < TAIL_RATIO)
    ratio, low, high = (np.where(unknown, math.nan, values) for values in (ratio, low, high))
    return Exposure(height_m, ratio, low, high, clearance_m.size)


def too_few(strides: int) -> bool:
    """True where the tail of the distribution cannot be told."""
    return strides < STRIDES_FOR_TAIL


def expected_trips(clearance_m: NDArray[np.float64], rows: NDArray[np.int64], obstacles: Obstacles) -> Estimate:
    """Expected trips per km over unseen obstacles, under the prior `obstacles`."""
    return estimate(clearance_m, rows, lambda x: trips_per_km(x, obstacles))


def relative_exposure(
    clearance_m: NDArray[np.float64],
    reference_m: NDArray[np.float64],
    rows: NDArray[np.int64],
    obstacles: Obstacles,
) -> Estimate:
    """Expected trips with the device over those of the same patient without it.

    Both walks have the same strides from the same seed, so that the same resamples of strides are taken of both: what
    they share cancels.

    Args:
        clearance_m: (n,) with the device, m.
        reference_m: (n,) the same strides without it, m.
        rows: resamples.
        obstacles: the prior.
    """
    value = float(trips_per_km(clearance_m, obstacles) / trips_per_km(reference_m, obstacles))
    spread = trips_per_km(clearance_m[rows], obstacles) / trips_per_km(reference_m[rows], obstacles)
    return Estimate(value, interval95(spread))
