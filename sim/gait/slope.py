"""Walking on a slope: joint angles in the frame of the ground.

Everything is told in a frame whose x axis runs along the ground, so that closing the hip height on the floor, clearance
and landing need no change; gravity is turned instead (`sim.body.drive`). With a the slope (uphill positive), W the
phase in percent of Winter's cycle and b a raised cosine:

    thigh from the ground's normal = thigh from the vertical - a + g_t a b(W; 60, 84, 106, 140)
    knee                           += g_k a b(W; 84, 98, 108, 130)                              uphill
    knee                           -= g_l a b(W; 5, 20, 60, 84)                                 downhill
    ankle in late swing            += g_a a (smoothly over swing)                               uphill

Uphill the hip and the knee are more flexed at contact and the ankle is more dorsiflexed; downhill the knee gives way in
stance and the hip is less flexed at contact. g_t = 1.3 up, 0.6 down; g_k = 1.9; g_l = 1.8; g_a = 0.8, in degrees a
degree. Source: directions and rounded sizes after Leroux 2002, Lay 2006 and McIntosh 2006 (0-10 deg), from memory of
the papers; the shapes over the cycle are design choices. The whole is linear in a and holds to 10 deg.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.gait.curves import bump

THIGH_UP: Final = 1.3
THIGH_DOWN: Final = 0.6
KNEE_CONTACT_UP: Final = 1.9
KNEE_STANCE_DOWN: Final = 1.8
ANKLE_UP: Final = 0.8
STEEPEST_RAD: Final = float(np.radians(10.0))
"""Largest slope for which the changes are linear (design choice inside the slopes that were measured)."""


def _around(winter: NDArray[np.float64], a: float, b: float, c: float, d: float) -> NDArray[np.float64]:
    """A bump that may run on beyond 100 % into the next cycle."""
    return bump(winter, a, b, c, d) + bump(winter + 100.0, a, b, c, d)


def thigh_change_rad(winter: NDArray[np.float64], slope_rad: float) -> NDArray[np.float64]:
    """Change of the thigh angle from the ground's normal, rad."""
    gain = THIGH_UP if slope_rad > 0.0 else THIGH_DOWN
    return slope_rad * (gain * _around(winter, 60.0, 84.0, 106.0, 140.0) - 1.0)


def knee_change_rad(winter: NDArray[np.float64], slope_rad: float) -> NDArray[np.float64]:
    """Change of the knee flexion, rad."""
    if slope_rad > 0.0:
        return KNEE_CONTACT_UP * slope_rad * _around(winter, 84.0, 98.0, 108.0, 130.0)
    return -KNEE_STANCE_DOWN * slope_rad * _around(winter, 5.0, 20.0, 60.0, 84.0)


def ankle_change_rad(slope_rad: float) -> float:
    """Change of the ankle in late swing and at contact, rad."""
    return ANKLE_UP * max(slope_rad, 0.0)
