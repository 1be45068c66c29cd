"""What the card's outputs hold: every analogue output and every line that was ever driven."""

from rig.simulated.daq.held import Held
from rig.simulated.daq.names import key_of
from sim.timebase import TimeNs


class Outputs:
    """Held values by port; 0 V and low until something is put out."""

    def __init__(self) -> None:
        self._held: dict[str, Held] = {}

    def of(self, name: str) -> Held:
        """The output at a port."""
        key = key_of(name)
        if key not in self._held:
            self._held[key] = Held()
        return self._held[key]

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
