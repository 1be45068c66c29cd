"""Unseen obstacles: how high they are, how often they lie in the way, and how often the toes would meet one.

    expected trips per km = lambda * integral p(h) F(h) dh,   p(h) = exp(-h/m)/m

With an exponential height of mean m the integral is the mean of exp(-c/m) over the strides, c the clearance (0 where
the toes are in the ground): no distribution has to be fitted. lambda counts obstacles per km in the path of the foot;
the number of strides per km cancels against the obstacles per stride.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

HEIGHTS_M: Final = (0.005, 0.010, 0.015, 0.020)
"""Heights that reports tabulate: pavement lips are up to 20 mm."""

FALLS_PER_TRIP: Final = (("young adults", 0.05), ("older adults", 0.15), ("after a stroke", 0.25))
"""Design parameters, printed so that a reader can see what this page does not use: no outcome is multiplied by them."""


@dataclass(frozen=True, slots=True)
class Obstacles:
    """What may lie in the way (design choice, for comparison only).

    Attributes:
        mean_height_m: mean of the exponential distribution of heights, m.
        spacing_m: mean way between two obstacles, m (5 per 100 m).
    """

    mean_height_m: float = 0.008
    spacing_m: float = 20.0

    @property
    def per_km(self) -> float:
        """Obstacles per km of way."""
        return 1000.0 / self.spacing_m


def met_ratio(clearance_m: NDArray[np.float64], obstacles: Obstacles) -> NDArray[np.float64]:
    """Chance that one unseen obstacle is met, mean over the last axis of `clearance_m`, (..., n): (...,)."""
    return np.mean(np.exp(-np.maximum(clearance_m, 0.0) / obstacles.mean_height_m), axis=-1)


def trips_per_km(clearance_m: NDArray[np.float64], obstacles: Obstacles) -> NDArray[np.float64]:
    """Expected trips over unseen obstacles per km, of one foot, (...,)."""
    return obstacles.per_km * met_ratio(clearance_m, obstacles)
