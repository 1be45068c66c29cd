"""What an instruction has read and written already when it is aborted, so that it can be executed again without harm.

An access to a register may do something (clear a flag, send a byte): it must be made once. An instruction of several
accesses (LDM, STM) may be aborted at any of them; those before it are answered from the log, the others are made.
"""

from collections.abc import Callable


class AccessLog:
    """The accesses of the present instruction.

    Attributes:
        place: instructions of this run that were completed before it.
        replaying: whether it is being executed again.
    """

    def __init__(self) -> None:
        self._accesses: list[tuple[bool, int, int]] = []
        self.place = -1
        self.replaying = False

    def begin(self) -> None:
        """A run begins."""
        self.place = -1
        self._accesses.clear()

    def at(self, place: int) -> None:
        """An instruction does something."""
        if place != self.place:
            self.place = place
            self._accesses.clear()

    def access(self, store: bool, address: int, place: int, act: Callable[[], int]) -> int:
        """Make an access, or answer it from the log.

        Args:
            store: whether it writes.
            address: of it.
            place: instructions of this run that were completed before the present one.
            act: makes it; returns the value that is read, 0 for a store.
        """
        if self.replaying:
            if not self._accesses:
                return act()
            logged_store, logged_address, value = self._accesses.pop(0)
            if (logged_store, logged_address) != (store, address):
                raise AssertionError(f"replay of an access to 0x{logged_address:08x} met one to 0x{address:08x}")
            return value
        self.at(place)
        value = act()
        self._accesses.append((store, address, value))
        return value
