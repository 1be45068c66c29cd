"""Samples on their way out: the buffer between a program that writes and a clock that puts out."""

from collections import deque
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from rig.simulated.daq.errors import (
    BUFFER_AUTO_SIZED,
    NOT_YET_WRITTEN,
    OUTPUT_BUFFER_EMPTY,
    UNDERFLOW,
    DaqmxError,
)
from rig.simulated.daq.timing import FINITE
from rig.simulated.daq.work import Work
from sim.timebase import NEVER, TimeNs

if TYPE_CHECKING:
    from rig.simulated.daq.task import Task

REGENERATE: Final = 10097
DO_NOT_REGENERATE: Final = 10158
"""NI's constants of the regeneration mode."""


class Generation(Work):
    """Work of tasks that put out: hardware-timed from a buffer, or at once.

    Rows are what is held: one per analogue output, one per digital line.

    Args:
        task: whose work it is.
    """

    puts_out = True

    def __init__(self, task: "Task") -> None:
        super().__init__(task)
        self.regeneration = REGENERATE
        self.written = 0
        self._first_write = 0
        self._blocks: deque[NDArray[np.float64]] = deque()
        self._put_out = 0
        self._rows: list[str] = []

    def rows(self) -> list[str]:
        """Ports of the rows."""
        if not self._rows:
            self._rows = [line for channel in self.task.channels for line in (channel.lines or (channel.physical,))]
        return self._rows

    def prepare(self) -> None:
        """Hardware-timed generation begins with samples.

        Raises:
            DaqmxError: -200462, nothing was written.
        """
        if self.task.timing.is_clocked and self.written == 0:
            raise DaqmxError(OUTPUT_BUFFER_EMPTY, f"Task Name: {self.task.name}")

    def begin(self, t0_ns: TimeNs) -> None:  # noqa: ARG002
        """The first sample is put out at `t0_ns`."""
        self._put_out = 0

    @property
    def buffer_size(self) -> int:
        """Samples a channel that the buffer holds: what the user set, else as many as the first write.

        Source: ni.com, "How Is Buffer Size Determined in NI-DAQmx" (of a finite generation all its samples).
        """
        return self.task.buffers.output or max(self._first_write, self.task.timing.samples if self._is_finite else 0)

    @property
    def _is_finite(self) -> bool:
        return self.task.timing.mode == FINITE

    def space(self, now_ns: TimeNs) -> int:
        """Samples a channel that can be written now without waiting."""
        return max(0, self.buffer_size - (self.written - self.given(now_ns)))

    def given(self, now_ns: TimeNs) -> int:
        """Samples a channel that have been put out before `now_ns`."""
        task = self.task
        if task.t0_ns is None or not task.timing.period_ns:
            return 0
        count = -(-(min(now_ns, task.clock_ends_ns) - task.t0_ns) // task.timing.period_ns)
        end = task.timing.end_index
        count = max(0, count if end is None else min(count, end))
        return count if self.regeneration == REGENERATE else min(count, self.written)

    def clocked(self, now_ns: TimeNs) -> int:
        """Samples a channel that have been put out."""
        return self.given(now_ns)

    def fails_at(self) -> tuple[TimeNs, DaqmxError] | None:
        """Without regeneration: the instant of the first sample that nobody has written."""
        task = self.task
        if task.t0_ns is None or self.regeneration == REGENERATE or not task.timing.is_clocked:
            return None
        end = task.timing.end_index
        if end is not None and self.written >= end:
            return None
        at_ns = task.t0_ns + self.written * task.timing.period_ns
        if at_ns >= task.clock_ends_ns:
            return None
        return at_ns, DaqmxError(UNDERFLOW, f"Task Name: {task.name}", written=0)

    def write(self, data: NDArray[np.float64], timeout_s: float, *, auto_start: bool) -> int:
        """Write samples (n_rows, n).

        Returns:
            Samples a channel that were written: all of them.

        Raises:
            DaqmxError: -200292, the buffer had no room in time; -200290, the generation had ended for want of samples.
        """
        task, count = self.task, data.shape[1]
        card = task.on
        with card.lab.lock:
            now_ns = card.sync(exact=not task.timing.is_clocked)
            task.check()
            if not task.timing.is_clocked:
                for port, value in zip(self.rows(), data[:, -1], strict=True):
                    card.outputs.put(port, now_ns, float(value))
                if not task.is_started and auto_start:
                    card.start(task)
                if not card.lab.clock.paced:
                    card.lab.clock.wait_until(now_ns + 1)  # it stands when the call returns: who reads next sees it
                return count
            if self.written == 0:
                self._first_write = count
        if self.regeneration != REGENERATE:
            self._wait_for_room(count, timeout_s)
        with card.lab.lock:
            card.sync(exact=False)
            task.check()
            self._store(data)
            if auto_start and not task.is_started:
                card.start(task)
        return count

    def _wait_for_room(self, count: int, timeout_s: float) -> None:
        task = self.task

        def room(now_ns: TimeNs) -> TimeNs:
            missing = count - self.space(now_ns)
            if missing <= 0 or task.failed is not None:
                return now_ns
            if task.t0_ns is None:
                return NEVER
            at_ns = task.t0_ns + (self.given(now_ns) + missing - 1) * task.timing.period_ns + 1
            return max(now_ns + 1, at_ns) if at_ns <= task.clock_ends_ns else NEVER

        if count > self.buffer_size:
            detail = f"{count} samples a channel do not fit into a buffer of {self.buffer_size}"
            raise DaqmxError(NOT_YET_WRITTEN, detail, written=0)
        if not task.wait(room, timeout_s):
            raise DaqmxError(NOT_YET_WRITTEN, f"Task Name: {task.name}", written=0)

    def _store(self, data: NDArray[np.float64]) -> None:
        if self.regeneration == REGENERATE and self.written >= self.buffer_size > 0:
            self._overwrite(data)
            return
        self._blocks.append(np.array(data))
        self.written += data.shape[1]

    def _overwrite(self, data: NDArray[np.float64]) -> None:
        """With regeneration a further write replaces the samples from the start of the buffer on.

        Raises:
            DaqmxError: -200547, there are more of them than the first write has made room for.
        """
        whole = np.concatenate(list(self._blocks), axis=1)
        count = data.shape[1]
        if count > whole.shape[1]:
            detail = f"Task Name: {self.task.name}\nBuffer: {whole.shape[1]} samples a channel, written: {count}"
            raise DaqmxError(BUFFER_AUTO_SIZED, detail, written=0)
        whole[:, :count] = data
        self._blocks = deque([whole])

    def live(self, now_ns: TimeNs) -> None:
        """What has been put out is held by the card's terminals; without regeneration it leaves the buffer."""
        task = self.task
        until = self.given(now_ns)
        if task.t0_ns is None or until <= self._put_out:
            return
        data, outputs = self._take(self._put_out, until), task.on.outputs
        ports = self.rows()
        changed = data[:, 0] != [outputs.of(port).last for port in ports]
        changed |= (data[:, 1:] != data[:, :-1]).any(axis=1)
        if changed.any():
            t_ns = task.t0_ns + np.arange(self._put_out, until, dtype=np.int64) * task.timing.period_ns
            for row in np.flatnonzero(changed).tolist():
                outputs.stream(ports[row], t_ns, data[row])
        self._put_out = until

    def _take(self, first: int, until: int) -> NDArray[np.float64]:
        """Samples [first, until), (n_rows, until - first)."""
        if self.regeneration == REGENERATE:
            if len(self._blocks) > 1:
                self._blocks = deque([np.concatenate(list(self._blocks), axis=1)])
            whole = self._blocks[0]
            return whole[:, np.arange(first, until) % whole.shape[1]]
        parts: list[NDArray[np.float64]] = []
        while first < until:
            block = self._blocks[0]
            n = min(until - first, block.shape[1])
            parts.append(block[:, :n])
            if n == block.shape[1]:
                self._blocks.popleft()
            else:
                self._blocks[0] = block[:, n:]
            first += n
        return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)

    def stop(self, now_ns: TimeNs) -> None:  # noqa: ARG002
        """What was written and not put out is gone; with regeneration the buffer stays for the next start."""
        self._put_out = 0
        if self.regeneration != REGENERATE:
            self._blocks.clear()
            self.written = self._first_write = 0
