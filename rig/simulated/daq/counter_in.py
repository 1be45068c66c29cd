"""Counters that measure: edges counted, and times between edges in ticks of 100 MHz."""

from collections import deque
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from rig.simulated.daq.acquisition import Acquisition
from rig.simulated.daq.channels import Channel
from rig.simulated.daq.counter_terminals import INPUTS, SECOND, number_of
from rig.simulated.daq.errors import NOT_YET_AVAILABLE, OVERFLOW, DaqmxError, not_simulated
from rig.simulated.daq.names import port_of
from rig.simulated.daq.products import TIMEBASE_HZ
from rig.simulated.daq.timing import CONTINUOUS, FINITE, IMPLICIT, ON_DEMAND
from rig.simulated.daq.trigger import RISING
from sim.timebase import NEVER, NS_PER_S, TimeNs

if TYPE_CHECKING:
    from rig.simulated.daq.task import Task

TICK_NS: Final = NS_PER_S // TIMEBASE_HZ
_TURN: Final = 1 << 32
_DEFAULT_BUFFER: Final = 10_000
"""Of measurements without a rate. Source: NI-DAQmx Help, "How Is Buffer Size Determined": no rate, 10 kS."""

Measurement = tuple[int, int]
"""Ticks of what was measured, and of what followed it (the low time of a pulse; else 0)."""


