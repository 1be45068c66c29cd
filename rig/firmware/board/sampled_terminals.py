"""What is known beforehand of a device's analogue terminals: samples that hold until the next."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from sim.timebase import TimeNs


@dataclass(frozen=True, slots=True)
class Samples:
    """One block of a terminal.

    Attributes:
        t0_ns: instant of the first sample.
        period_ns: between two samples.
        values: SI.
    """

    t0_ns: TimeNs
    period_ns: TimeNs
    values: Sequence[float]

    def at(self, t_ns: TimeNs) -> float:
        """The sample that holds at an instant; the first one before it, the last one behind it."""
        values, place = self.values, (t_ns - self.t0_ns) // self.period_ns
        if place <= 0:
            return values[0]
        return values[place] if place < len(values) else values[-1]


class SampledTerminals:
    """The blocks in force, by terminal; a new block takes the place of the old one from its first sample on."""

    def __init__(self) -> None:
        self._blocks: dict[str, list[Samples]] = {}

    def feed(self, name: str, t0_ns: TimeNs, period_ns: TimeNs, samples: bytes) -> None:
        """A block has come: float64, little endian."""
        if not samples:
            return
        block = Samples(t0_ns, period_ns, struct.unpack(f"<{len(samples) // 8}d", samples))
        self._blocks[name] = [*self._blocks.get(name, [])[-1:], block]

    def value(self, name: str, t_ns: TimeNs) -> float | None:
        """What the terminal carries at an instant; None where nothing is known of it beforehand."""
        blocks = self._blocks.get(name)
        if not blocks:
            return None
        block = blocks[-1] if t_ns >= blocks[-1].t0_ns else blocks[0]
        return block.at(t_ns)
