"""One step of the moving foot, and its trace."""

import math

import numpy as np
from numpy.typing import NDArray

from sim.body.activation import FORCE_100_HZ, force_step
from sim.body.bend import bend_at
from sim.body.clearance import MTC_WINDOW, watch
from sim.body.clock import clock_at, place_m
from sim.body.layout import (
    B_BEND,
    B_BEND_PEAK,
    B_BEND_PULL,
    B_BEND_RATE,
    B_BENT,
    B_EVERSION_WORK,
    B_GROUND,
    B_HEIGHT,
    B_KNEE_PEAK,
    B_OMEGA,
    B_PHI,
    B_SLAP,
    B_STIMULATED,
    BODY_FLOATS,
    BRANCH,
    C_SHANK,
    C_STANCE,
    C_THIGH,
    C_TONIC,
    F_DRIVE,
    I_HEEL_FIRST,
    I_LANDED,
    I_MODE,
    I_RESTING,
    I_STRIDE,
    I_T,
    I_TRACE,
    INT_BRANCH,
    L_FIRST,
    LOADING,
    R_ANKLE_MID,
    R_ANKLE_PEAK,
    S_WATCH,
    STANCE,
    SUPERFICIAL,
    SWING,
    T_ACTIVATION,
    T_ANKLE,
    T_BEND,
    T_CLEARANCE,
    T_OMEGA,
    T_PHI,
    T_STRIDE,
    T_T,
)
from sim.body.reflex import keep_rate, reflex_step
from sim.body.subtalar import everting_moment_n_m
from sim.body.swing import clearance_m, foot_step, voluntary
from sim.body.takeoff import keep_leg
from sim.body.touchdown import stop, stopped, time_to_stop
from sim.body.withdrawal import withdrawn
from sim.compiled import borrowing
from sim.gait.leg import leg_at, legs_at


@borrowing
def move(
    ints: NDArray[np.int64],
    body: NDArray[np.float64],
    const: NDArray[np.float64],
    stride_ns: NDArray[np.int64],
    stride: NDArray[np.float64],
    instants: NDArray[np.int64],
    results: NDArray[np.float64],
    work: NDArray[np.float64],
    drive: NDArray[np.float64],
    ring: NDArray[np.float64],
    rugs: NDArray[np.float64],
    pull_rad: float,
    end_ns: int,
) -> None:
    """One step of the moving foot to `end_ns`, or to its landing or foot flat if that comes first.

    `pull_rad` is the flexion that the withdrawal reflex calls for.
    """
    mode, k, t = ints[I_MODE], ints[I_STRIDE], ints[I_T]
    h_ns = end_ns - t
    phi, omega, ankle = body[B_PHI], body[B_OMEGA], body[B_PHI] - body[L_FIRST]
    moment = _everting_n_m(ints, body, const)
    body[B_BEND_PULL] = pull_rad
    may_stop = mode == LOADING or end_ns >= stride_ns[k, S_WATCH]
    if may_stop:
        _copy(body, 0, BODY_FLOATS)
    phi1, omega1 = _foot_to(h_ns, ints, body, const, stride_ns, stride, work, drive, ring)
    halts = may_stop and stopped(
        mode, ints[I_HEEL_FIRST], phi1, k, end_ns, t, body, const, stride_ns, stride, work, rugs
    )
    if halts:
        short_ns = time_to_stop(h_ns, phi, omega, phi1, omega1, ints, body, const, stride_ns, stride, work, rugs)
        if short_ns < h_ns:
            _copy(body, BODY_FLOATS, 0)
            phi1, omega1 = _foot_to(short_ns, ints, body, const, stride_ns, stride, work, drive, ring)
            h_ns = short_ns
    body[B_PHI], body[B_OMEGA] = phi1, omega1
    ints[I_T] = t + h_ns
    phase, _, s, s_rate = clock_at(k, t + h_ns, stride_ns, const[C_STANCE])
    lean, lean_rate = body[L_FIRST], body[L_FIRST + 1]
    keep_rate(ring, t + h_ns, omega1 - lean_rate)
    if mode == SWING and h_ns > 0:
        x, y = place_m(k, phase, body[L_FIRST + 3], body[L_FIRST + 4], const, stride)
        height, _ = clearance_m(phi1, x, y, body[B_GROUND], rugs)
        body[B_HEIGHT] = height
        body[B_EVERSION_WORK] += 0.5 * (moment + _everting_n_m(ints, body, const)) * h_ns * 1e-9
        watch(body, s, height, 1.0 / s_rate)
        s0 = s - h_ns * 1e-9 * s_rate
        # the first step past it, also where the last one ended on it but for rounding
        if s > 0.5 and math.isnan(results[k, R_ANKLE_MID]):
            results[k, R_ANKLE_MID] = ankle + (phi1 - lean - ankle) * (0.5 - s0) / (s - s0)
        if s >= MTC_WINDOW[0] and not results[k, R_ANKLE_PEAK] >= phi1 - lean:
            results[k, R_ANKLE_PEAK] = phi1 - lean
    elif mode == LOADING:
        body[B_SLAP] = max(body[B_SLAP], lean_rate - omega1)
    if halts:
        stop(mode, ints, body, const, stride_ns, stride, instants, results, work, rugs)


