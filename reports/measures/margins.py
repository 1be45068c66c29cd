"""How much worse things may become before the toes come too low: latency, strength, electrode (GAI-09, GAI-10).

The patient is walked again with the captured pulses and a rising dose of one perturbation. The break-point is the
smallest dose at which the 1st percentile of the minimum toe clearance is more than `loss` below that of the reference
walk, which no perturbation touches.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from reports.fall_risk.clearance import Estimate
from reports.fall_risk.resampling import interval95
from reports.fall_risk.tail import STRIDES_FOR_TAIL
from reports.measures.collecting import nothing, spans_array
from reports.measures.compared import COMPARATIVE, Compared, column_of, compared
from reports.measures.compared_clearance import lowest_m
from reports.measures.walked import estimated
from reports.samples import Samples
from rig.altered_walks import Alteration
from rig.record import Record

RISE_M: Final = 0.001
"""A curve that rises by more than this while the dose grows is not monotone (design choice)."""
_HALVINGS: Final = 4
_BOUND95: Final = 1.96


@dataclass(frozen=True, slots=True)
class Perturbation:
    """Something that makes a walk worse, dose by dose.

    Attributes:
        unit: SI unit of the dose.
        doses: rising, the first of them 0.
        make: dose -> altered walks, of which the worst counts.
    """

    unit: str
    doses: tuple[float, ...]
    make: Callable[[float], tuple[Alteration, ...]]


DELAY: Final = Perturbation(
    "s", (0.0, 0.025, 0.050, 0.075, 0.100, 0.125, 0.150), lambda dose: (Alteration(delay_s=dose),)
)
WEAKNESS: Final = Perturbation("", (0.0, 0.1, 0.2, 0.3, 0.4, 0.5), lambda dose: (Alteration(weaker_ratio=dose),))
SHIFT: Final = Perturbation(
    "m",
    (0.0, 0.0025, 0.005, 0.0075, 0.010),
    lambda dose: (Alteration(shift_m=dose), Alteration(shift_m=-dose)),
)


@dataclass(frozen=True, slots=True, eq=False)
class _Curve:
    """Loss of the lowest clearance against the reference at each dose that was walked, m; positive is lower."""

    record: Record
    both: Compared
    perturbation: Perturbation

    def clearance_m(self, dose: float) -> NDArray[np.float64] | None:
        """(n,) clearances of the worst walk at a dose."""
        walks = [column_of(self.record, self.both.swings, "mtc_m", a) for a in self.perturbation.make(dose)]
        known = [walk for walk in walks if walk is not None and np.isfinite(walk).all()]
        return min(known, key=lambda walk: float(lowest_m(walk))) if len(known) == len(walks) else None

    def loss_m(self, clearance_m: NDArray[np.float64]) -> float:
        return float(lowest_m(self.both.reference_value) - lowest_m(clearance_m))

    def spread_m(self, clearance_m: NDArray[np.float64]) -> float:
        """Half width of the 95 % interval of the loss."""
        rows = self.both.rows
        low, high = interval95(lowest_m(self.both.reference_value[rows]) - lowest_m(clearance_m[rows]))
        return 0.5 * (high - low)


def _margin(record: Record, parameters: Mapping[str, Any], perturbation: Perturbation) -> Samples:
    both = compared(record, parameters, "mtc_m", perturbation.unit, STRIDES_FOR_TAIL)
    if isinstance(both, Samples):
        return both
    allowed_m = float(parameters["loss"])
    curve = _Curve(record, both, perturbation)
    walked: list[tuple[float, NDArray[np.float64], float]] = []
    for dose in perturbation.doses:
        clearance_m = curve.clearance_m(dose)
        if clearance_m is None:
            return nothing(perturbation.unit, f"at a dose of {dose:g} the foot leaves the domain of the model")
        walked.append((dose, clearance_m, curve.loss_m(clearance_m)))
        if walked[-1][2] > allowed_m:
            break
    losses_m = np.array([loss for _, _, loss in walked])
    rise_m = float(np.max(np.maximum.accumulate(losses_m) - losses_m))
    value, half, words = _break_point(curve, walked, allowed_m)
    notes = (
        words,
        f"clearance lost: {', '.join(f'{loss * 1e3:.1f}' for loss in losses_m)} mm at {_doses(walked)}",
        COMPARATIVE,
    )
    first, last = both.swings.span_s
    turned = rise_m > RISE_M
    made = estimated(
        [Estimate(value, (max(value - half, 0.0), value + half))],
        both.swings,
        "resampled strides over the slope of the curve, and the step of the search",
        notes=notes,
        lost_s=spans_array([first] if turned else [], [last] if turned else []),
        lost_because=f"the clearance rises by {rise_m * 1e3:.1f} mm while the dose grows",
    )
    return replace(made, unit=perturbation.unit)


def _doses(walked: list[tuple[float, NDArray[np.float64], float]]) -> str:
    return ", ".join(f"{dose:g}" for dose, _, _ in walked)


def _break_point(
    curve: _Curve, walked: list[tuple[float, NDArray[np.float64], float]], allowed_m: float
) -> tuple[float, float, str]:
    """Dose, half width of its interval, and in words whether it was reached; the last interval is halved four times."""
    if walked[-1][2] <= allowed_m:
        return walked[-1][0], 0.0, "not reached: the largest dose tried stands for it"
    if len(walked) == 1:
        return 0.0, 0.0, "below the limit without any perturbation"
    (low, _, low_m), (high, clearance_m, high_m) = walked[-2], walked[-1]
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        tried = curve.clearance_m(middle)
        if tried is None:
            break
        loss_m = curve.loss_m(tried)
        if loss_m > allowed_m:
            high, high_m, clearance_m = middle, loss_m, tried
        else:
            low, low_m = middle, loss_m
    slope = (high_m - low_m) / (high - low)
    value = low + (allowed_m - low_m) / slope
    return (
        value,
        float(np.hypot(curve.spread_m(clearance_m) / slope, _BOUND95 * 0.5 * (high - low) / 3.0**0.5)),
        "reached",
    )


def latency_margin(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Smallest delay of every pulse at which the toes come too low, s; at most 150 ms are tried (GAI-10)."""
    return _margin(record, parameters, DELAY)


def strength_margin(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Smallest share of the stimulated muscles' force whose loss brings the toes too low; at most 50 % (GAI-09)."""
    return _margin(record, parameters, WEAKNESS)


def shift_margin(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Smallest shift of the electrodes, to the worse side, that brings the toes too low, m; at most 10 mm (GAI-09)."""
    return _margin(record, parameters, SHIFT)
