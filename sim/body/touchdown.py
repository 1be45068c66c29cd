"""Landing and foot flat: when the foot stops, and what it leaves behind."""

import math

import numpy as np
from numpy.typing import NDArray

from sim.body.activation import FORCE_100_HZ, force_left
from sim.body.bend import bend_at
from sim.body.clearance import end_swing
from sim.body.clock import clock_at, place_m
from sim.body.compensation import adapt
from sim.body.foot import BALL, HEEL, MIDDLE_X_M
from sim.body.ground import ground_m
from sim.body.layout import (
    B_BEND_PEAK,
    B_BURSTS,
    B_EVERSION_WORK,
    B_FOOT_X,
    B_GROUND,
    B_KNEE_PEAK,
    B_LIFT,
    B_OMEGA,
    B_PHI,
    B_REFLEX_PEAK,
    B_SLAP,
    B_STIMULATED,
    BODY_FLOATS,
    BRANCH,
    C_SHANK,
    C_STANCE,
    C_THIGH,
    F_SENSE,
    I_HEEL_FIRST,
    I_IDLE,
    I_LANDED,
    I_MODE,
    I_STRIDE,
    I_T,
    LOADING,
    M_LOWEST,
    O_CONTACT,
    O_FLAT,
    O_LANDING,
    R_ANKLE_IC,
    R_BURSTS,
    R_EVERSION_IC,
    R_EVERSION_SWING,
    R_FATIGUE,
    R_FOOT_IC,
    R_KNEE_PEAK,
    R_REFLEX,
    R_SLAP,
    R_WITHDRAWAL,
    S_TOE_OFF,
    S_WATCH,
    STANCE,
    SWING,
)
from sim.body.subtalar import eversion_rad, everting_moment_n_m
from sim.body.swing import clearance_m, hermite
from sim.compiled import borrowing
from sim.gait.leg import leg_at


@borrowing
def stopped(
    mode: int,
    heel_first: int,
    phi: float,
    k: int,
    t_ns: int,
    began_ns: int,
    body: NDArray[np.float64],
    const: NDArray[np.float64],
    stride_ns: NDArray[np.int64],
    stride: NDArray[np.float64],
    work: NDArray[np.float64],
    rugs: NDArray[np.float64],
) -> bool:
    """Whether the foot touches the ground (swing) or lies flat (loading), in a step that began at `began_ns`."""
    if mode == LOADING:
        return phi <= 0.0 if heel_first == 1 else phi >= 0.0
    phase, rate, s, s_rate = clock_at(k, t_ns, stride_ns, const[C_STANCE])
    bend = bend_at(body, BODY_FLOATS, (t_ns - began_ns) * 1e-9, s, s_rate, const)
    leg = leg_at(work, phase, rate, const[C_THIGH], const[C_SHANK], bend)
    x, y = place_m(k, phase, leg[3], leg[4], const, stride)
    fore, heel = clearance_m(phi, x, y, body[B_GROUND], rugs)
    return min(fore, heel) <= 0.0


@borrowing
def time_to_stop(
    h_ns: int,
    phi: float,
    omega: float,
    phi1: float,
    omega1: float,
    ints: NDArray[np.int64],
    body: NDArray[np.float64],
    const: NDArray[np.float64],
    stride_ns: NDArray[np.int64],
    stride: NDArray[np.float64],
    work: NDArray[np.float64],
    rugs: NDArray[np.float64],
) -> int:
    """First nanosecond of a step at which the foot touches down or lies flat: bisection of a cubic through it."""
    mode, k, t, heel_first = ints[I_MODE], ints[I_STRIDE], ints[I_T], ints[I_HEEL_FIRST]
    low = max(0, stride_ns[k, S_WATCH] - t) if mode == SWING else 0
    high = h_ns
    angle = hermite(low * 1e-9, h_ns * 1e-9, phi, omega, phi1, omega1)
    if stopped(mode, heel_first, angle, k, t + low, t, body, const, stride_ns, stride, work, rugs):
        return low
    while high - low > 1:
        middle = (low + high) // 2
        angle = hermite(middle * 1e-9, h_ns * 1e-9, phi, omega, phi1, omega1)
        if stopped(mode, heel_first, angle, k, t + middle, t, body, const, stride_ns, stride, work, rugs):
            high = middle
        else:
            low = middle
    return high


