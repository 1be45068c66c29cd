"""Reads the events of a scenario against the events of the catalogue."""

from collections.abc import Mapping
from typing import Any

from scenarios.case import PlannedEvent
from scenarios.catalogue import EventSpec
from scenarios.fields import Key, as_table, as_text, integer, quantity, read_keys
from scenarios.parameters import DeviceWords, read_parameters
from scenarios.problems import Problems, nearest
from scenarios.text import Node, Table, Text
from scenarios.walk_clashes import refuse_clashes
from sim.errors import ScenarioError
from sim.gait.walk import Walk


def read_events(
    node: Node, specs: Mapping[str, EventSpec], walk: Walk, leg: str, device: DeviceWords, problems: Problems
) -> tuple[PlannedEvent, ...]:
    """Every event of the table `events`; problems are noted."""
    events: list[PlannedEvent] = []
    with problems.gathered():
        table = as_table(node, "`events`")
        for name, value in table.values.items():
            if problems.full:
                break
            with problems.gathered():
                event = as_table(value, f"event `{name}`")
                events.append(_read_event(table.keys[name], event, specs, walk.strides, device))
        refuse_clashes(events, table, walk, leg, problems)
    return tuple(events)


def _read_event(
    key: Text, table: Table, specs: Mapping[str, EventSpec], strides: int, device: DeviceWords
) -> PlannedEvent:
    problems = Problems()
    what = f"event `{key.text}`"
    spec, at = None, (None, 0.0, None)
    parameters: dict[str, Any] = {}
    with problems.gathered():
        spec = _read_kind(table, specs, what)
    with problems.gathered():
        at = _read_at(table, strides, what)
    if spec is not None:
        with problems.gathered():
            parameters = read_parameters(
                table.without("at", "do", "why"), spec.parameters, f"{what} ({spec.name})", device
            )
        if spec.changes is not None and (at[0] is None or at[1] != 0.0):
            mend = "write `at: {stride: 20}`: it belongs to that stride as a whole"
            problems.add(table.keys["do"].where, f"{spec.name} is placed by its stride alone", mend)
    problems.raise_any()
    assert spec is not None
    stride, phase_ratio, t_s = at
    return PlannedEvent(key.text, spec.name, stride, phase_ratio, t_s, parameters, key.where.line, spec, key.where.file)


def _read_kind(table: Table, specs: Mapping[str, EventSpec], what: str) -> EventSpec:
    node = table.values.get("do")
    if node is None:
        raise ScenarioError(str(table.where), f"{what} lacks the key `do`", "write for example `do: terrain.rug`")
    name = as_text(node)
    if name not in specs:
        raise ScenarioError(str(node.where), f"unknown event `{name}`", nearest(name, specs))
    return specs[name]


def _read_at(table: Table, strides: int, what: str) -> tuple[int | None, float, float | None]:
    node = table.values.get("at")
    if node is None:
        raise ScenarioError(str(table.where), f"{what} lacks the key `at`", "write `at: {stride: 20, phase: 60 %}`")
    problems = Problems()
    keys = {
        "stride": Key(integer(1, strides, "stride")),
        "phase": Key(quantity("", 0.0, 1.0, "phase")),
        "time": Key(quantity("s", 0.0, 1e6, "time")),
    }
    found = read_keys(node, keys, "`at`", problems)
    problems.raise_any()
    if ("stride" in found) == ("time" in found) or ("time" in found and "phase" in found):
        mend = "write `at: {stride: 20, phase: 60 %}` or `at: {time: 12 s}`"
        raise ScenarioError(str(node.where), "an event is placed by a stride or by a time", mend)
    return found.get("stride"), found.get("phase", 0.0), found.get("time")
