"""The passive ankle and the moment arm beyond rows 4 and 29 of the validation table."""

import numpy as np
import pytest

from sim.body.ankle import moment_arm_m, passive_torque_n_m

KNEE_RAD = np.radians(30.0)


@pytest.mark.kernels
@pytest.mark.parametrize("torque_n_m", [6.2, 9.5])
def test_resistance_at_ten_degrees(torque_n_m):
    """The calf term at 10 deg is the measured resistance (6.2 control, 9.5 stroke), less 1.8 N m of other tissue."""
    total = passive_torque_n_m(np.radians(10.0), KNEE_RAD, torque_n_m)
    print(f"sum at 10 deg: {total:.2f} N m")
    assert total - 1.8 == pytest.approx(-torque_n_m, abs=0.01)


@pytest.mark.kernels
def test_the_plantarflexion_stop_pushes_back():
    """Beyond -28 deg the torque turns steeply dorsiflexing: it grows by more than 1 N m/deg at -45 deg."""
    torque = [passive_torque_n_m(np.radians(q), KNEE_RAD, 6.2) for q in (-45.0, -44.0)]
    assert torque[0] - torque[1] > 1.0


@pytest.mark.kernels
def test_moment_arm_of_tibialis_anterior():
    """3.74, 4.20, 4.34 cm at -20, 0, 20 deg within 4 % (path geometry of gait2392)."""
    for angle, arm in ((-20.0, 0.0374), (0.0, 0.0420), (20.0, 0.0434)):
        assert moment_arm_m(np.radians(angle)) == pytest.approx(arm, rel=0.04)
