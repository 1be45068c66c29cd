"""Reads what a value may be: `at_most`, `at_least`, `within`, `between`, `equals`, `never`."""

from typing import Final

from scenarios.case import Limit, LimitKind
from scenarios.catalogue import MeasureSpec
from scenarios.fields import as_text, flag
from scenarios.quantities import is_plus_minus, parse_quantity
from scenarios.text import Listing, Node, Table, Text, plain
from sim.errors import ScenarioError

LIMIT_WORDS: Final[tuple[LimitKind, ...]] = ("at_most", "at_least", "within", "between", "equals", "never")
"""The words, of which a check has exactly one."""


def read_limit(check: Table, measure: MeasureSpec) -> Limit:
    """The one limit of a check.

    Raises:
        ScenarioError: none or several, wrong dimension, or a word that does not go with the measure.
    """
    words: list[LimitKind] = [word for word in LIMIT_WORDS if word in check.values]
    if len(words) != 1:
        problem = "a check has one limit" + (f", not {len(words)}: {', '.join(words)}" if words else "")
        place = check.keys[words[1]].where if words else check.where
        raise ScenarioError(str(place), problem, "write one of " + ", ".join(f"`{word}:`" for word in LIMIT_WORDS))
    kind = words[0]
    node = check.values[kind]
    if measure.occurrences != (kind == "never"):
        mend = "write `never: true`" if measure.occurrences else "write `at_most:` or another limit with a value"
        raise ScenarioError(str(check.keys[kind].where), f"`{kind}` does not go with `{measure.name}`", mend)
    if kind == "never":
        return _never(node)
    if kind == "between":
        return _between(node, measure)
    text = as_text(node)
    if kind == "within":
        return _within(text, node, measure)
    value = parse_quantity(text, measure.unit, node.where)
    low = None if kind == "at_most" else value
    high = None if kind == "at_least" else value
    return Limit(kind, low, high, measure.unit, f"{kind}: {text}")


def _never(node: Node) -> Limit:
    if not flag(node):
        raise ScenarioError(str(node.where), "`never: false` asks for nothing", "write `never: true`")
    return Limit("never", None, None, "", "never: true")


def _between(node: Node, measure: MeasureSpec) -> Limit:
    if not isinstance(node, Listing) or len(node.items) != 2:
        raise ScenarioError(str(node.where), "`between` has two values", "write `between: [30 ms, 60 ms]`")
    low, high = (parse_quantity(as_text(item), measure.unit, item.where) for item in node.items)
    if low > high:
        raise ScenarioError(str(node.where), "the lower value stands first", "swap the two values")
    return Limit("between", low, high, measure.unit, f"between: [{', '.join(plain(node))}]")


def _within(text: str, node: Node, measure: MeasureSpec) -> Limit:
    if not is_plus_minus(text):
        problem = f"`{text}` has no ±"
        raise ScenarioError(str(node.where), problem, f"write `within: ±{text}`, or `at_most:` for one side")
    band = text.removesuffix("of set").rstrip()
    if band == text:
        half = parse_quantity(text, measure.unit, node.where)
        return Limit("within", -half, half, measure.unit, f"within: {text}")
    setting = setting_of(measure)
    if not setting:
        problem = f"`{measure.name}` reproduces no setting, so it has no `of set`"
        raise ScenarioError(str(node.where), problem, f"write a quantity, in {measure.unit or 'a pure number'}")
    ratio = parse_quantity(band, "", node.where)
    low, high = round(1.0 - ratio, 12), round(1.0 + ratio, 12)
    return Limit("within", low, high, measure.unit, f"within: {text}", setting)


def setting_of(measure: MeasureSpec) -> str:
    """Name of the setting that a measure should reproduce, or ""."""
    named = [need.removeprefix("setting:") for need in measure.requires if need.startswith("setting:")]
    return measure.setting or (named[0] if named else "")


def limit_value(node: Node, measure: MeasureSpec) -> float:
    """The value of `marginal`: in the unit of the measure."""
    if not isinstance(node, Text):
        raise ScenarioError(str(node.where), "one value is asked for", "write a quantity")
    return parse_quantity(as_text(node), measure.unit, node.where)
