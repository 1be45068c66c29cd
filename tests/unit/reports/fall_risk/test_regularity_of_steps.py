"""Coefficient of variation and detrended fluctuation analysis against noise of known memory."""

import numpy as np
import pytest

from reports.fall_risk.regularity import cleaned, fluctuations, variation_ratio


def _fractional_noise(n, hurst, generator):
    """Exact fractional Gaussian noise by circulant embedding (Davies and Harte 1987); DFA gives alpha = H."""
    k = np.arange(n + 1.0)
    cov = 0.5 * (np.abs(k + 1) ** (2 * hurst) - 2 * k ** (2 * hurst) + np.abs(k - 1) ** (2 * hurst))
    power = np.fft.fft(np.r_[cov, cov[-2:0:-1]]).real
    draw = generator.standard_normal(2 * n) + 1j * generator.standard_normal(2 * n)
    return np.fft.fft(np.sqrt(np.maximum(power, 0.0) / (2 * n)) * draw).real[:n]


@pytest.mark.parametrize("hurst", [0.5, 0.75, 0.9])
def test_dfa_finds_the_exponent_of_fractional_noise(hurst):
    """Mean over 20 walks of 1024 strides within 0.05 of H (DFA overestimates by a few hundredths at short windows)."""
    generator = np.random.default_rng(int(100 * hurst))
    found = [fluctuations(_fractional_noise(1024, hurst, generator)).alpha for _ in range(20)]
    assert np.mean(found) == pytest.approx(hurst, abs=0.05)
    assert np.std(found) < 0.12


def test_a_random_walk_has_one_and_a_half():
    """Brownian motion: alpha = 1.5."""
    generator = np.random.default_rng(1)
    found = [fluctuations(np.cumsum(generator.standard_normal(1024))).alpha for _ in range(20)]
    assert np.mean(found) == pytest.approx(1.5, abs=0.06)


def test_windows_run_from_4_to_a_quarter_of_the_walk():
    """512 strides: 4 to 128, and full; 300: 4 to 75, minimal."""
    noise = np.random.default_rng(2).standard_normal(512)
    full, short = fluctuations(noise), fluctuations(noise[:300])
    assert (full.windows[0], full.windows[-1], full.full) == (4, 128, True)
    assert (short.windows[0], short.windows[-1], short.full) == (4, 75, False)


def test_a_straight_trend_of_the_profile_leaves_nothing():
    """Constant steps: the profile is 0 up to rounding; alternating steps have a bounded profile, alpha near 0."""
    swinging = 1.2 + 0.05 * (-1.0) ** np.arange(512)
    assert fluctuations(swinging).alpha < 0.1


def test_scale_does_not_change_the_exponent():
    """Seconds or milliseconds."""
    noise = np.random.default_rng(3).standard_normal(512)
    assert fluctuations(noise).alpha == pytest.approx(fluctuations(1000.0 * noise + 7.0).alpha, abs=1e-9)


def test_variation_is_sd_over_mean_after_the_clean():
    """N(1.25 s, 3 %) with three stumbles of 4 s: 3 % within its standard error 0.03/sqrt(2 n)."""
    times = np.random.default_rng(4).normal(1.25, 0.0375, 2000)
    times[[5, 700, 1500]] = 4.0
    used = cleaned(times)
    assert used.max() < 1.5 and used.size > 1985
    assert float(variation_ratio(used)) == pytest.approx(0.03, abs=3 * 0.03 / np.sqrt(2 * used.size))
