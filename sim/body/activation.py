"""Force of the stimulated muscle: Ding's calcium and force model with fatigue, pulses at their exact instants.

    C_N' = (S - C_N) / tau_c                   S = sum of G_i exp(-(t - t_i) / tau_c)
    G_1 = 1,  G_i = 1 + (R0 - 1) exp(-(t_i - t_{i-1}) / tau_c),  R0 = K_m + 1.04
    F'   = A rho x - F / (tau_1 + tau_2 x)     x = C_N / (K_m + C_N)
    A'   = (A_rest - A) / tau_fat + a_A k F_s  and likewise tau_1 and K_m

S and C_N have a closed form between pulses; only F is integrated (Runge-Kutta 4). Recruitment rho scales A (more
fibres, the same calcium) and is held until the next pulse. F_s is the force that the same pulses raise at full
recruitment, F / rho where rho is constant: fatigue follows the work of the recruited fibres, which are the same at
every step. F_s is a state of its own because F / rho would explode on a falling ramp.

Each branch of the nerve, 0 deep and 1 superficial, has a state of its own. Where pulses come through several channels
the largest share of the last 100 ms counts: electrodes at one nerve excite the same fibres first (design choice).

Source: Ding, Wexler & Binder-Macleod 2003 (equations 1-5, constants of the 2003 set), as published in cocofest
(models/ding2003, MIT); time in seconds, so their 1e-7 ms^-2 is 0.1 s^-2.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.body.layout import (
    B_CALCIUM,
    B_DRIVE_SUM,
    B_GAIN_A,
    B_KM,
    B_RECRUITED,
    B_SHARES,
    B_SPECIFIC,
    B_STIMULATED,
    B_TAU1,
    BRANCH,
    C_FATIGUE,
    CHANNELS,
    I_FELT,
    I_LAST_PULSE,
    I_REST,
    I_RESTING,
    INT_BRANCH,
)
from sim.compiled import borrowing
from sim.timebase import NS_PER_MS

TAU_C_S: Final = 0.020
A_REST: Final = 3009.0
TAU1_REST_S: Final = 0.050957
TAU2_S: Final = 0.060
KM_REST: Final = 0.103
R0_LESS_KM: Final = 1.04
TAU_FATIGUE_S: Final = 127.0
ALPHA_A: Final = -0.40
ALPHA_TAU1: Final = 2.1e-5
ALPHA_KM: Final = 1.9e-5
FORCE_100_HZ: Final = 311.0
"""Steady force of this set at 100 Hz and full recruitment, N of its own scale: activation = F / 311."""
REST_FORCE: Final = 1e-4
"""Below this force (3e-7 of the maximum), and with little calcium, the muscle is at rest (design choice)."""
REST_CALCIUM: Final = 1e-6
HELD_NS: Final = 100 * NS_PER_MS
"""How long the share of one channel counts beside those of the others."""


@borrowing
def feel_pulse(
    body: NDArray[np.float64],
    ints: NDArray[np.int64],
    t_ns: int,
    recruited: float,
    branch: int = 0,
    channel: int = 1,
) -> None:
    """Add a pulse that takes effect at `t_ns`; S and C_N must have been brought to that instant."""
    at, last = branch * BRANCH, I_LAST_PULSE + branch * INT_BRANCH
    body[at + B_DRIVE_SUM] += 1.0
    if ints[last] >= 0:
        gap = (t_ns - ints[last]) * 1e-9
        body[at + B_DRIVE_SUM] += (body[at + B_KM] + R0_LESS_KM - 1.0) * math.exp(-gap / TAU_C_S)
    ints[last] = t_ns
    own = branch * CHANNELS + channel - 1
    body[B_SHARES + own] = recruited
    ints[I_FELT + own] = t_ns
    for other in range(branch * CHANNELS, (branch + 1) * CHANNELS):
        if ints[I_FELT + other] >= 0 and t_ns - ints[I_FELT + other] <= HELD_NS:
            recruited = max(recruited, body[B_SHARES + other])
    body[at + B_RECRUITED] = recruited


@borrowing
def decay_calcium(body: NDArray[np.float64], h: float, branch: int = 0) -> None:
    """Bring S and C_N forward by h seconds without a pulse: exact."""
    at = branch * BRANCH
    e = math.exp(-h / TAU_C_S)
    body[at + B_CALCIUM] = (body[at + B_CALCIUM] + body[at + B_DRIVE_SUM] * h / TAU_C_S) * e
    body[at + B_DRIVE_SUM] *= e


@borrowing
def wake(body: NDArray[np.float64], ints: NDArray[np.int64], t_ns: int, branch: int = 0) -> None:
    """End a rest at `t_ns`: closed-form decay of calcium and recovery from fatigue since it began."""
    at = branch * BRANCH
    h = (t_ns - ints[I_REST + branch * INT_BRANCH]) * 1e-9
    decay_calcium(body, h, branch)
    e = math.exp(-h / TAU_FATIGUE_S)
    body[at + B_GAIN_A] = A_REST + (body[at + B_GAIN_A] - A_REST) * e
    body[at + B_TAU1] = TAU1_REST_S + (body[at + B_TAU1] - TAU1_REST_S) * e
    body[at + B_KM] = KM_REST + (body[at + B_KM] - KM_REST) * e
    ints[I_RESTING + branch * INT_BRANCH] = 0


@borrowing
def force_step(
    body: NDArray[np.float64], const: NDArray[np.float64], h: float, branch: int = 0
) -> tuple[float, float, float, float]:
    """Bring the muscle forward by h seconds.

    Returns:
        The forces of the four Runge-Kutta stages, for the foot that is integrated with them.
    """
    at = branch * BRANCH
    half = math.exp(-0.5 * h / TAU_C_S)
    s0, c0, f = body[at + B_DRIVE_SUM], body[at + B_CALCIUM], body[at + B_SPECIFIC]
    # fatigue at mid-step, so that the step is of second order in it too
    work, part, share = const[C_FATIGUE] * f, 0.5 * h, 0.5 * h / TAU_FATIGUE_S
    gain = body[at + B_GAIN_A] + (A_REST - body[at + B_GAIN_A]) * share + ALPHA_A * work * part
    tau1 = body[at + B_TAU1] + (TAU1_REST_S - body[at + B_TAU1]) * share + ALPHA_TAU1 * work * part
    km = body[at + B_KM] + (KM_REST - body[at + B_KM]) * share + ALPHA_KM * work * part
    cm = (c0 + 0.5 * s0 * h / TAU_C_S) * half
    c1 = (c0 + s0 * h / TAU_C_S) * half * half
    x0, xm, x1 = c0 / (km + c0), cm / (km + cm), c1 / (km + c1)
    d0, dm, d1 = 1.0 / (tau1 + TAU2_S * x0), 1.0 / (tau1 + TAU2_S * xm), 1.0 / (tau1 + TAU2_S * x1)
    k1 = gain * x0 - f * d0
    k2 = gain * xm - (f + 0.5 * h * k1) * dm
    k3 = gain * xm - (f + 0.5 * h * k2) * dm
    k4 = gain * x1 - (f + h * k3) * d1
    specific = f + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
    mean_specific = 0.5 * (f + specific)
    gain *= body[at + B_RECRUITED]
    f0 = body[at + B_STIMULATED]
    k1 = gain * x0 - f0 * d0
    f2 = f0 + 0.5 * h * k1
    k2 = gain * xm - f2 * dm
    f3 = f0 + 0.5 * h * k2
    k3 = gain * xm - f3 * dm
    f4 = f0 + h * k3
    k4 = gain * x1 - f4 * d1
    body[at + B_STIMULATED] = f0 + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
    body[at + B_SPECIFIC] = specific
    body[at + B_CALCIUM] = c1
    body[at + B_DRIVE_SUM] = s0 * half * half
    work = const[C_FATIGUE] * mean_specific
    body[at + B_GAIN_A] += h * ((A_REST - body[at + B_GAIN_A]) / TAU_FATIGUE_S + ALPHA_A * work)
    body[at + B_TAU1] += h * ((TAU1_REST_S - body[at + B_TAU1]) / TAU_FATIGUE_S + ALPHA_TAU1 * work)
    body[at + B_KM] += h * ((KM_REST - body[at + B_KM]) / TAU_FATIGUE_S + ALPHA_KM * work)
    body[at + B_GAIN_A] = max(body[at + B_GAIN_A], 0.0)
    return f0, f2, f3, f4


@borrowing
def force_left(body: NDArray[np.float64], ints: NDArray[np.int64], t_ns: int, branch: int = 0) -> float:
    """What fatigue has left of the rested muscle's A at `t_ns`, 0..1; a muscle at rest recovers meanwhile."""
    lost = 1.0 - body[branch * BRANCH + B_GAIN_A] / A_REST
    if ints[I_RESTING + branch * INT_BRANCH] == 1:
        lost *= math.exp(-(t_ns - ints[I_REST + branch * INT_BRANCH]) * 1e-9 / TAU_FATIGUE_S)
    return 1.0 - lost


@borrowing
def rest_if_quiet(body: NDArray[np.float64], ints: NDArray[np.int64], t_ns: int, branch: int = 0) -> None:
    """Put the muscle to rest at `t_ns` once its force and its calcium have died away."""
    at = branch * BRANCH
    if (
        ints[I_RESTING + branch * INT_BRANCH] == 0
        and body[at + B_STIMULATED] < REST_FORCE
        and body[at + B_SPECIFIC] < REST_FORCE
        and body[at + B_CALCIUM] < REST_CALCIUM
    ):
        body[at + B_STIMULATED] = 0.0
        body[at + B_SPECIFIC] = 0.0
        ints[I_RESTING + branch * INT_BRANCH] = 1
        ints[I_REST + branch * INT_BRANCH] = t_ns
