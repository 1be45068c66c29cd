"""What keeps the reference firmware off: stop at any instant, interlock, treatment timer, watchdog, rotten memory."""

from collections.abc import Callable
from ctypes import c_int64

import pytest
from firmware_box import BITTEN, OFF, FirmwareBox

STOP, REARM = 0, 1


@pytest.mark.parametrize("offset_us", [*range(-60, 760, 20), 5_000, 24_900])
def test_a_stop_at_any_instant_of_a_pulse_lets_no_other_begin(box: FirmwareBox, offset_us: int) -> None:
    """Pressed inside a pulse: that one is finished with both its phases; pressed before it: it does not come."""
    box.heel_v = 0.2
    box.run(600)
    last_us = box.pulses()[-1][0]
    box.run((last_us + 25_000 + offset_us - box.now_us) / 1000)
    box.lib.host_button(STOP, True)
    before = box.pulses()
    box.run(500)
    expected = len(before) + (1 if 0 < offset_us <= 700 else 0)
    assert len(box.pulses()) == expected
    assert box.pulses()[-1][2] == box.pulses()[-1][5] == 300
    assert box.edges[-1][1] == OFF
    assert box.lit() == 0
    box.heel_v = 3.0
    box.run(100)
    box.step(300)
    assert len(box.pulses()) == expected
    box.lib.host_button(STOP, False)
    box.step(300)
    assert len(box.pulses()) > expected
    assert box.log[-2:] == ["stop button: stimulation off", "stop button released: waits for the next step"]


def test_a_stop_of_less_than_a_tick_counts(box: FirmwareBox) -> None:
    """Pressed and let go between two ticks: the train ends all the same, and the next step begins another."""
    box.heel_v = 0.2
    box.run(600.3)
    box.lib.host_button(STOP, True)
    box.run(0.2)
    box.lib.host_button(STOP, False)
    before = len(box.pulses())
    box.run(500)
    assert len(box.pulses()) == before
    box.heel_v = 3.0
    box.run(100)
    box.step(300)
    assert len(box.pulses()) > before


def test_a_stop_ends_every_ramp(box: FirmwareBox) -> None:
    """The ramp up, the extension and the ramp down end like the plateau."""
    for up_ms, wait_ms in ((100, 0), (600, 100), (600, 320)):
        box.heel_v = 0.2
        box.run(up_ms)
        box.heel_v = 3.0
        box.run(wait_ms)
        box.lib.host_button(STOP, True)
        count = len(box.edges)
        box.run(400)
        assert len(box.edges) == count, (up_ms, wait_ms)
        box.lib.host_button(STOP, False)
        box.run(100)


@pytest.mark.parametrize("freed_by", ["level", "key"])
def test_the_interlock_holds_after_every_power_up(make_box: Callable[..., FirmwareBox], freed_by: str) -> None:
    """Stored with the settings, so power that comes back meets it; the level at its minimum or the key frees it."""
    first = make_box()
    first.run(50)
    first.set(interlock="on", current=20)
    first.run(100)
    box = make_box(stored=first.stored, at_us=5_000_000)
    box.run(100)
    assert box.log == [
        "start: settings as stored, reset by power_on",
        "interlock: off until the amplitude control was at its minimum",
    ]
    box.step(400)
    assert box.edges == []
    if freed_by == "key":
        box.lib.host_button(REARM, True)
        box.run(50)
        box.lib.host_button(REARM, False)
    else:
        box.set(level=2)
        box.set(level=100)
    box.step(400)
    assert box.pulses()[-1][1] == 819


def test_the_treatment_ends_by_itself_and_begins_anew_when_armed(box: FirmwareBox) -> None:
    """Five seconds from the start, to the tick; a train under way ends; the key begins five more."""
    box.set(shut_off=5)
    box.run(4500 - box.now_us / 1000)
    box.heel_v = 0.2
    box.run(2000)
    assert 4_970_000 < box.pulses()[-1][0] < 5_001_000
    assert box.log[-1] == "treatment time over: stimulation off until re-armed"
    count = len(box.pulses())
    box.heel_v = 3.0
    box.run(100)
    box.step(300)
    assert len(box.pulses()) == count
    box.lib.host_button(REARM, True)
    box.step(300)
    assert len(box.pulses()) > count


