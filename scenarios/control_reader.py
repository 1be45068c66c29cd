"""Reads the `control:` part of a device file."""

import string
from collections.abc import Mapping
from typing import Any, Final

from scenarios.control import BUILT_IN, ControlDescription, Exchange, SettingWords, compiled
from scenarios.fields import Key, as_table, as_text, integer, quantity, read_keys
from scenarios.problems import Problems, nearest
from scenarios.quantities import parse_quantity
from scenarios.text import Listing, Node, Table, Text, plain
from scenarios.unit_table import UNITS, dimension_of, tidy
from sim.errors import ScenarioError

_NEWLINES: Final = {"lf": "\n", "cr": "\r", "crlf": "\r\n"}


def read_control(
    node: Node, units: Mapping[str, str], words: Mapping[str, tuple[str, ...]], kinds: tuple[str, ...] = ()
) -> ControlDescription:
    """Read how a box is configured.

    Args:
        node: the table under `control:`.
        units: setting -> SI unit, of the settings that are numbers.
        words: setting -> its words, of the others; empty where any word may stand.
        kinds: further kinds, from plug-ins.

    Raises:
        ScenarioError: it does not read, names an unknown setting, or tells a value in a unit of another dimension.
    """
    table = as_table(node, "`control`")
    problems = Problems()
    known = (*BUILT_IN, *kinds)
    kind = table.values.get("kind")
    name = as_text(kind) if kind is not None else ""
    if name not in known:
        where = kind.where if kind is not None else table.where
        raise ScenarioError(str(where), f"unknown kind of control `{name}`", nearest(name, known))
    if name not in BUILT_IN:
        return ControlDescription(name, options={key: plain(value) for key, value in table.values.items()})
    keys = {
        "kind": Key(as_text, required=True),
        "baud": Key(integer(50, 4_000_000, "baud")),
        "newline": Key(_newline),
        "timeout": Key(quantity("s", 1e-3, 600.0, "timeout")),
        "identify": Key(_exchange),
        "settings": Key(lambda each: _settings(each, units, words, name)),
        "safe": Key(_exchanges),
        "log": Key(lambda each: compiled(as_text(each), each.where)),
        "note": Key(as_text),
    }
    found = read_keys(table, keys, "`control`", problems)
    problems.raise_any()
    found.pop("note", None)
    if "timeout" in found:
        found["timeout_s"] = found.pop("timeout")
    return ControlDescription(**found)


def _newline(node: Node) -> str:
    text = as_text(node)
    if text not in _NEWLINES:
        raise ScenarioError(str(node.where), f"unknown end of line `{text}`", nearest(text, _NEWLINES))
    return _NEWLINES[text]


def _exchange(node: Node, group: str = "") -> Exchange:
    """`TEXT`, or ``{send: TEXT, expect: PATTERN}``."""
    if isinstance(node, Text):
        return Exchange(as_text(node))
    problems = Problems()
    keys = {
        "send": Key(as_text, required=True),
        "expect": Key(lambda each: compiled(as_text(each), each.where, group), required=bool(group)),
    }
    found = read_keys(node, keys, "an exchange", problems)
    problems.raise_any()
    return Exchange(**found)


def _exchanges(node: Node) -> tuple[Exchange, ...]:
    items = node.items if isinstance(node, Listing) else (node,)
    return tuple(_exchange(item) for item in items)


def _settings(
    node: Node, units: Mapping[str, str], words: Mapping[str, tuple[str, ...]], kind: str
) -> dict[str, SettingWords]:
    problems = Problems()
    table = as_table(node, "`settings` of `control`")
    found: dict[str, SettingWords] = {}
    for name, value in table.values.items():
        if name not in units and name not in words:
            problem = f"the device has no setting `{name}`"
            problems.add(table.keys[name].where, problem, nearest(name, (*units, *words)))
            continue
        with problems.gathered():
            found[name] = _setting(name, value, units.get(name), words.get(name, ()), kind)
    problems.raise_any()
    return found


