"""Does stimulation end by itself while the sensor asks for ever: the time-out (regulatory.md TIM-12)."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from reports.measures.collecting import collected, not_run, nothing, spans_array
from reports.measures.grouping import set_period_s, trains_of
from reports.measures.openings import openings_of
from reports.measures.pulse_budget import interval_terms
from reports.samples import Samples
from rig.record import Record
from rig.trains import SHORTEST_BREAK_S


def time_out(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """Duration of the stimulation of each opening of the sensor that outlasts the set time-out, s.

    From the first pulse after the opening to the end of the last one before the sensor closes again. An opening that is
    shorter than the time-out tests nothing and gives no sample: a walk without a sensor that stays open is no test of
    the time-out. Stimulation that is still on where the capture ends has lasted at least so long, and cannot pass.
    """
    limit_s = record.case.device.programmed.get("time_out")
    if limit_s is None:
        return not_run("s", "the setting `time_out` is not known")
    trains = trains_of(record)
    break_s = max(3.0 * (set_period_s(record) or 0.0), SHORTEST_BREAK_S)
    rows, values, t0_s, t1_s, strides = [], [], [], [], []
    lost: list[tuple[float, float]] = []
    for opening in openings_of(record):
        until_s = min(opening.until_s, record.span_s[1])
        own = [train for train in trains if opening.from_s <= train.t0_s < until_s]
        if until_s - opening.t_s <= limit_s or not own:
            continue
        end_s = max(train.t1_s for train in own)
        rows.append(int(own[0].rows[0]))
        values.append(end_s - own[0].t0_s)
        t0_s.append(own[0].t0_s)
        t1_s.append(end_s)
        strides.append(opening.stride)
        if math.isinf(opening.until_s) and end_s + break_s > record.span_s[1]:
            lost.append((own[0].t0_s, end_s))
    if not rows:
        return nothing("s", "the sensor never stayed open beyond the set time-out")
    found = np.array(values)
    edges = np.array(lost).reshape(-1, 2)
    return collected(
        "s",
        found,
        t0_s,
        t1_s,
        strides,
        interval_terms(record, np.array(rows, np.int64), found),
        lost_s=spans_array(edges[:, 0], edges[:, 1]),
        lost_because="stimulation still on at the end of the capture",
    )
