"""What can stand on a bench: drivers with their ports, cards by product, kinds of fixtures."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Driver:
    """A kind of instrument.

    Attributes:
        name: word in the bench file.
        ports: pattern of its ports; "" for an instrument that is one port (`control`).
        example: ports, for messages.
        summary: one line of help.
        outputs: pattern of those ports that drive something.
    """

    name: str
    ports: str
    example: str
    summary: str
    outputs: str = ""


CARD: Final = "ni.daqmx"
SCOPE: Final = "keysight.infiniivision"
SUPPLY: Final = "keysight.e36300"
GENERATOR: Final = "keysight.trueform33500"
METER: Final = "keysight.truevolt"
CONTROLS: Final = ("device.serial", "device.operator", "device.simulated")

DRIVERS: Final = {
    driver.name: driver
    for driver in (
        Driver(
            CARD,
            r"ai\d+|ao\d+|ctr\d+|PFI\d+|port\d+/line\d+(:\d+)?",
            "ai0, ao0, port0/line4, port0/line8:10, ctr0, PFI0",
            "multifunction card behind NI-DAQmx",
            r"ao\d+|port\d+/line\d+(:\d+)?",
        ),
        Driver(SCOPE, r"ch[1-4]|ext", "ch1 to ch4, ext", "oscilloscope, InfiniiVision dialect"),
        Driver(SUPPLY, r"ch[1-3]", "ch1 to ch3", "power supply, E36300 dialect", r"ch[1-3]"),
        Driver(
            GENERATOR,
            r"ch[12]|sync|trigger",
            "ch1, ch2, sync, trigger",
            "waveform generator, Trueform 33500 dialect",
            r"ch[12]",
        ),
        Driver(METER, r"input", "input", "multimeter, Truevolt dialect"),
        Driver("device.serial", r"[a-z_.0-9]*", "none", "control of the device over a serial line"),
        Driver("device.operator", r"[a-z_.0-9]*", "none", "a person who is asked to set the device"),
        Driver("device.simulated", r"[a-z_.0-9]*", "none", "control of the simulated device"),
    )
}
"""Word after `driver:`."""


@dataclass(frozen=True, slots=True)
class CardProduct:
    """A card as its manual describes it.

    Attributes:
        name: product type in NI-DAQmx.
        inputs: analogue inputs, single-ended where they can be.
        simultaneous: every input has a converter of its own, and is differential.
        input_rate_hz: most samples a second of one input.
        aggregate_rate_hz: most samples a second of all inputs together.
        outputs: analogue outputs.
        output_rate_hz: most samples a second of one output.
        lines: port -> number of lines.
        timed_port: port whose lines take a sample clock; "" for none.
        counters: number of them.
        watchdog: True where lines can be driven by a watchdog of the card.
        output_range_v: of the analogue outputs, V.
    """

    name: str
    inputs: int
    simultaneous: bool
    input_rate_hz: float
    aggregate_rate_hz: float
    outputs: int
    output_rate_hz: float
    lines: Mapping[str, int]
    timed_port: str
    counters: int
    watchdog: bool
    output_range_v: float = 10.0

    def pair_of(self, number: int) -> int | None:
        """The input that is the other end of a differential one: 8 higher in each bank of 16; None where it is fixed.

        Source: NI X Series User Manual, analog input signal connection (ai<n> with ai<n+8>).
        """
        if self.simultaneous:
            return None
        return number + 8 if number % 16 < 8 else None


_X_LINES: Final = {"port0": 32, "port1": 8, "port2": 8}

PRODUCTS: Final = {
    card.name: card
    for card in (
        CardProduct("USB-6363", 32, False, 2e6, 1e6, 4, 2.86e6, _X_LINES, "port0", 4, True),
        CardProduct("PCIe-6363", 32, False, 2e6, 1e6, 4, 2.86e6, _X_LINES, "port0", 4, True),
        CardProduct("PXIe-6363", 32, False, 2e6, 1e6, 4, 2.86e6, _X_LINES, "port0", 4, True),
        CardProduct("USB-6343", 32, False, 5e5, 5e5, 4, 9e5, _X_LINES, "port0", 4, True),
        CardProduct("USB-6356", 8, True, 1.25e6, 1e7, 2, 3.3e6, {"port0": 8, "port1": 8, "port2": 8}, "port0", 4, True),
        CardProduct("USB-6366", 8, True, 2e6, 1.6e7, 2, 3.3e6, {"port0": 8, "port1": 8, "port2": 8}, "port0", 4, True),
        CardProduct("PXIe-6368", 16, True, 2e6, 3.2e7, 4, 3.3e6, _X_LINES, "port0", 4, True),
        CardProduct("USB-6211", 16, False, 2.5e5, 2.5e5, 2, 2.5e5, {"port0": 4, "port1": 4}, "", 2, False),
    )
}
"""Cards that a bench file may name. Source: daq.md section 2 (rates of the X series, watchdog of the 6368 manual); the
numbers of channels and lines, and the USB-6211, are recalled from their data sheets. What a card cannot do it refuses
itself when a task asks for it."""


@dataclass(frozen=True, slots=True)
class FixtureKind:
    """A kind of fixture.

    Attributes:
        unit: SI unit of its value; None where it has none.
        summary: one line of help.
    """

    unit: str | None
    summary: str


FIXTURES: Final = {
    "tap": FixtureKind("ohm", "resistor in series with the electrodes whose voltage is the current"),
    "probe": FixtureKind("", "divider or probe: output over input"),
    "amplifier": FixtureKind("", "amplifier behind an output: output over input"),
    "filter": FixtureKind("s", "anti-alias filter: its time constant"),
    "load": FixtureKind("ohm", "dummy load, or a bank of them"),
    "relay": FixtureKind(None, "relay or switch that a line drives"),
    "contact": FixtureKind(None, "box that opens the electrode circuit by part of its area"),
    "reference": FixtureKind("V", "reference source of the span reading"),
}
"""Word after `kind:` of a fixture."""

BENCH_WORDS: Final = {
    "interlock": "line that must be driven for any current to flow",
    "zero": "line that shorts the inputs",
    "span": "line that connects the inputs to the reference source",
    "comparator": "counter behind a comparator on the current: a second witness of every pulse width",
    "load.check": "meter that measures the load before a run",
    "trigger": "trigger of a scope, from another instrument",
}
"""Words of the wiring that are no role of a scenario."""


def is_port(driver: Driver, port: str) -> bool:
    """True where an instrument of this kind can have the port."""
    return re.fullmatch(driver.ports, port) is not None


def drives(driver: Driver, port: str) -> bool:
    """True where the port is an output."""
    return bool(driver.outputs) and re.fullmatch(driver.outputs, port) is not None
