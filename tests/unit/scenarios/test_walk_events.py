"""Words for manners of walking, terrain and light: what they make of the strides, and one clear error each."""

import numpy as np
import pytest

from scenarios import estimate, timeline
from scenarios.case_document import case_document
from scenarios.feasibility import warn
from scenarios.load import load_file
from scenarios.measured import load_measured
from sim.errors import ScenarioError
from sim.gait.draw import draw_schedule
from sim.gait.manner import MANNERS
from sim.gait.terrain import TERRAINS
from sim.streams import Streams

EVERY = """\
events:
  slow: {at: {stride: 2}, do: walk.speed, speed: 0.6 m/s, strides: 2}
  rest: {at: {stride: 6}, do: walk.stop, duration: 3 s, steps: gradual}
  turn: {at: {stride: 8}, do: walk.turn, angle: 90 deg, toward: left}
  up:   {at: {stride: 12}, do: walk.stairs, direction: up, steps: 6}
  down: {at: {stride: 16}, do: walk.stairs, direction: down, steps: 4, riser: 150 mm}
  sit:  {at: {stride: 19}, do: walk.sit, duration: 20 s, heel: shifting}
  hill: {at: {stride: 21}, do: walk.ramp, slope: -4.8 deg, strides: 3}
  drag: {at: {stride: 25}, do: walk.shuffle, strides: 4}
  late: {at: {stride: 30}, do: walk.heel_off, lead: 50 ms, strides: 2}
  sill: {at: {stride: 33, phase: 60 %}, do: terrain.threshold}
  thing: {at: {stride: 34, phase: 60 %}, do: terrain.obstacle, height: 12 mm}
"""


@pytest.fixture
def scenario(desk):
    """A small scenario of its own: ``scenario(events, walk)`` gives its text."""

    def text(events="", walk="speed: 0.6 m/s, strides: 40"):
        return (
            "schema: scenario/1\nid: T\nseed: 5\npatient: stroke_moderate\ndevice: odfs\n"
            f"walk: {{{walk}}}\n{events}"
            "checks:\n  clear: {measure: {min_toe_clearance: {per: swing}}, at_least: 0 mm}\n"
        )

    return lambda events="", walk="speed: 0.6 m/s, strides: 40": desk.load(text(events, walk)).cases[0]


def test_every_word_makes_its_strides(scenario):
    """Manner by manner; an event lasts as long as its strides, and what is not asked for stays level."""
    case = scenario(EVERY)
    walk = timeline.walk_of(case)
    schedule = draw_schedule(case.patient, load_measured("winter_a1"), walk, Streams(case.seed))
    names = [schedule.manners[m].name for m in schedule.manner]
    assert {k: name for k, name in enumerate(names) if name != "level"} == {
        **dict.fromkeys((2, 3), "speed"),
        **dict.fromkeys((5, 6), "short step"),
        **dict.fromkeys((8, 9), "turn"),
        **dict.fromkeys((12, 13, 14), "upstairs"),
        **dict.fromkeys((16, 17), "downstairs"),
        **dict.fromkeys((21, 22, 23), "downhill"),
        **dict.fromkeys((25, 26, 27, 28), "shuffle"),
        **dict.fromkeys((30, 31), "late heel-off"),
    }
    assert set(names) <= set(MANNERS)
    spans = {span.name: span for span in timeline.build(case, schedule)}
    assert spans["up"].start_ns == schedule.t0_ns[12] and spans["up"].end_ns == schedule.t0_ns[15]
    assert spans["sit"].end_ns - spans["sit"].start_ns == 20_000_000_000
    assert spans["rest"].start_ns == schedule.t0_ns[5]
    assert [pause.stride for pause in timeline.pauses(case)] == [6, 19]
    assert schedule.manners[schedule.manner[16]].riser_m == -0.15
    assert schedule.stride_length_m[12] == pytest.approx(0.58)


def test_the_estimate_knows_stairs_sits_and_shuffles(scenario):
    """Within 10 % of the schedule that is drawn; without the events it would be 40 % short."""
    case = scenario(EVERY)
    schedule = draw_schedule(case.patient, load_measured("winter_a1"), timeline.walk_of(case), Streams(case.seed))
    assert estimate.duration_s(case) == pytest.approx(schedule.end_ns / 1e9, rel=0.10)
    assert estimate.duration_s(case) > 1.3 * estimate.duration_s(scenario())


