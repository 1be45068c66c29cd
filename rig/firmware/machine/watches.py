"""Instructions that the engine executes silently and the processor must know of.

Each is watched only while it matters, because a watched address slows every instruction down (20 of them from 6 to
48 ns): those that may unmask while a masked exception waits, SEV once somebody has waited for an event, divisions while
division by zero is trapped, floating point while its unit is off.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from rig.firmware.machine.code_scan import divides, find, sends_event, sets_faultmask, unmasks, uses_floating_point
from rig.firmware.machine.peripheral import Unmodelled
from rig.firmware.machine.stops import Reason

if TYPE_CHECKING:
    from rig.firmware.machine.execution import Engine
    from rig.firmware.machine.memory import Memories

_GENERAL: Final = (*(f"r{place}" for place in range(13)), "sp", "lr")


class Watches:
    """What is watched in one engine.

    Args:
        engine: in which.
        memories: of the chip; RAM may hold code too, once it has been executed.
        image: address and bytes of the firmware.

    Attributes:
        unmasking: whether instructions that may unmask are watched.
        sending: whether SEV is watched.
    """

    def __init__(self, engine: "Engine", memories: "Memories", image: Sequence[tuple[int, bytes]]) -> None:
        self._engine, self._memories, self._image = engine, memories, image
        self._general = engine.registers(_GENERAL)
        self.unmasking = self.sending = False
        self._floats: int | None = None
        self._floats_allowed = True
        self._divisions: int | None = None
        self._divisions_trapped = self._alignment_trapped = False
        self._aligning = False
        self.stale = False

    def image_sets_faultmask(self) -> bool:
        """Whether the image has an instruction that may set FAULTMASK."""
        return any(True for _ in find(self._image, sets_faultmask))

    def _code(self) -> list[tuple[int, bytes]]:
        executed = [memory for memory in self._memories.all if memory.writable and memory.executed]
        return [*self._image, *((memory.at, bytes(memory.data)) for memory in executed)]

    def watch_unmasking(self, matters: Callable[[], bool]) -> None:
        """Stop behind every instruction that may unmask, whenever `matters` says so; for good."""
        self.unmasking = True
        self._engine.watch(find(self._code(), unmasks), lambda _: Reason.COUNT if matters() else None)

    def watch_sending(self, sent: Callable[[], None]) -> None:
        """Call `sent` at every SEV; for good."""
        self.sending = True

        def look(_address: int) -> None:
            sent()

        self._engine.watch(find(self._code(), sends_event), look)

    def allow_floats(self, allowed: bool) -> None:
        """The unit of floating point is switched on or off."""
        self._floats_allowed = allowed
        self._settle()

    def trap(self, *, division: bool, alignment: bool) -> None:
        """Divisions by zero, accesses whose address is no multiple of their size: are they faults?"""
        self._divisions_trapped, self._alignment_trapped = division, alignment
        self._settle()

    def _settle(self) -> None:
        self.stale = (
            self._floats_allowed == (self._floats is not None)
            or self._divisions_trapped == (self._divisions is None)
            or self._alignment_trapped != self._aligning
        )

    def apply(self) -> None:
        """Make it so; between two runs."""
        engine, self.stale = self._engine, False
        if self._floats_allowed and self._floats is not None:
            engine.unwatch(self._floats)
            self._floats = None
        elif not self._floats_allowed and self._floats is None:
            self._floats = engine.watch(find(self._code(), uses_floating_point), self._floating)
        if self._divisions_trapped and self._divisions is None:
            self._divisions = engine.watch(find(self._code(), divides), self._dividing)
        elif not self._divisions_trapped and self._divisions is not None:
            engine.unwatch(self._divisions)
            self._divisions = None
        if self._alignment_trapped != self._aligning:
            self._aligning = self._alignment_trapped
            engine.trap_unaligned(self._aligning)

    def _floating(self, address: int) -> Reason:
        self._refuse_conditional(address, "an instruction of floating point while its unit is off")
        return Reason.NO_COPROCESSOR

    def _dividing(self, address: int) -> Reason | None:
        first, second = self._halfword(address), self._halfword(address + 2)
        if not divides(first, second):  # it was one when it was found
            return None
        divisor = second & 0xF
        if divisor == 15 or self._general.read()[divisor]:
            return None
        self._refuse_conditional(address, "a division by zero that is trapped")
        return Reason.DIVIDE_BY_ZERO

    def _halfword(self, address: int) -> int:
        memory = self._memories.find(address, 2)
        if memory is None:
            return 0
        return int.from_bytes(memory.view[address - memory.at : address - memory.at + 2], "little")

    def _refuse_conditional(self, address: int, what: str) -> None:
        """Inside an IT block the engine cannot be stopped before an instruction.

        Source: ARMv7-M ARM A7.7.38: 0b10111111, condition, mask; the lowest set bit of the mask ends the block.
        """
        for back in range(2, 18, 2):
            first = self._halfword(address - back)
            if first & 0xFF00 == 0xBF00 and first & 0xF:
                length = 4 - ((first & 0xF & -(first & 0xF)).bit_length() - 1)
                if self._instructions(address - back + 2, address) < length:
                    raise Unmodelled(f"{what} inside an IT block", "executed", 0, address)

    def _instructions(self, start: int, end: int) -> int:
        count = 0
        while start < end:
            start += 4 if self._halfword(start) >= 0xE800 else 2
            count += 1
        return count if start == end else 4
