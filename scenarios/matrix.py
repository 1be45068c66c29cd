"""The matrix of a scenario: axes by dotted path, repeats with seeds of their own, rows left out and rows added."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

from scenarios.fields import as_table, as_text, integer, one_or_list, quantity
from scenarios.pools import SEEDS, read_pools
from scenarios.problems import Problems, nearest
from scenarios.quantities import parse_quantity
from scenarios.text import Listing, Node, Table, Text
from scenarios.unit_table import UNITS, tidy
from sim.errors import ScenarioError

MAX_VARIANTS: Final = 100_000
"""Most cases of one scenario (design choice)."""
_OWN_WORDS: Final = (SEEDS, "exclude", "include", "pool")
_FIXED: Final = ("schema", "id", "seed", "matrix", "expect")


@dataclass(frozen=True, slots=True)
class Variant:
    """One row of the matrix.

    Attributes:
        table: the scenario with the values of the row, without `matrix`.
        axes: (axis, text as written), in the order of the file.
        canonical: (axis, text that is the same for equal values); gives the seed.
        repeats: numbers of the repeats, from 0.
        numbered: True where repeats are part of the id (`seeds` is written).
        pools: check -> axes over which it is judged once.
    """

    table: Table
    axes: tuple[tuple[str, str], ...]
    canonical: tuple[tuple[str, str], ...]
    repeats: range
    numbered: bool
    pools: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])


def expand(table: Table, problems: Problems) -> tuple[Variant, ...]:
    """Every row of a scenario's matrix; one row where there is none. Problems are noted."""
    base = table.without("matrix")
    node = table.values.get("matrix")
    if node is None:
        return (Variant(base, (), (), range(1), False),)
    with problems.gathered():
        return _rows(as_table(node, "`matrix`"), base)
    return ()


def written_out(table: Table, variants: tuple[Variant, ...]) -> Table:
    """The scenario with the values that its axes replace, so that these are checked too; gaps are filled by row 1."""
    base = table.without("matrix")
    first = variants[0].table if variants else base
    return _filled(base, first)


def _filled(base: Table, first: Table) -> Table:
    for name, value in first.values.items():
        own = base.values.get(name)
        if own is None:
            base = base.replaced(first.keys[name], value)
        elif isinstance(own, Table) and isinstance(value, Table):
            base = base.replaced(base.keys[name], _filled(own, value))
    return base


def _rows(matrix: Table, base: Table) -> tuple[Variant, ...]:
    problems = Problems()
    seeds = 1
    if "seeds" in matrix.values:
        with problems.gathered():
            seeds = integer(1, MAX_VARIANTS, "seeds")(matrix.values["seeds"])
    axes: dict[str, tuple[Node, ...]] = {}
    for name, value in matrix.values.items():
        if name not in _OWN_WORDS:
            with problems.gathered():
                _check_path(matrix.keys[name], base)
                axes[name] = _axis_values(name, value)
    excluded = _row_list(matrix, "exclude", axes, problems)
    included = _row_list(matrix, "include", None, problems)
    numbered = SEEDS in matrix.values
    pools: dict[str, tuple[str, ...]] = {}
    if "pool" in matrix.values:
        with problems.gathered():
            known = (*axes, *([SEEDS] if numbered else []))
            pools = read_pools(matrix.values["pool"], known, base.values.get("checks"))
    problems.raise_any()
    count = seeds
    for values in axes.values():
        count *= len(values)
    if count > MAX_VARIANTS:
        raise ScenarioError(str(matrix.where), f"the matrix has {count} cases", f"allowed: {MAX_VARIANTS}")
    rows = [dict(zip(axes, values, strict=True)) for values in itertools.product(*axes.values())]
    rows = [row for row in rows if not any(_matches(row, pattern) for pattern in excluded)]
    found = [_variant(row, matrix, base, range(seeds), numbered) for row in [*rows, *included]]
    found = [replace(variant, pools=pools) for variant in found]
    seen: dict[Any, str] = {}
    for variant in found:
        text = ", ".join(f"{axis}={value}" for axis, value in variant.axes)
        if variant.canonical in seen:
            raise ScenarioError(
                str(matrix.where), f"the row [{text}] stands twice in the matrix", "drop one of the two"
            )
        seen[variant.canonical] = text
    return tuple(found)


def _check_path(key: Text, base: Table) -> None:
    first, *rest = key.text.split(".")
    if first in _FIXED or not all([first, *rest]):
        raise ScenarioError(str(key.where), f"`{key.text}` is no axis", "an axis is a path such as `walk.speed`")
    node: Node | None = base.values.get(first)
    if rest and isinstance(node, Text):
        raise ScenarioError(
            str(key.where), f"`{first}` has no keys, so `{key.text}` is no axis", f"write `{first}:` as a table"
        )


