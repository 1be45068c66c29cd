"""Monte Carlo of estimators that are not linear: bias of a maximum and of a spread, against order statistics."""

import numpy as np
import pytest

from reports.monte_carlo import as_samples, monte_carlo
from reports.uncertainty import bounded, term
from sim.streams import Streams

N = 200
NOISE = term("noise", "A", 1.0, N, systematic=False, source="")


def largest(x):
    return np.max(x, axis=-1)


def spread(x):
    return np.percentile(x, 99.0, axis=-1) - np.percentile(x, 1.0, axis=-1)


@pytest.mark.parametrize(("estimator", "bias"), [(largest, 2.746), (spread, 4.42)])
def test_noise_alone(estimator, bias):
    """200 equal values behind noise of 1: the largest stands 2.746 too high (expected maximum of 200 normal deviates),
    p99 - p1 4.4 too wide; both are taken off, and the truth is inside the interval."""
    rng = np.random.default_rng(4)
    taken, covered = [], []
    truth = float(estimator(np.full((1, N), 10.0))[0])
    for k in range(20):
        found = monte_carlo(estimator, 10.0 + rng.standard_normal(N), (NOISE,), Streams(k), "test")
        taken.append(found.bias_value)
        covered.append(found.interval95_value[0] <= truth <= found.interval95_value[1])
    assert np.mean(taken) == pytest.approx(bias, rel=0.2) and np.mean(covered) >= 0.8


def test_a_single_peak_is_not_lifted():
    """One value far above the others is as high as it looks; U is that of one value."""
    values = np.append(np.zeros(N - 1), 50.0)
    found = monte_carlo(largest, values, (NOISE,), Streams(1), "test")
    assert found.value == pytest.approx(50.0, abs=0.1) and found.expanded_value == pytest.approx(2.0, rel=0.1)


def test_a_systematic_component_is_drawn_once_a_trial():
    """A bound of 3 common to all moves the maximum as a whole: u = 3/sqrt(3), half-width 0.95 x 3, no bias."""
    parts = (bounded("gain", 3.0, N, systematic=True, source=""),)
    found = monte_carlo(largest, np.linspace(0.0, 1.0, N), parts, Streams(1), "test")
    assert found.expanded_value == pytest.approx(2.0 * np.sqrt(3.0), rel=0.05) and abs(found.bias_value) < 0.1
    half = 0.5 * (found.interval95_value[1] - found.interval95_value[0])
    assert half == pytest.approx(2.85, rel=0.05)


def test_the_same_seed_gives_the_same_numbers():
    """Seeded by the case and the name alone."""
    values = np.random.default_rng(1).standard_normal(N)
    one, two = (monte_carlo(spread, values, (NOISE,), Streams(5), "jitter") for _ in range(2))
    assert one == two and one != monte_carlo(spread, values, (NOISE,), Streams(5), "other")
    samples = as_samples(one, "s", 0.0, 1.0)
    assert samples.values[0] == one.value and samples.budget == one.budget
