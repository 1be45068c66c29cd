"""How fast the device stops: after an electrode has come off, after the stop button."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from reports.intervals import touches
from reports.measures.collecting import collected, not_run, nothing, spans_array
from reports.measures.given import commands_given, rows_between
from reports.measures.grouping import set_period_s
from reports.measures.pulse_budget import pulse_terms, timebase_terms
from reports.measures.triggers import triggers_of
from reports.samples import EXACT, Samples
from rig.record import EventRecord, Record
from rig.trains import SHORTEST_BREAK_S
from scenarios.events import STEP_NS
from scenarios.protection_events import PRESSES
from scenarios.ramp import Ramp

LIFTED_RATIO: Final = 0.5
"""An electrode counts as off from the instant at which its contact falls below this (formats.md section 2)."""

STOP_EVENTS: Final = ("button.stop", PRESSES)
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


@dataclass(frozen=True, slots=True)
class Asked:
    """A moment at which the device had to stop.

    Attributes:
        event: that asked for it.
        start_s: the moment, s.
        until_s: until when nothing may come, s.
        from_s: the sample counts from here, s: of an event with an extent its last instant, so that
            `during: {from: event}` holds it.
    """

    event: EventRecord
    start_s: float
    until_s: float
    from_s: float


def _tried(record: Record, asked: list[Asked]) -> tuple[list[Asked], tuple[str, ...]]:
    """Where the device had something to stop: a pulse after the instant, or a trigger that it then ignored."""
    t_s, break_s = record.pulses["t_s"], _break_s(record)
    triggers, _ = triggers_of(record)
    found: list[Asked] = []
    idle: dict[str, int] = {}
    for each in asked:
        start_s, until_s = each.start_s, each.until_s
        after = np.any((t_s >= start_s) & (t_s < until_s))
        tried = after or any(start_s < t.sensor_off_s and t.sensor_on_s < until_s for t in triggers)
        was_on = t_s.size and np.any(np.abs(t_s - start_s) <= break_s)
        if tried or was_on:
            found.append(each)
        else:
            idle[each.event.name] = idle.get(each.event.name, 0) + 1
    notes = tuple(
        f"`{name}`: no trigger while it lasted, nothing to stop" + (f" ({count} times)" if count > 1 else "")
        for name, count in idle.items()
    )
    return found, notes


def _break_s(record: Record) -> float:
    return max(3.0 * (set_period_s(record) or 0.0), SHORTEST_BREAK_S)


def _stops(record: Record, asked: list[Asked]) -> Samples:
    """Time from each instant to the last pulse that follows it, s; one sample an instant with something to stop.

    That a device stops between two pulses is seen at the last pulse only: the pulse period is no uncertainty of the
    rig but a property of the device, and the note says it.
    """
    t_s, break_s = record.pulses["t_s"], _break_s(record)
    values, t0_s, t1_s, strides, rows = [], [], [], [], []
    lost: list[tuple[float, float]] = []
    tried, notes = _tried(record, asked)
    if tried and (period_s := set_period_s(record)):
        notes = (*notes, f"seen at pulses, {period_s * 1e3:g} ms apart")
    for each in tried:
        start_s, until_s, from_s = each.start_s, each.until_s, each.from_s
        after = np.flatnonzero((t_s >= start_s) & (t_s < until_s))
        last_s = float(t_s[after[-1]]) if after.size else start_s
        values.append(last_s - start_s)
        t0_s.append(from_s)
        t1_s.append(max(from_s, last_s))
        strides.append(each.event.stride)
        rows.append(int(after[-1]) if after.size else -1)
        if last_s + break_s > until_s or touches(start_s, last_s + break_s, record.gaps_s):
            lost.append((from_s, max(from_s, last_s)))
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
        notes=notes,
        lost_s=spans_array(edges[:, 0], edges[:, 1]),
        lost_because="stimulation still on at the end of what was watched, or a gap in the capture",
    )


def lead_off_stop(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """Time from the instant at which an electrode's contact falls below 50 % to the last pulse, s.

    The last pulse is the last one before the contact is back or the capture ends.
    """
    if not any(planned.kind in _CONTACT_EVENTS for planned in record.case.events):
        return not_run("s", "the scenario has no event that lifts an electrode")
    asked = [Asked(event, start_s, until_s, event.end_s) for event, start_s, until_s in liftings(record)]
    return _stops(record, asked) if asked else nothing("s", "no electrode came off")


def presses(record: Record) -> list[Asked]:
    """Every press of the stop button, until the button is released or the capture ends."""
    given = commands_given(record, "button")
    released_s = [each.t_s for each in given if each.command.value == "release"]
    end_s = record.span_s[1]
    return [
        Asked(each.event, each.t_s, min((s for s in released_s if s > each.t_s), default=end_s), each.t_s)
        for each in given
        if each.command.value == "stop"
    ]


def _no_press(record: Record, unit: str) -> Samples:
    if not any(event.kind in STOP_EVENTS for event in record.case.events):
        return not_run(unit, "the scenario presses no stop button")
    return nothing(unit, "the stop button was not pressed")


def button_stop(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """Time from each press of the stop button to the last pulse before it is released, or of the run, s."""
    asked = presses(record)
    return _stops(record, asked) if asked else _no_press(record, "s")


def button_stop_pulses(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """Number of pulses that start after each press of the stop button and before its release."""
    asked = presses(record)
    if not asked:
        return _no_press(record, "")
    tried, notes = _tried(record, asked)
    broken = [each for each in tried if touches(each.start_s, each.until_s, record.gaps_s)]
    return collected(
        "",
        [float(rows_between(record, each.start_s, each.until_s).size) for each in tried],
        [each.from_s for each in tried],
        [each.until_s for each in tried],
        [each.event.stride for each in tried],
        notes=notes,
        budget=EXACT,
        lost_s=spans_array([each.start_s for each in broken], [each.until_s for each in broken]),
        lost_because="gap in the capture",
    )
