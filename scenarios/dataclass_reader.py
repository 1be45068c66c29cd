"""Any settings dataclass as a table of quantities with units, read and written by the suffixes of its field names.

`pulse_width_s: float` is the key `pulse_width` and takes a time; `pulses: int` a whole number; `stance_ratio: float`
the key `stance`, as 0..1 or in %; a field without a suffix is a pure number or a word. A field may carry bounds in SI:
``field(metadata={"bounds": (low, high)})``.
"""

import dataclasses
import types
import typing
from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias, TypeVar, Union, get_args, get_origin

from scenarios.fields import Key, Read, as_text, flag, integer, quantity, read_keys, word
from scenarios.problems import Problems
from scenarios.quantities import exact_quantity
from scenarios.text import Listing, Node, Table, Where, rooted
from sim.errors import ScenarioError

T = TypeVar("T")

Allowed: TypeAlias = tuple[float, float] | frozenset[str]
"""What a key may be: (low, high) in SI, or some of the words of its field."""

SUFFIXES: Final = {
    "_n_m_s_rad": "N m s/rad",
    "_n_m_rad": "N m/rad",
    "_kg_m2": "kg m^2",
    "_rad_s": "rad/s",
    "_m_s2": "m/s^2",
    "_m_s": "m/s",
    "_n_m": "N m",
    "_ratio": "",
    "_ppm": "ppm",
    "_ohm": "ohm",
    "_rad": "rad",
    "_hz": "Hz",
    "_kg": "kg",
    "_ns": "ns",
    "_a": "A",
    "_c": "C",
    "_f": "F",
    "_j": "J",
    "_m": "m",
    "_n": "N",
    "_s": "s",
    "_v": "V",
    "_w": "W",
}
"""Suffix of a field name -> unit of the field. Longest first."""


def key_and_unit(field: str) -> tuple[str, str]:
    """Key of a field in YAML, and the SI unit of its value."""
    for suffix, unit in SUFFIXES.items():
        if field.endswith(suffix) and len(field) > len(suffix):
            return field.removesuffix(suffix), unit
    return field, ""


def settings_units(cls: type[Any]) -> dict[str, str]:
    """Key -> SI unit of every number among the fields of a dataclass (ppm and ns count as their pure parents)."""
    kinds = typing.get_type_hints(cls)
    numbers = (field.name for field in dataclasses.fields(cls) if _without_none(kinds[field.name]) in {float, int})
    units = (key_and_unit(name) for name in numbers)
    return {key: {"ppm": "", "ns": "s"}.get(unit, unit) for key, unit in units}


def settings_words(cls: type[Any]) -> dict[str, tuple[str, ...]]:
    """Key -> allowed words of every field of a dataclass that is no number; empty where any word may stand."""
    kinds = typing.get_type_hints(cls)
    names = (field.name for field in dataclasses.fields(cls) if _without_none(kinds[field.name]) not in {float, int})
    return {
        name: tuple(map(str, get_args(kinds[name]))) if get_origin(kinds[name]) is Literal else () for name in names
    }


def settings_values(settings: Any) -> dict[str, float]:
    """Key -> SI value of every number in a dataclass instance."""
    units = settings_units(type(settings))
    values: dict[str, float] = {}
    for field in dataclasses.fields(settings):
        key, unit = key_and_unit(field.name)
        value = getattr(settings, field.name)
        if key in units and isinstance(value, int | float) and not isinstance(value, bool):
            values[key] = float(value) * {"ppm": 1e-6, "ns": 1e-9}.get(unit, 1.0)
    return values


def read_dataclass(
    cls: type[T],
    node: Node | Mapping[str, Any],
    what: str = "",
    base: T | None = None,
    allowed: Mapping[str, Allowed] | None = None,
) -> T:
    """Read `cls` from a table.

    A value may stand alone or as ``{value: 12 ms, source: ...}``; whatever stands beside `value` is for readers.

    Args:
        cls: dataclass; nested dataclasses, `Literal`, optional fields and tuples are understood.
        node: table with places, or a plain mapping of texts.
        what: what the table is, for messages ("settings of odfs").
        base: instance that gives the fields which the table leaves out; else the defaults of `cls`.
        allowed: key -> what it may be, in place of the bounds of the field.

    Raises:
        ScenarioError: unknown or missing key, wrong unit, value out of bounds; several are told together.
    """
    what = what or cls.__name__
    table = node if isinstance(node, Table | Listing) or not isinstance(node, Mapping) else _without_places(node, what)
    problems = Problems()
    fields = {field.name: field for field in dataclasses.fields(cls) if field.init}  # pyright: ignore[reportArgumentType]
    kinds = typing.get_type_hints(cls)
    keys: dict[str, Key] = {}
    names: dict[str, str] = {}
    for name, field in fields.items():
        key, unit = key_and_unit(name)
        needed = base is None and field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        limits = (allowed or {}).get(key) or field.metadata.get("bounds") or (None, None)
        inner = getattr(base, name, None) if base is not None else None
        keys[key] = Key(valued(_reader(kinds[name], key, unit, limits, inner)), required=needed)
        names[key] = name
    read = read_keys(table, keys, what, problems)
    problems.raise_any()
    values = {names[key]: value for key, value in read.items()}
    try:
        if base is not None:
            return dataclasses.replace(base, **values)  # pyright: ignore[reportArgumentType]
        return cls(**values)
    except ValueError as error:
        raise ScenarioError(str(table.where), f"{what}: {error}", "change one of the two") from None


