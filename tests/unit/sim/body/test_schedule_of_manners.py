"""Prescribed strides with passages, pauses and sits, and what the heel does in them."""

import numpy as np
import pytest

from sim.errors import ScenarioError
from sim.gait.draw import draw_schedule
from sim.gait.heel_load import heel_load
from sim.gait.manner import Manner, Passage
from sim.gait.sitting import BEFORE_S, DOWN_S, RISE_S, SHANK_LEAN_RAD, Sit, heel_free_ns, shank_lean_rad
from sim.gait.walk import Pause, Walk
from sim.sensor.crossings import CrossingScanner, clean_crossings
from sim.sensor.heel_switch import HeelSwitch, HeelSwitchSensor
from sim.streams import Streams
from sim.timebase import NEVER, NS_PER_S

SLOW = Manner("speed", speed_ratio=0.7)
FLAT = Manner("shuffle", heel_rises=False)
UP = Manner("upstairs", riser_m=0.17, tread_m=0.29)


@pytest.fixture
def draw(patient_of, curves):
    return lambda walk, seed=3: draw_schedule(patient_of("stroke_moderate"), curves, walk, Streams(seed))


def test_a_passage_changes_its_strides_and_shifts_the_rest(draw):
    """Draws stay those of the level walk: offsets and relative stride times are untouched, instants follow."""
    plain = draw(Walk(0.6, 12))
    slow = draw(Walk(0.6, 12, passages=(Passage(4, 3, SLOW),)))
    assert slow.manner.tolist() == [0] * 4 + [1] * 3 + [0] * 6
    assert np.array_equal(slow.thigh_offset_rad, plain.thigh_offset_rad)
    ratio = slow.stride_time_ns / plain.stride_time_ns
    assert ratio[[1, 2, 3, 7, 12]] == pytest.approx(1.0, abs=1e-9)
    assert ratio[4:7] == pytest.approx(0.7**-0.486, abs=1e-6)
    assert np.array_equal(slow.t0_ns[:5], plain.t0_ns[:5])
    assert (np.diff(slow.t0_ns) == slow.stride_time_ns).all()


def test_on_stairs_a_stride_is_two_treads_whatever_its_time(draw):
    """The feet find the treads; only the time scatters."""
    schedule = draw(Walk(0.6, 10, passages=(Passage(3, 4, UP),)))
    assert schedule.stride_length_m[3:7] == pytest.approx(0.58)
    assert np.ptp(schedule.stride_time_ns[3:7]) > 10_000_000


@pytest.mark.parametrize(
    ("walk", "problem"),
    [
        (Walk(0.6, 8, passages=(Passage(2, 3, SLOW), Passage(4, 1, FLAT))), "stride 4 is both speed and shuffle"),
        (Walk(0.6, 8, passages=(Passage(7, 3, SLOW),)), "stride 9"),
        (Walk(0.6, 8, passages=(Passage(2, 0, SLOW),)), "0 strides"),
        (Walk(0.6, 8, passages=(Passage(2, 2, UP),), pauses=(Pause(3, 1.0),)), "a pause on the stairs"),
        (Walk(0.6, 8, sits=(Sit(3, 2.0),)), "a sit of 2 s"),
        (Walk(0.6, 8, sits=(Sit(9, 10.0),)), "a sit in stride 9"),
        (Walk(9.0, 8), "9 m/s"),
    ],
)
def test_a_walk_without_meaning_is_refused(draw, walk, problem):
    """One clear error each."""
    with pytest.raises(ScenarioError, match=problem):
        draw(walk)


def test_a_sit_prolongs_its_stance_and_frees_the_heel(draw):
    """Seated between sitting down and leaning forward; nothing after the sit moves but by its duration."""
    plain, seated = draw(Walk(0.6, 6)), draw(Walk(0.6, 6, sits=(Sit(3, 20.0, "open"),)))
    assert (seated.t0_ns[4:] - plain.t0_ns[4:] == 20 * NS_PER_S).all()
    ((start, end),) = seated.seated_ns.tolist()
    assert end - start == 20 * NS_PER_S
    assert seated.heel_free_ns.tolist() == [
        [start + round((BEFORE_S + DOWN_S) * NS_PER_S), end - round(RISE_S * NS_PER_S)]
    ]
    assert seated.t0_ns[3] < start and end < seated.heel_off_ns[3]
    assert draw(Walk(0.6, 6, sits=(Sit(3, 20.0, "closed"),))).heel_free_ns.size == 0


def test_weight_shifts_are_drawn_by_name(draw):
    """The same for one seed, others for another; in order, inside the time on the seat."""
    spans = heel_free_ns(0, 120 * NS_PER_S, "shifting", Streams(2).generator("x"))
    assert len(spans) > 5
    flat = spans.ravel()
    assert (np.diff(flat) > 0).all()
    assert flat[0] == 2 * NS_PER_S and flat[-1] <= 118 * NS_PER_S
    one, two, other = (draw(Walk(0.6, 6, sits=(Sit(3, 60.0, "shifting"),)), seed).heel_free_ns for seed in (3, 3, 4))
    assert np.array_equal(one, two)
    assert one.shape != other.shape or not np.array_equal(one, other)


def test_the_order_of_the_heels_loads():
    """Lift-offs in order of time; a flat-footed stride has none, a sit adds its own between two strides."""

    class Strides:
        heel_off_ns = np.array([10, NEVER, 50, 90])
        heel_free_ns = np.array([[60, 70]])

    load = heel_load(Strides())
    assert load.liftoff_ns.tolist() == [10, 50, 60, 90]
    assert load.contacts_ns(np.array([20, 45, 58, NEVER])).tolist() == [20, 58, 70, NEVER]


@pytest.mark.parametrize(("walk", "openings"), [(Walk(0.6, 6), 7), (Walk(0.6, 6, passages=(Passage(2, 3, FLAT),)), 4)])
def test_a_heel_that_stays_down_opens_no_switch(draw, walk, openings):
    """Six strides and gait initiation open it seven times; three shuffled strides leave not even a bounce."""
    schedule = draw(walk)
    load = heel_load(schedule)
    sensor = HeelSwitchSensor(HeelSwitch(), Streams(1))
    contacts = load.contacts_ns(schedule.t0_ns[1:])
    signal = sensor.samples(0, schedule.end_ns, contacts, load.liftoff_ns)
    scanner = CrossingScanner(1.0, 1.5)
    scanner.feed(signal)
    off, on = clean_crossings(scanner.crossings)
    assert len(off) == len(on) == openings
    assert (signal.samples > 2.0).mean() > 0.4


def test_the_shank_leans_forward_to_sit_and_to_rise():
    """Once each, up to 18 deg, and not at all while seated, standing or elsewhere."""
    seated = np.array([[10 * NS_PER_S, 40 * NS_PER_S]])
    lean = np.array([shank_lean_rad(int(t * NS_PER_S), seated) for t in np.arange(0.0, 50.0, 0.05)])
    assert lean.max() == pytest.approx(SHANK_LEAN_RAD, rel=1e-3)
    assert not lean[: round(10.5 / 0.05)].any() and not lean[round(12.1 / 0.05) : round(37.9 / 0.05)].any()
    assert not lean[round(40.0 / 0.05) :].any()
    assert lean[round(11.25 / 0.05)] > 0.3 and lean[round(39.0 / 0.05)] > 0.3
    assert np.abs(np.diff(lean)).max() < 0.04
