"""The tilt sensor of the shank: the prescribed leg, smooth from stride to stride, the same however time is cut."""

import numpy as np
import pytest

from sim.gait.leg import leg_at
from sim.sensor.shank_tilt import ShankTilt
from sim.timebase import NS_PER_MS
from sim.world import BlockLimits

PURE = ShankTilt(noise_rad=0.0, wander_rad=0.0, resolution_rad=0.0, delay_s=0.0, rate_hz=1000.0)
CUTS = [BlockLimits(NS_PER_MS, False), BlockLimits(3_700_001, False), BlockLimits(10 * NS_PER_MS, False)]


def test_any_block_and_the_replay_give_the_same_samples(scene):
    """The block rule: blocks of 1, 3.7 and 10 ms, horizon blocks, and a replay with every pulse known beforehand."""
    sensor = ShankTilt()
    reference, blocks = scene.emitted(sensor)
    for limits in CUTS:
        assert np.array_equal(scene.emitted(sensor, limits)[0]["shank_tilt"], reference["shank_tilt"])
    assert np.array_equal(scene.replayed(sensor)[0]["shank_tilt"], reference["shank_tilt"])
    assert blocks < 8 * scene.strides, "the shank needs nothing of the foot, so blocks are long"


def test_it_shows_the_leg_that_swings(scene):
    """From 60 % of stance to toe contact the angle is that of the body's own leg (thigh less knee) to 1e-12."""
    signals, walker = scene.replayed(PURE)
    schedule = walker.schedule
    for k in range(1, schedule.strides + 1):
        curve = walker.stride_curves(k)
        for phase in np.linspace(0.5, 0.99, 12):
            index = round(schedule.instant_ns(k, float(phase)) / NS_PER_MS)
            moving = int(schedule.stride_time_ns[k] - schedule.pause_ns[k])
            at = 1.0 - (int(schedule.t0_ns[k + 1]) - index * NS_PER_MS) / moving
            expected = leg_at(curve, at, 1.0, 0.4, 0.4)[0]
            assert signals["shank_tilt"][index] == pytest.approx(expected, abs=1e-9)


def test_the_angle_is_smooth_over_strides(scene_of):
    """Each stride has a leg of its own; the sensor goes from one to the next without a step in angle or rate."""
    signals, walker = scene_of(pauses=()).replayed(PURE)
    rate = np.diff(signals["shank_tilt"]) * 1000.0
    last_ms = int(walker.schedule.t0_ns[-1]) // NS_PER_MS
    walking = rate[2_050:last_ms]
    assert np.abs(walking).max() < 8.0
    assert np.abs(np.diff(walking)).max() < 0.3, "no jump: 0.3 rad/s in 1 ms is the curvature of the knee itself"


def test_a_standing_leg_stands_still(scene):
    """Before the first step and in a pause the angle is constant."""
    signals, walker = scene.replayed(PURE)
    assert np.ptp(signals["shank_tilt"][:1_990]) < 1e-8
    start = int(walker.schedule.instant_ns(3, walker.schedule.pause_phase_ratio)) // NS_PER_MS
    assert np.ptp(signals["shank_tilt"][start + 2 : start + 698]) < 1e-8


def test_the_shank_leans_as_measured_legs_do(scene_of):
    """Winter 2009, table A.1: some +18 deg at heel strike, -50 deg near toe-off, in a healthy adult."""
    signals, walker = scene_of(patient="healthy_young", speed_m_s=1.4, pauses=()).replayed(PURE)
    schedule = walker.schedule
    strike = signals["shank_tilt"][int(schedule.t0_ns[3]) // NS_PER_MS]
    toe_off = signals["shank_tilt"][int(schedule.toe_off_ns[3]) // NS_PER_MS]
    assert np.degrees(strike) == pytest.approx(18.3, abs=5.0)
    assert np.degrees(toe_off) == pytest.approx(-50.5, abs=6.0)


def test_errors_of_the_sensor_are_those_of_its_description(scene_of):
    """Offset, noise, wander, range, resolution and delay each do what their names say."""
    still = scene_of(strides=1, pauses=())
    pure = still.replayed(PURE)[0]["shank_tilt"]

    def with_(**changes):
        values = {name: getattr(PURE, name) for name in PURE.__slots__}
        return still.replayed(ShankTilt(**values | changes))[0]["shank_tilt"]

    assert np.allclose(with_(offset_rad=0.1) - pure, 0.1, atol=1e-15)
    noise = with_(noise_rad=0.01) - pure
    assert noise.std() == pytest.approx(0.01, rel=0.05) and abs(noise.mean()) < 1e-3
    wander = with_(wander_rad=0.02, wander_time_s=0.05) - pure
    assert wander.std() == pytest.approx(0.02 * np.sqrt(26 / 35), rel=0.25), "mean square of a smooth step: 26/35"
    assert np.abs(np.diff(wander)).max() < 0.004
    assert np.abs(with_(range_rad=0.3)).max() == 0.3
    steps = with_(resolution_rad=0.01) / 0.01
    assert np.allclose(steps, np.rint(steps), atol=1e-9)
    assert np.array_equal(with_(delay_s=0.05)[50:], pure[:-50])
