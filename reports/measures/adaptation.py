"""How many steps a device needs to find its way after the cadence has changed (regulatory.md TIM-14)."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final

import numpy as np

from reports.measures.collecting import collected, nothing, spans_array
from reports.measures.latency import latency
from reports.samples import Samples
from reports.uncertainty import COVERAGE, term
from rig.record import Record
from scenarios.timeline import changes
from sim.gait.manner import Passage

SPEED_EVENT: Final = "walk.speed"
WATCHED: Final = 10
"""Steps after a change that are looked at (design choice: three times what is allowed)."""
_FEWEST: Final = 5
"""With fewer steps after a change nothing is said about it."""


def cadence_steps(record: Record) -> list[tuple[int, int]]:
    """(first stride, strides until the next change or the end of the walk) of every change of the walking speed."""
    passages = [
        change
        for event in record.case.events
        if event.kind == SPEED_EVENT and event.name in record.events and record.events[event.name].fired
        for change in changes(event, record.case)
        if isinstance(change, Passage)
    ]
    last = int(record.strides["stride"][-1]) if record.strides["stride"].size else 0
    firsts = sorted({number for p in passages for number in (p.first, p.last + 1) if 1 < number <= last})
    return [(a, b - a) for a, b in pairwise([*firsts, last + 1])]


def adaptation_steps(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Steps after a change of the walking speed until every answer is within `latency` again; one sample a change.

    The number of steps from the change to the last of the following ten whose latency (trigger to first pulse) is above
    `latency` or that has no answer at all; 0 where none is. Steps whose latency is nearer to the limit than its U make
    the count uncertain by what they would add. A step without a trigger, or with stimulation already on, asks nothing.
    """
    answers = latency(record, {"from": "trigger"})
    limit_s = float(parameters["latency"])
    strides = record.strides
    asked = cadence_steps(record)
    if not asked or not answers.values.size:
        return nothing("", *(answers.notes or ("the walking speed never changes",)))
    values, spread, spans, numbers, short = [], [], [], [], []
    for first, count in asked:
        rows = np.flatnonzero((strides["stride"] >= first) & (strides["stride"] < first + min(count, WATCHED)))
        span = (
            float(strides["t0_s"][rows[0]]),
            float(strides["t0_s"][rows[-1]] + strides["stride_time_s"][rows[-1]]),
        )
        if rows.size < _FEWEST:
            short.append(span)
            continue
        own = (answers.strides >= first) & (answers.strides < first + rows.size)
        place = answers.strides[own] - first + 1
        late, guard = answers.values[own], answers.expanded[own]
        surely = place[late > limit_s]
        perhaps = place[~(late + guard <= limit_s)]
        least, most = int(surely.max(initial=0)), int(perhaps.max(initial=0))
        values.append(float(least))
        spread.append(float(most - least))
        spans.append(span)
        numbers.append(first)
    bounds = np.array(spans).reshape(-1, 2)
    near = term(
        "steps nearer to the limit than their U",
        "B",
        np.array(spread) / COVERAGE,
        len(spread),
        systematic=False,
        source="counted once as in time and once as late",
    )
    return collected(
        "",
        values,
        bounds[:, 0],
        bounds[:, 1],
        numbers,
        (near,),
        lost_s=spans_array([a for a, _ in short], [b for _, b in short]),
        lost_because=f"fewer than {_FEWEST} steps after a change of speed",
    )
