"""Intervals against scipy.stats, against the numbers of the reference, and by coverage in Monte Carlo."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from reports.correlation import effective_n
from reports.statistics import (
    mean_interval,
    percentile,
    percentile_interval,
    samples_needed,
    share_lower_bound,
    share_upper_bound,
)


@pytest.mark.parametrize(("misses", "n"), [(0, 299), (1, 473), (2, 628), (3, 773)])
def test_samples_for_a_99_percent_claim(misses, n):
    """frameworks.md section 7: 299, 473, 628, 773 samples with 0 to 3 misses; one less is not enough."""
    assert samples_needed(0.99, misses) == n
    assert share_lower_bound(n - misses, n) >= 0.99 > share_lower_bound(n - 1 - misses, n - 1)


def test_29_samples_show_90_percent():
    """design.md section 5: 90 % at 95 % confidence need 29 without a miss."""
    assert samples_needed(0.90) == 29


def test_60_of_60_show_95_percent():
    """frameworks.md 3.3: 60 of 60 swings show 95.1 %."""
    assert share_lower_bound(60, 60) == pytest.approx(0.951, abs=5e-4)


def test_nothing_shows_a_share_of_one():
    """No finite number of samples does."""
    with pytest.raises(ValueError, match="share 1"):
        samples_needed(1.0)


@given(n=st.integers(1, 400), data=st.data(), confidence=st.sampled_from([0.8, 0.95, 0.99]))
def test_share_bounds_agree_with_scipy(n, data, confidence):
    """`scipy.stats.binomtest(...).proportion_ci("exact")`, one-sided."""
    hits = data.draw(st.integers(0, n))
    low = stats.binomtest(hits, n, alternative="greater").proportion_ci(confidence, "exact").low
    high = stats.binomtest(hits, n, alternative="less").proportion_ci(confidence, "exact").high
    assert share_lower_bound(hits, n, confidence) == pytest.approx(low, abs=1e-9)
    assert share_upper_bound(hits, n, confidence) == pytest.approx(high, abs=1e-9)


def test_share_bounds_cover():
    """The lower bound lies below the true share in at least 95 % of samples, summed exactly over the binomial."""
    for n, share in ((29, 0.9), (60, 0.97), (300, 0.99)):
        hits = np.arange(n + 1)
        weight = stats.binom.pmf(hits, n, share)
        below = np.array([share_lower_bound(int(k), n) <= share for k in hits])
        assert weight[below].sum() >= 0.95


def test_mean_interval_is_students():
    """Against `scipy.stats.t.interval`; one value bounds nothing."""
    values = np.random.default_rng(1).normal(3.0, 2.0, 17)
    low, high = stats.t.interval(0.95, 16, np.mean(values), stats.sem(values))
    assert mean_interval(values) == pytest.approx((low, high))
    assert mean_interval(values[:1]) == (-math.inf, math.inf)


def test_mean_interval_covers():
    """95 % of 2000 intervals over 12 normal values hold the truth."""
    draw = np.random.default_rng(2)
    intervals = [mean_interval(draw.normal(1.0, 0.3, 12)) for _ in range(2000)]
    assert 0.935 <= np.mean([low <= 1.0 <= high for low, high in intervals]) <= 0.965


def _brute_ranks(n, ratio, half):
    """Ranks by summing the binomial: the largest r with P(B < r) <= half, the smallest s with P(B >= s) <= half."""
    low = [r for r in range(1, n + 1) if stats.binom.cdf(r - 1, n, ratio) <= half]
    high = [s for s in range(1, n + 1) if stats.binom.sf(s - 1, n, ratio) <= half]
    return (max(low) if low else None), (min(high) if high else None)


@pytest.mark.parametrize("n", [1, 10, 71, 72, 73, 100, 400])
def test_percentile_interval_takes_the_right_order_statistics(n):
    """The values are their own ranks."""
    low, high = _brute_ranks(n, 0.95, 0.025)
    found = percentile_interval(np.arange(1.0, n + 1), 0.95)
    assert found == (-math.inf if low is None else low, math.inf if high is None else high)


def test_72_samples_bound_a_95th_percentile():
    """0.95^72 = 0.0249 <= 0.025 < 0.95^71."""
    assert math.isinf(percentile_interval(np.arange(71.0))[1])
    assert math.isfinite(percentile_interval(np.arange(72.0))[1])


def test_percentile_interval_covers():
    """At least 95 % of intervals of a skewed distribution hold its 95th percentile."""
    draw, truth = np.random.default_rng(3), stats.expon.ppf(0.95)
    found = [percentile_interval(draw.exponential(1.0, 150)) for _ in range(1500)]
    assert np.mean([low <= truth <= high for low, high in found]) >= 0.94


def test_percentile_is_a_value_that_was_seen():
    """Rank ceil(0.95 n); infinite values stand at the top."""
    assert percentile(np.arange(1.0, 21.0), 0.95) == 19.0
    assert percentile(np.array([1.0, math.inf]), 0.95) == math.inf


@pytest.mark.parametrize("phi", [0.0, 0.5, 0.8])
def test_effective_n_of_an_autoregressive_walk(phi):
    """AR(1): n (1 - phi)/(1 + phi), within a fifth over 20 walks of 2000."""
    draw = np.random.default_rng(4)
    found = []
    for _ in range(20):
        noise, values = draw.standard_normal(2000), np.empty(2000)
        values[0] = noise[0] / math.sqrt(1.0 - phi**2)
        for k in range(1, 2000):
            values[k] = phi * values[k - 1] + noise[k]
        found.append(effective_n(values))
    assert np.mean(found) == pytest.approx(2000 * (1 - phi) / (1 + phi), rel=0.2)
    assert max(found) <= 2000


@pytest.mark.parametrize("values", [[], [1.0], [2.0, 2.0, 2.0, 2.0, 2.0], [1.0, math.inf, 1.0, 1.0, 1.0]])
def test_effective_n_of_little_is_n(values):
    """Nothing can be said about correlation: n."""
    assert effective_n(np.array(values)) == len(values)


@given(st.lists(st.floats(-1e3, 1e3), min_size=4, max_size=60))
def test_effective_n_lies_between_0_and_n(values):
    """Correlation never makes samples worth more."""
    assert 0.0 < effective_n(np.array(values)) <= len(values)
