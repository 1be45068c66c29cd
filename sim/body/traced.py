"""Curves of every stride over 0-100 % of its cycle, for plots and tables.

Swing and loading response are what was integrated. In stance the foot stands: flat until heel-off, then it rolls over
the toes to its toe-off angle on a smooth curve that is drawn, not simulated. The hip is the thigh from the vertical
(the pelvis counts as upright). A pause is left out.
"""

import numpy as np
from numpy.typing import NDArray

from sim.body import layout as at
from sim.body.ankle import dorsiflexor_torque_n_m, moment_arm_m
from sim.body.buffers import Buffers
from sim.body.composed import leaving_foot, stride_curves
from sim.body.foot import BALL, HEEL
from sim.body.rolling import roll_over_rad
from sim.gait.leg import leg_at
from sim.gait.schedule import StrideSchedule
from sim.timebase import NS_PER_S

POINTS = 101
_LONGEST_GAP_S = 1.01 * at.STANCE_STEPS * at.STEP_NS / NS_PER_S
NAMES = ("hip_rad", "knee_rad", "ankle_rad", "toe_clearance_m", "ta_force_n")


def traced_cycles(schedule: StrideSchedule, buffers: Buffers) -> dict[str, NDArray[np.float64]]:
    """``hip_rad, knee_rad, ankle_rad, toe_clearance_m, ta_force_n``, (N, 101) each; rows are strides 1..N.

    The force is that of the dorsiflexor group along its tendon. Strides that are not finished are NaN.
    """
    cycles = {name: np.full((schedule.strides, POINTS), np.nan) for name in NAMES}
    trace = buffers.trace[: int(buffers.ints[at.I_TRACE])]
    for k in range(1, schedule.strides + 1):
        if np.isfinite(buffers.results[k, at.R_ANKLE_IC]):
            for name, values in _stride(k, schedule, buffers, trace).items():
                cycles[name][k - 1] = values
    return cycles


def _stride(
    k: int, schedule: StrideSchedule, buffers: Buffers, trace: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    const = buffers.consts[schedule.manner[k]]
    work = stride_curves(k, buffers)
    phase = np.linspace(0.0, 1.0, POINTS)
    t_s = np.array([schedule.instant_ns(k, float(p)) for p in phase]) / NS_PER_S
    rate_hz = NS_PER_S / float(buffers.stride_ns[k, at.S_MOVING])
    legs = np.array([leg_at(work, float(p), rate_hz, const[at.C_THIGH], const[at.C_SHANK]) for p in phase])
    lean, knee, thigh = legs[:, 0], legs[:, 2], legs[:, 7]
    toe_off_s = schedule.toe_off_ns[k] / NS_PER_S
    heel_off_s = min(schedule.heel_off_ns[k] / NS_PER_S, toe_off_s)
    moving = np.isfinite(trace[:, at.T_ANKLE])
    foot = np.interp(t_s, trace[moving, at.T_T], trace[moving, at.T_ANKLE]) + lean
    flat_s = buffers.instants[k - 1, at.O_FLAT] / NS_PER_S
    stands = (t_s >= flat_s) & (t_s <= heel_off_s)
    rolls = (t_s > heel_off_s) & (t_s < toe_off_s)
    leaving = float(foot[np.argmax(t_s >= toe_off_s)])
    rolls_s = toe_off_s - heel_off_s
    leaving_rate = leaving_foot(k, work, buffers)[1] * rolls_s
    foot[stands] = 0.0
    foot[rolls] = [roll_over_rad((t - heel_off_s) / rolls_s, leaving, leaving_rate)[0] for t in t_s[rolls]]
    bend = np.interp(t_s, trace[moving, at.T_T], trace[moving, at.T_BEND])
    bend[stands | rolls] = 0.0
    thigh, knee, ankle = thigh + bend, knee + bend, foot - lean
    clearance = np.zeros(POINTS)
    landed_s = buffers.instants[k, at.O_LANDING] / NS_PER_S
    swings = (t_s >= toe_off_s) & (t_s <= landed_s)
    in_air = np.isfinite(trace[:, at.T_CLEARANCE])
    clearance[swings] = np.interp(t_s[swings], trace[in_air, at.T_T], trace[in_air, at.T_CLEARANCE])
    loads = (t_s < flat_s) | (t_s > landed_s)
    clearance[loads] = np.maximum(np.sin(foot[loads]) * (BALL[0] - HEEL[0]), 0.0)
    activation = _activation(t_s, trace, float(const[at.C_TONIC]))
    force = [
        dorsiflexor_torque_n_m(a, r, min(act, 1.0), const[at.C_FORCE]) / moment_arm_m(a)
        for a, r, act in zip(ankle, np.gradient(ankle, t_s, edge_order=1), activation, strict=True)
    ]
    return dict(zip(NAMES, (thigh, knee, ankle, clearance, np.array(force)), strict=True))


def _activation(t_s: NDArray[np.float64], trace: NDArray[np.float64], tonic: float) -> NDArray[np.float64]:
    """Activation at `t_s`; between steps that lie far apart the stimulated muscle was at rest."""
    times = trace[:, at.T_T]
    after = np.clip(np.searchsorted(times, t_s), 1, len(times) - 1)
    rests = times[after] - times[after - 1] > _LONGEST_GAP_S
    return np.where(rests, tonic, np.interp(t_s, times, trace[:, at.T_ACTIVATION]))
