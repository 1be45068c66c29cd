"""The columns that say more of a pulse than its plateau: peaks, integral of the square, rise, droop, peak voltage."""

import math
from itertools import pairwise

import numpy as np
import pytest

from rig.finder import PulseFinder
from rig.peak_voltage import PeakVoltage
from sim.signal import Signal

RATE_HZ, TAU_S, SCALE = 1e6, 2e-6, 40e-3 / 32_768


def filtered(edges, n, rate_hz=RATE_HZ, tau_s=TAU_S):
    """Response of the anti-alias filter to steps (instant, height), at the sample instants."""
    t = np.arange(n) / rate_hz
    out = np.zeros(n)
    for at, height in edges:
        late = np.maximum(t - at, 0.0)
        out += np.where(t > at, height * (1.0 - np.exp(-late / tau_s)), 0.0)
    return out


def biphasic(starts, current=30e-3, width=300e-6, gap=100e-6):
    edges = []
    for t0 in starts:
        edges += [(t0, current), (t0 + width, -current), (t0 + width + gap, -current), (t0 + 2 * width + gap, current)]
    return edges


def codes_of(values, seed=1, noise=1.03):
    noisy = values / SCALE + np.random.default_rng(seed).normal(0.0, noise, values.size) + 3.3
    return np.clip(np.round(noisy), -32_768, 32_767).astype(np.int16)


def found_in(codes, cuts=(), rate_hz=RATE_HZ, tau_s=TAU_S):
    finder = PulseFinder(rate_hz, SCALE, 0.0, tau_s)
    edges = [0, *cuts, codes.size]
    parts = [finder.feed_codes(codes[a:b], a) for a, b in pairwise(edges)]
    return np.concatenate([*parts, finder.finish()])


STARTS = 0.01 + 0.025 * np.arange(6) + 1e-6 * np.random.default_rng(5).random(6)


@pytest.mark.parametrize("gap", [0.0, 100e-6])
def test_the_square_is_that_of_the_current_before_the_filter(gap):
    """Closed form: 2 w I^2 of a symmetric pulse; the filter alone would take 0.7 % away. Bound: 0.02 %."""
    pulses = found_in(codes_of(filtered(biphasic(STARTS, gap=gap), 170_000)))
    assert pulses.size == STARTS.size
    assert pulses["square_a2s"] == pytest.approx(2 * 300e-6 * 30e-3**2, rel=2e-4)


def test_noise_adds_nothing_to_the_square_of_a_weak_pulse():
    """Expectation of a sum of squares: n sigma^2 is taken off, so ten times the noise moves the mean by under 1 %."""
    starts = 0.01 + 0.005 * np.arange(60)
    pulses = found_in(codes_of(filtered(biphasic(starts, current=0.6e-3), 320_000), noise=10.0))
    assert pulses.size == 60
    assert np.mean(pulses["square_a2s"]) == pytest.approx(2 * 300e-6 * 0.6e-3**2, rel=0.01)


def test_a_spike_shows_in_the_bare_peak_only():
    """A 2 us spike of twice the current lies under half of the 5 us median: the median leaves the plateau."""
    values = filtered(biphasic(STARTS[:1]), 40_000)
    at = round(STARTS[0] * RATE_HZ) + 150
    values[at : at + 2] += 8e-3
    pulse = found_in(codes_of(values))[0]
    assert pulse["peak1_a"] == pytest.approx(38e-3, rel=1e-3)
    assert pulse["peak_a"] == pytest.approx(30e-3, rel=1e-3)
    assert pulse["peak2_a"] == pytest.approx(-30e-3, rel=1e-3)


def test_an_overshoot_and_a_droop_read_as_they_are():
    """Closed form: a plateau that falls evenly by 2 mA droops by 2 mA and peaks at its start."""
    n = 40_000
    t = np.arange(n) / RATE_HZ - 0.01
    phase = (t >= 0) & (t < 300e-6)
    values = np.where(phase, 31e-3 - 2e-3 * t / 300e-6, 0.0) - 30e-3 * ((t >= 400e-6) & (t < 700e-6))
    pulse = found_in(codes_of(values), tau_s=0.0)[0]
    assert pulse["droop_a"] == pytest.approx(2e-3, rel=0.02)
    assert pulse["peak_a"] == pytest.approx(31e-3, rel=2e-3)


