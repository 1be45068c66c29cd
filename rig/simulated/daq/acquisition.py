"""Samples on their way in: what the clock has taken, what the buffer still holds, what a read waits for."""

from typing import TYPE_CHECKING, Final

from rig.simulated.daq.errors import (
    NEVER_AVAILABLE,
    NOT_YET_AVAILABLE,
    OVERFLOW,
    DaqmxError,
)
from rig.simulated.daq.timing import FINITE, default_input_buffer
from rig.simulated.daq.work import Work
from sim.timebase import NEVER, TimeNs

if TYPE_CHECKING:
    from rig.simulated.daq.task import Task

OVERWRITE: Final = 10252
DO_NOT_OVERWRITE: Final = 10159
"""NI's constants of the overwrite mode."""


class Acquisition(Work):
    """Work of tasks that take samples: hardware-timed into a buffer, or one at once.

    Args:
        task: whose work it is.
    """

    def __init__(self, task: "Task") -> None:
        super().__init__(task)
        self.read_index = 0
        self._reference: int | None = None
        """Index of the first sample that does not lie before the edge of the reference trigger."""
        self._looked_ns: TimeNs = 0

    def begin(self, t0_ns: TimeNs) -> None:
        """The first sample stands at `t0_ns`."""
        self.read_index, self._reference = 0, None
        self._looked_ns = t0_ns + self.task.reference_trigger.pretrigger * self.task.timing.period_ns

    @property
    def end_index(self) -> int | None:
        """Behind the reference trigger the rest of the samples follow; before it the end is not known."""
        trigger = self.task.reference_trigger
        if not trigger.source:
            return super().end_index
        return None if self._reference is None else self._reference + self.task.timing.samples - trigger.pretrigger

    def live(self, now_ns: TimeNs) -> None:
        """Look for the edge of the reference trigger; it counts once enough samples stand before it."""
        task, trigger = self.task, self.task.reference_trigger
        if not trigger.source or task.t0_ns is None or self._reference is not None:
            return
        edge_ns = task.on.terminals.first(trigger, self._looked_ns, now_ns)
        self._looked_ns = max(self._looked_ns, now_ns)
        if edge_ns is not None:
            self._reference = -(-(edge_ns - task.t0_ns) // task.timing.period_ns)
            self.read_index = self._reference - trigger.pretrigger

    @property
    def buffer_size(self) -> int:
        """Samples a channel that the buffer holds."""
        timing = self.task.timing
        if timing.mode == FINITE:
            return max(self.task.buffers.input, timing.samples)
        return self.task.buffers.input or default_input_buffer(timing.rate_hz, timing.samples)

    def fails_at(self) -> tuple[TimeNs, DaqmxError] | None:
        """The instant at which the clock needs the place of a sample that nobody has read."""
        task = self.task
        if task.t0_ns is None or not task.timing.is_clocked or task.timing.mode == FINITE:
            return None
        at_ns = task.t0_ns + (self.read_index + self.buffer_size) * task.timing.period_ns
        detail = f"Task Name: {task.name}\nBuffer: {self.buffer_size} samples a channel"
        return at_ns, DaqmxError(OVERFLOW, detail, read=0)

    def stop(self, now_ns: TimeNs) -> None:  # noqa: ARG002
        """What was not read is gone."""
        self.read_index = 0

    def looks_back_to(self, now_ns: TimeNs) -> TimeNs:
        """The instant of the oldest sample that nobody has read."""
        task = self.task
        if not task.timing.is_clocked:
            return now_ns
        if task.t0_ns is None:
            return min(now_ns, task.armed_ns)
        if task.reference_trigger.source and self._reference is None:
            return min(now_ns, self._looked_ns) - task.reference_trigger.pretrigger * task.timing.period_ns
        return min(now_ns, task.t0_ns + self.read_index * task.timing.period_ns)

    def available(self, now_ns: TimeNs) -> int:
        """Samples a channel that have been taken and not read; none before the edge of a reference trigger."""
        if self.task.reference_trigger.source and self._reference is None:
            return 0
        return max(0, self.clocked(now_ns) - self.read_index)

    def wanted(self, count: int, now_ns: TimeNs) -> int:
        """Samples a channel that a read asks for; -1 asks for all there are, of a finite task for all there will be."""
        if count >= 0:
            return count
        timing = self.task.timing
        if timing.end_index is None:
            return self.available(now_ns)
        end = self.end_index
        return timing.samples if end is None else max(0, end - self.read_index)

    def wait_for(self, count: int, timeout_s: float) -> tuple[int, int]:
        """Wait until samples are there.

        Returns:
            Samples a channel that can be read now, and the status: 0, or -200284 where the time ran out.

        Raises:
            DaqmxError: the task had ended by an error, or has ended and so many will never come.
        """
        task = self.task
        card = task.on
        with card.lab.lock:
            now_ns = card.sync(exact=count < 0)
            task.check()
            if not task.is_started:
                card.start(task)
            wanted = self.wanted(count, now_ns)
            end = self.end_index
            if end is not None and self.read_index + wanted > end:
                left = end - self.read_index
                raise DaqmxError(NEVER_AVAILABLE, f"Task Name: {task.name}\nLeft: {left} of {wanted} wanted", read=0)

        def there(now_ns: TimeNs) -> TimeNs:
            if task.failed is not None or not task.is_started:
                return now_ns
            if task.t0_ns is None:
                return NEVER
            if self.task.reference_trigger.source and self._reference is None:
                return NEVER
            at_ns = task.t0_ns + (self.read_index + wanted) * task.timing.period_ns
            return at_ns if at_ns <= task.clock_ends_ns else NEVER

        in_time = task.wait(there, timeout_s) if wanted else True
        with card.lab.lock:
            card.sync()
        task.check()
        if in_time and (task.is_started or wanted == 0):
            return wanted, 0
        return self.available(card.lab.clock.now_ns()), NOT_YET_AVAILABLE
