"""Obstacles, light: the draws against closed forms, the effects in the direction that was measured."""

import numpy as np
import pytest
from scipy.stats import kstest, poisson

from sim.body.walker import Walker
from sim.gait.draw import draw_schedule
from sim.gait.obstacles import SEEN_LIFT_M, draw_obstacles
from sim.gait.terrain import HOUSEHOLD, TERRAINS, Terrain
from sim.gait.walk import Rug, Walk
from sim.streams import Streams

PAVEMENT = TERRAINS["uneven"]


def _columns(patient, winter, walk, seed=1, rugs=()):
    streams = Streams(seed)
    schedule = draw_schedule(patient, winter, walk, streams)
    walker = Walker(patient, winter, walk, schedule, rugs(schedule) if rugs else (), streams)
    walker.integrate(schedule.end_ns)
    return walker.strides(), schedule


def test_pavement_is_the_prior_of_the_specification():
    """model.md 6.1: heights exponential with mean 8 mm, 5 obstacles per 100 m (here over 40 km)."""
    found = draw_obstacles(PAVEMENT, 40_000.0, Streams(3), "gait")
    heights = np.array([rug.height_m for rug in found])
    # a gap of 0.2 m and the obstacle's own length stand between two: 100 m hold 5 of a mean distance of 20.25 m
    assert poisson.cdf(len(found), 40_000.0 / 20.25) == pytest.approx(0.5, abs=0.4999)
    assert kstest(heights[heights < 0.05] / 0.008, "expon").pvalue > 0.001
    edges = np.array([rug.edge_m for rug in found])
    assert (np.diff(edges) >= 0.25 - 1e-12).all()


def test_household_things_are_what_they_are():
    """Rugs 5-12 mm, thresholds 15-20 mm, clutter 10-30 mm, in the shares that are said."""
    found = draw_obstacles(TERRAINS["cluttered"], 5_000.0, Streams(4), "gait")
    for thing in HOUSEHOLD:
        own = [rug for rug in found if rug.length_m == thing.length_m]
        assert all(thing.low_m <= rug.height_m <= thing.high_m for rug in own)
        assert len(own) / len(found) == pytest.approx(thing.share, abs=0.06)


def test_the_same_obstacles_lie_there_for_everybody(healthy, stroke, winter):
    """Neither patient, light nor the share seen moves what lies in the way; a further walk only adds to it."""
    walks = [Walk(0.6, 40, terrain=PAVEMENT), Walk(0.6, 80, terrain=PAVEMENT, light="poor")]
    short, long = (
        draw_schedule(patient, winter, walk, Streams(5)).obstacles
        for patient, walk in zip((healthy, stroke), walks, strict=True)
    )
    assert len(short) > 0
    assert short == long[: len(short)]


@pytest.mark.parametrize("where", ["event", "terrain"])
def test_clearance_over_a_thing_is_lower_by_its_height(healthy, winter, without_noise, where):
    """Nothing else moves: the forefoot passes where it passed, the ground lies higher (both ways of laying it down)."""
    patient, walk = without_noise(healthy), Walk(1.3, 6, "none")
    plain, schedule = _columns(patient, winter, walk)
    for height in (0.002, 0.005, 0.010):
        if where == "event":
            rugs = lambda s, h=height: (Rug(s.instant_ns(3, 0.5), h, 0.9),)
        else:
            start = float(np.cumsum(schedule.stride_length_m)[2])
            rugs = lambda _s, h=height, x=start: (Rug(0, h, 0.9, x + 0.5),)
        over, _ = _columns(patient, winter, walk, rugs=rugs)
        assert over["mtc_m"][2] == pytest.approx(plain["mtc_m"][2] - height, abs=3e-4)
        assert over["mtc_m"][0] == plain["mtc_m"][0]


def test_more_and_higher_obstacles_are_met_more_often(stroke, winter):
    """Scuffs over 300 strides rise with the mean height and with the number of obstacles that nobody sees."""
    scuffs = []
    for per_100_m, height in ((0.0, 0.008), (10.0, 0.008), (10.0, 0.016), (40.0, 0.016)):
        terrain = Terrain("uneven", per_100_m, height, 0.3)
        columns, _ = _columns(stroke, winter, Walk(0.55, 300, "adapted", terrain=terrain))
        scuffs.append(int(columns["scuff"].sum()))
    print("scuffs in 300 strides:", scuffs)
    assert scuffs[0] < scuffs[1] < scuffs[2] < scuffs[3]


def test_a_seen_obstacle_is_stepped_over_higher(healthy, winter, without_noise):
    """Schulz 2011: 11 mm more clearance where obstacles are visible; half of it in poor light (design choice)."""
    seen = Terrain("uneven", 60.0, 0.008, 0.05, seen_ratio=1.0)
    patient = without_noise(healthy)
    walk = Walk(1.3, 60, "none", terrain=seen)
    _, schedule = _columns(patient, winter, walk)
    lifted = np.flatnonzero(schedule.lift_m > 0.0)
    assert 10 < lifted.size < 61
    highest = max(rug.height_m for rug in schedule.obstacles)
    assert SEEN_LIFT_M < schedule.lift_m.max() <= highest + SEEN_LIFT_M + 1e-12
    blind = draw_schedule(patient, winter, Walk(1.3, 60, "none", terrain=Terrain("uneven", 60.0)), Streams(1))
    assert not blind.lift_m.any() and blind.obstacles == schedule.obstacles
    dusk = draw_schedule(patient, winter, Walk(1.3, 60, "none", terrain=seen, light="poor"), Streams(1))
    both = (dusk.lift_m > 0.0) & (schedule.lift_m > 0.0)
    assert 0 < both.sum() < lifted.size
    assert (dusk.lift_m <= 0.5 * schedule.lift_m.max()).all()


def test_poor_light_unsettles_a_patient_and_not_a_healthy_person(healthy, stroke, winter):
    """Kesler 2005: stride-time variability rises in near darkness with a gait disorder, not in healthy controls."""
    for patient, ratio in ((stroke, 1.4), (healthy, 1.0)):
        day, dusk = (
            draw_schedule(patient, winter, Walk(0.6, 400, light=light), Streams(6)) for light in ("normal", "poor")
        )
        for field in ("stride_time_ns", "thigh_offset_rad", "knee_offset_rad", "drive_offset"):
            scatter = [np.std(np.asarray(getattr(each, field), float)[1:]) for each in (dusk, day)]
            assert scatter[0] == pytest.approx(ratio * scatter[1], rel=1e-6)


def test_poor_light_delays_the_correction(stroke, winter, without_noise):
    """The compensation follows a felt clearance half as fast: after three strides half the way at most."""
    day, dusk = (
        _columns(without_noise(stroke), winter, Walk(0.55, 12, "acute", light=light))[0]["hip_hike_m"]
        for light in ("normal", "poor")
    )
    assert 0.0 < dusk[2] < 0.6 * day[2]
    assert dusk[-1] < day[-1]
