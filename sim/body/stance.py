"""The ankle in stance, where the foot is held by the floor: flat until heel-off, then rolling over its toes.

    ankle = foot - shank,  foot = 0 until heel-off, then f_toe_off (3 u^2 - 2 u^3), u = 0..1 from heel-off to toe-off

The shank is the prescribed one of the manner, without the stride's noise. The smooth curve over the toes is drawn,
not simulated (design choice). On top of it stimulation lifts the ankle against the stiffness that it meets at toe-off
(`sim.body.pushoff`; one stiffness for all of stance is a design choice): a strong train that begins at once stretches
the calf faster than the reflex bears, the same train behind a ramp does not.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.body.layout import (
    B_LIFT,
    B_REFLEX,
    B_STANCE_RATE,
    C_FOOT_TOE_OFF,
    C_PAUSE,
    C_REFLEX_GAIN,
    C_REFLEX_START,
    C_SHANK,
    C_THIGH,
    I_IDLE,
    I_PROVOKED,
    I_ROLLED,
    I_STRIDE,
    I_T,
    RING,
    S_HEEL_OFF,
    S_MOVING,
    S_NEXT,
    S_T0,
    S_TOE_OFF,
    STEP_NS,
)
from sim.body.pushoff import lifted_rad, stimulated_n_m
from sim.body.reflex import DELAY_NS, TIME_CONSTANT_S, reflex_step
from sim.compiled import borrowing
from sim.gait.leg import leg_at


@borrowing
def rolled(k: int, t_ns: int, stride_ns: NDArray[np.int64]) -> float:
    """How far the foot of stride k has rolled over its toes: 0 at heel-off, 1 at toe-off."""
    lasts = stride_ns[k, S_TOE_OFF] - stride_ns[k, S_HEEL_OFF]
    if lasts <= 0:
        return 0.0
    return min(max((t_ns - stride_ns[k, S_HEEL_OFF]) / lasts, 0.0), 1.0)


@borrowing
def stance_rate_rad_s(
    k: int, t_ns: int, base: NDArray[np.float64], const: NDArray[np.float64], stride_ns: NDArray[np.int64]
) -> float:
    """Dorsiflexion rate that stance prescribes for the ankle of stride k, rad/s; 0 while the walker stands still."""
    if k >= stride_ns.shape[0]:
        return 0.0
    moving = stride_ns[k, S_MOVING]
    since = t_ns - stride_ns[k, S_T0]
    pause = stride_ns[k, S_NEXT] - stride_ns[k, S_T0] - moving
    stands = int(const[C_PAUSE] * moving)
    if pause > 0 and since > stands:
        if since < stands + pause:
            return 0.0
        since -= pause
    rate = -leg_at(base, since / moving, 1e9 / moving, const[C_THIGH], const[C_SHANK])[1]
    u = rolled(k, t_ns, stride_ns)
    if 0.0 < u < 1.0:
        lasts_s = (stride_ns[k, S_TOE_OFF] - stride_ns[k, S_HEEL_OFF]) * 1e-9
        rate += const[C_FOOT_TOE_OFF] * 6.0 * u * (1.0 - u) / lasts_s
    return rate


LOOKS: Final = 32
"""Instants at which the roll-over of a stance is looked at."""
SURELY: Final = 0.9
"""Of the threshold: what no rate between two looks exceeds."""
MEMORY: Final = 24
"""Slots of the ring that the delay can reach back to."""


@borrowing
def idle_to(ints: NDArray[np.int64], t_ns: int) -> None:
    """Nothing happens above a standing foot until `t_ns`."""
    if ints[I_IDLE] < 0:
        ints[I_IDLE] = ints[I_T]
    ints[I_T] = t_ns


@borrowing
def end_idling(
    ints: NDArray[np.int64],
    body: NDArray[np.float64],
    ring: NDArray[np.float64],
    base: NDArray[np.float64],
    const: NDArray[np.float64],
    stride_ns: NDArray[np.int64],
) -> None:
    """What has become of the reflex while nothing drove it: closed form; and the rates that can still matter."""
    if ints[I_IDLE] < 0:
        return
    if const[C_REFLEX_GAIN] > 0.0:
        body[B_REFLEX] *= math.exp(-(ints[I_T] - ints[I_IDLE]) * 1e-9 / TIME_CONSTANT_S)
        last = ints[I_T] // STEP_NS
        for slot in range(max(ints[I_IDLE] // STEP_NS + 1, last - MEMORY), last + 1):
            ring[slot % RING] = stance_rate_rad_s(ints[I_STRIDE], slot * STEP_NS, base, const, stride_ns)
        body[B_LIFT] = lifted_rad(stimulated_n_m(body, const), const)
        body[B_STANCE_RATE] = stance_rate_rad_s(ints[I_STRIDE], ints[I_T], base, const, stride_ns)
    ints[I_IDLE] = -1


@borrowing
def is_driven(
    ints: NDArray[np.int64], base: NDArray[np.float64], const: NDArray[np.float64], stride_ns: NDArray[np.int64]
) -> bool:
    """Whether landing or the roll-over of this stance may still drive the reflex; stimulation is not looked at."""
    if const[C_REFLEX_GAIN] <= 0.0:
        return False
    k, t = ints[I_STRIDE], ints[I_T]
    if ints[I_ROLLED] != k:
        until = t
        lasts = stride_ns[k, S_TOE_OFF] - t if k < stride_ns.shape[0] else 0
        for i in range(LOOKS):
            at = t + lasts * i // LOOKS
            if stance_rate_rad_s(k, at, base, const, stride_ns) > SURELY * const[C_REFLEX_START]:
                until = at + lasts // LOOKS
        ints[I_ROLLED], ints[I_PROVOKED] = k, until + DELAY_NS + 2 * STEP_NS
    return t < ints[I_PROVOKED]


@borrowing
def may_lift(ints: NDArray[np.int64], const: NDArray[np.float64], stride_ns: NDArray[np.int64]) -> bool:
    """Whether stimulation may be lifting the ankle of a patient who has a stretch reflex: from heel-off on."""
    k = ints[I_STRIDE]
    return const[C_REFLEX_GAIN] > 0.0 and k < stride_ns.shape[0] and ints[I_T] >= stride_ns[k, S_HEEL_OFF]


@borrowing
def stretch(
    ints: NDArray[np.int64],
    body: NDArray[np.float64],
    ring: NDArray[np.float64],
    base: NDArray[np.float64],
    const: NDArray[np.float64],
    stride_ns: NDArray[np.int64],
    end_ns: int,
) -> None:
    """One step of the reflex in stance, from now to `end_ns`."""
    k, t = ints[I_STRIDE], ints[I_T]
    lift = lifted_rad(stimulated_n_m(body, const), const)
    before = body[B_STANCE_RATE]
    after = stance_rate_rad_s(k, end_ns, base, const, stride_ns) + (lift - body[B_LIFT]) / ((end_ns - t) * 1e-9)
    for slot in range(t // STEP_NS + 1, end_ns // STEP_NS + 1):
        ring[slot % RING] = before + (after - before) * (slot * STEP_NS - t) / (end_ns - t)
    body[B_LIFT], body[B_STANCE_RATE] = lift, after
    reflex_step(body, const, ring, t, end_ns - t)
