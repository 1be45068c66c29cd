"""What joins the peripherals of a chip: clocks, shared interrupt lines, DMA requests, triggers, functions of pins."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from rig.firmware.machine.peripheral import Unmodelled

if TYPE_CHECKING:
    from rig.firmware.machine.chips import Chip
    from rig.firmware.machine.soc import Soc
    from rig.firmware.machine.stm32f4.gpio import Gpio
    from rig.firmware.machine.stm32f4.registers import RegisterBlock

INTERNAL_HZ: Final = 16_000_000
"""RM0090 7.2.2: the internal oscillator that runs after a reset."""
LSI_HZ: Final = 32_000
"""RM0090 7.2.5: the oscillator of the watchdog; 17 to 47 kHz from chip to chip (DS8626 table 35), here its nominal."""
ADC_HIGHEST_HZ: Final = 36_000_000
"""DS8626 table 67: of the clock of the analogue converters."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """Frequencies as RCC makes them, Hz.

    Attributes:
        hclk_hz: of the processor and the AHB buses.
        apb1_hz, apb2_hz: of the peripheral buses.
        timer_hz: of the timers by bus: twice the bus where that is divided (RM0090 7.2).
    """

    hclk_hz: int
    apb1_hz: int
    apb2_hz: int
    timer_hz: Mapping[str, int]

    @staticmethod
    def of(hclk_hz: int, apb1: int = 1, apb2: int = 1) -> "Clocks":
        """Clocks of a processor frequency and the dividers of the two peripheral buses."""
        buses = {"apb1": apb1, "apb2": apb2}
        return Clocks(
            hclk_hz,
            hclk_hz // apb1,
            hclk_hz // apb2,
            {bus: hclk_hz // divider * min(divider, 2) for bus, divider in buses.items()},
        )


class Listener(Protocol):
    """Acts on pulses of signals inside the chip."""

    def hears(self, signal: str) -> bool:
        """Whether it would act on a signal now."""
        ...

    def triggered(self, signal: str) -> None:
        """A pulse of a signal that it listens to."""
        ...


class Sampler(Protocol):
    """Holds an analogue sample whose instant comes without an event."""

    def take_due_sample(self, before: int | None = None) -> None:
        """Take it if its instant has come, or lies before a cycle."""
        ...


class Streams(Protocol):
    """A DMA controller."""

    def serve(self, stream: int, channel: int) -> int:
        """One transfer of a stream if it is set to a channel: 0 it is not, 1 it is, 2 and that was its last."""
        ...


class Requester(Protocol):
    """May have a DMA request waiting."""

    def dma_resume(self, source: str) -> None:
        """A stream has been set for one of its requests."""
        ...


class Fabric:
    """The wiring of a chip; what it remembers follows from the registers of its peripherals.

    Attributes:
        chip: which.
        crystal_hz: crystal of the board, Hz.
        reference_v: VREF+, V.
        clocks: as RCC has set them.
        line_baud: at which the other end of the serial line listens.
        wait_states: of the flash, as ACR has them.
        ports: the ports by letter.
        routes: function -> ports and pins that carry it.
        exti_ports: port of each edge line, 0 for A.
        adc_prescaler: PCLK2 cycles in one of the analogue converters. adc_cycles: cycles of the emulation in it; 0: not
            worked out since something changed. adc_internal: whether the internal channels are on.
        pins_changed: told of the levels at the pins of a port: letter, which have changed, all of them.
        window_bite: the window watchdog, not the other, has asked for the reset.
        told: misuse that has been told since the start; RCC keeps it with its state.
        waiting: converters that hold a sample whose instant comes without an event.
    """

    soc: "Soc"

    def __init__(
        self, chip: "Chip", crystal_hz: int = 8_000_000, reference_v: float = 3.3, line_baud: int = 115_200
    ) -> None:
        self.chip, self.crystal_hz, self.line_baud = chip, crystal_hz, line_baud
        self.reference_v = reference_v
        self.clocks = Clocks.of(INTERNAL_HZ)
        self.wait_states = 0
        self.blocks: dict[str, RegisterBlock] = {}
        self.waiting: list[Sampler] = []
        self.ports: dict[str, Gpio] = {}
        self.routes: dict[str, list[tuple[Gpio, int]]] = {}
        self.exti_ports = [0] * 16
        self.adc_prescaler, self.adc_cycles, self.adc_internal = 2, 0, False
        self.window_bite = False
        self.told: list[str] = []
        self.pins_changed: Callable[[str, int, int], None] = lambda _letter, _changed, _levels: None
        self._listeners: dict[str, list[Listener]] = {}
        self._sharers: dict[int, list[RegisterBlock]] = {}
        self._streams: dict[str, list[tuple[Streams, int, int]]] = {}
        self._requesters: dict[str, Requester] = {}

    def add(self, block: "RegisterBlock", soc: "Soc") -> None:
        """A peripheral joins."""
        self.soc = soc
        soc.settle = self.settle
        self.blocks[block.name] = block
        for number in set(block.block.irqs.values()):
            self._sharers.setdefault(number, []).append(block)

    # -- interrupts ----------------------------------------------------------------------------------------------------

    def irq(self, number: int, level: bool) -> None:
        """One of the blocks on a line has changed its mind."""
        sharers = self._sharers[number]
        if len(sharers) > 1 and not level:
            level = any(block.levels.get(number, False) for block in sharers)
        self.soc.irq(number, int(level))

    # -- clocks --------------------------------------------------------------------------------------------------------

    def set_clocks(self, clocks: Clocks) -> None:
        """Frequencies change now."""
        if clocks == self.clocks:
            return
        for block in self.blocks.values():
            block.clocks_change()
        self.clocks, self.adc_cycles = clocks, 0
        self.soc.set_bus_clock("apb1", clocks.apb1_hz, clocks.timer_hz["apb1"])
        self.soc.set_bus_clock("apb2", clocks.apb2_hz, clocks.timer_hz["apb2"])
        for block in self.blocks.values():
            block.clocks_changed()

    def divider(self, clock_hz: int, who: str) -> int:
        """Cycles of the emulation in a period of a clock.

        Raises:
            Unmodelled: the period is no whole number of cycles.
        """
        if self.clocks.hclk_hz != self.soc.hclk_hz:
            now, board = self.clocks.hclk_hz / 1e6, self.soc.hclk_hz / 1e6
            self.misuse(f"HCLK is {now:g} MHz where clocks are first used; the board file says {board:g} MHz")
        cycles, rest = divmod(self.soc.hclk_hz, clock_hz)
        if rest:
            board = f"{self.soc.hclk_hz / 1e6:g} MHz"
            raise Unmodelled(
                who, f"use of a clock of {clock_hz / 1e6:g} MHz, which does not divide the board's {board}"
            )
        return cycles

    def measure_adc_clock(self) -> int:
        """Cycles of the emulation in one of ADCCLK."""
        if self.clocks.apb2_hz > ADC_HIGHEST_HZ * self.adc_prescaler:
            clock_mhz = self.clocks.apb2_hz / self.adc_prescaler / 1e6
            self.misuse(f"ADC.CCR: the converters run at {clock_mhz:g} MHz, above {ADC_HIGHEST_HZ / 1e6:g} MHz")
        self.adc_cycles = self.divider(self.clocks.apb2_hz, "ADC.CCR") * self.adc_prescaler
        return self.adc_cycles

    # -- requests and triggers -----------------------------------------------------------------------------------------

    def serve_requests(self, source: str, controller: Streams, stream: int, channel: int) -> None:
        """A DMA stream can serve a source."""
        self._streams.setdefault(source, []).append((controller, stream, channel))

    def requests(self, source: str, requester: Requester) -> None:
        """A peripheral can make a request."""
        self._requesters[source] = requester

    def dma_request(self, source: str) -> int:
        """One transfer is asked for: 0 no stream is set for it, so the request stays; 1 done; 2 and it was the last."""
        for controller, stream, channel in self._streams.get(source, ()):
            served = controller.serve(stream, channel)
            if served:
                return served
        return 0

    def dma_ready(self, source: str) -> None:
        """A stream has been set for a source: its request may have been waiting."""
        requester = self._requesters.get(source)
        if requester is not None:
            requester.dma_resume(source)

    def listen(self, signal: str, listener: Listener) -> None:
        """Have a listener told of every pulse of a signal (`TIM3_TRGO`, `TIM2_CC2`, `EXTI11`)."""
        self._listeners.setdefault(signal, []).append(listener)

    def listened(self, signal: str) -> bool:
        """Whether somebody acts on a signal: one that nobody hears needs no event."""
        return any(listener.hears(signal) for listener in self._listeners.get(signal, ()))

    def trigger(self, signal: str) -> None:
        """A pulse of a signal."""
        for listener in self._listeners.get(signal, ()):
            if listener.hears(signal):
                listener.triggered(signal)

    def listening_changed(self) -> None:
        """Somebody has begun or ceased to act on signals: whoever makes them looks whether events are needed."""
        for block in self.blocks.values():
            block.listeners_changed()

    # -- pins ----------------------------------------------------------------------------------------------------------

    def route(self) -> None:
        """Functions of pins have changed: gather which function comes out where."""
        routes: dict[str, list[tuple[Gpio, int]]] = {}
        for port in self.ports.values():
            for pin, function in port.functions.items():
                routes.setdefault(function, []).append((port, pin))
        self.routes = routes

    def carried(self, function: str) -> bool:
        """Whether a pin is set to a function (`USART2_TX`)."""
        return function in self.routes

    def level_of(self, function: str) -> int | None:
        """The level that a peripheral gives to its function; None: it drives nothing."""
        owner = self.blocks.get(function.partition("_")[0])
        return None if owner is None else owner.function_level(function)

    def drive_function(self, function: str, level: int | None) -> None:
        """A peripheral changes the level of its function, or lets go of it."""
        for port, pin in self.routes.get(function, ()):
            port.drive_function(pin, level)

    # -- outside -------------------------------------------------------------------------------------------------------

    def settle(self, before: int | None = None) -> None:
        """Take every analogue sample whose instant has come, or lies before a cycle.

        Called before an output changes what the inputs see, and before the machine comes back from a run: whoever is
        asked for a value is never asked for one of the past.
        """
        for sampler in tuple(self.waiting):
            sampler.take_due_sample(before)

    def reference_ratio(self) -> float:
        """What the reference voltage is of what it should be."""
        return float(getattr(self.soc.wiring, "reference_ratio", 1.0))

    def misuse(self, text: str) -> None:
        """The firmware does what the chip does not forgive; it goes on as the chip would. Told once a start."""
        if text not in self.told:
            self.told.append(text)
            self.soc.emit("fault", "misuse", 0.0, text.encode())
