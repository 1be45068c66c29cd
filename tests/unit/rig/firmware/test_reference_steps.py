"""Steps of the reference firmware: when a train begins, turns round and ends, to the tick."""

from itertools import pairwise

import pytest
from firmware_box import FirmwareBox

LEAD_US = 40
"""First pulse after the tick that decides."""


def test_a_step_begins_one_period_up_the_ramp_and_ends_after_the_extension(box: FirmwareBox) -> None:
    """Ramp of 200 ms at 40 Hz: eighths of the width up; plateau to the end of the extension; eighths down."""
    opened_us = box.now_us
    box.step(600)
    pulses = box.pulses()
    assert pulses[0][0] == opened_us + 9_000 + LEAD_US
    assert [pulse[2] for pulse in pulses[:8]] == [38, 75, 113, 150, 188, 225, 263, 300]
    assert {later[0] - first[0] for first, later in pairwise(pulses)} == {25_000}
    falls_us = opened_us + 600_000 + 9_000 + 200_000
    for start, _, width, *_ in pulses[8:]:
        share = 1.0 - max(0, start - falls_us) / 200_000
        assert width == pytest.approx(300 * share, abs=1.0)
    assert falls_us + 150_000 < pulses[-1][0] < falls_us + 200_000


@pytest.mark.parametrize("time_out_ms", [500, 1000, 4000])
def test_a_heel_that_stays_up_is_timed_out_ramp_included(box: FirmwareBox, time_out_ms: int) -> None:
    """The last pulse lies within the time-out, and the box waits for another step."""
    box.set(time_out=time_out_ms, ramp_down=100)
    opened_us = box.now_us
    box.heel_v = 0.2
    box.run(6000)
    last_us = box.pulses()[-1][0]
    assert opened_us + (time_out_ms - 40) * 1000 < last_us < opened_us + (time_out_ms + 10) * 1000
    assert box.log[-1] == "time-out: stimulation off"
    count = len(box.pulses())
    box.heel_v = 3.0
    box.run(50)
    box.step(300)
    assert len(box.pulses()) > count


def test_a_heel_that_goes_up_again_in_the_extension_goes_on(box: FirmwareBox) -> None:
    """No second ramp: the plateau goes on, on the same grid."""
    box.heel_v = 0.2
    box.run(400)
    box.heel_v = 3.0
    box.run(100)
    box.step(400)
    widths = [pulse[2] for pulse in box.pulses()]
    top = widths.index(300)
    assert 300 in widths[top + 20 :]
    assert widths[top : top + 25] == [300] * 25
    assert {later[0] - first[0] for first, later in pairwise(box.pulses())} == {25_000}


def test_a_heel_that_goes_up_again_in_the_ramp_down_turns_it_round(box: FirmwareBox) -> None:
    """The ramp rises from where it stood: no jump of more than the ramp's own step, no pause."""
    box.set(extension=0, ramp_down=1000, ramp_up=1000)
    box.heel_v = 0.2
    box.run(1500)
    box.heel_v = 3.0
    box.run(500)
    box.step(1500)
    pulses = box.pulses()
    assert max(abs(later[2] - first[2]) for first, later in pairwise(pulses)) <= 9
    assert {later[0] - first[0] for first, later in pairwise(pulses)} == {25_000}
    lowest = min(pulse[2] for pulse in pulses[60:80])
    assert 130 < lowest < 200


def test_the_time_out_begins_anew_with_the_step_that_turned_round(box: FirmwareBox) -> None:
    """As in the model: a step in the extension has a time-out of its own."""
    box.set(time_out=1000)
    box.heel_v = 0.2
    box.run(700)
    box.heel_v = 3.0
    box.run(50)
    box.heel_v = 0.2
    again_us = box.now_us
    box.run(3000)
    assert again_us + 950_000 < box.pulses()[-1][0] < again_us + 1_010_000


def test_ramps_of_nothing_are_steps(box: FirmwareBox) -> None:
    """With ramps and extension of 0 every pulse is a whole one, and none comes after the heel is down."""
    box.set(ramp_up=0, ramp_down=0, extension=0)
    box.heel_v = 0.2
    box.run(500)
    box.heel_v = 3.0
    down_us = box.now_us
    box.run(500)
    assert {pulse[2] for pulse in box.pulses()} == {300}
    assert box.pulses()[-1][0] < down_us + 11_000


def test_settings_that_contradict_each_other_silence_the_box(box: FirmwareBox) -> None:
    """Values come one at a time, so a contradiction is taken, told, and holds the box until it is gone."""
    box.set(rate=100, recharge=10)
    assert box.say("SET waveform asymmetric") == "OK"
    box.set(pulse_width=600)
    assert "held=settings" in box.say("STATUS")
    assert box.lit() == 1 << 3
    box.step(400)
    assert box.edges == []
    box.set(pulse_width=300)
    box.step(400)
    assert box.pulses()
    box.set(open_below=4)
    assert "held=settings" in box.say("STATUS")


def test_status_line_and_lamp_stand_from_the_decision_to_the_last_pulse(box: FirmwareBox) -> None:
    """On within the tick that decides, off within 26 ms of the last pulse: once each."""
    opened_us = box.now_us
    box.step(400)
    (on_us, on), (off_us, off) = box.panels
    assert (on, off) == (3, 0)
    assert on_us == opened_us + 9_000
    assert 0 < off_us - box.pulses()[-1][0] <= 26_000
