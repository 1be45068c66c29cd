"""The IMU-triggered stimulator on a foot that turns to order, and the phases that it finds."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as rules
from hypothesis import strategies as st

from scenarios.stimulators import MODELS
from sim.electrode.load import NAMED_LOADS
from sim.plant import Plant
from sim.signal import Signal, Stimulus
from sim.stimulator.foot_phases import FootPhaseRules, look_at_ticks, standing
from sim.stimulator.imu_trigger import ImuSettings
from sim.streams import Streams

IMU = next(model for model in MODELS if model.name == "imu_trigger")
RATE_HZ = 100.0
LANDING = 0.93


def stride(time_s=1.2, push_off_rad_s=6.0, slap_rad_s=4.0):
    """(n,) angular velocity of one stride, rad/s: flat to 35 %, push-off to 60 %, swing to 93 %, slap to the end.

    The inclination is the same before and after: swing turns back what push-off and slap turn.
    """
    p = np.arange(round(time_s * RATE_HZ)) / round(time_s * RATE_HZ)
    w = np.zeros(p.size)
    push, swing, slap = (p >= 0.35) & (p < 0.60), (p >= 0.60) & (p < LANDING), p >= LANDING
    w[push] = -push_off_rad_s * np.sin(np.pi * (p[push] - 0.35) / 0.25) ** 2
    w[slap] = -slap_rad_s * np.sin(np.pi * (p[slap] - LANDING) / (1.0 - LANDING))
    shape = np.sin(np.pi * (p[swing] - 0.60) / (LANDING - 0.60))
    w[swing] = shape * (-w[push].sum() - w[slap].sum()) / shape.sum()
    return w


STANDING = np.zeros(150)


def phases(w_rad_s, noise_rad_s=0.0, bias_rad_s=0.0, seed=1):
    """Instants at which stimulation is asked for, and no longer, s."""
    noisy = w_rad_s + bias_rad_s + noise_rad_s * np.random.default_rng(seed).standard_normal(w_rad_s.size)
    changes = np.zeros((1000, 2), np.int64)
    end_ns = round(w_rad_s.size / RATE_HZ * 1e9)
    n = look_at_ticks(standing(), end_ns, 0, 5e6, noisy, 0, 10_000_000, FootPhaseRules().array(), changes)
    return tuple(changes[:n][changes[:n, 1] == asked, 0] / 1e9 for asked in (1, 0))


@rules(deadline=None)
@given(
    time_s=st.floats(0.9, 2.0),
    push_off_rad_s=st.floats(2.5, 12.0),
    slap_rad_s=st.floats(1.0, 8.0),
    bias_rad_s=st.floats(-0.05, 0.05),
    strides=st.integers(2, 6),
)
def test_every_step_is_found_once(time_s, push_off_rad_s, slap_rad_s, bias_rad_s, strides):
    """From slow and flat to brisk, with bias and noise: a stride has one heel-off in push-off, one landing at the slap.

    Bounds of the sensor: 0.05 rad/s of bias is 3 deg/s, five times that of a small MEMS gyroscope after power-up.
    """
    one = stride(time_s, push_off_rad_s, slap_rad_s)
    walk = np.concatenate([STANDING, *[one] * strides, STANDING])
    on_s, off_s = phases(walk, 0.02, bias_rad_s)
    t0_s = 1.5 + one.size / RATE_HZ * np.arange(strides)
    length_s = one.size / RATE_HZ
    assert on_s.size == off_s.size == strides
    assert np.all(on_s > t0_s + 0.35 * length_s) and np.all(on_s < t0_s + 0.58 * length_s)
    assert np.all(off_s > t0_s + (LANDING - 0.08) * length_s) and np.all(off_s < t0_s + length_s + 0.1)


def test_standing_shifting_and_turning_ask_for_nothing():
    """Standing with noise, rocking by 4 deg, a slow turn of the foot of 4 deg: no stimulation."""
    t_s = np.arange(1000) / RATE_HZ
    rocking = 0.07 * 2 * np.pi * np.cos(2 * np.pi * t_s)  # +-0.07 rad at 1 Hz, 0.44 rad/s
    for w in (np.zeros(1000), rocking, np.where((t_s > 2) & (t_s < 3), -0.07, 0.0)):
        assert phases(w, 0.02)[0].size == 0


def test_a_stop_in_mid_walk_costs_no_step():
    """Three strides, ten seconds of standing with bias, three strides: six steps are found."""
    walk = np.concatenate([STANDING, *[stride()] * 3, np.zeros(1000), *[stride()] * 3, STANDING])
    on_s, _ = phases(walk, 0.02, bias_rad_s=0.03)
    assert on_s.size == 6


def test_a_heel_that_comes_down_again_is_a_false_start():
    """The heel rises by 10 deg and sinks again: what was asked for is called off without a swing."""
    rise = np.concatenate([np.full(15, -1.2), np.full(15, 1.2)])
    on_s, off_s = phases(np.concatenate([STANDING, rise, STANDING]))
    assert on_s.size == off_s.size == 1 and off_s[0] - on_s[0] < 0.4


def test_a_foot_that_is_held_still_in_the_air_is_let_go():
    """No landing is seen: after 0.6 s of stillness the machine stands again, and the next step is found."""
    half = stride()[:92]  # up to the middle of swing
    on_s, off_s = phases(np.concatenate([STANDING, half, np.zeros(300), np.zeros(100), stride(), STANDING]))
    assert off_s.size >= 1 and off_s[0] < 1.5 + 0.92 + 0.8
    assert on_s.size == 2


def _run(w_rad_s, defects=None, cuts_s=(), settings=None):
    plant = Plant(IMU, settings or ImuSettings(jitter_s=0.0), defects or {}, NAMED_LOADS["500 ohm"], Streams(3))
    edges = [0, *(round(cut_s * 1e9) for cut_s in cuts_s), round(w_rad_s.size / RATE_HZ * 1e9)]
    rows = []
    with np.errstate(over="ignore"):
        for t0_ns, t1_ns in pairwise(edges):
            first, last = (-(-t_ns // 10_000_000) for t_ns in (t0_ns, t1_ns))
            signal = Signal(w_rad_s[first:last], first * 10_000_000, RATE_HZ, "rad/s")
            rows.append(plant.advance(Stimulus(t0_ns, t1_ns, {"foot_imu.gz": signal})).channels[0])
        return plant.delivered()["t_s"], np.concatenate(rows).tobytes()


WALK = np.concatenate([STANDING, *[stride()] * 4, STANDING])


def test_the_device_stimulates_from_heel_off_to_landing_and_a_while_longer():
    """One train a stride; it begins in push-off, and its last pulse comes with extension and ramp after the landing."""
    t_s, _ = _run(WALK)
    starts = np.flatnonzero(np.diff(t_s, prepend=-1e9) > 0.15)
    assert starts.size == 4
    t0_s = 1.5 + 1.2 * np.arange(4)
    begin_s, end_s = t_s[starts], t_s[np.append(starts[1:] - 1, t_s.size - 1)]
    assert np.all((begin_s > t0_s + 0.42) & (begin_s < t0_s + 0.70))
    assert np.all((end_s > t0_s + 1.12 + 0.3) & (end_s < t0_s + 1.12 + 0.55))


def test_a_deaf_device_misses_short_steps():
    """`deaf` by 40 deg: a short step that a sound device answers goes unanswered."""
    short = np.concatenate([STANDING, *[stride(push_off_rad_s=3.0)] * 3, STANDING])
    assert _run(short)[0].size > 0
    assert _run(short, {"deaf": 0.7})[0].size == 0


def test_any_cut_gives_the_same_segments_of_the_imu():
    """Blocks of any length, also shorter than a sample, change no bit."""
    assert _run(WALK, cuts_s=(0.0033, 0.004, 1.9, 2.0101, 2.0103, 2.7, 3.33333, 6.0))[1] == _run(WALK)[1]


@pytest.mark.kernels
def test_the_machine_runs_as_plain_python():
    """The kernel's own source gives the same instants as its compiled form."""
    compiled_on_s, compiled_off_s = phases(WALK)
    changes = np.zeros((100, 2), np.int64)
    plain = getattr(look_at_ticks, "py_func", look_at_ticks)
    n = plain(standing(), 9_000_000_000, 0, 5e6, WALK, 0, 10_000_000, FootPhaseRules().array(), changes)
    found = changes[:n]
    assert (found[found[:, 1] == 1, 0] / 1e9).tolist() == compiled_on_s[compiled_on_s < 9.0].tolist()
    assert (found[found[:, 1] == 0, 0] / 1e9).tolist() == compiled_off_s[compiled_off_s < 9.0].tolist()
