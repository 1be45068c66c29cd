"""Entry to and return from exceptions, and what becomes of faults.

Cycles: entry 12, return 10, tail-chaining 6 (Cortex-M4 TRM 3.9.1, zero wait states). An exception of higher priority
that becomes pending while the frame is saved is taken instead (late arrival) at no further cost.

Source: ARMv7-M ARM B1.5.5 to B1.5.8 (entry and return, as its pseudocode has them), B1.5.14, B1.5.15 (faults, lockup).
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from rig.firmware.machine import faults as kinds
from rig.firmware.machine.faults import EVENT_NAMES, FORCED, Fault, FaultStatus
from rig.firmware.machine.frames import Frames, StackError
from rig.firmware.machine.nvic import BUS_FAULT, HARD_FAULT, NMI, SV_CALL, Nvic

if TYPE_CHECKING:
    from rig.firmware.machine.execution import Engine
    from rig.firmware.machine.soc import Soc

ENTRY_CYCLES: Final = 12
RETURN_CYCLES: Final = 10
CHAIN_CYCLES: Final = 6
FLOAT_CYCLES: Final = 17
"""More of them where the registers of floating point are saved at once (FPCCR.LSPEN = 0)."""
_THUMB: Final = 1 << 24
_STKALIGN, _NONBASETHRDENA = 0x200, 1
_ASPEN, _LSPEN = 1 << 31, 1 << 30
_RETURNS: Final = frozenset({0xFFFFFFF1, 0xFFFFFFF9, 0xFFFFFFFD, 0xFFFFFFE1, 0xFFFFFFE9, 0xFFFFFFED})
_STATE: Final = ("vtor", "ccr", "scr", "cpacr", "fpccr", "current", "pc", "locked", "thread_held")

ExceptionObserver = Callable[[int], None]
"""``(exception number)``."""


class ExceptionUnit:
    """Which code runs.

    Args:
        engine: holds the registers.
        soc: memory and messages.
        nvic: the exceptions.
        elapse: lets cycles pass, and everything happen that is due in them.
        uses_faultmask: whether the image has an instruction that sets FAULTMASK.

    Attributes:
        nvic: the exceptions.
        faults: fault status registers.
        vtor: address of the vector table.
        ccr: CCR.
        scr: SCR.
        cpacr: CPACR.
        fpccr: FPCCR.
        current: number of the exception whose handler runs (IPSR); 0 in thread mode.
        pc: the next instruction.
        locked: whether the processor is in lockup.
        thread_held: whether thread mode executes nothing, as in an endless loop; handlers run.
        masked: whether the last `ready` found an exception that only PRIMASK, BASEPRI or FAULTMASK holds back.
        wakes: whether that exception ends a sleep nevertheless (held by PRIMASK alone).
        entered: called when a handler begins; None for nobody.
        left: called when a handler has returned; None for nobody.
        attended: called when what is pending may have changed; None for nobody.
        place: says where the processor stands, when it fails; None: nobody does.
    """

    def __init__(
        self, engine: "Engine", soc: "Soc", nvic: Nvic, elapse: Callable[[int], None], *, uses_faultmask: bool
    ) -> None:
        self.nvic, self._soc, self._elapse = nvic, soc, elapse
        self.faults = FaultStatus()
        self._frames = Frames(engine, soc.memories)
        self._masks = engine.registers(("primask", "faultmask", "basepri"))
        self._faultmask = engine.registers(("faultmask",)) if uses_faultmask else None
        self.entered: ExceptionObserver | None = None
        self.left: ExceptionObserver | None = None
        self.attended: Callable[[], None] | None = None
        self.place: Callable[[], str] | None = None
        self.reset(0)

    def reset(self, vector_table: int) -> None:
        """As after a reset; the registers of the engine and the program counter are set by who resets."""
        self.nvic.reset()
        self.faults = FaultStatus()
        self.vtor, self.ccr, self.scr, self.cpacr, self.fpccr = vector_table, _STKALIGN, 0, 0, _ASPEN | _LSPEN
        self.current = self.pc = 0
        self.locked = self.masked = self.wakes = self.thread_held = False

    @property
    def stands(self) -> bool:
        """Whether it executes nothing: in lockup, or in a thread mode that is held."""
        return self.locked or (self.thread_held and not self.current)

    def ready(self) -> int:
        """The exception that preempts now; 0 for none."""
        nvic = self.nvic
        self.masked = self.wakes = False
        if not nvic.pending & nvic.enabled:
            return 0
        number = nvic.best()
        priority = nvic.preempting(nvic.priority[number])
        if priority >= nvic.active_priority:
            return 0
        primask, faultmask, basepri = self._masks.read()
        if priority < nvic.execution_priority(primask, faultmask, basepri):
            return number
        self.masked = True
        self.wakes = priority < nvic.execution_priority(0, faultmask, basepri)
        return 0

    def enter(self, number: int) -> None:
        """Save the frame of what runs and go to a handler."""
        floats = self.fpccr & _ASPEN
        align, thread = bool(self.ccr & _STKALIGN), not self.current
        try:
            back = self._frames.push(number, self.pc, thread=thread, align=align, keep_floats=bool(floats))
        except StackError as error:
            back = error.back
            self._note(kinds.STKERR, None)
            if number not in {HARD_FAULT, NMI}:
                derived = self._escalated(BUS_FAULT)
                if not derived:
                    self._lock(kinds.STKERR)
                    return
                self._tell(kinds.STKERR, derived)
                self.nvic.pending |= 1 << derived
        self._elapse(ENTRY_CYCLES + (0 if self.fpccr & _LSPEN or back & 0x10 else FLOAT_CYCLES))
        first = self._first(number)
        if first != number:
            self._frames.chain(first, back)
        self._begin(first)

    def _first(self, number: int) -> int:
        """The exception that is taken when `number` was on its way: a better one may have arrived."""
        nvic = self.nvic
        if not nvic.pending & nvic.enabled & ~(1 << number):
            return number
        late = nvic.best()
        if not late or late == number:
            return number
        mine, other = self.nvic.priority[number], self.nvic.priority[late]
        return late if self.nvic.preempting(other) < self.nvic.preempting(mine) else number

    def _begin(self, number: int) -> None:
        self.nvic.activate(number)
        self.current = number
        place = self.vtor + 4 * number
        memory = self._soc.memories.find(place, 4)
        if memory is None:
            self.fault(kinds.VECTOR, None, self.pc)
            return
        vector = int.from_bytes(memory.view[place - memory.at : place - memory.at + 4], "little")
        self.pc = vector & ~1
        if self.entered is not None:
            self.entered(number)
        if not vector & 1:
            self.fault(kinds.INVSTATE, None, self.pc)

    def leave(self, back: int) -> None:
        """A handler returns.

        Args:
            back: EXC_RETURN, with bit 0.
        """
        returning, nvic = self.current, self.nvic
        was_active, nested = nvic.active >> returning & 1, nvic.nested()
        nvic.deactivate(returning)
        if self._faultmask is not None and returning != NMI:
            self._faultmask.write((0,))
        if self.left is not None:
            self.left(returning)
        to_thread = bool(back & 8)
        if back not in _RETURNS or not was_active or (to_thread and nested != 1 and not self.ccr & _NONBASETHRDENA):
            self._refuse(back)
            return
        if not to_thread and nested == 1:
            self._refuse(back)
            return
        chained = self.ready()
        if chained:
            self._elapse(CHAIN_CYCLES)
            chained = self._first(chained)
            self._frames.chain(chained, back)
            self._begin(chained)
            return
        self._take_back(back, to_thread)

    def _take_back(self, back: int, to_thread: bool) -> None:
        try:
            pc, status = self._frames.pop(back)
        except StackError:
            self._chain_fault(kinds.UNSTKERR, back)
            return
        number = status & 0x1FF
        if (number == 0) != to_thread:
            self.current = number
            self.fault(kinds.INVPC, None, pc & ~1)
            return
        self.current, self.pc = number, pc & ~1
        self._elapse(RETURN_CYCLES + (0 if self.fpccr & _LSPEN or back & 0x10 else FLOAT_CYCLES))
        if not status & _THUMB:
            self.fault(kinds.INVSTATE, None, self.pc)

    def _refuse(self, back: int) -> None:
        """EXC_RETURN does not fit to what is active: a usage fault takes the place of the return."""
        self._chain_fault(kinds.INVPC, back)

    def _chain_fault(self, kind: Fault, back: int) -> None:
        if number := self._pended(kind, None):
            self._elapse(CHAIN_CYCLES)
            self._frames.chain(number, back)
            self._begin(number)

    def fault(self, kind: Fault, address: int | None, pc: int) -> None:
        """The instruction at `pc` has failed, at an access to `address` where that is known."""
        self.pc = pc
        if number := self._pended(kind, address):
            self.enter(number)

    def _pended(self, kind: Fault, address: int | None) -> int:
        """Note and tell a fault; the exception that is pending now, or 0 where nobody may take it: locked up."""
        self._note(kind, address)
        number = self._escalated(kind.exception)
        if not number:
            self._lock(kind)
            return 0
        self._tell(kind, number)
        self.nvic.pending |= 1 << number
        return number

    def _note(self, kind: Fault, address: int | None) -> None:
        self.faults.note(kind, address)

    def _escalated(self, number: int) -> int:
        """The exception that a fault raises: itself, or HardFault where it is off or may not preempt; 0 for lockup."""
        nvic = self.nvic
        executing = nvic.execution_priority(*self._masks.read())
        if number != HARD_FAULT:
            if nvic.enabled >> number & 1 and nvic.preempting(nvic.priority[number]) < executing:
                return number
            self.faults.hfsr |= FORCED
        return HARD_FAULT if executing > -1 else 0

    def _tell(self, kind: Fault, number: int) -> None:
        self._soc.emit("fault", EVENT_NAMES[number], 1.0, self._words(kind))

    def _lock(self, kind: Fault) -> None:
        self.locked = True
        self._soc.emit("fault", "lockup", 1.0, self._words(kind))

    def _words(self, kind: Fault) -> bytes:
        """Registers and place, before a handler or a reset makes them others."""
        place = "" if self.place is None else f"; {self.place()}"
        return f"{self.faults.text(kind, self.pc)}{place}".encode()

    def call(self, pc: int) -> None:
        """SVC before `pc`: it is taken at once, or becomes a hard fault where its priority does not allow it."""
        self.pc = pc
        nvic = self.nvic
        executing = nvic.execution_priority(*self._masks.read())
        if nvic.preempting(nvic.priority[SV_CALL]) < executing:
            nvic.pending |= 1 << SV_CALL
            self.enter(SV_CALL)
            return
        # a hard fault belongs to the instruction itself (B1.5.6, ReturnAddress)
        self.pc = pc - 2
        self.faults.hfsr |= FORCED
        if executing <= -1:
            self._lock(kinds.FORCED_CALL)
            return
        self._tell(kinds.FORCED_CALL, HARD_FAULT)
        nvic.pending |= 1 << HARD_FAULT
        self.enter(HARD_FAULT)

    def state(self) -> dict[str, Any]:
        """All of it as plain data."""
        status = self.faults
        held = {"cfsr": status.cfsr, "hfsr": status.hfsr, "mmfar": status.mmfar, "bfar": status.bfar}
        return {"nvic": self.nvic.state(), "faults": held} | {name: getattr(self, name) for name in _STATE}

    def restore(self, state: dict[str, Any]) -> None:
        """Be again as when `state` was taken."""
        self.nvic.restore(state["nvic"])
        self.faults = FaultStatus(**state["faults"])
        for name in _STATE:
            setattr(self, name, state[name])
