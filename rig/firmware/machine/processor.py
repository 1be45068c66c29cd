"""The processor in time: slices of instructions between events, sleep, and the instructions that need a look.

An instruction takes a fixed number of 256ths of a cycle. An event comes before the first instruction that begins at or
behind its cycle: what peripherals do is exact, what instructions do is early or late by the error of that mean. Runs
repeat exactly, and where they are cut does not matter.

Source: ARMv7-M ARM B1.5.17 to B1.5.19 (WFE, WFI, sleep on exit).
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from rig.firmware.machine import faults as kinds
from rig.firmware.machine.exception_unit import ExceptionUnit
from rig.firmware.machine.failures import Failures
from rig.firmware.machine.nvic import Nvic
from rig.firmware.machine.peripheral import BusFault, Unmodelled
from rig.firmware.machine.stops import Reason
from rig.firmware.machine.watches import Watches

if TYPE_CHECKING:
    from rig.firmware.machine.execution import Engine
    from rig.firmware.machine.soc import Soc

_STEPS: Final = 64
"""Instructions that are executed one by one while a masked exception waits, before the unmasking ones are watched."""
_DIV_0_TRP, _UNALIGN_TRP = 0x10, 8
_SLEEPONEXIT, _SLEEPDEEP, _SEVONPEND = 2, 4, 16
_FAULTS: Final = {
    Reason.UNDEFINED: kinds.UNDEFINSTR,
    Reason.UNALIGNED: kinds.UNALIGNED,
    Reason.DIVIDE_BY_ZERO: kinds.DIVBYZERO,
    Reason.NO_COPROCESSOR: kinds.NOCP,
    Reason.BREAKPOINT: kinds.DEBUG,
}
_THUMB: Final = 1 << 24
_STATE: Final = (
    "instructions",
    "_sleeping_fine",
    "slices",
    "reset_wanted",
    "_fine",
    "_asleep",
    "_awaits_event",
    "_event",
    "_steps",
    "_stalled_until",
)
_SAVED: Final = (
    *(f"r{place}" for place in range(13)),
    *("xpsr", "control", "msp", "psp", "lr", "primask", "faultmask", "basepri", "fpscr"),
    *(f"s{place}" for place in range(32)),
)


class Processor:
    """One Cortex-M4.

    Args:
        engine: executes instructions.
        soc: what is around it.
        nvic: its exceptions.
        cycles_per_instruction_256: mean duration of an instruction, 256ths of a cycle.
        code: address and bytes of the image.

    Attributes:
        unit: exceptions, and the program counter.
        instructions: executed since the start.
        slices: runs of the engine.
        halted: whether the latest run has come to a breakpoint.
        reset_wanted: cause of a reset that is to come; empty for none.
    """

    def __init__(
        self,
        engine: "Engine",
        soc: "Soc",
        nvic: Nvic,
        cycles_per_instruction_256: int,
        code: Iterable[tuple[int, bytes]],
    ) -> None:
        self._engine, self._soc, self._cost = engine, soc, cycles_per_instruction_256
        self._retired_before = engine.retired_before
        self.watches = Watches(engine, soc.memories, tuple(code))
        self.unit = ExceptionUnit(engine, soc, nvic, self._elapse, uses_faultmask=self.watches.image_sets_faultmask())
        self._failures = Failures(engine, soc, self.unit)
        self._registers = engine.registers(_SAVED)
        self._status = engine.registers(("xpsr",))
        self.instructions = self._sleeping_fine = self.slices = 0
        self._fine = 0
        self._event_cycle = -1
        self._running = self._broken = self.halted = False
        self.reset_wanted = ""
        self._calm()

    def _calm(self) -> None:
        self._asleep = self._awaits_event = False
        self._event = True
        self._steps = self._stalled_until = 0

    # What peripherals ask for
    def now(self) -> int:
        """The cycle of what happens at this moment."""
        if self._event_cycle >= 0:
            return self._event_cycle
        if self._running:
            return self._fine + self._retired_before() * self._cost >> 8
        return self._fine >> 8

    def expect(self, cycle: int) -> None:
        """An event was asked for: this slice must not go beyond it."""
        if self._running:
            self._engine.limit(-(-((cycle << 8) - self._fine) // self._cost))

    def irq(self, number: int, level: int) -> None:
        """The level of an interrupt line."""
        if self.unit.nvic.line(number, level):
            self.attend()

    def pend(self, number: int) -> None:
        """An exception becomes pending."""
        self.unit.nvic.pending |= 1 << number
        self.attend()

    def attend(self) -> None:
        """What is pending, enabled or how urgent has changed: look at it behind this instruction."""
        if self.unit.attended is not None:
            self.unit.attended()
        if self.unit.scr & _SEVONPEND:
            self._event = True
        if self._running:
            nvic = self.unit.nvic
            number = nvic.best()
            if number and nvic.preempting(nvic.priority[number]) < nvic.active_priority:
                self._engine.stop()

    def request_reset(self, cause: str) -> None:
        """Reset behind this instruction."""
        self.reset_wanted = self.reset_wanted or cause
        self.request_break()

    def request_break(self) -> None:
        """Leave `run_until` behind this instruction."""
        self._broken = True
        if self._running:
            self._engine.stop()

    def stall(self, cycles: int) -> None:
        """Execute nothing for so many cycles behind this instruction; interrupts wait too."""
        self._stalled_until = self.now() + cycles << 8
        if self._running:
            self._engine.stop()

    def code_changed(self) -> None:
        """Memory from which instructions were fetched holds other bytes."""
        self._engine.flush()

    @property
    def sleeping_cycles(self) -> int:
        """Cycles spent asleep (or in lockup) since the start."""
        return self._sleeping_fine >> 8

    def pc(self) -> int:
        """Address of the instruction that is executed, or that comes next."""
        return self._engine.current_pc() if self._running else self.unit.pc

    # Time
    def run_until(self, cycle: int) -> int:
        """Execute everything that begins before a cycle, or less if a break or reset is requested.

        Returns:
            The cycle that is reached; an instruction that has begun is completed.
        """
        limit, queue, unit, cost = cycle << 8, self._soc.queue, self.unit, self._cost
        nvic = unit.nvic
        self._broken = self.halted = False
        while (fine := self._fine) < limit and not self._broken:
            end = queue.next_cycle << 8
            if end <= fine:
                self._fire()
                continue
            end = min(end, limit)
            if fine < self._stalled_until:
                self._fine = min(end, self._stalled_until)
                continue
            waits = nvic.pending & nvic.enabled
            if waits and self._take():
                continue
            if unit.thread_held and not unit.current:
                self._fine = end
                continue
            if self._asleep or unit.locked:
                self._sleeping_fine += end - fine
                self._fine = end
                self._asleep = self._asleep and not (self._awaits_event and self._event)
                continue
            count = -(-(end - fine) // cost)
            if waits:
                count = self._bounded(count)
            else:
                unit.masked, self._steps = False, 0
            self._execute(count)
        return -(-self._fine >> 8)

    def _take(self) -> bool:
        """Begin the handler of an exception that preempts."""
        unit = self.unit
        if not unit.nvic.pending & unit.nvic.enabled or unit.locked:
            return False
        number = unit.ready()
        if number:
            self._asleep = False
            unit.enter(number)
            self._event = True
            return True
        if unit.wakes:
            self._asleep = False
        return False

    def _elapse(self, cycles: int) -> None:
        self._fine += cycles << 8
        if self._soc.queue.next_cycle << 8 <= self._fine:
            self._fire()

    def _fire(self) -> None:
        """Everything that is due, each at its own cycle."""
        soc = self._soc
        queue, peripherals, now = soc.queue, soc.peripherals, self._fine >> 8
        try:
            while queue.next_cycle <= now and not self.reset_wanted:
                cycle, _, owner, kind, value = queue.pop()
                self._event_cycle = max(cycle, soc.told)
                peripherals[owner].tick(kind, value)
        finally:
            self._event_cycle = -1

    def _bounded(self, count: int) -> int:
        """Instructions of the next slice: one, while something waits that the next one may unmask."""
        if not self.unit.masked:
            self.unit.masked = False
            self._steps = 0
            return count
        if self.watches.unmasking:
            return count
        self._steps += 1
        if self._steps > _STEPS:
            self.watches.watch_unmasking(lambda: self.unit.masked)
            return count
        return 1

    def _execute(self, count: int) -> None:
        engine, unit = self._engine, self.unit
        self.slices += 1
        if self.watches.stale:
            self.watches.apply()
        self._running = True
        error: BusFault | None = None
        try:
            engine.run(unit.pc, count)
        except BusFault as raised:
            error = raised
        except Unmodelled as raised:
            raise raised.at(engine.failed_at, self._fine + engine.retired * self._cost >> 8) from None
        finally:
            self._running = False
            retired = engine.retired
            self.instructions += retired
            self._fine += retired * self._cost
        if error is not None:
            self._failures.refused(error)
            return
        reason = engine.reason
        if reason is Reason.COUNT:
            unit.pc = engine.pc
        elif reason is Reason.RETURN and unit.current and retired:
            unit.leave(engine.pc | 1)
            self._event = True
            if unit.scr & _SLEEPONEXIT and not unit.current:
                self._sleep()
        else:
            self._look(reason)

    def _look(self, reason: Reason) -> None:
        engine, unit = self._engine, self.unit
        if reason is Reason.SLEEP:
            unit.pc = engine.pc
            self._sleep()
        elif reason is Reason.CALL:
            unit.call(engine.pc)
        elif reason is Reason.YIELD:
            unit.pc = engine.pc
        elif reason is Reason.WAIT:
            unit.pc = engine.pc
            self._wait()
        elif reason is Reason.HALT:
            unit.pc = engine.pc
            self.halted = self._broken = True
        elif reason is Reason.BUS_FAULT:
            self._failures.unanswered(self._fine >> 8)
        elif reason is Reason.WRITE_PROTECTED:
            executed = self._failures.protected()
            self.instructions += executed
            self._fine += executed * self._cost
        elif reason in {Reason.FETCH_FAULT, Reason.RETURN}:
            self._failures.not_fetched()
        elif reason is Reason.UNDEFINED and not self._status.read()[0] & _THUMB:
            unit.fault(kinds.INVSTATE, None, engine.pc)
        else:
            unit.fault(_FAULTS[reason], None, engine.pc)

    def _sleep(self) -> None:
        if self.unit.scr & _SLEEPDEEP:
            raise Unmodelled("SCR.SLEEPDEEP", "stop or standby mode", 0, self.unit.pc, self._fine >> 8)
        self._asleep, self._awaits_event = True, False

    def _wait(self) -> None:
        """WFE: SEV cannot be seen before somebody waits, so the first wait ends at once, as the architecture allows."""
        if not self.watches.sending:
            self.watches.watch_sending(self._send)
            self._event = True
        if self._event:
            self._event = False
        else:
            self._asleep = self._awaits_event = True

    def _send(self) -> None:
        self._event = True

    # Registers of system control
    def set_coprocessors(self, cpacr: int) -> None:
        """CPACR is written: floating point is there when its field is not 0."""
        self.unit.cpacr = cpacr
        self.watches.allow_floats(cpacr >> 20 & 3 != 0)
        self._settle_watches()

    def set_traps(self, ccr: int) -> None:
        """CCR is written: which doubtful instructions are faults."""
        self.unit.ccr = ccr
        self.watches.trap(division=bool(ccr & _DIV_0_TRP), alignment=bool(ccr & _UNALIGN_TRP))
        self._settle_watches()

    def _settle_watches(self) -> None:
        if not self.watches.stale:
            return
        if self._running:
            self._engine.stop()
        else:
            self.watches.apply()

    # The whole
    def reset(self, vector_table: int) -> None:
        """Begin at the reset vector, on a whole cycle: every start of an image is alike."""
        self._fine = -(-self._fine >> 8) << 8
        memories = self._soc.memories
        self.unit.reset(vector_table)
        memory = memories.find(vector_table, 8)
        table = bytes(memory.view[vector_table - memory.at : vector_table - memory.at + 8]) if memory else bytes(8)
        stack, start = int.from_bytes(table[:4], "little"), int.from_bytes(table[4:], "little")
        self._registers.write([0] * len(_SAVED))
        values = dict.fromkeys(_SAVED, 0) | {"xpsr": _THUMB, "msp": stack & ~3, "lr": 0xFFFFFFFF}
        self._registers.write([values[name] for name in _SAVED])
        self.unit.pc = start & ~1
        self._calm()
        self.set_coprocessors(0)
        self.set_traps(self.unit.ccr)
        self.reset_wanted = ""
        if not start & 1:
            self.unit.fault(kinds.INVSTATE, None, self.unit.pc)

    @property
    def rests(self) -> bool:
        """Whether it executes nothing at this moment: it sleeps, stands still, is held, or is in lockup."""
        return self._asleep or self.unit.stands or self._fine < self._stalled_until

    def step(self, limit: int) -> None:
        """Execute one instruction, or begin one handler, or sleep until something happens."""
        if self._soc.queue.next_cycle << 8 <= self._fine:
            self._fire()
        elif self._fine >= self._stalled_until and self._take():
            return
        elif self.rests:
            self.run_until(min(self._soc.queue.next_cycle + 1, limit))
        else:
            self._execute(1)

    def state(self) -> dict[str, Any]:
        """All of it as plain data."""
        held = {name: getattr(self, name) for name in _STATE}
        return {"unit": self.unit.state(), "registers": self._registers.read()} | held

    def restore(self, state: dict[str, Any]) -> None:
        """Be again as when `state` was taken."""
        self._registers.write([0] * len(_SAVED))
        self._registers.write(state["registers"])
        self.unit.restore(state["unit"])
        for name in _STATE:
            setattr(self, name, state[name])
        self.set_coprocessors(self.unit.cpacr)
        self.set_traps(self.unit.ccr)
        self._engine.flush()
