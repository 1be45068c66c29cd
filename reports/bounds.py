"""Limits as numbers: what each sample may be, and how far it is from the edge."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reports.samples import Samples
from scenarios.case import Case, Check


@dataclass(frozen=True, slots=True, eq=False)
class Bounds:
    """Lower and upper limit of each sample, in the unit of the measure; -inf and +inf where there is none.

    Attributes:
        low_value: (n,).
        high_value: (n,).
    """

    low_value: NDArray[np.float64]
    high_value: NDArray[np.float64]

    @property
    def same(self) -> bool:
        """True where all samples have the same limits."""
        return bool(np.all(self.low_value == self.low_value[:1]) and np.all(self.high_value == self.high_value[:1]))

    def margin(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n,) distance to the nearer limit, positive inside; -inf for a missed stimulation under an upper limit."""
        with np.errstate(invalid="ignore"):
            above = np.where(np.isfinite(self.low_value), values - self.low_value, np.inf)
            below = np.where(np.isfinite(self.high_value), self.high_value - values, np.inf)
        return np.minimum(above, below)

    def take(self, rows: NDArray[np.bool_]) -> "Bounds":
        """The limits of some of the samples."""
        return Bounds(self.low_value[rows], self.high_value[rows])


def reference_of(case: Case, check: Check) -> float | None:
    """What "of set" refers to, SI; None where the limit needs nothing or the setting is not known."""
    return case.device.programmed.get(check.limit.of_setting) if check.limit.of_setting else None


def bounds_of(case: Case, check: Check, samples: Samples) -> Bounds | None:
    """Limits of every sample; None where "of set" meets a setting that is not known."""
    n = samples.values.size
    low = -math.inf if check.limit.low is None else check.limit.low
    high = math.inf if check.limit.high is None else check.limit.high
    if not check.limit.of_setting:
        return Bounds(np.full(n, low), np.full(n, high))
    reference = samples.reference
    if reference is None:
        programmed = reference_of(case, check)
        if programmed is None:
            return None
        reference = np.full(n, programmed)
    ends = np.stack((low * reference, high * reference))
    return Bounds(ends.min(axis=0), ends.max(axis=0))


def beyond_marginal(values: NDArray[np.float64], check: Check, reference: float | None) -> NDArray[np.bool_]:
    """(n,) True where a value is beyond `marginal` on the side of the limit that it warns of.

    For `within` it is a distance from zero, or, "of set", from the setting; for `between` it warns of the end of the
    interval that it lies nearer to.
    """
    warn, limit = check.marginal, check.limit
    if warn is None:
        return np.zeros(values.size, np.bool_)
    if limit.kind == "within":
        return np.abs(values - (reference or 0.0)) > abs(warn)
    low = -math.inf if limit.low is None else limit.low
    high = math.inf if limit.high is None else limit.high
    return values > warn if high - warn <= warn - low else values < warn
