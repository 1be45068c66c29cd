"""Flexion of hip and knee beyond the prescribed curves: flexor withdrawal, less what a weak push-off costs.

    bend(t) = withdrawal(t) - k shift w(s),   w = 198.8 s^3 (1 - s)^5 over swing s = 0..1, 1 at its peak s = 3/8

`shift` is the plantarflexion lost at toe-off, k the patient's `knee_push_off_ratio`; w is smooth to its second
derivative at both ends and highest near the peak of the knee (design choice). Hip and knee bend by the same angle: the
shank keeps its prescribed inclination, so that whatever senses the shank knows it beforehand (design choice).
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.body.layout import B_SHIFT, C_KNEE_PUSH
from sim.body.withdrawal import withdrawn
from sim.compiled import borrowing
from sim.gait.leg import Bend

PEAK: Final = 0.375
SCALE: Final = 1.0 / (PEAK**3 * (1.0 - PEAK) ** 5)


@borrowing
def bend_at(
    body: NDArray[np.float64], first: int, h: float, s: float, s_rate: float, const: NDArray[np.float64]
) -> Bend:
    """Flexion of hip and knee with its rate and acceleration.

    Args:
        body: state.
        first: where in it a step began: 0 for the present state, `BODY_FLOATS` for the one before a step.
        h: since then, s.
        s: swing phase at the instant asked for; above 1 in the loading response.
        s_rate: swings a second.
        const: constants.
    """
    angle, rate, acceleration = withdrawn(body, first, h)
    lost = const[C_KNEE_PUSH] * max(body[B_SHIFT], 0.0)
    if lost > 0.0 and 0.0 < s < 1.0:
        r, scale = 1.0 - s, lost * SCALE
        angle -= scale * s * s * s * r * r * r * r * r
        rate -= scale * s * s * r * r * r * r * (3.0 - 8.0 * s) * s_rate
        acceleration -= scale * s * r * r * r * (6.0 - 42.0 * s + 56.0 * s * s) * s_rate * s_rate
    return angle, rate, acceleration
