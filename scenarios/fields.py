"""Readers of single values and of tables with known keys: where a text becomes a typed value or a clear error."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from scenarios.problems import Problems, closest, nearest
from scenarios.quantities import format_quantity, parse_quantity
from scenarios.text import Listing, Node, Table, Text
from sim.errors import ScenarioError

T = TypeVar("T")
Read: TypeAlias = Callable[[Node], T]
"""A reader: the typed value of a node, or a `ScenarioError` with its place."""


@dataclass(frozen=True, slots=True)
class Key:
    """What a table may hold under one key.

    Attributes:
        read: reader of its value.
        required: True where the key must stand there.
    """

    read: Read[Any]
    required: bool = False


def read_keys(node: Node, keys: Mapping[str, Key], what: str, problems: Problems) -> dict[str, Any]:
    """Read a table whose keys are known; problems are noted, and keys with a problem are left out.

    Args:
        node: the table.
        keys: what it may hold.
        what: what the table is, for messages ("a check").
        problems: takes every problem.
    """
    values: dict[str, Any] = {}
    if not isinstance(node, Table):
        problems.add(node.where, f"{what} has keys with values", f"allowed: {', '.join(keys)}")
        return values
    meant: set[str] = set()
    for name, value in node.values.items():
        if problems.full:
            return values
        if name not in keys:
            problems.add(node.keys[name].where, f"unknown key `{name}` in {what}", nearest(name, keys))
            meant.add(closest(name, keys))
            continue
        with problems.gathered():
            values[name] = keys[name].read(value)
    for name, key in keys.items():
        if key.required and name not in node.values and name not in meant:
            problems.add(node.where, f"{what} lacks the key `{name}`", f"add `{name}:`")
    return values


def as_table(node: Node, what: str) -> Table:
    """`node`, if it is a table."""
    if not isinstance(node, Table):
        raise ScenarioError(str(node.where), f"{what} has keys with values", "write `key: value` or `{key: value}`")
    return node


def as_text(node: Node) -> str:
    """The text of a scalar that is not empty."""
    if not isinstance(node, Text):
        raise ScenarioError(str(node.where), "one value is asked for", "write a single word or quantity")
    if not node.text.strip():
        raise ScenarioError(str(node.where), "nothing is written behind this key", "write a value or drop the key")
    return node.text.strip()


def word(choices: Iterable[str], what: str) -> Read[str]:
    """A reader of one of `choices`."""
    allowed = tuple(choices)

    def read(node: Node) -> str:
        text = as_text(node)
        if text not in allowed:
            raise ScenarioError(str(node.where), f"unknown {what} `{text[:80]}`", nearest(text, allowed))
        return text

    return read


def flag(node: Node) -> bool:
    """True or False; anything else is refused."""
    text = as_text(node)
    if text not in {"true", "false"}:
        raise ScenarioError(str(node.where), f"`{text[:80]}` is neither true nor false", "write `true` or `false`")
    return text == "true"


def quantity(unit: str, low: float | None = None, high: float | None = None, what: str = "") -> Read[float]:
    """A reader of a quantity in SI `unit` between `low` and `high`, both allowed."""

    def read(node: Node) -> float:
        text = as_text(node)
        value = parse_quantity(text, unit, node.where)
        if (low is not None and value < low) or (high is not None and value > high):
            raise ScenarioError(str(node.where), f"{what} `{text}` is out of bounds".strip(), bounds(low, high, unit))
        return value

    return read


def bounds(low: float | None, high: float | None, unit: str) -> str:
    """The mend for a value out of bounds."""
    if low is None:
        return f"allowed: at most {format_quantity(high or 0.0, unit)}"
    if high is None:
        return f"allowed: at least {format_quantity(low, unit)}"
    return f"allowed: {format_quantity(low, unit)} to {format_quantity(high, unit)}"


def integer(low: int, high: int, what: str = "") -> Read[int]:
    """A reader of a whole number between `low` and `high`, both allowed."""

    def read(node: Node) -> int:
        text = as_text(node)
        digits = text.removeprefix("-").removeprefix("+")
        if not (digits.isascii() and digits.isdigit()) or len(digits) > 25:
            problem = f"{what} `{text[:40]}` is not a whole number".strip()
            raise ScenarioError(str(node.where), problem, f"allowed: {low} to {high}")
        value = int(text)
        if not low <= value <= high:
            raise ScenarioError(
                str(node.where), f"{what} {value} is out of bounds".strip(), f"allowed: {low} to {high}"
            )
        return value

    return read


def one_or_list(read_item: Read[T]) -> Read[tuple[T, ...]]:
    """A reader of a sequence, or of a single value in its place."""

    def read(node: Node) -> tuple[T, ...]:
        return tuple(read_item(item) for item in (node.items if isinstance(node, Listing) else (node,)))

    return read
