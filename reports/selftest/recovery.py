"""Recovered against true: what the measures find in a reference, with U, and whether the difference is inside it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from reports.measures import MEASURES
from reports.samples import Samples
from reports.selftest.chain import Chain, Passed, through
from reports.selftest.waveforms import Reference
from reports.uncertainty import COVERAGE
from sim.errors import RigError

_SPECS: Final = {spec.name: spec for spec in MEASURES}
_ASKED: Final[Mapping[str, Mapping[str, Any]]] = {
    "phase_current": {"pulses": "all"},
    "pulse_width": {"pulses": "all", "phase": "1"},
    "interphase_gap": {"pulses": "all"},
    "phase_charge": {"phase": "1"},
    "net_charge": {"per": "train"},
    "rate": {},
    "dc": {},
}


@dataclass(frozen=True, slots=True)
class Recovered:
    """One quantity of one reference.

    Attributes:
        measure: that found it.
        unit: SI.
        true_value: what was sent.
        value: what was found, the mean of its samples; NaN where nothing was.
        expanded_value: U of that mean, k = 2.
    """

    measure: str
    unit: str
    true_value: float
    value: float
    expanded_value: float

    @property
    def found(self) -> bool:
        """True where a number came out."""
        return math.isfinite(self.value)

    @property
    def inside(self) -> bool:
        """True where the error is no larger than U."""
        return self.found and abs(self.value - self.true_value) <= self.expanded_value

    @property
    def error_ratio(self) -> float:
        """Error over U."""
        error = abs(self.value - self.true_value)
        return error / self.expanded_value if self.expanded_value > 0.0 else (0.0 if error == 0.0 else math.inf)


@dataclass(frozen=True, slots=True)
class Trial:
    """One reference through one instrument.

    Attributes:
        instrument: its name.
        expected: `sound` or `faulty`.
        summary: what is wrong with it.
        reference: name of the waveform.
        recovered: every quantity.
        reported: what the rig itself said is wrong.
    """

    instrument: str
    expected: str
    summary: str
    reference: str
    recovered: tuple[Recovered, ...]
    reported: tuple[str, ...]

    @property
    def all_inside(self) -> bool:
        """True where every quantity was found within U."""
        return all(part.inside for part in self.recovered)

    @property
    def ok(self) -> bool:
        """A sound instrument gives everything within U and no report; a fault is reported, or does no harm."""
        if self.expected == "sound":
            return self.all_inside and not self.reported
        return bool(self.reported) or all(part.inside or not part.found for part in self.recovered)

    @property
    def words(self) -> str:
        """How the fault was noticed, or what is wrong, in a sentence."""
        if self.expected == "sound" and self.reported:
            return f"false alarm: {self.reported[0]}"
        if self.reported:
            return self.reported[0]
        outside = [part for part in self.recovered if part.found and not part.inside]
        if outside:
            worst = max(outside, key=lambda part: part.error_ratio)
            return f"NOT NOTICED: {worst.measure} is off by {worst.error_ratio:.3g} U"
        return "within U" if self.all_inside else "no number comes out"

    @property
    def brief(self) -> str:
        """The first clause of `words`."""
        return (
            self.words.removeprefix("instrument out of tolerance: ")
            .removeprefix("instrument not plausible: ")
            .split("; ")[0]
        )


def try_one(chain: Chain, reference: Reference) -> Trial:
    """Send one reference through one chain and compare."""
    passed = through(chain, reference)
    model = chain.instrument
    found = tuple(_recover(passed, name, true) for name, true in reference.truth().items())
    return Trial(model.name, model.expected, model.summary, reference.name, found, passed.reported)


def _recover(passed: Passed, measure: str, true: float) -> Recovered:
    spec = _SPECS[measure]
    try:
        samples: Samples = spec.compute(passed.record, dict(_ASKED[measure]))
    except RigError:
        return Recovered(measure, spec.unit, true, math.nan, math.nan)
    if samples.values.size == 0 or not np.isfinite(samples.values).all():
        return Recovered(measure, spec.unit, true, math.nan, math.nan)
    return Recovered(measure, spec.unit, true, float(samples.values.mean()), _expanded_of_mean(samples))


def _expanded_of_mean(samples: Samples) -> float:
    """U of the mean of samples: what is random falls with their number, what is systematic stays.

    The scatter that is seen counts where it exceeds what was expected.
    """
    n = samples.values.size
    lasting = float(samples.systematic.max())
    random = float(np.sqrt(np.mean(np.maximum(samples.expanded**2 - samples.systematic**2, 0.0))))
    seen = COVERAGE * float(samples.values.std(ddof=1)) if n > 1 else 0.0
    return math.hypot(lasting, max(random, seen) / math.sqrt(n))
