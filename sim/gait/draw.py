"""The stride schedule of a walk, drawn beforehand: nothing that a stimulator does can move it.

The patient stands for 2 s, initiates gait (stride 0), walks strides 1 to N, and stands for 2 s after the heel strike
that ends stride N. Gait initiation is a normal step out of mid-stance: at t = 0 the phase of stride 0 stands still at
mid foot-flat, its pause is the standing. Times of standing are design choices.
"""

from typing import Final

import numpy as np

from sim.body.patient import Patient
from sim.body.preparation import prepare
from sim.errors import ScenarioError
from sim.gait.curves import MeasuredCycle
from sim.gait.cycle import MID_STANCE_RATIO
from sim.gait.manner import LEVEL
from sim.gait.schedule import StrideSchedule
from sim.gait.variability import THIGH_KNEE_CORRELATION, fractal_noise
from sim.gait.walk import Walk
from sim.streams import Streams
from sim.timebase import NS_PER_S, ns_from_s

STAND_S: Final = 2.0
SPEED_RANGE_M_S: Final = (0.2, 2.0)
LONGEST_PAUSE_S: Final = 3600.0


def draw_schedule(
    patient: Patient, curves: MeasuredCycle, walk: Walk, streams: Streams, prefix: str = "gait"
) -> StrideSchedule:
    """Draw every prescribed instant and offset of a walk.

    Thigh and knee offsets, the drive and the stride time wander with long memory; thigh and knee are correlated by 0.5.
    Noise of the ankle is noise of the drive, scaled so that the ankle in mid-swing has the patient's SD.

    Args:
        patient: who walks.
        curves: measured cycle of that patient.
        walk: speed, strides, pauses.
        streams: of the case.
        prefix: of the names of the random streams (a pre-run has its own).

    Raises:
        ScenarioError: speed, strides or pauses out of range.
    """
    _check(walk)
    ready = prepare(patient, curves, walk.speed_m_s)
    aim = ready.cycle.targets
    count = walk.strides + 1

    def noise(name: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        return fractal_noise(count, patient.fractal_exponent, streams.generator(f"{prefix}.{name}"))

    moving_s = aim.stride_time_s * (1.0 + patient.stride_time_sd_ratio * noise("stride_time"))
    thigh = noise("thigh")
    knee = THIGH_KNEE_CORRELATION * thigh + np.sqrt(1.0 - THIGH_KNEE_CORRELATION**2) * noise("knee")
    moving_ns = np.rint(moving_s * NS_PER_S).astype(np.int64)
    pause_ns = np.zeros(count, np.int64)
    pause_ns[0] = ns_from_s(STAND_S)
    for pause in walk.pauses:
        pause_ns[pause.stride] += ns_from_s(pause.duration_s)
    pause_phase = MID_STANCE_RATIO * aim.stance_ratio
    stride_time_ns = moving_ns + pause_ns
    t0_ns = np.zeros(count + 1, np.int64)
    t0_ns[0] = -round(pause_phase * int(moving_ns[0]))
    t0_ns[1:] = t0_ns[0] + np.cumsum(stride_time_ns)
    stance = np.full(count, aim.stance_ratio)
    return StrideSchedule(
        t0_ns=t0_ns,
        stride_time_ns=stride_time_ns,
        pause_ns=pause_ns,
        stance_ratio=stance,
        heel_off_ns=t0_ns[:-1] + pause_ns + np.rint(aim.heel_off_ratio * moving_ns).astype(np.int64),
        toe_off_ns=t0_ns[:-1] + pause_ns + np.rint(stance * moving_ns).astype(np.int64),
        thigh_offset_rad=patient.thigh_sd_rad * thigh,
        knee_offset_rad=patient.knee_sd_rad * knee,
        drive_offset=patient.ankle_sd_rad * ready.drive_per_rad * noise("drive"),
        end_ns=int(t0_ns[-1]) + ns_from_s(STAND_S),
        pause_phase_ratio=pause_phase,
        manner=np.zeros(count, np.int64),
        stride_length_m=np.asarray(aim.speed_m_s * moving_ns * 1e-9, np.float64),
        manners=(LEVEL,),
    )


def _check(walk: Walk) -> None:
    low, high = SPEED_RANGE_M_S
    if not low <= walk.speed_m_s <= high:
        raise ScenarioError("walk.speed", f"{walk.speed_m_s:g} m/s", f"a walk has {low:g} to {high:g} m/s")
    if walk.strides < 1:
        raise ScenarioError("walk.strides", f"{walk.strides} strides", "ask for at least 1")
    for pause in walk.pauses:
        if not 1 <= pause.stride <= walk.strides:
            raise ScenarioError(
                "walk.pauses", f"a pause in stride {pause.stride}", f"this walk has strides 1 to {walk.strides}"
            )
        if not 0.0 < pause.duration_s <= LONGEST_PAUSE_S:
            raise ScenarioError(
                "walk.pauses", f"a pause of {pause.duration_s:g} s", f"allowed: over 0 s to {LONGEST_PAUSE_S:g} s"
            )
