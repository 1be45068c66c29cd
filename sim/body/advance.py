"""The body through time: one kernel that brings it from where it stands as far as it may go.

Steps end on the absolute grid, at the effect of a pulse, at toe-off, at landing, at foot flat and where a rug is laid:
never at the end of a call, so that any sequence of calls gives the same bits. A step that would end beyond `until` is
left for the next call. In stance the foot is fixed: a muscle at rest is carried over in one leap (closed form, when it
wakes), an active one is stepped alone, on a coarser grid.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.body.activation import feel_pulse, force_step, rest_if_quiet, wake
from sim.body.clock import toe_x_m
from sim.body.ground import next_rug_ns, place_rugs
from sim.body.layout import (
    B_CALCIUM,
    B_DRIVE_SUM,
    B_KM,
    B_OMEGA,
    B_PHI,
    BRANCH,
    DEEP,
    FINE_PARTS,
    I_MODE,
    I_PULSE,
    I_PULSES,
    I_RESTING,
    I_STRIDE,
    I_T,
    INT_BRANCH,
    LOADING,
    LOW_CALCIUM,
    P_CHANNEL,
    P_DEEP,
    P_SUPERFICIAL,
    S_MANNER,
    S_MOVING,
    S_NEXT,
    S_TOE_OFF,
    STANCE,
    STANCE_STEPS,
    SUPERFICIAL,
    SWING,
)
from sim.body.motion import move, trace_row
from sim.body.stance import end_idling, idle_to, is_driven, may_lift, stretch
from sim.body.takeoff import start_swing
from sim.body.touchdown import stop
from sim.body.withdrawal import pull_rad
from sim.compiled import borrowing
from sim.timebase import NEVER

LATEST_LANDING: Final = 0.08
"""The foot has landed this part of a stride after the prescribed heel strike, at the latest (normal foot flat, 8 %)."""
LATEST_FLAT: Final = 0.20
"""And is flat by this part."""
WILD_RAD: Final = 3.0
WILD_RAD_S: Final = 300.0
"""A foot beyond these is a model out of its domain; true of no number that is NaN."""


@borrowing
def advance(  # noqa: C901, PLR0912 - one branch for each kind of step, and nothing else
    until_ns: int,
    ints: NDArray[np.int64],
    body: NDArray[np.float64],
    consts: NDArray[np.float64],
    stride_ns: NDArray[np.int64],
    stride: NDArray[np.float64],
    instants: NDArray[np.int64],
    results: NDArray[np.float64],
    pulse_ns: NDArray[np.int64],
    pulse_share: NDArray[np.float64],
    bases: NDArray[np.float64],
    modes: NDArray[np.float64],
    swing_ankles: NDArray[np.float64],
    work: NDArray[np.float64],
    drive: NDArray[np.float64],
    ring: NDArray[np.float64],
    rugs: NDArray[np.float64],
    trace: NDArray[np.float64],
    step_ns: int,
) -> int:
    """Integrate whole steps up to `until_ns`.

    `consts`, `bases`, `modes` and `swing_ankles` hold one entry a manner; those of the stride at hand are handed on.

    Returns:
        0, or 1 if the foot's angle or rate is no longer a number.
    """
    rug_ns = next_rug_ns(rugs, NEVER)
    while True:
        t = int(ints[I_T])
        manner = manner_at(ints[I_STRIDE], stride_ns)
        const = consts[manner]
        if rug_ns <= t:
            place_rugs(rugs, t, toe_x_m(ints, body, const, stride_ns, stride, work))
            rug_ns = next_rug_ns(rugs, NEVER)
        _feel_due(ints, body, pulse_ns, pulse_share)
        mode = int(ints[I_MODE])
        event = _next_event_ns(mode, ints[I_STRIDE], stride_ns)
        if t >= event:
            if mode == STANCE:
                base, ankle = bases[manner], swing_ankles[manner]
                end_idling(ints, body, ring, base, const, stride_ns)
                start_swing(
                    ints, body, const, stride_ns, stride, results, base, modes[manner], ankle, work, drive, rugs
                )
                if trace.shape[0] > 0:
                    trace_row(ints, body, const, stride_ns, stride, work, drive, trace)
            else:
                stop(mode, ints, body, const, stride_ns, stride, instants, results, work, rugs)
            continue
        end = min(event, rug_ns, _next_pulse_ns(ints, pulse_ns))
        grid_ns = grid_ns_of(mode, body, step_ns)
        if mode == STANCE and is_idle(ints, bases[manner], const, stride_ns):
            leap = min(end, until_ns // step_ns * step_ns)
            if leap <= t:
                return 0
            idle_to(ints, leap)
            continue
        end = min(end, (t // grid_ns + 1) * grid_ns)
        if end > until_ns:
            return 0
        if mode == STANCE:
            stand(ints, body, const, stride_ns, bases[manner], ring, end)
        else:
            pull = pull_rad(t, mode, ints, const, pulse_ns, pulse_share)
            move(ints, body, const, stride_ns, stride, instants, results, work, drive, ring, rugs, pull, end)
        if not (abs(body[B_PHI]) < WILD_RAD and abs(body[B_OMEGA]) < WILD_RAD_S):
            return 1
        rest_if_quiet(body, ints, ints[I_T], DEEP)
        rest_if_quiet(body, ints, ints[I_T], SUPERFICIAL)
        if trace.shape[0] > 0:
            trace_row(ints, body, const, stride_ns, stride, work, drive, trace)


@borrowing
def is_idle(
    ints: NDArray[np.int64], base: NDArray[np.float64], const: NDArray[np.float64], stride_ns: NDArray[np.int64]
) -> bool:
    """Whether nothing happens above a foot that stands: both branches at rest, no reflex."""
    if ints[I_RESTING] == 0 or ints[I_RESTING + INT_BRANCH] == 0:
        return False
    return not is_driven(ints, base, const, stride_ns)


@borrowing
def stand(
    ints: NDArray[np.int64],
    body: NDArray[np.float64],
    const: NDArray[np.float64],
    stride_ns: NDArray[np.int64],
    base: NDArray[np.float64],
    ring: NDArray[np.float64],
    end_ns: int,
) -> None:
    """One step of muscles and reflex above a foot that stands, to `end_ns`."""
    h = (end_ns - ints[I_T]) * 1e-9
    for branch in (DEEP, SUPERFICIAL):
        if ints[I_RESTING + branch * INT_BRANCH] == 0:
            force_step(body, const, h, branch)
    if is_driven(ints, base, const, stride_ns) or may_lift(ints, const, stride_ns):
        end_idling(ints, body, ring, base, const, stride_ns)
        stretch(ints, body, ring, base, const, stride_ns, end_ns)
        ints[I_T] = end_ns
    else:
        idle_to(ints, end_ns)


@borrowing
def manner_at(k: int, stride_ns: NDArray[np.int64]) -> int:
    """Manner of stride k; the final stand is that of the last stride."""
    return stride_ns[min(k, stride_ns.shape[0] - 1), S_MANNER]


@borrowing
def _feel_due(
    ints: NDArray[np.int64],
    body: NDArray[np.float64],
    pulse_ns: NDArray[np.int64],
    pulse_share: NDArray[np.float64],
) -> None:
    """Let the muscles of both branches feel every pulse that takes effect now."""
    t = ints[I_T]
    while ints[I_PULSE] < ints[I_PULSES] and pulse_ns[ints[I_PULSE]] <= t:
        pulse = pulse_share[ints[I_PULSE]]
        channel = int(pulse[P_CHANNEL])
        for branch in (DEEP, SUPERFICIAL):
            share = pulse[P_DEEP if branch == DEEP else P_SUPERFICIAL]
            if share > 0.0:
                if ints[I_RESTING + branch * INT_BRANCH] == 1:
                    wake(body, ints, t, branch)
                feel_pulse(body, ints, t, share, branch, channel)
        ints[I_PULSE] += 1


@borrowing
def grid_ns_of(mode: int, body: NDArray[np.float64], step_ns: int) -> int:
    """Grid on which the next step ends, ns."""
    if mode == SWING:
        return step_ns
    if mode == LOADING or _bends(body, DEEP) or _bends(body, SUPERFICIAL):
        return step_ns // FINE_PARTS
    return step_ns * STANCE_STEPS


@borrowing
def _bends(body: NDArray[np.float64], branch: int) -> bool:
    """Whether the saturation of calcium bends sharply in a branch."""
    at = branch * BRANCH
    return body[at + B_DRIVE_SUM] > 0.5 and body[at + B_CALCIUM] < LOW_CALCIUM * body[at + B_KM]


@borrowing
def _next_pulse_ns(ints: NDArray[np.int64], pulse_ns: NDArray[np.int64]) -> int:
    """When the next known pulse takes effect, ns."""
    return int(pulse_ns[ints[I_PULSE]]) if ints[I_PULSE] < ints[I_PULSES] else NEVER


@borrowing
def _next_event_ns(mode: int, k: int, stride_ns: NDArray[np.int64]) -> int:
    """Toe-off, or the instant at which landing or foot flat is forced, ns."""
    if mode == STANCE:
        return stride_ns[k, S_TOE_OFF] if k < stride_ns.shape[0] else NEVER
    part = LATEST_LANDING if mode == SWING else LATEST_FLAT
    return stride_ns[k, S_NEXT] + int(part * stride_ns[k, S_MOVING])
