"""The bench on which the conformance programs of the emulated processor run: one peripheral that does what they ask."""

import functools
import re
import struct
from pathlib import Path

from rig.firmware.image.image_file import load_image
from rig.firmware.machine.chips import CHIPS
from rig.firmware.machine.machine import Machine
from rig.firmware.machine.peripheral import BusFault, Peripheral

SOURCES = Path(__file__).parents[1] / "firmware_sources" / "conformance"
HZ = 64_000_000
LIMIT_CYCLES = 20_000_000
"""All programs end long before."""


class Probe(Peripheral):
    """Registers as `conformance.h` has them. `accesses` holds every one: (is a store, offset, size, value)."""

    STATE = ("count", "accesses")

    def __init__(self):
        super().__init__("PROBE", 0x40000000, 0x400)
        self.count = 0
        self.accesses = []

    def reset(self):
        self.count = 0
        self.accesses = []

    def pulse(self, line):
        line %= 82
        self.soc.irq(line, 1)
        self.soc.irq(line, 0)

    def read(self, offset, size):
        if offset == 0x0C:
            return self.soc.now()
        if offset == 0x10:
            raise BusFault("the probe refuses")
        if offset >= 0x40 and not 0x80 <= offset < 0xC0:
            self.count += 1
            self.accesses.append((False, offset, size, self.count))
            if offset >= 0xC0:
                self.pulse(0)
            return self.count
        return 0

    def write(self, offset, size, value):
        if offset == 0x00:
            self.pulse(value)
        elif offset == 0x04:
            self.soc.irq((value & 0xFF) % 82, value >> 8 & 1)
        elif offset == 0x08:
            self.soc.at(self.soc.now() + (value & 0xFFFF) + (value >> 24 << 16), self, 0, value >> 16 & 0xFF)
        elif offset == 0x10:
            raise BusFault("the probe refuses")
        elif offset == 0x14:
            self.soc.at(self.soc.now() + 400, self, 0, 0)
            self.soc.at(self.soc.now() + 400 + value, self, 0, 1)
        else:
            self.accesses.append((True, offset, size, value))
            if offset >= 0xC0:
                self.pulse(0)

    def tick(self, kind, value):
        self.pulse(value)


class NoWiring:
    """A chip without a board."""

    reference_ratio = 1.0

    def pin_output(self, cycle, port, pins, levels):
        raise AssertionError("no pins here")

    def sample(self, adc, channel, cycle):
        raise AssertionError("no converters here")


@functools.cache
def image():
    """The committed image; a test holds it to its sources."""
    return load_image(SOURCES / "conformance.elf")


@functools.cache
def numbers():
    """Program -> its number, in the order of `programs.c`."""
    names = re.findall(r"_\((\w+)\)", (SOURCES / "programs.c").read_text(encoding="utf-8"))
    return {name: number for number, name in enumerate(names)}


def machine_for(loaded, counter="engine"):
    """A machine with the probe alone."""
    return Machine(
        loaded, CHIPS["stm32f405"], [Probe()], NoWiring(), hclk_hz=HZ, cycles_per_instruction=1.25, counter=counter
    )


@functools.cache
def shared_machine(counter):
    """Programs run one after the other on one machine; a power-on between them."""
    return machine_for(image(), counter)


class Outcome:
    """What a program has left in RAM."""

    def __init__(self, machine, reached):
        self.machine, self.reached = machine, reached

    def words(self, symbol, count):
        data = self.machine.soc.memory_read(self.machine.symbols[symbol].address, 4 * count)
        return list(struct.unpack(f"<{count}I", data))

    @property
    def results(self):
        return self.words("results", 64)

    @property
    def trace(self):
        return self.words("trace", 64)[: self.words("traced", 1)[0]]

    @property
    def done(self):
        return self.words("done", 1)[0]

    @property
    def accesses(self):
        return self.machine.soc.peripherals["PROBE"].accesses

    @property
    def faults(self):
        return [(told.name, told.data.decode()) for told in self.machine.soc.emissions if told.kind == "fault"]


def begin(machine, program, *arguments):
    """Power on, with a program chosen."""
    machine.power_on()
    machine.take_emissions()
    words = [*arguments, *(0 for _ in range(8 - len(arguments)))]
    machine.soc.memory_write(machine.symbols["selected"].address, struct.pack("<I", numbers()[program]))
    machine.soc.memory_write(machine.symbols["arguments"].address, struct.pack("<8I", *words))


def run(program, *arguments, counter="engine", limit=LIMIT_CYCLES):
    """Run a program until it is done, or for `limit` cycles."""
    machine = shared_machine(counter)
    begin(machine, program, *arguments)
    start = machine.processor.now()
    outcome, reached = Outcome(machine, start), start
    while outcome.done not in {1, 2} and reached < start + limit:
        reached = machine.run_until(reached + 100_000)
    outcome.reached = reached
    return outcome
