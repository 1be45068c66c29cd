"""Where a processor stood when it failed, and who had called: with source lines where the image has them."""

import struct
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
_ON_PROCESS_STACK: Final = 1 << 2
_WITHOUT_FLOATS: Final = 1 << 4
"""Bits of EXC_RETURN. Source: ARMv7-M ARM B1.5.8."""
_FRAME, _LONG_FRAME = 32, 104
"""Bytes of an exception frame, without and with the registers of floating point. Source: ARMv7-M ARM B1.5.7."""


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

    def interrupted(self) -> str:
        """Where it stood when the exception was taken whose handler is next."""
        registers = self._machine.registers()
        back = registers["lr"]
        frame = registers["psp" if back & _ON_PROCESS_STACK else "msp"]
        held = self._stack(frame)
        if len(held) < _FRAME:
            return self.here()
        lr, pc = struct.unpack_from("<II", held, 20)
        return self._words(pc, lr, frame + (_FRAME if back & _WITHOUT_FLOATS else _LONG_FRAME))

    def _words(self, pc: int, lr: int, sp: int) -> str:
        frames = call_stack(pc, lr, self._stack(sp), self._code, self._source)
        return "at " + " < ".join(frame.words() for frame in frames)

    def _stack(self, sp: int) -> bytes:
        memory = self._machine.soc.memories.find(sp)
        return b"" if memory is None else self._machine.soc.memory_read(sp, min(_SCANNED, memory.end - sp))

    @cached_property
    def _source(self) -> SourceMap | None:
        try:
            return source_map(self._image.path) if self._image.has_lines else None
        except ScenarioError:
            return None
