"""The body through time: one kernel that brings it from where it stands as far as it may go.

Steps end on the absolute grid, at the effect of a pulse, at toe-off, at landing, at foot flat and where a rug is laid:
never at the end of a call, so that any sequence of calls gives the same bits. A step that would end beyond `until` is
left for the next call. In stance the foot is fixed: a muscle at rest is carried over in one leap (closed form, when it
wakes), an active one is stepped alone.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.body.activation import feel_pulse, force_step, rest_if_quiet, wake
from sim.body.ground import next_rug_ns, place_rugs
from sim.body.layout import (
    B_OMEGA,
    B_PHI,
    I_MODE,
    I_PULSE,
    I_PULSES,
    I_RESTING,
    I_STRIDE,
    I_T,
    S_MOVING,
    S_NEXT,
    S_TOE_OFF,
    STANCE,
    SWING,
)
from sim.body.motion import finish_loading, land, move, start_swing, toe_x_m, trace_row
from sim.compiled import compiled
from sim.timebase import NEVER

LATEST_LANDING: Final = 0.08
"""The foot has landed this part of a stride after the prescribed heel strike, at the latest (normal foot flat, 8 %)."""
LATEST_FLAT: Final = 0.20
"""And is flat by this part."""
WILD_RAD: Final = 3.0
WILD_RAD_S: Final = 300.0
"""A foot beyond these is a model out of its domain; true of no number that is NaN."""


@compiled
def advance(
    until_ns: int,
    ints: NDArray[np.int64],
    body: NDArray[np.float64],
    const: NDArray[np.float64],
    stride_ns: NDArray[np.int64],
    stride: NDArray[np.float64],
    instants: NDArray[np.int64],
    results: NDArray[np.float64],
    pulse_ns: NDArray[np.int64],
    pulse_share: NDArray[np.float64],
    base: NDArray[np.float64],
    modes: NDArray[np.float64],
    swing_ankle: NDArray[np.float64],
    work: NDArray[np.float64],
    drive: NDArray[np.float64],
    ring: NDArray[np.float64],
    rugs: NDArray[np.float64],
    trace: NDArray[np.float64],
    step_ns: int,
) -> int:
    """Integrate whole steps up to `until_ns`.

    Returns:
        0, or 1 if the foot's angle or rate is no longer a number.
    """
    strides = stride_ns.shape[0]
    rug_ns = next_rug_ns(rugs, NEVER)
    while True:
        t = ints[I_T]
        if rug_ns <= t:
            place_rugs(rugs, t, toe_x_m(ints, body, const, stride_ns, stride, work))
            rug_ns = next_rug_ns(rugs, NEVER)
        while ints[I_PULSE] < ints[I_PULSES] and pulse_ns[ints[I_PULSE]] <= t:
            if ints[I_RESTING] == 1:
                wake(body, ints, t)
            feel_pulse(body, ints, t, pulse_share[ints[I_PULSE]])
            ints[I_PULSE] += 1
        mode = ints[I_MODE]
        k = ints[I_STRIDE]
        event = NEVER
        if mode == STANCE:
            if k < strides:
                event = stride_ns[k, S_TOE_OFF]
        elif mode == SWING:
            event = stride_ns[k, S_NEXT] + int(LATEST_LANDING * stride_ns[k, S_MOVING])
        else:
            event = stride_ns[k, S_NEXT] + int(LATEST_FLAT * stride_ns[k, S_MOVING])
        if t >= event:
            if mode == STANCE:
                start_swing(
                    ints, body, const, stride_ns, stride, results, base, modes, swing_ankle, work, drive, ring, rugs
                )
            elif mode == SWING:
                land(ints, body, const, stride_ns, stride, instants, results, work)
            else:
                finish_loading(ints, body, instants, results, rugs)
            continue
        end = min(event, rug_ns)
        if ints[I_PULSE] < ints[I_PULSES]:
            end = min(end, pulse_ns[ints[I_PULSE]])
        grid = (t // step_ns + 1) * step_ns
        if mode == STANCE and ints[I_RESTING] == 1:
            leap = min(end, until_ns // step_ns * step_ns)
            if leap <= t:
                break
            ints[I_T] = leap
            continue
        end = min(end, grid)
        if end > until_ns:
            break
        if mode == STANCE:
            force_step(body, const, (end - t) * 1e-9)
            ints[I_T] = end
        else:
            move(ints, body, const, stride_ns, stride, instants, results, work, drive, ring, rugs, end)
            if not (abs(body[B_PHI]) < WILD_RAD and abs(body[B_OMEGA]) < WILD_RAD_S):
                return 1
        if ints[I_RESTING] == 0:
            rest_if_quiet(body, ints, ints[I_T])
        if trace.shape[0] > 0:
            trace_row(ints, body, const, stride_ns, stride, work, drive, trace)
    return 0
