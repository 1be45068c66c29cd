"""Which checks a case can be asked: features, events, loads and sensors that a measure or a limit cannot do without."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from scenarios.case import DeviceDescription, PlannedEvent
from scenarios.catalogue import MeasureSpec
from scenarios.device_file import RATED
from scenarios.fields import as_table, as_text
from scenarios.limit_expand import Asked, Expanded
from scenarios.limit_reader import LIMIT_WORDS, OF_NAME
from scenarios.limit_set import Applies
from scenarios.problems import Problems
from scenarios.text import Listing, Node, Table, Text
from sim.electrode.load import NAMED_LOADS, Load


@dataclass(frozen=True, slots=True)
class Situation:
    """What a case offers to its checks.

    Attributes:
        device: under test.
        events: of the scenario.
        load: name of the load at the start.
        sensor: kind of the sensor; "" for a recording.
        walks: False for a recording, where nobody feels the stimulation.
    """

    device: DeviceDescription
    events: tuple[PlannedEvent, ...]
    load: str
    sensor: str
    walks: bool

    @property
    def loads(self) -> set[str]:
        """Names of every load that the run meets."""
        names = {load: name for name, load in NAMED_LOADS.items()}
        met = [value for event in self.events for value in event.parameters.values() if isinstance(value, Load)]
        return {self.load, *(names[load] for load in met if load in names)}


def applying(
    expanded: Expanded, table: Table, measures: Mapping[str, MeasureSpec], situation: Situation
) -> tuple[Table, tuple[tuple[str, str], ...]]:
    """The scenario without the checks of limit sets that do not apply here, and (check, reason) of these.

    Args:
        expanded: what the sets gave.
        table: the scenario, its limits written out.
        measures: of the catalogue.
        situation: what the case offers.
    """
    nodes = table.values["checks"]
    if not isinstance(nodes, Table):
        return table, ()
    dropped: list[tuple[str, str]] = []
    for name, asked in expanded.asked.items():
        node = nodes.values.get(name)
        if isinstance(node, Table) and (reason := why_not(asked, measures.get(_measure_of(node)), node, situation)):
            dropped.append((name, reason))
    kept = nodes.without(*(name for name, _ in dropped))
    return table.replaced(table.keys["checks"], kept), (*expanded.left_out, *dropped)


def has_no_check(table: Table) -> bool:
    """True where nothing of a scenario's checks is left."""
    node = table.values["checks"]
    return isinstance(node, Table) and not node.values


def already_left_out(table: Table, problems: Problems) -> tuple[tuple[str, str], ...]:
    """(check, reason) of what a `case.yaml` says was left out when it was made."""
    node = table.values.get("not_applicable")
    found: dict[str, str] = {}
    if node is not None:
        with problems.gathered():
            found = {name: as_text(value) for name, value in as_table(node, "`not_applicable`").values.items()}
    return tuple(found.items())


def why_not(asked: Asked, spec: MeasureSpec | None, check: Table, situation: Situation) -> str:
    """Why a check of a limit set does not apply here, or "".

    A check that the scenario names by itself is dropped only where the device is of another kind; one that came with a
    profile also where the scenario lacks the procedure.
    """
    reasons = _not_for(asked.entry.applies, situation)
    if asked.by_profile and not reasons and spec is not None:
        needs = list(spec.requires)
        needs += [f"rated:{name}" for name in _rated_names(check, spec)]
        reasons = [reason for need in needs if (reason := _lacking(need, situation))]
        if spec.quantity == "modelled" and not situation.walks:
            reasons.append("nobody walks in a recording")
    if not reasons:
        return ""
    scenario = asked.entry.scenario
    return f"not applicable: {'; '.join(dict.fromkeys(reasons))}" + (f"; {scenario} does it" if scenario else "")


def _not_for(applies: Applies, situation: Situation) -> list[str]:
    device = situation.device
    found = [f"device `{device.id}` has no {name}" for name in applies.features if name not in device.features]
    found += [f"device `{device.id}` is {name}" for name in applies.lacks if name in device.features]
    if device.channels < applies.channels:
        found.append(f"device `{device.id}` has fewer than {applies.channels} channels")
    if applies.sensors and situation.sensor not in applies.sensors:
        found.append(f"the sensor is no {' or '.join(applies.sensors)}")
    return found


def _lacking(need: str, situation: Situation) -> str:
    kind, _, name = need.partition(":")
    return _LACKING[kind](name, situation) if name and kind in _LACKING else ""


def _event(name: str, situation: Situation) -> str:
    kinds = name.split("|")
    there = any(event.kind in kinds for event in situation.events)
    return "" if there else f"the scenario has no event {' or '.join(kinds)}"


def _feature(name: str, situation: Situation) -> str:
    device = situation.device
    return "" if name in device.features else f"device `{device.id}` has no {name}"


def _rated(name: str, situation: Situation) -> str:
    return "" if name in situation.device.rated else f"the device file states no `rated: {{{name}: ...}}`"


def _load(name: str, situation: Situation) -> str:
    loads = name.split("|")
    return "" if situation.loads.intersection(loads) else f"the scenario has no load {' or '.join(loads)}"


def _sensor(name: str, situation: Situation) -> str:
    return "" if situation.sensor in name.split("|") else f"the sensor is no {name.replace('|', ' or ')}"


def _channels(name: str, situation: Situation) -> str:
    device = situation.device
    return "" if device.channels >= int(name) else f"device `{device.id}` has fewer than {name} channels"


_LACKING: Final[Mapping[str, Callable[[str, Situation], str]]] = {
    "event": _event,
    "feature": _feature,
    "rated": _rated,
    "load": _load,
    "sensor": _sensor,
    "channels": _channels,
}


def _rated_names(check: Table, spec: MeasureSpec) -> list[str]:
    """Claims of the maker that the limit is a part of."""
    texts: list[Text] = []
    for word in LIMIT_WORDS:
        node: Node | None = check.values.get(word)
        items = node.items if isinstance(node, Listing) else (node,)
        texts += [item for item in items if isinstance(item, Text)]
    found = (OF_NAME.fullmatch(text.text.strip()) for text in texts)
    names = [match["name"] for match in found if match is not None]
    return [name for name in names if name in RATED and name not in spec.references]


def _measure_of(check: Table) -> str:
    """Name of the measure of a check as written, or ""."""
    node = check.values.get("measure")
    if isinstance(node, Text):
        return node.text.strip()
    return next(iter(node.values), "") if isinstance(node, Table) else ""
