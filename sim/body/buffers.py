"""The flat arrays of one walk, as the kernels want them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.body.activation import A_REST, KM_REST, TAU1_REST_S
from sim.body.advance import advance
from sim.body.compensation import CompensationState
from sim.body.layout import (
    B_DEMAND,
    B_FOOT_X,
    B_GAIN_A,
    B_KM,
    B_MTC_RATIO,
    B_TAU1,
    BODY_FLOATS,
    BODY_INTS,
    BRANCH,
    BRANCHES,
    DRIVE_POINTS,
    F_DRIVE,
    F_FLOATS,
    F_KNEE,
    F_LENGTH,
    F_LIFT,
    F_SENSE,
    F_THIGH,
    F_X,
    GROUND,
    I_FELT,
    I_LAST_PULSE,
    I_RESTING,
    I_ROLLED,
    INT_BRANCH,
    O_INTS,
    PULSE,
    RESULTS,
    RING,
    S_HEEL_OFF,
    S_INTS,
    S_MANNER,
    S_MOVING,
    S_NEXT,
    S_T0,
    S_TOE_OFF,
    S_WATCH,
    STEP_NS,
    TRACE,
)
from sim.gait.cycle import GaitCycle, contact_x_m
from sim.gait.schedule import StrideSchedule
from sim.gait.stairs import way_of
from sim.gait.walk import Rug
from sim.timebase import NEVER

FIRST_LANDING_RATIO = 0.85
"""Swing phase before which contact is a scuff or a stumble, not a landing (end of the scuff window)."""


@dataclass(slots=True, eq=False)
class Buffers:
    """State, constants and results of one walk; see `sim.body.layout` for the columns.

    `consts`, `bases`, `modes` and `swing_ankles` have one entry a manner of walking.
    """

    ints: NDArray[np.int64]
    body: NDArray[np.float64]
    consts: NDArray[np.float64]
    stride_ns: NDArray[np.int64]
    stride: NDArray[np.float64]
    instants: NDArray[np.int64]
    results: NDArray[np.float64]
    pulse_ns: NDArray[np.int64]
    pulse_share: NDArray[np.float64]
    bases: NDArray[np.float64]
    modes: NDArray[np.float64]
    swing_ankles: NDArray[np.float64]
    work: NDArray[np.float64]
    drive: NDArray[np.float64]
    ring: NDArray[np.float64]
    rugs: NDArray[np.float64]
    trace: NDArray[np.float64]
    step_ns: int

    def run(self, until_ns: int) -> bool:
        """Integrate to `until_ns`; False if the foot left the domain of the model."""
        return (
            advance(
                until_ns,
                self.ints,
                self.body,
                self.consts,
                self.stride_ns,
                self.stride,
                self.instants,
                self.results,
                self.pulse_ns,
                self.pulse_share,
                self.bases,
                self.modes,
                self.swing_ankles,
                self.work,
                self.drive,
                self.ring,
                self.rugs,
                self.trace,
                self.step_ns,
            )
            == 0
        )


def make_buffers(
    cycles: Sequence[GaitCycle],
    consts: NDArray[np.float64],
    schedule: StrideSchedule,
    state: CompensationState,
    rugs: tuple[Rug, ...] = (),
    sense_m: NDArray[np.float64] | None = None,
    step_ns: int = STEP_NS,
) -> Buffers:
    """Arrays for a walk that begins at t = 0 with the foot on the floor and the muscle at rest.

    Args:
        cycles: prescribed cycle of every manner of the schedule.
        consts: constants of every manner, (M, CONSTANTS).
        schedule: instants and offsets of the strides.
        state: compensation at the start.
        rugs: patches of raised floor.
        sense_m: error with which the clearance of each stride is felt, m, (N + 1,).
        step_ns: grid of the steps; divides `STEP_NS`.
    """
    count = schedule.strides + 1
    moving = schedule.stride_time_ns - schedule.pause_ns
    swing_ns = schedule.t0_ns[1:] - schedule.toe_off_ns
    stride_ns = np.zeros((count, S_INTS), np.int64)
    stride_ns[:, S_T0] = schedule.t0_ns[:-1]
    stride_ns[:, S_MOVING] = moving
    stride_ns[:, S_TOE_OFF] = schedule.toe_off_ns
    stride_ns[:, S_NEXT] = schedule.t0_ns[1:]
    stride_ns[:, S_MANNER] = schedule.manner
    stride_ns[:, S_HEEL_OFF] = schedule.heel_off_ns
    stride_ns[:, S_WATCH] = schedule.toe_off_ns + (FIRST_LANDING_RATIO * swing_ns).astype(np.int64)
    stride = np.zeros((count, F_FLOATS))
    stride[:, F_THIGH] = schedule.thigh_offset_rad
    stride[:, F_KNEE] = schedule.knee_offset_rad
    stride[:, F_DRIVE] = schedule.drive_offset
    stride[:, F_SENSE] = 0.0 if sense_m is None else sense_m
    stride[:, F_LENGTH] = schedule.stride_length_m
    stride[:, F_LIFT] = schedule.lift_m if schedule.lift_m.size else 0.0
    stride[1:, F_X] = np.cumsum(schedule.stride_length_m[:-1])
    ints = np.zeros(BODY_INTS, np.int64)
    ints[I_FELT:] = -1
    ints[I_ROLLED] = -1
    for branch in range(BRANCHES):
        ints[I_LAST_PULSE + branch * INT_BRANCH] = -1
        ints[I_RESTING + branch * INT_BRANCH] = 1
    body = np.zeros(2 * BODY_FLOATS)
    for branch in (0, BRANCH):
        body[branch + B_GAIN_A], body[branch + B_TAU1], body[branch + B_KM] = A_REST, TAU1_REST_S, KM_REST
    body[B_DEMAND], body[B_MTC_RATIO] = state.demand_m, state.mtc_swing_ratio
    loose = [*(_ground(rug) for rug in rugs), *_stairs(cycles, schedule, stride[:, F_X])]
    fixed = [_ground(rug) for rug in schedule.obstacles]
    floor = np.array([(*row, len(loose)) for row in (*loose, *fixed)], np.float64).reshape(-1, GROUND)
    first = cycles[schedule.manner[0]]
    body[B_FOOT_X] = _standing_ankle_m(first, float(schedule.stride_length_m[0]), schedule.pause_phase_ratio)
    return Buffers(
        ints=ints,
        body=body,
        consts=consts.copy(),
        stride_ns=stride_ns,
        stride=stride,
        instants=np.full((count, O_INTS), NEVER, np.int64),
        results=np.full((count, RESULTS), np.nan),
        pulse_ns=np.zeros(256, np.int64),
        pulse_share=np.zeros((256, PULSE)),
        bases=np.stack([cycle.base for cycle in cycles]),
        modes=np.stack([cycle.modes for cycle in cycles]),
        swing_ankles=np.stack([cycle.swing_ankle for cycle in cycles]),
        work=first.base.copy(),
        drive=np.zeros(2 * DRIVE_POINTS),
        ring=np.zeros(RING),
        rugs=floor,
        trace=np.zeros((0, TRACE)),
        step_ns=step_ns,
    )


def _ground(rug: Rug) -> tuple[float, float, float, float]:
    return float(rug.t_ns), rug.edge_m, rug.length_m, rug.height_m


def _stairs(
    cycles: Sequence[GaitCycle], schedule: StrideSchedule, start_x_m: NDArray[np.float64]
) -> list[tuple[float, float, float, float]]:
    """Two stairs for every stride on them, where that stride's feet find them: rows of the ground."""
    found: list[tuple[float, float, float, float]] = []
    for k, manner in enumerate(schedule.manner):
        way = cycles[manner].manner
        if way.riser_m != 0.0:
            foot_x = float(start_x_m[k]) + contact_x_m(cycles[manner])
            for tread in (1, 2):
                edge = foot_x + tread * way.tread_m - way_of(way).overlap_m
                found.append((0.0, edge, np.inf, way.riser_m))
    return found


def _standing_ankle_m(cycle: GaitCycle, length_m: float, phase: float) -> float:
    """Where the ankle stands before the first step, m: under the leg at the phase at which the walker pauses."""
    row = cycle.base[int(phase * cycle.base.shape[0])]
    lean = row[0] - row[4]
    return float(
        length_m * phase + row[12] + cycle.thigh_length_m * np.sin(row[0]) + cycle.shank_length_m * np.sin(lean)
    )
