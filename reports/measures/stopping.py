"""How fast the device stops: after an electrode has come off, after the stop button."""

import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from reports.intervals import touches
from reports.measures.collecting import collected, not_run, nothing, spans_array
from reports.measures.grouping import set_period_s
from reports.measures.pulse_budget import pulse_terms, timebase_terms
from reports.measures.triggers import triggers_of
from reports.samples import Samples
from rig.record import EventRecord, Record
from rig.trains import SHORTEST_BREAK_S
from scenarios.events import STEP_NS
from scenarios.ramp import Ramp

LIFTED_RATIO: Final = 0.5
"""An electrode counts as off from the instant at which its contact falls below this (formats.md section 2)."""

STOP_EVENT: Final = "button.stop"
_CONTACT_EVENTS: Final = ("electrode.peel", "electrode.lift", "electrode.restore")


def _contact_after_s(kind: str, parameters: Mapping[str, Any]) -> tuple[float, bool]:
    """Time from an event's start until the contact stands on its new side of 50 %, s, and whether it is then lifted."""
    if kind != "electrode.peel":
        return 0.0, kind == "electrode.lift"
    contact = parameters["contact"]
    if not isinstance(contact, Ramp):
        return 0.0, contact < LIFTED_RATIO
    lifted = contact.end < LIFTED_RATIO
    step_s = STEP_NS * 1e-9
    for k in range(math.ceil(contact.over_s / step_s)):
        if (contact.at(k * step_s) < LIFTED_RATIO) == lifted:
            return k * step_s, lifted
    return contact.over_s, lifted


def liftings(record: Record) -> list[tuple[EventRecord, float, float]]:
    """(event, instant at which contact falls below 50 %, instant at which it is back or the capture ends), s."""
    changes: list[tuple[float, bool, EventRecord]] = []
    for planned in record.case.events:
        event = record.events.get(planned.name)
        if planned.kind in _CONTACT_EVENTS and event is not None and event.fired:
            after_s, lifted = _contact_after_s(planned.kind, planned.parameters)
            changes.append((event.start_s + after_s, lifted, event))
    changes.sort(key=lambda change: change[0])
    found: list[tuple[EventRecord, float, float]] = []
    off = False
    for k, (t_s, lifted, event) in enumerate(changes):
        if lifted and not off:
            back_s = min((s for s, still, _ in changes[k + 1 :] if not still), default=record.span_s[1])
            found.append((event, t_s, min(back_s, record.span_s[1])))
        off = lifted
    return found


def _stops(record: Record, asked: list[tuple[EventRecord, float, float]]) -> Samples:
    """Time from each instant to the last pulse that follows it, s; one sample an event.

    Shown only where the device had something to stop: a pulse after the instant, or a trigger that it then ignored.
    The interval begins at the event's last instant, so that `during: {from: event}` holds it.
    """
    t_s = record.pulses["t_s"]
    break_s = max(3.0 * (set_period_s(record) or 0.0), SHORTEST_BREAK_S)
    triggers, _ = triggers_of(record)
    values, t0_s, t1_s, strides, rows = [], [], [], [], []
    lost: list[tuple[float, float]] = []
    notes: list[str] = []
    for event, start_s, until_s in asked:
        after = np.flatnonzero((t_s >= start_s) & (t_s < until_s))
        tried = after.size or any(start_s < t.sensor_off_s and t.sensor_on_s < until_s for t in triggers)
        was_on = t_s.size and np.any(np.abs(t_s - start_s) <= break_s)
        if not (tried or was_on):
            notes.append(f"`{event.name}`: no trigger while it lasted, nothing to stop")
            continue
        last_s = float(t_s[after[-1]]) if after.size else start_s
        values.append(last_s - start_s)
        t0_s.append(event.end_s)
        t1_s.append(max(event.end_s, last_s))
        strides.append(event.stride)
        rows.append(int(after[-1]) if after.size else -1)
        if last_s + break_s > until_s or touches(start_s, last_s + break_s, record.gaps_s):
            lost.append((event.end_s, max(event.end_s, last_s)))
    found, row = np.array(values), np.array(rows, np.int64)
    terms = ()
    if row.size and t_s.size:
        terms = (*pulse_terms(record, "t_s", np.maximum(row, 0)), *timebase_terms(record, found))
    edges = np.array(lost).reshape(-1, 2)
    return collected(
        "s",
        found,
        t0_s,
        t1_s,
        strides,
        terms,
        notes=tuple(notes),
        lost_s=spans_array(edges[:, 0], edges[:, 1]),
        lost_because="stimulation still on at the end of what was watched, or a gap in the capture",
    )


def lead_off_stop(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """Time from the instant at which an electrode's contact falls below 50 % to the last pulse, s.

    The last pulse is the last one before the contact is back or the capture ends.
    """
    if not any(planned.kind in _CONTACT_EVENTS for planned in record.case.events):
        return not_run("s", "the scenario has no event that lifts an electrode")
    asked = liftings(record)
    return _stops(record, asked) if asked else nothing("s", "no electrode came off")


def button_stop(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """Time from the press of the stop button to the last pulse of the run, s."""
    planned = [event.name for event in record.case.events if event.kind == STOP_EVENT]
    if not planned:
        return not_run("s", "the scenario presses no stop button")
    events = [record.events[name] for name in planned if name in record.events and record.events[name].fired]
    asked = [(event, event.start_s, record.span_s[1]) for event in events]
    return _stops(record, asked) if asked else nothing("s", "the stop button was not pressed")
