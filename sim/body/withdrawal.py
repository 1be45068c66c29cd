"""Flexor withdrawal: strong pulses bend hip and knee, some time later.

A pulse above the patient's withdrawal threshold calls for a flexion u of 2 to 8 deg (a quarter of the patient's largest
at the threshold, all of it 0.7 motor thresholds above); 100 ms after it the leg follows

    b'' = (u - b) / tau^2 - 2 b' / tau,   tau = 60 ms

while it swings; u is held for 100 ms after the latest such pulse and the loaded leg does not bend. Hip and knee flex by
the same angle, so the shank keeps its prescribed inclination and only the foot rises (design choice).

Source: latency 80-120 ms and 2-8 deg, model.md 3.2; that the electrodes of such stimulators produce "a withdrawal
reflex, adding knee and hip flexion": Odstock Medical. Sizes and tau are design choices.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.body.layout import (
    B_BEND,
    B_BEND_PULL,
    B_BEND_RATE,
    C_WITHDRAWAL_LAG,
    I_PULSES,
    I_WITHDRAWAL,
    P_WITHDRAWAL,
    SWING,
)
from sim.compiled import borrowing
from sim.gait.leg import Bend
from sim.timebase import NS_PER_MS

LATENCY_S: Final = 0.100
"""From a pulse to the first flexion."""
HELD_NS: Final = 100 * NS_PER_MS
TAU_S: Final = 0.060
LEAST_RATIO: Final = 0.25
"""Flexion at the threshold, of the patient's largest."""
FULL_BEYOND: Final = 0.7
"""Multiples of the motor threshold above the withdrawal threshold at which flexion is largest."""


def called_for_rad(
    times: NDArray[np.float64], threshold: float, largest_rad: float, sensation: float
) -> NDArray[np.float64]:
    """Flexion that pulses call for, rad.

    Args:
        times: pulses in multiples of the motor threshold.
        threshold: of withdrawal, likewise.
        largest_rad: of this patient, rad.
        sensation: of the skin, 0..1.
    """
    above = times * sensation - threshold
    ratio = LEAST_RATIO + (1.0 - LEAST_RATIO) * np.clip(above / FULL_BEYOND, 0.0, 1.0)
    return np.where(above > 0.0, largest_rad * ratio, 0.0)


@borrowing
def pull_rad(
    t_ns: int,
    mode: int,
    ints: NDArray[np.int64],
    const: NDArray[np.float64],
    pulse_ns: NDArray[np.int64],
    pulse_felt: NDArray[np.float64],
) -> float:
    """Flexion that the leg strives for at `t_ns`, rad; none once it has landed."""
    if mode != SWING:
        return 0.0
    at = t_ns - int(const[C_WITHDRAWAL_LAG] * 1e9)
    k = ints[I_WITHDRAWAL]
    while k < ints[I_PULSES] and pulse_ns[k] <= at:
        k += 1
    ints[I_WITHDRAWAL] = k
    while k > 0 and at - pulse_ns[k - 1] <= HELD_NS:
        if pulse_felt[k - 1, P_WITHDRAWAL] > 0.0:
            return pulse_felt[k - 1, P_WITHDRAWAL]
        k -= 1
    return 0.0


@borrowing
def withdrawn(body: NDArray[np.float64], first: int, h: float) -> Bend:
    """Flexion h seconds after the state that begins at `first`: critically damped, exact for a constant pull."""
    u = body[first + B_BEND_PULL]
    if u == 0.0 and body[first + B_BEND] == 0.0 and body[first + B_BEND_RATE] == 0.0:
        return 0.0, 0.0, 0.0
    e0 = body[first + B_BEND] - u
    c = body[first + B_BEND_RATE] + e0 / TAU_S
    decay = math.exp(-h / TAU_S)
    e, rate = (e0 + c * h) * decay, (body[first + B_BEND_RATE] - c * h / TAU_S) * decay
    return u + e, rate, -e / (TAU_S * TAU_S) - 2.0 * rate / TAU_S
