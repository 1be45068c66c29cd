"""Distribution of the minimum toe clearance: what was seen, and a generalised Pareto tail where little was seen.

    F(h) = empirical distribution              for h >= u, u the 5th percentile
    F(h) = 0.05 (1 + xi (u - h)/s)^(-1/xi)     for h < u

A normal distribution would be a known error: clearances are not normal, and the low end is what trips (Begg 2007). The
tail is fitted by probability-weighted moments, which behave with the 15 values that 300 strides leave below u.

Source: Best and Begg 2008 (use of the distribution); Pickands 1975 (tail); Hosking and Wallis 1987, Technometrics
29:339, section 3 (fit).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

TAIL_RATIO: Final = 0.05
"""Share of strides below the threshold of the tail (model.md 6.1)."""

STRIDES_FOR_TAIL: Final = 300
"""Fewer strides say nothing about the 1 % point: it would hang on fewer than three of them (model.md 6.1)."""

_SHAPE: Final = 0.5
"""The shape is kept within -+0.5, where the moments of the fit exist (design choice)."""


@dataclass(frozen=True, slots=True, eq=False)
class Tails:
    """Fitted distributions of one or many walks of n strides.

    Attributes:
        ordered_m: (..., n) clearances, rising, m.
        threshold_m: (...,) 5th percentile u, m.
        shape: (...,) xi; below 0 the tail ends.
        scale_m: (...,) s, m.
    """

    ordered_m: NDArray[np.float64]
    threshold_m: NDArray[np.float64]
    shape: NDArray[np.float64]
    scale_m: NDArray[np.float64]


def fitted(clearance_m: NDArray[np.float64]) -> Tails:
    """The distribution of each row of `clearance_m`, (..., n) with n >= 20, m.

    With a0, a1 the moments of the depth y below u: xi = 2 - a0/(a0 - 2 a1), s = a0 (1 - xi). Where that tail would end
    above the lowest value seen, it is made to end below it, by its share of the values: y_max (k + 1)/k.
    """
    ordered = np.sort(clearance_m, axis=-1)
    n = ordered.shape[-1]
    place = TAIL_RATIO * n - 0.5
    below = int(place)
    part = place - below
    threshold = ordered[..., below] * (1.0 - part) + ordered[..., below + 1] * part
    depth = threshold[..., None] - ordered[..., below::-1]
    k = below + 1
    weight = 1.0 - (np.arange(1, k + 1) - 0.35) / k
    mean = depth.mean(axis=-1)
    weighted = (weight * depth).mean(axis=-1)
    safe = np.where(mean > 0.0, mean, 1.0)
    spread = np.maximum(safe - 2.0 * weighted, 1e-3 * safe)
    shape = np.clip(2.0 - safe / spread, -_SHAPE, _SHAPE)
    reach = depth[..., -1] * (k + 1.0) / k
    ends = -safe / np.maximum(reach - safe, 1e-12)
    shape = np.where(reach > safe, np.maximum(shape, ends), shape)
    return Tails(ordered, threshold, shape, mean * (1.0 - shape))


def share_below(tails: Tails, height_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """F at each of `height_m`, (m,): (..., m). Between two seen values F runs straight."""
    n = tails.ordered_m.shape[-1]
    place = (np.arange(n) + 0.5) / n
    rows = tails.ordered_m.reshape(-1, n)
    seen = np.array([np.interp(height_m, row, place, right=1.0) for row in rows])
    seen = seen.reshape(*tails.threshold_m.shape, height_m.size)
    depth = np.maximum(tails.threshold_m[..., None] - height_m, 0.0)
    return np.where(depth > 0.0, TAIL_RATIO * _survival(depth, tails.shape[..., None], tails.scale_m[..., None]), seen)


def _survival(
    depth_m: NDArray[np.float64], shape: NDArray[np.float64], scale_m: NDArray[np.float64]
) -> NDArray[np.float64]:
    """P(deeper than `depth_m`) of a generalised Pareto distribution; exponential where the shape is 0."""
    ratio = depth_m / np.where(scale_m > 0.0, scale_m, 1.0)
    straight = np.abs(shape) < 1e-9
    bend = np.where(straight, 1.0, shape)
    base = np.maximum(1.0 + bend * ratio, 0.0)
    with np.errstate(divide="ignore"):
        curved = np.where(base > 0.0, base ** (-1.0 / bend), 0.0)
    return np.where(scale_m > 0.0, np.where(straight, np.exp(-ratio), curved), 0.0)


def height_at(tails: Tails, share: float) -> NDArray[np.float64]:
    """Clearance below which a `share` of the strides lies, up to 5 %: the inverse of F in the tail, (...,), m."""
    odds = share / TAIL_RATIO
    straight = np.abs(tails.shape) < 1e-9
    bend = np.where(straight, 1.0, tails.shape)
    depth = np.where(straight, -np.log(odds), (odds ** (-bend) - 1.0) / bend)
    return tails.threshold_m - tails.scale_m * depth
