"""When the scope samples: its rate from memory and time range, and where a record lies on its own clock."""

import math
from dataclasses import dataclass
from typing import Final

from rig.simulated.keysight.pieces import Grid
from rig.simulated.keysight.scope_model import ScopeModel
from rig.simulated.keysight.scope_settings import ScopeSettings
from sim.timebase import NS_PER_S, TimeNs

AVERAGED_POINTS: Final = 62_500
"""Longest record that is averaged: the measurement record (design choice: averages follow every trigger)."""


@dataclass(frozen=True, slots=True)
class SamplePlan:
    """Rate and length of a record.

    Attributes:
        every: of so many of the converter's samples one is kept.
        period_ns: between two samples, by the scope's own clock.
        n: samples.
    """

    every: int
    period_ns: float
    n: int

    @property
    def rate_hz(self) -> float:
        """Samples a second."""
        return NS_PER_S / self.period_ns


def sample_plan(model: ScopeModel, settings: ScopeSettings, range_s: float | None = None) -> SamplePlan:
    """The fastest rate, down from the model's in steps of 1, 2, 5, at which the time range fits into the memory.

    Args:
        model: memory and highest rate.
        settings: time range and segments.
        range_s: another time range than that of the settings.
    """
    seconds = settings.timebase.range_s if range_s is None else range_s
    memory = model.memory_points
    if settings.acquisition.type == "AVER":
        memory = min(memory, AVERAGED_POINTS)
    if settings.acquisition.is_segmented:
        memory //= settings.acquisition.segments
    raw_ns = NS_PER_S / model.fastest_hz
    every = 1
    while seconds * NS_PER_S / (raw_ns * every) > memory * (1.0 + 1e-12):
        mantissa = int(str(every)[0])
        every = every * 2 if mantissa in {1, 5} else every // 2 * 5
    period_ns = raw_ns * every
    return SamplePlan(every, period_ns, max(2, math.floor(seconds * NS_PER_S / period_ns + 1e-9)))


@dataclass(frozen=True, slots=True)
class ScopeClock:
    """The sampling clock: sample k stands at ``k * period * (1 + error)`` of the lab's time.

    Attributes:
        error_ratio: of the period; positive: the clock is slow.
    """

    error_ratio: float = 0.0

    def first_at_or_after(self, t_ns: float, period_ns: float) -> int:
        """Number of the first sample that does not lie before `t_ns`."""
        return math.ceil(t_ns / (period_ns * (1.0 + self.error_ratio)) - 1e-9)

    def grid(self, first: int, plan: SamplePlan) -> Grid:
        """Lab instants of `plan.n` samples from number `first` on."""
        period_ns = plan.period_ns * (1.0 + self.error_ratio)
        start_ns = first * period_ns
        anchor_ns = math.floor(start_ns)
        return Grid(anchor_ns, start_ns - anchor_ns, period_ns, plan.n)

    def shown_s(self, lab_ns: float) -> float:
        """A span of lab time as this clock shows it, s."""
        return lab_ns / (1.0 + self.error_ratio) / NS_PER_S

    def lab_ns(self, shown_s: float) -> TimeNs:
        """A span on this clock in the lab's time, ns."""
        return round(shown_s * (1.0 + self.error_ratio) * NS_PER_S)
