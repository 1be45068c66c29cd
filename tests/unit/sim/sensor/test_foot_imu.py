"""The foot IMU against truths of its own: gravity at rest, integrals over a stride, a known turn, the shape of gait."""

import numpy as np
import pytest

from sim.sensor.foot_imu import FORCES, RATES, ROLES, FootImu, FootImuSensor, rotation
from sim.streams import Streams
from sim.timebase import NS_PER_MS
from sim.world import BlockLimits

GRAVITY = 9.81
PERFECT = FootImu(
    rate_hz=1000.0,
    mounting_error_rad=0.0,
    force_bias_m_s2=0.0,
    rate_bias_rad_s=0.0,
    force_noise_m_s2=0.0,
    rate_noise_rad_s=0.0,
    force_range_m_s2=1e4,
    rate_range_rad_s=1e3,
    force_resolution_m_s2=0.0,
    rate_resolution_rad_s=0.0,
)
CUTS = [BlockLimits(NS_PER_MS, False), BlockLimits(3_700_001, False), BlockLimits(10 * NS_PER_MS, False)]


def _with(**changes):
    return FootImu(**{name: getattr(PERFECT, name) for name in PERFECT.__slots__} | changes)


def _ms(t_ns):
    return int(t_ns) // NS_PER_MS


def test_any_block_and_the_replay_give_the_same_samples(scene):
    """The block rule: blocks of 1, 3.7 and 10 ms, horizon blocks, and a replay with every pulse known beforehand."""
    for sensor in (FootImu(), PERFECT):
        reference, _ = scene.emitted(sensor)
        others = [scene.emitted(sensor, limits)[0] for limits in CUTS] + [scene.replayed(sensor)[0]]
        for other in others:
            assert all(np.array_equal(other[role], reference[role]) for role in ROLES)


def test_a_trace_for_plots_changes_nothing(scene):
    """Steps that are kept for plots, and steps that are forgotten on the way, give the same samples."""
    world, parts = scene.world(PERFECT, trace=True), []
    world.add_pulses(scene.pulses)
    while not world.done:
        parts.append(world.advance(world.end_ns).signals["foot_imu.gz"].samples)
    assert np.array_equal(np.concatenate(parts), scene.replayed(PERFECT)[0]["foot_imu.gz"])
    assert world.walker.cycles()["ankle_rad"].shape == (scene.strides, 101)


def test_it_reads_gravity_at_rest(scene):
    """Standing before the walk, in a pause and in every foot-flat: +g along y, nothing else, to the last bit."""
    signals, walker = scene.replayed(PERFECT)
    schedule = walker.schedule
    spans = [(0, 2_000)]
    spans += [(_ms(walker.flat_ns[k - 1]) + 300, _ms(schedule.heel_off_ns[k])) for k in range(1, schedule.strides + 1)]
    for start, end in spans:
        assert end > start
        assert np.all(signals["foot_imu.ay"][start:end] == GRAVITY)
        for role in set(ROLES) - {"foot_imu.ay"}:
            assert np.all(signals[role][start:end] == 0.0)


def test_the_integral_of_the_rate_is_the_angle_of_the_foot(scene):
    """From flat to flat the gyroscope adds up to zero; to landing it adds up to the integrated angle, to 0.1 deg."""
    signals, walker = scene.replayed(PERFECT)
    rate = signals["foot_imu.gz"]
    angles = walker.strides()["foot_ic_rad"]
    for k in range(1, scene.strides + 1):
        start = _ms(walker.schedule.heel_off_ns[k]) - 50
        landed, flat = _ms(walker.landing_ns[k]), _ms(walker.flat_ns[k]) + 2
        assert np.trapezoid(rate[start : landed + 1], dx=1e-3) == pytest.approx(angles[k - 1], abs=0.012)
        assert np.trapezoid(rate[start:flat], dx=1e-3) == pytest.approx(0.0, abs=0.012)


def test_the_double_integral_of_the_force_is_the_stride(scene):
    """Turned into the ground's frame and freed of gravity, it adds up to zero velocity and to the stride's length.

    The prescribed leg does not meet the rolling foot exactly at toe-off, so the length holds to 8 % (a rigid foot).
    """
    signals, walker = scene.replayed(PERFECT)
    lengths = walker.schedule.stride_length_m
    for k in range(2, scene.strides + 1):
        span = slice(_ms(walker.schedule.heel_off_ns[k]) - 20, _ms(walker.flat_ns[k]) + 200)
        angle = np.concatenate([[0.0], np.cumsum(signals["foot_imu.gz"][span][:-1] * 1e-3)])
        ax, ay = signals["foot_imu.ax"][span], signals["foot_imu.ay"][span]
        forward = np.cos(angle) * ax - np.sin(angle) * ay
        upward = np.sin(angle) * ax + np.cos(angle) * ay - GRAVITY
        for force in (forward, upward):
            assert abs(force.sum() * 1e-3) < 0.06, "the foot stands again"
        length = np.cumsum(np.cumsum(forward) * 1e-3)[-1] * 1e-3
        assert length == pytest.approx((lengths[k - 1] + lengths[k]) / 2, rel=0.08)


