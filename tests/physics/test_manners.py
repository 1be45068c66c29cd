"""Every manner of walking on its ground: model.md 1.3a point 7, and directions from the literature."""

import numpy as np
import pytest

from scenarios.walk_events import SHORT_STEP, SHUFFLE, TURN
from sim.body.drive import gravity_torque_n_m
from sim.body.preparation import one_swing, prepare
from sim.gait.manner import LEVEL, Manner


def _ramp(degrees):
    return Manner("uphill" if degrees > 0 else "downhill", slope_rad=float(np.radians(degrees)))


FLAT = (LEVEL, SHORT_STEP, TURN, SHUFFLE, Manner("late heel-off", heel_off_lead_s=0.06))
SLOPES = tuple(_ramp(degrees) for degrees in (-10, -5, 5, 10))
STAIRS = (Manner("upstairs", riser_m=0.17, tread_m=0.29), Manner("downstairs", riser_m=-0.17, tread_m=0.29))


@pytest.mark.parametrize("manner", [*FLAT, *SLOPES, *STAIRS], ids=lambda m: f"{m.name} {m.slope_rad:.2f}")
@pytest.mark.parametrize("name", ["healthy", "stroke", "peroneal"])
def test_the_path_of_the_hip_is_smooth(request, winter, name, manner):
    """All four curves of a cycle, and what is added to them, are continuous to the second derivative."""
    patient = request.getfixturevalue(name)
    cycle = prepare(patient, winter, patient.speed_m_s, manner).cycle
    for curves in (cycle.base, cycle.modes):
        c = curves.reshape(curves.shape[0], -1, 4)
        value, slope, bend = c.sum(axis=2), c[..., 1:] @ [1.0, 2.0, 3.0], c[..., 2] * 2.0 + c[..., 3] * 6.0
        following = np.roll(c, -1, axis=0)
        assert value == pytest.approx(following[..., 0], abs=1e-9)
        assert slope == pytest.approx(following[..., 1], abs=1e-9)
        assert bend == pytest.approx(2.0 * following[..., 2], abs=1e-9)


@pytest.mark.parametrize("manner", [*FLAT, *SLOPES], ids=lambda m: f"{m.name} {m.slope_rad:.2f}")
def test_a_healthy_forefoot_clears_the_ground_in_every_manner(healthy, winter, manner):
    """After 12 % of swing never below 0 (row 28 of the validation table), and as high as its manner asks."""
    ready = prepare(healthy, winter, healthy.speed_m_s, manner)
    swing = one_swing(ready.cycle, ready.const)
    assert swing.early_swing_min_m > 0.0 and swing.lowest_m > 0.0
    assert swing.mtc_m == pytest.approx(0.015 * manner.clearance_ratio, abs=2e-6)
    assert -0.06 < swing.landing_ratio < 0.06
    assert ready.cycle.hip_contact_m <= ready.cycle.hip_mid_stance_m + 0.0051
    assert ready.cycle.hip_toe_off_m <= ready.cycle.hip_mid_stance_m + 0.0051


@pytest.mark.parametrize("speed", [0.2, 0.3, 0.4, 1.4, 1.7, 2.0])
def test_the_ends_of_the_range_of_speeds(healthy, winter, speed):
    """0.2-2.0 m/s: clearance is solved, the foot lands near its instant; below 0.4 the rigid toe drags at first."""
    ready = prepare(healthy, winter, speed)
    swing = one_swing(ready.cycle, ready.const)
    assert swing.mtc_m == pytest.approx(0.015, abs=2e-6)
    assert abs(swing.landing_ratio) < 0.06
    assert swing.early_swing_min_m > (0.0 if speed >= 0.4 else -0.025)


