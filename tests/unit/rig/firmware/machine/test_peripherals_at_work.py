"""An image that works with many peripherals at once by interrupt: instants and values against the manual's formulas.

Whatever an interrupt breaks off and the engine replays, no access to a register may happen twice or be lost: a DMA
transfer, a flag that a read clears, a byte on I2C would show it.
"""

import itertools
import struct

import pytest
from chip_bench import OpenWiring
from machine_images import FOLDER

from rig.firmware.image.image_file import load_image
from rig.firmware.machine.chips import CHIPS
from rig.firmware.machine.machine import Machine
from rig.firmware.machine.stm32f4.models import build_peripherals, wire_imu

HZ = 16_000_000
PERIOD = 1600
END = PERIOD * 200
VALUES = {"ax": 9.80665 / 4, "ay": 0.0, "az": -9.80665, "gx": 1.0, "gy": 0.0, "gz": -1.0}


class AtWork:
    """20 ms of the program, keys pressed at odd instants; what it left behind."""

    def __init__(self):
        self.wiring = OpenWiring()
        self.wiring.volts = lambda adc, channel, cycle: channel * 0.5 + cycle % 3200 / 3200
        chip = CHIPS["stm32f405"]
        peripherals = build_peripherals(chip, 8_000_000)
        wire_imu(peripherals, "I2C1", None, lambda role, cycle: VALUES[role.removeprefix("foot_imu.")])
        image = load_image(FOLDER / "peripherals" / "peripherals.elf")
        self.machine = machine = Machine(image, chip, peripherals, self.wiring, hclk_hz=HZ)
        machine.power_on()
        self.presses = []
        for number in range(10):
            machine.run_until(END // 11 * (number + 1) + 37 * number)
            self.presses.append(machine.soc.now())
            machine.soc.peripherals["GPIOB"].apply(0, 1)
            machine.run_until(machine.soc.now() + 1000)
            machine.soc.peripherals["GPIOB"].apply(0, 0)
        machine.run_until(END)

    def words(self, symbol, form):
        data = self.machine.soc.memory_read(self.machine.symbols[symbol].address, struct.calcsize(form))
        return struct.unpack(form, data)

    def word(self, symbol):
        return self.words(symbol, "<I")[0]


@pytest.fixture(scope="module")
def work():
    """The program, run once."""
    return AtWork()


def test_scans_come_from_the_timer_and_are_all_there(work):
    """RM0090 13.5: each sample 15 ADC cycles (of 2) after its start; a scan a period; 8 items a round; no loss."""
    samples = work.wiring.samples
    start = samples[0][2] - 30
    expected = []
    for scan in range(len(samples) // 2):
        first = start + PERIOD * scan + 30
        expected += [("ADC1", 2, first), ("ADC1", 3, first + 2 * 12 + 30)]
    assert samples[: len(expected)] == expected
    assert len(expected) > 380
    assert (work.word("wholes"), work.word("halves")) == (len(samples) // 8, (len(samples) + 4) // 8)
    assert work.word("lost") == 0
    rounds = work.word("wholes")
    latest = samples[8 * (rounds - 1) : 8 * rounds]
    codes = [int(work.wiring.volts(*sample) / 3.3 * 4096 + 0.5) for sample in latest]
    assert list(work.words("seen", "<8H")) == codes


def test_the_wave_has_its_periods_and_duties(work):
    """RM0090 18.3.9: rising edges exactly a period apart; a duty written in one period holds from the next on."""
    edges = work.wiring.edges("GPIOA", 5)
    rises = [cycle for cycle, level in edges if level]
    falls = [cycle for cycle, level in edges if not level and cycle > rises[0]]
    assert {later - earlier for earlier, later in itertools.pairwise(rises[1:])} == {PERIOD}
    wide = [fall - rise for rise, fall in zip(rises[1:], falls[1:], strict=False)]
    assert len(wide) > 190
    assert wide == [160 if turn == 0 else 160 * (turn % 9 + 1) for turn in range(len(wide))]
    assert abs(work.word("waves") - len(wide)) <= 1


def test_a_key_makes_one_pulse_each(work):
    """The edge starts TIM4 within an interrupt's time; 16 * 50 cycles later a code comes out, a byte on the APB."""
    assert (work.word("edges"), work.word("pulses")) == (10, 10)
    assert work.word("pulse_cnt") == 8 << 16
    assert [code for _, _, code in work.wiring.codes] == [number * 16 << 4 for number in range(1, 11)]
    delays = [cycle - press for press, (cycle, _, _) in zip(work.presses, work.wiring.codes, strict=True)]
    assert all(800 + 24 < delay < 800 + 400 for delay in delays)


def test_the_sensor_was_read_between_the_interrupts(work):
    """Identity and one burst: 16384 counts a g, 131 a degree a second, highest byte first."""
    assert work.words("who", "<B") == (0x68,)
    assert work.words("sensed", ">7h") == (4096, 0, -16384, -3921, 7506, 0, -7506)


def test_nothing_was_misused_and_a_second_run_is_the_same(work):
    """No word of misuse; everything at the pins comes again at the same cycles."""
    assert [told.data for told in work.machine.take_emissions() if told.kind == "fault"] == []
    again = AtWork()
    assert again.wiring.pins == work.wiring.pins
    assert again.wiring.samples == work.wiring.samples
    assert again.wiring.codes == work.wiring.codes
