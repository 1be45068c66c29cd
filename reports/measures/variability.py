"""How regular the steps are: variation of stride and swing time, and the memory of the stride time."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reports.correlation import effective_n
from reports.fall_risk.clearance import Estimate
from reports.fall_risk.regularity import (
    STRIDES_FOR_ALPHA,
    STRIDES_FOR_CV,
    STRIDES_FOR_FULL_ALPHA,
    alpha_interval95,
    cleaned,
    fluctuations,
    variation_ratio,
)
from reports.measures.collecting import noted
from reports.measures.walked import Swings, estimated, swings_of
from reports.samples import Samples
from rig.record import Record
from sim.streams import Streams


def _variation(values: NDArray[np.float64], swings: Swings) -> Samples:
    """CV after the clean; standard uncertainty CV sqrt(1/(2(n_eff - 1)) + CV^2/n_eff) (normal values)."""
    used = cleaned(values)
    ratio = float(variation_ratio(used))
    worth = max(effective_n(used), 2.0)
    half = 2.0 * ratio * math.sqrt(1.0 / (2.0 * (worth - 1.0)) + ratio**2 / worth)
    notes = noted(values.size - used.size, "strides beyond the median ± 3 MAD left out")
    found = estimated([Estimate(ratio, (ratio - half, ratio + half))], swings, "normal stride times", notes=notes)
    return replace(found, items=np.array([used.size]))


def stride_time_variability(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Coefficient of variation of the stride time, SD/mean after the clean, as a ratio; one sample a run of 100."""
    swings = swings_of(record, parameters, "stride_time_s", STRIDES_FOR_CV)
    return swings if isinstance(swings, Samples) else _variation(record.strides["stride_time_s"][swings.rows], swings)


def swing_time_variability(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """The same of the swing time, from toe-off to landing."""
    swings = swings_of(record, parameters, "landing_s", STRIDES_FOR_CV)
    if isinstance(swings, Samples):
        return swings
    return _variation((record.strides["landing_s"] - record.strides["toe_off_s"])[swings.rows], swings)


def stride_time_memory(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Exponent alpha of detrended fluctuation analysis of the stride time; one sample a run of at least 256 strides."""
    swings = swings_of(record, parameters, "stride_time_s", STRIDES_FOR_ALPHA)
    if isinstance(swings, Samples):
        return swings
    found = fluctuations(record.strides["stride_time_s"][swings.rows])
    interval = alpha_interval95(found.alpha, swings.rows.size, Streams(record.case.seed))
    notes = () if found.full else (f"{swings.rows.size} strides only, {STRIDES_FOR_FULL_ALPHA} are usual",)
    return estimated([Estimate(found.alpha, interval)], swings, "walks of the same exponent", notes=notes)
