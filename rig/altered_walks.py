"""The patient of a record walked again with other pulses: the reference timing, a delay, a tired muscle, a moved pad.

From the record alone, like the effect of the aid: same strides, noise, floor and events, the same state at stride 1.
Nothing is measured again, so what comes out is for comparison only.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

from rig.ideal_pulses import ideal_pulses
from rig.record import Record, Table
from rig.tables import pulse_array
from rig.walks import prepare_walk
from scenarios.case import Case
from sim.errors import ModelError


@dataclass(frozen=True, slots=True)
class Alteration:
    """What is different in a walk; by default nothing.

    Attributes:
        ideal: the pulses of a stimulator without delay, fault or loss in place of the captured ones.
        delay_s: every pulse comes this much later, s.
        weaker_ratio: share of the force of dorsiflexors and everters that is lost, 0..1.
        shift_m: the electrodes sit this much further along the fibular head, m.
    """

    ideal: bool = False
    delay_s: float = 0.0
    weaker_ratio: float = 0.0
    shift_m: float = 0.0


AS_CAPTURED = Alteration()
REFERENCE = Alteration(ideal=True)


def why_no_walk(record: Record) -> str:
    """Why the patient cannot be walked again, or ""."""
    reasons = (
        (record.case.is_recorded, "the sensor is a recording: no patient walked who could feel the stimulation"),
        (not record.strides["stride"].size, "no stride of the patient is known"),
        (record.fault is not None or record.interrupted, "the run did not come to its end"),
        (any(record.clipped.values()), "the capture is clipped"),
        (bool(record.gaps_s), "the capture has gaps"),
    )
    return next((reason for holds, reason in reasons if holds), "")


@lru_cache(maxsize=32)
def altered_strides(record: Record, alteration: Alteration) -> Table | None:
    """Gait columns of the altered walk, rows 1..N; None where the foot leaves the domain of the model.

    A patient who has got used to the device begins like one who has not (`acute`): that state is no part of a record.
    Records are not changed once made, so a walk is kept for the next check that asks for it.
    """
    case = record.case
    if case.walk.compensation == "adapted":
        case = replace(case, walk=replace(case.walk, compensation="acute"))
    state = prepare_walk(case).compensation
    walk = prepare_walk(_altered(case, alteration), state)
    pulses = ideal_pulses(record) if alteration.ideal else pulse_array(record.pulses)
    pulses = pulses.copy()
    pulses["t_s"] += alteration.delay_s
    pulses["end_s"] += alteration.delay_s
    walker = walk.walker(walk.case.patient, walk.walk, state)
    walker.add_pulses(pulses)
    try:
        walker.integrate(walk.schedule.end_ns)
    except ModelError:
        return None
    return walker.strides()


def _altered(case: Case, alteration: Alteration) -> Case:
    left = 1.0 - alteration.weaker_ratio
    patient = replace(
        case.patient, force_n=case.patient.force_n * left, everter_force_n=case.patient.everter_force_n * left
    )
    electrodes = replace(case.electrodes, position_m=case.electrodes.position_m + alteration.shift_m)
    return replace(case, patient=patient, electrodes=electrodes)
