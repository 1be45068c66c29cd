"""Sensitivity: which parameters of a class move the toe clearance, one at a time, at once and after adapting."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Final

import numpy as np

from reports.credibility.walks import Stimulation, frozen, quiet, strolled
from scenarios.patient_class import PatientClass, read_patient_class
from scenarios.text import Text, Where
from sim.body.compensation import CompensationState
from sim.body.patient import Patient
from sim.errors import ModelError

ONE_SD: Final = (0.158655, 0.841345)
"""Shares of people below one standard deviation under and over the middle."""
WITHOUT_DISTRIBUTION: Final = (0.9, 1.1)
ADAPTED_STRIDES: Final = 120
STIMULATION: Final = Stimulation(0.035)


@dataclass(frozen=True, slots=True)
class Clearances:
    """Minimum toe clearance without stride-to-stride noise, m.

    Attributes:
        bare_m: compensation kept as the typical patient has it, no aid.
        acute_m: the same with stimulation of fixed current.
        adapted_m: with that stimulation, 120 strides later.
    """

    bare_m: float
    acute_m: float
    adapted_m: float


@dataclass(frozen=True, slots=True)
class Sway:
    """What one parameter does.

    Attributes:
        field: of `Patient`.
        low_si: lower value, in the unit of the field.
        high_si: higher value.
        spread: True where the two are one SD of the class's people, False for -10 and +10 %.
        at_low: clearances there; None where nobody can walk so.
        at_high: likewise.
    """

    field: str
    low_si: float
    high_si: float
    spread: bool
    at_low: Clearances | None
    at_high: Clearances | None

    def range_m(self, kind: str, nominal: Clearances) -> tuple[float, float]:
        """Change of one clearance at the low and at the high value, m; NaN where nobody can walk so."""
        base = float(getattr(nominal, kind))
        ends = [math.nan if end is None else float(getattr(end, kind)) - base for end in (self.at_low, self.at_high)]
        return ends[0], ends[1]

    def reach_m(self, kind: str, nominal: Clearances) -> float:
        """The larger of the two changes without its sign, m."""
        return max((abs(end) for end in self.range_m(kind, nominal) if math.isfinite(end)), default=0.0)


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """Of one class.

    Attributes:
        name: of the class.
        nominal: clearances of the typical patient.
        sways: of every parameter that can be varied, largest acute effect first.
    """

    name: str
    nominal: Clearances
    sways: tuple[Sway, ...]


@cache
def class_of(name: str) -> PatientClass:
    """The file of a class, with its distributions and sources."""
    return read_patient_class(Text(name, Where("credibility", 1, 1)), ())


def sensitivity(name: str) -> Sensitivity:
    """Vary every parameter of a class, one at a time, by one SD of its people or by 10 %."""
    population = class_of(name).population
    typical = population.typical
    kept = _kept(typical)
    nominal = _clearances(typical, typical, kept)
    found = (
        Sway(
            field,
            low,
            high,
            spread,
            _tried(replace(typical, **{field: low}), typical, kept),
            _tried(replace(typical, **{field: high}), typical, kept),
        )
        for field, low, high, spread in _ends(population.typical, name)
    )
    return Sensitivity(name, nominal, tuple(sorted(found, key=lambda s: -s.reach_m("acute_m", nominal))))


def _ends(typical: Patient, name: str) -> Iterator[tuple[str, float, float, bool]]:
    spreads = {spread.field: spread for spread in class_of(name).population.spreads}
    for field in fields(typical):
        value = getattr(typical, field.name)
        if field.name in spreads:
            spread = spreads[field.name]
            low, high = (spread.distribution.quantile(u, spread.low, spread.high) for u in ONE_SD)
            yield field.name, low, high, True
        elif isinstance(value, float) and value != 0.0:
            low, high = sorted(value * ratio for ratio in WITHOUT_DISTRIBUTION)
            bounds = field.metadata.get("bounds", (-math.inf, math.inf))
            yield field.name, max(low, bounds[0]), min(high, bounds[1]), False


def _kept(typical: Patient) -> CompensationState:
    """The compensation that the typical patient has got used to without aid."""
    walker, _ = strolled(quiet(typical), typical.speed_m_s, ADAPTED_STRIDES)
    return walker.compensation


def _tried(patient: Patient, typical: Patient, kept: CompensationState) -> Clearances | None:
    try:
        return _clearances(patient, typical, kept)
    except ModelError:
        return None


def _clearances(patient: Patient, typical: Patient, kept: CompensationState) -> Clearances:
    speed, still = patient.speed_m_s, quiet(patient)
    bare, _ = strolled(frozen(still), speed, 4, state=kept)
    acute, _ = strolled(frozen(still), speed, 4, state=kept, stimulation=_pulses(typical), titrated_to=typical)
    later, _ = strolled(still, speed, ADAPTED_STRIDES, state=kept, stimulation=_pulses(typical), titrated_to=typical)
    ends = (float(np.mean(walker.strides()["mtc_m"][-3:])) for walker in (bare, acute, later))
    return Clearances(*ends)


def _pulses(typical: Patient) -> Stimulation | None:
    return STIMULATION if typical.excitability_ratio > 2.0 * STIMULATION.share else None