class CounterIn(Acquisition):
    """Work of a task of one counter."""

    def __init__(self, task: "Task") -> None:
        super().__init__(task)
        self._found: deque[Measurement] = deque()
        self._measured = 0
        self._looked_ns: TimeNs = 0
        self._open: list[TimeNs] = []
        self._edges_ns: deque[TimeNs] = deque()
        self._count = 0

    @property
    def channel(self) -> Channel:
        """Its only channel.

        Raises:
            DaqmxError: -200452, there are several.
        """
        if len(self.task.channels) != 1:
            raise not_simulated("several counters in one task of measurements")
        return self.task.channels[0]

    def resources(self) -> frozenset[str]:
        """Its counter."""
        return frozenset(port_of(channel.physical) for channel in self.task.channels)

    def prepare(self) -> None:
        """Look at the terminals once, so that one where nothing is wired is told at the start.

        Raises:
            DaqmxError: -200452, nothing is wired there.
        """
        for terminal in {self._terminal(0), self._terminal(1)}:
            self.task.on.terminals.edges(terminal, 0, 0)

    def begin(self, t0_ns: TimeNs) -> None:
        """Count and measure from `t0_ns` on."""
        super().begin(t0_ns)
        self._found.clear()
        self._open.clear()
        self._edges_ns.clear()
        self._measured, self._looked_ns = 0, t0_ns
        self._count = self.channel.settings.get("initial_count", 0)

    def _terminal(self, which: int) -> str:
        """Terminal of the edge that begins (0) or, of two edges, of the one that ends (1)."""
        channel = self.channel
        number, settings = number_of(channel.physical), channel.settings
        if which == 0 or channel.measures != "two_edges":
            return settings.get("terminal") or INPUTS[channel.measures][number]
        return settings.get("second_terminal") or SECOND[number]

    def live(self, now_ns: TimeNs) -> None:
        """Take the edges until now."""
        if self.task.t0_ns is None or now_ns <= self._looked_ns:
            return
        t0_ns, self._looked_ns = self._looked_ns, now_ns
        terminals, edge = self.task.on.terminals, self.channel.settings.get("edge", RISING)
        t_ns, rising = terminals.edges(self._terminal(0), t0_ns, now_ns)
        starts = rising == (edge == RISING)
        if self.channel.measures == "edges":
            self._edges_ns.extend(t_ns[starts].tolist())
        elif self.channel.measures == "two_edges":
            second = self.channel.settings.get("second_edge", RISING)
            second_ns, second_rising = terminals.edges(self._terminal(1), t0_ns, now_ns)
            self._take_pairs(t_ns[starts], second_ns[second_rising == (second == RISING)])
        else:
            for at_ns, is_start in zip(t_ns.tolist(), starts.tolist(), strict=True):
                self._take(at_ns, is_start=is_start)

    def _take(self, at_ns: TimeNs, *, is_start: bool) -> None:
        """One edge of the only terminal."""
        measures = self.channel.measures
        if measures == "semi_period":
            self._close_open(at_ns)
            self._open = [at_ns]
        elif measures == "pulse_width":
            if is_start:
                self._open = [at_ns]
            else:
                self._close_open(at_ns)
                self._open = []
        elif measures in {"period", "frequency"}:
            if is_start:
                self._close_open(at_ns)
                self._open = [at_ns]
        else:
            self._take_pulse(at_ns, is_start=is_start)

    def _close_open(self, at_ns: TimeNs) -> None:
        if self._open:
            self._put(self._open[0], at_ns)

    def _take_pulse(self, at_ns: TimeNs, *, is_start: bool) -> None:
        """A pulse: its first part ends at the other edge, its second at the next edge of the first kind."""
        if is_start:
            if len(self._open) == 2:
                self._put(self._open[0], self._open[1], at_ns)
            self._open = [at_ns]
        elif self._open:
            self._open = [self._open[0], at_ns]

    def _take_pairs(self, first_ns: NDArray[np.int64], second_ns: NDArray[np.int64]) -> None:
        edges = sorted([(int(t), 0) for t in first_ns] + [(int(t), 1) for t in second_ns])
        for at_ns, which in edges:
            if which == 0:
                self._open = [at_ns]
            elif self._open:
                self._put(self._open.pop(), at_ns)

    def _put(self, start_ns: TimeNs, end_ns: TimeNs, after_ns: TimeNs | None = None) -> None:
        """Keep a measurement: whole ticks of the timebase between its edges.

        The sample clock of the inputs is divided from the same timebase: their first sample stands on a tick.
        """
        first_ns = self.task.on.origin_ns or 0
        end = (end_ns - first_ns) // TICK_NS
        rest = 0 if after_ns is None else (after_ns - first_ns) // TICK_NS - end
        self._found.append((end - (start_ns - first_ns) // TICK_NS, rest))
        self._measured += 1
        if self.task.timing.kind == ON_DEMAND:
            while len(self._found) > 1:
                self._found.popleft()

    def clocked(self, now_ns: TimeNs) -> int:
        """Measurements, or counts that a clock has taken."""
        if self.task.timing.is_clocked:
            return super().clocked(now_ns)
        end = self.task.timing.end_index
        return self._measured if end is None or self.task.timing.kind != IMPLICIT else min(self._measured, end)

    @property
    def buffer_size(self) -> int:
        """Measurements that the buffer holds."""
        timing = self.task.timing
        if timing.mode == FINITE or timing.is_clocked:
            return super().buffer_size
        return self.task.buffers.input or max(_DEFAULT_BUFFER, timing.samples)

    def fails_at(self) -> tuple[TimeNs, DaqmxError] | None:
        """A continuous task whose measurements nobody reads."""
        timing = self.task.timing
        if timing.is_clocked:
            return super().fails_at()
        if timing.kind == IMPLICIT and timing.mode == CONTINUOUS and len(self._found) > self.buffer_size:
            detail = f"Task Name: {self.task.name}\nBuffer: {self.buffer_size} measurements"
            return self._looked_ns, DaqmxError(OVERFLOW, detail, read=0)
        return None

    def end_ns(self) -> TimeNs:
        """A finite task of measurements is done with the last of them."""
        timing = self.task.timing
        if timing.kind != IMPLICIT:
            return super().end_ns()
        return 0 if timing.mode == FINITE and self._measured >= timing.samples else NEVER

    def looks_back_to(self, now_ns: TimeNs) -> TimeNs:
        """Edges are taken as they come."""
        return min(now_ns, self._looked_ns if self.task.t0_ns is not None else self.task.armed_ns)

    def read(self, count: int, timeout_s: float) -> tuple[list[Measurement], int]:
        """Wait for measurements and take them; their number is `count`, or fewer with status -200284."""
        task, card = self.task, self.task.on
        was_started = task.is_started
        if not was_started:
            card.start(task)
        timing = task.timing
        if count < 0:
            count = timing.samples if timing.kind == IMPLICIT and timing.mode == FINITE else len(self._found)
        single = 1 if timing.kind == ON_DEMAND else count

        def there(now_ns: TimeNs) -> TimeNs:
            return now_ns if task.failed is not None or len(self._found) >= single else NEVER

        in_time = task.wait(there, timeout_s)
        task.check()
        taken = [self._found.popleft() for _ in range(min(single, len(self._found)))]
        self.read_index += len(taken)
        if not was_started and timing.kind == ON_DEMAND:
            card.stop(task)
        return taken, 0 if in_time else NOT_YET_AVAILABLE

    def counts(self, count: int, timeout_s: float) -> tuple[NDArray[np.int64], int]:
        """Edges counted: at each tick of a sample clock, or now; and the status."""
        task, card = self.task, self.task.on
        if not task.timing.is_clocked:
            with card.lab.lock:
                if not task.is_started:
                    card.start(task)
                now_ns = card.sync()
                task.check()
                return np.array([self._counted(now_ns)], np.int64), 0
        ready, status = self.wait_for(count, timeout_s)
        if not ready:  # nothing may have begun
            return np.zeros(0, np.int64), status
        with card.lab.lock:
            card.sync()
            first_ns = task.first_sample_ns() + self.read_index * task.timing.period_ns
            found = [self._counted(first_ns + k * task.timing.period_ns) for k in range(ready)]
        self.read_index += ready
        return np.array(found, np.int64), status

    def _counted(self, t_ns: TimeNs) -> int:
        """Edges before `t_ns`; they are folded into the count and forgotten."""
        step = -1 if self.channel.settings.get("counts_down", False) else 1
        while self._edges_ns and self._edges_ns[0] < t_ns:
            self._edges_ns.popleft()
            self._count += step
        return self._count % _TURN
