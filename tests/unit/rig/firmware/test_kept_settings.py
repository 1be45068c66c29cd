"""Settings in the flash of both boards: they outlive a loss of power at any instant."""

import pytest
from emulated_box import EmulatedBox

from rig.firmware.building.builds import boards, reference_image

RECORD_WORDS = 40
"""More words than one record of the settings takes."""

BLANK = bytes(4 * (255,))
"""A word of erased flash."""

ERASURE_S = 0.6
"""A start that erases a sector of 16 KiB. Source: DS8626 table 39, 0.25 s at 32 bit."""


def started(board):
    """The reference firmware on a board, started for the first time."""
    box = EmulatedBox(reference_image(board), board)
    box.run(0.05)
    return box


@pytest.fixture
def box():
    """One of the boards; the proof takes both."""
    return started("blue_f405")


def cut_power_after(box, words):
    """Let the supply go and come once so many words were programmed; False where fewer were."""
    flash = box.machine.soc.flash_controller
    programmed, done = flash.programmed, []

    def counted(address, size, value):
        held = programmed(address, size, value)
        done.append(address)
        if len(done) == words:
            box.machine.soc.request_reset("power_on")
        return held

    flash.programmed = counted
    box.run(0.12)
    del flash.programmed
    return len(done) >= words


@pytest.mark.parametrize("board", boards())
def test_a_setting_is_there_again_after_a_loss_of_power(board):
    """Preset at first; then what was set, and the log says so."""
    box = started(board)
    assert b"settings as preset" in box.uart
    assert box.say("GET pulse_width") == ["pulse_width 300"]
    assert box.say("SET pulse_width 250") == ["OK"]
    box.run(0.1)
    box.uart = b""
    box.power_cycle()
    box.run(0.05)
    assert b"settings as stored" in box.uart
    assert box.say("GET pulse_width") == ["pulse_width 250"]


def check_cut(box, words):
    """After a cut at this word the box has the old value or the new one; True while there was a word to cut at."""
    assert box.say("SET pulse_width 250") == ["OK"]
    box.run(0.1)
    assert box.say("SET pulse_width 200", wait_s=0.002) == ["OK"]
    box.uart = b""
    if not cut_power_after(box, words):
        return False
    box.run(0.05)
    assert b"settings as stored" in box.uart
    assert box.say("GET pulse_width")[0] in {"pulse_width 250", "pulse_width 200"}
    return True


@pytest.mark.parametrize("words", [1, 17])
def test_power_that_goes_while_a_setting_is_written_leaves_a_whole_one(box, words):
    """Cut behind the first word of a record and in its middle: the settings before it are there."""
    assert check_cut(box, words)
    assert box.say("GET pulse_width") == ["pulse_width 250"]
    assert box.say("SET pulse_width 220") == ["OK"]
    box.run(0.1)
    box.power_cycle()
    box.run(ERASURE_S)
    assert box.say("GET pulse_width") == ["pulse_width 220"]


@pytest.mark.proof
@pytest.mark.parametrize("board", boards())
def test_power_may_go_at_every_word(board):
    """Each word of a record in turn, until the record was whole: never the preset, never a mixture."""
    cuts = 0
    for words in range(1, RECORD_WORDS + 30):
        if not check_cut(started(board), words):
            break
        cuts += 1
    assert 20 < cuts < RECORD_WORDS + 29
    print(f"settings in flash, {board}: power cut at each of {cuts} words, one whole record left each time")


def test_a_full_sector_makes_way(box):
    """Nothing is written behind what is no record: the other sector takes over, the full one is erased at a start."""
    assert box.say("SET pulse_width 250") == ["OK"]
    box.run(0.1)
    soc = box.machine.soc
    first = 0x08004000 if box.board.chip == "stm32f405" else 0x08008000
    end = next(at for at in range(first, first + 0x4000, 4) if soc.memory_read(at, 4) == BLANK)
    soc.memory_write(end, bytes(4))
    box.power_cycle()
    box.run(0.05)
    assert box.say("GET pulse_width") == ["pulse_width 250"]
    assert box.say("SET pulse_width 220") == ["OK"]
    box.run(0.1)
    assert soc.memory_read(first + 0x4000, 4) != BLANK
    box.power_cycle()
    box.run(ERASURE_S)
    assert box.say("GET pulse_width") == ["pulse_width 220"]
    assert soc.memory_read(first, 0x4000) == BLANK * 0x1000
