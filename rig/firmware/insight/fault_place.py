"""Where a processor stood when it failed, and who had called: with source lines where the image has them."""

from functools import cached_property
from typing import Final

from rig.firmware.image.image_file import LoadedImage
from rig.firmware.insight.call_stack import call_stack
from rig.firmware.insight.code_map import CodeMap
from rig.firmware.insight.source_map import SourceMap, source_map
from rig.firmware.machine.machine import Machine
from sim.errors import ScenarioError

_SCANNED: Final = 4096
"""Bytes of a stack that are scanned (design choice: more than a small firmware has in use)."""


class FaultPlace:
    """Tells of places of one machine.

    Args:
        machine: which.
        image: in its flash.
        code: its functions.
    """

    def __init__(self, machine: Machine, image: LoadedImage, code: CodeMap) -> None:
        self._machine, self._image, self._code = machine, image, code

    def here(self, pc: int | None = None) -> str:
        """Where the processor stands now, or at `pc`."""
        registers = self._machine.registers()
        return self._words(registers["pc"] if pc is None else pc, registers["lr"], registers["sp"])

    def _words(self, pc: int, lr: int, sp: int) -> str:
        frames = call_stack(pc, lr, self._stack(sp), self._code, self._source)
        return "at " + " < ".join(frame.words() for frame in frames)

    def _stack(self, sp: int) -> bytes:
        """From the stack pointer up; of a stack that has grown out of its memory, the part that is in there."""
        soc = self._machine.soc
        memory = soc.memories.find(sp) or next((m for m in soc.memories.own if m.at - _SCANNED <= sp < m.at), None)
        if memory is None:
            return b""
        first = max(sp, memory.at)
        return soc.memory_read(first, min(_SCANNED, memory.end - first))

    @cached_property
    def _source(self) -> SourceMap | None:
        try:
            return source_map(self._image.path) if self._image.has_lines else None
        except ScenarioError:
            return None