@pytest.mark.parametrize("spoilt", [0, 5, 40, 90, 107])
def test_settings_that_rotted_in_memory_are_not_used(make_box: Callable[..., FirmwareBox], spoilt: int) -> None:
    """One bit of any byte: the preset instead, told, and off until somebody has armed the box."""
    first = make_box()
    first.run(50)
    first.set(current=77)
    first.run(100)
    kept = bytearray(first.stored)
    kept[spoilt] ^= 0x10
    box = make_box(stored=bytes(kept))
    box.run(100)
    assert box.log[0].startswith("start: stored settings are damaged")
    assert box.say("GET current") == "current 30"
    box.step(300)
    assert box.edges == []
    box.say("ARM")
    box.step(300)
    assert box.pulses()


def test_settings_are_kept_only_while_the_output_is_off(box: FirmwareBox) -> None:
    """Writing memory stalls a processor: changes in a train are kept when it is over, and all of them."""
    box.heel_v = 0.2
    box.run(400)
    box.set(current=31)
    box.set(current=32)
    box.run(400)
    assert box.stored == b""
    assert "stored=no" in box.say("STATUS")
    box.heel_v = 3.0
    box.run(800)
    assert "stored=yes" in box.say("STATUS")
    assert box.stored


def test_a_processor_that_stands_still_is_reset_and_gives_no_pulse_by_itself(box: FirmwareBox) -> None:
    """A hang of more than 50 ms in a train: bitten, dark, and after the start no train until the next step."""
    box.heel_v = 0.2
    box.run(600)
    box.lib.host_hang(c_int64(1_000_000))
    hung_us = box.now_us
    assert box.run(1000) == BITTEN
    assert 48_000 <= box.now_us - hung_us <= 50_000
    assert box.edges[-1][1] == OFF
    assert box.lit() == 0
    count = len(box.pulses())
    box.start(box.now_us, cause=2)
    box.run(1000)
    assert "reset by watchdog" in box.log[-1]
    assert len(box.pulses()) == count
    box.heel_v = 3.0
    box.run(100)
    box.step(300)
    assert len(box.pulses()) > count


def test_a_short_hang_is_lived_through(box: FirmwareBox) -> None:
    """20 ms between two pulses: no reset, the grid goes on, every pulse whole."""
    box.heel_v = 0.2
    box.run(600)
    box.lib.host_hang(c_int64(20_000))
    box.run(400)
    assert all(pulse[2] == pulse[5] for pulse in box.pulses())
    assert len(box.log) == 1


@pytest.mark.parametrize("offset_ms", [0.5, 1.5, 4.5])
def test_a_stop_inside_a_pulse_longer_than_a_tick_finishes_it(box: FirmwareBox, offset_ms: float) -> None:
    """5.1 ms of pulse: the tick that stops the train falls inside it, and both its charges still agree."""
    box.set(waveform="asymmetric", pulse_width=1000)
    box.heel_v = 0.2
    box.run(600)
    box.run((box.pulses()[-1][0] - box.now_us) / 1000 + 25 + offset_ms)
    count = len(box.pulses())
    box.lib.host_button(STOP, True)
    box.run(300)
    assert len(box.pulses()) == count + 1
    _, code1, width1, _, code2, width2 = box.pulses()[-1]
    assert width1 == 1000
    assert abs(code1 * width1 - code2 * width2) * 2 <= code2


def test_an_interlock_that_is_switched_on_holds_at_once(box: FirmwareBox) -> None:
    """A train ends; off again frees nothing; the level at its minimum does. As `sim.stimulator.protection`."""
    box.heel_v = 0.2
    box.run(400)
    assert box.pulses()
    box.set(interlock="on")
    box.run(20)
    assert box.log[-1] == "interlock: off until the amplitude control was at its minimum"
    count = len(box.edges)
    box.set(interlock="off")
    box.heel_v = 3.0
    box.run(300)
    box.step(400)
    assert len(box.edges) == count
    box.set(level=0)
    box.set(level=100)
    box.step(400)
    assert len(box.edges) > count
