"""How people compensate: the published pair of Cruz & Dhaher 2009, its course in time, and the three ways to lift.

The compensation was fitted to that study (model.md section 12): calibration, held here over seeds and classes.
"""

from dataclasses import replace

import numpy as np
import pytest

from scenarios.patient_file import read_patient
from scenarios.text import Text, Where
from sim.body.aid_effect import exposure_ratio, three_walks
from sim.body.settle import settled_compensation
from sim.body.walker import Walker
from sim.gait.draw import draw_schedule
from sim.gait.walk import Orthosis, Walk
from sim.pulse import PULSE_DTYPE
from sim.streams import Streams

BRACE = Orthosis()


def _class(name):
    return read_patient(Text(name, Where("test", 1, 1)), ())[1]


def _mm(columns, name, rows=slice(None)):
    return 1e3 * float(columns[name][rows].mean())


@pytest.mark.parametrize("seed", range(1, 8))
def test_brace_off_in_every_seed(stroke, stroll, seed):
    """Row 26: hike +5.0, clearance -1.2 mm (n = 9); each of seven walks: hike 3-10, clearance under half of it."""
    rows = slice(80, None)
    bare, worn = (stroll(stroke, 0.55, 260, seed=seed, orthosis=aid)[0].strides() for aid in (None, BRACE))
    hike = _mm(bare, "hip_hike_m", rows) - _mm(worn, "hip_hike_m", rows)
    clearance = _mm(bare, "mtc_m", rows) - _mm(worn, "mtc_m", rows)
    assert 3.0 < hike < 10.0
    assert -0.5 * hike < clearance < 0.0


def test_course_of_putting_a_brace_on_and_taking_it_off(stroke, stroll):
    """On: clearance jumps some mm and the hike decays. Off: the toes fall by some mm, then the hike returns.

    Prototype (model.md section 12), clearance/hike in mm: before 13.8/10.6; first three strides with 19.7/9.5; 60-100
    later 15.9/5.4; first three without 7.6/5.5; twelve later 13.5/9.0; 60-100 later 15.2/12.2.
    """
    found, states = [], [None] * 8
    for strides, aid in ((200, None), (100, BRACE), (100, None)):
        legs = [
            stroll(stroke, 0.55, strides, orthosis=aid, state=state, seed=seed)[0] for seed, state in enumerate(states)
        ]
        states = [leg.compensation for leg in legs]
        found.append({n: np.mean([leg.strides()[n] for leg in legs], axis=0) for n in ("mtc_m", "hip_hike_m")})
    bare, worn, removed = found
    at_once, used, shock, later = slice(0, 3), slice(60, 100), slice(0, 3), slice(12, 24)
    print([f"{_mm(c, 'mtc_m', r):.1f}/{_mm(c, 'hip_hike_m', r):.1f}" for c, r in (
        (bare, slice(100, 200)), (worn, at_once), (worn, used), (removed, shock), (removed, later), (removed, used),
    )])  # fmt: skip
    before = _mm(bare, "mtc_m", slice(100, 200))
    assert _mm(worn, "mtc_m", at_once) == pytest.approx(before + 5.0, abs=3.0)
    assert _mm(worn, "hip_hike_m", used) < _mm(worn, "hip_hike_m", at_once) - 2.0
    assert _mm(worn, "mtc_m", used) == pytest.approx(before + 1.2, abs=1.5)
    assert _mm(removed, "mtc_m", shock) < before - 3.0, "taken away, the lift that would save the step is gone"
    assert _mm(removed, "mtc_m", later) > _mm(removed, "mtc_m", shock) + 2.0
    assert _mm(removed, "hip_hike_m", used) == pytest.approx(_mm(bare, "hip_hike_m", slice(100, 200)), abs=2.0)


def test_a_peroneal_patient_steps_high(peroneal, stroll):
    """Flaccid foot: 0.7 of the lift is steppage, the thigh over 10 deg higher; a stroke patient has none."""
    rows = stroll(peroneal, 0.9, 160)[0].strides()
    late = slice(80, None)
    assert np.degrees(rows["steppage_rad"][late].mean()) > 10.0
    assert _mm(rows, "hip_hike_m", late) > 5.0
    lift_mm = _mm(rows, "hip_hike_m", late) + 1.6 * np.degrees(rows["steppage_rad"][late].mean())
    assert _mm(rows, "hip_hike_m", late) / lift_mm == pytest.approx(peroneal.hike_ratio, abs=1e-9)
    stroke = stroll(_class("stroke_moderate"), 0.55, 60)[0].strides()
    assert (stroke["steppage_rad"] == 0.0).all() and (stroke["circumduction_m"] == 0.0).all()


