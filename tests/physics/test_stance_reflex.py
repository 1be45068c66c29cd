"""The stretch reflex in stance and loading: fast ramps provoke it, slow ones do not (model.md 2.5, Odstock Medical)."""

from dataclasses import replace

import numpy as np
import pytest

from sim.pulse import PULSE_DTYPE

STRONG_A = 0.034


@pytest.fixture(scope="module")
def spastic(stroke, without_noise):
    return replace(without_noise(stroke), reflex_gain_n_m_s_rad=2.0)


def _train(ramp_s):
    def pulses(schedule):
        found = []
        for k in range(schedule.strides + 1):
            t_s = np.arange(schedule.heel_off_ns[k] / 1e9, schedule.t0_ns[k + 1] / 1e9, 1 / 40)
            train = np.zeros(t_s.size, PULSE_DTYPE)
            train["t_s"] = t_s
            train["phase1_a"] = STRONG_A * np.clip((t_s - t_s[0] + 1e-3) / max(ramp_s, 1e-3), 0.0, 1.0)
            found.append(train)
        train = np.concatenate(found)
        train["phase1_s"] = 300e-6
        return train

    return pulses


@pytest.fixture(scope="module")
def peaks(spastic, stroll):
    """Largest reflex torque of one stride by ramp, None without stimulation."""

    def peak_n_m(ramp_s):
        pulses = None if ramp_s is None else _train(ramp_s)
        return float(stroll(spastic, 0.55, 4, compensation="none", pulses=pulses)[0].strides()["reflex_n_m"][2])

    return {ramp_s: peak_n_m(ramp_s) for ramp_s in (None, 0.0, 0.1, 0.2, 0.3, 0.5)}


def test_a_fast_ramp_provokes_the_reflex(peaks):
    """A train that begins at full strength: over three times the torque of walking without it."""
    print({key: round(value, 2) for key, value in peaks.items()})
    assert peaks[0.0] > 3.0 * peaks[None]


def test_a_slow_ramp_does_not(peaks):
    """Behind a ramp of 0.5 s the same train leaves the reflex as it is without stimulation, in between it is less."""
    assert peaks[0.5] < 1.1 * peaks[None]
    assert peaks[0.0] > peaks[0.1] > max(peaks[0.2], peaks[0.3]) > peaks[0.5]


def test_no_gain_no_torque(stroke, without_noise, stroll):
    """Most ankles have none (Galiana 2005: 7 of 11): exactly 0 then, also under a fast ramp."""
    patient = replace(without_noise(stroke), reflex_gain_n_m_s_rad=0.0)
    rows = stroll(patient, 0.55, 3, pulses=_train(0.0))[0].strides()
    assert (rows["reflex_n_m"] == 0.0).all()
    assert (rows["reflex_bursts"] == 0.0).all()


def test_landing_stretches_a_spastic_calf(spastic, stroll):
    """Without stimulation the roll-over after a flat landing passes the threshold; a threshold above it silences it."""
    bare = stroll(spastic, 0.55, 3, compensation="none")[0].strides()
    deaf = stroll(replace(spastic, reflex_threshold_rad_s=6.0), 0.55, 3, compensation="none")[0].strides()
    assert (bare["reflex_n_m"] > 0.1).all()
    assert (deaf["reflex_n_m"] == 0.0).all()


def test_the_reflex_counts_at_toe_off(spastic, stroll):
    """The provoked calf pushes the foot down before it leaves the floor: less dorsiflexion at toe-off than without."""
    fast = stroll(spastic, 0.55, 3, compensation="none", pulses=_train(0.25))[0].strides()
    calm = replace(spastic, reflex_gain_n_m_s_rad=0.0)
    without = stroll(calm, 0.55, 3, compensation="none", pulses=_train(0.25))[0].strides()
    assert (fast["push_off_ratio"] >= without["push_off_ratio"]).all()
    assert fast["reflex_n_m"].min() > 0.5


def test_cuts_of_the_time_axis_change_no_bit(spastic, stroll, winter):
    """Idling, rolling over, pushing off: whatever the pieces in which the body is integrated."""
    from sim.body.walker import Walker
    from sim.gait.draw import draw_schedule
    from sim.gait.walk import Walk
    from sim.streams import Streams

    walk, streams = Walk(0.55, 3, "none"), Streams(1)
    schedule = draw_schedule(spastic, winter, walk, streams)
    bits = set()
    for piece_ns in (schedule.end_ns, 7_300_001, 1_000_000):
        walker = Walker(spastic, winter, walk, schedule, (), streams)
        walker.add_pulses(_train(0.1)(schedule))
        for until_ns in range(piece_ns, schedule.end_ns + piece_ns, piece_ns):
            walker.integrate(min(until_ns, schedule.end_ns))
        bits.add(b"".join(values.tobytes() for values in walker.strides().values()))
    assert len(bits) == 1
