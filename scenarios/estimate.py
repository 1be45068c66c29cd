"""How long a case takes and how much it writes, before it is run."""

from typing import Final

from scenarios import timeline
from scenarios.case import Case
from sim.gait.manner import Manner
from sim.gait.speed_law import TIME_EXPONENT
from sim.gait.stairs import on_stairs_s
from sim.timebase import NS_PER_S

G_M_S2: Final = 9.81
_STANDING_S: Final = 6.0
"""Gait initiation and the final stand (design choice, an estimate)."""
_WINDOWS_SHARE: Final = 2e9 / (3600.0 * 4e6)
"""Bytes kept by `windows` over those of `full`: 1.9 GB an hour of two channels at 1 MS/s, measured at 30 pulses/s."""
_TABLES_BYTES: Final = 1_000_000
"""Pulses, strides, events, verdicts and plots of one case (measured order of magnitude)."""


def law_stride_time_s(speed_m_s: float, leg_length_m: float) -> float:
    """Stride time of a healthy adult, s: two steps of 1.110 v*^-0.486 sqrt(L/g), v* = v / sqrt(g L).

    Source: fit over 51 people, 306 trials (BMClab H2A, CC BY 4.0), 0.5-1.4 m/s.
    """
    speed_ratio = speed_m_s / (G_M_S2 * leg_length_m) ** 0.5
    return 2.0 * 1.110 * speed_ratio**-0.486 * (leg_length_m / G_M_S2) ** 0.5


def stride_time_s(case: Case) -> float:
    """Mean stride time of the case's patient at the speed of the walk, s; a class keeps its ratio to the law."""
    patient = case.patient
    at_speed_s = law_stride_time_s(case.walk.speed_m_s, patient.leg_length_m)
    if patient.stride_time_s is None:
        return at_speed_s
    return at_speed_s * patient.stride_time_s / law_stride_time_s(patient.speed_m_s, patient.leg_length_m)


def duration_s(case: Case) -> float:
    """Estimated simulated time of a case, s; that of a recording is known."""
    if case.is_recorded:
        return case.sensor.end_ns / NS_PER_S
    stood_s = sum(pause.duration_s for pause in timeline.pauses(case))
    usual_s = stride_time_s(case)
    longer_s = sum(
        passage.strides * (_manner_stride_s(passage.manner, usual_s, case) - usual_s)
        for passage in timeline.walk_of(case).passages
    )
    return case.walk.strides * usual_s + longer_s + stood_s + _STANDING_S


def _manner_stride_s(manner: Manner, usual_s: float, case: Case) -> float:
    """Stride time in another manner, s."""
    if manner.riser_m != 0.0:
        return on_stairs_s(manner, usual_s, case.patient.leg_length_m)
    return usual_s * manner.speed_ratio**TIME_EXPONENT * manner.time_ratio


def bytes_needed(case: Case) -> int:
    """Estimated size of the case's folder, bytes."""
    full = 2.0 * case.capture.rate_hz * len(case.capture.channels) * duration_s(case)
    share = {"full": 1.0, "windows": _WINDOWS_SHARE, "none": 0.0}[case.capture.keep]
    return _TABLES_BYTES + round(full * share)
