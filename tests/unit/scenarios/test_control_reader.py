"""The `control:` part of a device file: what is refused, with its place, and what a box without a model has."""

from pathlib import Path

import pytest

from scenarios.control_reader import heard_value, read_control, told_value
from scenarios.device_file import describe_device, read_device
from scenarios.text import Text, Where, rooted
from sim.errors import ScenarioError

HERE = Where("box.device.yaml", 3, 5)
UNITS = {"current": "A", "pulse_width": "s"}
WORDS = {"waveform": ("symmetric", "asymmetric")}


def read(**keys: object):
    """A serial control with these keys beside its kind."""
    return read_control(rooted({"kind": "serial", **keys}, HERE), UNITS, WORDS)


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"settings": {"curent": {"send": "I {value}"}}}, r"no setting `curent`.*current"),
        ({"settings": {"current": {"send": "I 30"}}}, "does not tell the value"),
        ({"settings": {"current": {"send": "I {value"}}}, "cannot be filled in"),
        ({"settings": {"current": {"send": "I {value.real}"}}}, "does not tell the value"),
        ({"settings": {"current": {"send": "I {value}", "unit": "us"}}}, "`us` is no unit for the setting `current`"),
        ({"settings": {"waveform": {"send": "W {value}", "unit": "mA"}}}, "it is a word"),
        (
            {"settings": {"current": {"send": "I {value}", "read": {"send": "I?", "expect": "I .*"}}}},
            "no group `value`",
        ),
        ({"settings": {"current": {"send": "I {value}", "expect": "("}}}, "no regular expression"),
        ({"settings": {"waveform": {"send": "W {value}", "words": {"symmetrc": "0"}}}}, "no word `symmetrc`"),
        ({"newline": "lfcr"}, "unknown end of line"),
        ({"baud": "0"}, "baud"),
        ({"speed": "9600"}, "unknown key `speed`"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_place(keys: dict[str, object], says: str) -> None:
    """Each names the place, what was written and what is allowed."""
    with pytest.raises(ScenarioError, match=says) as caught:
        read(**keys)
    assert "box.device.yaml:3:5" in str(caught.value)


def test_a_value_is_told_in_the_units_of_the_box_and_heard_back() -> None:
    """30 mA is told as 30, and 30 heard is 0.03 A; a word goes through the table of the box."""
    keys = {
        "current": {"send": "I {value}", "unit": "mA"},
        "waveform": {"send": "W {value}", "words": {"symmetric": "0"}},
    }
    found = read(settings=keys).settings
    assert told_value(found["current"], 0.03, "A") == pytest.approx(30.0)
    assert heard_value(found["current"], "30", "A") == pytest.approx(0.03)
    assert told_value(found["waveform"], "symmetric", "") == "0"
    assert heard_value(found["waveform"], "0", "") == "symmetric"
    with pytest.raises(ValueError, match="could not convert"):
        heard_value(found["current"], "thirty", "A")


BOX = """\
schema: device/1
id: real-box
title: A box that nobody has modelled
max_current: 60 mA
roles: [heel_switch]
settings: {current: 25 mA, pulse_width: 250 us, rate: 35 Hz, program: walking}
allowed: {current: [0 mA, 60 mA], program: [walking, training]}
control:
  kind: serial
  settings:
    current: {send: "I={value:.1f}", unit: mA}
"""


def test_a_box_without_a_model_has_the_settings_of_its_file(tmp_path: Path) -> None:
    """Quantities become SI numbers under their names, words stay words, and what the file allows is held."""
    file = tmp_path / "real-box.device.yaml"
    file.write_text(BOX)
    device = read_device(Text(str(file), HERE), {}, ())
    described = describe_device(device, rooted({"current": "40 mA"}, HERE), None)
    assert described.programmed == {"current": 0.04, "pulse_width": 250e-6, "rate": 35.0}
    assert described.model == ""
    assert described.control is not None
    with pytest.raises(ScenarioError, match="current"):
        describe_device(device, rooted({"current": "61 mA"}, HERE), None)
    with pytest.raises(ScenarioError, match="gap"):
        describe_device(device, rooted({"gap": "61 us"}, HERE), None)


def test_a_device_needs_a_model_or_a_control(tmp_path: Path) -> None:
    """A file with neither can be run nowhere."""
    file = tmp_path / "nothing.device.yaml"
    file.write_text("schema: device/1\nid: nothing\nmax_current: 1 mA\n")
    with pytest.raises(ScenarioError, match="lacks the key `model`"):
        read_device(Text(str(file), HERE), {}, ())