@pytest.mark.parametrize("rise_s", [0.0, 20e-6, 50e-6])
def test_the_rise_is_read_to_two_samples(rise_s):
    """A straight rise takes 80 % of its length from 10 to 90 %; a step cannot be told from 1.6 samples."""
    steps = [
        (0.01 + k * 1e-6 + 0.37e-6, 30e-3 / max(1, round(rise_s * 1e6))) for k in range(max(1, round(rise_s * 1e6)))
    ]
    edges = [*steps, (0.0104, -30e-3), (0.0105, -30e-3), (0.0109, 30e-3)]
    pulse = found_in(codes_of(filtered(edges, 40_000)))[0]
    assert pulse["rise_s"] == pytest.approx(0.8 * rise_s, abs=1.7e-6)


def test_clipped_samples_leave_no_peak():
    """A peak beyond the range is not known: the phase that it enters has none, and nothing of both phases has."""
    values = filtered(biphasic(STARTS[:1], current=50e-3), 40_000)
    pulse = found_in(codes_of(values))[0]
    assert pulse["clipped"] == 1
    assert all(math.isnan(pulse[name]) for name in ("peak_a", "square_a2s", "peak1_a", "peak2_a", "rise_s", "droop_a"))


def test_any_cut_of_the_samples_gives_the_same_bits():
    """Property: the columns are a function of the samples, not of how they come."""
    codes = codes_of(filtered(biphasic(STARTS), 170_000))
    whole = found_in(codes)
    cuts = sorted(np.random.default_rng(8).integers(1, codes.size, 40).tolist())
    assert found_in(codes, cuts).tobytes() == whole.tobytes()


def voltage_peaks(current, voltage, cuts, gaps=()):
    finder, peaks = PulseFinder(RATE_HZ, SCALE, 0.0, TAU_S), PeakVoltage()
    found = []
    edges = [0, *cuts, current.size]
    for a, b in pairwise(edges):
        pulses = finder.feed_codes(current[a:b], a)
        peaks.feed(Signal(voltage[a:b], a * 1000, RATE_HZ, "V", 6.1e-3, 0.5), gaps if a == 0 else ())
        peaks.fill(pulses)
        peaks.forget(finder.settled_ns)
        found.append(pulses)
    rest = finder.finish()
    peaks.fill(rest)
    return np.concatenate([*found, rest])


def test_the_peak_voltage_is_that_of_the_pulses_window_under_any_cut():
    """Truth: the planted plateau of the voltage, the offset of the channel added; under any cut the same bits."""
    current = codes_of(filtered(biphasic(STARTS), 170_000))
    volts = 15.0 * filtered(biphasic(STARTS), 170_000) / 30e-3 - 0.5
    voltage = np.round(volts / 6.1e-3).astype(np.int16)
    whole = voltage_peaks(current, voltage, ())
    assert whole["peak_v"] == pytest.approx(15.0, abs=0.01)
    for seed in range(3):
        cuts = sorted(np.random.default_rng(seed).integers(1, current.size, 60).tolist())
        assert voltage_peaks(current, voltage, cuts).tobytes() == whole.tobytes()


def test_a_voltage_that_is_lost_or_clipped_has_no_peak():
    """A gap inside one pulse's window and a clipped sample inside another's leave NaN there and nowhere else."""
    current = codes_of(filtered(biphasic(STARTS), 170_000))
    voltage = np.round(2_000 * filtered(biphasic(STARTS), 170_000) / 30e-3).astype(np.int16)
    voltage[round(STARTS[1] * RATE_HZ) + 50] = 32_767
    gap = (round(STARTS[3] * 1e9) + 100_000, round(STARTS[3] * 1e9) + 200_000)
    found = voltage_peaks(current, voltage, (50_000,), (gap,))
    assert np.flatnonzero(np.isnan(found["peak_v"])).tolist() == [1, 3]
