"""Whether a run was at the worst corner of the settings: a worst case that nobody tried shows nothing."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from reports.conditions import conditions_of, setting_steps
from reports.measures.collecting import spans_array
from rig.record import Record
from scenarios.catalogue import Parameter
from scenarios.corner import Worst, predicted, worst_corner

NEAR_RATIO: Final = 0.99
"""Settings whose prediction reaches this part of the worst corner's are at it (design choice)."""

AT: Final = Parameter(
    "at",
    choices=("corner", "anywhere"),
    default="anywhere",
    summary="`corner`: no pass unless the run was at the worst corner of what the device allows to be set",
)


def short_of_corner(record: Record, parameters: Mapping[str, Any], quantity: Worst) -> dict[str, Any]:
    """`lost_s` and `lost_because` for the samples of a worst case, where the run was never at the corner; else nothing.

    The load must be the resistor of 500 ohm there, which the limits are written for.
    """
    if parameters.get("at", "anywhere") != "corner":
        return {}
    corner = worst_corner(record.case.device, quantity)
    why = ""
    if corner is None:
        why = "the device file says not what may be set: the worst corner is not known"
    else:
        reached = max((value for value in _predictions(record, quantity)), default=0.0)
        if reached < NEAR_RATIO * corner.value:
            why = f"the run was never at the worst corner: {reached / corner.value:.0%} of it by prediction"
    if not why:
        return {}
    return {"lost_s": spans_array([record.span_s[0]], [record.span_s[1]]), "lost_because": why}


def _predictions(record: Record, quantity: Worst) -> list[float]:
    """What the settings of the run predict, one number for each time between two changes that saw a pulse."""
    pulses_s = record.pulses["t_s"]
    conditions = conditions_of(record)
    names = [name for name in record.case.device.programmed if setting_steps(record, name).changes_s]
    edges = sorted({t_s for name in names for t_s in setting_steps(record, name).changes_s} | {-np.inf})
    found: list[float] = []
    for start, end in zip(edges, [*edges[1:], np.inf], strict=True):
        seen = pulses_s[(pulses_s >= start) & (pulses_s < end)]
        if not seen.size or all(conditions.load.at(float(t)).tau_s > 0.0 for t in (seen[0], seen[-1])):
            continue
        settings = record.case.device.settings
        try:
            for name in names:
                settings = settings.changed(name, setting_steps(record, name).at(float(seen[0])))
        except ValueError:
            continue
        found.append(predicted(quantity, settings))
    return found
