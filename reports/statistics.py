"""How sure a share, a mean or a percentile is: exact binomial, Student and order-statistic intervals."""

import math

import numpy as np
from numpy.typing import NDArray


def share_lower_bound(hits: int, n: int, confidence: float = 0.95) -> float:
    """One-sided lower bound of a share (Clopper-Pearson, exact): Beta quantile of 1 - confidence at (k, n - k + 1).

    Source: Clopper and Pearson 1934, Biometrika 26:404. With no miss it is ``(1 - confidence)**(1/n)``: 299 of 299
    show 99 %, 473 with one miss, 628 with two, 773 with three.
    """
    from scipy.special import betaincinv

    return float(betaincinv(hits, n - hits + 1, 1.0 - confidence)) if hits > 0 else 0.0


def share_upper_bound(hits: int, n: int, confidence: float = 0.95) -> float:
    """One-sided upper bound of a share (Clopper-Pearson, exact): Beta quantile of `confidence` at (k + 1, n - k)."""
    from scipy.special import betaincinv

    return float(betaincinv(hits + 1, n - hits, confidence)) if hits < n else 1.0


def samples_needed(share: float, misses: int = 0, confidence: float = 0.95) -> int:
    """Smallest n at which n - `misses` hits show `share`.

    Raises:
        ValueError: no finite number of samples can show a share of 1.
    """
    if not 0.0 <= share < 1.0:
        raise ValueError(f"share {share:g}: only shares below 1 can be shown")
    low, high = misses, max(2 * misses, 2)
    while share_lower_bound(high - misses, high, confidence) < share:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if share_lower_bound(middle - misses, middle, confidence) >= share:
            high = middle
        else:
            low = middle
    return high


def mean_interval(values: NDArray[np.float64], confidence: float = 0.95) -> tuple[float, float]:
    """Two-sided t-interval of the mean: mean -+ t(n - 1) s/sqrt(n). One value bounds nothing: (-inf, inf)."""
    from scipy.special import stdtrit

    n = values.size
    if n < 2:
        return -math.inf, math.inf
    half = float(stdtrit(n - 1, 0.5 * (1.0 + confidence))) * float(np.std(values, ddof=1)) / math.sqrt(n)
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
