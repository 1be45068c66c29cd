"""The stride schedule of a walk, drawn beforehand: nothing that a stimulator does can move it.

The patient stands for 2 s, initiates gait (stride 0), walks strides 1 to N, and stands for 2 s after the heel strike
that ends stride N. Gait initiation is a normal step out of mid-stance: at t = 0 the phase of stride 0 stands still at
mid foot-flat, its pause is the standing. Times of standing are design choices.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.body.patient import Patient
from sim.body.preparation import prepare
from sim.gait.curves import MeasuredCycle
from sim.gait.cycle import MID_STANCE_RATIO
from sim.gait.light import noise_ratio
from sim.gait.manner import LEVEL, Manner
from sim.gait.obstacles import draw_obstacles, lifts_m
from sim.gait.schedule import StrideSchedule
from sim.gait.sitting import Sit, heel_free_ns
from sim.gait.variability import THIGH_KNEE_CORRELATION, fractal_noise
from sim.gait.walk import Walk
from sim.gait.walk_bounds import check_walk
from sim.streams import Streams
from sim.timebase import NEVER, NS_PER_S, TimeNs, ns_from_s

STAND_S: Final = 2.0
STAIR_NOISE_RATIO: Final = 0.4
"""Stride-to-stride noise of thigh and knee on stairs: the foot is placed under sight (design choice)."""


def draw_schedule(
    patient: Patient, curves: MeasuredCycle, walk: Walk, streams: Streams, prefix: str = "gait"
) -> StrideSchedule:
    """Draw every prescribed instant and offset of a walk.

    Thigh and knee offsets, the drive and the stride time wander with long memory; thigh and knee are correlated by 0.5.
    Noise of the ankle is noise of the drive, scaled so that the ankle in mid-swing has the patient's SD. On stairs the
    length of a stride is that of its treads, whatever its time.

    Args:
        patient: who walks.
        curves: measured cycle of that patient.
        walk: speed, strides, pauses, passages in other manners.
        streams: of the case.
        prefix: of the names of the random streams (a pre-run has its own).

    Raises:
        ScenarioError: speed, strides, pauses or passages out of range.
    """
    check_walk(walk)
    manners, manner = _manners(walk)
    ready = [prepare(patient, curves, walk.speed_m_s, each) for each in manners]
    count = walk.strides + 1

    def aim(field: str) -> NDArray[np.float64]:
        return np.array([getattr(each.cycle.targets, field) for each in ready])[manner]

    def noise(name: str) -> NDArray[np.float64]:
        return fractal_noise(count, patient.fractal_exponent, streams.generator(f"{prefix}.{name}"))

    wander = noise_ratio(patient, walk.light)
    stride_time, stance = aim("stride_time_s"), aim("stance_ratio")
    moving_s = stride_time * (1.0 + wander * patient.stride_time_sd_ratio * noise("stride_time"))
    thigh = noise("thigh")
    knee = THIGH_KNEE_CORRELATION * thigh + np.sqrt(1.0 - THIGH_KNEE_CORRELATION**2) * noise("knee")
    moving_ns = np.rint(moving_s * NS_PER_S).astype(np.int64)
    pause_ns = np.zeros(count, np.int64)
    pause_ns[0] = ns_from_s(STAND_S)
    for pause in (*walk.pauses, *walk.sits):
        pause_ns[pause.stride] += ns_from_s(pause.duration_s)
    pause_phase = MID_STANCE_RATIO * float(stance[0])
    stride_time_ns = moving_ns + pause_ns
    t0_ns = np.zeros(count + 1, np.int64)
    t0_ns[0] = -round(pause_phase * int(moving_ns[0]))
    t0_ns[1:] = t0_ns[0] + np.cumsum(stride_time_ns)
    begins_ns = t0_ns[:-1] + pause_ns
    heel_off_ns = begins_ns + np.rint(aim("heel_off_ratio") * moving_ns).astype(np.int64)
    rises = np.array([each.heel_rises for each in manners])[manner]
    on_stairs = np.array([each.riser_m != 0.0 for each in manners])[manner]
    seats = [_seat(sit, t0_ns, moving_ns, pause_ns, pause_phase) for sit in walk.sits]
    free = [
        heel_free_ns(start, end, sit.heel, streams.generator(f"{prefix}.sit.{sit.stride}"))
        for sit, (start, end) in zip(walk.sits, seats, strict=True)
    ]
    placed = np.where(on_stairs, STAIR_NOISE_RATIO, 1.0)
    drive_per_rad = np.array([each.drive_per_rad for each in ready])[manner]
    length_m = aim("pace_m_s") * np.where(on_stairs, stride_time * NS_PER_S, moving_ns) * 1e-9
    start_x_m = np.concatenate(([0.0], np.cumsum(length_m[:-1])))
    obstacles = draw_obstacles(walk.terrain, float(start_x_m[-1] + length_m[-1]), streams, prefix)
    nowhere = np.zeros((0, 2), np.int64)
    return StrideSchedule(
        t0_ns=t0_ns,
        stride_time_ns=stride_time_ns,
        pause_ns=pause_ns,
        stance_ratio=stance,
        heel_off_ns=np.where(rises, heel_off_ns, NEVER),
        toe_off_ns=begins_ns + np.rint(stance * moving_ns).astype(np.int64),
        thigh_offset_rad=wander * patient.thigh_sd_rad * placed * thigh,
        knee_offset_rad=wander * patient.knee_sd_rad * placed * knee,
        drive_offset=wander * patient.ankle_sd_rad * drive_per_rad * noise("drive"),
        end_ns=int(t0_ns[-1]) + ns_from_s(STAND_S),
        pause_phase_ratio=pause_phase,
        manner=manner,
        stride_length_m=length_m,
        manners=manners,
        heel_free_ns=np.concatenate((nowhere, *free)),
        seated_ns=np.concatenate((nowhere, np.array(seats, np.int64).reshape(-1, 2))),
        obstacles=obstacles,
        lift_m=lifts_m(walk.terrain, walk.light, obstacles, start_x_m, length_m, streams, prefix),
    )


def _manners(walk: Walk) -> tuple[tuple[Manner, ...], NDArray[np.int64]]:
    """The manners of a walk, level walking first, and the manner of every stride from 0 on."""
    manners = tuple(dict.fromkeys((LEVEL, *(passage.manner for passage in walk.passages))))
    manner = np.zeros(walk.strides + 1, np.int64)
    for passage in walk.passages:
        manner[passage.first : passage.last + 1] = manners.index(passage.manner)
    return manners, manner


def _seat(
    sit: Sit, t0_ns: NDArray[np.int64], moving_ns: NDArray[np.int64], pause_ns: NDArray[np.int64], pause_phase: float
) -> tuple[TimeNs, TimeNs]:
    """The pause of a sit, ns."""
    start = int(t0_ns[sit.stride]) + round(pause_phase * int(moving_ns[sit.stride]))
    return start, start + int(pause_ns[sit.stride])
