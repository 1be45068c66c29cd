"""Reads how a patient's parameter is spread over people: the `distribution:` beside its value.

    {kind: fixed}                                     the same in everybody
    {kind: normal, sd: 0.1 m/s}                       mean: the value, or `mean:`
    {kind: lognormal, sd: 4.79 N m}                   mean and sd of the quantity itself, as papers print them
    {kind: uniform, from: 6 mA, to: 25 mA}
    {kind: mixture, parts: [{share: 60 %, kind: fixed, value: 0 N m s/rad}, {share: 40 %, kind: lognormal, ...}]}

`sd` may be a share of the mean (`cv: 20 %`); `low:` and `high:` narrow the bounds of the field; `with: body_mass` and
`correlation: 0.5` tie it to another parameter of the same patient.
"""

from dataclasses import dataclass, fields
from typing import Any, Final

from scenarios.dataclass_reader import key_and_unit
from scenarios.fields import Key, Read, as_table, as_text, quantity, read_keys, word
from scenarios.problems import Problems, nearest
from scenarios.text import Listing, Node, Table
from sim.body.distributions import Distribution, Fixed, LogNormal, Mixture, Normal, Plain, Uniform
from sim.body.population import Spread
from sim.errors import ScenarioError

KINDS: Final = ("fixed", "normal", "lognormal", "uniform", "mixture")
VALUE_KEYS: Final = ("value", "source", "distribution", "note")
"""What may stand in the table of one parameter."""

_WORDS: Final = {
    "fixed": ("value",),
    "normal": ("mean", "sd", "cv"),
    "lognormal": ("mean", "sd", "cv"),
    "uniform": ("from", "to"),
    "mixture": ("parts",),
}


@dataclass(frozen=True, slots=True)
class _Parameter:
    """The field that is spread: its unit, its bounds, its stated value."""

    name: str
    unit: str
    low: float
    high: float
    value: float


def read_spreads(table: Table, stated: Any, problems: Problems) -> tuple[Spread, ...]:
    """The spread parameters of a table, parents before their children; problems are noted.

    Args:
        table: the parameters, key -> value or ``{value, source, distribution}``.
        stated: the dataclass that was read from it: a `Patient`, or the prior of a treatment.
        problems: takes every problem.
    """
    names = {key_and_unit(field.name)[0]: field for field in fields(stated)}
    found: dict[str, tuple[Spread, Node]] = {}
    inner = Problems()
    for key, node in table.values.items():
        if key not in names or not isinstance(node, Table):
            continue
        read_keys(node, {word: Key(lambda each: each) for word in VALUE_KEYS}, f"`{key}`", inner)
        if "distribution" not in node.values:
            continue
        field = names[key]
        with inner.gathered():
            described = as_table(node.values["distribution"], "`distribution`")
            spread = _read_spread(field.name, field.metadata.get("bounds"), getattr(stated, field.name), described)
            if spread is not None:
                found[field.name] = (spread, described)
    with problems.gathered():
        inner.raise_any()
        return _parents_first(found, {key: field.name for key, field in names.items()})
    return ()


def _read_spread(name: str, bounds: Any, value: Any, table: Table) -> Spread | None:
    """The spread of one field, or None where it is the same in everybody."""
    key, unit = key_and_unit(name)
    kind = _kind(table)
    if kind == "fixed" and set(table.values) == {"kind"}:
        return None
    if not isinstance(value, float) or bounds is None:
        problem = f"`{key}` is no number with bounds here, so it cannot be spread"
        raise ScenarioError(str(table.where), problem, "write `{kind: fixed}`")
    inner = Problems()
    rest = ("low", "high", "with", "correlation")
    low, high = (
        _optional(table, end, quantity(unit), limit) for end, limit in zip(("low", "high"), bounds, strict=True)
    )
    if not bounds[0] <= low < high <= bounds[1]:
        inner.add(table.where, f"the bounds of `{key}` are no range inside those of the field", "mend `low` and `high`")
    parent = as_text(table.values["with"]) if "with" in table.values else ""
    correlation = _optional(table, "correlation", quantity("", -1.0, 1.0, "correlation"), 0.0)
    if bool(parent) != ("correlation" in table.values):
        inner.add(table.where, "`with` and `correlation` go together", "write both, or none")
    inner.raise_any()
    parameter = _Parameter(key, unit, low, high, value)
    distribution = _read_any(table, parameter, rest)
    return Spread(name, distribution, low, high, parent, correlation)


def _kind(table: Table) -> str:
    if "kind" not in table.values:
        raise ScenarioError(str(table.where), "a distribution lacks the key `kind`", f"allowed: {', '.join(KINDS)}")
    return word(KINDS, "kind of distribution")(table.values["kind"])


