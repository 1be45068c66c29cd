"""`sensor:` of a scenario: which sensor the device listens to, and how good it is."""

from typing import Any

from scenarios.dataclass_reader import read_dataclass, write_dataclass
from scenarios.fields import as_table, word
from scenarios.text import Node, Text
from sim.errors import ScenarioError
from sim.sensor.kinds import SENSORS
from sim.sensor.sensor import SensorDescription


def read_sensor(node: Node) -> SensorDescription:
    """A sensor by its kind alone, or a table of its kind and settings.

    Raises:
        ScenarioError: an unknown kind, or a setting that cannot be used.
    """
    kinds = word(SENSORS, "sensor")
    if isinstance(node, Text):
        return SENSORS[kinds(node)]()
    table = as_table(node, "`sensor`")
    if "kind" not in table.values:
        raise ScenarioError(str(node.where), "`sensor` lacks the key `kind`", "write `sensor: {kind: heel_switch}`")
    kind = kinds(table.values["kind"])
    return read_dataclass(SENSORS[kind], table.without("kind"), "`sensor`")


def sensor_values(description: SensorDescription) -> dict[str, Any]:
    """The inverse: key -> text."""
    return {"kind": description.kind, **write_dataclass(description)}