@borrowing
def _everting_n_m(ints: NDArray[np.int64], body: NDArray[np.float64], const: NDArray[np.float64]) -> float:
    """Everting moment of the stimulated muscles now, N m; costs nothing at rest."""
    if ints[I_RESTING] == 1 and ints[I_RESTING + INT_BRANCH] == 1:
        return 0.0
    return everting_moment_n_m(body[B_STIMULATED] / FORCE_100_HZ, body[B_STIMULATED + BRANCH] / FORCE_100_HZ, const)


@borrowing
def _copy(body: NDArray[np.float64], source: int, target: int) -> None:
    for i in range(BODY_FLOATS):
        body[target + i] = body[source + i]


@borrowing
def _foot_to(
    h_ns: int,
    ints: NDArray[np.int64],
    body: NDArray[np.float64],
    const: NDArray[np.float64],
    stride_ns: NDArray[np.int64],
    stride: NDArray[np.float64],
    work: NDArray[np.float64],
    drive: NDArray[np.float64],
    ring: NDArray[np.float64],
) -> tuple[float, float]:
    """Muscle, reflex and leg forward by `h_ns`; angle and rate of the foot then."""
    mode, k, t, h = ints[I_MODE], ints[I_STRIDE], ints[I_T], h_ns * 1e-9
    phase, rate, s, s_rate = clock_at(k, t, stride_ns, const[C_STANCE])
    first = (
        body[L_FIRST],
        body[L_FIRST + 1],
        body[L_FIRST + 2],
        body[L_FIRST + 3],
        body[L_FIRST + 4],
        body[L_FIRST + 5],
        body[L_FIRST + 6],
        body[L_FIRST + 7],
    )
    half = 0.5 * h
    bends = (
        bend_at(body, 0, half, s + half * s_rate, s_rate, const),
        bend_at(body, 0, h, s + h * s_rate, s_rate, const),
    )
    body[B_BENT] = bends[1][0]
    body[B_BEND], body[B_BEND_RATE], _ = withdrawn(body, 0, h)
    body[B_BEND_PEAK] = max(body[B_BEND_PEAK], body[B_BEND])
    thigh_m, shank_m = const[C_THIGH], const[C_SHANK]
    middle, last = legs_at(work, phase + 0.5 * h * rate, phase + h * rate, rate, thigh_m, shank_m, bends)
    start_drive = voluntary(mode, s, drive, stride[k, F_DRIVE], const)
    middle_drive = voluntary(mode, s + 0.5 * h * s_rate, drive, stride[k, F_DRIVE], const)
    end_drive = voluntary(mode, s + h * s_rate, drive, stride[k, F_DRIVE], const)
    activations = (start_drive, middle_drive, middle_drive, end_drive)
    if ints[I_RESTING] == 0:
        forces = force_step(body, const, h)
        activations = (
            start_drive + forces[0] / FORCE_100_HZ,
            middle_drive + forces[1] / FORCE_100_HZ,
            middle_drive + forces[2] / FORCE_100_HZ,
            end_drive + forces[3] / FORCE_100_HZ,
        )
    everters = (0.0, 0.0, 0.0, 0.0)
    if ints[I_RESTING + INT_BRANCH] == 0:
        forces = force_step(body, const, h, SUPERFICIAL)
        everters = (
            forces[0] / FORCE_100_HZ,
            forces[1] / FORCE_100_HZ,
            forces[2] / FORCE_100_HZ,
            forces[3] / FORCE_100_HZ,
        )
    keep_leg(body, last)
    body[B_KNEE_PEAK] = max(body[B_KNEE_PEAK], last[2])
    return foot_step(
        mode,
        body[B_PHI],
        body[B_OMEGA],
        (first, middle, last),
        h,
        activations,
        everters,
        reflex_step(body, const, ring, t, h_ns),
        (t - ints[I_LANDED]) * 1e-9,
        ints[I_HEEL_FIRST],
        const,
    )


@borrowing
def trace_row(
    ints: NDArray[np.int64],
    body: NDArray[np.float64],
    const: NDArray[np.float64],
    stride_ns: NDArray[np.int64],
    stride: NDArray[np.float64],
    work: NDArray[np.float64],
    drive: NDArray[np.float64],
    trace: NDArray[np.float64],
) -> None:
    """Write down the present state of the foot; in stance its ankle and clearance are prescribed and left out."""
    row = trace[ints[I_TRACE]]
    ints[I_TRACE] += 1
    row[T_T] = ints[I_T] * 1e-9
    row[T_STRIDE] = ints[I_STRIDE]
    row[T_PHI] = body[B_PHI]
    row[T_OMEGA] = body[B_OMEGA]
    row[T_ANKLE] = np.nan
    row[T_CLEARANCE] = np.nan
    row[T_ACTIVATION] = body[B_STIMULATED] / FORCE_100_HZ
    row[T_BEND] = body[B_BENT]
    mode, k = ints[I_MODE], ints[I_STRIDE]
    if mode == STANCE:
        row[T_ACTIVATION] += const[C_TONIC]
        return
    phase, rate, s, _ = clock_at(k, ints[I_T], stride_ns, const[C_STANCE])
    row[T_ANKLE] = body[B_PHI] - leg_at(work, phase, rate, const[C_THIGH], const[C_SHANK])[0]
    row[T_ACTIVATION] += voluntary(mode, s, drive, stride[k, F_DRIVE], const)
    if mode == SWING:
        row[T_CLEARANCE] = body[B_HEIGHT]
