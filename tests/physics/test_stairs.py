"""Stairs against what gait laboratories measured: joint ranges, placing of the feet, order of clearance."""

import numpy as np
import pytest

from sim.body import layout as at
from sim.body.preparation import one_swing, prepare
from sim.body.walker import Walker
from sim.gait.draw import draw_schedule
from sim.gait.leg import leg_at
from sim.gait.manner import Manner, Passage
from sim.gait.stairs import DOWN as USUAL
from sim.gait.stairs import MOST_DORSIFLEXED_RAD, stair_curves, way_of
from sim.gait.walk import Walk
from sim.streams import Streams

UP = Manner("upstairs", riser_m=0.17, tread_m=0.29)
DOWN = Manner("downstairs", riser_m=-0.17, tread_m=0.29)
PHASE = np.linspace(0.0, 1.0, 201)


def _angles(winter, manner):
    size = 0.88 / winter.leg_length_m
    legs = stair_curves(PHASE, manner, winter.thigh_length_m * size, winter.shank_length_m * size, 0.26)
    return np.degrees(legs.thigh_rad), np.degrees(legs.knee_rad)


@pytest.mark.parametrize(("manner", "knee_deg"), [(UP, 93.9), (DOWN, 90.5)])
def test_the_knee_flexes_in_swing_as_people_do(winter, manner, knee_deg):
    """Protopapadaki 2007, 33 young adults on 18 x 28.5 cm: knee 93.9 deg up, 90.5 down; here within 15 deg.

    From memory of the paper. The model's thigh is short (Winter's trochanter marker), so its angles run high.
    """
    _, knee = _angles(winter, manner)
    assert knee.max() == pytest.approx(knee_deg, abs=15.0)
    assert 0.55 < PHASE[knee.argmax()] < 0.9


def test_a_short_leg_on_deep_steps_lifts_its_heel_further():
    """No ankle is dorsiflexed beyond its loaded range at toe-off; the foot pitches instead, and stands on its tread."""
    deep = Manner("downstairs", riser_m=-0.2, tread_m=0.36)
    at_ease = stair_curves(PHASE, DOWN, 0.31, 0.47, 0.25)
    reaching = stair_curves(PHASE, deep, 0.29, 0.42, 0.25)
    assert at_ease.ankle_toe_off_rad < reaching.ankle_toe_off_rad == pytest.approx(MOST_DORSIFLEXED_RAD)
    pitch = [
        legs.ankle_toe_off_rad + np.interp(USUAL.stance_ratio, PHASE, legs.thigh_rad - legs.knee_rad)
        for legs in (at_ease, reaching)
    ]
    assert pitch[0] == pytest.approx(USUAL.pitch_toe_off_rad, abs=1e-3)
    assert pitch[1] < pitch[0] - np.radians(1.0)


def test_upstairs_the_leg_meets_the_step_bent_downstairs_nearly_straight(winter):
    """Riener 2002: knee about 65 deg at contact upstairs, 10-15 deg downstairs; hip more flexed upstairs."""
    up_thigh, up_knee = _angles(winter, UP)
    down_thigh, down_knee = _angles(winter, DOWN)
    assert up_knee[0] == pytest.approx(65.0, abs=10.0)
    assert down_knee[0] == pytest.approx(12.0, abs=6.0)
    assert up_thigh.max() > down_thigh.max() + 5.0


@pytest.mark.parametrize("manner", [UP, DOWN])
@pytest.mark.parametrize("name", ["healthy", "stroke"])
def test_the_standing_foot_neither_slides_nor_sinks(request, winter, name, manner):
    """Between foot flat and heel-off the prescribed ankle stands still within 6 mm: two-link kinematics closed."""
    patient = request.getfixturevalue(name)
    cycle = prepare(patient, winter, patient.speed_m_s, manner).cycle
    way = way_of(manner)
    ankles = []
    for p in np.linspace(0.13, way.heel_off_ratio, 20):
        leg = leg_at(cycle.base, float(p), 1.0, cycle.thigh_length_m, cycle.shank_length_m)
        ankles.append((leg[3] + 2.0 * manner.tread_m * p, leg[4] + 2.0 * manner.riser_m * p))
    assert np.ptp(np.array(ankles), axis=0).max() < 0.006
    assert np.array(ankles)[:, 1] == pytest.approx(0.085, abs=0.005)


@pytest.mark.parametrize(("manner", "steps"), [(UP, 6), (DOWN, 6)])
def test_after_n_steps_the_foot_stands_n_risers_higher(healthy, winter, without_noise, manner, steps):
    """The ground under the standing foot has risen or fallen by exactly the flight, and every stride by two risers."""
    walk = Walk(1.3, 8, passages=(Passage(3, steps // 2, manner),))
    schedule = draw_schedule(without_noise(healthy), winter, walk, Streams(1))
    walker = Walker(without_noise(healthy), winter, walk, schedule)
    heights = []
    for k in range(1, 9):
        walker.integrate(int(schedule.toe_off_ns[k]) - 1)
        heights.append(float(walker._buffers.body[at.B_GROUND]))
    flight = steps * manner.riser_m
    risers = 2.0 * manner.riser_m
    assert heights == pytest.approx([0.0, 0.0, 0.0, risers, 2 * risers, flight, flight, flight])
    assert schedule.stride_length_m[3:6] == pytest.approx(2.0 * manner.tread_m)


def test_a_dropped_foot_passes_the_nosing_lower_than_a_healthy_one(healthy, peroneal, winter):
    """Upstairs the healthy forefoot clears the nosings by 20-60 mm; that of a flaccid ankle by 20 mm less at least."""
    sound, dropped = (
        one_swing(ready.cycle, ready.const)
        for ready in (prepare(patient, winter, patient.speed_m_s, UP) for patient in (healthy, peroneal))
    )
    assert 0.020 < sound.lowest_m < 0.060
    assert dropped.lowest_m < sound.lowest_m - 0.020


def test_a_higher_step_leaves_less_above_it(healthy, winter):
    """Clearance falls with the riser, because the leg is steeper: never the reverse."""
    lowest = []
    for riser in (0.12, 0.15, 0.18):
        ready = prepare(healthy, winter, 1.3, Manner("upstairs", riser_m=riser, tread_m=0.29))
        lowest.append(one_swing(ready.cycle, ready.const).lowest_m)
    print("lowest forefoot over steps of 12, 15, 18 cm, mm:", np.round(np.array(lowest) * 1e3, 1))
    assert lowest[0] > lowest[1] > lowest[2] > 0.0
