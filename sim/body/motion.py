"""What happens to the foot: it leaves the floor, swings a step, lands, comes flat."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.body.activation import FORCE_100_HZ, force_step
from sim.body.ankle import dorsiflexor_torque_n_m
from sim.body.clearance import begin_swing, end_swing, watch
from sim.body.compensation import adapt
from sim.body.drive import feedforward
from sim.body.foot import BALL, HEEL, TOE
from sim.body.ground import ground_m
from sim.body.layout import (
    B_DEMAND,
    B_FOOT_X,
    B_GROUND,
    B_HEIGHT,
    B_OMEGA,
    B_PHI,
    B_REFLEX,
    B_SHIFT,
    B_SLAP,
    B_STIMULATED,
    C_ANKLE_CONTACT,
    C_ANKLE_RATE,
    C_ANKLE_TOE_OFF,
    C_FEEDFORWARD,
    C_FORCE,
    C_HIKE,
    C_HIP_CONTACT,
    C_HIP_MID_STANCE,
    C_HIP_TOE_OFF,
    C_SHANK,
    C_SPEED,
    C_STANCE,
    C_THIGH,
    C_TOE_OFF_STIFFNESS,
    F_DRIVE,
    F_KNEE,
    F_SENSE,
    F_THIGH,
    F_X,
    I_HEEL_FIRST,
    I_LANDED,
    I_MODE,
    I_RESTING,
    I_STRIDE,
    I_T,
    I_TRACE,
    LOADING,
    M_LOWEST,
    O_CONTACT,
    O_FLAT,
    O_LANDING,
    R_ANKLE_IC,
    R_ANKLE_MID,
    R_DEMAND,
    R_HIKE,
    R_SLAP,
    S_MOVING,
    S_NEXT,
    S_WATCH,
    STANCE,
    SWING,
    T_ACTIVATION,
    T_ANKLE,
    T_CLEARANCE,
    T_STRIDE,
    T_T,
)
from sim.body.reflex import keep_rate, reflex_step
from sim.body.swing import clearance_m, foot_step, hermite, voluntary
from sim.compiled import compiled
from sim.gait.cycle import STEPPAGE_M_RAD
from sim.gait.leg import compose, leg_at

HIGHEST_SHIFT_RAD: Final = math.radians(8.0)
MID_STANCE_PHASE: Final = 0.25


@compiled
def clock_at(k: int, t_ns: int, stride_ns: NDArray[np.int64], stance: float) -> tuple[float, float, float, float]:
    """Phase of the cycle, cycles a second, phase of swing, swings a second of stride k at an instant after its pause."""
    moving = stride_ns[k, S_MOVING]
    phase = (t_ns - (stride_ns[k, S_NEXT] - moving)) / moving
    rate = 1e9 / moving
    return phase, rate, (phase - stance) / (1.0 - stance), rate / (1.0 - stance)


@compiled
def _place_m(
    k: int,
    phase: float,
    leg_x_m: float,
    const: NDArray[np.float64],
    stride_ns: NDArray[np.int64],
    stride: NDArray[np.float64],
) -> float:
    """Ankle along the walk, m."""
    return stride[k, F_X] + const[C_SPEED] * stride_ns[k, S_MOVING] * 1e-9 * phase + leg_x_m


@compiled
def toe_x_m(
    ints: NDArray[np.int64],
    body: NDArray[np.float64],
    const: NDArray[np.float64],
    stride_ns: NDArray[np.int64],
    stride: NDArray[np.float64],
    work: NDArray[np.float64],
) -> float:
    """Forward-most point of the foot along the walk, m."""
    if ints[I_MODE] != SWING:
        return body[B_FOOT_X] + TOE[0]
    k = ints[I_STRIDE]
    phase, rate, _, _ = clock_at(k, ints[I_T], stride_ns, const[C_STANCE])
    leg = leg_at(work, phase, rate, const[C_THIGH], const[C_SHANK])
    s, c = math.sin(body[B_PHI]), math.cos(body[B_PHI])
    ankle = _place_m(k, phase, leg[3], const, stride_ns, stride)
    return ankle + max(c * TOE[0] - s * TOE[1], c * BALL[0] - s * BALL[1])


@compiled
def _lowest_point_m(foot_rad: float, with_heel: bool) -> float:
    s, c = math.sin(foot_rad), math.cos(foot_rad)
    low = min(s * BALL[0] + c * BALL[1], s * TOE[0] + c * TOE[1])
    return min(low, s * HEEL[0] + c * HEEL[1]) if with_heel else low


@compiled
def _compose_stride(
    k: int,
    body: NDArray[np.float64],
    const: NDArray[np.float64],
    stride: NDArray[np.float64],
    base: NDArray[np.float64],
    modes: NDArray[np.float64],
    work: NDArray[np.float64],
) -> None:
    """Curves of stride k: hiking and steppage, hip height closed again for the changed leg, noise offsets."""
    weights, offsets = np.zeros(5), np.zeros(2)
    lift = body[B_DEMAND]
    weights[0] = lift * const[C_HIKE]
    steppage = lift * (1.0 - const[C_HIKE]) / STEPPAGE_M_RAD
    if steppage > 0.0:
        weights[1] = weights[2] = steppage
        compose(base, modes, weights, offsets, work)
        leg = leg_at(work, 0.0, 1.0, const[C_THIGH], const[C_SHANK])
        length = const[C_THIGH] * math.cos(leg[7]) + const[C_SHANK] * math.cos(leg[0])
        contact = length - _lowest_point_m(leg[0] + const[C_ANKLE_CONTACT], True)
        leg = leg_at(work, const[C_STANCE], 1.0, const[C_THIGH], const[C_SHANK])
        length = const[C_THIGH] * math.cos(leg[7]) + const[C_SHANK] * math.cos(leg[0])
        toe_off = length - _lowest_point_m(leg[0] + const[C_ANKLE_TOE_OFF], False)
        weights[3] = contact - const[C_HIP_CONTACT]
        weights[4] = min(toe_off, const[C_HIP_MID_STANCE]) - const[C_HIP_TOE_OFF]
    offsets[0], offsets[1] = stride[k, F_THIGH], stride[k, F_KNEE]
    compose(base, modes, weights, offsets, work)


@compiled
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
    ring: NDArray[np.float64],
    rugs: NDArray[np.float64],
) -> None:
    """Toe-off: the foot leaves the floor at the class's ankle angle, higher where stimulation has already lifted it."""
    k, t = ints[I_STRIDE], ints[I_T]
    _compose_stride(k, body, const, stride, base, modes, work)
    if const[C_FEEDFORWARD] > 0.0:
        feedforward(base, swing_ankle, const, stride_ns[k, S_MOVING] * 1e-9, drive)
    phase, rate, _, s_rate = clock_at(k, t, stride_ns, const[C_STANCE])
    leg = leg_at(work, phase, rate, const[C_THIGH], const[C_SHANK])
    pull = dorsiflexor_torque_n_m(const[C_ANKLE_TOE_OFF], 0.0, body[B_STIMULATED] / FORCE_100_HZ, const[C_FORCE])
    body[B_SHIFT] = min(max(pull / const[C_TOE_OFF_STIFFNESS], 0.0), HIGHEST_SHIFT_RAD)
    body[B_PHI] = const[C_ANKLE_TOE_OFF] + body[B_SHIFT] + leg[0]
    body[B_OMEGA] = leg[1] + const[C_ANKLE_RATE] * s_rate
    body[B_REFLEX] = 0.0
    ring[:] = 0.0
    x = _place_m(k, phase, leg[3], const, stride_ns, stride)
    height, _ = clearance_m(body[B_PHI], x, leg[4], body[B_GROUND], rugs)
    body[B_HEIGHT] = height
    begin_swing(body, height)
    results[k, R_HIKE] = body[B_DEMAND] * const[C_HIKE]
    results[k, R_DEMAND] = body[B_DEMAND]
    ints[I_MODE] = SWING


