"""Events that try a microcontroller: what they ask of the device, when, and that chance is the case's own."""

import dataclasses
import inspect

import numpy as np
import pytest

from scenarios import timeline
from scenarios.case import PlannedEvent
from scenarios.firmware_events import FIRMWARE_EVENTS, place_of_bit
from scenarios.parameters import read_parameters
from scenarios.plan import load_cases
from scenarios.plugins import assemble_catalogue
from scenarios.text import read_document
from sim.errors import ScenarioError
from sim.timebase import NS_PER_MS, NS_PER_S

CATALOGUE = assemble_catalogue()
SCENARIO = """\
schema: scenario/1
id: T-FIRMWARE
title: what tries a microcontroller
seed: 7
patient: stroke_moderate
device: odfs
load: 500 ohm
walk: {speed: 0.6 m/s, strides: 20}
events:
  it: {at: {time: 5 s}, do: EVENT}
checks:
  rate: {measure: {rate: {}}, within: ±20 % of set}
"""


def _event(words, tmp_path):
    """A planned event of a device that has a microcontroller, as the loader makes it."""
    path = tmp_path / "event.yaml"
    path.write_text(f"{{{words}}}", encoding="utf-8")
    table = read_document(path)
    kind = table.values["do"].text
    spec = CATALOGUE.events[kind]
    parameters = read_parameters(table.without("do"), spec.parameters, kind, None)
    return PlannedEvent("it", kind, None, 0.0, 5.0, parameters, 1, spec, "it.yaml")


def _commands(words, tmp_path, seed=7):
    event = _event(words, tmp_path)

    @dataclasses.dataclass
    class Seeded:
        seed: int

    return timeline.effects_of(event, Seeded(seed), 5 * NS_PER_S)


def _faults(commands):
    assert all(command.target == "fault" for command in commands)
    return [(command.t_ns - 5 * NS_PER_S, *command.value) for command in commands]


def test_a_clock_error_is_one_step_or_a_drift(tmp_path):
    """A ramp reaches the device in steps of 10 ms and ends at its end."""
    assert _faults(_commands("do: firmware.clock, error: -200 ppm", tmp_path)) == [(0, "firmware.clock", -200e-6, "")]
    drift = _faults(_commands("do: firmware.clock, error: {from: 0 %, to: 1 %, over: 45 ms}", tmp_path))
    assert [t_ns for t_ns, *_ in drift] == [0, 10_000_000, 20_000_000, 30_000_000, 40_000_000, 45_000_000]
    assert [dose for _, _, dose, _ in drift] == pytest.approx([0.0, 1 / 450, 2 / 450, 3 / 450, 4 / 450, 0.01])


def test_a_reference_drops_and_is_sound_again(tmp_path):
    """What begins also ends: 90 % for 2 s, then 100 %."""
    faults = _faults(_commands("do: firmware.adc_reference, ratio: 90 %, duration: 2 s", tmp_path))
    assert faults == [(0, "firmware.adc_reference", 0.9, ""), (2 * NS_PER_S, "firmware.adc_reference", 1.0, "")]


def test_a_bit_that_is_named_flips(tmp_path):
    """Symbol, offset and bit go to the device as they are."""
    words = "do: firmware.bit_flip, where: settings+4, bit: 3"
    assert _faults(_commands(words, tmp_path)) == [(0, "firmware.bit_flip", 3.0, "settings+4")]


def test_bits_drawn_from_a_range_are_the_cases_own(tmp_path):
    """200 flips over 1 KiB spread over bytes and bits; the same seed gives the same, another seed others."""
    words = "do: firmware.bit_flip, where: 0x20000000, bytes: 1024, count: 200, spacing: 5 ms"
    faults = _faults(_commands(words, tmp_path))
    offsets = np.array([int(where, 16) for *_, where in faults]) - 0x2000_0000
    bits = np.array([dose for _, _, dose, _ in faults])
    assert [t_ns for t_ns, *_ in faults] == [5 * NS_PER_MS * k for k in range(200)]
    assert offsets.min() >= 0 and offsets.max() < 1024
    assert np.histogram(offsets, 4, (0, 1024))[0].min() > 25
    assert set(bits) == set(range(8))
    assert faults == _faults(_commands(words, tmp_path))
    assert faults != _faults(_commands(words, tmp_path, seed=8))
    fixed = _faults(_commands(f"{words}, bit: 5", tmp_path))
    assert [where for *_, where in fixed] == [where for *_, where in faults]
    assert {dose for _, _, dose, _ in fixed} == {5.0}


