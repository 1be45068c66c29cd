"""Fatigue by class and its recovery (row 19, model.md 3.5)."""

from dataclasses import replace

import numpy as np
import pytest

from sim.body import layout as at
from sim.body.activation import A_REST, KM_REST, TAU1_REST_S, TAU_FATIGUE_S, feel_pulse, force_left, force_step
from sim.gait.walk import Pause, Walk


def _muscle(factor):
    body, ints, const = np.zeros(2 * at.BODY_FLOATS), np.zeros(at.BODY_INTS, np.int64), np.zeros(at.CONSTANTS)
    body[at.B_GAIN_A], body[at.B_TAU1], body[at.B_KM] = A_REST, TAU1_REST_S, KM_REST
    ints[at.I_LAST_PULSE], const[at.C_FATIGUE] = -1, factor
    return body, ints, const


def _endurance_s(factor, share=0.25, keeps=0.95):
    """How long 25 Hz leaves `keeps` of the rested muscle's force gain A, s; a share of 0.25 is 20 % of the maximum."""
    body, ints, const = _muscle(factor)
    for ms in range(400_000):
        if ms % 40 == 0:
            feel_pulse(body, ints, ms * 1_000_000, share)
        force_step(body, const, 1e-3)
        if force_left(body, ints, ms * 1_000_000) < keeps:
            return ms / 1e3
    raise AssertionError("the muscle never tires")


def test_nerve_stimulation_endures_six_to_twelve_times_longer():
    """Row 19: 787 +- 201 s by nerve against 84 +- 19 s by one electrode in the muscle at 25 Hz (PMC6370345): 6 to 12.

    Endurance is the time in which 5 % of the force gain is lost. Only the ratio is claimed: absolute times are far
    shorter (Ding's constants are those of the quadriceps), and a slower relaxation hides the first loss from the force.
    """
    nerve, direct = _endurance_s(0.1), _endurance_s(1.0)
    print(f"nerve {nerve:.1f} s, direct {direct:.1f} s, ratio {nerve / direct:.1f}")
    assert 6.0 < nerve / direct < 12.0
    assert _endurance_s(0.5) / direct < 6.0


def test_fatigue_follows_the_work_of_the_recruited_fibres():
    """A fifth of the fibres at work tires as fast as all of them: the ratio of forces after a minute is the same."""
    assert _endurance_s(0.5, share=0.05) == pytest.approx(_endurance_s(0.5, share=1.0), rel=0.02)


def test_classes_tire_in_the_published_order(healthy, stroke, without_noise, stroll, stimulation):
    """After 40 strides of the same stimulation: healthy nerve (factor 0.1) < stroke (0.25) < direct, SCI-like (1)."""
    left = [
        stroll(replace(without_noise(stroke), fatigue_factor=factor), 0.55, 40, pulses=stimulation(stroke, 0.05))[
            0
        ].strides()["fatigue_ratio"][-1]
        for factor in (healthy.fatigue_factor, stroke.fatigue_factor, 1.0)
    ]
    print(np.round(left, 3))
    assert left[0] > left[1] > left[2]
    assert left[2] < 0.7


def test_it_persists_and_recovers_while_the_patient_stands(stroke, without_noise, winter, stimulation):
    """A pause of 100 s: what was lost comes back as exp(-t / 127 s), to 3 % of it; without a pause it goes on."""
    from sim.body.walker import Walker
    from sim.gait.draw import draw_schedule
    from sim.streams import Streams

    patient = replace(without_noise(stroke), fatigue_factor=1.0)
    walk, streams = Walk(0.55, 24, "none", None, (Pause(21, 100.0),)), Streams(1)
    schedule = draw_schedule(patient, winter, walk, streams)
    walker = Walker(patient, winter, walk, schedule, (), streams)
    pulses = stimulation(patient, 0.05)(schedule)
    walker.add_pulses(pulses[pulses["t_s"] < schedule.t0_ns[21] / 1e9])
    body, ints = walker._buffers.body, walker._buffers.ints
    walker.integrate(int(schedule.t0_ns[21]) + 3_000_000_000)
    before = 1.0 - force_left(body, ints, ints[at.I_T])
    t_ns = int(ints[at.I_T])
    walker.integrate(int(schedule.t0_ns[22]) - 1_500_000_000)
    after = 1.0 - force_left(body, ints, ints[at.I_T])
    assert before > 0.1
    assert after / before == pytest.approx(np.exp(-(int(ints[at.I_T]) - t_ns) * 1e-9 / TAU_FATIGUE_S), rel=0.03)
    tired = walker.strides()["fatigue_ratio"][:20]
    assert (np.diff(tired) < 0.0).all()
