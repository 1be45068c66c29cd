"""Flexor withdrawal and the comfort limit: strong pulses bend the leg, and hurt (model.md 3.2)."""

from dataclasses import replace

import numpy as np
import pytest

from sim.body.withdrawal import called_for_rad
from sim.pulse import PULSE_DTYPE


@pytest.fixture(scope="module")
def feeling(stroke, without_noise):
    """Sound skin, a nerve that moves nothing: what happens is the reflex alone."""
    return replace(without_noise(stroke), sensation_ratio=1.0, excitability_ratio=0.0)


def _pulses(patient, x, from_s=-0.05, width_s=300e-6):
    """40 Hz at x times the motor threshold, from toe-off + `from_s` to the next heel strike."""
    height_a = x * patient.rheobase_a * (1.0 + patient.chronaxie_s / width_s)

    def pulses(schedule):
        found = []
        for k in range(schedule.strides + 1):
            t_s = np.arange(schedule.toe_off_ns[k] / 1e9 + from_s, schedule.t0_ns[k + 1] / 1e9, 1 / 40)
            train = np.zeros(t_s.size, PULSE_DTYPE)
            train["t_s"], train["phase1_a"], train["phase1_s"] = t_s, height_a, width_s
            found.append(train)
        return np.concatenate(found)

    return pulses


def _rows(stroll, patient, x, **how):
    return stroll(patient, 0.55, 3, compensation="none", pulses=_pulses(patient, x), **how)[0].strides()


def test_it_begins_at_its_threshold_and_stays_within_the_published_range(stroke):
    """Nothing up to 1.8 times the motor threshold, 2 deg just above it, 8 deg at 2.5 and for every stronger pulse."""
    times = np.array([1.0, 1.8, 1.8001, 2.15, 2.5, 4.0])
    asked = np.degrees(called_for_rad(times, 1.8, stroke.withdrawal_rad, 1.0))
    assert asked[:2].tolist() == [0.0, 0.0]
    assert asked[2:] == pytest.approx([2.0, 5.0, 8.0, 8.0], abs=0.01)


def test_strong_pulses_lift_the_leg_and_weak_ones_do_not(feeling, stroll):
    """At 2.2 times threshold hip and knee bend by 2 to 8 deg and the toes come higher; at 1.5 times no bit changes."""
    bare = stroll(feeling, 0.55, 3, compensation="none")[0].strides()
    strong, weak = _rows(stroll, feeling, 2.2), _rows(stroll, feeling, 1.5)
    bent = np.degrees(strong["withdrawal_rad"])
    print(f"withdrawal {bent.mean():.1f} deg, clearance {1e3 * (strong['mtc_m'] - bare['mtc_m']).mean():+.1f} mm")
    assert ((bent > 2.0) & (bent < 8.0)).all()
    assert (strong["mtc_m"] > bare["mtc_m"] + 0.003).all()
    assert strong["knee_peak_rad"].mean() > bare["knee_peak_rad"].mean() + np.radians(1.0)
    assert weak["mtc_m"].tobytes() == bare["mtc_m"].tobytes()


def test_it_comes_100_ms_after_the_pulse(feeling, stroll):
    """Pulses from mid-swing on: the leg of the trace is bent 120 ms after the first of them, not yet after 80 ms."""
    traced = {}
    for name, pulses in (("bare", None), ("strong", _pulses(feeling, 2.4, from_s=0.1))):
        walker, schedule = stroll(feeling, 0.55, 2, compensation="none", pulses=pulses, trace=True)
        from sim.body import layout as at

        steps = walker.steps[walker.steps[:, at.T_STRIDE] == 1]
        traced[name] = np.interp(
            schedule.toe_off_ns[1] / 1e9 + 0.1 + np.array([0.08, 0.125, 0.2]), steps[:, at.T_T], steps[:, at.T_BEND]
        )
    early, late, later = traced["strong"] - traced["bare"]
    assert early == 0.0
    assert 0.0 < late < later
    assert later > np.radians(1.0)


def test_a_numb_leg_feels_nothing(feeling, stroll):
    """Without sensation no pulse is felt, none hurts and the leg does not withdraw; partly numb skin needs more."""
    sound, numb = _rows(stroll, feeling, 2.4), _rows(stroll, replace(feeling, sensation_ratio=0.0), 2.4)
    half = _rows(stroll, replace(feeling, sensation_ratio=0.5), 2.4)
    assert (sound["sensed"] == 1.0).all()
    assert (sound["over_comfort"] == 1.0).all()
    assert not numb["sensed"].any()
    assert not numb["over_comfort"].any()
    assert not numb["withdrawal_rad"].any()
    assert (half["sensed"] == 1.0).all()
    assert not half["over_comfort"].any()


def test_comfort_ends_between_two_and_two_and_a_half_thresholds(feeling, stroll):
    """2.25 motor thresholds by default: no pulse over it at 2.0, all of them at 2.5."""
    assert not _rows(stroll, feeling, 2.0)["over_comfort"].any()
    assert (_rows(stroll, feeling, 2.5)["over_comfort"] == 1.0).all()


def test_a_denervated_leg_is_numb_unless_its_file_says_otherwise(feeling):
    """No sensation given: the nerve that is cut takes it along; the weakened nerve of a stroke patient does not."""
    from sim.body.nerve import nerve_of

    cut = replace(feeling, sensation_ratio=None)
    assert nerve_of(cut).sensation_ratio == 0.0
    assert nerve_of(replace(cut, excitability_ratio=0.8)).sensation_ratio == 1.0
