"""JSON Schema of a settings dataclass, as `scenarios.dataclass_reader` reads it."""

import dataclasses
import types
import typing
from typing import Any, Literal, Union, get_args, get_origin

from scenarios.dataclass_reader import key_and_unit
from scenarios.json_schema_words import COUNT, QUANTITY, SHARE, TEXT, table, words


def dataclass_schema(cls: type[Any]) -> dict[str, Any]:
    """Key -> schema of every field; a value may stand alone or as ``{value: ..., note: ...}``."""
    kinds = typing.get_type_hints(cls)
    properties: dict[str, Any] = {}
    required: list[str] = []
    for field in dataclasses.fields(cls):
        key, unit = key_and_unit(field.name)
        value = _value(kinds[field.name], unit)
        properties[key] = value if str(value.get("type")) in {"object", "array"} else noted(value)
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            required.append(key)
    return table(properties, required)


def noted(value: dict[str, Any]) -> dict[str, Any]:
    """A value alone, or with a word about where it comes from."""
    return {"anyOf": [value, table({"value": value, "note": TEXT, "source": TEXT}, ("value",))]}


def _value(kind: Any, unit: str) -> dict[str, Any]:
    origin, parts = get_origin(kind), get_args(kind)
    if origin in {Union, types.UnionType}:
        rest = [part for part in parts if part is not type(None)]
        return {"anyOf": [*(_value(part, unit) for part in rest), {"const": "none"}]}
    if origin is Literal:
        return words(map(str, parts))
    if origin is tuple:
        return {"type": "array"}
    if dataclasses.is_dataclass(kind):
        return dataclass_schema(typing.cast("type[Any]", kind))
    return _scalar(kind, unit)


def _scalar(kind: Any, unit: str) -> dict[str, Any]:
    if kind is float:
        return dict(SHARE if unit in {"", "ppm"} else QUANTITY)
    if kind is int:
        return dict(QUANTITY if unit == "ns" else COUNT)
    return {"enum": [True, False, "true", "false"]} if kind is bool else dict(TEXT)
