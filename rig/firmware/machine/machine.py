"""A microcontroller that executes a firmware image: processor, memory, peripherals, put together."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from rig.firmware.machine.bit_band import map_bit_bands
from rig.firmware.machine.bus import PAGE, Bus, Observer
from rig.firmware.machine.calibration import prove
from rig.firmware.machine.dwt import CycleCounter
from rig.firmware.machine.execution import Engine
from rig.firmware.machine.nvic import SYS_TICK, Nvic
from rig.firmware.machine.peripheral import Peripheral
from rig.firmware.machine.processor import Processor
from rig.firmware.machine.soc import Emission, Soc, Wiring
from rig.firmware.machine.stops import Reason
from rig.firmware.machine.system_control import SystemControl
from rig.firmware.machine.system_memory import map_system_memory
from rig.firmware.machine.systick import SysTick
from rig.firmware.options import Counter

if TYPE_CHECKING:
    from rig.firmware.image.image_contents import Symbol
    from rig.firmware.image.image_file import LoadedImage
    from rig.firmware.machine.chips import Chip

_SUPPLY_WAS_AWAY: Final = frozenset({"power_on", "brown_out"})
_REGISTERS: Final = (*(f"r{place}" for place in range(13)), "sp", "lr", "xpsr", "msp", "psp", "control", "primask")
_LONGEST_STEP: Final = 1 << 20
"""Cycles that a step lasts at most where the processor sleeps for ever and no limit is given."""


class Machine:
    """A chip with an image in its flash.

    Args:
        image: the firmware.
        chip: its tables.
        peripherals: the models of its peripherals.
        wiring: the board around it.
        hclk_hz: cycles a second.
        cycles_per_instruction: mean duration of an instruction; taken in whole 256ths.
        counter: how executed instructions are counted.

    Attributes:
        soc: the chip around the processor.
        processor: exceptions, time, sleep.
        engine: executes instructions.
        symbols: of the image.
        place: says where the processor stands, when a watchdog resets it; None: nobody does.
        halted_at: address of the breakpoint at which the latest run stopped; None where it stopped for another reason.
    """

    def __init__(
        self,
        image: "LoadedImage",
        chip: "Chip",
        peripherals: Sequence[Peripheral],
        wiring: Wiring,
        *,
        hclk_hz: int,
        cycles_per_instruction: float = 1.25,
        counter: Counter = "engine",
    ) -> None:
        prove(counter)
        self.image = image
        self.symbols: Mapping[str, Symbol] = image.symbols
        self.soc = Soc(chip, hclk_hz, wiring)
        self.engine = Engine(counter)
        for memory in self.soc.memories.all:
            if memory.region.kind != "system":
                executable = memory.region.kind == "flash"
                self.engine.map_memory(memory.at, memory.data, writable=memory.writable, executable=executable)
        for segment in image.segments:
            memory = self.soc.memory(segment.address, len(segment.data))
            memory.view[segment.address - memory.at : segment.end - memory.at] = segment.data
        nvic = Nvic(max(chip.interrupt_names, default=0) + 1, chip.priority_bits)
        code = [(segment.address, segment.data) for segment in image.segments]
        self.processor = Processor(self.engine, self.soc, nvic, round(256 * cycles_per_instruction), code)
        cycle_counter = CycleCounter()
        systick = SysTick(lambda: self.processor.pend(SYS_TICK))
        control = SystemControl(self.processor, self.processor.unit, systick, cycle_counter)
        own = (control, cycle_counter)
        self._bus = Bus(chip, (*peripherals, *own))
        self.soc.connect(self.processor, self._bus, (*peripherals, *own, systick))
        for page in self._bus.pages():
            self.engine.map_registers(page, PAGE, *self._bus.window(page))
        map_system_memory(self.engine, self._bus, self.soc.memories)
        map_bit_bands(self.engine, self._bus, self.soc.memories)
        self._breakpoints: dict[int, int] = {}
        self._passing = -1
        self.halted_at: int | None = None
        self.place: Callable[[], str] | None = None
        flash = self.soc.memories.kind("flash")
        self._vector_table = 0 if image.vector_table == flash.at else image.vector_table

    def power_on(self, cause: str = "power_on") -> None:
        """Start from the reset vector.

        Args:
            cause: one of `RESET_CAUSES`; after `power_on` and `brown_out` the RAM has forgotten.
        """
        soc = self.soc
        place = self.place().encode() if cause == "watchdog" and self.place is not None else b""
        if cause in _SUPPLY_WAS_AWAY:
            for memory in soc.memories.own:
                memory.lose()
            self.engine.flush()
        soc.reset_cause = cause
        soc.queue.clear()
        for peripheral in soc.peripherals.values():
            peripheral.reset()
        self.processor.reset(self._vector_table)
        soc.emit("reset", cause, data=place)

    def run_until(self, cycle: int) -> int:
        """Execute everything that begins before a cycle.

        Returns:
            The cycle that is reached: at least `cycle`, or less after `Soc.request_break`, an emission of a kind in
            `Soc.break_on`, or a breakpoint.

        Raises:
            Unmodelled: the firmware uses something that no model serves.
        """
        self.halted_at = None
        self._passing = self.processor.unit.pc if self.processor.halted else -1
        reached = self.processor.run_until(cycle)
        while self.processor.reset_wanted:
            self.power_on(self.processor.reset_wanted)
            if "reset" in self.soc.break_on:
                break
            reached = self.processor.run_until(cycle)
        self.soc.settle(min(cycle, reached))
        self._passing = -1
        self.halted_at = self.processor.unit.pc if self.processor.halted else None
        return reached

    def take_emissions(self) -> list[Emission]:
        """What was told since the last call."""
        taken = self.soc.emissions[:]
        self.soc.emissions.clear()
        return taken

    # What a debugger and an observer need
    def registers(self) -> dict[str, int]:
        """The registers of the processor by name; `pc` is the next instruction."""
        values = dict(zip(_REGISTERS, self.engine.registers(_REGISTERS).read(), strict=True))
        return values | {"pc": self.processor.unit.pc}

    def set_registers(self, values: Mapping[str, int]) -> None:
        """Change registers between two runs; names as `registers` has them."""
        names = [name for name in values if name != "pc"]
        if names:
            self.engine.registers(names).write([values[name] & 0xFFFFFFFF for name in names])
        if "pc" in values:
            self.processor.unit.pc = values["pc"] & ~1

    def add_breakpoint(self, address: int) -> None:
        """Come back from `run_until` before the instruction at an address is executed."""
        if address not in self._breakpoints:
            self._breakpoints[address] = self.engine.watch((address,), self._reached_breakpoint)

    def remove_breakpoint(self, address: int) -> None:
        """Do not stop there any more; nothing if there is no breakpoint."""
        if address in self._breakpoints:
            self.engine.unwatch(self._breakpoints.pop(address))

    def _reached_breakpoint(self, address: int) -> Reason | None:
        if address == self._passing:
            self._passing = -1
            return None
        return Reason.HALT

    def step(self, limit: int | None = None) -> None:
        """Execute one instruction, or begin one handler; breakpoints do not count.

        A processor that sleeps does so until something happens, but at most to the cycle `limit`.
        """
        self._passing = self.processor.unit.pc
        self.processor.step(self.soc.now() + _LONGEST_STEP if limit is None else limit)
        self._passing = -1

    def on_block(self, entered: Callable[[int, int], None]) -> None:
        """Be told of every basic block that is entered: `entered(address, size)`; for good."""
        self.engine.hook_blocks(entered)

    def observe_bus(self, observer: Observer | None) -> None:
        """Be told of every access to a register of a peripheral; None: no more."""
        self._bus.observe(observer)

    # Copies
    def state(self) -> dict[str, Any]:
        """All that changes while the machine runs, as plain data of its own."""
        return {"soc": self.soc.state(), "processor": self.processor.state()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Be again as when `state` was taken, to the last bit of what happens from there on."""
        self.soc.restore(state["soc"])
        self.processor.restore(state["processor"])
        self.soc.emissions.clear()
