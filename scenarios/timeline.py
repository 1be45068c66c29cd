"""The events of a case on the time axis of its run."""

from scenarios.case import Case, PlannedEvent
from scenarios.effects import EventSpan
from scenarios.events import WALK_STOP
from sim.errors import ScenarioError
from sim.gait.schedule import StrideSchedule
from sim.gait.walk import Pause
from sim.timebase import TimeNs, ns_from_s


def pauses(case: Case) -> tuple[Pause, ...]:
    """Where the patient stands still: known before the strides are drawn, by stride."""
    stops = (event for event in case.events if event.kind == WALK_STOP)
    found = (Pause(event.stride, event.parameters["duration"]) for event in stops if event.stride is not None)
    return tuple(sorted(found, key=lambda pause: pause.stride))


def build(case: Case, schedule: StrideSchedule) -> tuple[EventSpan, ...]:
    """Every event with its instants and effects, in the order in which they begin.

    Args:
        case: the case.
        schedule: its prescribed strides, pauses included.

    Raises:
        ScenarioError: an event lies beyond the walk.
    """
    spans = (_span(event, schedule) for event in case.events)
    return tuple(sorted(spans, key=lambda span: span.start_ns))


def _span(event: PlannedEvent, schedule: StrideSchedule) -> EventSpan:
    start_ns = _start_ns(event, schedule)
    lasts_ns = ns_from_s(event.spec.lasts_s(event.parameters))
    effects = event.spec.effects(event.parameters, start_ns, schedule)
    stride = schedule.stride_at(start_ns)
    return EventSpan(event.name, event.kind, start_ns, start_ns + lasts_ns, stride, effects)


def _start_ns(event: PlannedEvent, schedule: StrideSchedule) -> TimeNs:
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
    phase_ratio = schedule.pause_phase_ratio if event.kind == WALK_STOP else event.phase_ratio
    return schedule.instant_ns(event.stride, phase_ratio)
