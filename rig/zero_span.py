"""Zero and span of the instrument, taken before and after each case.

A relay shorts the inputs (zero), then connects them to a reference source (span). The zero is what direct current is
corrected by; what both drift in the course of the case belongs to the uncertainty; a reading beyond what the bench
states of itself means that nothing measured between can be trusted.

Source: regulatory.md 5.3 (f) (zero and span check before and after each test); ISO 13485 7.6 (equipment out of
tolerance).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from rig.bench import ChannelAccuracy

_SIGMAS: Final = 4.0
"""Noise of a reading that its tolerance leaves room for: one false alarm in 16 000 readings."""


@dataclass(frozen=True, slots=True)
class ZeroSpan:
    """One pair of readings of one role, in its unit.

    Attributes:
        t_s: instant on the time axis of the run, s.
        zero: reading with shorted inputs.
        zero_noise: standard error of that mean.
        reference: value of the reference source.
        reference_bound: how far it may be off.
        span: reading of the reference source.
        span_noise: standard error of that mean.
        readings: samples behind each mean; 0 where it is not known, and then nothing is said about their noise.
    """

    t_s: float
    zero: float
    zero_noise: float
    reference: float
    reference_bound: float
    span: float
    span_noise: float
    readings: int = 0

    @property
    def gain_ratio(self) -> float:
        """Reading over truth, the zero taken off."""
        return (self.span - self.zero) / self.reference


@dataclass(frozen=True, slots=True)
class ZeroSpans:
    """The readings of a case, by role; empty where the bench cannot take them, or where the run broke off.

    Attributes:
        before: before the first sample.
        after: behind the last one.
    """

    before: Mapping[str, ZeroSpan] = field(default_factory=dict[str, ZeroSpan])
    after: Mapping[str, ZeroSpan] = field(default_factory=dict[str, ZeroSpan])

    def taken(self, role: str) -> bool:
        """True where both readings of a role are there."""
        return role in self.before and role in self.after

    def zero_at(self, role: str, t_s: float) -> float:
        """Zero of a role at an instant of the run, on the straight line between the two readings."""
        a, b = self.before[role], self.after[role]
        part = (t_s - a.t_s) / (b.t_s - a.t_s) if b.t_s > a.t_s else 0.5
        return a.zero + (b.zero - a.zero) * min(max(part, 0.0), 1.0)

    def zero_drift(self, role: str) -> float:
        """How far the zero moved in the course of the case."""
        return self.after[role].zero - self.before[role].zero

    def zero_noise(self, role: str) -> float:
        """Standard uncertainty of the line between the two readings, at worst."""
        return max(self.before[role].zero_noise, self.after[role].zero_noise)

    def gain_drift_ratio(self, role: str) -> float:
        """How far the gain moved in the course of the case."""
        return self.after[role].gain_ratio - self.before[role].gain_ratio


def out_of_tolerance(readings: Mapping[str, ZeroSpan], accuracy: "Mapping[str, ChannelAccuracy]", when: str) -> str:
    """What of the readings lies beyond what the bench states of itself, or "".

    |zero| <= offset bound, |span - zero - reference| <= gain bound x reference + 2 INL bounds + bound of the reference,
    each with room for four standard errors of the readings.

    Args:
        readings: by role.
        accuracy: what the bench states, by role.
        when: `before` or `after` the case, for the message.
    """
    problems: list[str] = []
    for role, reading in readings.items():
        part = accuracy[role]
        allowed = part.offset_bound + _SIGMAS * reading.zero_noise
        if not abs(reading.zero) <= allowed:
            problems.append(f"zero of {role} {when} the case is {_si(reading.zero, allowed, part.unit)}")
        wrong = reading.span - reading.zero - reading.reference
        own = (part.gain_bound_ratio + part.polarity_gain_ratio) * abs(reading.reference) + 2.0 * part.inl_bound
        noise = math.hypot(reading.zero_noise, reading.span_noise)
        allowed = own + reading.reference_bound + _SIGMAS * noise
        if not abs(wrong) <= allowed:
            problems.append(f"span of {role} {when} the case is off by {_si(wrong, allowed, part.unit)}")
    return f"instrument out of tolerance: {'; '.join(problems)}" if problems else ""


def _si(value: float, allowed: float, unit: str) -> str:
    from scenarios.quantities import format_quantity

    return f"{format_quantity(value, unit)}, allowed are {format_quantity(allowed, unit)}"


def zero_spans_from(facts: Mapping[str, Any] | None) -> ZeroSpans:
    """`Record.zero_span` from the plain values of a record file; of a record without them an empty one."""
    if not facts:
        return ZeroSpans()
    before, after = (
        {role: ZeroSpan(**{name: _plain(each) for name, each in row.items()}) for role, row in facts[when].items()}
        for when in ("before", "after")
    )
    return ZeroSpans(before, after)


def _plain(value: Any) -> Any:
    """A number of a record file; what was not finite is null there."""
    return math.nan if value is None else value
