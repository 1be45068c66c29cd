"""Events that try a device's protections: what they ask of the bench, when, and that chance is the case's own."""

import dataclasses

import numpy as np
import pytest

from scenarios.events import EVENTS
from scenarios.plan import load_cases
from scenarios.plugins import assemble_catalogue
from scenarios.timeline import effects_of
from sim.sensor.signal_faults import SignalFault
from sim.sensor.wireless_switch import RadioTrouble, WirelessSwitch, WirelessSwitchSensor
from sim.signal import Signal
from sim.streams import Streams
from sim.timebase import NS_PER_MS, NS_PER_S

CATALOGUE = assemble_catalogue()
SCENARIO = """\
schema: scenario/1
id: T-PROTECTION
title: what tries a device
seed: 7
patient: stroke_moderate
device: {device}
sensor: {sensor}
load: 500 ohm
walk: {{speed: 0.6 m/s, strides: 20}}
events:
  it: {{at: {{time: 5 s}}, {event}}}
checks:
  rate: {{measure: {{rate: {{}}}}, within: ±20 % of set}}
"""


def _case(tmp_path, event, device="odfs", sensor="heel_switch"):
    path = tmp_path / "protection.scenario.yaml"
    path.write_text(SCENARIO.format(event=event, device=device, sensor=sensor), encoding="utf-8")
    plan = load_cases([path], CATALOGUE)
    return plan.cases[0]


def _effects(case, seed=None):
    case = case if seed is None else dataclasses.replace(case, seed=seed)
    return effects_of(case.events[0], case, 5 * NS_PER_S)


def test_presses_fall_at_random_and_are_released(tmp_path):
    """One press and one release in each span, the press in its first half; another seed gives other instants."""
    case = _case(tmp_path, "do: button.presses, count: 40, spacing: 2 s")
    effects = _effects(case)
    presses = [c.t_ns for c in effects if c.value == "stop"]
    releases = [c.t_ns for c in effects if c.value == "release"]
    phase = (np.array(presses) - 5 * NS_PER_S) / (2 * NS_PER_S) - np.arange(40)
    assert ((phase >= 0.0) & (phase < 0.5)).all()
    assert np.histogram(phase, 4, (0.0, 0.5))[0].min() > 2
    assert [r // NS_PER_S for r in releases] == [6 + 2 * k for k in range(40)]
    assert effects == _effects(case)
    assert effects != _effects(case, case.seed + 1)


def test_a_short_circuit_ends_with_the_load_of_the_case(tmp_path):
    """5 ohm at the start, the case's own load (None) at the end."""
    begin, end = _effects(_case(tmp_path, "do: load.short, duration: 2 s"))
    assert (begin.t_ns, begin.target, begin.value.resistance_ohm) == (5 * NS_PER_S, "load", 5.0)
    assert (end.t_ns, end.target, end.value) == (7 * NS_PER_S, "load", None)


@pytest.mark.parametrize(
    ("event", "asked"),
    [
        ("do: supply.interrupt, duration: 300 ms", [(5.0, "supply", "off"), (5.3, "supply", "on")]),
        ("do: device.power_off", [(5.0, "button", "power_off")]),
        ("do: device.power_on", [(5.0, "button", "power_on")]),
        ("do: device.arm", [(5.0, "button", "rearm")]),
        ("do: button.release", [(5.0, "button", "release")]),
        ("do: firmware.hang", [(5.0, "fault", ("hang", 3600.0))]),
    ],
)
def test_an_event_asks_the_bench_in_the_seam_s_words(event, asked, tmp_path):
    """Targets and words of `sim.signal.Command`."""
    effects = _effects(_case(tmp_path, event))
    assert [(c.t_ns / NS_PER_S, c.target, c.value) for c in effects] == asked


def test_a_sweep_ends_on_its_last_value(tmp_path):
    """Equal steps in equal times, first and last value included."""
    case = _case(tmp_path, "do: setting.sweep, setting: current, from: 20 mA, to: 32 mA, over: 300 ms, steps: 12")
    effects = _effects(case)
    assert [c.value[1] for c in effects] == pytest.approx(np.linspace(20e-3, 32e-3, 13))
    assert [c.t_ns for c in effects] == [5 * NS_PER_S + 25 * NS_PER_MS * k for k in range(13)]


def test_spikes_are_spread_over_their_span(tmp_path):
    """One in each equal part, both signs, all inside; the walk itself draws from other streams."""
    (fault,) = _effects(_case(tmp_path, "do: sensor.spikes, count: 200, duration: 4 s, width: 2 ms"))
    assert isinstance(fault, SignalFault)
    part = (np.array(fault.spikes_ns) - 5 * NS_PER_S) // (20 * NS_PER_MS)
    assert part.tolist() == list(range(200))
    assert 60 < fault.signs.count(1) < 140
    assert fault.spikes_ns[-1] + fault.width_ns <= 9 * NS_PER_S


def test_trouble_on_the_link_leaves_every_other_packet_alone(monkeypatch):
    """Before and after it the receiver shows the same to the last bit; with all packets lost the state stands."""
    radio = WirelessSwitch(noise_v=0.0)
    t_ms = np.arange(0, 4000, 1)
    walked = np.where((t_ms % 1000) < 600, 2.6, 0.05)

    def heard(*troubles):
        sensor = WirelessSwitchSensor(radio, Streams(3), troubles=troubles)
        block = Signal(np.repeat(walked, 10), 0, 10_000.0, "V")
        monkeypatch.setattr("sim.sensor.heel_switch.HeelSwitchSensor.emit", lambda *_: {"heel_switch": block})
        return sensor.emit(0, 4 * NS_PER_S, None)["heel_switch"].samples

    sound = heard()
    bad = heard(RadioTrouble(1100 * NS_PER_MS, 2100 * NS_PER_MS, loss_ratio=1.0))
    np.testing.assert_array_equal(sound[:11_000], bad[:11_000])
    np.testing.assert_array_equal(sound[21_400:], bad[21_400:])
    assert (bad[11_500:21_000] == bad[11_500]).all()
    late = heard(RadioTrouble(0, 4 * NS_PER_S, late_ratio=0.3, late_s=0.06))
    assert (late != sound).any()


def test_every_event_says_what_it_is():
    """One line of help each."""
    for spec in EVENTS:
        assert 10 < len(spec.summary) < 120, spec.name
