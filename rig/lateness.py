"""How late the computer was: from the instant at which a block was sampled to the instant at which it was here.

The card's own clock paces the run; nothing here waits. What is measured goes into `run.json` and never into a verdict:
a block that comes too late lets an output run dry, and that is an error of the card with its time.
"""

import time
from array import array
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from sim.timebase import NS_PER_S, TimeNs


@dataclass(frozen=True, slots=True)
class Lateness:
    """Of the blocks of one case.

    Attributes:
        blocks: how many there were.
        median_s: half of them were later than that.
        p99_s: one in a hundred was later than that.
        worst_s: of all.
        worst_at_s: instant of the run of the worst, s.
        allowed_s: what had been written ahead: later than that an output runs dry.
        busy_ratio: processor time of this process per wall time, from the start of the inputs to the last block.
    """

    blocks: int
    median_s: float
    p99_s: float
    worst_s: float
    worst_at_s: float
    allowed_s: float
    busy_ratio: float


@runtime_checkable
class Paced(Protocol):
    """A bench that a real clock paces."""

    def lateness(self) -> Lateness | None:
        """How late the blocks of the latest case were; None where nothing was paced."""
        ...


class LatenessWatch:
    """Notes when blocks came; 8 bytes a block.

    Args:
        allowed_s: what is written ahead, s.
    """

    def __init__(self, allowed_s: float) -> None:
        self._allowed_s = allowed_s
        self._late_s, self._at_s = array("f"), array("f")
        self._start_s = self._busy_s = self._last_s = self._last_busy_s = 0.0

    def start(self) -> None:
        """The inputs start now."""
        self._start_s, self._busy_s = time.perf_counter(), time.process_time()

    def block(self, until_ns: TimeNs) -> float:
        """A block that ends at `until_ns` of the run is here; returns how late, s."""
        self._last_s, self._last_busy_s = time.perf_counter(), time.process_time()
        late_s = self._last_s - self._start_s - until_ns / NS_PER_S
        self._late_s.append(late_s)
        self._at_s.append(until_ns / NS_PER_S)
        return late_s

    def told(self) -> Lateness | None:
        """What was noted; None without a block."""
        if not self._late_s:
            return None
        import numpy as np  # `stimrig --help` reads the protocol above

        late_s = np.asarray(self._late_s)
        worst = int(late_s.argmax())
        wall_s = self._last_s - self._start_s
        return Lateness(
            blocks=late_s.size,
            median_s=float(np.median(late_s)),
            p99_s=float(np.quantile(late_s, 0.99)),
            worst_s=float(late_s[worst]),
            worst_at_s=float(self._at_s[worst]),
            allowed_s=self._allowed_s,
            busy_ratio=(self._last_busy_s - self._busy_s) / wall_s if wall_s > 0.0 else 0.0,
        )
