"""`stimrig device test`: a sound control passes, and every examination has a control that fails it."""

import dataclasses
import time
from collections.abc import Iterator, Mapping

import pytest
from device_desk import case_of, odfs_serial

from rig.device_control.examination import Examined, examine
from rig.device_control.operator_control import OperatorControl
from rig.device_control.serial_control import SerialControl
from rig.simulated.serial_box import SerialBox, ServedBox
from scenarios.case import Case
from scenarios.control_reader import read_control
from scenarios.text import Where, rooted
from sim.errors import BenchError
from sim.timebase import TimeNs

CASE = case_of("odfs-serial")


class SoundControl:
    """A user's own adapter, as plain as can be; subclasses err."""

    def __init__(self) -> None:
        self._is_open = False
        self.held: dict[str, float | str] = {}

    def open(self, case: Case) -> None:
        self._is_open = True
        self.held = dict(case.device.programmed)

    def set(self, name: str, value: float | str, t_ns: TimeNs) -> None:
        del t_ns
        if not self._is_open:
            raise BenchError("box", 0.0, "not open")
        if name not in self.held:
            raise BenchError("box", 0.0, f"no setting {name}")
        self.held[name] = value

    def fault(self, name: str, dose: float, t_ns: TimeNs) -> None:
        raise BenchError("box", 0.0, "none")

    def take_messages(self) -> tuple[tuple[TimeNs, str], ...]:
        return ()

    def identity(self) -> Mapping[str, str]:
        return {"serial": "7"}

    def safe_state(self) -> None:
        return

    def close(self) -> None:
        self._is_open = False


class Nameless(SoundControl):
    def identity(self) -> Mapping[str, str]:
        return {"control": "box"}


class Narrow(SoundControl):
    def set(self, name: str, value: float | str, t_ns: TimeNs) -> None:
        super().set(name, value, t_ns)
        if name == "current" and float(value) > 0.05:
            raise BenchError("box", 0.0, "at most 50 mA")


class Swallows(SoundControl):
    def set(self, name: str, value: float | str, t_ns: TimeNs) -> None:
        if not self._is_open:
            raise BenchError("box", 0.0, "not open")


class Slow(SoundControl):
    def set(self, name: str, value: float | str, t_ns: TimeNs) -> None:
        super().set(name, value, t_ns)
        time.sleep(0.006)


class SafeOnce(SoundControl):
    stops = 0

    def safe_state(self) -> None:
        self.stops += 1
        if self.stops > 1:
            raise RuntimeError("already stopped")


class NeverClosed(SoundControl):
    def close(self) -> None:
        return


class OpensOnce(SoundControl):
    opened = 0

    def open(self, case: Case) -> None:
        self.opened += 1
        if self.opened > 1:
            raise OSError("port busy")
        super().open(case)


class Repeats(SoundControl):
    def take_messages(self) -> tuple[tuple[TimeNs, str], ...]:
        return ((0, "again"),)


class Dead(SoundControl):
    def open(self, case: Case) -> None:
        raise BenchError("box", 0.0, "no answer")


def by_name(kind: type[SoundControl], timeout_s: float = 20.0) -> dict[str, Examined]:
    """What the examinations find, by their names."""
    return {each.name: each for each in examine(kind, CASE, timeout_s=timeout_s)}


def test_a_sound_control_passes_every_examination() -> None:
    """Eight examinations, eight times PASS."""
    found = by_name(SoundControl)
    assert {each.word for each in found.values()} == {"PASS"}
    assert len(found) == 8


@pytest.mark.parametrize(
    ("kind", "name", "word"),
    [
        (Dead, "opens, and the box says who it is", "FAIL"),
        (Nameless, "opens, and the box says who it is", "NOT SHOWN"),
        (Narrow, "takes every setting from end to end", "FAIL"),
        (Swallows, "refuses a setting that the device does not have", "FAIL"),
        (Slow, "answers well within its time-out", "FAIL"),
        (SafeOnce, "stops the output, twice", "FAIL"),
        (NeverClosed, "closes twice, and refuses to be used after it", "FAIL"),
        (OpensOnce, "opens again with the settings of the case", "FAIL"),
        (Repeats, "tells messages in time order", "FAIL"),
    ],
)
def test_every_examination_has_a_control_that_it_fails(kind: type[SoundControl], name: str, word: str) -> None:
    """A seeded fault of the adapter is found by the examination that looks for it."""
    assert by_name(kind, timeout_s=0.01 if kind is Slow else 20.0)[name].word == word


def test_a_control_that_does_not_open_is_one_red_line() -> None:
    """One cause, one line: nothing else is tried."""
    assert len(by_name(Dead)) == 1


@pytest.fixture
def line() -> Iterator[ServedBox]:
    """The box of the worked example on a TCP port."""
    served = ServedBox(SerialBox())
    yield served
    served.close()


def test_the_worked_example_passes(line: ServedBox) -> None:
    """The shipped device file and the shipped box understand each other in every word."""
    description = dataclasses.replace(odfs_serial(), timeout_s=20.0)
    found = list(examine(lambda: SerialControl(line.address, description), CASE, timeout_s=description.timeout_s))
    assert [each.word for each in found] == ["PASS"] * 8, found


class Scripted:
    """An operator who answers from a list."""

    def __init__(self, *answers: str) -> None:
        self._answers, self.asked = list(answers), list[str]()

    def ask(self, question: str) -> str:
        self.asked.append(question)
        if not self._answers:
            raise BenchError("operator", 0.0, "nobody answered")
        return self._answers.pop(0)


def test_what_the_operator_was_asked_and_answered_stands_in_the_record() -> None:
    """Only knobs that stand elsewhere are asked for; question and answer become messages at the run's instants."""
    prompt = "Turn AMPLITUDE until the display shows {value:.0f} mA"
    node = rooted({"kind": "operator", "settings": {"current": {"prompt": prompt, "unit": "mA"}}}, Where("f", 1, 1))
    description = read_control(node, {"current": "A"}, {})
    operator = Scripted("done", "31", "done")
    control = OperatorControl(description, operator)
    control.open(CASE)
    control.open(CASE)
    control.set("current", 0.040, 2_000_000_000)
    assert operator.asked == [prompt.format(value=30), prompt.format(value=40)]
    told = control.take_messages()
    assert [t_ns for t_ns, _ in told] == [0, 2_000_000_000]
    assert told[1][1].endswith("shows 40 mA: 31")
    control.set("current", 0.020, 0)
    with pytest.raises(BenchError, match="nobody answered"):
        control.set("current", 0.010, 0)
