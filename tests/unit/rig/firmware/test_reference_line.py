"""The serial protocol of the reference firmware: what is said, refused, kept and told."""

import re
from collections.abc import Callable
from dataclasses import fields

import pytest
from firmware_box import FirmwareBox

from scenarios.control import ControlDescription
from scenarios.control_reader import heard_value
from scenarios.dataclass_reader import key_and_unit, settings_units
from scenarios.device_file import DeviceFile, read_device
from scenarios.stimulators import MODELS
from scenarios.text import Text, Where
from sim.stimulator.odfs_settings import OdfsSettings

OF_THE_BOARD = {"compliance", "nominal_supply", "brown_out", "lead_off_probe", "jitter"}
"""What a real box has by its parts: nobody sets it."""


def test_it_says_who_it_is_as_the_device_file_expects(box: FirmwareBox) -> None:
    """The device file is what a real box is spoken to with: its patterns must match what this one answers."""
    control = _control()
    assert control.identify is not None
    assert re.fullmatch(control.identify.expect, box.say(control.identify.send))
    assert re.fullmatch(control.log, "LOG " + box.log[0])


def _device() -> DeviceFile:
    return read_device(Text("reference_host", Where("test", 1, 1)), {each.name: each for each in MODELS}, ())


def _control() -> ControlDescription:
    control = _device().control
    assert control is not None
    return control


def test_every_setting_of_the_device_file_is_written_and_read_back(box: FirmwareBox) -> None:
    """All that the model's settings have, but for what is the board's; and each value survives the way."""
    control = _control()
    every = {key_and_unit(each.name)[0] for each in fields(OdfsSettings)}
    assert set(control.settings) == every - OF_THE_BOARD
    for name, words in control.settings.items():
        assert words.read is not None
        found = re.fullmatch(words.read.expect, box.say(words.read.send))
        assert found, name
        told = found.group("value")
        value = told if re.search(r"{value}", words.write.send) else float(told)
        assert re.fullmatch(words.write.expect, box.say(words.write.send.format(value=value))), name
        assert box.say(f"GET {name}") == f"{name} {told}"


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("SET current 80", "OK"),
        ("SET current 80.001", "ERR out of range"),
        ("SET current -1", "ERR out of range"),
        ("SET current 1e3", "ERR no such value"),
        ("SET current 12x", "ERR no such value"),
        ("SET current", "ERR no such value"),
        ("SET current 99999999999999999999", "ERR no such value"),
        ("SET currant 3", "ERR no such setting"),
        ("SET waveform round", "ERR no such value"),
        ("SET waveform symmetric now", "ERR too many words"),
        ("GET nothing", "ERR no such setting"),
        ("set current 3", "ERR no such command"),
        ("  SET   current   3  ", "OK"),
        ("x" * 200, "ERR no such command"),
        ("SET current 3\x01", "ERR no such command"),
    ],
)
def test_what_cannot_be_is_refused_by_name(box: FirmwareBox, said: str, answer: str) -> None:
    """A line that is no command changes nothing and says why."""
    before = box.say("GET pulse_width")
    assert box.say(said) == answer
    assert box.say("GET pulse_width") == before


def test_values_are_told_as_they_were_said(box: FirmwareBox) -> None:
    """Decimals to the last that the unit has, none of them invented."""
    for said, told in (("30", "30"), ("0.5", "0.5"), ("12.345", "12.345"), ("12.3456", "12.346"), ("7.10", "7.1")):
        box.set(current=said)
        assert box.say("GET current") == f"current {told}"
    assert box.say("GET shut_off") == "shut_off 0"


def test_noise_on_the_line_is_forgotten(box: FirmwareBox) -> None:
    """Garbage without an end must not spoil the command that comes a while later."""
    garbage = bytes([0x80, 0x41, 0x00, 0x53, 0xFF])
    box.lib.host_receive(garbage, len(garbage))
    box.run(200)
    assert box.say("GET rate") == "rate 40"


def test_commands_that_come_at_once_are_answered_in_order(box: FirmwareBox) -> None:
    """Four lines back to back: four answers, none lost, the settings of the last."""
    assert box.say("SET current 10\nSET current 11\nSET current 12\nGET current") == "OK|OK|OK|current 12"


def test_the_line_can_stop_it_until_it_is_armed(box: FirmwareBox) -> None:
    """`STOP` ends the train and holds the box; `ARM`, or somebody new on the line, lets it go."""
    box.heel_v = 0.2
    box.run(500)
    count = len(box.pulses())
    assert count > 10
    assert box.say("STOP") == "OK"
    assert "held=line" in box.say("STATUS")
    during = len(box.pulses())
    box.heel_v = 3.0
    box.run(300)
    box.step(500)
    assert len(box.pulses()) == during
    assert during <= count + 1
    for freeing in ("ARM", "ID?"):
        box.say("STOP")
        box.say(freeing)
        before = len(box.pulses())
        box.step(500)
        assert len(box.pulses()) > before + 10


def test_why_it_started_is_told(make_box: Callable[..., FirmwareBox]) -> None:
    """The first line of the log names the cause of the reset."""
    for cause, word in enumerate(("power_on", "brown_out", "watchdog", "software", "pin", "lockup")):
        box = make_box(cause=cause)
        box.run(20)
        assert box.log == [f"start: settings as preset, reset by {word}"]


def test_a_new_box_is_set_like_the_model(box: FirmwareBox) -> None:
    """The firmware's preset is that of the simulated device that it must equal."""
    device = _device()
    assert device.control is not None
    units = settings_units(type(device.settings))
    for name, words in device.control.settings.items():
        assert words.read is not None
        found = re.fullmatch(words.read.expect, box.say(words.read.send))
        assert found is not None
        heard = heard_value(words, found.group("value"), units.get(name, ""))
        field = next(each for each in dir(device.settings) if key_and_unit(each)[0] == name)
        assert heard == pytest.approx(getattr(device.settings, field)), name
