"""The events of a case on the time axis of its run."""

from dataclasses import replace

from scenarios.case import Case, PlannedEvent
from scenarios.effects import Effect, EventSpan
from scenarios.walk_events import Change
from sim.errors import ScenarioError
from sim.gait.manner import Passage
from sim.gait.schedule import StrideSchedule
from sim.gait.sitting import Sit
from sim.gait.walk import Pause, Walk
from sim.streams import Streams
from sim.timebase import TimeNs, ns_from_s


def changes(event: PlannedEvent, case: Case) -> tuple[Change, ...]:
    """What an event makes of the prescribed strides; most make nothing."""
    if event.spec.changes is None or event.stride is None:
        return ()
    return event.spec.changes(event.parameters, event.stride, case.walk.speed_m_s, case.leg)


def walk_of(case: Case) -> Walk:
    """The walk with all that its events make of the strides: known before the strides are drawn."""
    found = [change for event in case.events for change in changes(event, case)]
    return replace(
        case.walk,
        pauses=(*case.walk.pauses, *sorted((c for c in found if isinstance(c, Pause)), key=lambda c: c.stride)),
        sits=(*case.walk.sits, *sorted((c for c in found if isinstance(c, Sit)), key=lambda c: c.stride)),
        passages=(*case.walk.passages, *sorted((c for c in found if isinstance(c, Passage)), key=lambda c: c.first)),
    )


def pauses(case: Case) -> tuple[Pause, ...]:
    """Where the patient stands or sits still, in order."""
    walk = walk_of(case)
    seated = (Pause(sit.stride, sit.duration_s) for sit in walk.sits)
    return tuple(sorted((*walk.pauses, *seated), key=lambda pause: pause.stride))


def build(case: Case, schedule: StrideSchedule) -> tuple[EventSpan, ...]:
    """Every event with its instants and effects, in the order in which they begin.

    Args:
        case: the case.
        schedule: its prescribed strides, pauses included.

    Raises:
        ScenarioError: an event lies beyond the walk.
    """
    spans = (_span(event, case, schedule) for event in case.events)
    return tuple(sorted(spans, key=lambda span: span.start_ns))


def effects_of(
    event: PlannedEvent, case: Case, start_ns: TimeNs, schedule: StrideSchedule | None = None
) -> tuple[Effect, ...]:
    """What an event does when it begins at `start_ns`, the passages and pauses of the walk left aside.

    Whoever judges a record later gets the same from the event's recorded start: no effect depends on the strides.
    """
    chance = (Streams(case.seed).generator(f"event {event.name}"),) if event.spec.draws else ()
    return event.spec.effects(event.parameters, start_ns, schedule, *chance)


def _span(event: PlannedEvent, case: Case, schedule: StrideSchedule) -> EventSpan:
    start_ns = _start_ns(event, case, schedule)
    end_ns = start_ns + ns_from_s(event.spec.lasts_s(event.parameters))
    made = changes(event, case)
    for change in made:
        if isinstance(change, Passage):
            start_ns = min(start_ns, int(schedule.t0_ns[change.first]))
            end_ns = max(end_ns, int(schedule.t0_ns[change.last + 1]))
    effects = (*effects_of(event, case, start_ns, schedule), *made)
    return EventSpan(event.name, event.kind, start_ns, end_ns, schedule.stride_at(start_ns), effects)


def _start_ns(event: PlannedEvent, case: Case, schedule: StrideSchedule) -> TimeNs:
    where = f"{event.file}:{event.line}:1"
    if event.stride is None:
        start_ns = ns_from_s(event.t_s or 0.0)
        if start_ns >= schedule.end_ns:
            problem = f"event `{event.name}` at {event.t_s:g} s lies beyond the walk"
            raise ScenarioError(where, problem, f"the walk ends at {schedule.end_ns / 1e9:.1f} s")
        return start_ns
    if event.stride > schedule.strides:
        problem = f"event `{event.name}` at stride {event.stride} lies beyond the walk"
        raise ScenarioError(where, problem, f"the walk has {schedule.strides} strides")
    still = any(isinstance(change, Pause | Sit) for change in changes(event, case))
    phase_ratio = schedule.pause_phase_ratio if still else event.phase_ratio
    return schedule.instant_ns(event.stride, phase_ratio)
