"""Which function of an image lies at an address, and whether an address is one to which a call returns.

Source: ARMv7-M ARM A7.7.18 (BL), A7.7.19 (BLX), A5.1 (Thumb instruction stream).
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from rig.firmware.image.image_contents import Segment, Symbol


class CodeMap:
    """The functions of an image.

    Args:
        segments: bytes of its flash.
        symbols: of the image; none where it is stripped.
    """

    def __init__(self, segments: Sequence[Segment], symbols: Iterable[Symbol]) -> None:
        self._segments = tuple(segments)
        functions = sorted(
            (symbol for symbol in symbols if symbol.kind == "function"), key=lambda each: (each.address, each.name)
        )
        self._functions = functions
        self._starts = [function.address for function in functions]

    def function_at(self, address: int) -> str:
        """Name of the function that holds an address, or "" where no symbol tells."""
        at = bisect_right(self._starts, address) - 1
        if at < 0:
            return ""
        function = self._functions[at]
        end = function.address + function.size if function.size else self._next_start(at)
        return function.name if address < end else ""

    def words(self, address: int) -> str:
        """``name+0x12`` of an address, or the address itself."""
        name = self.function_at(address)
        if not name:
            return f"0x{address:08x}"
        start = self._starts[bisect_right(self._starts, address) - 1]
        return name if address == start else f"{name}+0x{address - start:x}"

    def holds(self, address: int) -> bool:
        """Whether the address lies in what the image loads."""
        return any(segment.holds(address) for segment in self._segments)

    def returns_from_call(self, word: int) -> bool:
        """Whether a word of a stack is the return address of a call: odd, and behind a BL or BLX."""
        if not word & 1:
            return False
        before, second = self._halfword(word - 5), self._halfword(word - 3)
        if before is None or second is None:
            return False
        is_long_call = before & 0xF800 == 0xF000 and second & 0xD000 == 0xD000
        return is_long_call or second & 0xFF87 == 0x4780

    def called_before(self, word: int) -> int | None:
        """Where the call before a return address went; None where a register said so."""
        first, second = self._halfword(word - 5), self._halfword(word - 3)
        if first is None or second is None or first & 0xF800 != 0xF000 or second & 0xD000 != 0xD000:
            return None
        sign = first >> 10 & 1
        upper = [1 - ((second >> bit & 1) ^ sign) for bit in (13, 11)]
        offset = (-sign << 24) | upper[0] << 23 | upper[1] << 22 | (first & 0x3FF) << 12 | (second & 0x7FF) << 1
        return word - 1 + offset

    def _halfword(self, address: int) -> int | None:
        for segment in self._segments:
            if segment.holds(address) and segment.holds(address + 1):
                at = address - segment.address
                return int.from_bytes(segment.data[at : at + 2], "little")
        return None

    def _next_start(self, at: int) -> int:
        address = self._starts[at]
        behind = next((start for start in self._starts[at + 1 :] if start > address), None)
        if behind is not None:
            return behind
        return next((segment.end for segment in self._segments if segment.holds(address)), address + 1)
