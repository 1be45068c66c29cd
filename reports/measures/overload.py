"""A short circuit of the leads: what flows into it, and what is left afterwards."""

import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from reports.measures.collecting import collected, nothing, spans_array
from reports.measures.given import commands_given, fired, no_event, rows_between
from reports.measures.plateau import plateau_rows
from reports.measures.pulse_budget import pulse_terms
from reports.samples import Samples
from reports.uncertainty import Term
from rig.record import EventRecord, Record
from scenarios.protection_events import REARM, SHORT

_PULSES: Final = 10
"""Plateau pulses on either side of a short circuit that are compared (design choice)."""


def shorts(record: Record) -> list[EventRecord]:
    """The short circuits that happened, in time order."""
    return [event for _, event in fired(record, SHORT)]


def short_current(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """Current of every pulse into a short circuit, over the largest that the device can give; one sample a pulse."""
    found = [rows_between(record, event.start_s, event.end_s) for event in shorts(record)]
    if not found:
        return no_event("", record, (SHORT,), "the scenario shorts no leads")
    rows = np.concatenate(found)
    if not rows.size:
        return nothing("", "no pulse while the leads were shorted")
    most_a = record.case.device.max_current_a
    larger = np.fmax(np.abs(record.pulses["phase1_a"][rows]), np.abs(record.pulses["phase2_a"][rows]))
    good = np.isfinite(larger)
    terms = tuple(part.scaled(1.0 / most_a) for part in pulse_terms(record, "phase1_a", rows[good]))
    lost = record.pulses["t_s"][rows[~good]]
    return collected(
        "",
        larger[good] / most_a,
        record.pulses["t_s"][rows[good]],
        record.pulses["end_s"][rows[good]],
        record.pulses["stride"][rows[good]],
        terms,
        lost_s=spans_array(lost, lost + 1e-3),
        lost_because="clipped",
    )


def overload_recovery(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """Plateau current after a short circuit over that before it: nothing is damaged; one sample a short circuit.

    Means of ten plateau pulses on either side; after a short circuit that is followed by arming, those after the
    arming. The scale of the card cancels. Where stimulation never comes back the value is 0.
    """
    events = shorts(record)
    if not events:
        return no_event("", record, (SHORT,), "the scenario shorts no leads")
    plateau = plateau_rows(record)
    armed_s = [each.t_s for each in commands_given(record, "button") if each.command.value == REARM]
    ends_s = [*(event.start_s for event in events[1:]), record.span_s[1]]
    values, standards, shown, notes = [], [], [], []
    for event, until_s in zip(events, ends_s, strict=True):
        from_s = max((s for s in armed_s if event.end_s <= s < until_s), default=event.end_s)
        before = _of(plateau, rows_between(record, -math.inf, event.start_s))[-_PULSES:]
        after = _of(plateau, rows_between(record, from_s, until_s))[:_PULSES]
        if not before.size:
            notes.append(f"`{event.name}`: no plateau before it")
            continue
        level = [np.abs(record.pulses["phase1_a"][rows]) for rows in (before, after)]
        mean_a = float(np.nanmean(level[0]))
        values.append(float(np.nanmean(level[1])) / mean_a if after.size else 0.0)
        standards.append(_random(record, before, mean_a) if not after.size else math.hypot(
            _random(record, before, mean_a), _random(record, after, mean_a)))  # fmt: skip
        shown.append((event, from_s, until_s))
    if not values:
        return nothing("", *notes)
    return collected(
        "",
        values,
        [event.start_s for event, _, _ in shown],
        [until_s for _, _, until_s in shown],
        [event.stride for event, _, _ in shown],
        (Term("two means of ten pulses", "A", np.array(standards), False, "random part of the pulses' budget"),),
        notes=tuple(notes),
    )


def _of(plateau: NDArray[np.bool_], rows: NDArray[np.int64]) -> NDArray[np.int64]:
    return rows[plateau[rows]]


def _random(record: Record, rows: NDArray[np.int64], mean_a: float) -> float:
    """Relative standard uncertainty of the mean of some pulses, without what both means share."""
    parts = [part for part in pulse_terms(record, "phase1_a", rows) if not part.systematic]
    square = sum((part.standard_value**2 for part in parts), np.zeros(rows.size))
    return float(np.sqrt(square.sum())) / rows.size / mean_a
