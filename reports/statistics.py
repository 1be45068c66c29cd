"""How sure a share, a mean or a percentile is: exact binomial, Student and order-statistic intervals."""

import math

import numpy as np
from numpy.typing import NDArray

from scenarios.binomial import samples_needed, share_lower_bound, share_upper_bound

__all__ = [
    "mean_interval",
    "percentile",
    "percentile_interval",
    "samples_needed",
    "share_lower_bound",
    "share_upper_bound",
]


def mean_interval(
    values: NDArray[np.float64], confidence: float = 0.95, effective: float | None = None
) -> tuple[float, float]:
    """Two-sided t-interval of the mean: mean -+ t(n_eff - 1) s/sqrt(n_eff). One value bounds nothing: (-inf, inf).

    Args:
        values: (n,).
        confidence: of the interval.
        effective: number of independent samples that say as much about the mean (`reports.correlation.effective_n`);
            n where the samples are independent. The mean of a stationary sequence has the variance
            ``s^2 (1 + 2 sum rho)/n = s^2/n_eff`` (Geyer 1992, eq. 2.1).
    """
    from scipy.special import stdtrit

    n = values.size
    worth = float(n) if effective is None else effective
    if n < 2 or worth <= 1.0:
        return -math.inf, math.inf
    half = float(stdtrit(worth - 1.0, 0.5 * (1.0 + confidence))) * float(np.std(values, ddof=1)) / math.sqrt(worth)
    return float(np.mean(values)) - half, float(np.mean(values)) + half


def percentile_interval(
    values: NDArray[np.float64], ratio: float = 0.95, confidence: float = 0.95
) -> tuple[float, float]:
    """Distribution-free two-sided interval of a percentile from order statistics.

    The number of samples at or below the percentile is binomial (n, `ratio`); the interval runs from the largest x(r)
    with P(B < r) <= a/2 to the smallest x(s) with P(B >= s) <= a/2, a = 1 - confidence. Where no such rank exists the
    bound is infinite: 72 samples bound a 95th percentile from above.

    Source: David and Nagaraja 2003, Order Statistics, section 7.1.
    """
    from scipy.special import bdtr

    n = values.size
    half = 0.5 * (1.0 - confidence)
    if n == 0:
        return -math.inf, math.inf
    ordered = np.sort(values)
    below = bdtr(np.arange(n, dtype=np.float64), n, ratio)  # P(B <= k), k = 0..n-1
    ranks_low = np.flatnonzero(below <= half)  # rank r = k + 1 has P(B < r) = P(B <= k)
    ranks_high = np.flatnonzero(1.0 - below <= half)  # rank s = k + 1 has P(B >= s) = 1 - P(B <= k)
    low = float(ordered[ranks_low[-1]]) if ranks_low.size else -math.inf
    high = float(ordered[ranks_high[0]]) if ranks_high.size else math.inf
    return low, high


def percentile(values: NDArray[np.float64], ratio: float) -> float:
    """Percentile as the order statistic of rank ceil(n ratio): a value that was seen, infinite ones allowed."""
    rank = max(1, math.ceil(values.size * ratio - 1e-9))
    return float(np.sort(values)[rank - 1])
