"""A chip without a processor: the test reads and writes registers by name and lets cycles pass."""

from collections.abc import Callable

from rig.firmware.machine.bus import Bus
from rig.firmware.machine.chips import CHIPS
from rig.firmware.machine.register_names import REGISTER_NAMES
from rig.firmware.machine.soc import Emission, Soc
from rig.firmware.machine.stm32f4.models import build_peripherals

RESET_KEYS = {"power_on", "watchdog", "software", "brown_out", "pin"}


class StillProcessor:
    """Executes nothing; time is what the test says."""

    def __init__(self) -> None:
        self.cycle = 0
        self.lines: dict[int, int] = {}
        self.rises: dict[int, list[int]] = {}
        self.stalls: list[tuple[int, int]] = []
        self.resets: list[tuple[int, str]] = []

    def now(self) -> int:
        return self.cycle

    def expect(self, cycle: int) -> None:
        pass

    def irq(self, number: int, level: int) -> None:
        if level and not self.lines.get(number):
            self.rises.setdefault(number, []).append(self.cycle)
        self.lines[number] = level

    def request_reset(self, cause: str) -> None:
        self.resets.append((self.cycle, cause))

    def request_break(self) -> None:
        pass

    def stall(self, cycles: int) -> None:
        self.stalls.append((self.cycle, cycles))

    def code_changed(self) -> None:
        pass

    def pc(self) -> int:
        return 0


class OpenWiring:
    """A board that only writes down what the pins do; analogue inputs carry what `volts` says."""

    def __init__(self) -> None:
        self.pins: list[tuple[int, str, int, int]] = []
        self.released: list[tuple[int, str, int]] = []
        self.codes: list[tuple[int, int, int]] = []
        self.samples: list[tuple[str, int, int]] = []
        self.volts: Callable[[str, int, int], float] = lambda adc, channel, cycle: 0.1 * channel

    def pin_output(self, cycle: int, port: str, pins: int, levels: int) -> None:
        self.pins.append((cycle, port, pins, levels))

    def pin_release(self, cycle: int, port: str, pins: int) -> None:
        self.released.append((cycle, port, pins))

    def dac_output(self, cycle: int, channel: int, code: int) -> None:
        self.codes.append((cycle, channel, code))

    def sample(self, adc: str, channel: int, cycle: int) -> float:
        self.samples.append((adc, channel, cycle))
        return self.volts(adc, channel, cycle)

    def edges(self, port: str, pin: int) -> list[tuple[int, int]]:
        """Cycles and levels at a pin."""
        return [
            (cycle, levels >> pin & 1) for cycle, name, pins, levels in self.pins if name == port and pins >> pin & 1
        ]


class ChipBench:
    """A chip on a bench; all clocks of blocks are on unless the test wants to see otherwise."""

    def __init__(self, chip: str = "stm32f405", hclk_hz: int = 16_000_000, clocks_on: bool = True) -> None:
        self.chip = CHIPS[chip]
        self.processor, self.wiring = StillProcessor(), OpenWiring()
        self.soc = Soc(self.chip, hclk_hz, self.wiring)
        self.blocks = {block.name: block for block in build_peripherals(self.chip, 8_000_000)}
        self.bus = Bus(self.chip, list(self.blocks.values()))
        self.soc.connect(self.processor, self.bus, list(self.blocks.values()))
        for block in self.blocks.values():
            block.reset()
        if clocks_on:
            for register in ("AHB1ENR", "APB1ENR", "APB2ENR"):
                self.write(f"RCC.{register}", 0xFFFF_FFFF)

    @property
    def cycle(self) -> int:
        return self.processor.cycle

    def at(self, cycle: int) -> None:
        """Let everything happen before and at a cycle."""
        queue = self.soc.queue
        while queue.next_cycle <= cycle:
            when, _, owner, kind, value = queue.pop()
            self.processor.cycle = max(self.processor.cycle, when)
            self.blocks[owner].tick(kind, value)
        self.processor.cycle = cycle

    def run(self, cycles: int) -> None:
        self.at(self.cycle + cycles)

    def address(self, register: str) -> int:
        name, _, word = register.partition(".")
        block = self.chip.block(name)
        return block.base + next(at for at, found in REGISTER_NAMES[block.layout].items() if found == word)

    def read(self, register: str, size: int = 4) -> int:
        return self.bus.read(self.address(register), size)

    def write(self, register: str, value: int, size: int = 4) -> None:
        self.bus.write(self.address(register), size, value)

    def line(self, number: int) -> int:
        return self.processor.lines.get(number, 0)

    def rises(self, number: int) -> list[int]:
        return self.processor.rises.get(number, [])

    def told(self, kind: str) -> list[Emission]:
        return [emission for emission in self.soc.emissions if emission.kind == kind]

    def faults(self) -> list[str]:
        return [emission.data.decode() for emission in self.told("fault")]
