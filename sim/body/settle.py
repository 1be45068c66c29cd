"""What a patient is used to before the record begins: 200 strides walked beforehand, without the device."""

from functools import lru_cache
from typing import Final

from sim.body.compensation import CompensationState
from sim.body.patient import Patient
from sim.body.walker import Walker
from sim.gait.curves import MeasuredCycle
from sim.gait.draw import draw_schedule
from sim.gait.walk import Orthosis, Walk
from sim.streams import Streams

PRE_RUN_STRIDES: Final = 200


def settled_compensation(
    patient: Patient,
    curves: MeasuredCycle,
    walk: Walk,
    streams: Streams,
    *,
    with_orthosis: bool = False,
    prefix: str = "settle",
) -> CompensationState:
    """State of the compensation after 200 unrecorded strides without device, and without orthosis unless asked.

    Args:
        patient: who walks.
        curves: measured cycle.
        walk: the walk that follows; its speed counts, its pauses do not.
        streams: of the case; the pre-run draws from streams of its own.
        with_orthosis: wear the walk's orthosis during the pre-run (`compensation: adapted`).
        prefix: of the names of the pre-run's random streams (each leg has its own).
    """
    orthosis = walk.orthosis if with_orthosis else None
    return _settled(patient, curves, walk.speed_m_s, orthosis, streams.seed, prefix)


@lru_cache(maxsize=64)
def _settled(
    patient: Patient, curves: MeasuredCycle, speed_m_s: float, orthosis: Orthosis | None, seed: int, prefix: str
) -> CompensationState:
    walk = Walk(speed_m_s, PRE_RUN_STRIDES, "adapted", orthosis)
    streams = Streams(seed)
    schedule = draw_schedule(patient, curves, walk, streams, prefix=prefix)
    walker = Walker(patient, curves, walk, schedule, (), streams, stream_prefix=prefix)
    walker.integrate(schedule.end_ns)
    return walker.compensation
