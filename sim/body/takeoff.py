"""Toe-off: the curves of the stride are laid down and the foot is let go."""

import math

import numpy as np
from numpy.typing import NDArray

from sim.body.clearance import begin_swing
from sim.body.clock import clock_at, place_m
from sim.body.compensation import excursion_m, shares
from sim.body.drive import feedforward
from sim.body.foot import BALL, HEEL, TOE
from sim.body.layout import (
    B_BEND,
    B_BEND_PEAK,
    B_BEND_PULL,
    B_BEND_RATE,
    B_DEMAND,
    B_EVERSION_WORK,
    B_GROUND,
    B_HEIGHT,
    B_KNEE_PEAK,
    B_OMEGA,
    B_PHI,
    B_SHIFT,
    C_ABDUCTED,
    C_ANKLE_CONTACT,
    C_ANKLE_RATE,
    C_ANKLE_TOE_OFF,
    C_FEEDFORWARD,
    C_HIP_CONTACT,
    C_HIP_MID_STANCE,
    C_HIP_TOE_OFF,
    C_SHANK,
    C_STANCE,
    C_THIGH,
    F_KNEE,
    F_LIFT,
    F_THIGH,
    I_MODE,
    I_STRIDE,
    I_T,
    L_FIRST,
    LEG_VALUES,
    R_CIRCUMDUCTION,
    R_DEMAND,
    R_HIKE,
    R_PUSH_OFF,
    R_STEPPAGE,
    S_MOVING,
    SWING,
)
from sim.body.pushoff import push_off_ratio, toe_off_shift_rad
from sim.body.swing import clearance_m
from sim.compiled import borrowing
from sim.gait.cycle import CONTACT_RISE_M, TOE_OFF_RISE_M
from sim.gait.leg import Leg, compose, leg_at


@borrowing
def _lowest_point_m(foot_rad: float, with_heel: bool) -> float:
    s, c = math.sin(foot_rad), math.cos(foot_rad)
    low = min(s * BALL[0] + c * BALL[1], s * TOE[0] + c * TOE[1])
    return min(low, s * HEEL[0] + c * HEEL[1]) if with_heel else low


@borrowing
def compose_stride(
    k: int,
    body: NDArray[np.float64],
    const: NDArray[np.float64],
    stride: NDArray[np.float64],
    base: NDArray[np.float64],
    modes: NDArray[np.float64],
    work: NDArray[np.float64],
) -> None:
    """Curves of stride k: hiking, steppage, circumduction, hip height closed again for the leg, noise offsets."""
    hike, steppage, outward = shares(body[B_DEMAND] + stride[k, F_LIFT], const)
    contact, toe_off = 0.0, 0.0
    if steppage > 0.0:
        compose(base, modes, (hike, steppage, steppage, 0.0, 0.0, outward), (0.0, 0.0), work)
        leg = leg_at(work, 0.0, 1.0, const[C_THIGH], const[C_SHANK])
        length = const[C_THIGH] * math.cos(leg[7]) + const[C_SHANK] * math.cos(leg[0])
        closed = length - _lowest_point_m(leg[0] + const[C_ANKLE_CONTACT], True)
        contact = min(closed, const[C_HIP_MID_STANCE] + CONTACT_RISE_M) - const[C_HIP_CONTACT]
        leg = leg_at(work, const[C_STANCE], 1.0, const[C_THIGH], const[C_SHANK])
        length = const[C_THIGH] * math.cos(leg[7]) + const[C_SHANK] * math.cos(leg[0])
        closed = length - _lowest_point_m(leg[0] + const[C_ANKLE_TOE_OFF], False)
        toe_off = min(closed, const[C_HIP_MID_STANCE] + TOE_OFF_RISE_M) - const[C_HIP_TOE_OFF]
    weights = (hike, steppage, steppage, contact, toe_off, outward)
    compose(base, modes, weights, (stride[k, F_THIGH], stride[k, F_KNEE]), work)


@borrowing
def start_swing(
    ints: NDArray[np.int64],
    body: NDArray[np.float64],
    const: NDArray[np.float64],
    stride_ns: NDArray[np.int64],
    stride: NDArray[np.float64],
    results: NDArray[np.float64],
    base: NDArray[np.float64],
    modes: NDArray[np.float64],
    swing_ankle: NDArray[np.float64],
    work: NDArray[np.float64],
    drive: NDArray[np.float64],
    rugs: NDArray[np.float64],
) -> None:
    """Toe-off: the foot leaves the floor at the class's ankle angle, higher where stimulation has already lifted it."""
    k, t = ints[I_STRIDE], ints[I_T]
    body[B_SHIFT] = toe_off_shift_rad(body, const)
    compose_stride(k, body, const, stride, base, modes, work)
    if const[C_FEEDFORWARD] > 0.0:
        feedforward(base, swing_ankle, const, stride_ns[k, S_MOVING] * 1e-9, drive)
    phase, rate, _, s_rate = clock_at(k, t, stride_ns, const[C_STANCE])
    leg = leg_at(work, phase, rate, const[C_THIGH], const[C_SHANK])
    body[B_PHI] = const[C_ANKLE_TOE_OFF] + body[B_SHIFT] + leg[0]
    body[B_OMEGA] = leg[1] + const[C_ANKLE_RATE] * s_rate
    keep_leg(body, leg)
    x, y = place_m(k, phase, leg[3], leg[4], const, stride)
    height, _ = clearance_m(body[B_PHI], x, y, body[B_GROUND], rugs)
    body[B_HEIGHT] = height
    body[B_EVERSION_WORK] = 0.0
    body[B_BEND], body[B_BEND_RATE], body[B_BEND_PULL], body[B_BEND_PEAK] = 0.0, 0.0, 0.0, 0.0
    body[B_KNEE_PEAK] = leg[2]
    results[k, R_PUSH_OFF] = push_off_ratio(body[B_SHIFT], const)
    begin_swing(body, height)
    hike, steppage, outward = shares(body[B_DEMAND] + stride[k, F_LIFT], const)
    results[k, R_HIKE], results[k, R_STEPPAGE] = hike, steppage
    results[k, R_CIRCUMDUCTION] = excursion_m(outward, const[C_ABDUCTED])
    results[k, R_DEMAND] = body[B_DEMAND]
    ints[I_MODE] = SWING


@borrowing
def keep_leg(body: NDArray[np.float64], leg: Leg) -> None:
    """Remember the leg at the end of a step: it is the leg at the start of the next."""
    for i in range(LEG_VALUES):
        body[L_FIRST + i] = leg[i]
