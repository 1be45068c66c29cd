"""What forbids a stimulator to stimulate, by reason; free once no reason is left."""

from typing import Final

from sim.kernel import Kernel

POWER: Final = "power"
STOPPED: Final = "stop button"
INTERLOCK: Final = "interlock"
TIMER: Final = "treatment timer"
CHARGE: Final = "charge fault"
SENSOR: Final = "sensor"
HANG: Final = "hang"


class Guard:
    """Reasons why the device must not stimulate.

    Args:
        kernel: event kernel of the device.
    """

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._reasons: set[str] = set()
        self.released = kernel.event()

    @property
    def is_held(self) -> bool:
        """True while any reason stands."""
        return bool(self._reasons)

    def has(self, reason: str) -> bool:
        """True while this reason stands."""
        return reason in self._reasons

    def hold(self, reason: str) -> None:
        """This reason stands from now on."""
        self._reasons.add(reason)

    def free(self, *reasons: str) -> None:
        """These reasons stand no more; who waits for `released` goes on where none is left."""
        if not self._reasons.intersection(reasons):
            return
        self._reasons.difference_update(reasons)
        if not self._reasons:
            self.released, event = self._kernel.event(), self.released
            event.succeed()
