"""The prescribed cycle: smooth, standing on the floor, carried by a second person too (row 3: validation table)."""

import numpy as np
import pytest

from scenarios.measured import load_measured
from sim.body.preparation import one_swing, prepare
from sim.gait.leg import leg_at
from sim.gait.speed_law import stride_time_s


def test_the_second_person_can_be_walked_on(healthy):
    """The Rajagopal cycle carries a healthy walk: a swing offset under 40 mm, and the calibrated clearance of 15 mm."""
    ready = prepare(healthy, load_measured("rajagopal2016"), 1.24)
    assert abs(ready.swing_offset_m) < 0.040
    assert one_swing(ready.cycle, ready.const).mtc_m == pytest.approx(0.015, abs=2e-6)


def test_hip_knee_and_ankle_paths_are_twice_differentiable(stroke, winter):
    """Position, velocity and acceleration of the ankle join at every node of the splines and over the seam."""
    cycle = prepare(stroke, winter, 0.55).cycle
    for node in (*np.linspace(0.0, 1.0, 201), cycle.targets.stance_ratio):
        before, after = (
            leg_at(cycle.base, node + step, 0.7, cycle.thigh_length_m, cycle.shank_length_m) for step in (-1e-9, 1e-9)
        )
        assert after[5:7] == pytest.approx(before[5:7], abs=1e-3)
        assert after[3:5] == pytest.approx(before[3:5], abs=1e-6)


def test_the_hip_stands_on_the_floor(stroke, healthy, peroneal, winter):
    """Closed hip heights at contact and toe-off lie not more than 5 mm above the one at mid-stance (model check 7)."""
    for patient, speed in ((healthy, 1.3), (healthy, 0.5), (stroke, 0.55), (peroneal, 0.9)):
        cycle = prepare(patient, winter, speed).cycle
        assert cycle.hip_contact_m <= cycle.hip_mid_stance_m + 0.005
        assert cycle.hip_toe_off_m <= cycle.hip_mid_stance_m + 0.005


def test_own_speed_gives_the_class_its_own_numbers(stroke, winter):
    """At the class's own speed the scaling returns its own values; elsewhere the ratio to the law is kept."""
    own = prepare(stroke, winter, stroke.speed_m_s).cycle.targets
    assert own.stride_time_s == pytest.approx(1.45)
    assert own.stance_ratio == pytest.approx(0.64)
    assert own.knee_peak_rad == pytest.approx(stroke.knee_peak_rad)
    assert own.thigh_peak_rad == pytest.approx(stroke.thigh_peak_rad)
    fast = prepare(stroke, winter, 0.75).cycle.targets
    law = stride_time_s(0.75, 0.88) / stride_time_s(0.55, 0.88)
    assert fast.stride_time_s == pytest.approx(1.45 * law)
    assert fast.stance_ratio == pytest.approx(0.64 - 0.08 * 0.2)
