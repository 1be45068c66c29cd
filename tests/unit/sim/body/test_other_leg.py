"""The other leg: swings in the stance of the first, shares its strides and its floor, draws its own noise."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.measured import load_measured
from scenarios.patient_file import read_patient
from scenarios.text import Text, Where
from sim.body.other_leg import other_strides
from sim.body.preparation import prepare
from sim.body.settle import settled_compensation
from sim.body.walker import Walker
from sim.gait.draw import draw_schedule
from sim.gait.manner import Manner, Passage
from sim.gait.other_leg import other_patient, other_schedule
from sim.gait.targets import healthy_stance_ratio, stride_targets
from sim.gait.walk import Pause, Rug, Walk
from sim.streams import Streams

CURVES = load_measured("winter_a1")


def _class(name):
    return read_patient(Text(name, Where("test", 1, 1)), ())[1]


def _both(patient, walk, seed=3, rugs=()):
    streams = Streams(seed)
    schedule = draw_schedule(patient, CURVES, walk, streams)
    walker = Walker(patient, CURVES, walk, schedule, rugs, streams)
    walker.integrate(schedule.end_ns)
    return walker, schedule, other_strides(patient, CURVES, walk, schedule, walker.floor, streams)


@settings(max_examples=12, deadline=None)
@given(
    name=st.sampled_from(["healthy_young", "stroke_moderate", "peroneal_complete"]),
    rho=st.one_of(st.none(), st.floats(0.8, 1.6)),
    seed=st.integers(0, 2**32),
    pause_s=st.floats(0.01, 60.0),
)
def test_one_foot_is_always_on_the_floor(name, rho, seed, pause_s):
    """Walking is no running: the other leg swings inside the stance of the first, at any asymmetry and pause."""
    patient = replace(_class(name), swing_asymmetry_ratio=rho)
    walk = Walk(patient.speed_m_s, 30, pauses=(Pause(7, pause_s),))
    schedule = draw_schedule(patient, CURVES, walk, Streams(seed))
    other, _ = other_schedule(other_patient(patient), CURVES, walk, schedule, Streams(seed))
    assert (other.toe_off_ns > schedule.t0_ns[:-1]).all()
    assert (other.t0_ns[1:] < schedule.toe_off_ns).all()
    assert (np.diff(other.t0_ns) > 0).all() and other.end_ns == schedule.end_ns


def test_healthy_legs_step_half_a_cycle_apart():
    """Alike legs land at 50 % of each other's cycle (opposite heel strike of a measured gait: 49.7-50.4 %)."""
    patient = replace(_class("healthy_young"), stride_time_sd_ratio=0.0)
    walk = Walk(1.3, 5)
    schedule = draw_schedule(patient, CURVES, walk, Streams(1))
    other, ahead_m = other_schedule(other_patient(patient), CURVES, walk, schedule, Streams(1))
    phase = (other.t0_ns[1:] - schedule.t0_ns[:-1] - schedule.pause_ns) / (schedule.stride_time_ns - schedule.pause_ns)
    assert phase == pytest.approx(0.5, abs=1e-8)
    assert ahead_m == pytest.approx(0.5 * schedule.stride_length_m[0], rel=1e-9)
    assert (other.thigh_offset_rad != schedule.thigh_offset_rad).all(), "each leg has noise of its own"


@pytest.mark.parametrize(("name", "rho"), [("stroke_moderate", None), ("stroke_moderate", 1.6), ("healthy_young", 1.3)])
def test_swing_times_stand_in_the_asked_ratio(name, rho):
    """model.md 1.3a: swing ratio rho, mean swing by the healthy law; stroke's own stance of 64 % means 1.29."""
    patient = replace(_class(name), swing_asymmetry_ratio=rho)
    speed = patient.speed_m_s
    own, other = (stride_targets(p, CURVES, speed) for p in (patient, other_patient(patient)))
    swings = 1.0 - own.stance_ratio, 1.0 - other.stance_ratio
    assert swings[0] / swings[1] == pytest.approx(1.2857 if rho is None else rho, rel=1e-4)
    assert np.mean(swings) == pytest.approx(1.0 - healthy_stance_ratio(speed), abs=1e-12)
    assert own.stride_time_s == other.stride_time_s


def test_half_of_swing_on_a_step_is_seen():
    """Swing of 0.464 s: its half is 116 steps of 2 ms but for rounding, and the ankle there is known all the same."""
    patient = _class("stroke_moderate")
    on, beside = (
        prepare(replace(patient, swing_asymmetry_ratio=rho), CURVES, 0.55).drive_per_rad for rho in (1.0, 1.0001)
    )
    assert on == pytest.approx(beside, rel=1e-3)


