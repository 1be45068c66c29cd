"""Reads the parameters of a measure or an event as its spec in the catalogue declares them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from scenarios.catalogue import DeviceModelSpec, Parameter
from scenarios.fields import Key, Read, as_text, one_or_list, quantity, read_keys, word
from scenarios.load_reader import read_load
from scenarios.problems import Problems, nearest
from scenarios.quantities import parse_quantity
from scenarios.ramp import Ramp
from scenarios.text import Node, Table, Text
from sim.errors import ScenarioError


@dataclass(frozen=True, slots=True)
class DeviceWords:
    """What the device lends to the values of events.

    Attributes:
        name: of the device.
        settings: setting -> SI unit.
        model: the simulated model, or None for a device that is not simulated.
    """

    name: str
    settings: Mapping[str, str]
    model: DeviceModelSpec | None


def read_parameters(
    node: Table, parameters: tuple[Parameter, ...], what: str, device: DeviceWords | None = None
) -> dict[str, Any]:
    """SI values, words and ramps of every parameter, defaults filled in.

    Args:
        node: table of parameters and nothing else.
        parameters: what the spec declares.
        what: for messages ("event `rug` (terrain.rug)").
        device: needed by parameters that name a setting or a defect.
    """
    problems = Problems()
    keys = {each.name: Key(_reader(each, node, device), required=each.default is None) for each in parameters}
    found = read_keys(node, keys, what, problems)
    for each in parameters:
        if each.name not in node.values and each.default is not None:
            found[each.name] = _reader(each, node, device)(Text(each.default, node.where))
    problems.raise_any()
    return {each.name: found[each.name] for each in parameters}


def _reader(parameter: Parameter, table: Table, device: DeviceWords | None) -> Read[Any]:
    low, high = parameter.bounds
    if parameter.of == "load":
        return lambda node: read_load(node)[1]
    if parameter.of == "setting":
        return lambda node: _setting_value(node, table, device)
    if parameter.of == "defect":
        return lambda node: _defect_dose(node, table, device)
    if parameter.unit is None:
        read: Read[Any] = word(parameter.choices, parameter.name) if parameter.choices else as_text
    else:
        read = quantity(parameter.unit, low, high, parameter.name)
    if parameter.ramp:
        return lambda node: _ramp(node, read) if isinstance(node, Table) else read(node)
    return one_or_list(read) if parameter.many else read


def _ramp(node: Table, read: Read[float]) -> Ramp:
    problems = Problems()
    keys = {"from": Key(read, True), "to": Key(read, True), "over": Key(quantity("s", 0.0, 3600.0, "over"), True)}
    found = read_keys(node, keys, "a ramp", problems)
    problems.raise_any()
    return Ramp(found["from"], found["to"], found["over"])


def _named(table: Table, key: str, allowed: Iterable[str], device: DeviceWords) -> str:
    node = table.values.get(key)
    if node is None:
        raise ScenarioError(str(table.where), f"the key `{key}` is missing", f"add `{key}:`")
    name = as_text(node)
    if name not in allowed:
        raise ScenarioError(str(node.where), f"{device.name} has no {key} `{name}`", nearest(name, allowed))
    return name


def _setting_value(node: Node, table: Table, device: DeviceWords | None) -> float:
    assert device is not None
    name = _named(table, "setting", device.settings, device)
    return parse_quantity(as_text(node), device.settings[name], node.where)


def _defect_dose(node: Node, table: Table, device: DeviceWords | None) -> float:
    assert device is not None
    if device.model is None:
        raise ScenarioError(str(node.where), f"{device.name} is not simulated: it has no seeded defects", "drop it")
    name = _named(table, "defect", device.model.defects, device)
    return read_dose(node, name, device.model)


def read_dose(node: Node, defect: str, model: DeviceModelSpec) -> float:
    """Dose of a seeded defect, SI."""
    value = parse_quantity(as_text(node), model.defects[defect].unit, node.where)
    if model.check_defects is not None:
        try:
            model.check_defects({defect: value})
        except ValueError as error:
            raise ScenarioError(str(node.where), str(error), "choose another dose") from None
    return value
