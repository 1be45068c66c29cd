"""The shipped images on the chips of their boards: every register that they use has a model, and none is misused."""

import itertools

import pytest
from chip_bench import OpenWiring

from rig.firmware.board.board_file import find_board
from rig.firmware.building.images import IMAGES
from rig.firmware.image.image_file import load_image
from rig.firmware.machine.chips import CHIPS
from rig.firmware.machine.machine import Machine
from rig.firmware.machine.stm32f4.models import build_peripherals

WORD_PROGRAM_S = 16e-6


@pytest.mark.parametrize("name", ["blue_f405", "green_f446"])
def test_an_image_starts_answers_and_keeps_a_setting(name: str):
    """Clock, ports, DMA scan, timer, serial line and flash of both boards work together, without a word of misuse.

    Independent truth: the texts of the serial protocol, and the programming time of the data sheet: a record of 31
    words holds the processor for 16 us each, in which no tick comes.
    """
    board = find_board(name)
    wiring = OpenWiring()
    chip = CHIPS[board.chip]
    machine = Machine(
        load_image(IMAGES / board.image),
        chip,
        build_peripherals(chip, board.crystal_hz, board.adc_reference_v),
        wiring,
        hclk_hz=board.clock_hz,
        cycles_per_instruction=board.cycles_per_instruction,
    )
    machine.power_on()

    def run_to(t_s: float) -> None:
        machine.run_until(round(t_s * board.clock_hz))

    run_to(0.01)
    line = machine.soc.peripherals[board.uart]
    for place, byte in enumerate(b"SET current 25\nGET current\n"):
        run_to(0.01 + (place + 1) * 10 / 115_200)
        line.receive(byte)
    run_to(0.1)
    samples = [cycle for _, channel, cycle in wiring.samples if channel == board.nets["heel_switch"].channel]
    gaps = [later - earlier for earlier, later in itertools.pairwise(samples[1:])]
    assert gaps
    millisecond = board.clock_hz // 1000
    assert max(gaps) - millisecond <= 2 * WORD_PROGRAM_S * board.clock_hz
    assert abs(sum(gaps) / len(gaps) - millisecond) < 2 * WORD_PROGRAM_S * board.clock_hz / len(gaps)
    told = machine.take_emissions()
    assert [each.data for each in told if each.kind == "fault"] == []
    text = b"".join(each.data for each in told if each.kind == "uart")
    assert b"OK\ncurrent 25\n" in text
    flash = machine.soc.memory_read(chip.region("flash").at, sum(chip.flash_sectors[:5]))
    assert (25_000).to_bytes(4, "little") in flash[0x4000:]