def test_a_turn_is_short_for_the_inner_leg_and_long_for_the_outer(scenario):
    """The stimulated leg is the left one: turning left it is the inner one."""
    event = "events:\n  turn: {at: {stride: 8}, do: walk.turn, angle: 90 deg, toward: SIDE}\n"
    left, right = (timeline.walk_of(scenario(event.replace("SIDE", side))).passages[0] for side in ("left", "right"))
    assert left.manner.path_change_m == pytest.approx(-0.085 * np.pi / 4)
    assert right.manner.path_change_m == -left.manner.path_change_m


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("do: walk.speed, speed: 9 m/s, strides: 2", "out of bounds"),
        ("do: walk.stairs, direction: up, steps: 0", "out of bounds"),
        ("do: walk.stairs, direction: up, steps: 5", "an even number"),
        ("do: walk.stairs, direction: up, steps: 4, riser: 17 m", "out of bounds"),
        ("do: walk.stairs, direction: up, steps: 80", "the walk has 40 strides"),
        ("do: walk.ramp, slope: 30 deg, strides: 2", "out of bounds"),
        ("do: walk.ramp, slope: 5 %, strides: 2", "an angle is asked for"),
        ("do: walk.shuffle, strides: 1.5", "a whole number"),
        ("do: walk.sit, duration: 2 s", "out of bounds"),
        ("do: walk.sit, duration: 20 s, heel: up", "unknown heel `up`"),
        ("do: walk.turn, angle: 90 deg, toward: back", "left"),
        ("do: walk.heel_off, lead: -10 ms, strides: 2", "out of bounds"),
        ("do: walk.skip, strides: 2", "unknown event"),
    ],
)
def test_one_clear_error_with_its_place(scenario, line, problem):
    """Line and column of the word that is wrong, and the mend."""
    with pytest.raises(ScenarioError, match=problem) as caught:
        scenario(f"events:\n  wrong: {{at: {{stride: 8}}, {line}}}\n")
    assert ".scenario.yaml:8:" in str(caught.value)


@pytest.mark.parametrize(
    ("second", "problem"),
    [
        ("{at: {stride: 9}, do: walk.shuffle, strides: 2}", "stride 9 is asked for twice: by `up`"),
        ("{at: {stride: 9}, do: walk.stop, duration: 2 s}", "stride 9 is asked for twice: by `up`"),
        ("{at: {stride: 12, phase: 10 %}, do: walk.sit, duration: 9 s}", "placed by its stride alone"),
        ("{at: {time: 12 s}, do: walk.ramp, slope: 3 deg, strides: 1}", "placed by its stride alone"),
    ],
)
def test_two_manners_in_one_stride_are_refused(scenario, second, problem):
    """At the place of the second, naming the first."""
    first = "  up: {at: {stride: 8}, do: walk.stairs, direction: up, steps: 4}\n"
    with pytest.raises(ScenarioError, match=problem) as caught:
        scenario(f"events:\n{first}  second: {second}\n")
    assert ".scenario.yaml:9:" in str(caught.value)


def test_the_other_leg_is_not_modelled_on_stairs(scenario):
    """Said, not guessed."""
    events = "events:\n  up: {at: {stride: 8}, do: walk.stairs, direction: up, steps: 4}\n"
    with pytest.raises(ScenarioError, match="other leg is not modelled on stairs"):
        scenario(events, "speed: 0.6 m/s, strides: 40, legs: both")


def test_terrain_and_light(scenario, desk):
    """Words and their numbers, which `case.yaml` repeats to the last bit."""
    plain = scenario()
    assert plain.walk.terrain == TERRAINS["level"] and plain.walk.light == "normal"
    assert "light" not in case_document(plain)
    obstacles = "{per_100_m: 7, mean_height: 6.1 mm, seen: 30 %}"
    walk = f"speed: 0.6 m/s, strides: 40, terrain: uneven, light: poor, obstacles: {obstacles}"
    case = scenario(walk=walk)
    assert case.walk.light == "poor"
    assert case.walk.terrain.per_100_m == 7.0 and case.walk.terrain.seen_ratio == 0.3
    assert case.walk.terrain.length_m == TERRAINS["uneven"].length_m
    written = desk.folder / "case.yaml"
    written.write_text(case_document(case), encoding="utf-8")
    again = load_file(written, desk.catalogue).cases[0]
    assert again.walk == case.walk
    assert scenario(walk="speed: 0.6 m/s, strides: 4, terrain: cluttered").walk.terrain == TERRAINS["cluttered"]


@pytest.mark.parametrize(
    ("walk", "problem"),
    [
        ("terrain: swamp", "cluttered"),
        ("light: dim", "poor"),
        ("obstacles: {per_100_m: 5}", "level ground"),
        ("terrain: cluttered, obstacles: {mean_height: 8 mm}", "heights and lengths of their own"),
        ("terrain: uneven, obstacles: {mean_height: 8 m}", "out of bounds"),
        ("terrain: uneven, obstacles: {high: 8 mm}", "unknown key"),
    ],
)
def test_bad_terrain_is_refused(scenario, walk, problem):
    """One clear error each."""
    with pytest.raises(ScenarioError, match=problem):
        scenario(walk=f"speed: 0.6 m/s, strides: 40, {walk}")


def test_the_plan_says_where_the_gait_law_is_extrapolated(scenario, desk):
    """Below 0.4 and above 1.4 m/s, of the walk and of its passages; 0.6 m/s says nothing."""
    slow = "events:\n  slow: {at: {stride: 8}, do: walk.speed, speed: 0.3 m/s, strides: 2}\n"
    for events, walk, said in (
        ("", "speed: 0.6 m/s, strides: 40", 0),
        ("", "speed: 0.25 m/s, strides: 40", 1),
        (slow, "speed: 0.6 m/s, strides: 40", 1),
    ):
        told = warn(scenario(events, walk), desk.catalogue.measures, {})
        texts = [warned.text for warned in told if not warned.check]
        assert sum("outside the domain of the gait law" in text for text in texts) == said
