"""The other leg walked beside the first, on the same floor; no pulse and no aid reaches it."""

import math
from dataclasses import replace

from sim.body.compensation import CompensationState
from sim.body.outcomes import Columns
from sim.body.patient import Patient
from sim.body.settle import settled_compensation
from sim.body.walker import Walker
from sim.gait.curves import MeasuredCycle
from sim.gait.other_leg import other_patient, other_schedule
from sim.gait.schedule import StrideSchedule
from sim.gait.walk import Rug, Walk
from sim.streams import Streams


def other_strides(
    patient: Patient,
    curves: MeasuredCycle,
    walk: Walk,
    schedule: StrideSchedule,
    floor: tuple[Rug, ...],
    streams: Streams,
) -> Columns:
    """The gait columns of the other leg.

    It changes nothing of the first leg, so it is walked afterwards and the loop stays as fast as with one. A healthy
    other leg compensates nothing; an impaired one is used to the walk without device, as the first leg was.

    Args:
        patient: who walks; see `sim.gait.other_leg.other_patient`.
        curves: measured cycle.
        walk: the walk of both legs.
        schedule: of the first leg.
        floor: patches of floor where the first leg found them (`Walker.floor`).
        streams: of the case.
    """
    other, bare = other_patient(patient), replace(walk, orthosis=None)
    curves = curves if patient.bilateral else curves.yardstick
    strides, ahead_m = other_schedule(other, curves, bare, schedule, streams)
    state = (
        CompensationState()
        if walk.compensation == "none" or other.compensation_limit_m <= 0.0
        else settled_compensation(other, curves, bare, streams, prefix="other leg settle")
    )
    # both legs share the floor, not the places at which their strides begin; stairs lie where each foot finds them
    loose = (rug for rug in floor if math.isfinite(rug.length_m))
    under = tuple(replace(rug, t_ns=0, edge_m=rug.edge_m + ahead_m) for rug in loose)
    walker = Walker(other, curves, bare, strides, under, streams, state, stream_prefix="other leg")
    walker.integrate(strides.end_ns)
    return walker.strides()
