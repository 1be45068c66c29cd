"""The port to STM32F4 registers, on both boards: a trial firmware asks for one thing after the other."""

from itertools import pairwise
from pathlib import Path

import pytest
from emulated_box import EmulatedBox

from rig.firmware.building.builds import REFERENCE, boards, options_of, source_files
from rig.firmware.building.objects import Build, link
from rig.firmware.building.toolchain import arm_libraries, find_arm_compiler
from sim.errors import BenchError

TRIAL = Path(__file__).parents[3] / "firmware_sources" / "port_trial.c"
POWER_ON, WATCHDOG, SOFTWARE = 0, 2, 3
"""`hal_reset`."""


@pytest.fixture(scope="session", params=boards())
def trial(request, tmp_path_factory):
    """The port with the trial firmware, as an image, and its board."""
    board = request.param
    try:
        compiler = find_arm_compiler()
    except BenchError as error:
        pytest.skip(str(error))
    files = source_files("firmware", "stm32f4", f"boards/{board}")
    port = (path for path in files if path.suffix == ".c" and path.parts[0] == "stm32f4")
    headers = tuple(path for path in files if path.suffix == ".h")
    build = Build(REFERENCE, (TRIAL, *port), headers, options_of(board, compiler), arm_libraries(compiler))
    return link(build, compiler, tmp_path_factory.mktemp("trial") / f"{board}.elf"), board


@pytest.fixture
def box(trial):
    """A box that has started."""
    started = EmulatedBox(*trial)
    started.run(0.01)
    return started


def test_it_starts_quietly_and_says_why(box):
    """After power-on nothing was driven, nothing was misused, and the cause of the reset is the true one."""
    assert (box.drives, box.faults) == ([], [])
    assert box.uart == b"reset 0000000\n"


def test_a_tick_comes_every_millisecond_since_reset(trial):
    """1 kHz of the processor's own clock: so many ticks as whole milliseconds, less those of the start."""
    box = EmulatedBox(*trial)
    box.run(0.1005)
    (first,) = box.say("t")[:1]
    box.run(0.1)
    (second,) = box.say("t")[-1:]
    assert 90 < int(first.split()[1]) < 122
    passed = int(second.split()[1]) - int(first.split()[1])
    assert passed == pytest.approx(120, abs=1)


def test_edges_come_at_their_microsecond(box):
    """Widths, pause and period as asked: within a microsecond, and alike from pulse to pulse within a tenth of one."""
    box.send("p")
    box.run(0.1)
    drives = [drive for drive in box.drives if drive[0] < box.now_s - 0.005]
    assert [round(current * 4095 / 0.1) for _, current in drives[:4]] == [2048, 0, -1024, 0]
    starts = [t for (t, current) in drives if current > 0]
    assert len(starts) >= 17
    for place, asked_s in enumerate((100e-6, 50e-6, 200e-6)):
        took = [late[0] - early[0] for early, late in zip(drives[place::4], drives[place + 1 :: 4], strict=False)]
        assert took == pytest.approx([asked_s] * len(took), abs=1e-6)
        assert max(took) - min(took) < 0.1e-6
    periods = [b - a for a, b in pairwise(starts)]
    assert periods == pytest.approx([5e-3] * len(periods), abs=0.1e-6)


def test_no_call_comes_after_it_was_called_off(box):
    """`HAL_NEVER` ends the pulses, and a new wish begins them again."""
    box.send("p")
    box.run(0.0195)
    box.send("n")
    box.run(0.001)
    done = len(box.drives)
    box.run(0.02)
    assert len(box.drives) == done > 0
    box.send("p")
    box.run(0.02)
    assert len(box.drives) > done


def test_an_instant_that_has_passed_is_served_at_once(box):
    """A compare register would let it come round in 71 minutes."""
    box.send("l")
    box.run(0.001)
    assert box.say("c") == ["late 0000001"]
    box.run(0.05)
    assert box.say("c") == ["late 0000001"]


def test_a_bouncing_key_is_pressed_once(box):
    """Contacts that open and close for 3 ms; after that, a second press is a second one."""
    for presses in (1, 2):
        for _ in range(5):
            box.keys.press("button.stop", is_pressed=True)
            box.run(300e-6)
            box.keys.press("button.stop", is_pressed=False)
            box.run(300e-6)
        box.keys.press("button.stop", is_pressed=True)
        box.run(0.05)
        box.keys.press("button.stop", is_pressed=False)
        box.run(0.05)
        assert box.say("b")[-1:] == [f"stop {presses:07}"]


def test_a_firmware_that_stops_kicking_is_reset_and_lets_go(box):
    """50 ms after the last kick the watchdog bites; the output that was on goes off, and the cause is told."""
    box.run(0.1)
    box.uart = b""
    box.send("h")
    box.run(0.08)
    (on_s, on_a), (off_s, off_a) = box.drives
    assert on_a > 0 and off_a == 0.0
    assert off_s - on_s == pytest.approx(0.05, abs=0.002)
    assert box.uart == b"reset %07d\n" % WATCHDOG


def test_a_fault_opens_the_bridge_before_anything_else(box):
    """A call into nowhere with the output on: off within 2 us, then a reset by software."""
    box.uart = b""
    box.send("f")
    box.run(0.02)
    (on_s, on_a), (off_s, off_a) = box.drives
    assert on_a > 0 and off_a == 0.0
    assert off_s - on_s < 2e-6
    assert box.uart == b"reset %07d\n" % SOFTWARE


def test_a_millisecond_costs_few_accesses(box):
    """While nothing happens, at most seven registers are touched a millisecond: each one is time on the bus."""
    counted = box.count_accesses(0.2)
    assert sum(counted.values()) <= 7 * 200
