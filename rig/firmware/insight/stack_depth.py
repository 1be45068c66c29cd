"""How deep a stack has ever been: memory that nobody has written still holds what it held when the power came."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rig.firmware.image.image_contents import Symbol
from rig.firmware.insight.call_stack import deepest_function
from rig.firmware.insight.code_map import CodeMap
from rig.firmware.machine.memory import POWER_UP, Memory

_BOTTOMS: Final = ("__stack_limit", "__StackLimit", "_sstack", "__stack_start__")
"""Names that linker scripts give to the lowest address of the main stack."""


@dataclass(frozen=True, slots=True)
class StackUse:
    """What is known of one stack.

    Attributes:
        name: `main` or `process`.
        top: first address behind it.
        size_bytes: from the end of the firmware's variables, or the limit that a symbol names, to the top.
        used_bytes: the deepest that it ever was.
        deepest: name of the function that was deepest, or "".
    """

    name: str
    top: int
    size_bytes: int
    used_bytes: int
    deepest: str

    def document(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "name": self.name,
            "top": f"0x{self.top:08x}",
            "size_bytes": self.size_bytes,
            "used_bytes": self.used_bytes,
            "deepest": self.deepest,
        }


def stack_bottom(symbols: Mapping[str, Symbol], memory: Memory, top: int) -> int:
    """Lowest address that belongs to the stack below `top`: the linker's limit, else the end of the variables."""
    for name in _BOTTOMS:
        if name in symbols and memory.at <= symbols[name].address < top:
            return symbols[name].address
    ends = [
        symbol.address + symbol.size
        for symbol in symbols.values()
        if memory.at <= symbol.address < top and symbol.address + symbol.size < top
    ]
    return max(ends, default=memory.at)


def stack_use(name: str, memory: Memory, bottom: int, top: int, code: CodeMap) -> StackUse:
    """Look at a stack between two addresses of a memory."""
    held = bytes(memory.view[bottom - memory.at : top - memory.at])
    untouched = len(held) - len(held.lstrip(bytes((POWER_UP,))))
    untouched -= untouched % 4
    return StackUse(name, top, top - bottom, len(held) - untouched, deepest_function(held[untouched:], code))


def deeper(found: Sequence[StackUse], before: Sequence[StackUse]) -> list[StackUse]:
    """By name the deeper of each: memory forgets when the supply goes."""
    best = {use.name: use for use in before}
    for use in found:
        if use.name not in best or use.used_bytes > best[use.name].used_bytes:
            best[use.name] = use
    return list(best.values())
