"""A box on a serial line: what is written is what the box holds; every trouble of the line is a typed error in time."""

import dataclasses
import os
from collections.abc import Iterator

import pytest
from device_desk import case_of, odfs_serial

from rig.device_control.serial_control import SerialControl
from rig.simulated.serial_box import BoxOnPty, SerialBox, ServedBox
from sim.errors import BenchError

CASE = case_of("odfs-serial")
_ENDS = ["socket", pytest.param("pty", marks=pytest.mark.skipif(os.name != "posix", reason="no ptys here"))]


@pytest.fixture(params=_ENDS)
def box(request: pytest.FixtureRequest) -> Iterator[tuple[SerialBox, str]]:
    """A fresh box and where it is, on a TCP port and behind a pseudo terminal."""
    found = SerialBox()
    served = ServedBox(found) if request.param == "socket" else BoxOnPty(found)
    yield found, served.address
    served.close()


@pytest.fixture
def served() -> Iterator[tuple[SerialBox, ServedBox]]:
    """A fresh box on a TCP port."""
    found = SerialBox()
    line = ServedBox(found)
    yield found, line
    line.close()


def control_of(address: str, timeout_s: float = 20.0) -> SerialControl:
    """The control of the worked example; patient, because a busy computer is no fault of the line."""
    return SerialControl(address, dataclasses.replace(odfs_serial(), timeout_s=timeout_s))


def test_the_box_holds_what_the_case_asks_for_in_its_own_units(box: tuple[SerialBox, str]) -> None:
    """30 mA, 300 us, 40 Hz and 200 ms of the device file arrive as 30, 300, 40 and 200."""
    held, address = box
    control = control_of(address)
    control.open(CASE)
    control.set("current", 0.042, 1_000_000)
    control.close()
    assert held.values == {"current": 42.0, "pulse_width": 300.0, "rate": 40.0, "extension": 200.0}


def test_the_box_says_who_it_is_and_is_stopped_when_it_is_closed(box: tuple[SerialBox, str]) -> None:
    """Groups of the answer become the identity; closing sends what stops the output."""
    held, address = box
    control = control_of(address)
    control.open(CASE)
    assert control.identity()["serial"] == "SIM00042"
    control.close()
    control.close()
    assert held.stopped == 1


def test_what_the_box_tells_by_itself_becomes_a_message_and_no_answer(box: tuple[SerialBox, str]) -> None:
    """`LOG output off` comes before `OK`: it is kept, once, and `OK` is still found."""
    _, address = box
    control = control_of(address)
    control.open(CASE)
    control.safe_state()
    assert [text for _, text in control.take_messages()] == ["LOG output off"]
    assert control.take_messages() == ()
    control.close()


@pytest.mark.parametrize(
    ("trouble", "says"),
    [
        ({"SET": "silent"}, "was not answered in 0.5 s"),
        ({"SET": "ERR too hot"}, "was answered by `ERR too hot`"),
        ({"SET": "garbage"}, "was answered by"),
        ({"GET": "current 29"}, "was set to 30 mA, the box says 29 mA"),
        ({"GET": "silent"}, "`GET current` was not answered"),
        ({"ID?": "OTHERBOX 1.0 7"}, "`ID?` was answered by `OTHERBOX 1.0 7`"),
    ],
    ids=["no answer", "refused", "garbage", "another value", "no read-back", "another box"],
)
@pytest.mark.timeout(60)  # a hang is a failure, not a slow test
def test_a_box_that_errs_is_a_bench_error_in_time(
    served: tuple[SerialBox, ServedBox], trouble: dict[str, str], says: str
) -> None:
    """Never a hang, never a silently wrong setting; the port is free again for the next control."""
    held, line = served
    held.trouble = trouble
    control = control_of(line.address, 0.5 if "silent" in trouble.values() else 20.0)
    with pytest.raises(BenchError, match=says.replace("?", r"\?")):
        control.open(CASE)
    held.trouble = {}
    control = control_of(line.address)
    control.open(CASE)
    assert held.values["current"] == 30.0
    control.close()


def test_a_late_answer_is_never_taken_for_the_answer_to_the_next_question(
    served: tuple[SerialBox, ServedBox],
) -> None:
    """What came after the time-out is dropped before the next question is asked."""
    held, line = served
    control = control_of(line.address, 1.0)
    control.open(CASE)
    held.trouble = {"SET": "silent"}
    with pytest.raises(BenchError, match="not answered"):
        control.set("current", 0.050, 0)
    held.trouble = {}
    held.values["current"] = 50.0
    control.set("rate", 25.0, 0)
    assert control.read("current") == pytest.approx(0.050)
    control.close()


def test_a_line_that_is_pulled_out_is_a_bench_error(served: tuple[SerialBox, ServedBox]) -> None:
    """The other end is gone: the next setting says so, and safe state and close do not raise."""
    _, line = served
    control = control_of(line.address)
    control.open(CASE)
    line.hang_up()
    with pytest.raises(BenchError):
        control.set("current", 0.020, 0)
    control.safe_state()
    control.close()


def test_nobody_listening_is_told_before_anything_is_set() -> None:
    """A port that nobody serves: one error that names it."""
    control = control_of("socket://127.0.0.1:9")
    with pytest.raises(BenchError, match="cannot be opened"):
        control.open(CASE)


def test_what_the_device_file_has_no_words_for_is_refused(served: tuple[SerialBox, ServedBox]) -> None:
    """A scenario that changes the gap of a box whose file does not say how: an error that lists what it can."""
    _, line = served
    control = control_of(line.address)
    control.open(CASE)
    with pytest.raises(BenchError, match=r"does not say how to set `gap`.*current, pulse_width, rate, extension"):
        control.set("gap", 1e-4, 0)
    with pytest.raises(BenchError, match="no seeded defect"):
        control.fault("leak", 1.0, 0)
    control.close()
    with pytest.raises(BenchError, match="not open"):
        control.set("current", 0.020, 0)
