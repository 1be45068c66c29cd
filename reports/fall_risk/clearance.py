"""Minimum toe clearance of a walk as statistics, each with its bootstrap interval."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reports.fall_risk.resampling import interval95
from reports.fall_risk.tail import STRIDES_FOR_TAIL, fitted, height_at


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its 95 % interval.

    Attributes:
        value: the number.
        interval95: its bootstrap interval.
    """

    value: float
    interval95: tuple[float, float]


@dataclass(frozen=True, slots=True)
class ClearanceStatistics:
    """What the minimum toe clearances of a walk look like, m; shape is told, not claimed (model.md section 12).

    Attributes:
        strides: number of swings behind it.
        mean_m: mean.
        sd_m: standard deviation.
        median_m: median.
        iqr_m: 75th less 25th percentile.
        skew: third standardised moment; 0 where symmetric.
        kurtosis: fourth standardised moment less 3; 0 for a normal distribution.
        lowest1_m: 1st percentile, from the fitted tail; None with fewer than 300 strides.
        non_mtc: cycles without a local minimum in mid-swing.
    """

    strides: int
    mean_m: Estimate
    sd_m: Estimate
    median_m: Estimate
    iqr_m: Estimate
    skew: Estimate
    kurtosis: Estimate
    lowest1_m: Estimate | None
    non_mtc: int


def standardised_moment(values: NDArray[np.float64], order: int) -> NDArray[np.float64]:
    """Mean of ((x - mean)/SD)^order over the last axis, SD with n in the denominator."""
    deviation = values - np.mean(values, axis=-1, keepdims=True)
    spread = np.sqrt(np.mean(deviation**2, axis=-1))
    return np.mean(deviation**order, axis=-1) / np.where(spread > 0.0, spread, 1.0) ** order


def _iqr(values: NDArray[np.float64]) -> NDArray[np.float64]:
    high, low = np.percentile(values, (75.0, 25.0), axis=-1)
    return high - low


def estimate(
    values: NDArray[np.float64],
    rows: NDArray[np.int64],
    statistic: Callable[[NDArray[np.float64]], NDArray[np.float64]],
) -> Estimate:
    """`statistic` (over the last axis) of `values`, (n,), with the interval that its resamples `rows` give."""
    return Estimate(float(statistic(values)), interval95(statistic(values[rows])))


def clearance_statistics(
    clearance_m: NDArray[np.float64], non_mtc: NDArray[np.float64], rows: NDArray[np.int64]
) -> ClearanceStatistics:
    """Statistics of `clearance_m`, (n,) in stride order, n >= 2.

    Args:
        clearance_m: minimum toe clearances, m.
        non_mtc: (n,) 1 where the cycle has no local minimum.
        rows: resamples from `resampling.resamples`.
    """

    def of(statistic: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> Estimate:
        return estimate(clearance_m, rows, statistic)

    lowest = of(lambda x: height_at(fitted(x), 0.01)) if clearance_m.size >= STRIDES_FOR_TAIL else None
    return ClearanceStatistics(
        strides=clearance_m.size,
        mean_m=of(lambda x: np.mean(x, axis=-1)),
        sd_m=of(lambda x: np.std(x, axis=-1, ddof=1)),
        median_m=of(lambda x: np.median(x, axis=-1)),
        iqr_m=of(_iqr),
        skew=of(lambda x: standardised_moment(x, 3)),
        kurtosis=of(lambda x: standardised_moment(x, 4) - 3.0),
        lowest1_m=lowest,
        non_mtc=int(np.nansum(non_mtc)),
    )
