"""The vocabulary of our JSON Schemas: quantities, words, tables, loads and the parameters of catalogue names."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from scenarios.catalogue import Parameter
from sim.electrode.load import NAMED_LOADS

NUMBER: Final = r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?"
QUANTITY: Final = {"type": "string", "pattern": rf"^{NUMBER}\s*\D.*$"}
SHARE: Final = {"type": ["string", "number"], "pattern": rf"^{NUMBER}\s*(%|ppm)?$"}
PLUS_MINUS: Final = {"type": "string", "pattern": rf"^(±|\+/-|\+-)\s*{NUMBER}\s*\S.*$"}
COUNT: Final = {"type": ["integer", "string"], "pattern": r"^\d+$", "minimum": 0}
TEXT: Final = {"type": ["string", "number", "integer", "boolean"]}
TRUE: Final = {"enum": [True, "true"]}


def table(properties: Mapping[str, Any], required: Iterable[str] = (), **rest: Any) -> dict[str, Any]:
    """An object with these keys and no others."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
        **rest,
    }


def words(allowed: Iterable[str], description: str = "") -> dict[str, Any]:
    """One of some words."""
    found: dict[str, Any] = {"enum": list(allowed)}
    return found | ({"description": description} if description else {})


def one_or_list(item: Mapping[str, Any]) -> dict[str, Any]:
    """A value, or a list of such."""
    return {"anyOf": [dict(item), {"type": "array", "items": dict(item)}]}


def load() -> dict[str, Any]:
    """An electrical load by name, or R_s + (R_p || C_p)."""
    values = table({"r": QUANTITY, "r_p": QUANTITY, "c_p": QUANTITY, "name": TEXT}, ("r",))
    return {"anyOf": [words(NAMED_LOADS), values]}


def parameter_schema(parameter: Parameter) -> dict[str, Any]:
    """A parameter of a measure or an event."""
    value: dict[str, Any]
    if parameter.of == "load":
        value = load()
    elif parameter.choices:
        value = words([*parameter.choices, *(int(word) for word in parameter.choices if word.isdecimal())])  # pyright: ignore[reportArgumentType]
    elif parameter.unit is None:
        value = dict(TEXT)
    else:
        value = dict(QUANTITY if parameter.unit else SHARE)
    if parameter.ramp:
        value = {"anyOf": [value, table({"from": value, "to": value, "over": QUANTITY}, ("from", "to", "over"))]}
    if parameter.many:
        value = one_or_list(value)
    return value | ({"description": parameter.summary} if parameter.summary else {})


def parameters(given: tuple[Parameter, ...]) -> tuple[dict[str, Any], list[str]]:
    """Key -> schema, and the keys that must stand there."""
    properties = {parameter.name: parameter_schema(parameter) for parameter in given}
    return properties, [parameter.name for parameter in given if parameter.default is None]
