"""Deciding: from samples, limits and uncertainty to one of three words (formats.md section 2, `share` and `decision`).

PASS was shown, FAIL was shown, or neither was. Every function here is pure arithmetic; what the run itself forbids (a
rig fault, an event that never fired) is `reports.judge`'s business.
"""

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from reports.bounds import Bounds
from reports.correlation import effective_n
from reports.samples import Measurement, Samples
from reports.statistics import (
    mean_interval,
    percentile,
    percentile_interval,
    share_lower_bound,
    share_upper_bound,
)
from reports.verdict import Outcome
from scenarios.case import Check

P95: Final = 0.95


@dataclass(frozen=True, slots=True)
class Decision:
    """What the samples show.

    Attributes:
        outcome: PASS, FAIL or INCONCLUSIVE.
        value: deciding value: of the worst sample, or the share, mean or percentile.
        expanded_value: U of the deciding value; None where it does not apply.
        interval95: its 95 % interval (of a share: the two one-sided bounds), or None.
        margin_value: distance to the limit, positive inside, or None.
        worst: row of the worst sample.
        effective_count: n corrected for correlation, or None.
        undecided: samples nearer to their limit than their uncertainty.
        misses: samples beyond their limit.
        uncertainty_ratio: test-uncertainty ratio (TUR), or None.
        miss_share: upper bound, at the check's confidence, of the share of samples beyond the limit, or None.
    """

    outcome: Outcome
    value: float
    expanded_value: float | None
    interval95: tuple[float, float] | None
    margin_value: float | None
    worst: int
    effective_count: float | None
    undecided: int
    misses: int
    uncertainty_ratio: float | None = None
    miss_share: float | None = None


def uncertainty_ratio(low: float, high: float, expanded: float) -> float | None:
    """Test-uncertainty ratio (upper - lower)/(2 U); None where there is no U or no width to hold against it.

    A one-sided limit has no width: there the tolerance is counted from zero, |limit|/U. A limit at zero has none.

    Source: regulatory.md 3.2 (two-sided); one-sided: design choice.
    """
    if not expanded > 0.0 or not math.isfinite(expanded):
        return None
    if math.isfinite(low) and math.isfinite(high):
        half = 0.5 * (high - low)
    else:
        half = abs(low) if math.isfinite(low) else abs(high)
    return half / expanded if math.isfinite(half) and half > 0.0 else None


def decide(samples: Measurement, bounds: Bounds, check: Check) -> Decision:
    """Judge samples, at least one, by the quantifier and the decision rule of the check; `needs` is not looked at."""
    guard = samples.expanded if check.decision == "guarded" else np.zeros(samples.values.size)
    margin = bounds.margin(samples.values)
    missed = margin < 0.0
    # a missed stimulation is no value: where nothing bounds it from above it shows neither
    undecided = ~missed & ((margin < guard) | ~np.isfinite(samples.values))
    worst = int(np.argmin(margin if missed.any() else margin - guard))
    counts = int(undecided.sum()), int(missed.sum())
    if check.quantifier == "every":
        found = _every(samples, check, margin, worst, counts)
    elif check.quantifier == "share":
        found = _share(samples, check, worst, missed, undecided)
    else:
        found = _statistic(samples, bounds, check, worst, counts)
    if found.expanded_value is None:
        return found
    low, high = float(bounds.low_value[worst]), float(bounds.high_value[worst])
    return replace(found, uncertainty_ratio=uncertainty_ratio(low, high, found.expanded_value))


def _every(
    samples: Samples, check: Check, margin: NDArray[np.float64], worst: int, counts: tuple[int, int]
) -> Decision:
    undecided, misses = counts
    outcome = Outcome.FAIL if misses else Outcome.INCONCLUSIVE if undecided else Outcome.PASS
    value, half = float(samples.values[worst]), float(samples.half95[worst])
    interval = (value - half, value + half) if math.isfinite(value) and samples.budget else None
    if samples.interval95 is not None:
        interval = (float(samples.interval95[worst, 0]), float(samples.interval95[worst, 1]))
    several = samples.values.size > 1
    return Decision(
        outcome,
        float(samples.values[worst]),
        float(samples.expanded[worst]),
        interval,
        float(margin[worst]) if np.isfinite(margin[worst]) or misses else None,
        worst,
        None,
        undecided,
        misses,
        miss_share=share_upper_bound(misses + undecided, samples.values.size, check.confidence) if several else None,
    )


def _share(
    samples: Samples, check: Check, worst: int, missed: NDArray[np.bool_], undecided: NDArray[np.bool_]
) -> Decision:
    """PASS where the lower bound holds with the undecided as misses, FAIL where the upper one fails with them as hits.

    Hits and misses that come in runs say less than as many that come one by one, so what is to be shown is shown with
    the effective number (Korn and Graubard 1998); without a miss there is no run to be seen, and n stands for itself.
    A FAIL takes every sample at its word: a doubt never works for the device.
    """
    n = samples.values.size
    cautious, hits = ~(missed | undecided), int((~missed).sum())
    worth = effective_n(cautious.astype(np.float64))
    low = share_lower_bound(float(cautious.mean()) * worth, worth, check.confidence)
    high = share_upper_bound(hits, n, check.confidence)
    outcome = Outcome.PASS if low >= check.share else Outcome.FAIL if high < check.share else Outcome.INCONCLUSIVE
    return Decision(
        outcome,
        hits / n,
        None,
        (low, high),
        (high if outcome is Outcome.FAIL else low) - check.share,
        worst,
        worth,
        int(undecided.sum()),
        int(missed.sum()),
    )


def share_outcome(hits: int, n: int, share: float, confidence: float) -> Outcome:
    """PASS if the lower bound reaches `share`, FAIL if the upper bound is below it, else INCONCLUSIVE."""
    if share_lower_bound(hits, n, confidence) >= share:
        return Outcome.PASS
    if share_upper_bound(hits, n, confidence) < share:
        return Outcome.FAIL
    return Outcome.INCONCLUSIVE


def _statistic(samples: Samples, bounds: Bounds, check: Check, worst: int, counts: tuple[int, int]) -> Decision:
    """Mean or 95th percentile: its interval, widened by the systematic part of U, against the limits."""
    values = samples.values
    if check.quantifier == "mean":
        value = float(np.mean(values))
        worth = effective_n(values)
        interval = mean_interval(values, check.confidence, worth) if math.isfinite(value) else (value, value)
    else:
        value = percentile(values, P95)
        interval = percentile_interval(values, P95, check.confidence)
    lasting = float(np.max(samples.systematic, initial=0.0)) if check.decision == "guarded" else 0.0
    low, high = float(bounds.low_value[0]), float(bounds.high_value[0])
    inside = low <= interval[0] - lasting and interval[1] + lasting <= high
    outside = interval[0] - lasting > high or interval[1] + lasting < low
    outcome = Outcome.PASS if inside else Outcome.FAIL if outside else Outcome.INCONCLUSIVE
    if not math.isfinite(value) and math.isinf(high):
        outcome = Outcome.INCONCLUSIVE
    margin = float(bounds.margin(np.array([value]))[0])
    return Decision(
        outcome,
        value,
        float(np.max(samples.systematic, initial=0.0)),
        interval,
        margin,
        worst,
        effective_n(values),
        *counts,
    )