def _axis_values(name: str, node: Node) -> tuple[Node, ...]:
    if isinstance(node, Listing) and node.items:
        values = node.items
    elif isinstance(node, Table) and set(node.values) == {"from", "to", "step"}:
        values = _range_values(node)
    else:
        mend = f"write `{name}: [first, second]` or `{{from: 0.4 m/s, to: 1.2 m/s, step: 0.2 m/s}}`"
        raise ScenarioError(str(node.where), f"axis `{name}` is a list of values", mend)
    seen: set[str] = set()
    for value in values:
        text = canonical_text(value)
        if text in seen:
            raise ScenarioError(
                str(value.where), f"axis `{name}` holds the value {shown_text(value)} twice", "drop one"
            )
        seen.add(text)
    return values


def _range_values(node: Table) -> tuple[Node, ...]:
    """Values from `from` to `to` by `step`, exact in decimals; all three in one unit."""
    parts: list[Decimal] = []
    unit = ""
    for name in ("from", "to", "step"):
        value = node.values[name]
        number, _, unit = as_text(value).partition(" ")
        si = UNITS[tidy(unit)].si if tidy(unit) in UNITS else tidy(unit)
        quantity(si)(value)
        parts.append(Decimal(number))
        if unit != as_text(node.values["from"]).partition(" ")[2]:
            raise ScenarioError(str(value.where), f"`{name}` has another unit than `from`", "write one unit")
    first, last, step = parts
    if step <= 0 or last < first or (last - first) / step > MAX_VARIANTS:
        raise ScenarioError(
            str(node.where), "the range has no or too many values", "`step` is positive, `to` is not below `from`"
        )
    count = int((last - first) / step) + 1
    return tuple(Text(f"{(first + step * k).normalize():f} {unit}".strip(), node.where) for k in range(count))


def _row_list(matrix: Table, name: str, axes: dict[str, Any] | None, problems: Problems) -> list[dict[str, Node]]:
    if name not in matrix.values:
        return []
    rows: list[dict[str, Node]] = []

    def read(node: Node) -> None:
        table = as_table(node, f"a row of `{name}`")
        for key in table.keys.values():
            if axes is not None and key.text not in axes:
                raise ScenarioError(str(key.where), f"`{key.text}` is no axis of this matrix", nearest(key.text, axes))
        rows.append(dict(table.values))

    with problems.gathered():
        one_or_list(read)(matrix.values[name])
    return rows


def _matches(row: dict[str, Node], pattern: dict[str, Node]) -> bool:
    return bool(pattern) and all(canonical_text(row[axis]) == canonical_text(value) for axis, value in pattern.items())


def _variant(row: dict[str, Node], matrix: Table, base: Table, repeats: range, numbered: bool) -> Variant:
    table = base
    for axis, value in row.items():
        key = matrix.keys.get(axis) or Text(axis, value.where)
        _check_path(key, base)
        table = _with_value(table, axis.split("."), value, key)
    axes = tuple((axis, shown_text(value)) for axis, value in row.items())
    canonical = tuple((axis, canonical_text(value)) for axis, value in row.items())
    return Variant(table, axes, canonical, repeats, numbered)


def _with_value(table: Table, path: list[str], value: Node, key: Text) -> Table:
    name = Text(path[0], key.where)
    if len(path) == 1:
        return table.replaced(name, value)
    inner = table.values.get(path[0])
    deeper = inner if isinstance(inner, Table) else Table({}, {}, key.where)
    return table.replaced(name, _with_value(deeper, path[1:], value, key))


def shown_text(node: Node) -> str:
    """A value of an axis on one line, as people wrote it."""
    if isinstance(node, Text):
        return " ".join(node.text.split())
    if isinstance(node, Listing):
        return "[" + ", ".join(shown_text(item) for item in node.items) + "]"
    return "{" + ", ".join(f"{name}: {shown_text(value)}" for name, value in node.values.items()) + "}"


def canonical_text(node: Node) -> str:
    """A text that is the same for equal values: `0.60 m/s` and `600 mm/s` are one, and keys are sorted."""
    if isinstance(node, Listing):
        return "[" + ", ".join(canonical_text(item) for item in node.items) + "]"
    if isinstance(node, Table):
        return "{" + ", ".join(f"{name}: {canonical_text(node.values[name])}" for name in sorted(node.values)) + "}"
    text = shown_text(node)
    unit = tidy(text.lstrip("+-±.0123456789eE "))
    known = UNITS.get(unit)
    if known is None:
        return text
    try:
        return f"{parse_quantity(text, known.si)!r} {known.si}".strip()
    except ScenarioError:
        return text


def case_id(scenario_id: str, variant: Variant, repeat: int) -> str:
    """Readable and stable: ``SCN-WALK[walk.speed=0.6 m/s,s2]``; repeats count from 1."""
    parts = [f"{axis}={value}" for axis, value in variant.axes]
    if variant.numbered:
        parts.append(f"s{repeat + 1}")
    return f"{scenario_id}[{','.join(parts)}]" if parts else scenario_id
