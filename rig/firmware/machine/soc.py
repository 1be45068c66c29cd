"""The chip around the processor, as its peripherals see it: time, events, interrupts, pins, memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from rig.firmware.machine.bus import register_name
from rig.firmware.machine.event_queue import EventQueue
from rig.firmware.machine.memory import Memories, Memory
from rig.firmware.machine.peripheral import BusFault, Peripheral, Unmodelled

if TYPE_CHECKING:
    from collections.abc import Callable

    from rig.firmware.device_under_test import EventKind
    from rig.firmware.machine.bus import Bus
    from rig.firmware.machine.chips import Chip


class Wiring(Protocol):
    """What hangs on the pins of the chip: the board."""

    def pin_output(self, cycle: int, port: str, pins: int, levels: int) -> None:
        """Pins are driven anew: bit mask of those that changed, and their levels."""
        ...

    def pin_release(self, cycle: int, port: str, pins: int) -> None:
        """Pins are driven no longer: the board decides what they carry."""
        ...

    def dac_output(self, cycle: int, channel: int, code: int) -> None:
        """A converter gives out a 12 bit code."""
        ...

    def sample(self, adc: str, channel: int, cycle: int) -> float:
        """Voltage at a pin at the instant at which a converter samples it, V."""
        ...


class ProcessorPort(Protocol):
    """What the chip needs of its processor."""

    def now(self) -> int:
        """The cycle of what happens at this moment."""
        ...

    def expect(self, cycle: int) -> None:
        """An event was asked for: execute no instruction at or behind its cycle before it."""
        ...

    def irq(self, number: int, level: int) -> None:
        """The level of an interrupt line of the chip."""
        ...

    def request_reset(self, cause: str) -> None:
        """Start from the reset vector after this instruction."""
        ...

    def request_break(self) -> None:
        """Come back from `run_until` after this instruction."""
        ...

    def stall(self, cycles: int) -> None:
        """Execute nothing for so many cycles behind this instruction."""
        ...

    def code_changed(self) -> None:
        """Memory from which instructions were fetched holds other bytes."""
        ...

    def pc(self) -> int:
        """Address of the instruction that is executed."""
        ...


@dataclass(frozen=True, slots=True)
class Emission:
    """Something that the chip did and somebody outside may notice.

    Attributes:
        cycle: when.
        kind: as of `rig.firmware.device_under_test.Event`.
        name: of what.
        value: new state.
        data: bytes that belong to it.
    """

    cycle: int
    kind: "EventKind"
    name: str = ""
    value: float = 0.0
    data: bytes = b""


class Soc:
    """What a peripheral may ask and tell.

    Attributes:
        chip: its tables.
        hclk_hz: cycles a second; all instants inside the chip are whole cycles of this clock.
        queue: what will happen.
        memories: flash and RAM.
        wiring: the board.
        emissions: told since somebody took them.
        told: cycle of the latest of them, pins and converters included.
        break_on: kinds of emission at which `run_until` comes back.
        settle: takes every analogue sample whose instant lies before a cycle and that nobody has looked at yet.
        reset_cause: of the latest reset; set before the peripherals are reset.
        now: the cycle of what happens at this moment; a function without arguments.
    """

    now: "Callable[[], int]"
    bus: "Bus"

    def __init__(self, chip: "Chip", hclk_hz: int, wiring: Wiring) -> None:
        self.chip, self.hclk_hz, self.wiring = chip, hclk_hz, wiring
        self.queue = EventQueue()
        self.memories = Memories(chip.memory)
        self.peripherals: dict[str, Peripheral] = {}
        self.emissions: list[Emission] = []
        self.told = 0
        self.break_on: frozenset[str] = frozenset()
        self.reset_cause = "power_on"
        self.flash_controller: Peripheral | None = None
        self.settle: Callable[[int], None] = lambda _before: None
        self._bus_hz: dict[str, int] = {}
        self._timer_hz: dict[str, int] = {}

    def connect(self, processor: ProcessorPort, bus: "Bus", peripherals: Sequence[Peripheral]) -> None:
        """Put processor, bus and peripherals together; done once, by the machine."""
        self._processor, self.bus = processor, bus
        self.now = processor.now
        for peripheral in peripherals:
            self.peripherals[peripheral.name] = peripheral
            peripheral.attach(self)

    def at(self, cycle: int, peripheral: Peripheral, kind: int, value: int = 0) -> int:
        """Ask for `peripheral.tick(kind, value)` at a cycle, before the first instruction at or behind it.

        A cycle that lies behind now is taken as now. Returns the handle that `cancel` takes.
        """
        handle = self.queue.at(cycle, peripheral.name, kind, value)
        self._processor.expect(cycle)
        return handle

    def cancel(self, handle: int) -> None:
        """It shall not happen; nothing if it has happened already."""
        self.queue.cancel(handle)

    def bus_clock_hz(self, bus: str) -> int:
        """Clock of the registers of a bus (`apb1`), Hz: HCLK until the clock controller says otherwise."""
        return self._bus_hz.get(bus, self.hclk_hz)

    def timer_clock_hz(self, bus: str) -> int:
        """Clock of the timers of a bus, Hz. Source: RM0090 7.2, timer clock (twice the bus where that is divided)."""
        return self._timer_hz.get(bus, self.hclk_hz)

    def set_bus_clock(self, bus: str, clock_hz: int, timer_hz: int) -> None:
        """The clock controller has set the prescaler of a bus."""
        self._bus_hz[bus], self._timer_hz[bus] = clock_hz, timer_hz

    def irq(self, number: int, level: int) -> None:
        """An interrupt line is 1 or 0. A line that rises is pending until it is served, also if it falls before."""
        self._processor.irq(number, level)

    def stall(self, cycles: int) -> None:
        """The processor cannot fetch instructions for so many cycles behind this one; all else goes on."""
        self._processor.stall(cycles)

    def request_reset(self, cause: str) -> None:
        """Reset the chip after this instruction; `cause` is one of `RESET_CAUSES`."""
        self._processor.request_reset(cause)

    def emit(
        self, kind: "EventKind", name: str = "", value: float = 0.0, data: bytes = b"", cycle: int | None = None
    ) -> None:
        """Tell that something happened, now or at a cycle that is not earlier than what was told before."""
        self.emissions.append(Emission(self._stamp(cycle), kind, name, value, data))
        if kind in self.break_on:
            self._processor.request_break()

    def _stamp(self, cycle: int | None = None) -> int:
        """The cycle of what is told now: never before what was told (an IT block may have run over an event)."""
        if cycle is None:
            cycle = self.now()
        self.told = max(self.told, cycle)
        return self.told

    def pin_output(self, port: str, pins: int, levels: int) -> None:
        """Pins of a port (`GPIOA`) are driven anew: bit mask of those that changed, and their levels."""
        self.wiring.pin_output(self._stamp(), port, pins, levels)

    def pin_release(self, port: str, pins: int) -> None:
        """Pins of a port are driven no longer."""
        self.wiring.pin_release(self._stamp(), port, pins)

    def dac_output(self, channel: int, code: int) -> None:
        """A digital to analogue converter (1 or 2) gives out a 12 bit code."""
        self.wiring.dac_output(self._stamp(), channel, code)

    def sample(self, adc: str, channel: int, cycle: int) -> float:
        """Voltage at the pin of a converter's channel at a cycle that is not in the future, V."""
        return self.wiring.sample(adc, channel, cycle)

    def memory(self, address: int, size: int) -> Memory:
        """The memory that holds all of the bytes.

        Raises:
            BusFault: there is none.
        """
        memory = self.memories.find(address, size)
        if memory is None:
            raise BusFault(f"no memory at 0x{address:08x}")
        return memory

    def memory_read(self, address: int, size: int) -> bytes:
        """Bytes of flash or RAM.

        Raises:
            BusFault: there is no memory.
        """
        memory = self.memory(address, size)
        return bytes(memory.view[address - memory.at : address - memory.at + size])

    def memory_write(self, address: int, data: bytes) -> None:
        """Put bytes into RAM or flash, whatever they hold; what has been executed there is translated anew.

        Raises:
            BusFault: there is no memory.
        """
        memory = self.memory(address, len(data))
        memory.view[address - memory.at : address - memory.at + len(data)] = data
        if memory.executed or memory.region.kind == "flash":
            self._processor.code_changed()

    def serves_flash(self, controller: Peripheral) -> None:
        """From now on `controller.programmed` decides what a store into flash does; without it, it is a bus fault."""
        self.flash_controller = controller

    def bus_read(self, address: int, size: int) -> int:
        """A read by another master of the bus (DMA): memory or a register.

        Raises:
            BusFault: nothing answers.
            Unmodelled: no model serves the register.
        """
        memory = self.memories.find(address, size)
        if memory is not None:
            return int.from_bytes(memory.view[address - memory.at : address - memory.at + size], "little")
        return self.bus.read(address, size)

    def bus_write(self, address: int, size: int, value: int) -> None:
        """A write by another master of the bus (DMA); errors as for `bus_read`."""
        memory = self.memories.find(address, size)
        if memory is None:
            self.bus.write(address, size, value)
        elif memory.writable:
            self.memory_write(address, (value & ((1 << 8 * size) - 1)).to_bytes(size, "little"))
        else:
            raise BusFault(f"no writable memory at 0x{address:08x}")

    def peripheral(self, name: str) -> Peripheral:
        """A peripheral by its name.

        Raises:
            Unmodelled: no model serves it.
        """
        if name not in self.peripherals:
            raise Unmodelled(name, "asked for by another peripheral")
        return self.peripherals[name]

    def register_name(self, address: int) -> str:
        """What the manual (or an SVD file) calls what lies at an address."""
        return register_name(self.chip, address)

    def state(self) -> dict[str, Any]:
        """All that changes while the chip runs, memory included, as plain data of its own."""
        return {
            "queue": self.queue.state(),
            "told": self.told,
            "reset_cause": self.reset_cause,
            "bus_hz": dict(self._bus_hz),
            "timer_hz": dict(self._timer_hz),
            "memory": {memory.region.name: bytes(memory.data) for memory in self.memories.own},
            "peripherals": {name: peripheral.state() for name, peripheral in self.peripherals.items()},
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Be again as when `state` was taken; nothing is told of it."""
        self.queue.restore(state["queue"])
        self.told = state["told"]
        self.reset_cause = state["reset_cause"]
        self._bus_hz, self._timer_hz = dict(state["bus_hz"]), dict(state["timer_hz"])
        for memory in self.memories.own:
            memory.view[:] = state["memory"][memory.region.name]
        for name, peripheral in self.peripherals.items():
            peripheral.restore(state["peripherals"][name])
