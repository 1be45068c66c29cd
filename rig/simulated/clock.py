"""The clock that all instruments of one laboratory share: simulated, or the wall clock."""

import threading
import time
from typing import Final, Protocol

from sim.timebase import NS_PER_S, TimeNs

_LONGEST_NAP_S: Final = 0.5
"""A sleeper looks at the time again at least this often (a suspended machine, a clock that was slowed)."""


class LabClock(Protocol):
    """Time of the laboratory: whole nanoseconds since the clock was made."""

    @property
    def paced(self) -> bool:
        """True where waiting costs time of the wall clock."""
        ...

    def now_ns(self) -> TimeNs:
        """Time now; it never falls."""
        ...

    def wait_until(self, t_ns: TimeNs, stop: threading.Event | None = None) -> bool:
        """Wait until `t_ns`; False where `stop` was set before."""
        ...


class SimClock:
    """Waiting moves time on and costs nothing; nothing else does, so a run repeats to the last bit."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now_ns: TimeNs = 0

    @property
    def paced(self) -> bool:
        """False."""
        return False

    def now_ns(self) -> TimeNs:
        """The latest instant that anybody has waited for."""
        return self._now_ns

    def wait_until(self, t_ns: TimeNs, stop: threading.Event | None = None) -> bool:
        """Move time on to `t_ns`; an instant in the past changes nothing. False where `stop` was set before."""
        if stop is not None and stop.is_set():
            return False
        with self._lock:
            self._now_ns = max(self._now_ns, t_ns)
        return True


class RealClock:
    """The wall clock's monotonic time, from 0 where the clock begins.

    Args:
        speed_ratio: seconds of the laboratory per second of the wall clock.
        running: False for a clock that stands at 0 until `begin`, while a laboratory is built up.

    Raises:
        ValueError: the speed is not above 0.
    """

    def __init__(self, speed_ratio: float = 1.0, *, running: bool = True) -> None:
        if not 0.0 < speed_ratio < float("inf"):
            raise ValueError(f"clock: the speed must be above 0 and finite, got {speed_ratio:g}")
        self._speed_ratio = speed_ratio
        self._never = threading.Event()
        self._start_ns: int | None = None
        if running:
            self.begin()

    @property
    def paced(self) -> bool:
        """True."""
        return True

    def begin(self) -> None:
        """Time runs from now on; a clock that runs runs on."""
        if self._start_ns is None:
            self._start_ns = time.perf_counter_ns()

    def now_ns(self) -> TimeNs:
        """Time since the clock began."""
        if self._start_ns is None:
            return 0
        passed_ns = time.perf_counter_ns() - self._start_ns
        return passed_ns if self._speed_ratio == 1.0 else int(passed_ns * self._speed_ratio)

    def wait_until(self, t_ns: TimeNs, stop: threading.Event | None = None) -> bool:
        """Sleep until `t_ns`; False as soon as `stop` is set."""
        asked = self._never if stop is None else stop
        while (left_ns := t_ns - self.now_ns()) > 0:
            if asked.wait(min(left_ns / NS_PER_S / self._speed_ratio, _LONGEST_NAP_S)):
                return False
        return not asked.is_set()
