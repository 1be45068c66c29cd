"""The exact binomial bound of a share: what n samples show of all that were not seen.

One place for it: a plan says beforehand by the same arithmetic what a verdict says afterwards.

Source: Clopper and Pearson 1934, Biometrika 26:404. A count of correlated samples keeps the form with the effective
number in place of n and k n_eff/n in place of k: Korn and Graubard 1998, Survey Methodology 24:193.
"""


def share_lower_bound(hits: float, n: float, confidence: float = 0.95) -> float:
    """One-sided lower bound of a share: Beta quantile of 1 - confidence at (k, n - k + 1).

    With no miss it is ``(1 - confidence)**(1/n)``: 299 of 299 show 99 %, 473 with one miss, 628 with two, 773 with
    three.
    """
    from scipy.special import betaincinv

    return float(betaincinv(hits, n - hits + 1.0, 1.0 - confidence)) if hits > 0.0 else 0.0


def share_upper_bound(hits: float, n: float, confidence: float = 0.95) -> float:
    """One-sided upper bound of a share: Beta quantile of `confidence` at (k + 1, n - k). No hit in n: about 3/n."""
    from scipy.special import betaincinv

    return float(betaincinv(hits + 1.0, n - hits, confidence)) if hits < n else 1.0


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


def samples_for_percentile(ratio: float, confidence: float = 0.95, *, above: bool) -> int:
    """Smallest n whose order statistics bound a percentile from above, or from below, two-sided.

    The largest of n bounds it from above where ``ratio^n <= (1 - confidence)/2``, the smallest from below where
    ``(1 - ratio)^n`` does: 72 samples and 2 for a 95th percentile at 95 %.

    Source: David and Nagaraja 2003, Order Statistics, section 7.1.
    """
    import math

    inside = ratio if above else 1.0 - ratio
    return math.ceil(math.log(0.5 * (1.0 - confidence)) / math.log(inside) - 1e-9)
