"""Which role of a scenario is wired to which terminal, through what."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from scenarios.text import Where

_LINES: Final = re.compile(r"(port\d+)/line(\d+)(?::(\d+))?")


@dataclass(frozen=True, slots=True)
class Wire:
    """One line of the wiring.

    Attributes:
        role: of `scenarios.roles`, or a word of the bench (`interlock`, `zero`, `comparator`, `trigger`, ...).
        instrument: name of the instrument.
        port: of the instrument: `ai0`, `ao1`, `port0/line4`, `port0/line8:10`, `ch2`, `out1`.
        through: names of fixtures, from the device to the terminal.
        range_v: range of the input or output, V; 0 where the port has none.
        volts_per_unit: V at the terminal per SI unit of the role; 0 where a fixture's position decides it, or where
            the port is a line.
        reference: how an input is referred to ground.
        invert: True where a line is low for what is on.
        level: of a comparator: current at which it switches, A; else 0.
        level_bound: limit of the error of that, A.
        width_bound_s: limit of what a width behind it differs from the width at half height, s.
        gate: terminal of the card to which it is led (`PFI9`); else "".
        source: terminal of another instrument, for a line between two instruments (`trigger`); else "".
        where: its place in the file.
        places: key -> place of its value.
    """

    role: str
    instrument: str
    port: str
    through: tuple[str, ...] = ()
    range_v: float = 0.0
    volts_per_unit: float = 0.0
    reference: Literal["differential", "rse", "nrse"] = "differential"
    invert: bool = False
    level: float = 0.0
    level_bound: float = 0.0
    width_bound_s: float = 0.0
    gate: str = ""
    source: str = ""
    where: Where = field(default=Where("bench", 1, 1), compare=False)
    places: Mapping[str, Where] = field(default_factory=dict[str, Where], compare=False)

    @property
    def terminal(self) -> str:
        """`card.ai0`."""
        return f"{self.instrument}.{self.port}" if self.port else self.instrument

    @property
    def kind(self) -> str:
        """What kind of port it is: its letters (`ai`, `ao`, `ch`, ...), `line` for digital lines."""
        return "line" if self.lines else re.sub(r"\d+$", "", self.port)

    @property
    def number(self) -> int:
        """Number of the port; -1 for one without."""
        found = re.search(r"(\d+)$", self.port)
        return int(found[1]) if found else -1

    @property
    def lines(self) -> tuple[str, ...]:
        """Single digital lines, the least significant first: `port0/line8`, ...; empty for other ports."""
        found = _LINES.fullmatch(self.port)
        if found is None:
            return ()
        first, last = int(found[2]), int(found[3] or found[2])
        return tuple(f"{found[1]}/line{n}" for n in range(first, last + 1))

    def at(self, key: str) -> Where:
        """Place of a key's value."""
        return self.places.get(key, self.where)


@dataclass(frozen=True, slots=True)
class SafeOutput:
    """The state of one output in which it harms nobody.

    Attributes:
        role: of a wire.
        state: `low`, `high`, `off`, the name of a position, or "" where a value is given.
        value: in the SI unit of the role; NaN where a state is given.
        where: its place in the file.
    """

    role: str
    state: str = ""
    value: float = float("nan")
    where: Where = field(default=Where("bench", 1, 1), compare=False)


@dataclass(frozen=True, slots=True)
class CardSettings:
    """How a card streams.

    Attributes:
        block_s: samples that are read and written at once, s.
        prefill: blocks that are written ahead of the clock.
        output_rate_hz: of the analogue outputs, Hz.
        input_buffer_s: of the driver, s; the default of 0.2 s at 500 kHz overflows (daq.md section 2).
        watchdog_s: after this long without a sign of life the card opens the interlock by itself; 0 for none.
    """

    block_s: float = field(default=0.010, metadata={"bounds": (0.001, 0.010)})
    prefill: int = field(default=3, metadata={"bounds": (1, 100)})
    output_rate_hz: float = field(default=10_000.0, metadata={"bounds": (100.0, 1e6)})
    input_buffer_s: float = field(default=4.0, metadata={"bounds": (0.1, 60.0)})
    watchdog_s: float = field(default=0.0, metadata={"bounds": (0.0, 34.0)})


@dataclass(frozen=True, slots=True)
class Expected:
    """What the bench is wired for: the largest signals of the devices that are connected.

    Attributes:
        max_current_a: largest current, A; 0 where nobody stated it.
        max_voltage_v: compliance voltage, V; 0 where nobody stated it.
        supply_v: largest supply voltage that the device stands, V; 0 where nobody stated it.
        rate_hz: sample rate of the captures, Hz.
    """

    max_current_a: float = field(default=0.0, metadata={"bounds": (0.0, 1.0)})
    max_voltage_v: float = field(default=0.0, metadata={"bounds": (0.0, 1000.0)})
    supply_v: float = field(default=0.0, metadata={"bounds": (0.0, 100.0)})
    rate_hz: float = field(default=1e6, metadata={"bounds": (1e3, 1e8)})


@dataclass(frozen=True, slots=True)
class SimulatedParts:
    """What the simulated instruments behind the file's `sim` addresses are like.

    Attributes:
        clock: `sim`: waiting costs nothing and a run repeats to the bit; `real`: paced by the wall clock.
        device_clock_ppm: how far the device's clock is off the card's, as on the virtual bench.
        errors: `drawn` inside the bounds from the seed, or `worst`.
        noise: `table` repeats a seeded table where nothing happens; `full` draws fresh noise for every sample.
    """

    clock: Literal["sim", "real"] = "sim"
    device_clock_ppm: float = 30.0
    errors: Literal["drawn", "worst"] = "drawn"
    noise: Literal["table", "full"] = "table"
