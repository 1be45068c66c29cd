"""A slow wander as a function of time alone: normal values at even knots, joined by smooth steps."""

import numpy as np
from numpy.typing import NDArray

from sim.compiled import borrowing
from sim.noise import normal_at


@borrowing
def wander_at(key: np.uint64, t_ns: int, knot_ns: int, inverse_normal: NDArray[np.float32]) -> float:
    """Wander at `t_ns`, unit variance at the knots, slope zero there.

    Args:
        key: from `Streams.key`.
        t_ns: instant, not negative.
        knot_ns: time between knots.
        inverse_normal: `sim.noise.INVERSE_NORMAL`.
    """
    knot = t_ns // knot_ns
    u = (t_ns - knot * knot_ns) / knot_ns
    a = float(normal_at(key, knot, inverse_normal))
    b = float(normal_at(key, knot + 1, inverse_normal))
    return a + (b - a) * u * u * (3.0 - 2.0 * u)
