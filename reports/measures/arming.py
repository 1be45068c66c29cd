"""Interlock: what a device sends between power-up, or the return of its supply, and the moment somebody arms it."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from reports.measures.collecting import collected, nothing, spans_array
from reports.measures.given import Given, asked_between, commands_given, rows_between, was_alive
from reports.measures.openings import openings_of
from reports.measures.quiet import largest_current
from reports.samples import EXACT, Samples
from reports.uncertainty import Term
from rig.record import Record
from scenarios.protection_events import REARM


def disarmed_spans(record: Record, after: str) -> list[tuple[Given, float, float]]:
    """(what brought the power back, from, to) of every span before somebody armed the device, s.

    Args:
        record: the record.
        after: `power_up` (the power switch) or `supply` (the supply came back).
    """
    given = commands_given(record, "button", "supply")
    back = [each for each in given if _brings_back(each, after)]
    ends = [each.t_s for each in given if _ends(each)]
    end_s = record.span_s[1]
    return [(each, each.t_s, min((s for s in ends if s > each.t_s), default=end_s)) for each in back]


def _brings_back(given: Given, after: str) -> bool:
    command = given.command
    if after == "power_up":
        return command.target == "button" and command.value == "power_on"
    return command.target == "supply" and command.value == "on"


def _ends(given: Given) -> bool:
    """Arming ends the span; so does the next loss of power, after which another one begins."""
    command = given.command
    return command.value in {REARM, "power_off", "off"} if isinstance(command.value, str) else False


def _occasions(record: Record, parameters: Mapping[str, Any]) -> tuple[list[tuple[Given, float, float]], list[str]]:
    """The spans in which the device was tried, and a note on each other one."""
    tried: list[tuple[Given, float, float]] = []
    notes: list[str] = []
    for given, start_s, end_s in disarmed_spans(record, parameters.get("after", "power_up")):
        if not was_alive(record, start_s):
            notes.append(f"`{given.event.name}`: the device had never stimulated before")
        elif not asked_between(record, start_s, end_s):
            notes.append(f"`{given.event.name}`: no trigger before it was armed, nothing to hold back")
        else:
            tried.append((given, start_s, end_s))
    return tried, notes


def output_before_arming(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Largest current between the return of power and arming, over the largest that the device can give.

    One sample a return; the sensor must have asked for stimulation meanwhile. Between the pulses the quiet cells of the
    record count.
    """
    most_a = record.case.device.max_current_a
    tried, notes = _occasions(record, parameters)
    if not tried:
        return nothing("", *(notes or ["the power was never off"]))
    seen = [largest_current(record, start_s, end_s) for _, start_s, end_s in tried]
    lost = [k for k, found in enumerate(seen) if found.unseen]
    standard = np.array([found.standard_a for found in seen]) / most_a
    return collected(
        "",
        [found.value_a / most_a for found in seen],
        [start_s for _, start_s, _ in tried],
        [end_s for _, _, end_s in tried],
        [given.event.stride for given, _, _ in tried],
        (
            Term(
                "largest current", "B", standard, True, "the card's noise, offset and linearity, or the pulse's budget"
            ),
        ),
        notes=tuple(notes),
        lost_s=spans_array([tried[k][1] for k in lost], [tried[k][2] for k in lost]),
        lost_because=next((found.unseen for found in seen if found.unseen), ""),
    )


def pulses_before_arming(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Number of pulses between the return of power and arming; one sample a return, as `output_before_arming`."""
    tried, notes = _occasions(record, parameters)
    if not tried:
        return nothing("", *(notes or ["the power was never off"]))
    return collected(
        "",
        [float(rows_between(record, start_s, end_s).size) for _, start_s, end_s in tried],
        [start_s for _, start_s, _ in tried],
        [end_s for _, _, end_s in tried],
        [given.event.stride for given, _, _ in tried],
        notes=tuple(notes),
        budget=EXACT,
    )


def restart_pulses(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """Number of pulses between the return of the supply and the next step; one sample a return.

    A device that has just started knows nothing of the step in which it starts: a switch that is open then is no step.
    The next step is the next opening of the sensor; the next loss of the supply ends the watch as well.
    """
    openings_s = [opening.t_s for opening in openings_of(record)]
    tried = [
        (given, start_s, min([end_s, *(s for s in openings_s if s > start_s)]))
        for given, start_s, end_s in disarmed_spans(record, "supply")
        if was_alive(record, start_s)
    ]
    if not tried:
        return nothing("", "the supply was never away from a device that had stimulated")
    return collected(
        "",
        [float(rows_between(record, start_s, until_s).size) for _, start_s, until_s in tried],
        [start_s for _, start_s, _ in tried],
        [until_s for _, _, until_s in tried],
        [given.event.stride for given, _, _ in tried],
        budget=EXACT,
    )
