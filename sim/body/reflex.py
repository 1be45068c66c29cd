"""The stretch reflex of a spastic calf: plantarflexing torque some time after a fast dorsiflexion.

    T' = (G [v(t - 40 ms) - v_th]+ - T) / 30 ms,  v the dorsiflexion rate

Source: delay, threshold and gains are design choices around Galiana 2005 (4 of 11 stroke ankles raised, mostly in
reflex gain). The rate is kept on the absolute millisecond grid; before toe-off the foot stands and it counts as 0.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.body.layout import B_REFLEX, C_REFLEX_GAIN, C_REFLEX_START, RING
from sim.compiled import compiled, inlined
from sim.timebase import NS_PER_MS

DELAY_NS: Final = 40 * NS_PER_MS
TIME_CONSTANT_S: Final = 0.030


@compiled
def _delayed(ring: NDArray[np.float64], t_ns: int) -> float:
    at = t_ns - DELAY_NS
    k = at // NS_PER_MS
    u = (at - k * NS_PER_MS) / NS_PER_MS
    return ring[k % RING] * (1.0 - u) + ring[(k + 1) % RING] * u


@inlined
def reflex_step(
    body: NDArray[np.float64], const: NDArray[np.float64], ring: NDArray[np.float64], t_ns: int, h_ns: int
) -> tuple[float, float, float]:
    """Bring the reflex forward by `h_ns`; its torque at start, middle and end of the step, N m."""
    gain = const[C_REFLEX_GAIN]
    if gain <= 0.0:
        return 0.0, 0.0, 0.0
    drive = gain * max(0.0, _delayed(ring, t_ns + h_ns // 2) - const[C_REFLEX_START])
    half = math.exp(-0.5e-9 * h_ns / TIME_CONSTANT_S)
    start = body[B_REFLEX]
    middle = drive + (start - drive) * half
    end = drive + (start - drive) * half * half
    body[B_REFLEX] = end
    return start, middle, end


@inlined
def keep_rate(ring: NDArray[np.float64], t_ns: int, rate_rad_s: float) -> None:
    """Remember the dorsiflexion rate where `t_ns` stands on the millisecond grid."""
    if t_ns % NS_PER_MS == 0:
        ring[(t_ns // NS_PER_MS) % RING] = rate_rad_s
