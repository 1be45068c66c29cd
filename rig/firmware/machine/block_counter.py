"""Counts executed instructions from the basic blocks that were entered: needs nothing private of the engine."""

from collections.abc import Callable


def instructions_in(code: bytes) -> int:
    """Number of Thumb instructions in a piece of code; it begins with a whole one.

    Source: ARMv7-M ARM A5.1, a first halfword of 0b11101, 0b11110 or 0b11111 begins an instruction of 32 bit.
    """
    count = place = 0
    while place + 1 < len(code):
        place += 4 if code[place + 1] >= 0xE8 else 2
        count += 1
    return count


class BlockCounter:
    """Instructions of one run.

    Args:
        bytes_at: ``(address, size) -> bytes`` of memory.
    """

    def __init__(self, bytes_at: Callable[[int, int], bytes]) -> None:
        self._bytes_at = bytes_at
        self._known: dict[tuple[int, int], int] = {}
        self.begin()

    def begin(self) -> None:
        """A run begins."""
        self._before = 0
        self._at = self._size = 0

    def enter(self, address: int, size: int) -> None:
        """A basic block is entered: the one before was executed to its end."""
        self._before += self._count(self._at, self._size)
        self._at, self._size = address, size

    def until(self, pc: int) -> int:
        """Instructions completed before `pc`, which lies in the present block; all of it, if it does not."""
        if self._at <= pc < self._at + self._size:
            return self._before + self._count(self._at, pc - self._at)
        return self.all()

    def ends_at(self, pc: int) -> bool:
        """True where `pc` lies directly behind the present block: its last instruction was completed."""
        return self._at + self._size == pc

    def all(self) -> int:
        """Instructions completed when the present block is executed to its end."""
        return self._before + self._count(self._at, self._size)

    def forget(self) -> None:
        """Code has changed: decode anew."""
        self._known.clear()

    def _count(self, address: int, size: int) -> int:
        if size <= 0:
            return 0
        known = self._known.get((address, size))
        if known is None:
            known = self._known[address, size] = instructions_in(self._bytes_at(address, size))
        return known