def test_rate_and_angle_have_no_step_at_toe_off(scene):
    """The roll-over leads into the integrated swing: no more than the curvature of the motion in 1 ms."""
    rate = scene.replayed(PERFECT)[0]["foot_imu.gz"]
    walker = scene.replayed(PERFECT)[1]
    for k in range(scene.strides + 1):
        toe_off = _ms(walker.schedule.toe_off_ns[k])
        assert np.abs(np.diff(rate[toe_off - 20 : toe_off + 20])).max() < 0.25


def test_the_rate_has_the_shape_of_gait(scene_of):
    """Toes down before toe-off, up in mid-swing, down after heel strike, still in stance: the order of every foot IMU.

    Shape: Sabatini et al. 2005, fig. 3; peaks of a brisk healthy walk lie at some 200-700 deg/s.
    """
    signals, walker = scene_of(patient="healthy_young", speed_m_s=1.2, pauses=()).replayed(PERFECT)
    schedule, rate = walker.schedule, np.degrees(signals["foot_imu.gz"])
    for k in range(1, schedule.strides + 1):
        roll, toe_off = _ms(schedule.heel_off_ns[k]), _ms(schedule.toe_off_ns[k])
        landed, flat = _ms(walker.landing_ns[k]), _ms(walker.flat_ns[k])
        push_off, swing, strike = rate[roll:toe_off].min(), rate[toe_off:landed].max(), rate[landed:flat].min()
        assert -700.0 < push_off < -150.0
        assert 200.0 < swing < 700.0
        assert -700.0 < strike < -100.0
        assert np.abs(rate[flat + 5 : _ms(schedule.heel_off_ns[k]) if k == 0 else flat + 50]).max() == 0.0


def test_a_known_turn_shows_on_the_axes_it_must():
    """Rodrigues: 90 deg about z carries x to y; any rotation keeps lengths and is undone by its opposite."""
    assert np.allclose(rotation(np.array([0.0, 0.0, np.pi / 2])) @ [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], atol=1e-15)
    turn = rotation(np.array([0.3, -0.5, 0.2]))
    assert np.allclose(turn @ turn.T, np.eye(3), atol=1e-15) and np.linalg.det(turn) == pytest.approx(1.0)
    assert np.allclose(turn @ rotation(np.array([-0.3, 0.5, -0.2])), np.eye(3), atol=1e-15)


def test_a_tilted_sensor_reads_gravity_on_its_own_axes(scene):
    """Mounting error turns the axes and nothing else: at rest the three forces still have length g."""
    signals, _ = scene.replayed(_with(mounting_error_rad=0.2))
    at_rest = np.array([signals[role][100] for role in FORCES])
    assert np.linalg.norm(at_rest) == pytest.approx(GRAVITY, abs=1e-12)
    assert abs(at_rest[1]) < GRAVITY - 1e-3
    rates = np.array([signals[role] for role in RATES])
    assert np.allclose(np.linalg.norm(rates, axis=0), np.abs(scene.replayed(PERFECT)[0]["foot_imu.gz"]), atol=1e-12)


def test_errors_of_the_sensor_are_those_of_its_description(scene):
    """Bias is constant, noise has its rms and differs from role to role, range and resolution hold."""
    pure = scene.replayed(PERFECT)[0]
    biased = scene.replayed(_with(force_bias_m_s2=0.5, rate_bias_rad_s=0.05))[0]
    for role in ROLES:
        assert np.ptp(biased[role] - pure[role]) < 1e-12
    assert len({float(biased[role][0] - pure[role][0]) for role in ROLES}) == 6
    noisy = scene.replayed(_with(force_noise_m_s2=0.2, rate_noise_rad_s=0.02))[0]
    noise = np.array([noisy[role] - pure[role] for role in ROLES])
    assert np.allclose(noise.std(axis=1), [0.2] * 3 + [0.02] * 3, rtol=0.05)
    assert np.abs(np.corrcoef(noise) - np.eye(6)).max() < 0.06
    clipped = scene.replayed(_with(force_range_m_s2=12.0, rate_range_rad_s=2.0))[0]
    assert clipped["foot_imu.ay"].max() == 12.0 and np.abs(clipped["foot_imu.gz"]).max() == 2.0
    coarse = scene.replayed(_with(rate_resolution_rad_s=0.1))[0]["foot_imu.gz"] / 0.1
    assert np.allclose(coarse, np.rint(coarse), atol=1e-9)


def test_a_right_foot_mirrors_a_left_one(scene):
    """Forces and rates out of the sagittal plane change sign, the others do not, to the last bit."""
    worlds = [scene.world(FootImu()) for _ in range(2)]
    sensors = [FootImuSensor(FootImu(), Streams(scene.seed), leg) for leg in ("left", "right")]
    left, right = (
        sensor.emit(0, 1_000 * NS_PER_MS, world.walker) for sensor, world in zip(sensors, worlds, strict=True)
    )
    for role in ROLES:
        sign = -1.0 if role in {"foot_imu.az", "foot_imu.gx", "foot_imu.gy"} else 1.0
        assert np.array_equal(right[role].samples, sign * left[role].samples)