def _without_places(mapping: Mapping[str, Any], what: str) -> Node:
    return rooted(mapping, Where(what, 1, 1))


def valued(read: Read[Any]) -> Read[Any]:
    """A reader that looks through ``{value: ..., note: ...}``."""

    def through(node: Node) -> Any:
        if isinstance(node, Table) and "value" in node.values:
            return read(node.values["value"])
        return read(node)

    return through


def _without_none(kind: Any) -> Any:
    if get_origin(kind) in {Union, types.UnionType}:
        rest = [part for part in get_args(kind) if part is not type(None)]
        return rest[0] if len(rest) == 1 else kind
    return kind


def _reader(kind: Any, key: str, unit: str, limits: Any, base: Any) -> Read[Any]:
    if get_origin(kind) in {Union, types.UnionType} and type(None) in get_args(kind):
        inner = _reader(_without_none(kind), key, unit, limits, base)
        return lambda node: None if _is_none(node) else inner(node)
    if dataclasses.is_dataclass(kind):
        return lambda node: read_dataclass(kind, node, f"`{key}`", base)  # pyright: ignore[reportArgumentType]
    if get_origin(kind) is Literal:
        words = tuple(map(str, get_args(kind)))
        return word([each for each in words if not isinstance(limits, frozenset) or each in limits], key)
    if get_origin(kind) is tuple:
        return _tuple_reader(get_args(kind), key, unit, limits)
    return _scalar_reader(kind, key, unit, limits)


def _scalar_reader(kind: Any, key: str, unit: str, limits: Any) -> Read[Any]:
    if kind is float:
        return _number_reader(key, unit, limits)
    if kind is int and unit == "ns":
        return lambda node: round(_number_reader(key, unit, limits)(node))
    if kind is int:
        low, high = limits
        return integer(int(low) if low is not None else -(1 << 63), int(high) if high is not None else 1 << 63, key)
    return flag if kind is bool else as_text


def _is_none(node: Node) -> bool:
    return not isinstance(node, Table | Listing) and node.text.strip() in {"none", "null", "~"}


def _number_reader(key: str, unit: str, limits: tuple[float | None, float | None]) -> Read[float]:
    """Quantities in SI; a field in ppm or ns holds millionths or billionths of what the text says."""
    si, per_si = {"ppm": ("", 1e6), "ns": ("s", 1e9)}.get(unit, (unit, 1.0))
    low, high = limits
    read = quantity(si, low, high, key)
    return lambda node: round(read(node) * per_si, 9) if per_si != 1.0 else read(node)


def _tuple_reader(parts: tuple[Any, ...], key: str, unit: str, limits: tuple[float | None, float | None]) -> Read[Any]:
    item_kind = parts[0] if parts else str
    length = None if len(parts) == 2 and parts[1] is Ellipsis else len(parts)

    def read(node: Node) -> tuple[Any, ...]:
        if not isinstance(node, Listing):
            raise ScenarioError(str(node.where), f"{key} is a list", "write `[..., ...]`")
        if length is not None and len(node.items) != length:
            raise ScenarioError(str(node.where), f"{key} has {len(node.items)} values", f"write {length}")
        kinds = parts if length is not None else (item_kind,) * len(node.items)
        pairs = zip(kinds, node.items, strict=True)
        return tuple(valued(_reader(part, key, unit, limits, None))(item) for part, item in pairs)

    return read


def write_dataclass(instance: Any) -> dict[str, Any]:
    """The inverse of `read_dataclass`: key -> text (or list, or table), exact to the last bit.

    Mapping-valued and array-valued fields are refused, as the reader knows none.
    """
    return {
        key_and_unit(field.name)[0]: _written(getattr(instance, field.name), key_and_unit(field.name)[1])
        for field in dataclasses.fields(as_instance(instance))
        if field.init
    }


def as_instance(value: Any) -> Any:
    """`value`, which must be an instance of a dataclass."""
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        raise TypeError(f"{value!r} is no instance of a dataclass")
    return value


def _written(value: Any, unit: str) -> Any:
    if dataclasses.is_dataclass(value):
        return write_dataclass(value)
    if isinstance(value, tuple | list):
        return [_written(item, unit) for item in value]
    if isinstance(value, float):
        return exact_quantity(value, unit)
    words = {None: "none", True: "true", False: "false"}
    if value is None or isinstance(value, bool):
        return words[value]
    return f"{value} ns" if unit == "ns" else str(value)
