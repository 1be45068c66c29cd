"""How long the device needs to decide: from the trigger to "train enabled" on its status line (regulatory.md TIM-07).

The first pulse can come up to a period later than the decision, whatever the device computes; so the two latencies are
told apart.
"""

import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from reports.intervals import touches
from reports.measures.collecting import collected, not_run, noted, nothing
from reports.measures.openings import is_switch, openings_of, sensor_terms, why_no_trigger
from reports.measures.pulse_budget import timebase_terms
from reports.samples import Samples
from reports.statistics import percentile
from reports.uncertainty import bounded
from rig.lines import spans_of
from rig.record import Record

STATUS: Final = "status"
"""Role of the line that is on while a train is enabled."""


def enable_latency(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """Time from the trigger (opening of a switch, else heel-off) to the status line going on, one a stride, s.

    A line that stays off until the sensor closes is a missed answer: +inf. A stride without a trigger gives no sample,
    nor does one at whose trigger the line is still on. Interval: [trigger, line on].
    """
    if STATUS not in record.lines:
        return not_run("s", f"the line `{STATUS}` of the device was not captured")
    if unknown := why_no_trigger(record):
        return not_run("s", unknown)
    on = spans_of(record.lines, STATUS, record.span_s[1])
    starts_s = np.array([start for start, _ in on])
    values, t0_s, t1_s, strides = [], [], [], []
    running = hidden = cut = 0
    openings = openings_of(record)
    for opening in openings:
        end_s = min(opening.until_s, record.span_s[1])
        if any(start < opening.from_s < until for start, until in on):
            running += 1
            continue
        inside = starts_s[(starts_s >= opening.from_s) & (starts_s < end_s)]
        if not inside.size and math.isinf(opening.until_s) and (record.fault is not None or record.interrupted):
            cut += 1
            continue
        seen_s = float(inside[0]) if inside.size else end_s
        if touches(min(opening.t_s, seen_s), seen_s, record.gaps_s):
            hidden += 1
            continue
        values.append(seen_s - opening.t_s if inside.size else math.inf)
        t0_s.append(min(opening.t_s, seen_s))
        t1_s.append(seen_s)
        strides.append(opening.stride)
    notes = (
        *noted(int(record.strides["stride"].size) - len(openings), "strides without trigger"),
        *noted(running, "strides with the line already on at the trigger"),
        *noted(hidden, "strides behind a gap in the capture"),
        *noted(cut, "strides cut off by the end of the run"),
    )
    if not values:
        return nothing("s", *notes)
    n = len(values)
    notes = (f"median {percentile(np.array(values), 0.5) * 1e3:.1f} ms", *notes)
    period_s = max((1.0 / part.rate_hz for part in record.accuracy.values()), default=0.0)
    line = bounded("line sampling", period_s, n, systematic=False, source="the card sees a change at its next sample")
    sensor = sensor_terms(record, n) if is_switch(record) else ()
    terms = (line, *sensor, *timebase_terms(record, np.array(values)))
    return collected("s", values, t0_s, t1_s, strides, terms, notes=notes)
