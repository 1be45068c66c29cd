"""Uncertainty of the figures of a capture: what the instrument is stated to do, and the scatter of the pulses."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from rig.bench import ChannelAccuracy
from rig.capture_measure import MeasuredCapture
from rig.pulse_uncertainty import PulseTerm, pulse_uncertainty

COVERAGE: Final = 2.0
_SQRT3: Final = 3.0**0.5


@dataclass(frozen=True, slots=True)
class Part:
    """One line of a budget.

    Attributes:
        name: what it is.
        kind: "A" or "B".
        standard_value: standard uncertainty in the unit of the figure.
        source: where the number comes from.
    """

    name: str
    kind: str
    standard_value: float
    source: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure with what is known of its uncertainty.

    Attributes:
        value: SI, or None.
        expanded_value: U, k = 2, or None where nothing can be said.
        parts: behind U.
    """

    value: float | None
    expanded_value: float | None = None
    parts: tuple[Part, ...] = ()

    def document(self) -> list[dict[str, Any]]:
        """The budget as JSON holds it."""
        return [
            {"name": part.name, "kind": part.kind, "standard": part.standard_value, "source": part.source}
            for part in self.parts
        ]


def figure(value: float | None, parts: Iterable[Part]) -> Figure:
    """A figure with ``U = 2 sqrt(sum u^2)`` (JCGM 100:2008, 5.1.2 and 6.2.1); no parts, no U."""
    known = tuple(part for part in parts if math.isfinite(part.standard_value))
    if value is None or not known:
        return Figure(value)
    return Figure(value, COVERAGE * math.sqrt(sum(part.standard_value**2 for part in known)), known)


def scatter(values: NDArray[np.float64]) -> Part | None:
    """Standard uncertainty of a mean from its scatter; few values count for less (Student, JCGM 100:2008, G.3)."""
    n = values.size
    if n < 2:
        return None
    factor = max(float(student.ppf(0.9773, n - 1)) / COVERAGE, 1.0)
    return Part("scatter", "A", factor * float(values.std(ddof=1)) / math.sqrt(n), f"standard error of {n} pulses")


def mean_figure(
    measured: MeasuredCapture, field: str, rows: NDArray[np.bool_], accuracy: ChannelAccuracy | None, sign: float = 1.0
) -> Figure:
    """Mean of a field of the pulses `rows`, and its uncertainty.

    The random terms of the instrument show in the scatter already: the larger of both counts.
    """
    values = sign * measured.pulses[field][rows]
    values = values[np.isfinite(values)]
    if values.size == 0:
        return Figure(None)
    parts: list[Part] = []
    seen = scatter(values)
    if accuracy is not None:
        terms = _typical(measured, rows, accuracy)[field]
        chance = [_part(term, values.size) for term in terms if not term.systematic]
        expected = math.sqrt(sum(part.standard_value**2 for part in chance))
        parts += [_part(term, 1) for term in terms if term.systematic]
        parts += chance if seen is None or expected > seen.standard_value else [seen]
    elif seen is not None:
        parts.append(seen)
    return figure(float(values.mean()), parts)


def _part(term: PulseTerm, n: int) -> Part:
    shrunk = "" if n == 1 else f", mean of {n}"
    return Part(term.name, term.kind, float(term.standard[0]) / math.sqrt(n), term.source + shrunk)


def _typical(
    measured: MeasuredCapture, rows: NDArray[np.bool_], accuracy: ChannelAccuracy
) -> dict[str, tuple[PulseTerm, ...]]:
    """Terms of the pulse of median amplitude and widths."""
    pulses = measured.pulses[rows]

    def median(name: str) -> float:
        values = pulses[name][np.isfinite(pulses[name])]
        return float(np.median(values)) if values.size else math.nan

    return pulse_uncertainty(
        accuracy,
        median("phase1_a"),
        median("phase1_s"),
        median("phase2_s"),
        median("gap_s"),
        phase2_a=median("phase2_a"),
    )


def rate_figure(within_s: NDArray[np.float64], accuracy: ChannelAccuracy | None) -> Figure:
    """Rate of the pulses from their intervals, 1/mean: scatter, and the sample clock."""
    if not within_s.size:
        return Figure(None)
    rate_hz = float(1.0 / within_s.mean())
    seen = scatter(within_s)
    parts: list[Part] = []
    if seen is not None:
        parts.append(
            Part(seen.name, "A", seen.standard_value * rate_hz**2, f"standard error of {within_s.size} intervals")
        )
    if accuracy is not None:
        clock = accuracy.timebase_bound_ratio * rate_hz / _SQRT3
        parts.append(Part("timebase", "B", clock, "bound of the sample clock, rectangular"))
    return figure(rate_hz, parts)


def level_figure(value: float | None, accuracy: ChannelAccuracy | None, power: float = 1.0) -> Figure:
    """A figure that goes with a power of the current and carries its gain: rms, energy, density."""
    if value is None or math.isnan(value):
        return Figure(None)
    if accuracy is None:
        return Figure(value)
    gain = power * abs(value) * accuracy.gain_bound_ratio / _SQRT3
    return figure(value, [Part("gain", "B", gain, "gain bound, rectangular; load and area taken as exact")])


def direct_figure(value_a: float, accuracy: ChannelAccuracy | None) -> Figure:
    """The mean of a record: offset and gain."""
    if math.isnan(value_a):
        return Figure(None)
    if accuracy is None or accuracy.offset_bound <= 0.0:
        return Figure(value_a)
    return figure(
        value_a,
        [
            Part("offset", "B", accuracy.offset_bound / _SQRT3, "offset and drift bound, rectangular"),
            Part("gain", "B", abs(value_a) * accuracy.gain_bound_ratio / _SQRT3, "gain bound, rectangular"),
            Part("INL", "B", accuracy.inl_bound / _SQRT3, "INL bound, rectangular"),
        ],
    )