@compiled
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
    end_ns: int,
) -> None:
    """One step of the moving foot to `end_ns`, or to its landing or foot flat if that comes first."""
    mode, k, t = ints[I_MODE], ints[I_STRIDE], ints[I_T]
    stance, thigh, shank = const[C_STANCE], const[C_THIGH], const[C_SHANK]
    may_stop = mode == LOADING or t >= stride_ns[k, S_WATCH]
    phi, omega = body[B_PHI], body[B_OMEGA]
    if may_stop and _stopped(mode, ints[I_HEEL_FIRST], phi, k, t, body, const, stride_ns, stride, work, rugs):
        _stop(mode, ints, body, const, stride_ns, stride, instants, results, work, rugs)
        return
    before = body.copy() if may_stop else body
    h_ns = end_ns - t
    phi1, omega1 = _foot_to(h_ns, ints, body, const, stride_ns, stride, work, drive, ring)
    stop = may_stop and _stopped(mode, ints[I_HEEL_FIRST], phi1, k, end_ns, body, const, stride_ns, stride, work, rugs)
    if stop:
        low, high = 0, h_ns
        while high - low > 1:
            middle = (low + high) // 2
            angle = hermite(middle * 1e-9, h_ns * 1e-9, phi, omega, phi1, omega1)
            if _stopped(mode, ints[I_HEEL_FIRST], angle, k, t + middle, body, const, stride_ns, stride, work, rugs):
                high = middle
            else:
                low = middle
        if high < h_ns:
            body[:] = before
            h_ns = high
            phi1, omega1 = _foot_to(h_ns, ints, body, const, stride_ns, stride, work, drive, ring)
    body[B_PHI], body[B_OMEGA] = phi1, omega1
    ints[I_T] = t + h_ns
    phase, rate, s, s_rate = clock_at(k, t + h_ns, stride_ns, stance)
    leg = leg_at(work, phase, rate, thigh, shank)
    keep_rate(ring, t + h_ns, omega1 - leg[1])
    if mode == SWING:
        x = _place_m(k, phase, leg[3], const, stride_ns, stride)
        height, _ = clearance_m(phi1, x, leg[4], body[B_GROUND], rugs)
        body[B_HEIGHT] = height
        watch(body, s, height, 1.0 / s_rate)
        s0 = s - h_ns * 1e-9 * s_rate
        if s0 <= 0.5 < s:
            results[k, R_ANKLE_MID] = phi1 - leg[0]
    else:
        body[B_SLAP] = max(body[B_SLAP], leg[1] - omega1)
    if stop:
        _stop(mode, ints, body, const, stride_ns, stride, instants, results, work, rugs)