def test_a_slope_turns_gravity_and_nothing_else_of_the_foot(healthy, winter):
    """Closed form: the torque of a foot's weight on a slope is that on the level of a foot turned by the slope."""
    level, hill = (prepare(healthy, winter, 1.3, manner).const for manner in (LEVEL, _ramp(8)))
    for foot in np.radians([-40.0, 0.0, 25.0]):
        on_hill = gravity_torque_n_m(np.sin(foot), np.cos(foot), 0.0, 0.0, hill)
        turned = foot + np.radians(8.0)
        assert on_hill == pytest.approx(gravity_torque_n_m(np.sin(turned), np.cos(turned), 0.0, 0.0, level), rel=1e-12)


def test_no_slope_is_level_to_the_last_bit(stroke, winter):
    """A ramp of 0 deg gives the very curves and constants of level walking."""
    level, flat = prepare(stroke, winter, 0.55), prepare(stroke, winter, 0.55, Manner("uphill", slope_rad=0.0))
    assert np.array_equal(level.cycle.base, flat.cycle.base)
    assert np.array_equal(level.const, flat.const)


def test_uphill_the_leg_is_more_flexed_at_contact_downhill_in_stance(healthy, winter):
    """Leroux 2002, Lay 2006, McIntosh 2006: uphill the leg is more flexed at contact, downhill the stance knee."""
    level, up, down = (prepare(healthy, winter, 1.3, manner).cycle for manner in (LEVEL, _ramp(5), _ramp(-5)))
    thigh = [np.degrees(cycle.base[0, 0] + cycle.manner.slope_rad) for cycle in (level, up, down)]
    knee = [np.degrees(cycle.base[:, 4]) for cycle in (level, up, down)]
    assert 4.0 < thigh[1] - thigh[0] < 10.0 and -5.0 < thigh[2] - thigh[0] < 0.0
    assert knee[1][0] - knee[0][0] > 6.0
    assert knee[2][60] - knee[0][60] > 6.0
    assert np.degrees(up.ankle_contact_rad - level.ankle_contact_rad) == pytest.approx(4.0, abs=0.5)


def test_late_heel_off_costs_the_head_start_and_the_pitch_of_the_foot(stroke, winter):
    """The time from heel-off to toe-off is what is asked (0-100 ms in flat-foot gait, model.md section 7)."""
    usual = prepare(stroke, winter, 0.55).cycle
    foot = []
    for lead in (0.36, 0.10, 0.05, 0.0):
        cycle = prepare(stroke, winter, 0.55, Manner("late heel-off", heel_off_lead_s=lead)).cycle
        aim = cycle.targets
        assert (aim.stance_ratio - aim.heel_off_ratio) * aim.stride_time_s == pytest.approx(lead, abs=2e-3)
        row = cycle.base[int(aim.stance_ratio * 200)]
        foot.append(np.degrees(row[0] - row[4] + cycle.ankle_toe_off_rad))
    assert foot[0] < foot[1] < foot[2] < foot[3]
    assert (usual.targets.stance_ratio - usual.targets.heel_off_ratio) * usual.targets.stride_time_s > 0.3


def test_the_outer_leg_of_a_turn_goes_further(healthy, winter):
    """Arc of the hip: radius times angle, so the two legs differ by the hips' distance times the angle."""
    inner, outer = (
        prepare(healthy, winter, 1.0, Manner("turn", path_change_m=sign * 0.085 * np.pi / 4)).cycle.targets
        for sign in (-1.0, 1.0)
    )
    length = [aim.pace_m_s * aim.stride_time_s for aim in (inner, outer)]
    assert length[1] - length[0] == pytest.approx(0.17 * np.pi / 4)
    assert inner.thigh_scale < outer.thigh_scale


def test_a_shuffling_heel_stays_down_and_the_steps_are_short(stroke, winter):
    """Less than half the step and two thirds of the knee of the level walk; the foot leaves the floor flat."""
    level, shuffle = prepare(stroke, winter, 0.55).cycle, prepare(stroke, winter, 0.55, SHUFFLE).cycle
    ratio = [c.targets.pace_m_s * c.targets.stride_time_s for c in (shuffle, level)]
    assert ratio[0] < 0.5 * ratio[1]
    assert shuffle.targets.flat_foot_ratio == 1.0
    assert shuffle.base[:, 4].max() < 0.65 * level.base[:, 4].max()
