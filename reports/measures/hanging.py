"""What a device sends after its firmware has stopped dead."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from reports.measures.collecting import collected, not_run, nothing, spans_array
from reports.measures.given import commands_given, fired, no_event, rows_between
from reports.measures.grouping import set_period_s
from reports.measures.quiet import largest_current
from reports.samples import EXACT, Samples
from reports.uncertainty import Term
from rig.record import EventRecord, Record
from rig.trains import SHORTEST_BREAK_S
from scenarios.firmware_events import HANG_MAIN_LOOP
from scenarios.protection_events import HANG, REARM

HANGS: Final = (HANG, HANG_MAIN_LOOP)
"""Events in which a firmware stops."""
SETTLED_S: Final = 0.1
"""Time after which the output must be down (regulatory.md SAF-11)."""


def _hangs(record: Record) -> list[tuple[EventRecord, float]]:
    """(hang, end of what belongs to it), s: arming, the next hang, or the end of the capture."""
    events = [event for _, event in fired(record, *HANGS)]
    ends_s = [each.t_s for each in commands_given(record, "button") if each.command.value == REARM]
    ends_s += [event.start_s for event in events]
    return [(event, min((s for s in ends_s if s > event.start_s), default=record.span_s[1])) for event in events]


def _tried(record: Record) -> list[tuple[EventRecord, float]]:
    """Hangs during stimulation: a firmware that hangs in silence shows nothing."""
    t_s = record.pulses["t_s"]
    near_s = 1.5 * (set_period_s(record) or SHORTEST_BREAK_S)
    return [(e, until_s) for e, until_s in _hangs(record) if np.any((t_s < e.start_s) & (t_s > e.start_s - near_s))]


def hang_pulses(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """Number of pulses that start after the firmware has stopped and before somebody arms the device; one a hang.

    The hang must come during stimulation.
    """
    if not _hangs(record):
        return no_event("", record, HANGS, "the firmware never hangs")
    tried = _tried(record)
    if not tried:
        return nothing("", "the firmware hung in silence")
    return collected(
        "",
        [float(rows_between(record, event.start_s, until_s).size) for event, until_s in tried],
        [event.start_s for event, _ in tried],
        [until_s for _, until_s in tried],
        [event.stride for event, _ in tried],
        budget=EXACT,
    )


def hang_output(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """Largest current from 0.1 s after the firmware has stopped until somebody arms the device, over the set current.

    A current that stands still makes no pulse and no quiet cell: what neither of them covers is lost, never a pass.
    """
    set_a = record.case.device.programmed.get("current")
    if not set_a:
        return not_run("", "the setting `current` is not known")
    if not _hangs(record):
        return no_event("", record, HANGS, "the firmware never hangs")
    tried = [(event, until_s) for event, until_s in _tried(record) if until_s > event.start_s + SETTLED_S]
    if not tried:
        return nothing("", "the firmware hung in silence")
    seen = [largest_current(record, event.start_s + SETTLED_S, until_s) for event, until_s in tried]
    lost = [k for k, found in enumerate(seen) if found.unseen]
    standard = np.array([found.standard_a for found in seen]) / set_a
    return collected(
        "",
        [found.value_a / set_a for found in seen],
        [event.start_s for event, _ in tried],
        [until_s for _, until_s in tried],
        [event.stride for event, _ in tried],
        (
            Term(
                "largest current", "B", standard, True, "the card's noise, offset and linearity, or the pulse's budget"
            ),
        ),
        lost_s=spans_array([tried[k][0].start_s for k in lost], [tried[k][1] for k in lost]),
        lost_because=next((found.unseen for found in seen if found.unseen), ""),
    )
