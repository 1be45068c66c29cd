"""Exception frames: what the processor saves on the stack when a handler begins and takes back when it returns.

Registers of floating point are saved at once where the hardware may wait until they are used (lazy stacking); the
frame's place, size and later content are the same. The time is that of the lazy frame.

Source: ARMv7-M ARM B1.5.6 (entry), B1.5.7 (stack alignment), B1.5.8 (return), B1.5.9 (frames).
"""

import struct
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rig.firmware.machine.execution import Engine
    from rig.firmware.machine.memory import Memories, Memory

_ALIGNED: Final = 1 << 9
"""Bit of the saved xPSR: a word was left free to align the frame."""
_XPSR_KEPT: Final = 0xF80F0000
"""APSR with its GE bits."""
_THUMB: Final = 1 << 24
_NPRIV, _SPSEL, _FPCA = 1, 2, 4
_FPCA_SET: Final = 4 | 8
"""The engine knows a second such bit (SFPA of ARMv8-M); without it, it begins a new context of floating point."""
_BASIC: Final = struct.Struct("<8I")
_EXTENDED: Final = struct.Struct("<26I")


class StackError(Exception):
    """A frame does not lie in RAM.

    Args:
        back: EXC_RETURN of a frame that could not be saved.
    """

    def __init__(self, back: int = 0) -> None:
        super().__init__(back)
        self.back = back


class Frames:
    """Saves and restores registers of one engine.

    Args:
        engine: of which.
        memories: in which the stacks lie.
    """

    def __init__(self, engine: "Engine", memories: "Memories") -> None:
        self._memories = memories
        self._stack: Memory = memories.kind("ram")
        self._saved = engine.registers(("r0", "r1", "r2", "r3", "r12", "lr", "xpsr", "control", "sp"))
        self._floats = engine.registers((*(f"s{place}" for place in range(16)), "fpscr"))
        self._enter = engine.registers(("sp", "xpsr", "lr"))
        self._status = engine.registers(("xpsr",))
        self._control = engine.registers(("control",))
        self._pointers = engine.registers(("control", "sp", "psp", "xpsr"))
        self._chain = engine.registers(("xpsr", "lr"))
        self._leave = engine.registers(("xpsr", "sp", "r0", "r1", "r2", "r3", "r12", "lr"))
        self._leave_to_process = engine.registers(("xpsr", "control", "sp", "r0", "r1", "r2", "r3", "r12", "lr"))

    def _ram(self, address: int, size: int) -> "Memory":
        stack = self._stack
        if not stack.at <= address <= stack.end - size:
            found = self._memories.find(address, size)
            if found is None or not found.writable:
                raise StackError
            self._stack = stack = found
        return stack

    def push(self, number: int, pc: int, *, thread: bool, align: bool, keep_floats: bool) -> int:
        """Save the registers and be in handler mode of an exception.

        Args:
            number: of the exception.
            pc: to return to.
            thread: whether it leaves thread mode.
            align: CCR.STKALIGN.
            keep_floats: FPCCR.ASPEN: the registers of floating point belong to the frame once they have been used.

        Returns:
            EXC_RETURN, which its link register holds.

        Raises:
            StackError: the frame does not lie in RAM; all else is done.
        """
        r0, r1, r2, r3, r12, lr, xpsr, control, sp = self._saved.read()
        floats = keep_floats and control & _FPCA
        free = 1 if sp & 4 and (align or floats) else 0
        top = sp - (104 if floats else 32) - 4 * free & 0xFFFFFFFF
        status = xpsr & ~_ALIGNED | free << 9
        back = (0xFFFFFFE1 if floats else 0xFFFFFFF1) | (8 if thread else 0) | (4 if thread and control & _SPSEL else 0)
        lost = False
        try:
            stack = self._ram(top, 104 if floats else 32)
            if floats:
                frame = (r0, r1, r2, r3, r12, lr, pc, status, *self._floats.read(), 0)
                _EXTENDED.pack_into(stack.data, top - stack.at, *frame)
            else:
                _BASIC.pack_into(stack.data, top - stack.at, r0, r1, r2, r3, r12, lr, pc, status)
        except StackError:
            lost = True
        handler = xpsr & _XPSR_KEPT | _THUMB | number
        if control & (_SPSEL | _FPCA):
            self._push_control(top, handler, back, control)
        else:
            self._enter.write((top, handler, back))
        if lost:
            raise StackError(back)
        return back

    def _push_control(self, top: int, handler: int, back: int, control: int) -> None:
        """As `push`, from a process stack or with floating point in use: CONTROL changes too."""
        self._enter.write((top, handler, back))
        # only privileged code may write CONTROL, and only thread mode its SPSEL
        self._control.write((control & _SPSEL,))
        if control & _SPSEL:
            self._status.write((handler & ~0x1FF,))
            self._control.write((0,))
            self._status.write((handler,))
        self._control.write((control & _NPRIV,))
        self._chain.write((handler, back))

    def chain(self, number: int, back: int) -> None:
        """Go from one handler to the next without touching the stack."""
        control, _, _, xpsr = self._pointers.read()
        if control & _FPCA:
            self._control.write((control & ~_FPCA_SET,))
        self._chain.write((xpsr & _XPSR_KEPT | _THUMB | number, back))

    def pop(self, back: int) -> tuple[int, int]:
        """Take the registers back.

        Args:
            back: EXC_RETURN.

        Returns:
            Where to go on, and the restored xPSR.

        Raises:
            StackError: the frame does not lie in RAM; nothing is changed.
        """
        control, sp, psp, _ = self._pointers.read()
        process = back & 4
        top = psp if process else sp
        floats = not back & 0x10
        size = 104 if floats else 32
        stack = self._ram(top, size)
        r0, r1, r2, r3, r12, lr, pc, xpsr = _BASIC.unpack_from(stack.data, top - stack.at)
        above = top + size + (4 if xpsr & _ALIGNED else 0) & 0xFFFFFFFF
        status = xpsr & ~_ALIGNED
        if floats:
            self._floats.write(_EXTENDED.unpack_from(stack.data, top - stack.at)[8:25])
        if process or floats or control & _FPCA:
            wanted = control & _NPRIV | (_SPSEL if process else 0) | (_FPCA_SET if floats else 0)
            self._control.write((0,))
            self._leave_to_process.write((status, wanted, above, r0, r1, r2, r3, r12, lr))
        else:
            self._leave.write((status, above, r0, r1, r2, r3, r12, lr))
        return pc, status
