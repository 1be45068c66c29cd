"""The up counter of a timer: where it stands at a cycle, when it matches, when it overflows.

Nothing happens here while the counter runs: its value follows from the cycle at which it stood at 0.
"""

from dataclasses import dataclass
from typing import Final

NEVER: Final = 1 << 62


@dataclass(slots=True)
class Counter:
    """A prescaled up counter with automatic reload.

    Attributes:
        top: largest value (16 or 32 bits of ones).
        arr: value after which it begins again at 0.
        psc: the clock is divided by ``psc + 1``.
        clock: cycles of the emulation in a period of its clock.
        running: whether it counts.
        origin: cycle at which it stood, or would have stood, at 0; while it runs.
        held: value; while it does not run.
    """

    top: int
    arr: int
    psc: int = 0
    clock: int = 1
    running: bool = False
    origin: int = 0
    held: int = 0

    @property
    def step(self) -> int:
        """Cycles a count."""
        return (self.psc + 1) * self.clock

    def value(self, now: int) -> int:
        """Where it stands, if it has not overflowed since `origin`."""
        return (now - self.origin) // self.step if self.running else self.held

    def start(self, now: int) -> None:
        """Begin to count from where it stands."""
        self.origin, self.running = now - self.held * self.step, True

    def stop(self, now: int) -> None:
        """Stand still."""
        self.held, self.running = self.value(now), False

    def set(self, now: int, value: int) -> None:
        """Put it to a value; the prescaler keeps its phase."""
        if self.running:
            self.origin = now - (now - self.origin) % self.step - value * self.step
        else:
            self.held = value

    def overflow_at(self, value: int) -> int:
        """Cycle at which it next begins again at 0, seen from a value that it has now.

        A counter that has passed ARR already (ARR was made smaller) counts to its largest value; one whose ARR is 0
        stands still (RM0090 18.3.1, 18.4.12).
        """
        if not self.running or self.arr == 0:
            return NEVER
        return self.origin + ((self.arr if value <= self.arr else self.top) + 1) * self.step

    def match_at(self, compare: int) -> int:
        """Cycle of this period at which it comes to a value."""
        return self.origin + compare * self.step
