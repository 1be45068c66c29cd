"""What the events of a case gave to the bench and the device, at their instants: what happened, seen from outside."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from reports.intervals import Spans, union
from reports.measures.collecting import not_run, nothing
from reports.measures.openings import EARLY_S, is_switch, openings_of, set_period_s
from reports.samples import Samples
from rig.record import EventRecord, Record
from scenarios.case import PlannedEvent
from scenarios.effects import Effect
from scenarios.timeline import effects_of
from sim.signal import Command
from sim.timebase import NS_PER_S, ns_from_s

SWITCH_EARLY_S: Final = 0.01
"""An answer to a switch may come this much before the prescribed heel-off (design choice)."""


@dataclass(frozen=True, slots=True)
class Given:
    """A command that has been given.

    Attributes:
        t_s: instant, s.
        command: what.
        event: of which event.
    """

    t_s: float
    command: Command
    event: EventRecord


def fired(record: Record, *kinds: str) -> tuple[tuple[PlannedEvent, EventRecord], ...]:
    """The events of these kinds that have happened, in time order; of no kind, all of them."""
    found = [
        (planned, record.events[planned.name])
        for planned in record.case.events
        if (not kinds or planned.kind in kinds) and planned.name in record.events
    ]
    happened = [pair for pair in found if pair[1].fired]
    return tuple(sorted(happened, key=lambda pair: pair[1].start_s))


def unfired(record: Record, *kinds: str) -> tuple[EventRecord, ...]:
    """The events of these kinds that were planned and never happened."""
    named = [record.events.get(planned.name) for planned in record.case.events if planned.kind in kinds]
    return tuple(event for event in named if event is not None and not event.fired)


def no_event(unit: str, record: Record, kinds: tuple[str, ...], why: str) -> Samples:
    """What a measure yields where nothing of the kinds happened: no sample, or, where none was planned, NOT RUN."""
    missing = unfired(record, *kinds)
    if not missing:
        return not_run(unit, why)
    return nothing(unit, f"`{missing[0].name}` never fired")


def effects_given(record: Record, planned: PlannedEvent, event: EventRecord) -> tuple[Effect, ...]:
    """What an event that has happened did: the same as in the run, from its recorded start."""
    return effects_of(planned, record.case, ns_from_s(event.start_s))


def commands_given(record: Record, *targets: str) -> tuple[Given, ...]:
    """Every command with one of these targets that came before the end of the capture, in time order."""
    found = [
        Given(effect.t_ns / NS_PER_S, effect, event)
        for planned, event in fired(record)
        for effect in effects_given(record, planned, event)
        if isinstance(effect, Command) and effect.target in targets
    ]
    return tuple(sorted((each for each in found if each.t_s < record.span_s[1]), key=lambda each: each.t_s))


def allowed_spans(record: Record) -> Spans:
    """When the leg itself asks for stimulation: from heel-off to landing, extension and ramp.

    From the prescribed strides, not from the sensor, which may lie. A sensor without a switch may be answered 0.1 s
    before heel-off, a switch 10 ms before it (its noise). Empty where nobody walks.
    """
    strides, programmed = record.strides, record.case.device.programmed
    after_s = programmed.get("extension", 0.0) + programmed.get("ramp_down", 0.0) + (set_period_s(record) or 0.0)
    early_s = SWITCH_EARLY_S if is_switch(record) else EARLY_S
    starts, ends = strides["heel_off_s"] - early_s, strides["landing_s"] + after_s
    known = np.isfinite(starts) & np.isfinite(ends)
    return union(tuple((float(a), float(b)) for a, b in zip(starts[known], ends[known], strict=True)))


def was_alive(record: Record, before_s: float) -> bool:
    """True where the device had stimulated before an instant: a dead one shows nothing of its protections."""
    return bool(np.any(record.pulses["t_s"] < before_s))


def asked_between(record: Record, start_s: float, end_s: float) -> bool:
    """True where the sensor (or the heel) asked for stimulation in a span: there was something to answer."""
    return any(start_s <= opening.t_s < end_s for opening in openings_of(record))


def rows_between(record: Record, start_s: float, end_s: float) -> NDArray[np.int64]:
    """Rows of the pulses that start in [start_s, end_s)."""
    t_s = record.pulses["t_s"]
    return np.flatnonzero((t_s >= start_s) & (t_s < end_s))
