"""What the card's outputs hold: every analogue output and every line that was ever driven."""

from collections.abc import Hashable, Iterable

import numpy as np
from numpy.typing import NDArray

from rig.simulated.daq.held import Held
from rig.simulated.daq.names import key_of
from sim.timebase import TimeNs


class Outputs:
    """Held values by port; 0 V and low until something is put out."""

    def __init__(self) -> None:
        self._held: dict[str, Held] = {}
        self._locks: dict[Hashable, frozenset[str]] = {}

    def of(self, name: str) -> Held:
        """The output at a port."""
        key = key_of(name)
        if key not in self._held:
            self._held[key] = Held()
        return self._held[key]

    def changed_since(self, t_ns: TimeNs) -> bool:
        """True where any output has changed at `t_ns` or later: most spans hold no change at all."""
        return any(held.changed_ns >= t_ns for held in self._held.values())

    def put(self, name: str, t_ns: TimeNs, value: float) -> None:
        """An output changes at an instant; a locked one does not."""
        if not self._is_locked(name):
            self.of(name).put(t_ns, value)

    def stream(self, name: str, t_ns: NDArray[np.int64], values: NDArray[np.float64]) -> None:
        """Samples of an output at instants (n,); a locked one does not follow."""
        if not self._is_locked(name):
            self.of(name).stream(t_ns, values)

    def lock(self, owner: Hashable, names: Iterable[str]) -> None:
        """Nothing changes these outputs until `unlock` (an expired watchdog)."""
        self._locks[owner] = frozenset(key_of(name) for name in names)

    def unlock(self, owner: Hashable) -> None:
        """The outputs that `owner` has locked are free; twice is fine."""
        self._locks.pop(owner, None)

    def _is_locked(self, name: str) -> bool:
        return bool(self._locks) and any(key_of(name) in locked for locked in self._locks.values())

    def driven(self, name: str) -> Held | None:
        """The output at a port, None where nothing was ever put out there."""
        return self._held.get(key_of(name))

    def rest(self, now_ns: TimeNs) -> None:
        """All as at power-up: 0 V, low (X Series User Manual: lines power up as inputs that are pulled down)."""
        for held in self._held.values():
            held.put(now_ns, 0.0)

    def forget(self, before_ns: TimeNs) -> None:
        """Nobody reads anything older any more."""
        for held in self._held.values():
            held.forget(before_ns)
