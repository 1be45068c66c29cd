"""Distributions of a parameter over people, by their quantiles between two bounds."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from scipy.special import ndtr, ndtri


def _between(low: float, high: float, u: float) -> float:
    """Normal score at the share `u` of the probability between two normal scores."""
    if low > 0.0:  # the upper tail keeps its digits as the mirrored lower one
        return -_between(-high, -low, 1.0 - u)
    below, above = float(ndtr(low)), float(ndtr(high))
    return min(max(float(ndtri(below + u * (above - below))), low), high)


@dataclass(frozen=True, slots=True)
class Fixed:
    """The same value in everybody."""

    value: float

    def quantile(self, u: float, low: float, high: float) -> float:
        """The value, inside the bounds."""
        del u
        return min(max(self.value, low), high)


@dataclass(frozen=True, slots=True)
class Uniform:
    """Every value between two bounds is as likely as any other."""

    start: float
    end: float

    def quantile(self, u: float, low: float, high: float) -> float:
        """Value at the share `u` of what lies between the bounds."""
        first, last = max(self.start, low), min(self.end, high)
        return min(max(first + u * (last - first), first), last)


@dataclass(frozen=True, slots=True)
class Normal:
    """The bell curve, cut at the bounds."""

    mean: float
    sd: float

    def quantile(self, u: float, low: float, high: float) -> float:
        """Value at the share `u` of what lies between the bounds."""
        score = _between((low - self.mean) / self.sd, (high - self.mean) / self.sd, u)
        return min(max(self.mean + self.sd * score, low), high)


@dataclass(frozen=True, slots=True)
class LogNormal:
    """Its logarithm is normal; mean and standard deviation are those of the value itself, as papers print them.

    sigma^2 = ln(1 + sd^2 / mean^2),   mu = ln(mean) - sigma^2 / 2
    """

    mean: float
    sd: float

    def quantile(self, u: float, low: float, high: float) -> float:
        """Value at the share `u` of what lies between the bounds."""
        variance = float(np.log1p((self.sd / self.mean) ** 2))
        sigma, mu = float(np.sqrt(variance)), float(np.log(self.mean)) - 0.5 * variance
        first = (float(np.log(low)) - mu) / sigma if low > 0.0 else -np.inf
        score = _between(first, (float(np.log(high)) - mu) / sigma, u)
        return min(max(float(np.exp(mu + sigma * score)), low), high)


@dataclass(frozen=True, slots=True)
class Mixture:
    """People of several kinds: `parts` with their shares, which sum to 1; in rising order, for correlations."""

    parts: "tuple[tuple[float, Plain], ...]"

    def quantile(self, u: float, low: float, high: float) -> float:
        """The part that `u` falls into, and the value at its place in there."""
        begin = 0.0
        for share, part in self.parts[:-1]:
            if u < begin + share:
                return part.quantile((u - begin) / share, low, high)
            begin += share
        share, last = self.parts[-1]
        return last.quantile(min((u - begin) / share, 1.0), low, high)


Plain: TypeAlias = Fixed | Uniform | Normal | LogNormal
Distribution: TypeAlias = Plain | Mixture
