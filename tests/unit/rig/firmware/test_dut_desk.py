"""The desk of a firmware test: waiting in virtual time, moving terminals, and what a failure tells."""

import math
import re

import pytest
from scripted_device import BYTE_NS, ScriptedDevice

from rig.firmware.desk.dut import Dut, NotSeenError, Wiring
from rig.firmware.desk.serial_log import QUIET_NS, SerialLog
from rig.firmware.device_under_test import Injected
from sim.electrode.load import Load
from sim.errors import ScenarioError


@pytest.fixture
def device():
    return ScriptedDevice()


@pytest.fixture
def dut(device):
    with Dut(device, Wiring(load=Load(series_ohm=1000.0))) as opened:
        yield opened
    assert device.closed


def test_expect_ends_at_the_byte_that_completed_the_line(dut):
    """The greeting begins 2 ms after power; ten bytes at 115 200 baud later virtual time stands just behind it."""
    found = dut.expect(r"^LOG (\w+)\s*$", timeout="10 ms")
    assert found[1] == "boot"
    assert dut.time == pytest.approx(2e-3 + 10 * BYTE_NS * 1e-9, abs=2e-9)


def test_what_was_matched_is_not_matched_again(dut, device):
    """Two commands, two answers: the second `expect` waits for the second."""
    dut.expect("boot")
    dut.send("SET current 30\n")
    dut.expect("^OK")
    first_s = dut.time
    dut.send(b"SET rate 40\n")
    dut.expect(re.compile("^OK"), timeout=0.1)
    assert dut.time > first_s
    assert device.heard == [b"SET current 30\n", b"SET rate 40\n"]
    with pytest.raises(NotSeenError):
        dut.expect("OK", timeout="5 ms")
    assert [line for _, line in dut.log] == ["LOG boot", "OK", "OK"]


def test_a_time_out_is_virtual_and_its_message_tells_the_log_and_the_pulses(dut):
    """Exactly 2 s pass; the text holds the pattern, stamps, lines, pulses with both phases, and who it was."""
    dut.drive(heel_switch="open")
    with pytest.raises(NotSeenError) as caught:
        dut.expect("NEVER", timeout="2 s")
    assert dut.time == 2.0
    text = str(caught.value)
    assert text.startswith("no `NEVER` within 2 s\nat 2.000000 s of virtual time (kind scripted, chip none)")
    assert "0.002868  LOG boot" in text
    assert "pulses, the last of 80:" in text
    assert "+20.00 mA for 200.0 µs, -20.00 mA for 200.0 µs, net" in text
    assert isinstance(caught.value, AssertionError), "a failure of the test, no error of the rig"


def test_pulses_are_those_through_the_load(dut, device):
    """20 mA for 200 us through 1 kohm: 20 V at the terminals, as the device senses it, without a sign."""
    dut.run("30 ms")
    assert dut.pulses == (), "the heel is on its switch"
    dut.drive(heel_switch="open")
    dut.wait_for(lambda: len(dut.pulses) == 2, timeout="100 ms")
    first, second = dut.pulses
    assert (first.phase1_a, first.phase2_a) == pytest.approx((0.02, -0.02))
    assert (first.phase1_s, first.gap_s, first.phase2_s) == pytest.approx((200e-6, 100e-6, 200e-6))
    assert first.net_c == pytest.approx(0.0, abs=1e-15)
    assert second.t_s - first.t_s == pytest.approx(25e-3)
    assert all(sensed == pytest.approx([0.02, 20.0]) for sensed in device.sensed.values())
    dut.drive(heel_switch="2.6 V", load="500 ohm")
    dut.run("100 ms")
    assert len(dut.pulses) == 2


def test_power_loss_in_mid_pulse_ends_the_current(dut):
    """Off 100 us into phase 1: half a phase of charge stays, and the device greets again after its reset."""
    dut.drive(heel_switch="open")
    dut.wait_for(lambda: any(event.kind == "drive" for event in dut.events))
    dut.run(100e-6)
    dut.drive(heel_switch="closed")
    dut.reset()
    dut.expect("boot")
    dut.expect("boot", timeout="10 ms")
    (pulse,) = dut.pulses
    assert pulse.net_c == pytest.approx(0.02 * 100e-6, rel=1e-4)
    assert math.isnan(pulse.phase2_s) or pulse.phase2_s == 0.0


def test_buttons_lines_and_faults_reach_the_device(dut, device):
    """A press shows on the status line; an injected fault carries the present instant."""
    dut.press("stop")
    dut.run("1 ms")
    assert dut.lines == {"status": 0}
    dut.release("stop")
    dut.run("1 ms")
    assert dut.lines == {"status": 1}
    dut.inject(Injected("clock", 0.01))
    assert device.faults == [(2_000_000, Injected("clock", 0.01))]
    with pytest.raises(ValueError, match="no terminal"):
        dut.press("nowhere")


@pytest.mark.parametrize(
    ("work", "words"),
    [
        (lambda dut: dut.run("5"), "dut: run"),
        (lambda dut: dut.run(-1.0), "a time of 0 s or more"),
        (lambda dut: dut.run(math.nan), "`nan` is asked for; a time"),
        (lambda dut: dut.drive(toe=1.0), "there is no terminal `toe`; there are heel_switch, supply"),
        (lambda dut: dut.drive(supply="9 A"), "dut.drive(supply)"),
        (lambda dut: dut.power("up"), "write `on` or `off`"),
    ],
)
def test_misuse_is_told_with_the_mend(dut, work, words):
    """A number without a unit, a terminal that is not there, a state that is none."""
    with pytest.raises(ScenarioError, match=re.escape(words)):
        work(dut)


def test_a_prompt_counts_once_it_stands_still(dut):
    """An unfinished line is searched after 20 ms of silence, no sooner: it could go on."""
    dut.expect("boot")
    dut.send("RAW\n")
    dut.expect("^> $", timeout="100 ms")
    last_ns = dut.events[-1].t_ns
    assert dut.time * 1e9 == pytest.approx(last_ns + QUIET_NS, abs=2)


def test_half_a_number_is_not_taken_for_it():
    """Only whole lines are searched, and bytes that are no text are shown as what they are."""
    log = SerialLog()
    log.hear(1000, b"current 3")
    assert log.search(re.compile(r"current (\d+)"), 2000) is None
    log.hear(3000, b"0 mA\n\xff\xfe\n")
    found = log.search(re.compile(r"current (\d+)"), 3000)
    assert found is not None and found[1] == "30"
    assert log.lines() == ((3000, "current 30 mA"), (3000, "\\xff\\xfe"))
