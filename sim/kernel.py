"""The event kernel: SimPy on integer nanoseconds, with a fixed order of phases at one instant."""

import math
from collections.abc import Callable, Generator
from enum import IntEnum
from typing import Any

import simpy

from sim.errors import ModelError
from sim.timebase import NEVER, TimeNs, s_from_ns


class Phase(IntEnum):
    """Order of what happens at one instant; the priority under which SimPy sorts its heap.

    SimPy keeps 0 for its own bookkeeping, so ours begin at 1.
    """

    BODY = 1
    """The world changes: a load, a contact, a supply."""
    SENSE = 2
    """Sensor values reach the device."""
    DECIDE = 3
    """The device thinks."""
    ACT = 4
    """The device switches its output."""
    RECORD = 5
    """Looked at, never changed."""


class Kernel:
    """A SimPy environment that runs half-open spans of time.

    `advance_to(t)` runs everything before `t` and nothing at `t`: whatever is scheduled exactly at the end of a block
    belongs to the next one, so that cutting the time axis elsewhere changes nothing.

    Args:
        start_ns: first instant.
    """

    def __init__(self, start_ns: TimeNs = 0) -> None:
        self._env = simpy.Environment(initial_time=start_ns)
        self._reached_ns = start_ns

    @property
    def now_ns(self) -> TimeNs:
        """Instant of the event being handled."""
        return int(self._env.now)

    @property
    def reached_ns(self) -> TimeNs:
        """Everything before this instant has happened."""
        return self._reached_ns

    @property
    def next_ns(self) -> TimeNs:
        """Instant of the next event; NEVER where none is scheduled."""
        next_ns = self._env.peek()
        return NEVER if math.isinf(next_ns) else int(next_ns)

    def wait_until(self, t_ns: TimeNs, phase: Phase) -> simpy.Event:
        """An event at `t_ns` in `phase`, to be yielded by a process or given callbacks.

        Raises:
            ModelError: `t_ns` lies before the event being handled.
        """
        delay = t_ns - self.now_ns
        if delay < 0:
            raise ModelError("event kernel", s_from_ns(self.now_ns), f"an event was asked {-delay} ns in the past")
        event = simpy.Event(self._env)
        event._ok = True  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        event._value = None  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        # SimPy's timeout() takes no priority, and priority is what orders phases; this is how its Timeout is built
        self._env.schedule(event, priority=phase, delay=delay)  # pyright: ignore[reportArgumentType]
        return event

    def at(self, t_ns: TimeNs, phase: Phase, action: Callable[[], None]) -> None:
        """Call `action` at `t_ns` in `phase`."""
        event = self.wait_until(t_ns, phase)
        assert event.callbacks is not None

        def call(_: simpy.Event) -> None:
            action()

        event.callbacks.append(call)

    def event(self) -> simpy.Event:
        """An event that a process waits for and somebody triggers with ``succeed()``."""
        return simpy.Event(self._env)

    def process(self, steps: Generator[simpy.Event, Any, None]) -> simpy.Process:
        """Start a SimPy process."""
        return simpy.Process(self._env, steps)

    def advance_to(self, t_ns: TimeNs) -> None:
        """Handle every event before `t_ns`."""
        env = self._env
        while env.peek() < t_ns:
            env.step()
        self._reached_ns = max(self._reached_ns, t_ns)

    def advance_into(self, t_ns: TimeNs, phase: Phase) -> None:
        """Handle every event before `t_ns`, and of those at `t_ns` the ones up to `phase`."""
        self.advance_to(t_ns)
        queue = self._env._queue  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        # SimPy's peek() tells the time of the next event and not its priority, which is our phase
        while queue and queue[0][:2] <= (t_ns, phase):
            self._env.step()
