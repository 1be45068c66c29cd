"""Rig time against the cycles of a microcontroller, exactly: whole nanoseconds and whole cycles, no rounding drift."""

from dataclasses import dataclass
from typing import Final

from sim.timebase import TimeNs

_UHZ_PER_HZ: Final = 1_000_000
_UHZ_NS: Final = 1_000_000_000_000_000
"""Nanoseconds of a second, times microhertz of a hertz."""


@dataclass(frozen=True, slots=True)
class DeviceTime:
    """A straight piece of a clock: from `cycle` at `t_ns` on it runs at `rate_uhz`.

    Attributes:
        cycle: count of the processor's cycles at the beginning of the piece.
        t_ns: rig time of that.
        rate_uhz: cycles in a second of rig time, in microhertz; a clock of 64 MHz is set in steps of 2e-14.
    """

    cycle: int
    t_ns: TimeNs
    rate_uhz: int

    @classmethod
    def starting(cls, t_ns: TimeNs, clock_hz: int, error_ratio: float, cycle: int = 0) -> "DeviceTime":
        """A clock of nominally `clock_hz` that runs `error_ratio` too fast."""
        return cls(cycle, t_ns, clock_hz * _UHZ_PER_HZ + round(clock_hz * _UHZ_PER_HZ * error_ratio))

    def instant_ns(self, cycle: int) -> TimeNs:
        """Rig time of a cycle, rounded down."""
        return self.t_ns + (cycle - self.cycle) * _UHZ_NS // self.rate_uhz

    def first_cycle_at(self, t_ns: TimeNs) -> int:
        """The first cycle whose instant is not before `t_ns`."""
        return self.cycle - (self.t_ns - t_ns) * self.rate_uhz // _UHZ_NS

    def running_at(self, cycle: int, clock_hz: int, error_ratio: float) -> "DeviceTime":
        """The piece that follows at `cycle`, with another error."""
        return DeviceTime.starting(self.instant_ns(cycle), clock_hz, error_ratio, cycle)
