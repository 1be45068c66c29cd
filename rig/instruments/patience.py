"""Waiting for an instrument: on the wall clock, or on the clock of a simulated laboratory, where waiting is free."""

import time
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rig.simulated.clock import LabClock


class Patience(Protocol):
    """A clock that can be waited on."""

    def now_s(self) -> float:
        """Instant, s, from any origin; never runs backwards."""
        ...

    def pause(self, duration_s: float) -> None:
        """Come back after `duration_s`."""
        ...


class WallPatience:
    """The clock of this computer: for instruments on wires."""

    def now_s(self) -> float:
        """Monotonic seconds."""
        return time.monotonic()

    def pause(self, duration_s: float) -> None:
        """Sleep."""
        time.sleep(duration_s)


class LabPatience:
    """The clock of a simulated laboratory: waiting moves its time on.

    Args:
        clock: of the laboratory.
    """

    def __init__(self, clock: "LabClock") -> None:
        self._clock = clock

    def now_s(self) -> float:
        """Simulated seconds."""
        return self._clock.now_ns() * 1e-9

    def pause(self, duration_s: float) -> None:
        """Let the laboratory live for `duration_s`."""
        self._clock.wait_until(self._clock.now_ns() + max(1, round(duration_s * 1e9)))
