"""Reads where the electrodes are: `electrodes: {position: -4 mm}` on the skin, or an implanted interface."""

from collections.abc import Mapping
from typing import Any, Final

from scenarios.dataclass_reader import read_dataclass, write_dataclass
from scenarios.fields import Read, as_table, word
from scenarios.problems import Problems
from scenarios.text import Node, Table, Text
from sim.electrode.placement import CENTRED, PRESETS, Electrodes, default_electrodes, implanted
from sim.errors import ScenarioError

WORDS: Final = ("surface", *PRESETS)
"""What `electrodes:` may be in one word."""
KINDS: Final = ("surface", "implanted")
SKIN_ONLY: Final = ("position", "donning_sd", "knee")
"""Keys that an implanted interface does not have."""
SHIFT: Final = "electrode.shift"


def read_electrodes(node: Node) -> Electrodes:
    """Electrodes of a scenario: `surface`, the name of an implanted preset, or a table.

    Raises:
        ScenarioError: an unknown word or key, or keys that do not go together.
    """
    if isinstance(node, Text):
        name = word(WORDS, "electrodes")(node)
        return CENTRED if name == "surface" else implanted(name)
    table = as_table(node, "`electrodes`")
    kinds: Read[str] = word(KINDS, "kind")
    kind = kinds(table.values["kind"]) if "kind" in table.values else "surface"
    if kind == "surface":
        for key in ("preset", "channels"):
            if key in table.values:
                mend = "write `electrodes: {kind: implanted, ...}`"
                raise ScenarioError(str(table.keys[key].where), f"electrodes on the skin have no `{key}`", mend)
        return read_dataclass(Electrodes, table, "`electrodes`", CENTRED)
    return _implanted(table)


def _implanted(table: Table) -> Electrodes:
    problems = Problems()
    for key in SKIN_ONLY:
        if key in table.values:
            problems.add(table.keys[key].where, f"implanted electrodes have no `{key}`", "drop it")
    problems.raise_any()
    if "preset" in table.values and "channels" in table.values:
        raise ScenarioError(str(table.keys["preset"].where), "`preset` and `channels` stand together", "give one")
    preset = word(tuple(PRESETS), "preset")(table.values["preset"]) if "preset" in table.values else "single"
    return read_dataclass(Electrodes, table.without("preset"), "`electrodes`", implanted(preset))


def electrode_values(electrodes: Electrodes) -> dict[str, Any]:
    """Electrodes as a table of exact texts, for `case.yaml`."""
    values = write_dataclass(electrodes)
    dropped = ("channels",) if electrodes.kind == "surface" else SKIN_ONLY
    return {key: value for key, value in values.items() if key not in dropped}


def electrodes_for(
    electrodes: Electrodes | None, device: Any, events: tuple[Any, ...], table: Table, problems: Problems
) -> Electrodes:
    """The electrodes of a case: as the scenario says, else those that its device is used with.

    Args:
        electrodes: as the scenario says, or None.
        device: `scenarios.case.DeviceDescription`.
        events: `scenarios.case.PlannedEvent`.
        table: the scenario, for the places of what does not go together.
        problems: takes it.
    """
    found = electrodes if electrodes is not None else default_electrodes(device.features, device.channels)
    if (found.kind == "implanted") != ("implanted" in device.features):
        place = table.values.get("electrodes", table).where
        is_implant = "is an implant" if "implanted" in device.features else "is no implant (feature `implanted`)"
        problems.add(place, f"electrodes are `{found.kind}`, device `{device.id}` {is_implant}", "drop `electrodes`")
    nodes = table.values.get("events")
    for event in events:
        if event.kind == SHIFT and found.kind == "implanted" and isinstance(nodes, Table):
            problem = f"event `{event.name}`: implanted electrodes do not shift"
            problems.add(nodes.keys[event.name].where, problem, "drop it, or use electrodes on the skin")
    return found


def electrode_schema(quantity: Mapping[str, Any], share: Mapping[str, Any]) -> dict[str, Any]:
    """JSON Schema of `electrodes:`."""
    length, ratio = dict(quantity), dict(share)
    multiple = {"type": ["string", "number"]}
    channel = {
        "type": "object",
        "properties": {
            "rheobase": length,
            "chronaxie": length,
            "deep": multiple,
            "superficial": multiple,
        },
        "additionalProperties": False,
    }
    side = {"leg": {"enum": ["same", "other"]}, "threshold_cv": ratio}
    skin = {"kind": {"const": "surface"}, **side, "position": length, "donning_sd": length, "knee": ratio}
    below = {
        "kind": {"const": "implanted"},
        **side,
        "preset": {"enum": list(PRESETS)},
        "channels": {"type": "array", "items": channel, "minItems": 1, "maxItems": 4},
    }
    tables = [
        {"type": "object", "properties": skin, "additionalProperties": False},
        {"type": "object", "properties": below, "required": ["kind"], "additionalProperties": False},
    ]
    return {"anyOf": [{"enum": list(WORDS)}, *tables]}
