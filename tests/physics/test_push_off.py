"""Push-off under an orthosis or under stimulation: spring balance, and what it costs the knee (row 25)."""

from dataclasses import replace

import numpy as np
import pytest

from sim.body import layout as at
from sim.body.activation import FORCE_100_HZ
from sim.body.preparation import prepare
from sim.body.pushoff import push_off_ratio, toe_off_shift_rad
from sim.gait.stairs import MOST_DORSIFLEXED_RAD
from sim.gait.walk import Orthosis


def _rows(stroll, patient, **how):
    return stroll(patient, patient.speed_m_s, 3, compensation="none", **how)[0].strides()


def test_an_orthosis_weakens_push_off_by_its_spring(stroke, without_noise, winter, stroll):
    """K (q - q0) = -K_afo (q - q_set): at equal stiffness the ankle stops halfway to the set angle."""
    patient = without_noise(stroke)
    const = prepare(patient, winter, 0.55).const
    own, span = const[at.C_ANKLE_TOE_OFF], const[at.C_STANCE_PEAK] - const[at.C_ANKLE_TOE_OFF]
    own_stiffness = patient.toe_off_stiffness_n_m_rad
    for stiffness, angle in ((0.0, 0.0), (22.918, 0.0), (22.918, 0.1), (200.0, 0.0)):
        held = (own_stiffness * own + stiffness * angle) / (own_stiffness + stiffness)
        ratio = _rows(stroll, patient, orthosis=Orthosis(stiffness, angle))["push_off_ratio"]
        assert ratio == pytest.approx(1.0 - (held - own) / span, rel=1e-9)


def test_a_stiffer_orthosis_weakens_it_more(healthy, without_noise, stroll):
    """Monotone in stiffness, and without one it is whole: exactly 1."""
    ratios = [
        _rows(stroll, without_noise(healthy), orthosis=aid)["push_off_ratio"].mean()
        for aid in (None, Orthosis(11.0), Orthosis(23.0), Orthosis(60.0), Orthosis(200.0))
    ]
    print(np.round(ratios, 2))
    assert ratios[0] == 1.0
    assert (np.diff(ratios) < 0.0).all()


@pytest.mark.parametrize(("own_deg", "lifted_deg"), [(0.0, 8.0), (31.0, 4.0), (35.0, 0.0), (36.0, 0.0)])
def test_nothing_lifts_an_ankle_beyond_its_loaded_range(healthy, winter, own_deg, lifted_deg):
    """Full stimulation lifts by 8 deg, but not beyond 35 deg, where deep steps have brought the ankle already."""
    const = prepare(healthy, winter, 1.0).const.copy()
    const[at.C_ANKLE_TOE_OFF] = np.radians(own_deg)
    body = np.zeros(2 * at.BODY_FLOATS)
    body[at.B_STIMULATED] = FORCE_100_HZ
    assert np.degrees(toe_off_shift_rad(body, const)) == pytest.approx(lifted_deg, abs=1e-9)
    assert np.degrees(MOST_DORSIFLEXED_RAD) == pytest.approx(35.0)


def test_dorsiflexors_alone_through_push_off_cost_knee_flexion(stroke, without_noise, stroll, stimulation):
    """Row 25, direction (Kesar 2009, 13 stroke patients): less plantarflexion at toe-off, less knee flexion in swing.

    Pulses that begin at toe-off, or a patient without the coupling (control), leave the knee alone.
    """
    patient = without_noise(stroke)
    bare = _rows(stroll, patient)
    through = _rows(stroll, patient, pulses=stimulation(patient, 0.05))
    after = _rows(stroll, patient, pulses=stimulation(patient, 0.05, onset_s=0.0))
    loss = np.degrees(bare["knee_peak_rad"] - through["knee_peak_rad"]).mean()
    print(f"push-off {through['push_off_ratio'].mean():.2f}, knee flexion -{loss:.2f} deg")
    assert through["push_off_ratio"].max() < 0.9
    assert loss > 0.2
    assert after["push_off_ratio"] == pytest.approx(1.0, abs=0.01)
    assert after["knee_peak_rad"] == pytest.approx(bare["knee_peak_rad"], abs=1e-3)
    loose = replace(patient, knee_push_off_ratio=0.0)
    assert _rows(stroll, loose, pulses=stimulation(patient, 0.05))["knee_peak_rad"].tobytes() == (
        bare["knee_peak_rad"].tobytes()
    )


def test_the_set_angle_acts_in_the_loading_response(peroneal, without_noise, stroll):
    """An orthosis holds a flaccid forefoot up after contact: the slap of the bare foot (over 350 deg/s) is slower."""
    patient = without_noise(peroneal)
    bare, braced = (_rows(stroll, patient, orthosis=aid) for aid in (None, Orthosis(60.0, 0.05)))
    assert np.degrees(bare["slap_rad_s"].mean()) > 350.0
    assert braced["slap_rad_s"].mean() < 0.8 * bare["slap_rad_s"].mean()
    longer_s = (braced["foot_flat_s"] - braced["landing_s"]) - (bare["foot_flat_s"] - bare["landing_s"])
    assert longer_s.mean() > 0.005


def test_a_dropped_foot_lands_on_its_toes_and_closes_its_heel_switch_late(peroneal, without_noise, stroll):
    """Toes first: the heel takes load only when the foot is flat; heel first (healthy control): at landing itself."""
    patient = replace(without_noise(peroneal), passive_torque_n_m=25.0)
    walker, _ = stroll(patient, 0.6, 4, compensation="none")
    rows, heel_s = walker.strides(), walker.heel_contact_ns[1:] / 1e9
    toe_first = rows["foot_ic_rad"] < 0.0
    print(f"{toe_first.sum()} of {toe_first.size} land on the toes")
    assert toe_first.any()
    assert (heel_s[toe_first] == rows["foot_flat_s"][toe_first]).all()
    assert (heel_s[toe_first] > rows["landing_s"][toe_first] + 0.001).all()
    sound, _ = stroll(without_noise(replace(patient, passive_torque_n_m=5.0)), 0.9, 3, compensation="none")
    rows = sound.strides()
    heel_first = rows["foot_ic_rad"] >= 0.0
    assert heel_first.any()
    assert (sound.heel_contact_ns[1:][heel_first] / 1e9 == rows["landing_s"][heel_first]).all()


@pytest.mark.kernels
def test_who_does_not_push_off_has_no_share_of_it(stroke, winter):
    """An ankle that is most dorsiflexed as it leaves the step (downstairs): no number, and no infinity."""
    from sim.body import layout as at

    level = prepare(stroke, winter, 0.55).const
    down = level.copy()
    for before_rad in (0.0, 0.01):
        down[at.C_STANCE_PEAK] = down[at.C_ANKLE_TOE_OFF] + before_rad
        for shift_rad in (0.0, 0.1):
            assert np.isnan(push_off_ratio(shift_rad, down))
            assert 0.0 < push_off_ratio(shift_rad, level) <= 1.0