def test_the_asymmetry_index_is_the_difference_over_the_mean():
    """Swings of 0.6 and 0.5 s: 0.1 / 0.55 (Robinson 1987); with one leg there is none."""
    from types import SimpleNamespace

    from rig.both_legs import swing_asymmetry

    swing = lambda s: {
        "stride": np.ones(4),
        "t0_s": np.zeros(4),
        "stride_time_s": np.full(4, 1.4),
        "toe_off_s": np.full(4, 1.4 - s),
    }
    assert swing_asymmetry(SimpleNamespace(strides=swing(0.6), other_strides=swing(0.5))) == pytest.approx(0.1 / 0.55)
    assert np.isnan(swing_asymmetry(SimpleNamespace(strides=swing(0.6), other_strides={})))


def test_the_formula_of_the_paretic_stance():
    """v .55, rho 1.3: stance 63.8 % (the worked example of model.md 1.3a)."""
    patient = replace(_class("stroke_moderate"), swing_asymmetry_ratio=1.3)
    assert stride_targets(patient, CURVES, 0.55).stance_ratio == pytest.approx(0.638, abs=5e-4)


def test_a_unilateral_patient_has_a_healthy_other_leg():
    """It clears the floor and lands near neutral; the same person with both legs affected drops both feet."""
    patient = _class("stroke_moderate")
    walk = Walk(0.55, 40)
    walker, _, other = _both(patient, walk)
    own = walker.strides()
    assert np.degrees(own["ankle_ic_rad"].mean()) < -5.0
    assert np.degrees(other["ankle_ic_rad"].mean()) > -2.0
    assert other["scuff"].sum() == 0 and (other["hip_hike_m"] == 0.0).all()
    both = _both(replace(patient, bilateral=True), walk)[2]
    assert np.degrees(both["ankle_ic_rad"].mean()) < -5.0
    assert both["hip_hike_m"].mean() > 0.003


@pytest.mark.parametrize(
    "manner", [Manner("upstairs", riser_m=0.17, tread_m=0.29), Manner("downstairs", riser_m=-0.17, tread_m=0.29)]
)
def test_both_feet_climb_the_same_stairs(manner):
    """A healthy pair of legs clears every nosing, on the way onto the stairs too, and stands level afterwards."""
    walk = Walk(1.3, 14, passages=(Passage(5, 4, manner),))
    walker, _, other = _both(_class("healthy_young"), walk)
    for rows in (walker.strides(), other):
        assert rows["scuff"].sum() == 0
        assert (rows["mtc_m"][4:8] > 0.015).all()
        assert rows["mtc_m"][9:] == pytest.approx(0.014, abs=0.010)


def test_stairs_teach_and_unteach_nothing():
    """The lift that a stroke patient needs on the level is there again at the foot of the stairs."""
    patient = _class("stroke_moderate")
    walk = Walk(0.55, 20, passages=(Passage(8, 5, Manner("upstairs", riser_m=0.17, tread_m=0.29)),))
    streams = Streams(3)
    schedule = draw_schedule(patient, CURVES, walk, streams)
    state = settled_compensation(patient, CURVES, walk, streams)
    walker = Walker(patient, CURVES, walk, schedule, (), streams, state)
    walker.integrate(schedule.end_ns)
    assert np.ptp(walker.demand_m[9:14]) == 0.0
    assert walker.strides()["scuff"][12:].sum() == 0


def test_both_feet_meet_the_same_rug():
    """A rug of 3 m lies under both feet: each finds its height missing in about the same number of swings."""
    patient = replace(_class("healthy_young"), thigh_sd_rad=0.0, knee_sd_rad=0.0, ankle_sd_rad=0.0)
    walk = Walk(1.3, 8)
    edge_ns = draw_schedule(patient, CURVES, walk, Streams(3)).instant_ns(3, 0.95)
    bare = _both(patient, walk)
    walker, _, other = _both(patient, walk, rugs=(Rug(edge_ns, 0.006, 3.0),))
    lower = [
        np.flatnonzero(with_rug["mtc_m"] < without["mtc_m"] - 0.002)
        for with_rug, without in ((walker.strides(), bare[0].strides()), (other, bare[2]))
    ]
    assert all(1 <= rows.size <= 3 for rows in lower)
    assert abs(int(lower[0][0]) - int(lower[1][0])) <= 1
