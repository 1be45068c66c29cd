"""The prescribed leg of one stride, for whoever needs it beside the body: plots and sensors."""

import numpy as np
from numpy.typing import NDArray

from sim.body import layout as at
from sim.body.advance import LATEST_LANDING
from sim.body.buffers import Buffers
from sim.body.clock import clock_at
from sim.body.pushoff import held_rad
from sim.body.takeoff import compose_stride
from sim.gait.leg import leg_at
from sim.timebase import NEVER


def stride_curves(k: int, buffers: Buffers) -> NDArray[np.float64]:
    """Spline coefficients of stride k with its compensation and its offsets, (200, 16) as `sim.gait.leg` wants them.

    The demand of a stride follows from the swing before it: it is known once that swing has landed.
    """
    manner = buffers.stride_ns[k, at.S_MANNER]
    body, work = buffers.body.copy(), buffers.work.copy()
    if np.isfinite(buffers.results[k, at.R_DEMAND]):
        body[at.B_DEMAND] = buffers.results[k, at.R_DEMAND]
    compose_stride(k, body, buffers.consts[manner], buffers.stride, buffers.bases[manner], buffers.modes[manner], work)
    return work


def prescribed_legs(
    buffers: Buffers, pause_phase_ratio: float, led_over_ratio: float
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """When the leg of each stride begins, and what it is made of.

    The swing of a stride ends with its own leg; that of the next begins at the latest instant at which it has landed.

    Args:
        buffers: of the walk.
        pause_phase_ratio: phase at which a pause is inserted.
        led_over_ratio: part of stance by which the leg is that of its own stride.

    Returns:
        (N + 1, 4) prescribed start, time without pause, end, begin of the leg, ns; (N + 1, 5) phase of the pause, phase
        by which the leg is its own, slope of the ground (rad, uphill positive), thigh and shank (m).
    """
    strides = buffers.stride_ns
    consts = buffers.consts[strides[:, at.S_MANNER]]
    legs = np.empty((strides.shape[0], 4), np.int64)
    legs[:, 0], legs[:, 1], legs[:, 2] = strides[:, at.S_T0], strides[:, at.S_MOVING], strides[:, at.S_NEXT]
    legs[0, 3] = -NEVER
    legs[1:, 3] = strides[:-1, at.S_NEXT] + (LATEST_LANDING * strides[:-1, at.S_MOVING]).astype(np.int64)
    shape = np.empty((strides.shape[0], 5))
    shape[:, 0] = pause_phase_ratio
    shape[:, 1] = led_over_ratio * consts[:, at.C_STANCE]
    shape[:, 2] = np.arctan2(consts[:, at.C_GRAVITY_X], consts[:, at.C_GRAVITY_Y])
    shape[:, 3], shape[:, 4] = consts[:, at.C_THIGH], consts[:, at.C_SHANK]
    return legs, shape


def leaving_foot(k: int, work: NDArray[np.float64], buffers: Buffers) -> tuple[float, float]:
    """Angle (rad) and rate (rad/s) with which the foot leaves the floor in stride k if no muscle is stimulated then.

    Args:
        k: stride.
        work: its curves, from `stride_curves`.
        buffers: of the walk.
    """
    const = buffers.consts[buffers.stride_ns[k, at.S_MANNER]]
    phase, rate, _, s_rate = clock_at(k, int(buffers.stride_ns[k, at.S_TOE_OFF]), buffers.stride_ns, const[at.C_STANCE])
    leg = leg_at(work, phase, rate, const[at.C_THIGH], const[at.C_SHANK])
    return const[at.C_ANKLE_TOE_OFF] + held_rad(const) + leg[0], leg[1] + const[at.C_ANKLE_RATE] * s_rate
