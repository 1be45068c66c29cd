"""How well an edge can be placed between two samples: the mathematics shared by the pulse finder and its uncertainty.

Behind a first-order filter of time constant tau, sampled every T, let a = T / tau. A piecewise constant input is given
back by ``u_k = (x_k - exp(-a) x_(k-1)) / (1 - exp(-a))``; only the interval that holds the edge reads between the two
levels, ``u = A (1 - exp(-theta a)) / (1 - exp(-a))`` for a rise that leaves the part theta of the interval behind it.
"""

import math
from functools import lru_cache
from typing import Final

import numpy as np

LARGEST_INVERTIBLE: Final = 6.0
"""Largest a = T / tau at which the filter is undone; beyond it (or without a filter) the 50 % crossing is interpolated
linearly. Noise grows by exp(a) / a in the inversion (design choice: 6; 2 µs at 100 kS/s is 5)."""

TAU_TOLERANCE_RATIO: Final = 0.05
"""How well the filter's time constant is known: 5 % parts (design choice)."""

_PHASES: Final = (np.arange(2048) + 0.5) / 2048


def inverts(period_s: float, filter_tau_s: float) -> bool:
    """True where the finder undoes the filter, False where it interpolates linearly."""
    return filter_tau_s > 0.0 and period_s / filter_tau_s <= LARGEST_INVERTIBLE


def _linear_crossing_error(a: float) -> np.ndarray:
    """Linear 50 % crossing minus edge in sample periods, over the phase theta of the edge, (2048,)."""
    theta = _PHASES
    before = np.zeros_like(theta)  # the edge lies theta before sample 0
    result = np.full_like(theta, np.nan)
    for k in range(64):
        here = 1.0 - np.exp(-(theta + k) * a) if math.isfinite(a) else np.ones_like(theta)
        crossed = np.isnan(result) & (here >= 0.5)
        result = np.where(crossed, k - 1.0 + (0.5 - before) / np.maximum(here - before, 1e-300) + theta, result)
        before = here
    return result


@lru_cache(maxsize=64)
def linear_delay_s(period_s: float, filter_tau_s: float) -> float:
    """Mean delay of the linearly interpolated 50 % crossing behind its edge, s; 0 without a filter."""
    if filter_tau_s <= 0.0:
        return 0.0
    return float(np.mean(_linear_crossing_error(period_s / filter_tau_s))) * period_s


@lru_cache(maxsize=64)
def crossing_scatter_s(period_s: float, filter_tau_s: float) -> float:
    """Standard uncertainty of one crossing from the phase between edge and sample clock, s.

    Without a filter it is T / sqrt(12); where the filter is undone only the tolerance of tau is left.
    """
    if not inverts(period_s, filter_tau_s):
        a = period_s / filter_tau_s if filter_tau_s > 0.0 else math.inf
        return float(np.std(_linear_crossing_error(a))) * period_s
    a = period_s / filter_tau_s
    squares = [
        np.mean(_undone_crossing_error(a, a / (1.0 + ratio)) ** 2)
        for ratio in (-TAU_TOLERANCE_RATIO, TAU_TOLERANCE_RATIO)
    ]
    return float(np.sqrt(np.mean(squares) / 3.0)) * period_s  # the bound of tau is rectangular


def _undone_crossing_error(a: float, true_a: float) -> np.ndarray:
    """Crossing found by undoing a filter of `a` where it is one of `true_a`, minus the edge, in samples, (2048,).

    As `rig.finder_pulse` does it: the height is read in the two intervals behind the edge, where a wrong filter still
    shows.
    """
    keep = math.exp(-a)
    since = _PHASES[:, None] + np.arange(-2, 5)
    x = np.where(since > 0.0, 1.0 - np.exp(-np.maximum(since, 0.0) * true_a), 0.0)
    u = (x[:, 1:] - keep * x[:, :-1]) / (1.0 - keep)  # column 1 + n: interval that ends n samples behind the edge's
    rows, first = np.arange(_PHASES.size), np.where(u[:, 1] >= 0.5, 1, 2)
    top = 0.5 * (u[rows, first + 1] + u[rows, first + 2])
    behind = np.zeros(_PHASES.size)
    for back in (1, 0):
        part = np.clip(u[rows, first - back] / top, 0.0, 1.0)
        behind += np.where(part >= 1.0, 1.0, -np.log1p(-np.minimum(part, 1.0 - 1e-12) * (1.0 - keep)) / a)
    return (first - 1.0) - behind + _PHASES


def crossing_noise_s(noise_ratio: np.ndarray, period_s: float, filter_tau_s: float) -> np.ndarray:
    """Standard uncertainty of one crossing from amplitude noise, s; never above T / sqrt(12).

    Args:
        noise_ratio: noise of a sample over the height of the edge.
        period_s: sample period, s.
        filter_tau_s: time constant of the filter, s.
    """
    ratio = np.asarray(noise_ratio, dtype=np.float64)[..., np.newaxis]
    if inverts(period_s, filter_tau_s):
        a = period_s / filter_tau_s
        undone = math.sqrt(1.0 + math.exp(-2.0 * a)) / (1.0 - math.exp(-a))
        # the mixed sample and, with less weight, its neighbour and the local plateau carry noise: factor sqrt(2)
        slope = math.sqrt(2.0) * undone * (1.0 - math.exp(-a)) / a * np.exp(_PHASES[::32] * a)
    else:
        slope = np.array([0.5])
    return period_s * np.sqrt(np.mean(np.minimum((ratio * slope) ** 2, 1.0 / 12.0), axis=-1))


def charge_scatter_ratio(period_s: float, filter_tau_s: float) -> float:
    """Standard uncertainty of a sampled sum from one edge, over step height times sample period.

    The sum over samples of a filtered unit step differs from its integral by a periodic function of the phase of the
    edge with variance ``1/12 - coth(a/2)/(2 a) + 1/a^2``; without a filter it is 1/12.
    Source: Fourier series of the sampled step response; verified by Monte Carlo in tests/physics.
    """
    if filter_tau_s <= 0.0:
        return math.sqrt(1.0 / 12.0)
    a = period_s / filter_tau_s
    if a < 0.05:  # the closed form cancels to nothing; leading term a^2/720 of its series
        return a / math.sqrt(720.0)
    return math.sqrt(max(0.0, 1.0 / 12.0 - 1.0 / (2.0 * a * math.tanh(0.5 * a)) + 1.0 / a**2))
