"""The clock of the device under test: a little fast or slow against rig time, and with a phase of its own."""

from dataclasses import dataclass

from sim.streams import Streams
from sim.timebase import NS_PER_S, TimeNs


@dataclass(frozen=True, slots=True)
class DeviceClock:
    """A clock with a rate error and a start phase against rig time (the card's sample clock).

    Attributes:
        error_ratio: relative error of its frequency; positive: it runs fast, so its second is shorter.
        phase_ns: rig time of its first tick.
    """

    error_ratio: float = 0.0
    phase_ns: TimeNs = 0

    @classmethod
    def seeded(cls, error_ratio: float, streams: Streams) -> "DeviceClock":
        """A clock whose first tick falls anywhere in the first millisecond."""
        return cls(error_ratio, int(streams.generator("device clock").integers(1, 1_000_000)))

    def rig_ns(self, duration_s: float) -> float:
        """Rig time of what the device takes for `duration_s`, ns, not rounded."""
        return duration_s * NS_PER_S / (1.0 + self.error_ratio)

    def span_ns(self, duration_s: float) -> TimeNs:
        """As `rig_ns`, to the nearest nanosecond."""
        return round(self.rig_ns(duration_s))
