"""What the card needs of the laboratory behind its terminals."""

import threading
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.edges import Edges
from sim.timebase import TimeNs


class CardClock(Protocol):
    """Time of the laboratory."""

    @property
    def paced(self) -> bool:
        """True where waiting costs time of the wall clock."""
        ...

    def now_ns(self) -> TimeNs:
        """Time now."""
        ...

    def wait_until(self, t_ns: TimeNs, stop: threading.Event | None = None) -> bool:
        """Wait until `t_ns`; False where `stop` was set before."""
        ...


class LiveLab(Protocol):
    """The laboratory as the card sees it; `rig.simulated.lab.Lab` is one."""

    @property
    def clock(self) -> CardClock:
        """Its clock."""
        ...

    @property
    def lock(self) -> Any:
        """Held (re-entrant) by whoever looks at the laboratory or moves it on."""
        ...

    def drive(self, driver: Any) -> None:
        """From now on ask `driver` for its roles."""
        ...

    def release(self, driver: Any) -> None:
        """Its roles rest again."""
        ...

    def advance_to(self, t_ns: TimeNs) -> None:
        """Live until `t_ns`."""
        ...

    def power_on(self, t_ns: TimeNs) -> TimeNs:
        """Switch the device on at `t_ns`, if it is not on yet; returns its time 0."""
        ...

    def edges(self, t0_ns: TimeNs, t1_ns: TimeNs, *, with_running: bool = True) -> Edges:
        """Copies of the segments in [t0_ns, t1_ns), with the one that runs at `t0_ns` or without."""
        ...

    def values(self, role: str, t0_ns: TimeNs, period_ns: TimeNs, n: int) -> NDArray[np.float64]:
        """Exact values of a role at `n` instants, SI."""
        ...

    def crossings(
        self, role: str, level: float, t0_ns: TimeNs, t1_ns: TimeNs
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Instants in [t0_ns, t1_ns) at which a role crosses a level, and whether it rises there."""
        ...

    def lines(self, t0_ns: TimeNs, t1_ns: TimeNs) -> Any:
        """Changes of the device's two-state lines in [t0_ns, t1_ns)."""
        ...
