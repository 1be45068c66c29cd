"""Expected trips, relative exposure and statistics against closed forms."""

import numpy as np
import pytest
from scipy import stats

from reports.fall_risk.clearance import clearance_statistics
from reports.fall_risk.exposure import expected_trips, relative_exposure
from reports.fall_risk.obstacles import Obstacles, met_ratio, trips_per_km
from reports.fall_risk.rates import Rate
from reports.fall_risk.resampling import resamples
from sim.streams import Streams


def test_the_integral_over_obstacle_heights_is_the_mean_of_an_exponential():
    """lambda * integral p(h) F(h) dh by brute force on a grid of 1 um equals the sum over strides."""
    walk = np.random.default_rng(1).normal(0.012, 0.004, 50)
    heights = np.arange(0.0, 0.2, 1e-6) + 0.5e-6
    share = np.searchsorted(np.sort(walk), heights) / 50
    brute = 50.0 * np.sum(np.exp(-heights / 0.008) / 0.008 * share) * 1e-6
    assert float(trips_per_km(walk, Obstacles())) == pytest.approx(brute, rel=1e-4)


def test_exponential_clearances_over_exponential_obstacles():
    """P(obstacle > clearance) of two exponentials is m/(m + c): 8 and 16 mm give one third."""
    walk = np.random.default_rng(2).exponential(0.016, 200_000)
    assert float(met_ratio(walk, Obstacles())) == pytest.approx(1.0 / 3.0, abs=0.002)


def test_the_healthy_figure_of_the_prototype():
    """N(15.0, 2.7) mm against 8 mm obstacles: exp(-15/8 + 2.7^2/128) = 0.162; model.md section 12 prints .16."""
    walk = np.random.default_rng(3).normal(0.015, 0.0027, 100_000)
    assert float(met_ratio(walk, Obstacles())) == pytest.approx(0.162, abs=0.002)


def test_toes_in_the_ground_meet_every_obstacle():
    """Clearance below zero counts as zero: never more than one trip an obstacle."""
    assert float(trips_per_km(np.full(10, -0.030), Obstacles(spacing_m=10.0))) == pytest.approx(100.0)


def test_a_longer_walk_narrows_the_interval():
    """sqrt(n): 16 times the strides, a quarter of the width (within a third)."""
    walk = np.random.default_rng(4).normal(0.015, 0.003, 6400)
    widths = []
    for part in (walk[:400], walk):
        low, high = expected_trips(part, resamples(part, Streams(1)), Obstacles()).interval95
        widths.append(high - low)
    assert widths[0] / widths[1] == pytest.approx(4.0, rel=0.33)


def test_the_same_strides_cancel_in_the_ratio():
    """5 mm more in every stride: exactly exp(-5/8), with an interval of no width, however the strides scatter."""
    walk = np.random.default_rng(5).normal(0.020, 0.004, 400)
    found = relative_exposure(walk + 0.005, walk, resamples(walk, Streams(1)), Obstacles())
    assert found.value == pytest.approx(np.exp(-5.0 / 8.0), rel=1e-6)
    assert found.interval95 == pytest.approx((found.value, found.value), rel=1e-6)


def test_the_ratio_of_unrelated_walks_covers_one():
    """Two draws of the same patient: the interval of the ratio holds 1 in at least 85 % of 60 pairs."""
    generator, hits = np.random.default_rng(6), 0
    for seed in range(60):
        one, two = generator.normal(0.015, 0.003, (2, 300))
        low, high = relative_exposure(one, two, resamples(one, Streams(seed), 300), Obstacles()).interval95
        hits += low <= 1.0 <= high
    assert hits >= 51


def test_statistics_are_those_of_scipy():
    """Mean, SD, median, IQR, skew, excess kurtosis; the 1 % point with 300 strides only."""
    walk = np.random.default_rng(7).gamma(9.0, 0.0018, 300)
    found = clearance_statistics(walk, np.r_[1.0, np.zeros(299)], resamples(walk, Streams(1), 200))
    assert found.mean_m.value == pytest.approx(walk.mean())
    assert found.sd_m.value == pytest.approx(walk.std(ddof=1))
    assert found.iqr_m.value == pytest.approx(stats.iqr(walk))
    assert found.skew.value == pytest.approx(stats.skew(walk))
    assert found.kurtosis.value == pytest.approx(stats.kurtosis(walk))
    assert found.median_m.interval95[0] < found.median_m.value < found.median_m.interval95[1]
    assert found.non_mtc == 1 and found.strides == 300
    assert found.lowest1_m is not None and walk.min() - 0.002 < found.lowest1_m.value < np.percentile(walk, 3)
    short = clearance_statistics(walk[:299], np.zeros(299), resamples(walk[:299], Streams(1), 200))
    assert short.lowest1_m is None


def test_rates_have_exact_intervals():
    """0 of 300: up to 1.22 per 100 at two-sided 95 % (1 - 0.025^(1/300)); 3 of 300 as scipy's exact interval."""
    assert Rate(0, 300).interval95(100) == pytest.approx((0.0, 100 * (1 - 0.025 ** (1 / 300))))
    exact = stats.binomtest(3, 300).proportion_ci(0.95, "exact")
    assert Rate(3, 300).interval95(1000) == pytest.approx((1000 * exact.low, 1000 * exact.high))
    assert Rate(3, 300).per(100) == pytest.approx(1.0)