@borrowing
def stop(
    mode: int,
    ints: NDArray[np.int64],
    body: NDArray[np.float64],
    const: NDArray[np.float64],
    stride_ns: NDArray[np.int64],
    stride: NDArray[np.float64],
    instants: NDArray[np.int64],
    results: NDArray[np.float64],
    work: NDArray[np.float64],
    rugs: NDArray[np.float64],
) -> None:
    """The foot lands, or comes flat."""
    if mode == SWING:
        land(ints, body, const, stride_ns, stride, instants, results, work)
    else:
        finish_loading(ints, body, instants, results, rugs)


@borrowing
def land(
    ints: NDArray[np.int64],
    body: NDArray[np.float64],
    const: NDArray[np.float64],
    stride_ns: NDArray[np.int64],
    stride: NDArray[np.float64],
    instants: NDArray[np.int64],
    results: NDArray[np.float64],
    work: NDArray[np.float64],
) -> None:
    """The foot touches down: with the heel, which then takes load at once, or with a foot that points down."""
    k, t = ints[I_STRIDE], ints[I_T]
    phase, rate, s, s_rate = clock_at(k, t, stride_ns, const[C_STANCE])
    leg = leg_at(work, phase, rate, const[C_THIGH], const[C_SHANK], bend_at(body, 0, 0.0, s, s_rate, const))
    phi = body[B_PHI]
    instants[k, O_LANDING] = t
    results[k, R_ANKLE_IC] = phi - leg[0]
    results[k, R_FOOT_IC] = phi
    deep, superficial = body[B_STIMULATED] / FORCE_100_HZ, body[B_STIMULATED + BRANCH] / FORCE_100_HZ
    results[k, R_EVERSION_IC] = eversion_rad(everting_moment_n_m(deep, superficial, const), const)
    swung_s = (t - stride_ns[k, S_TOE_OFF]) * 1e-9
    results[k, R_EVERSION_SWING] = eversion_rad(body[B_EVERSION_WORK] / swung_s, const)
    results[k, R_KNEE_PEAK] = body[B_KNEE_PEAK]
    results[k, R_WITHDRAWAL] = body[B_BEND_PEAK]
    results[k, R_FATIGUE] = force_left(body, ints, t)
    mtc = end_swing(body, results[k])
    adapt(body, const, mtc, stride[k, F_SENSE], body[M_LOWEST] <= 0.0)
    point = HEEL
    ints[I_HEEL_FIRST] = 1
    if phi >= 0.0:
        instants[k, O_CONTACT] = t
    else:
        point = BALL
        ints[I_HEEL_FIRST] = 0
    x, _ = place_m(k, phase, leg[3], leg[4], const, stride)
    body[B_FOOT_X] = x + math.cos(phi) * point[0] - math.sin(phi) * point[1] - point[0]
    body[B_SLAP] = 0.0
    ints[I_LANDED] = t
    ints[I_MODE] = LOADING


@borrowing
def finish_loading(
    ints: NDArray[np.int64],
    body: NDArray[np.float64],
    instants: NDArray[np.int64],
    results: NDArray[np.float64],
    rugs: NDArray[np.float64],
) -> None:
    """Foot flat: it stands until the next toe-off, on the ground under its middle."""
    k, t = ints[I_STRIDE], ints[I_T]
    instants[k, O_FLAT] = t
    if ints[I_HEEL_FIRST] == 0:
        instants[k, O_CONTACT] = t
    results[k, R_SLAP] = body[B_SLAP]
    results[k, R_REFLEX], results[k, R_BURSTS] = body[B_REFLEX_PEAK], body[B_BURSTS]
    body[B_REFLEX_PEAK], body[B_BURSTS], body[B_LIFT] = 0.0, 0.0, 0.0
    body[B_PHI], body[B_OMEGA] = 0.0, 0.0
    body[B_GROUND] = ground_m(rugs, body[B_FOOT_X] + MIDDLE_X_M)
    ints[I_STRIDE] = k + 1
    ints[I_IDLE] = t
    ints[I_MODE] = STANCE
