"""The tail of the clearance distribution against closed forms."""

import numpy as np
import pytest
from scipy import stats

from reports.fall_risk.exposure import exposure
from reports.fall_risk.resampling import resamples
from reports.fall_risk.tail import fitted, height_at, share_below
from sim.streams import Streams


def test_the_tail_of_an_exponential_sample_is_exponential():
    """30 mm - Exp(5 mm): F(h) = exp(-(30 - h)/5), and every tail of an exponential has xi = 0 and s = 5 mm.

    20 000 strides (1000 in the tail): xi within 0.1 (standard error 0.04), s within 10 %, F 10 mm below u within 30 %.
    """
    clearance_m = 0.030 - np.random.default_rng(1).exponential(0.005, 20_000)
    tails = fitted(clearance_m)
    assert float(tails.shape) == pytest.approx(0.0, abs=0.1)
    assert float(tails.scale_m) == pytest.approx(0.005, rel=0.10)
    assert float(tails.threshold_m) == pytest.approx(0.030 + 0.005 * np.log(0.05), abs=2e-4)
    heights = np.array([0.015, 0.010, 0.005])
    assert share_below(tails, heights) == pytest.approx(np.exp(-(0.030 - heights) / 0.005), rel=0.3)


@pytest.mark.parametrize("shape", [-0.3, 0.2])
def test_a_generalised_pareto_sample_gives_its_own_parameters(shape):
    """The tail below u of a GPD sample is a GPD with the same xi and s(u) = s + xi y(u) (Pickands 1975)."""
    depth = stats.genpareto.rvs(shape, scale=0.004, size=40_000, random_state=np.random.default_rng(7))
    tails = fitted(0.040 - depth)
    at = stats.genpareto.ppf(0.95, shape, scale=0.004)
    assert float(tails.shape) == pytest.approx(shape, abs=0.1)
    assert float(tails.scale_m) == pytest.approx(0.004 + shape * at, rel=0.15)


def test_one_percent_of_normal_clearances():
    """N(15, 3) mm, 300 strides: the 1 % point is 8.02 mm; the estimate errs by 0.5 mm rms at most (exact order
    statistics have 0.6), and the bootstrap interval holds the truth in at least 80 % of 100 walks.
    """
    generator = np.random.default_rng(9)
    truth = 0.015 + 0.003 * stats.norm.ppf(0.01)
    errors, hits = [], 0
    for seed in range(100):
        walk = generator.normal(0.015, 0.003, 300)
        errors.append(float(height_at(fitted(walk), 0.01)) - truth)
        spread = height_at(fitted(walk[resamples(walk, Streams(seed), 300)]), 0.01)
        low, high = np.percentile(spread, (2.5, 97.5))
        hits += low <= truth <= high
    assert np.sqrt(np.mean(np.square(errors))) < 0.00065
    assert abs(np.mean(errors)) < 0.0003
    assert hits >= 80


def test_above_the_fifth_percentile_it_is_what_was_seen():
    """Half of the strides below the median; F rises, from 0 to 1, and does not jump at u."""
    walk = np.random.default_rng(3).normal(0.015, 0.003, 501)
    tails = fitted(walk)
    assert float(share_below(tails, np.array([np.median(walk)]))[0]) == pytest.approx(0.5, abs=1e-9)
    heights = np.linspace(0.0, 0.03, 3001)
    curve = share_below(tails, heights)
    assert np.all(np.diff(curve) >= 0.0) and curve[0] < 1e-3 and curve[-1] == 1.0
    u = float(tails.threshold_m)
    around = share_below(tails, np.array([u - 1e-9, u, u + 1e-9]))
    assert around == pytest.approx([0.05] * 3, abs=1e-5)


def test_a_height_that_was_seen_below_has_a_share():
    """The tail never ends above the lowest clearance of the walk, whatever its shape."""
    generator = np.random.default_rng(12)
    for _ in range(50):
        walk = generator.uniform(0.005, 0.025, 300)
        assert share_below(fitted(walk), np.array([walk.min() + 1e-12]))[0] > 0.0


def test_inverse_and_curve_agree():
    """F(F^-1(p)) = p for p up to 5 %."""
    tails = fitted(np.random.default_rng(5).gamma(9.0, 0.0018, 400))
    for share in (0.001, 0.01, 0.049):
        assert float(share_below(tails, np.array([float(height_at(tails, share))]))[0]) == pytest.approx(
            share, rel=1e-9
        )


def test_equal_clearances_have_no_spread():
    """A walk without noise: nothing below, all above."""
    tails = fitted(np.full(300, 0.012))
    assert share_below(tails, np.array([0.011, 0.013])).tolist() == [0.0, 1.0]


def test_a_gaussian_fit_is_the_error_that_the_tail_avoids():
    """A skewed walk (gamma, skew 0.67): a normal distribution puts 5 times too much below 5 mm (Begg 2007)."""
    law = stats.gamma(9.0, scale=0.0018)
    walk = law.rvs(5000, random_state=np.random.default_rng(6))
    truth = float(law.cdf(0.005))
    normal = stats.norm.cdf((0.005 - walk.mean()) / walk.std())
    assert normal > 4.0 * truth
    assert float(share_below(fitted(walk), np.array([0.005]))[0]) == pytest.approx(truth, rel=0.6)


def test_few_strides_give_words_and_no_number():
    """120 strides: 15 mm is below half of them and has a number; 5 mm lies in the tail and has none."""
    walk = np.random.default_rng(3).normal(0.015, 0.003, 120)
    found = exposure(walk, np.array([0.005, 0.015]), resamples(walk, Streams(1)))
    assert np.isnan(found.ratio[0]) and np.isnan(found.high_ratio[0])
    assert found.low_ratio[1] < found.ratio[1] < found.high_ratio[1]
    longer = np.random.default_rng(3).normal(0.015, 0.003, 300)
    assert np.isfinite(exposure(longer, np.array([0.005]), resamples(longer, Streams(1))).ratio[0])
