"""Walks the patient of a record three ways with its own captured pulses: the effect of the aid, acute and adapted.

From the record alone, so it is the same on every bench and can be made again later. The device is not asked again: its
pulses stay at the instants at which they were captured, while a foot that lands a little earlier or later would have
triggered it so much earlier or later.
"""

from dataclasses import replace

import numpy as np

from rig.aid_effect import EXPOSURE, QUANTITIES, WALKS, AidEffect, Spread, why_no_effect
from rig.record import Record, Table
from rig.tables import pulse_array
from rig.walks import prepare_walk
from sim.body.aid_effect import exposure_ratio, three_walks
from sim.errors import ModelError


def effect_of(record: Record) -> AidEffect | None:
    """The effect of the aid; None where `why_no_effect` has an answer, or the foot leaves the domain of the model."""
    if why_no_effect(record):
        return None
    # the patient as used to walking without the aid, whatever state the scenario begins with
    case = replace(record.case, walk=replace(record.case.walk, compensation="acute"))
    walk = prepare_walk(case)
    pulses = pulse_array(record.pulses)
    try:
        found = three_walks(walk.walker, case.patient, walk.walk, walk.schedule, pulses, walk.compensation)
    except ModelError:
        return None
    worn = (("stimulation", pulses.size > 0), ("orthosis", case.walk.orthosis is not None))
    tables = (found.without, found.acute, found.adapted)
    return AidEffect(
        aid=" and ".join(name for name, used in worn if used),
        speed_m_s=case.walk.speed_m_s,
        strides=len(found.without["mtc_m"]),
        adapting_strides=found.adapting_strides,
        walks={name: _spreads(table) for name, table in zip(WALKS, tables, strict=True)},
    )


def _spreads(strides: Table) -> dict[str, Spread]:
    spreads = {name: _spread(strides[name]) for name in QUANTITIES}
    return spreads | {EXPOSURE: Spread(exposure_ratio(strides["mtc_m"]), float("nan"))}


def _spread(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Spread:
    known = values[np.isfinite(values)]
    if not known.size:
        return Spread(float("nan"), float("nan"))
    return Spread(float(known.mean()), float(known.std(ddof=1)) if known.size > 1 else float("nan"))
