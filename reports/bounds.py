"""Limits as numbers: what each sample may be, and how far it is from the edge."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reports.samples import Samples
from scenarios.case import Band, Case, Check
from scenarios.limit_reader import SET


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
    """Limits of every sample; None where what a limit is a part of is not known (`missing_reference` says what)."""
    if missing_reference(case, check, samples):
        return None
    limit, n = check.limit, samples.values.size
    bands = limit.bands or (Band(limit.low, limit.high, SET if limit.of_setting else ""),)
    setting = np.zeros(n) if not limit.of_setting else _setting(case, check, samples)
    ends = [_ends(band, _named(band, case, samples, setting), setting) for band in bands]
    low, high = (np.stack(side) for side in zip(*ends, strict=True))
    return Bounds(low.min(axis=0), high.max(axis=0))


def missing_reference(case: Case, check: Check, samples: Samples) -> str:
    """Why a limit that is a part of something has no value here, or ""."""
    if check.limit.of_setting and samples.reference is None and reference_of(case, check) is None:
        return f"the limit `{check.limit.text}` needs the setting `{check.limit.of_setting}`, which is not known"
    for name in check.limit.names:
        if name not in samples.references and name not in case.device.rated:
            return (
                f"the limit `{check.limit.text}` needs `rated: {{{name}: ...}}`, which the device file does not state"
            )
        if not np.all(np.isfinite(samples.references.get(name, np.empty(0)))):
            return f"the limit `{check.limit.text}` needs `{name}`, which has no number for a sample"
    return ""


def _setting(case: Case, check: Check, samples: Samples) -> NDArray[np.float64]:
    if samples.reference is not None:
        return samples.reference
    return np.full(samples.values.size, reference_of(case, check))


def _named(band: Band, case: Case, samples: Samples, setting: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) what the band's numbers are multiplied with: its size counts, but a setting keeps its sign."""
    if band.of == SET:
        return setting
    if not band.of:
        return np.ones(samples.values.size)
    named = samples.references.get(band.of)
    return np.abs(named) if named is not None else np.full(samples.values.size, abs(case.device.rated[band.of]))


def _ends(
    band: Band, unit: NDArray[np.float64], setting: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    low = np.full(unit.size, -np.inf) if band.low is None else band.low * unit
    high = np.full(unit.size, np.inf) if band.high is None else band.high * unit
    if band.about_set:
        low, high = setting + low, setting + high
    return np.minimum(low, high), np.maximum(low, high)


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
    if limit.kind in {"at_most", "at_least"}:
        return values > warn if limit.kind == "at_most" else values < warn
    low = -math.inf if limit.low is None else limit.low
    high = math.inf if limit.high is None else limit.high
    return values > warn if high - warn <= warn - low else values < warn
