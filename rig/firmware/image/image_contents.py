"""What a file of an image says, whatever its format: bytes by address, and names of addresses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

SymbolKind: TypeAlias = Literal["function", "object", "label"]


@dataclass(frozen=True, slots=True)
class Region:
    """A piece of memory.

    Attributes:
        at: address of its first byte.
        size: bytes.
    """

    at: int
    size: int

    @property
    def end(self) -> int:
        """Address just behind it."""
        return self.at + self.size

    def holds(self, address: int) -> bool:
        """True where the byte at the address belongs to it."""
        return self.at <= address < self.end

    def __str__(self) -> str:
        return f"0x{self.at:08x} to 0x{self.end - 1:08x}"


@dataclass(frozen=True, slots=True)
class Segment:
    """Bytes that a programmer writes.

    Attributes:
        address: of the first.
        data: all of them.
    """

    address: int
    data: bytes

    @property
    def end(self) -> int:
        """Address just behind it."""
        return self.address + len(self.data)

    def holds(self, address: int) -> bool:
        """True where the byte at the address belongs to it."""
        return self.address <= address < self.end


@dataclass(frozen=True, slots=True)
class Symbol:
    """A name of an address.

    Attributes:
        name: as the linker knows it.
        address: without the Thumb bit.
        size: bytes; 0 where it is not told.
        kind: what lies there.
    """

    name: str
    address: int
    size: int
    kind: SymbolKind


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file says.

    Attributes:
        segments: in any order.
        entry: address of the first instruction, perhaps with the Thumb bit; 0 where it is not told.
        symbols: name -> symbol.
        has_lines: true where it says which source line an address belongs to.
        sources: names of the compiled files that it tells of.
    """

    segments: tuple[Segment, ...]
    entry: int = 0
    symbols: Mapping[str, Symbol] = field(default_factory=dict[str, Symbol])
    has_lines: bool = False
    sources: tuple[str, ...] = ()
