"""Events on the time axis: instants from the prescribed strides, effects in steps, nothing beyond the walk."""

import numpy as np
import pytest

from scenarios.effects import SensorOverride
from scenarios.events import STEP_NS
from scenarios.timeline import build, pauses
from sim.errors import ScenarioError
from sim.gait.manner import LEVEL
from sim.gait.schedule import StrideSchedule
from sim.gait.walk import Pause, Rug
from sim.signal import Command

S = 1_000_000_000


def _schedule(strides, pause_at=None, pause_ns=0):
    """Strides of exactly 1 s; stride 1 begins at 1 s; a pause lies at 30 % of its stride."""
    stood = np.zeros(strides + 1, dtype=np.int64)
    if pause_at is not None:
        stood[pause_at] = pause_ns
    times = np.full(strides + 1, S, dtype=np.int64) + stood
    t0 = np.concatenate(([0], np.cumsum(times)))
    zeros = np.zeros(strides + 1)
    return StrideSchedule(
        t0_ns=t0,
        stride_time_ns=times,
        pause_ns=stood,
        stance_ratio=np.full(strides + 1, 0.6),
        heel_off_ns=t0[:-1],
        toe_off_ns=t0[:-1],
        thigh_offset_rad=zeros,
        knee_offset_rad=zeros,
        drive_offset=zeros,
        end_ns=int(t0[-1]) + S,
        pause_phase_ratio=0.3,
        manner=np.zeros(strides + 1, np.int64),
        stride_length_m=np.ones(strides + 1),
        manners=(LEVEL,),
    )


EVENTS = """\
events:
  peel: {at: {stride: 60}, do: electrode.peel, contact: {from: 100 %, to: 5 %, over: 1.5 s}}
  rug:  {at: {stride: 20, phase: 60 %}, do: terrain.rug, height: 12 mm}
  stop: {at: {stride: 30}, do: walk.stop, duration: 4 s}
  stuck: {at: {time: 5 s}, do: sensor.stuck, state: closed, duration: 2 s}
  late: {at: {stride: 30, phase: 50 %}, do: mark}
"""


@pytest.fixture
def case(desk):
    head, rest = desk.text.split("events:")
    return desk.load(head + EVENTS + "checks:" + rest.split("checks:")[1]).cases[0]


def test_pauses_are_known_before_the_strides(case):
    """walk.stop is read by stride alone, so that the strides can be drawn with it."""
    assert pauses(case) == (Pause(30, 4.0),)


def test_instants_and_spans(case):
    """Stride k of 1 s begins at k s: a phase adds its share, a pause shifts what lies behind it, times are times."""
    spans = build(case, _schedule(90, 30, 4 * S))
    assert [span.name for span in spans] == ["stuck", "rug", "stop", "late", "peel"]
    found = {span.name: (span.start_ns / S, span.end_ns / S, span.stride) for span in spans}
    assert found == {
        "stuck": (5.0, 7.0, 5),
        "rug": (20.6, 20.6, 20),
        "stop": (30.3, 34.3, 30),
        "late": (34.5, 34.5, 30),
        "peel": (64.0, 65.5, 60),
    }


def test_effects(case):
    """A rug is placed, a stuck sensor overridden, a peel steps evenly from 100 % to 5 % every 10 ms."""
    spans = {span.name: span for span in build(case, _schedule(90, 30, 4 * S))}
    assert spans["rug"].effects == (Rug(20_600_000_000, 0.012, 1.5),)
    assert spans["stuck"].effects == (SensorOverride(5 * S, 7 * S, "closed"),)
    assert spans["stop"].effects == (Pause(30, 4.0),)
    assert spans["late"].effects == ()
    steps = spans["peel"].effects
    assert len(steps) == 151
    assert all(isinstance(step, Command) and step.target == "contact" for step in steps)
    assert [step.t_ns - 64 * S for step in steps] == list(range(0, 151 * STEP_NS, STEP_NS))
    assert [step.value for step in steps] == pytest.approx(np.linspace(1.0, 0.05, 151))
    assert steps[-1].value == 0.05


def test_an_event_beyond_the_walk_is_an_error_at_its_line(desk):
    """By time it shows only when the strides are drawn; the message names the event's line."""
    case = desk.load(desk.with_("at: {stride: 60}", "at: {time: 300 s}")).cases[0]
    with pytest.raises(ScenarioError, match=r"walk.scenario.yaml:10:1: event `peel` at 300 s lies beyond the walk"):
        build(case, _schedule(90))