def test_circumduction_lifts_as_its_geometry_says(stroke, stroll):
    """Half of the lift outward: the excursion is L sin b where L (1 - cos b) is that half; clearance is kept."""
    outward = replace(stroke, hike_ratio=0.5, circumduction_ratio=0.5)
    rows = stroll(outward, 0.55, 200)[0].strides()
    late = slice(80, None)
    half = rows["hip_hike_m"][late]
    angle = np.arccos(1.0 - half / stroke.leg_length_m)
    assert rows["circumduction_m"][late] == pytest.approx(stroke.leg_length_m * np.sin(angle), rel=1e-9)
    assert 0.03 < rows["circumduction_m"][late].mean() < 0.15
    bare = stroll(stroke, 0.55, 200)[0].strides()
    assert _mm(rows, "mtc_m", late) == pytest.approx(_mm(bare, "mtc_m", late), abs=1.5)
    assert _mm(rows, "hip_hike_m", late) == pytest.approx(0.5 * _mm(bare, "hip_hike_m", late), abs=1.5)


def test_the_shares_are_one_lift(stroke, stroll):
    """At the same demand hiking and circumduction give the toes the same height in mid-swing, to 1 mm."""
    frozen = replace(stroke, compensation_gain_ratio=0.0, scuff_kick_m=0.0)
    outward = replace(frozen, hike_ratio=0.0, circumduction_ratio=1.0)
    state = settled_compensation(stroke, _curves(stroke), Walk(0.55, 1), Streams(1))
    hiking, swinging = (stroll(who, 0.55, 30, state=state)[0].strides() for who in (frozen, outward))
    assert (swinging["hip_hike_m"] == 0.0).all()
    assert _mm(swinging, "mtc_m") == pytest.approx(_mm(hiking, "mtc_m"), abs=1.0)


def _curves(patient):
    from scenarios.measured import load_measured

    return load_measured(patient.measured_cycle)


def _three(patient, pulses=None, orthosis=None, strides=40, seed=1):
    curves, streams = _curves(patient), Streams(seed)
    walk = Walk(patient.speed_m_s, strides, "acute", orthosis)
    schedule = draw_schedule(patient, curves, walk, streams)
    given = np.empty(0, PULSE_DTYPE) if pulses is None else pulses(schedule)

    def begin(who, how, state):
        return Walker(who, curves, how, schedule, (), streams, state)

    return three_walks(begin, patient, walk, schedule, given, settled_compensation(patient, curves, walk, streams))


def test_an_aid_that_does_nothing_has_no_effect_at_all(peroneal, stroke, stimulation):
    """Denervated: every column of the acute and the adapted walk is that of the walk without, bit for bit."""
    found = _three(peroneal, stimulation(stroke, 0.7))
    for name, values in found.without.items():
        assert found.acute[name].tobytes() == values.tobytes(), name
        assert found.adapted[name].tobytes() == values.tobytes(), name


@pytest.mark.parametrize("strides", [3, 40, 90, 230])
def test_acute_holds_the_compensation_and_adapted_lets_it_go(stroke, strides):
    """With a brace at once: the same hike in every stride, higher toes; adapted: less hike, most of the height gone."""
    found = _three(stroke, orthosis=BRACE, strides=strides)
    assert len(found.without["mtc_m"]) == min(strides, 200)
    assert found.adapting_strides >= 60
    assert found.acute["hip_hike_m"].tobytes() == found.without["hip_hike_m"].tobytes()
    assert (found.acute["mtc_m"] > found.without["mtc_m"]).all()
    acute = _mm(found.acute, "mtc_m") - _mm(found.without, "mtc_m")
    hike = _mm(found.without, "hip_hike_m") - _mm(found.adapted, "hip_hike_m")
    assert 3.0 < acute < 9.0
    assert 2.0 < hike < 8.0
    assert _mm(found.adapted, "mtc_m") < _mm(found.acute, "mtc_m") - 1.0


def test_exposure_is_the_integral_over_obstacles():
    """Closed form: clearance c always gives exp(-c / 8 mm); toes in the floor meet everything."""
    assert exposure_ratio(np.full(5, 0.015)) == pytest.approx(np.exp(-15 / 8), rel=1e-12)
    assert exposure_ratio(np.array([-0.01, 0.0])) == 1.0
    assert np.isnan(exposure_ratio(np.array([np.nan])))
