"""Fixtures and their measured values, from the bench file."""

from typing import TYPE_CHECKING, Any

from rig.bench_file.drivers import FIXTURES
from rig.bench_file.instruments import Fixture, Position
from rig.bench_file.read_instruments import calibration, day, places_of, read_entries
from scenarios.dataclass_reader import valued
from scenarios.fields import Key, Read, as_table, as_text, flag, integer, quantity, read_keys, word
from scenarios.load_reader import read_load
from scenarios.problems import Problems
from scenarios.text import Node, Table, Text, Where
from sim.errors import ScenarioError

if TYPE_CHECKING:
    from sim.electrode.load import Load


def read_fixtures(node: Node) -> dict[str, Fixture]:
    """Every fixture of the file.

    Raises:
        ScenarioError: what cannot be read, all of it together.
    """
    return read_entries(node, "fixtures", "a fixture", _fixture)


def _fixture(name: str, node: Node, where: Where) -> Fixture:
    table = as_table(node, f"fixture `{name}`")
    kind = word(FIXTURES, "kind of fixture")(table.values.get("kind", Text("", where)))
    unit = FIXTURES[kind].unit
    problems = Problems()
    keys: dict[str, Key] = {
        "kind": Key(as_text, required=True),
        "measured": Key(day),
        "due": Key(day),
        "on_expired": Key(word(("refuse", "warn"), "on_expired")),
        "certificate": Key(as_text),
        "serial": Key(as_text),
        "by": Key(as_text),
        "note": Key(as_text),
        "pieces": Key(integer(1, 16, "pieces")),
        "rating": Key(quantity("W", 0.0, 1e4, "rating")),
        "rating_voltage": Key(quantity("V", 0.0, 1e4, "rating_voltage")),
    }
    if unit is not None:
        keys |= {"value": Key(valued(quantity(unit, 0.0, None, "value"))), "bound": Key(valued(_bound(unit)))}
    if kind in {"probe", "amplifier"}:
        keys |= {"offset_bound": Key(quantity("V", 0.0, 100.0, "offset_bound")), "isolated": Key(flag)}
    if kind == "tap":
        keys["isolated"] = Key(flag)
    if kind in {"tap", "load"}:
        keys["positions"] = Key(_positions(kind, unit or ""))
    if kind == "load":
        keys["load"] = Key(read_load)
    found = read_keys(table, keys, f"fixture `{name}`", problems)
    problems.raise_any()
    positions: tuple[Position, ...] = found.get("positions", ())
    value = found.get("value", float("nan"))
    if "load" in found:
        label, load = found["load"]
        value = found.get("value", load.resistance_ohm)
        positions = (Position(label, value, _ratio(found.get("bound"), value), load=load, where=table.where),)
    if unit is not None and not positions and not value > 0.0:
        raise ScenarioError(str(where), f"fixture `{name}` has no value", "write `value:` as it was measured")
    found["done"] = found.get("measured")
    return Fixture(
        name=name,
        kind=kind,
        value=value,
        unit=unit or "",
        bound_ratio=_ratio(found.get("bound"), value),
        offset_bound_v=found.get("offset_bound", 0.0),
        isolated=found.get("isolated", False),
        rating_w=found.get("rating", 0.0),
        rating_v=found.get("rating_voltage", 0.0),
        positions=positions,
        pieces=found.get("pieces", 1),
        measured=calibration(table, found),
        where=where,
        places=places_of(table),
    )


def _bound(unit: str) -> Read[tuple[float, bool]]:
    """A limit of error: (value, True where it is relative)."""

    def read(node: Node) -> tuple[float, bool]:
        text = as_text(node)
        relative = unit == "" or text.endswith(("%", "ppm"))
        return quantity("" if relative else unit, 0.0, None, "bound")(node), relative

    return read


def _ratio(bound: tuple[float, bool] | None, value: float) -> float:
    if bound is None:
        return 0.0
    return bound[0] if bound[1] else bound[0] / value


def _positions(kind: str, unit: str) -> Read[tuple[Position, ...]]:
    def read(node: Node) -> tuple[Position, ...]:
        table, problems = as_table(node, "`positions`"), Problems()
        found: list[Position] = []
        for name, each in table.values.items():
            with problems.gathered():
                found.append(_position(kind, unit, name, each, table.keys[name].where))
        problems.raise_any()
        if not found:
            raise ScenarioError(str(node.where), "no position is given", "write `name: {value: ...}`")
        return tuple(found)

    return read


def _position(kind: str, unit: str, name: str, node: Node, where: Where) -> Position:
    """``{value: 100.02 ohm, bound: 0.05 ohm, select: 3}``, ``{load: 500 ohm, select: 1}``, or the value alone."""
    if not isinstance(node, Table):
        if kind == "load":
            _, load = read_load(node)
            return Position(name, load.resistance_ohm, load=load, where=where)
        return Position(name, quantity(unit, 0.0, None, "value")(node), where=where)
    problems = Problems()
    keys: dict[str, Key] = {
        "value": Key(quantity(unit, 0.0, None, "value"), required=kind != "load"),
        "bound": Key(_bound(unit)),
        "select": Key(integer(0, 255, "select")),
        "note": Key(as_text),
    }
    if kind == "load":
        keys["load"] = Key(read_load, required=True)
    found: dict[str, Any] = read_keys(node, keys, f"position `{name}`", problems)
    problems.raise_any()
    load: Load | None = found["load"][1] if "load" in found else None
    value = found.get("value", load.resistance_ohm if load is not None else 0.0)
    return Position(name, value, _ratio(found.get("bound"), value), found.get("select", -1), load, where)