def _optional(table: Table, key: str, read: Read[float], default: float) -> float:
    return read(table.values[key]) if key in table.values else default


def _read_any(table: Table, parameter: _Parameter, rest: tuple[str, ...]) -> Distribution:
    kind = _kind(table)
    if kind != "mixture":
        return _read_plain(table, parameter, rest)
    problems = Problems()
    read_keys(table, {name: Key(lambda node: node) for name in ("kind", "parts", *rest)}, "a mixture", problems)
    parts = table.values.get("parts")
    if not isinstance(parts, Listing) or len(parts.items) < 2:
        problems.add(table.where, "a mixture has a list of `parts`", "write `parts: [{share: 60 %, ...}, {...}]`")
        problems.raise_any()
        raise AssertionError
    problems.raise_any()
    shares: list[tuple[float, Plain]] = []
    for item in parts.items:
        part = as_table(item, "a part of a mixture")
        if "share" not in part.values:
            raise ScenarioError(str(part.where), "a part of a mixture lacks the key `share`", "add `share: 50 %`")
        share = quantity("", 0.0, 1.0, "share")(part.values["share"])
        shares.append((share, _read_plain(part.without("share"), parameter, ())))
    total = sum(share for share, _ in shares)
    if abs(total - 1.0) > 1e-9 or min(share for share, _ in shares) == 0.0:
        raise ScenarioError(str(parts.where), f"the shares of the parts sum to {100 * total:g} %", "make them 100 %")
    return Mixture(tuple(shares))


def _read_plain(table: Table, parameter: _Parameter, rest: tuple[str, ...]) -> Plain:
    kind = word(KINDS[:-1], "kind of distribution")(table.values.get("kind", table))
    problems = Problems()
    number = Key(quantity(parameter.unit, what=parameter.name))
    keys = dict.fromkeys(_WORDS[kind], number) | {name: Key(lambda node: node) for name in ("kind", *rest)}
    if "cv" in keys:
        keys["cv"] = Key(quantity("", 1e-6, 10.0, "cv"))
    read = read_keys(table, keys, f"the {kind} distribution of `{parameter.name}`", problems)
    problems.raise_any()
    if kind == "fixed":
        return Fixed(_inside(read.get("value", parameter.value), table, parameter))
    if kind == "uniform":
        if "from" not in read or "to" not in read or not read["from"] < read["to"]:
            raise ScenarioError(str(table.where), "uniform has two bounds, the lower first", "write `from: .., to: ..`")
        _reaches(read["from"] < parameter.high and read["to"] > parameter.low, table, parameter)
        return Uniform(read["from"], read["to"])
    mean = read.get("mean", parameter.value)
    if ("sd" in read) == ("cv" in read):
        raise ScenarioError(str(table.where), f"{kind} has an `sd` or a `cv`, one of them", "write `sd: ..`")
    sd = read.get("sd", read.get("cv", 0.0) * abs(mean))
    if sd <= 0.0 or (kind == "lognormal" and mean <= 0.0):
        raise ScenarioError(str(table.where), f"{kind} has a positive `sd`, lognormal a positive mean", "mend it")
    _reaches(mean - 4.0 * sd < parameter.high and mean + 4.0 * sd > parameter.low, table, parameter)
    return Normal(mean, sd) if kind == "normal" else LogNormal(mean, sd)


def _inside(value: float, table: Table, parameter: _Parameter) -> float:
    _reaches(parameter.low <= value <= parameter.high, table, parameter)
    return value


def _reaches(good: bool, table: Table, parameter: _Parameter) -> None:
    if not good:
        problem = f"the distribution of `{parameter.name}` lies outside its bounds"
        raise ScenarioError(str(table.where), problem, f"in SI: {parameter.low:g} to {parameter.high:g}")


def _parents_first(found: dict[str, tuple[Spread, Node]], names: dict[str, str]) -> tuple[Spread, ...]:
    ordered: dict[str, Spread] = {}
    waiting = dict(found)
    while waiting:
        ready = [
            name for name, (spread, _) in waiting.items() if not spread.parent or names.get(spread.parent) in ordered
        ]
        if not ready:
            spread, node = next(iter(waiting.values()))
            known = [key for key, name in names.items() if name in found and name != spread.field]
            mend = nearest(spread.parent, known) if spread.parent not in known else "break the circle of `with`"
            raise ScenarioError(str(node.where), f"`with: {spread.parent}` leads to no spread parameter", mend)
        for name in ready:
            spread, _ = waiting.pop(name)
            parent = names[spread.parent] if spread.parent else ""
            ordered[name] = Spread(name, spread.distribution, spread.low, spread.high, parent, spread.correlation)
    return tuple(ordered.values())
