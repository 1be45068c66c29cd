"""A firmware in the place of a simulated stimulator: its life before the run, what reaches it when, what it tells."""

from dataclasses import replace

import numpy as np
import pytest
from scripted_firmware import MS, ScriptedFirmware

from rig.firmware.board.board_file import find_board
from rig.firmware.device_under_test import Event
from rig.firmware.plant.firmware_model import FirmwareModel
from scenarios.device_file import describe_device, read_device
from scenarios.stimulators import MODELS
from scenarios.text import Text, Where
from sim.electrode.load import NAMED_LOADS
from sim.errors import BenchError, ModelError
from sim.plant import Plant
from sim.signal import Command, Signal, Stimulus
from sim.stimulator.switched_output import SwitchedOutput
from sim.streams import Streams

KNOWN = {spec.name: spec for spec in MODELS}
DEVICE = describe_device(read_device(Text("odfs-serial", Where("x", 1, 1)), KNOWN, ()), None, None)
CONTROL = replace(DEVICE.control, identify=replace(DEVICE.control.identify, expect=r"FAKE (?P<version>\S+) \d+"))
END_NS = 1500 * MS


class Stand:
    """A plant with a scripted firmware in it."""

    def __init__(self, *, control=CONTROL, **script):
        self.firmware, self._script = [], script
        self.device = replace(DEVICE, control=control)
        self.plant = Plant(self, self.device.settings, {}, NAMED_LOADS["skin"], Streams(4), 30e-6, 9.0)

    name = "scripted"

    def outputs(self, load, clock, streams, channels):
        """One output stage."""
        return (SwitchedOutput(load, 5e-6, 120.0),)

    def build(self, settings, defects, kernel, outputs, streams, clock):
        """The device."""
        return FirmwareModel(self.device, find_board("host"), outputs[0], clock, self.open)

    def open(self, clock):
        """One process."""
        self.firmware.append(ScriptedFirmware(clock, **self._script))
        return self.firmware[-1]

    def run(self, commands=(), cuts_ns=()):
        """Rows, pulses, messages and lines of 1.5 s: the heel is up from 0.5 to 1 s."""
        rows, pulses, messages, lines = [], [], [], []
        t0_ns = 0
        for t1_ns in (*sorted(cuts_ns), END_NS):
            index = np.arange(-(-t0_ns // 100_000), -(-t1_ns // 100_000))
            heel = np.where((index >= 5000) & (index < 10_000), 0.05, 2.6)
            signals = {"heel_switch": Signal(heel, -(-t0_ns // 100_000) * 100_000, 1e4, "V")}
            own = tuple(command for command in commands if t0_ns <= command.t_ns < t1_ns)
            rows.append(self.plant.advance(Stimulus(t0_ns, t1_ns, signals, own)).channels[0])
            pulses.append(self.plant.delivered())
            messages += self.plant.messages()
            lines += self.plant.lines()
            t0_ns = t1_ns
        return np.concatenate(rows), np.concatenate(pulses), messages, lines


def test_the_run_begins_with_a_firmware_that_is_set() -> None:
    """It boots before time 0, is told each setting in the words of the device file and reads it back; then it rests."""
    stand = Stand()
    _, pulses, messages, _ = stand.run()
    (firmware,) = stand.firmware
    start, *told = firmware.calls
    assert start[1] < -200 * MS
    said = [call[2] for call in told if call[0] == "receive"]
    assert said[:3] == [b"ID?\n", b"SET current 30\n", b"GET current\n"]
    assert len(said) == 1 + 2 * len(CONTROL.settings)
    assert max(call[1] for call in told if call[0] == "receive") < -50 * MS
    assert firmware.settings[b"pulse_width"] == b"300"
    assert stand.plant.model.identity() == {
        "engine": "scripted", "told_answer": "FAKE 1.0 0001", "told_version": "1.0"
    }  # fmt: skip
    assert not [text for _, text in messages if "SET" in text]
    assert 15 <= len(pulses) <= 21
    assert pulses["net_c"] == pytest.approx(0.0, abs=1e-15)


def test_its_millisecond_lies_where_that_of_a_simulated_device_would() -> None:
    """The first pulse starts on a tick ``phase + k rig_ns(1 ms)`` of the case's device clock."""
    stand = Stand()
    _, pulses, _, _ = stand.run()
    clock = stand.firmware[0].clock
    ticks = (pulses["t_s"] * 1e9 - clock.phase_ns) / (1e6 / (1.0 + clock.error_ratio))
    assert np.abs(ticks - np.rint(ticks)).max() < 1e-5


def test_the_device_measures_its_own_output() -> None:
    """Asked for the output current near the end of a phase, the circuit answers with what flows there: 30 mA."""
    stand = Stand()
    stand.run()
    sensed = [call[1] for call in stand.firmware[0].calls if call[0] == "sensed"]
    assert sensed == pytest.approx([0.03] * len(sensed))
    assert len(sensed) >= 15


COMMANDS = (
    Command(400 * MS, "setting", ("current", 0.04)),
    Command(400 * MS, "setting", ("rate", 35.0)),
    Command(600 * MS, "button", "stop"),
    Command(650 * MS, "button", "release"),
    Command(700 * MS, "button", "rearm"),
    Command(700 * MS + 123, "contact", 0.4),
    Command(800 * MS, "supply", 7.0),
    Command(900 * MS, "fault", ("firmware.bit_flip", 3.0, "settings+4")),
)


def test_any_cut_gives_the_same_bytes() -> None:
    """What reaches the firmware, also the answers to it, reaches it at the same instants, whatever blocks there are."""
    whole, cut = Stand(), Stand()
    one = whole.run(COMMANDS)
    cuts_ns = (1, 7 * MS + 3, 401 * MS, 402 * MS + 99, 405 * MS, 520 * MS + 777, 650 * MS, 750 * MS, 1400 * MS)
    two = cut.run(COMMANDS, cuts_ns)
    assert one[0].tobytes() == two[0].tobytes()
    assert one[1].tobytes() == two[1].tobytes()
    assert one[2:] == two[2:]
    assert whole.firmware[0].calls == cut.firmware[0].calls
    said = [call for call in whole.firmware[0].calls if call[0] == "receive" and call[1] >= 0]
    assert [text for _, _, text in said] == [b"SET current 40\n", b"GET current\n", b"SET rate 35\n", b"GET rate\n"]
    assert said[0][1] == 400 * MS
    pressed = [call[1:] for call in whole.firmware[0].calls if call[0] == "terminal" and call[2].startswith("button")]
    assert pressed == [
        (600 * MS, "button.stop", 1.0),
        (650 * MS, "button.stop", 0.0),
        (700 * MS, "button.rearm", 1.0),
        (750 * MS, "button.rearm", 0.0),
    ]


def test_a_setting_that_is_not_answered_is_an_error_of_the_rig() -> None:
    """After the time-out of the device file, in virtual time; in the run as before it."""
    with pytest.raises(BenchError, match=r"odfs-serial.*`ID\?` was not answered in 0\.5 s"):
        Stand(mute=True).run()
    stand = Stand()
    stand.plant.model.sense({}, 1)
    stand.firmware[0].mute = True
    stand.plant.model.setting(1, "rate", 35.0)
    with pytest.raises(BenchError, match=r"`SET rate 35` was not answered") as caught:
        stand.plant.model.sense({}, 600 * MS)
    assert caught.value.t_s == pytest.approx(0.5 + 12 * 10 / 115200, abs=1e-6)


def test_a_setting_that_is_not_taken_is_an_error_of_the_rig() -> None:
    """It says OK and keeps its own: the value read back tells."""
    with pytest.raises(BenchError, match=r"`rate` was set to 40 Hz, the firmware says 0 Hz"):
        Stand(deaf_to=(b"rate",)).run()


def test_a_firmware_that_stimulates_before_the_run_is_an_error_that_names_the_pulses() -> None:
    """Nobody has lifted a heel yet; such pulses would be in no capture."""
    with pytest.raises(
        BenchError, match=r"stimulates before the run begins: 2 drives: \+30 mA at -\d+\.\d+ ms, -30 mA"
    ):
        Stand(spurious_ns=20 * MS).run()


def test_what_no_firmware_can_be_asked_is_refused() -> None:
    """A seeded defect, a setting without words, an impossible value, an unknown button: each by name."""
    for command, says in (
        (Command(MS, "fault", ("late_start", 0.1)), "no seeded defect 'late_start'"),
        (Command(MS, "setting", ("gap", 1e-4)), "no words for `gap`"),
        (Command(MS, "setting", ("current", 7.0)), "current"),
        (Command(MS, "button", "on"), "button 'on' is not known"),
    ):
        with pytest.raises(ModelError, match=says):
            Stand().run((command,))


def test_a_bridge_without_power_opens() -> None:
    """Power that goes in the middle of a phase ends it there, whether or not somebody could still say so."""
    stand = Stand()
    stand.run((), ())
    output = stand.plant.model._output
    stand.plant.model._hear((Event(END_NS, "drive", "", 0.03), Event(END_NS + 1000, "power", "", 0.0)))
    assert output.driven_a == 0.0
    assert stand.plant.messages() == ((END_NS + 1000, "power: lost"),)


def test_closing_ends_the_process() -> None:
    """Once the plant is let go; a plant that never lived has none."""
    stand = Stand()
    stand.plant.close()
    stand.run()
    stand.plant.close()
    stand.plant.close()
    assert [firmware.is_closed for firmware in stand.firmware] == [True]
