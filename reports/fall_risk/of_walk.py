"""Every fall-risk metric of one walk: what the report's section prints and `stimrig walk --json` says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reports.fall_risk.clearance import ClearanceStatistics, Estimate, clearance_statistics, estimate
from reports.fall_risk.exposure import Exposure, expected_trips, exposure, relative_exposure
from reports.fall_risk.obstacles import HEIGHTS_M, Obstacles
from reports.fall_risk.rates import Rate
from reports.fall_risk.regularity import (
    STRIDES_FOR_ALPHA,
    STRIDES_FOR_CV,
    Fluctuations,
    cleaned,
    fluctuations,
    variation_ratio,
)
from reports.fall_risk.resampling import resamples
from sim.streams import Streams

Columns: TypeAlias = Mapping[str, NDArray[np.float64]]

FEWEST: Final = 20
"""Strides below which no distribution is drawn (design choice)."""

MEANS: Final = (
    ("early_swing_min_m", "m", "Early-swing minimum (12 to 35 % of swing)"),
    ("ankle_ic_rad", "rad", "Ankle at initial contact"),
    ("ankle_swing_peak_rad", "rad", "Peak dorsiflexion in swing (after 35 %)"),
    ("foot_ic_rad", "rad", "Foot angle at initial contact"),
    ("contact_to_flat_s", "s", "Initial contact to foot flat"),
    ("hip_hike_m", "m", "Hip hike"),
    ("charge_c", "C", "Charge per stride"),
)
"""Quantities of which mean, SD and the worst stride are told: column, unit, words."""


@dataclass(frozen=True, slots=True, eq=False)
class FallRisk:
    """The metrics of model.md 6.1 for one walk; what too few strides cannot tell is None.

    Attributes:
        strides: swings with a clearance.
        clearance: statistics of the minimum toe clearance.
        curve: trip exposure at `obstacles.HEIGHTS_M`.
        trips: expected trips per km over unseen obstacles.
        relative: those over the trips of the reference walk.
        means: column of `MEANS` -> mean over the strides with its interval.
        lows: column -> lowest stride.
        scuffs: swings in which the toes touch the floor.
        stumbles: swings that end in a stumble.
        stride_time_ratio: coefficient of variation of the stride time.
        swing_time_ratio: and of the swing time.
        memory: detrended fluctuation analysis of the stride time.
        obstacles: the prior behind `trips`.
    """

    strides: int
    clearance: ClearanceStatistics | None
    curve: Exposure | None
    trips: Estimate | None
    relative: Estimate | None
    means: Mapping[str, Estimate]
    lows: Mapping[str, float]
    scuffs: Rate
    stumbles: Rate
    stride_time_ratio: float | None
    swing_time_ratio: float | None
    memory: Fluctuations | None
    obstacles: Obstacles


def with_times(strides: Columns) -> Columns:
    """The stride table with the columns that are differences of others."""
    return {**strides, "contact_to_flat_s": strides["foot_flat_s"] - strides["landing_s"]}


def fall_risk(
    strides: Columns, seed: int, reference: Columns | None = None, obstacles: Obstacles | None = None
) -> FallRisk:
    """The metrics of a walk.

    Args:
        strides: columns of `strides.parquet` of the stimulated leg.
        seed: of the case; it draws the resamples.
        reference: the same strides without the device.
        obstacles: prior of unseen obstacles.
    """
    prior = obstacles or Obstacles()
    table = with_times(strides)
    rows = np.flatnonzero(np.isfinite(table["mtc_m"]))
    clearance_m = table["mtc_m"][rows]
    enough = rows.size >= FEWEST
    drawn = resamples(clearance_m, Streams(seed)) if enough else np.empty((0, 0), np.int64)
    plain_m = None if reference is None else reference["mtc_m"][rows]
    compared = enough and plain_m is not None and bool(np.isfinite(plain_m).all())
    means, lows = _means(table, drawn if enough and rows.size == table["mtc_m"].size else None)
    return FallRisk(
        strides=rows.size,
        clearance=clearance_statistics(clearance_m, table["is_non_mtc"][rows], drawn) if enough else None,
        curve=exposure(clearance_m, np.array(HEIGHTS_M), drawn) if enough else None,
        trips=expected_trips(clearance_m, drawn, prior) if enough else None,
        relative=relative_exposure(clearance_m, plain_m, drawn, prior) if compared and plain_m is not None else None,
        means=means,
        lows=lows,
        scuffs=Rate(int(np.sum(table["scuff"] > 0)), max(rows.size, 1)),
        stumbles=Rate(int(np.sum(table["stumble"] > 0)), max(rows.size, 1)),
        stride_time_ratio=_variation(table["stride_time_s"]),
        swing_time_ratio=_variation(table["landing_s"] - table["toe_off_s"]),
        memory=fluctuations(table["stride_time_s"]) if table["stride_time_s"].size >= STRIDES_FOR_ALPHA else None,
        obstacles=prior,
    )


def _means(table: Columns, drawn: NDArray[np.int64] | None) -> tuple[dict[str, Estimate], dict[str, float]]:
    means: dict[str, Estimate] = {}
    lows: dict[str, float] = {}
    for column, _, _ in MEANS:
        values = table.get(column, np.empty(0))
        known = values[np.isfinite(values)]
        if not known.size:
            continue
        lows[column] = float(known.min())
        if drawn is not None and known.size == drawn.shape[1]:
            means[column] = estimate(known, drawn, lambda x: np.mean(x, axis=-1))
        else:
            means[column] = Estimate(float(known.mean()), (float("nan"), float("nan")))
    return means, lows


def _variation(times_s: NDArray[np.float64]) -> float | None:
    known = times_s[np.isfinite(times_s)]
    return float(variation_ratio(cleaned(known))) if known.size >= STRIDES_FOR_CV else None
