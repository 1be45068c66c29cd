"""The stretch reflex of a spastic calf: plantarflexing torque some time after a fast dorsiflexion.

    T' = (G [v(t - 40 ms) - v_th]+ - T) / 30 ms,  v the dorsiflexion rate

Source: delay, threshold and gains are design choices around Galiana 2005 (4 of 11 stroke ankles raised, mostly in
reflex gain). The rate is kept on the absolute grid of the steps. In stance the roll-over of the shank gives it, and in
push-off stimulation that lifts the ankle adds to it: a fast ramp may pass the threshold where a slow one does not,
which is why foot-drop stimulators have a rising ramp ("to prevent a sudden contraction that might induce a stretch
reflex of the calf", Odstock Medical). In swing and in the loading response it is the rate of the integrated foot.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.body.layout import (
    B_BURSTS,
    B_REFLEX,
    B_REFLEX_PEAK,
    C_REFLEX_GAIN,
    C_REFLEX_START,
    RING,
    STEP_NS,
)
from sim.compiled import borrowing
from sim.timebase import NS_PER_MS

DELAY_NS: Final = 40 * NS_PER_MS
TIME_CONSTANT_S: Final = 0.030
REST_N_M: Final = 1e-6
"""A torque below this, with nothing driving it, is none."""


@borrowing
def _drive_n_m(ring: NDArray[np.float64], const: NDArray[np.float64], t_ns: int) -> float:
    """What the reflex strives for at `t_ns`, N m; the rate of 40 ms ago by a cubic through four points of the grid."""
    at = t_ns - DELAY_NS
    k = at // STEP_NS
    u = (at - k * STEP_NS) / STEP_NS
    a, b, c, d = ring[(k - 1) % RING], ring[k % RING], ring[(k + 1) % RING], ring[(k + 2) % RING]
    rate = b + 0.5 * u * (c - a + u * (2.0 * a - 5.0 * b + 4.0 * c - d + u * (3.0 * (b - c) + d - a)))
    return const[C_REFLEX_GAIN] * max(0.0, rate - const[C_REFLEX_START])


@borrowing
def reflex_step(
    body: NDArray[np.float64], const: NDArray[np.float64], ring: NDArray[np.float64], t_ns: int, h_ns: int
) -> tuple[float, float, float]:
    """Bring the reflex forward by `h_ns` (Simpson's rule); its torque at start, middle and end of the step, N m."""
    if const[C_REFLEX_GAIN] <= 0.0:
        return 0.0, 0.0, 0.0
    first, last = _drive_n_m(ring, const, t_ns), _drive_n_m(ring, const, t_ns + h_ns)
    mid = _drive_n_m(ring, const, t_ns + h_ns // 2)
    h = h_ns * 1e-9 / TIME_CONSTANT_S
    half = math.exp(-0.5 * h)
    start = body[B_REFLEX]
    if start == 0.0 and first == 0.0 and mid == 0.0 and last == 0.0:
        return 0.0, 0.0, 0.0
    middle = start * half + h / 24.0 * (5.0 * first * half + 8.0 * mid - last / half)
    end = start * half * half + h / 6.0 * (first * half * half + 4.0 * mid * half + last)
    if end < REST_N_M and last == 0.0:
        end = 0.0
    body[B_REFLEX] = end
    body[B_REFLEX_PEAK] = max(body[B_REFLEX_PEAK], end)
    if first == 0.0 and last > 0.0:
        body[B_BURSTS] += 1.0
    return start, middle, end


@borrowing
def keep_rate(ring: NDArray[np.float64], t_ns: int, rate_rad_s: float) -> None:
    """Remember the dorsiflexion rate where `t_ns` stands on the grid of the steps."""
    if t_ns % STEP_NS == 0:
        ring[(t_ns // STEP_NS) % RING] = rate_rad_s
