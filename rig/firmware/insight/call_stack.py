"""Who called whom, read from a stack without unwind tables: every word to which a call returns is a frame.

A scan finds each caller that is still on the stack; it may also find one that is not, where a function has reserved
room for variables and not written it yet. So it is printed as what it is: a scan.
"""

import struct
from dataclasses import dataclass
from typing import Final

from rig.firmware.insight.code_map import CodeMap
from rig.firmware.insight.source_map import SourceMap

_DEEPEST: Final = 16
"""Frames that are told (design choice: more than a small firmware nests, and still one screen)."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One place of a call stack.

    Attributes:
        address: of the instruction; of the call for everything but the innermost frame.
        function: that holds it with the offset, or the address.
        place: ``file:line``, or "".
    """

    address: int
    function: str
    place: str

    def words(self) -> str:
        """As it is printed."""
        return f"{self.function} ({self.place})" if self.place else self.function


def call_stack(pc: int, lr: int, stack: bytes, code: CodeMap, source: SourceMap | None) -> tuple[Frame, ...]:
    """The innermost frame first.

    Args:
        pc: where the processor stands.
        lr: its link register; counts where it is a return address.
        stack: bytes from the stack pointer to the top of the stack.
        code: of the image.
        source: of the image, or None where it has no line information.
    """
    whole = len(stack) // 4
    words = (lr, *struct.unpack_from(f"<{whole}I", stack))
    calls = [word - 3 & ~1 for at, word in enumerate(words) if code.returns_from_call(word) and word not in words[:at]]
    places = [pc, *calls][:_DEEPEST]
    return tuple(Frame(each, code.words(each), source.place_words(each) if source else "") for each in places)


def deepest_function(stack: bytes, code: CodeMap) -> str:
    """Name of the function that reached deepest into a stack, or "" where none is found.

    Args:
        stack: bytes from the deepest that was ever used up to the top.
        code: of the image.
    """
    for (word,) in struct.iter_unpack("<I", stack[: len(stack) // 4 * 4]):
        if code.returns_from_call(word):
            called = code.called_before(word)
            return (code.function_at(called) if called is not None else "") or code.function_at(word - 3)
    return ""
