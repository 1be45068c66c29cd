"""The other leg: who it belongs to, and when it steps.

Both legs share the stride time. The other leg's swing lies in the stance of the first one, with equal double support
before and after it: it lands at (stance + swing of the other) / 2 of the first leg's cycle, at half of it where both
legs are alike (design choice). A pause of the first leg lengthens the other's stance, and the other leg steps off a
little before the first one's clock runs on: it is half a cycle behind.
"""

import math
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.body.patient import Patient
from sim.body.preparation import prepare
from sim.gait.curves import MeasuredCycle
from sim.gait.cycle import MID_STANCE_RATIO
from sim.gait.light import noise_ratio
from sim.gait.obstacles import lifts_m
from sim.gait.schedule import StrideSchedule
from sim.gait.targets import healthy_stance_ratio, healthy_twin
from sim.gait.variability import THIGH_KNEE_CORRELATION, fractal_noise
from sim.gait.walk import Walk
from sim.streams import Streams
from sim.timebase import NEVER

HEALTHY_SD_RAD: Final = (math.radians(0.7), math.radians(1.0), math.radians(0.7))
"""Stride-to-stride standard deviation of thigh, knee and ankle of young healthy legs, rad."""


def other_patient(patient: Patient) -> Patient:
    """The person as the other leg has it: the same body, the same strides, and the disease only where it is bilateral.

    The healthy other leg of an impaired one takes what that leaves of the two swings (`sim.gait.targets`), and scatters
    from stride to stride no more than a young healthy leg (model.md 5.1). Below 0.4 m/s its rigid toes come down to the
    floor early in swing, where a real foot bends them (model.md 1.3a, point 7).
    """
    asymmetry = patient.swing_asymmetry_ratio
    mirrored = None if asymmetry is None else 1.0 / asymmetry
    if patient.bilateral:
        return replace(patient, swing_asymmetry_ratio=mirrored)
    stance = None
    if patient.stance_ratio is not None:
        stance = 2.0 * healthy_stance_ratio(patient.speed_m_s) - patient.stance_ratio
    twin = healthy_twin(patient)
    if patient.drive == "tonic":
        thigh_rad, knee_rad, ankle_rad = HEALTHY_SD_RAD
        twin = replace(
            twin,
            thigh_sd_rad=min(patient.thigh_sd_rad, thigh_rad),
            knee_sd_rad=min(patient.knee_sd_rad, knee_rad),
            ankle_sd_rad=min(patient.ankle_sd_rad, ankle_rad),
        )
    return replace(
        twin,
        stride_time_s=patient.stride_time_s,
        stance_ratio=stance,
        swing_asymmetry_ratio=mirrored,
    )


def other_schedule(
    other: Patient, curves: MeasuredCycle, walk: Walk, schedule: StrideSchedule, streams: Streams
) -> tuple[StrideSchedule, float]:
    """The other leg's strides beside those of the first.

    Stride k of the other leg has its swing in the stance of stride k of the first. Its offsets are drawn from streams
    of its own; its instants follow from the first leg's and need no draw.

    Args:
        other: from `other_patient`.
        curves: measured cycle.
        walk: the walk of both.
        schedule: of the first leg.
        streams: of the case.

    Returns:
        The schedule, and how far the other leg's places along the walk lie ahead of the first leg's, m.
    """
    manners = tuple(replace(manner, path_change_m=-manner.path_change_m) for manner in schedule.manners)
    ready = [prepare(other, curves, walk.speed_m_s, manner) for manner in manners]
    stances = np.array([each.cycle.targets.stance_ratio for each in ready])[schedule.manner]
    heel_offs = np.array([each.cycle.targets.heel_off_ratio for each in ready])[schedule.manner]
    landing = 0.5 * (schedule.stance_ratio + 1.0 - stances)
    moving_ns = schedule.stride_time_ns - schedule.pause_ns
    count = schedule.strides + 1

    t0_ns = np.zeros(count + 1, np.int64)
    t0_ns[1:] = schedule.t0_ns[:-1] + schedule.pause_ns + np.rint(landing * moving_ns).astype(np.int64)
    t0_ns[0] = t0_ns[1] - schedule.stride_time_ns[0]
    stride_time_ns = np.diff(t0_ns)
    own_moving_ns = stride_time_ns - schedule.pause_ns
    before_m = np.concatenate([schedule.stride_length_m[:1], schedule.stride_length_m[:-1]])
    left = 1.0 - np.concatenate([landing[:1], landing[:-1]])
    length_m = left * before_m + landing * schedule.stride_length_m
    # about a corner the other leg walks the other side: half a stride of each belongs to this one
    path_m = np.array([manner.path_change_m for manner in manners])[schedule.manner]
    length_m = length_m + left * np.concatenate([path_m[:1], path_m[:-1]]) * 2.0 + landing * path_m * 2.0
    # each foot finds the stairs where its own strides on them begin, two treads long
    on_stairs = np.array([manner.riser_m != 0.0 for manner in manners])[schedule.manner]
    length_m = np.where(on_stairs, schedule.stride_length_m, length_m)

    def noise(name: str) -> NDArray[np.float64]:
        return fractal_noise(count, other.fractal_exponent, streams.generator(f"other leg.{name}"))

    thigh = noise("thigh")
    knee = THIGH_KNEE_CORRELATION * thigh + np.sqrt(1.0 - THIGH_KNEE_CORRELATION**2) * noise("knee")
    wander = noise_ratio(other, walk.light)
    drive = wander * other.ankle_sd_rad * np.array([each.drive_per_rad for each in ready])[schedule.manner]
    standing_ns = t0_ns[:-1] + schedule.pause_ns
    ahead_m = float(length_m[0] - landing[0] * schedule.stride_length_m[0])
    start_x_m = np.concatenate(([0.0], np.cumsum(length_m[:-1])))
    obstacles = tuple(replace(rug, edge_m=rug.edge_m + ahead_m) for rug in schedule.obstacles)
    heel_off_ns = standing_ns + np.rint(heel_offs * own_moving_ns).astype(np.int64)
    made = replace(
        schedule,
        t0_ns=t0_ns,
        stride_time_ns=stride_time_ns,
        stance_ratio=stances,
        heel_off_ns=np.where(schedule.heel_off_ns < NEVER, heel_off_ns, NEVER),
        toe_off_ns=standing_ns + np.rint(stances * own_moving_ns).astype(np.int64),
        thigh_offset_rad=wander * other.thigh_sd_rad * thigh,
        knee_offset_rad=wander * other.knee_sd_rad * knee,
        drive_offset=drive * noise("drive"),
        pause_phase_ratio=MID_STANCE_RATIO * float(stances[0]),
        stride_length_m=length_m,
        manners=manners,
        obstacles=obstacles,
        lift_m=lifts_m(walk.terrain, walk.light, obstacles, start_x_m, length_m, streams, "gait"),
    )
    return made, ahead_m
