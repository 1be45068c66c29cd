"""The speed law beyond row 5 of the validation table."""

import pytest

from sim.gait.speed_law import step_length_m, stride_time_s


def test_step_length_over_step_time_is_the_speed():
    """The two laws are one: length / time = speed, exactly as their exponents say (0.514 + 0.486 = 1)."""
    for speed in (0.3, 0.9, 1.4):
        assert step_length_m(speed, 0.88) / (0.5 * stride_time_s(speed, 0.88)) == pytest.approx(speed, rel=1e-12)
