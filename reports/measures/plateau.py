"""The plateau of a train: its pulses between the ramps."""

import numpy as np
from numpy.typing import NDArray

from reports.measures.grouping import Train, set_period_s, trains_of
from reports.measures.openings import closings_s, openings_of
from rig.record import Record
from rig.trains import SHORTEST_BREAK_S

_RAMPED_RATIO = 0.9
"""Without set ramps the plateau runs from the first to the last pulse that reaches this part of its charge."""


def plateau_rows(record: Record) -> NDArray[np.bool_]:
    """(n,) True for the pulses on the plateau of their train.

    Where the ramps are set, the plateau is what lies between them, one period away from each; else it runs from the
    first to the last pulse that reaches 90 % of the plateau's phase charge. Weak pulses in between belong to it: a
    defect is never taken for a ramp. Where the next step begins while stimulation is still on, it may be ramped down
    and up again within the train: from the landing until 150 ms and a ramp after the sensor's opening is left out.
    """
    t_s, strides = record.pulses["t_s"], record.strides
    keep = np.zeros(t_s.size, np.bool_)
    for train in trains_of(record):
        keep[train.rows[_span(record, train)]] = True
    ramp_s = record.case.device.programmed.get("ramp_up", 0.0)
    for opening in openings_of(record):
        landed_s = closings_s(record)[: opening.row]
        landed_s = landed_s[np.isfinite(landed_s)]
        if opening.running:
            start_s = landed_s[-1] if landed_s.size else strides["t0_s"][0]
            keep &= (t_s < start_s) | (t_s > opening.t_s + SHORTEST_BREAK_S + ramp_s)
    return keep


def _span(record: Record, train: Train) -> slice:
    t_s = record.pulses["t_s"][train.rows]
    programmed = record.case.device.programmed
    period_s = set_period_s(record) or 0.0
    charge_c = np.abs(record.pulses["charge1_c"][train.rows])
    full = np.flatnonzero(~(charge_c < _RAMPED_RATIO * train.plateau_charge_c))
    first, last = (int(full[0]), int(full[-1]) + 1) if full.size else (0, 0)
    if "ramp_up" in programmed:
        first = int(np.searchsorted(t_s, t_s[0] + programmed["ramp_up"] + period_s * (programmed["ramp_up"] > 0.0)))
    if "ramp_down" in programmed:
        margin_s = period_s * (programmed["ramp_down"] > 0.0)
        last = int(np.searchsorted(t_s, t_s[-1] - programmed["ramp_down"] - margin_s, "right"))
    return slice(first, max(first, last))
