"""What a task does, by kind of channel: the interface that the card drives."""

from typing import TYPE_CHECKING

from rig.simulated.daq.errors import DaqmxError
from sim.timebase import NEVER, TimeNs

if TYPE_CHECKING:
    from rig.simulated.daq.task import Task


class Work:
    """A task's work; the base of the six kinds.

    Args:
        task: whose work it is.
    """

    puts_out = False
    """True where `live` changes the card's outputs, so that the laboratory must see it first."""

    def __init__(self, task: "Task") -> None:
        self.task = task

    def resources(self) -> frozenset[str]:
        """What no other task of the card may use meanwhile."""
        return frozenset()

    def prepare(self) -> None:
        """The task is being started: check that it can be."""

    def begin(self, t0_ns: TimeNs) -> None:
        """The first sample stands at `t0_ns`."""

    def live(self, now_ns: TimeNs) -> None:
        """The laboratory has lived until `now_ns`."""

    def fails_at(self) -> tuple[TimeNs, DaqmxError] | None:
        """When and how the work will fail if nobody does anything more; None where it will not."""
        return None

    @property
    def end_index(self) -> int | None:
        """Samples of its clock after which it is done; None where it never is, or where that is not known yet."""
        return self.task.timing.end_index

    def end_ns(self) -> TimeNs:
        """When a finite task is done."""
        count = self.end_index
        if count is None or self.task.t0_ns is None or not self.task.timing.is_clocked:
            return NEVER
        return self.task.t0_ns + count * self.task.timing.period_ns

    def clocked(self, now_ns: TimeNs) -> int:
        """Samples a channel that the clock has taken or given."""
        task = self.task
        if task.t0_ns is None or not task.timing.period_ns:
            return 0
        count = max(0, (min(now_ns, task.clock_ends_ns) - task.t0_ns) // task.timing.period_ns)
        end = self.end_index
        return count if end is None else min(count, end)

    def looks_back_to(self, now_ns: TimeNs) -> TimeNs:
        """The oldest instant at which it will still look at a terminal."""
        return now_ns

    def stop(self, now_ns: TimeNs) -> None:
        """The task was stopped."""

    def outlives_client(self) -> bool:
        """Asked when the client is gone: True where the work goes on without it."""
        return False
