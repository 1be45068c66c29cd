"""Toe clearance and tripping against the reference timing (regulatory.md GAI-05, GAI-06, GAI-07)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from reports.fall_risk.tail import STRIDES_FOR_TAIL, fitted, height_at, share_below
from reports.measures.compared import COMPARATIVE, SOURCE, compared
from reports.measures.walked import estimated
from reports.samples import Samples
from rig.record import Record

LOWEST_RATIO: Final = 0.01
"""The clearance that 1 % of the strides fall short of: "MFC 1 %"."""
STEPS_PER_KM: Final = 1500.0
"""Steps of one leg in a kilometre (regulatory.md GAI-07)."""


def lowest_m(clearance_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """1st percentile over the last axis, (...,), m: from the generalised Pareto tail below the 5th percentile."""
    return height_at(fitted(clearance_m), LOWEST_RATIO)


def lowest_clearance(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """1st percentile of the minimum toe clearance less that of the reference walk, m; one sample a run.

    -5 mm: one stride in a hundred is 5 mm lower, or more, than it would be with ideal stimulation. Fewer than 300
    strides say nothing about 1 % of them.
    """
    both = compared(record, parameters, "mtc_m", "m", STRIDES_FOR_TAIL)
    if isinstance(both, Samples):
        return both
    own, reference = float(lowest_m(both.own_value)), float(lowest_m(both.reference_value))
    spread = lowest_m(both.own_value[both.rows]) - lowest_m(both.reference_value[both.rows])
    notes = (
        f"p1 {own * 1e3:.1f} mm, reference {reference * 1e3:.1f} mm",
        f"mean {both.own_value.mean() * 1e3:.1f} ± {both.own_value.std(ddof=1) * 1e3:.1f} mm (SD)",
        COMPARATIVE,
    )
    made = estimated([both.estimate(own - reference, spread)], both.swings, SOURCE, notes=notes)
    return replace(made, unit="m")


def _share_met(clearance_m: NDArray[np.float64], heights_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """P(clearance < h), (..., m), half a stride added: no stride seen below h does not show that none ever will be."""
    n = clearance_m.shape[-1]
    return (share_below(fitted(clearance_m), heights_m) * n + 0.5) / (n + 1.0)


def _heights_m(parameters: Mapping[str, Any]) -> NDArray[np.float64]:
    given = parameters["height"]
    return np.array([float(h) for h in (given if isinstance(given, tuple | list) else (given,))])


def trip_ratio(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Share of steps whose toes are lower than an obstacle, over that of the reference walk; a sample a height.

    (F(h) + 1/2n)/(F_ref(h) + 1/2n), F from the empirical distribution with its Pareto tail; half a stride is added to
    both, so that two walks that never come so low compare as equal (design choice).
    """
    both = compared(record, parameters, "mtc_m", "", STRIDES_FOR_TAIL)
    if isinstance(both, Samples):
        return both
    heights_m = _heights_m(parameters)
    own, reference = _share_met(both.own_value, heights_m), _share_met(both.reference_value, heights_m)
    spread = _share_met(both.own_value[both.rows], heights_m) / _share_met(both.reference_value[both.rows], heights_m)
    found = [both.estimate(float(own[k] / reference[k]), spread[:, k]) for k in range(heights_m.size)]
    notes = tuple(
        f"h = {height * 1e3:g} mm: {own[k]:.2%}, reference {reference[k]:.2%}" for k, height in enumerate(heights_m)
    )
    return estimated(found, both.swings, SOURCE, notes=(*notes, COMPARATIVE))


def _index(clearance_m: NDArray[np.float64], height_m: NDArray[np.float64], met: float) -> NDArray[np.float64]:
    """1 - (1 - p)^N, p = share of steps with an obstacle times F(h)."""
    return 1.0 - (1.0 - met * share_below(fitted(clearance_m), height_m)[..., 0]) ** STEPS_PER_KM


def trip_index(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Chance of at least one trip in a kilometre, 1 - (1 - p)^1500, or what it is more than that of the reference walk.

    p is the share of steps that meet an unseen obstacle (`obstacles`) times F(height). An index of one device alone
    compares nothing: `against: reference` (default) gives the difference, `against: nothing` the index itself.
    """
    both = compared(record, parameters, "mtc_m", "", STRIDES_FOR_TAIL)
    if isinstance(both, Samples):
        return both
    height_m, met = np.array([float(parameters["height"])]), float(parameters["obstacles"])
    own, reference = (_index(values, height_m, met) for values in (both.own_value, both.reference_value))
    spreads = [_index(values[both.rows], height_m, met) for values in (both.own_value, both.reference_value)]
    alone = parameters.get("against", "reference") == "nothing"
    value = float(own) if alone else float(own - reference)
    spread = spreads[0] if alone else spreads[0] - spreads[1]
    notes = (f"index {float(own):.2%}, reference {float(reference):.2%}", COMPARATIVE)
    return estimated([both.estimate(value, spread)], both.swings, SOURCE, notes=notes)