@compiled
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
    """Muscle and reflex forward by `h_ns`; angle and rate of the foot then."""
    k, t, h = ints[I_STRIDE], ints[I_T], h_ns * 1e-9
    forces = (0.0, 0.0, 0.0, 0.0)
    if ints[I_RESTING] == 0:
        forces = force_step(body, const, h)
    return foot_step(
        ints[I_MODE],
        body[B_PHI],
        body[B_OMEGA],
        clock_at(k, t, stride_ns, const[C_STANCE]),
        h,
        forces,
        reflex_step(body, const, ring, t, h_ns),
        stride[k, F_DRIVE],
        (t - ints[I_LANDED]) * 1e-9,
        ints[I_HEEL_FIRST],
        work,
        drive,
        const,
    )


@compiled
def _stopped(
    mode: int,
    heel_first: int,
    phi: float,
    k: int,
    t_ns: int,
    body: NDArray[np.float64],
    const: NDArray[np.float64],
    stride_ns: NDArray[np.int64],
    stride: NDArray[np.float64],
    work: NDArray[np.float64],
    rugs: NDArray[np.float64],
) -> bool:
    """Whether the foot touches the ground (swing) or lies flat (loading)."""
    if mode == LOADING:
        return phi <= 0.0 if heel_first == 1 else phi >= 0.0
    phase, rate, _, _ = clock_at(k, t_ns, stride_ns, const[C_STANCE])
    leg = leg_at(work, phase, rate, const[C_THIGH], const[C_SHANK])
    x = _place_m(k, phase, leg[3], const, stride_ns, stride)
    fore, heel = clearance_m(phi, x, leg[4], body[B_GROUND], rugs)
    return min(fore, heel) <= 0.0


@compiled
def _stop(
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
    if mode == SWING:
        land(ints, body, const, stride_ns, stride, instants, results, work)
    else:
        finish_loading(ints, body, instants, results, rugs)


@compiled
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
    phase, rate, _, _ = clock_at(k, t, stride_ns, const[C_STANCE])
    leg = leg_at(work, phase, rate, const[C_THIGH], const[C_SHANK])
    phi = body[B_PHI]
    instants[k, O_LANDING] = t
    results[k, R_ANKLE_IC] = phi - leg[0]
    mtc = end_swing(body, results[k])
    adapt(body, const, mtc, stride[k, F_SENSE], body[M_LOWEST] <= 0.0)
    point = HEEL
    ints[I_HEEL_FIRST] = 1
    if phi >= 0.0:
        instants[k, O_CONTACT] = t
    else:
        point = BALL
        ints[I_HEEL_FIRST] = 0
    x = _place_m(k, phase, leg[3], const, stride_ns, stride)
    body[B_FOOT_X] = x + math.cos(phi) * point[0] - math.sin(phi) * point[1] - point[0]
    body[B_SLAP] = 0.0
    ints[I_LANDED] = t
    ints[I_MODE] = LOADING


@compiled
def finish_loading(
    ints: NDArray[np.int64],
    body: NDArray[np.float64],
    instants: NDArray[np.int64],
    results: NDArray[np.float64],
    rugs: NDArray[np.float64],
) -> None:
    """Foot flat: it stands until the next toe-off, on the ground that lies under the ankle."""
    k, t = ints[I_STRIDE], ints[I_T]
    instants[k, O_FLAT] = t
    if ints[I_HEEL_FIRST] == 0:
        instants[k, O_CONTACT] = t
    results[k, R_SLAP] = body[B_SLAP]
    body[B_PHI], body[B_OMEGA] = 0.0, 0.0
    body[B_GROUND] = ground_m(rugs, body[B_FOOT_X])
    ints[I_STRIDE] = k + 1
    ints[I_MODE] = STANCE


@compiled
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
    row[T_ANKLE] = np.nan
    row[T_CLEARANCE] = np.nan
    row[T_ACTIVATION] = body[B_STIMULATED] / FORCE_100_HZ
    mode, k = ints[I_MODE], ints[I_STRIDE]
    if mode == STANCE:
        return
    phase, rate, s, _ = clock_at(k, ints[I_T], stride_ns, const[C_STANCE])
    row[T_ANKLE] = body[B_PHI] - leg_at(work, phase, rate, const[C_THIGH], const[C_SHANK])[0]
    row[T_ACTIVATION] += voluntary(mode, s, drive, stride[k, F_DRIVE], const)
    if mode == SWING:
        row[T_CLEARANCE] = body[B_HEIGHT]
