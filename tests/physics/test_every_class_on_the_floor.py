"""Checks of model.md 1.3a, item 7, for every class at every speed, adapted: nobody walks in the floor."""

import pytest

from reports.credibility.floor import SOLE_GIVES_M, deepest_m, floor_check, speeds_of
from reports.credibility.sensitivity import class_of
from reports.credibility.walks import CLASSES, curves_of, shipped
from sim.body.population import sample_patient
from sim.gait.cycle import gait_cycle
from sim.streams import Streams

EACH = [pytest.param(name, speed, id=f"{name} {speed:g}") for name in CLASSES for speed in speeds_of(shipped(name))]


@pytest.mark.parametrize(("name", "speed"), EACH)
def test_no_foot_through_the_floor_in_stance(name, speed):
    """Closed leg: the flat sole lies no deeper than heel pad and shoe give way; hip at contact and toe-off is not
    more than 5 mm higher than at mid-stance; the hip path is smooth in value, slope and bend."""
    check = floor_check(shipped(name), speed)
    print(f"{name} {speed:g} m/s: deepest {check.deepest_m * 1e3:.1f} mm, early {check.early_m * 1e3:.1f} mm")
    assert check.deepest_m <= SOLE_GIVES_M
    assert max(check.toe_off_rise_m, check.contact_rise_m) < 0.005 + 1e-9
    assert check.hip_jump_ratio < 1e-9


@pytest.mark.parametrize(("name", "speed"), EACH)
def test_the_forefoot_stays_above_what_a_rigid_toe_explains(name, speed):
    """Before 12 % of swing above -15 mm (-25 mm under 0.6 m/s: the rigid toe); the healthy never below 0 after it."""
    check = floor_check(shipped(name), speed)
    assert check.early_m > check.early_limit_m
    if name.startswith("healthy"):
        assert check.later_m >= 0.0


@pytest.mark.parametrize("name", CLASSES)
def test_one_swing_offset_serves_every_speed(name):
    """`c_sw` of the class's healthy twin agrees within 5 mm over the speeds of the class."""
    offsets = [floor_check(shipped(name), speed).swing_offset_m for speed in speeds_of(shipped(name))]
    assert max(offsets) - min(offsets) < 0.005


@pytest.mark.parametrize("name", ["peroneal_complete", "healthy_older"])
def test_no_drawn_person_comes_flat_through_the_floor(name):
    """Long steps on a knee that hardly gives way: the hip rises as the foot comes flat, where it would sink further."""
    population = class_of(name).population
    people = [sample_patient(population, Streams(seed)) for seed in range(60)]
    depths = [deepest_m(gait_cycle(who, curves_of(who), who.speed_m_s + 0.3, 0.03)) for who in people]
    assert 0.009 < max(depths) <= SOLE_GIVES_M
