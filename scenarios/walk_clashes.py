"""Refuses events that would change one stride twice, or a stride that the walk has not."""

from collections.abc import Iterator

from scenarios.case import PlannedEvent
from scenarios.problems import Problems
from scenarios.text import Table
from scenarios.walk_events import Change
from sim.gait.manner import Passage
from sim.gait.walk import Walk


def refuse_clashes(events: list[PlannedEvent], table: Table, walk: Walk, leg: str, problems: Problems) -> None:
    """Note every event that clashes with one before it in the file, at its place.

    Two passages may not share a stride, nor two pauses; nobody stands still on the stairs; and the other leg is not
    modelled there.

    Args:
        events: as read.
        table: of the events, for the places.
        walk: speed, strides and legs.
        leg: the stimulated one.
        problems: takes every problem.
    """
    manners: dict[int, PlannedEvent] = {}
    stairs: dict[int, PlannedEvent] = {}
    stops: dict[int, PlannedEvent] = {}
    for event in events:
        where = str(table.keys[event.name].where)
        try:
            made = _changes(event, walk, leg)
        except ValueError as error:
            problem, mend = (*error.args, "choose other values")[:2]
            problems.add(where, f"event `{event.name}` ({event.kind}): {problem}", mend)
            continue
        for change in made:
            climbs = isinstance(change, Passage) and change.manner.riser_m != 0.0
            if isinstance(change, Passage) and change.last > walk.strides:
                problem = f"event `{event.name}` takes strides {change.first} to {change.last}"
                problems.add(where, problem, f"the walk has {walk.strides} strides")
                break
            if climbs and walk.legs == "both":
                problems.add(where, "the other leg is not modelled on stairs", "write `legs: one`")
            taken = [manners, stairs] if climbs else [manners] if isinstance(change, Passage) else [stops]
            against = [manners, stops] if climbs else taken if isinstance(change, Passage) else [stops, stairs]
            clash = _clash(change, against)
            if clash is not None:
                stride, other = clash
                problem = f"stride {stride} is asked for twice: by `{other.name}` ({other.kind}) and `{event.name}`"
                problems.add(where, problem, "move one of the two, or make it shorter")
                break
            for each in taken:
                each.update(dict.fromkeys(_strides(change), event))


def _changes(event: PlannedEvent, walk: Walk, leg: str) -> tuple[Change, ...]:
    if event.spec.changes is None or event.stride is None:
        return ()
    return event.spec.changes(event.parameters, event.stride, walk.speed_m_s, leg)


def _strides(change: Change) -> Iterator[int]:
    if isinstance(change, Passage):
        yield from range(change.first, change.last + 1)
    else:
        yield change.stride


def _clash(change: Change, against: list[dict[int, PlannedEvent]]) -> tuple[int, PlannedEvent] | None:
    for stride in _strides(change):
        for taken in against:
            if stride in taken:
                return stride, taken[stride]
    return None
