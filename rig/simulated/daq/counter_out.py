"""Counters that put out pulses: one, a number of them, or without end; exact in ticks of 100 MHz."""

from dataclasses import dataclass

from rig.simulated.daq.names import port_of
from rig.simulated.daq.timing import CONTINUOUS, FINITE, IMPLICIT
from rig.simulated.daq.work import Work
from sim.timebase import NEVER, TimeNs

LOW, HIGH = 10214, 10192
"""NI's constants of the idle state."""


@dataclass(slots=True)
class Pulses:
    """One train.

    Attributes:
        delay_ns: from the start to the first pulse.
        active_ns: how long the output leaves its idle state.
        idle_ns: between pulses.
        idle_state: `LOW` or `HIGH`.
    """

    delay_ns: TimeNs
    active_ns: TimeNs
    idle_ns: TimeNs
    idle_state: int = LOW


class CounterOut(Work):
    """Work of a task of counter outputs; `settings["pulses"]` of each channel holds its train."""

    puts_out = True

    def resources(self) -> frozenset[str]:
        """Its counters."""
        return frozenset(port_of(channel.physical) for channel in self.task.channels)

    def begin(self, t0_ns: TimeNs) -> None:
        """The initial delay begins at `t0_ns`."""
        self._given: list[int] = [0] * len(self.task.channels)
        self._count: int | None = 1
        timing = self.task.timing
        if timing.kind == IMPLICIT:
            self._count = timing.samples if timing.mode == FINITE else None
        for channel in self.task.channels:
            train: Pulses = channel.settings["pulses"]
            self.task.on.outputs.of(channel.physical).put(t0_ns, float(train.idle_state == HIGH))

    def live(self, now_ns: TimeNs) -> None:
        """Put out what has come until now."""
        t0_ns = self.task.t0_ns
        if t0_ns is None:
            return
        for row, channel in enumerate(self.task.channels):
            train: Pulses = channel.settings["pulses"]
            held = self.task.on.outputs.of(channel.physical)
            idle = float(train.idle_state == HIGH)
            while (edge_ns := self._edge(train, t0_ns, self._given[row])) < now_ns:
                held.put(edge_ns, idle if self._given[row] % 2 else 1.0 - idle)
                self._given[row] += 1

    def _edge(self, train: Pulses, t0_ns: TimeNs, index: int) -> TimeNs:
        """Instant of edge `index`: even ones begin a pulse, odd ones end it; `NEVER` behind the last."""
        pulse, is_end = divmod(index, 2)
        if self._count is not None and pulse >= self._count:
            return NEVER
        start_ns = t0_ns + train.delay_ns + pulse * (train.active_ns + train.idle_ns)
        return start_ns + train.active_ns if is_end else start_ns

    def clocked(self, now_ns: TimeNs) -> int:  # noqa: ARG002
        """Pulses that have ended."""
        return 0 if self.task.t0_ns is None else min(self._given, default=0) // 2

    def end_ns(self) -> TimeNs:
        """A train with an end is done with its last pulse, its idle time included."""
        t0_ns, timing = self.task.t0_ns, self.task.timing
        if t0_ns is None or (timing.kind == IMPLICIT and timing.mode == CONTINUOUS):
            return NEVER
        count = timing.samples if timing.kind == IMPLICIT else 1
        trains: list[Pulses] = [channel.settings["pulses"] for channel in self.task.channels]
        return t0_ns + max(train.delay_ns + count * (train.active_ns + train.idle_ns) for train in trains)

    def stop(self, now_ns: TimeNs) -> None:
        """The outputs return to their idle state."""
        for channel in self.task.channels:
            train: Pulses = channel.settings["pulses"]
            self.task.on.outputs.of(channel.physical).put(now_ns, float(train.idle_state == HIGH))
