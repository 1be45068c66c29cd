"""How the foot lands against the reference timing: slap and eversion (regulatory.md GAI-08)."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from reports.measures.collecting import collected, noted
from reports.measures.compared import COMPARATIVE, SOURCE, compared
from reports.measures.walked import estimated
from reports.samples import Samples
from rig.record import Record


def slap_ratio(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Mean peak plantarflexion rate after contact over that of the reference walk; one sample a run."""
    both = compared(record, parameters, "slap_rad_s", "")
    if isinstance(both, Samples):
        return both
    spread = both.own_value[both.rows].mean(axis=-1) / both.reference_value[both.rows].mean(axis=-1)
    own, reference = np.degrees(both.own_value.mean()), np.degrees(both.reference_value.mean())
    notes = (f"mean {own:.0f} deg/s, reference {reference:.0f} deg/s", COMPARATIVE)
    found = both.estimate(float(both.own_value.mean() / both.reference_value.mean()), spread)
    return estimated([found], both.swings, SOURCE, notes=notes)


def eversion_change(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Eversion at contact less that of the same stride of the reference walk, rad; one sample a stride."""
    both = compared(record, parameters, "eversion_ic_rad", "rad")
    if isinstance(both, Samples):
        return both
    strides, rows = both.swings.table, both.swings.rows
    return collected(
        "rad",
        both.own_value - both.reference_value,
        strides["toe_off_s"][rows],
        strides["t0_s"][rows] + strides["stride_time_s"][rows],
        strides["stride"][rows],
        dropped=both.swings.dropped,
        notes=(COMPARATIVE, *noted(both.swings.dropped, "swings outside `during`")),
    )
