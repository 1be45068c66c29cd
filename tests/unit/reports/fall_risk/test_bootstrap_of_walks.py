"""Bootstrap intervals keep what they promise where neighbouring strides resemble each other."""

import numpy as np
import pytest

from reports.fall_risk.resampling import block_length, block_rows, interval95, resamples
from sim.streams import Streams


def _ar1(generator, n, phi):
    noise = generator.standard_normal(n + 200)
    values = np.zeros(n + 200)
    for k in range(1, n + 200):
        values[k] = phi * values[k - 1] + noise[k]
    return values[200:]


def test_intervals_cover_the_mean_of_an_ar1_walk():
    """AR(1) with phi 0.6, n = 400, 200 walks: the interval holds the true mean 0 in 87 % of them, at least in 83 %.

    Block bootstrap intervals are known to be a little short (Lahiri 2003, ch. 5); single strides, which forget the
    correlation, must do far worse: their width is sqrt((1 - phi)/(1 + phi)) = half of the right one, about 67 %.
    """
    generator, hits, naive = np.random.default_rng(4), 0, 0
    for seed in range(200):
        walk = _ar1(generator, 400, 0.6)
        low, high = interval95(walk[resamples(walk, Streams(seed), 300)].mean(axis=1))
        hits += low <= 0.0 <= high
        single = block_rows(400, 1, 300, Streams(seed).generator("single"))
        low, high = interval95(walk[single].mean(axis=1))
        naive += low <= 0.0 <= high
    assert hits >= 166
    assert naive <= 150
    assert hits - naive >= 30


def test_the_interval_has_the_width_of_theory():
    """AR(1) with phi 0.5: Var(mean) = sigma^2/(n (1 - phi)^2) = 4/n for large n; within 15 % over 40 walks of 2000."""
    generator = np.random.default_rng(8)
    widths = []
    for seed in range(40):
        walk = _ar1(generator, 2000, 0.5)
        low, high = interval95(walk[resamples(walk, Streams(seed), 300)].mean(axis=1))
        widths.append(high - low)
    assert np.mean(widths) == pytest.approx(2 * 1.96 * np.sqrt(4.0 / 2000), rel=0.15)


def test_blocks_grow_with_correlation():
    """White noise needs short blocks, AR(1) with phi 0.9 long ones; a constant walk needs one stride."""
    generator = np.random.default_rng(2)
    white = np.median([block_length(generator.standard_normal(500)) for _ in range(21)])
    mild = np.median([block_length(_ar1(generator, 500, 0.5)) for _ in range(21)])
    strong = np.median([block_length(_ar1(generator, 500, 0.9)) for _ in range(21)])
    assert white <= 4 < mild < strong <= 3 * np.sqrt(500) + 1
    assert block_length(np.full(100, 0.015)) == 1


def test_the_ar1_block_length_is_that_of_theory():
    """Politis and White's optimum from the exact autocovariances R(k) = phi^k of an AR(1) walk.

    phi = 0.5, n = 5000: G = 2 sum k phi^k = 4, D = 4/3 (1 + 2 sum phi^k)^2 = 12, b = (2 G^2/D n)^(1/3) = 23.7; the
    median of the estimates lies within 25 %.
    """
    generator = np.random.default_rng(3)
    found = np.median([block_length(_ar1(generator, 5000, 0.5)) for _ in range(11)])
    assert found == pytest.approx(23.7, rel=0.25)


def test_every_row_is_made_of_whole_blocks():
    """Moving blocks: inside a block the next row follows the last; no block leaves the walk."""
    rows = block_rows(100, 8, 50, np.random.default_rng(1))
    assert rows.shape == (50, 100) and rows.min() >= 0 and rows.max() <= 99
    steps = np.diff(rows, axis=1)
    inside = np.arange(1, 100) % 8 != 0
    assert np.all(steps[:, inside] == 1)


def test_the_same_seed_draws_the_same_resamples():
    """And another seed others."""
    walk = np.random.default_rng(0).normal(0.015, 0.003, 300)
    assert np.array_equal(resamples(walk, Streams(5)), resamples(walk, Streams(5)))
    assert not np.array_equal(resamples(walk, Streams(5)), resamples(walk, Streams(6)))