def test_interruptions_sweep_the_phase(tmp_path):
    """Each comes a step later than the spacing says, and the supply comes back after each."""
    words = "do: supply.interrupts, count: 3, spacing: 1 s, step: 100 us, duration: 20 ms"
    commands = _commands(words, tmp_path)
    at_ns = [(command.t_ns - 5 * NS_PER_S, command.target, command.value) for command in commands]
    assert at_ns == [
        (t_ns + lag_ns, "supply", word)
        for t_ns in (0, 1_000_100_000, 2_000_200_000)
        for lag_ns, word in ((0, "off"), (20 * NS_PER_MS, "on"))
    ]


def test_garbage_is_counted(tmp_path):
    """As many bytes as asked."""
    words = "do: firmware.uart_noise, bytes: 64"
    assert _faults(_commands(words, tmp_path)) == [(0, "firmware.uart_noise", 64.0, "")]
    event = _event(words, tmp_path)
    assert event.spec.lasts_s(event.parameters) == pytest.approx(64 * 10 / 115_200)


def test_a_setting_is_heard_as_another_value(tmp_path):
    """The value goes to the device in SI with the name of its setting; a host build has no frames, and says so."""
    path = tmp_path / "frame.scenario.yaml"
    event = "firmware.broken_frame, setting: current, to: 70 mA"
    text = (
        SCENARIO.replace("EVENT", event).replace("odfs", "reference_f405").replace("500 ohm", "500 ohm\nsettings: {}")
    )
    path.write_text(text.replace("settings: {}", "settings: {current: 30 mA}"), encoding="utf-8")
    (case,) = load_cases([path], CATALOGUE).cases
    (command,) = timeline.effects_of(case.events[0], case, 5 * NS_PER_S)
    assert (command.target, *command.value) == ("fault", "firmware.broken_frame", pytest.approx(0.07), "current")
    path.write_text(path.read_text(encoding="utf-8").replace("reference_f405", "reference_host"), encoding="utf-8")
    with pytest.raises(ScenarioError, match="needs the feature `firmware_image`"):
        load_cases([path], CATALOGUE)


def test_the_main_loop_alone_hangs(tmp_path):
    """At once, and for good where nobody says how long."""
    assert _faults(_commands("do: firmware.hang_main_loop", tmp_path)) == [(0, "firmware.hang_main_loop", 3600.0, "")]


@pytest.mark.parametrize("where", ["", "4settings", "settings+", "settings-4", "0x", "two words", "a+b"])
def test_no_place_in_memory_is_one_error(where):
    """With the ways to write one."""
    with pytest.raises(ScenarioError, match="is no place in memory; write `amplitude_code`"):
        place_of_bit(where, 0)


def test_places_in_memory():
    """A symbol keeps its name, an address stays an address."""
    assert place_of_bit("settings", 0) == "settings"
    assert place_of_bit("settings+0x10", 2) == "settings+18"
    assert place_of_bit("0x20000010", 2) == "0x20000012"


def test_a_device_without_a_microcontroller_is_told_by_name(tmp_path):
    """`odfs` is a model: the event says which feature is lacking, with its place."""
    path = tmp_path / "box.scenario.yaml"
    path.write_text(SCENARIO.replace("EVENT", "firmware.clock, error: 1 %"), encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"box\.scenario\.yaml:10:3: .*needs the feature `firmware`; device `odfs`"):
        load_cases([path], CATALOGUE)


def test_an_event_travels_to_another_process():
    """What makes the effects are functions of a module: a case is pickled on its way to a worker."""
    for spec in FIRMWARE_EVENTS:
        assert inspect.getmodule(spec.effects).__name__ == "scenarios.firmware_events"