def _setting(name: str, node: Node, unit: str | None, words: tuple[str, ...], kind: str) -> SettingWords:
    problems = Problems()
    keys: dict[str, Key] = {
        "send": Key(as_text, required=kind != "operator"),
        "prompt": Key(as_text, required=kind == "operator"),
        "expect": Key(lambda each: compiled(as_text(each), each.where)),
        "unit": Key(as_text),
        "read": Key(lambda each: _exchange(each, "value")),
        "resolution": Key(quantity(unit or "", 0.0, None, "resolution")),
        "words": Key(lambda each: _words(each, words)),
    }
    found = read_keys(node, keys, f"setting `{name}`", problems)
    problems.raise_any()
    told = found.get("unit", "")
    assert isinstance(node, Table)
    if told:
        _check_unit(told, unit, name, node.values["unit"])
    template = found.get("send") or found["prompt"]
    _check_template(template, node.values["send" if "send" in found else "prompt"], number=unit is not None)
    return SettingWords(
        name,
        Exchange(template, found.get("expect", "")),
        told,
        found.get("read"),
        found.get("resolution", 0.0),
        found.get("words", {}),
    )


def _check_unit(told: str, unit: str | None, name: str, node: Node) -> None:
    known = UNITS.get(tidy(told))
    if unit is None or known is None or known.dimension != dimension_of(unit):
        problem = f"`{told}` is no unit for the setting `{name}`"
        raise ScenarioError(str(node.where), problem, f"write a unit of {unit}" if unit else "drop it: it is a word")


def _check_template(template: str, node: Node, *, number: bool) -> None:
    try:
        template.format(value=1.0 if number else "word")
        names = {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}
    except (ValueError, IndexError, KeyError, AttributeError) as error:
        raise ScenarioError(str(node.where), f"`{template}` cannot be filled in: {error}", "write `{value}`") from None
    if names != {"value"}:
        raise ScenarioError(str(node.where), f"`{template}` does not tell the value", "write `{value}` into it")


def _words(node: Node, words: tuple[str, ...]) -> dict[str, str]:
    table = as_table(node, "`words`")
    for name, key in table.keys.items():
        if words and name not in words:
            raise ScenarioError(str(key.where), f"the setting has no word `{name}`", nearest(name, words))
    return {name: as_text(value) for name, value in table.values.items()}


def told_value(words: SettingWords, value: float | str, unit: str) -> float | str:
    """The value as the box hears it: in its unit, or as its word."""
    if isinstance(value, str):
        return words.words.get(value, value)
    return value / parse_quantity(f"1 {words.unit}", unit) if words.unit else value


def heard_value(words: SettingWords, text: str, unit: str) -> float | str:
    """The inverse of `told_value`, from the text that the box answered.

    Raises:
        ValueError: no number where one is asked for.
    """
    if words.words or (not unit and not _is_number(text)):
        return next((name for name, own in words.words.items() if own == text), text)
    return float(text) * (parse_quantity(f"1 {words.unit}", unit) if words.unit else 1.0)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def schema_of_control() -> dict[str, Any]:
    """JSON Schema of `control:`."""
    exchange = {
        "anyOf": [
            {"type": "string"},
            {
                "type": "object",
                "properties": {"send": {"type": "string"}, "expect": {"type": "string"}},
                "required": ["send"],
                "additionalProperties": False,
            },
        ]
    }
    setting = {
        "type": "object",
        "properties": {
            "send": {"type": "string"},
            "prompt": {"type": "string"},
            "expect": {"type": "string"},
            "unit": {"type": "string"},
            "read": exchange,
            "resolution": {"type": ["string", "number"]},
            "words": {"type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]}},
        },
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "required": ["kind"],
        "properties": {
            "kind": {"type": "string", "description": "serial, operator, simulated, or the kind of a plug-in"},
            "baud": {"type": ["integer", "string"]},
            "newline": {"enum": list(_NEWLINES)},
            "timeout": {"type": "string"},
            "identify": exchange,
            "settings": {"type": "object", "additionalProperties": setting},
            "safe": {"anyOf": [exchange, {"type": "array", "items": exchange}]},
            "log": {"type": "string"},
            "note": {"type": "string"},
        },
    }
