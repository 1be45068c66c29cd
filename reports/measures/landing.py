"""The foot in each swing and at its landing: ankle, sole, how soon it lies flat, how the hip helped."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from reports.measures.collecting import collected, not_run, spans_array
from reports.measures.outcomes import swing_spans
from reports.samples import Samples
from rig.record import Record


def each_swing(record: Record, unit: str, column: str, origin: str = "") -> Samples:
    """One sample a swing: `column`, or its time after the column `origin`."""
    strides = record.strides
    if not strides["stride"].size:
        return not_run(unit, "no stride of the patient is known")
    if column not in strides:
        return not_run(unit, f"the record has no column {column}")
    values = strides[column] - strides[origin] if origin else strides[column]
    toe_off_s, next_s = swing_spans(record)
    rows, lost = np.flatnonzero(np.isfinite(values)), np.flatnonzero(~np.isfinite(values))
    return collected(
        unit,
        values[rows],
        toe_off_s[rows],
        next_s[rows],
        strides["stride"][rows],
        lost_s=spans_array(toe_off_s[lost], next_s[lost]),
        lost_because="the foot did not land",
    )


def ankle_at_contact(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """Ankle at initial contact of each swing, rad, dorsiflexion positive."""
    return each_swing(record, "rad", "ankle_ic_rad")


def foot_at_contact(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """Sole against the floor at initial contact, rad, toes up positive; below 0 the toes land first."""
    return each_swing(record, "rad", "foot_ic_rad")


def peak_dorsiflexion(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """Largest dorsiflexion of each swing after 35 % of it, rad: before that toe-off, which is prescribed, shows."""
    return each_swing(record, "rad", "ankle_swing_peak_rad")


def contact_to_flat(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """Time from initial contact to foot flat, s; a slapping foot is flat within 4 % of the cycle."""
    return each_swing(record, "s", "foot_flat_s", "landing_s")


def foot_slap(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """Largest plantarflexion rate between contact and foot flat, rad/s."""
    return each_swing(record, "rad/s", "slap_rad_s")


def hip_hike(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """Lift of the pelvis above the uncompensated walk in each swing, m."""
    return each_swing(record, "m", "hip_hike_m")
