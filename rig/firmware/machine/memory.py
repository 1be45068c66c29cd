"""The memories of a chip as bytes that the engine executes from and everybody else reads and writes."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rig.firmware.machine.chips import MemoryRegion

ERASED = 0xFF
"""A byte of erased flash. Source: RM0090 3.6.3."""
POWER_UP = 0xA5
"""A byte of RAM after its supply was away: not 0, so that a firmware that forgets to initialise something is found,
and always the same, so that a run can be repeated (design choice)."""


class Memory:
    """One region.

    Attributes:
        region: its name, size and kind.
        at: first address.
        end: address behind the last.
        data: its bytes; never replaced, only changed, because the engine works on them.
        executed: whether instructions have been fetched from it since it was mapped.
    """

    __slots__ = ("at", "data", "end", "executed", "region", "view")

    def __init__(self, region: "MemoryRegion", at: int | None = None, data: bytearray | None = None) -> None:
        self.region = region
        self.at = region.at if at is None else at
        self.end = self.at + region.size
        self.data = bytearray(bytes((ERASED,)) * region.size) if data is None else data
        self.view = memoryview(self.data)
        self.executed = False

    @property
    def writable(self) -> bool:
        """Whether a store changes it without ado: RAM of every kind."""
        return self.region.kind in {"ram", "ccm", "backup"}

    def lose(self) -> None:
        """Its supply was away: RAM forgets, flash keeps."""
        if self.writable:
            self.view[:] = bytes((POWER_UP,)) * self.region.size


class Memories:
    """All regions of a chip, found by address.

    The flash also shows at address 0, where the processor looks for its first vectors (RM0090 2.4, boot from flash).

    Attributes:
        own: each region once.
        all: with that alias.
    """

    def __init__(self, regions: Iterable["MemoryRegion"]) -> None:
        memories = [Memory(region) for region in regions]
        self.own = tuple(memories)
        if all(memory.at for memory in memories):
            memories += [Memory(held.region, 0, held.data) for held in memories if held.region.kind == "flash"]
        self.all = tuple(memories)

    def find(self, address: int, size: int = 1) -> Memory | None:
        """The memory that holds all of the bytes, or None."""
        for memory in self.all:
            if memory.at <= address and address + size <= memory.end:
                return memory
        return None

    def kind(self, kind: str) -> Memory:
        """The first region of a kind.

        Raises:
            KeyError: the chip has none.
        """
        for memory in self.all:
            if memory.region.kind == kind:
                return memory
        raise KeyError(kind)
