"""Reads what a value may be: `at_most`, `at_least`, `within`, `between`, `equals`, `never`.

A bound is a quantity (`60 ms`), a part of the setting that the measure reproduces (`110 % of set`), or a part of
something named (`1 % of phase_charge`): a reference that the measure gives with every sample, or a claim of the maker
(`rated:` in the device file). `within` lies about the setting where `of set` stands in it, else about zero. A list
means that the wider stands: `within: [±20 % of set, ±5 us]`.
"""

import re
from typing import Final

from scenarios.case import Band, Limit, LimitKind
from scenarios.catalogue import MeasureSpec
from scenarios.device_file import RATED
from scenarios.fields import as_text, flag
from scenarios.problems import nearest
from scenarios.quantities import is_plus_minus, parse_quantity
from scenarios.text import Listing, Node, Table, Text
from sim.errors import ScenarioError

LIMIT_WORDS: Final[tuple[LimitKind, ...]] = ("at_most", "at_least", "within", "between", "equals", "never")
"""The words, of which a check has exactly one."""
SET: Final = "set"
"""`± 20 % of set`: the setting that the measure reproduces."""
OF_NAME: Final = re.compile(r"(?P<part>.*\S)\s+of\s+(?P<name>\S+)\s*")
"""A part of something."""


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
    if kind == "equals":
        value = parse_quantity(as_text(node), measure.unit, node.where)
        return Limit(kind, value, value, measure.unit, f"{kind}: {as_text(node)}")
    return _of_bands(kind, _parts(node), measure, _written(node))


def _written(node: Node) -> str:
    return f"[{', '.join(as_text(item) for item in node.items)}]" if isinstance(node, Listing) else as_text(node)


def _parts(node: Node) -> tuple[Node, ...]:
    if not isinstance(node, Listing):
        return (node,)
    if len(node.items) < 2:
        problem = "one value is asked for, or a list of several of which the wider stands"
        raise ScenarioError(str(node.where), problem, "write a single quantity, or `[±20 % of set, ±5 us]`")
    return node.items


def _of_bands(kind: LimitKind, parts: tuple[Node, ...], measure: MeasureSpec, written: str) -> Limit:
    text = f"{kind}: {written}"
    bands = [_band(kind, part, measure) for part in parts]
    setting = setting_of(measure) if any(band.of == SET for band in bands) else ""
    if len(bands) == 1 and bands[0].of in {"", SET}:
        return Limit(kind, bands[0].low, bands[0].high, measure.unit, text, setting)
    if setting and kind == "within":
        bands = [band if band.of else Band(band.low, band.high, about_set=True) for band in bands]
    return Limit(kind, None, None, measure.unit, text, setting, tuple(bands))


def _band(kind: LimitKind, node: Node, measure: MeasureSpec) -> Band:
    text = as_text(node)
    if kind == "within" and not is_plus_minus(text):
        problem = f"`{text}` has no ±"
        raise ScenarioError(str(node.where), problem, f"write `within: ±{text}`, or `at_most:` for one side")
    value, name = _bound(text, node, measure)
    if kind == "at_most":
        return Band(None, value, name)
    if kind == "at_least":
        return Band(value, None, name)
    if name == SET:
        return Band(round(1.0 - value, 12), round(1.0 + value, 12), name)
    return Band(-value, value, name)


def _bound(text: str, node: Node, measure: MeasureSpec) -> tuple[float, str]:
    """(value in SI, "") or (ratio, what it is a part of)."""
    found = OF_NAME.fullmatch(text)
    if found is None:
        return parse_quantity(text, measure.unit, node.where), ""
    name = found["name"]
    if name == SET and not setting_of(measure):
        problem = f"`{measure.name}` reproduces no setting, so it has no `of set`"
        raise ScenarioError(str(node.where), problem, f"write a quantity, in {measure.unit or 'a pure number'}")
    known = (SET, *measure.references, *(claim for claim, unit in RATED.items() if unit == measure.unit))
    if name not in known:
        problem = f"`{measure.name}` knows no `{name}` to take a part of"
        raise ScenarioError(str(node.where), problem, nearest(name, known))
    return parse_quantity(found["part"], "", node.where), name


def _never(node: Node) -> Limit:
    if not flag(node):
        raise ScenarioError(str(node.where), "`never: false` asks for nothing", "write `never: true`")
    return Limit("never", None, None, "", "never: true")


def _between(node: Node, measure: MeasureSpec) -> Limit:
    if not isinstance(node, Listing) or len(node.items) != 2:
        raise ScenarioError(str(node.where), "`between` has two values", "write `between: [30 ms, 60 ms]`")
    (low, of), (high, also) = (_bound(as_text(item), item, measure) for item in node.items)
    if of != also:
        raise ScenarioError(str(node.where), "the two ends refer to different things", "write both as parts of one")
    if low > high:
        raise ScenarioError(str(node.where), "the lower value stands first", "swap the two values")
    text = f"between: {_written(node)}"
    if of == SET:
        return Limit("between", low, high, measure.unit, text, setting_of(measure))
    if of:
        return Limit("between", None, None, measure.unit, text, bands=(Band(low, high, of),))
    return Limit("between", low, high, measure.unit, text)


def setting_of(measure: MeasureSpec) -> str:
    """Name of the setting that a measure should reproduce, or ""."""
    named = [need.removeprefix("setting:") for need in measure.requires if need.startswith("setting:")]
    return measure.setting or (named[0] if named else "")


def limit_value(node: Node, measure: MeasureSpec) -> float:
    """The value of `marginal`: in the unit of the measure."""
    if not isinstance(node, Text):
        raise ScenarioError(str(node.where), "one value is asked for", "write a quantity")
    return parse_quantity(as_text(node), measure.unit, node.where)
