"""Standard uncertainty of what a pulse does beside its plateau: peaks, integral of the square, rise, droop.

A maximum is no linear estimator: noise lifts the largest of m samples of a flat top by ``b = sigma E_m``, E_m the
expected maximum of m normal deviates, and that of a single sharp peak not at all. Nobody knows which of the two it was,
so the measures take b/2 off and state b/2 as the half width of a rectangle (`noise_bias`).
"""

from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from rig.bench import ChannelAccuracy
from rig.finder_edges import TAU_TOLERANCE_RATIO
from rig.finder_state import FinderSettings
from rig.pulse_uncertainty import PulseTerm

Array = NDArray[np.float64]

_SQRT3: Final = 3.0**0.5
_MEDIAN_FACTOR: Final = (np.pi / 2.0) ** 0.5
_STEP_READS: Final = 1.6
"""Samples that a step reads as its rise at most (`rig.finder_shape.rise_time`)."""


def noise_bias(accuracy: ChannelAccuracy, width_s: ArrayLike, *, median: bool) -> Array:
    """Largest lift of a maximum by noise, in the unit of the channel: that of a flat top of this width, (n,).

    Args:
        accuracy: of the channel.
        width_s: width of the flat top, s.
        median: True behind the running median, whose noise is ``sigma sqrt(pi / 2 m)`` and whose windows overlap.

    Source: Blom 1958 (expected order statistics, plotting positions).
    """
    width = np.nan_to_num(np.atleast_1d(np.asarray(width_s, np.float64)))
    samples = np.maximum(1.0, width * accuracy.rate_hz)
    sigma = (accuracy.noise_rms**2 + accuracy.lsb**2 / 12.0) ** 0.5
    if median:
        length = FinderSettings().median_samples(accuracy.rate_hz)
        samples = np.maximum(1.0, samples / max(1.0, 0.5 * length))
        sigma *= _MEDIAN_FACTOR / length**0.5 if length > 1 else 1.0
    return np.maximum(0.0, sigma * ndtri((samples - 0.375) / (samples + 0.25)))


def peak_terms(accuracy: ChannelAccuracy, peak: Array, width_s: ArrayLike, *, median: bool) -> tuple[PulseTerm, ...]:
    """Terms of the largest magnitude of a waveform, in its unit; the value is the peak less half of its bias."""
    size = np.abs(peak)
    flat = np.ones_like(size)
    bias = noise_bias(accuracy, width_s, median=median)
    sigma = (accuracy.noise_rms**2 + accuracy.lsb**2 / 12.0) ** 0.5
    offset = accuracy.offset_bound if accuracy.unit == "V" else 0.0
    return (
        PulseTerm("noise of the maximum", "B", 0.5 * bias / _SQRT3, True, "flat top or single peak", "rectangular"),
        PulseTerm("noise", "A", 0.5 * sigma * flat, False, "scatter of a maximum: about half of a sample's noise"),
        PulseTerm("quantisation", "B", accuracy.lsb / 12.0**0.5 * flat, False, "one code", "rectangular"),
        PulseTerm("gain", "B", accuracy.gain_bound_ratio * size / _SQRT3, True, "gain bound", "rectangular"),
        PulseTerm("INL", "B", accuracy.inl_bound / _SQRT3 * flat, True, "INL bound", "rectangular"),
        PulseTerm("offset", "B", offset / _SQRT3 * flat, True, "bound; none over a baseline", "rectangular"),
    )


def square_terms(accuracy: ChannelAccuracy, pulses: Any) -> tuple[PulseTerm, ...]:
    """Terms of the integral of the square of a current, A^2 s: relative ones count twice.

    Args:
        accuracy: of the current.
        pulses: columns of the pulses, (n,) each.
    """
    square = np.nan_to_num(np.asarray(pulses["square_a2s"], np.float64))
    height = np.nan_to_num(np.abs(np.asarray(pulses["phase1_a"], np.float64)))
    height2 = np.nan_to_num(np.abs(np.asarray(pulses["phase2_a"], np.float64)))
    width = np.nan_to_num(np.asarray(pulses["phase1_s"], np.float64))
    width2 = np.nan_to_num(np.asarray(pulses["phase2_s"], np.float64))
    period_s = 1.0 / accuracy.rate_hz
    gain = 2.0 * accuracy.gain_bound_ratio * square / _SQRT3
    clock = accuracy.timebase_bound_ratio * square / _SQRT3
    inl = 2.0 * accuracy.inl_bound * (height * width + height2 * width2)
    noise = 2.0 * accuracy.noise_rms * (square * period_s) ** 0.5
    inverted = accuracy.filter_tau_s > 0.0
    aliased = TAU_TOLERANCE_RATIO if inverted else (1.0 / 12.0) ** 0.5
    edges = aliased * period_s * 2.0 * (height**2 + height2**2)
    return (
        PulseTerm("noise", "A", noise, False, "2 sigma sqrt(T integral)"),
        PulseTerm("gain", "B", gain, True, "gain bound, twice", "rectangular"),
        PulseTerm("timebase", "B", clock, True, "bound of the clock", "rectangular"),
        PulseTerm("INL", "B", inl / _SQRT3, True, "INL bound, 2 I w INL", "rectangular"),
        PulseTerm("edges", "B", edges, inverted, "tolerance of the filter, or phase of the edges in the clock"),
    )


def rise_terms(accuracy: ChannelAccuracy, rise_s: Array) -> tuple[PulseTerm, ...]:
    """Terms of a rise time, s: a step reads anything up to 1.6 samples, and behind a filter 5 % of tau more."""
    flat = np.ones_like(rise_s)
    half = 0.5 * _STEP_READS / accuracy.rate_hz
    slow = TAU_TOLERANCE_RATIO * 2.2 * accuracy.filter_tau_s
    return (
        PulseTerm("sampling", "B", half / _SQRT3 * flat, True, "a step reads 0 to 1.6 samples", "rectangular"),
        PulseTerm("filter", "B", slow / _SQRT3 * flat, True, "tolerance of its time constant", "rectangular"),
    )


def droop_terms(accuracy: ChannelAccuracy, width_s: ArrayLike, level_a: ArrayLike) -> tuple[PulseTerm, ...]:
    """Terms of a droop, A: noise of two means of a quarter of the width each, times four."""
    width = np.atleast_1d(np.asarray(width_s, np.float64))
    quarter = np.maximum(1.0, 0.25 * width * accuracy.rate_hz)
    sigma = (accuracy.noise_rms**2 + accuracy.lsb**2 / 12.0) ** 0.5
    local = accuracy.inl_bound * np.minimum(1.0, np.abs(np.asarray(level_a, np.float64)) / accuracy.range)
    return (
        PulseTerm("noise", "A", 4.0 * sigma * (2.0 / quarter) ** 0.5, False, "means of the inner quarters"),
        PulseTerm("INL", "B", 0.1 * local / _SQRT3, True, "its change over a tenth of the range", "rectangular"),
    )
