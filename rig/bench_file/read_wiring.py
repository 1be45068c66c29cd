"""The wiring and the safe state, from the bench file."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, Literal

from rig.bench_file.drivers import BENCH_WORDS, DRIVERS, is_port
from rig.bench_file.instruments import Fixture, Instrument
from rig.bench_file.read_instruments import places_of
from rig.bench_file.wiring import SafeOutput, Wire
from scenarios.fields import Key, as_table, as_text, flag, one_or_list, quantity, read_keys, word
from scenarios.problems import Problems, nearest
from scenarios.roles import ANALOGUE_UNITS, ROLES
from scenarios.text import Node, Table, Text, Where
from sim.errors import ScenarioError
from sim.front_end_settings import quantity_of

_VOLT_ROLES: Final = frozenset({"heel_switch", "supply"})
"""Roles whose signal is a voltage at the device."""

UNITS: Final[Mapping[str, str]] = {"heel_switch": "V", "supply": "V", "voltage": "V", "current": "A", **ANALOGUE_UNITS}
"""Role, or its quantity -> SI unit; any other is a pure number."""

WORDS: Final = (*ROLES, *BENCH_WORDS)
"""What may be wired."""


def unit_of(role: str) -> str:
    """SI unit of the signal of a role; "" for a pure number."""
    return UNITS.get(role) or UNITS.get(quantity_of(role), "")


def read_wiring(node: Node, instruments: Mapping[str, Instrument], fixtures: Mapping[str, Fixture]) -> tuple[Wire, ...]:
    """Every wire of the file.

    Raises:
        ScenarioError: what cannot be read, and every instrument, port or fixture that is not there.
    """
    table, problems = as_table(node, "`wiring`"), Problems()
    found: list[Wire] = []
    for role, each in table.values.items():
        with problems.gathered():
            if role not in WORDS:
                raise ScenarioError(str(table.keys[role].where), f"unknown role `{role}`", nearest(role, WORDS))
            found.append(_wire(role, each, table.keys[role].where, instruments, fixtures))
    problems.raise_any()
    return tuple(found)


def _wire(
    role: str, node: Node, where: Where, instruments: Mapping[str, Instrument], fixtures: Mapping[str, Fixture]
) -> Wire:
    """``{to: card.ai0, through: [tap], range: 10 V}``, or the terminal alone."""
    if isinstance(node, Text):
        node = Table({"to": Text("to", node.where)}, {"to": node}, node.where)
    problems = Problems()
    keys: dict[str, Key] = {
        "to": Key(as_text, required=True),
        "from": Key(as_text),
        "through": Key(one_or_list(lambda item: (as_text(item), item.where))),
        "range": Key(quantity("V", 1e-3, 1e4, "range")),
        "full_scale": Key(quantity(unit_of(role), 0.0, None, "full_scale")),
        "reference": Key(word(("differential", "rse", "nrse"), "reference")),
        "invert": Key(flag),
        "level": Key(quantity("A", 1e-6, 1.0, "level")),
        "level_bound": Key(quantity("A", 0.0, 1.0, "level_bound")),
        "width_bound": Key(quantity("s", 0.0, 1e-3, "width_bound")),
        "gate": Key(as_text),
        "note": Key(as_text),
    }
    found: dict[str, Any] = read_keys(node, keys, f"wire `{role}`", problems)
    problems.raise_any()
    places = places_of(as_table(node, role))
    instrument, port = _terminal(found["to"], places["to"], instruments, role)
    through = tuple(name for name, _ in found.get("through", ()))
    for name, place in found.get("through", ()):
        if name not in fixtures:
            problems.add(place, f"unknown fixture `{name}`", nearest(name, fixtures))
    if "from" in found:
        with problems.gathered():
            _terminal(found["from"], places["from"], instruments, role)
    problems.raise_any()
    reference: Literal["differential", "rse", "nrse"] = found.get("reference", "differential")
    wire = Wire(
        role=role,
        instrument=instrument,
        port=port,
        through=through,
        range_v=found.get("range", 0.0),
        reference=reference,
        invert=found.get("invert", False),
        level=found.get("level", 0.0),
        level_bound=found.get("level_bound", 0.0),
        width_bound_s=found.get("width_bound", 0.0),
        gate=found.get("gate", ""),
        source=found.get("from", ""),
        where=where,
        places=places,
    )
    return _with_scale(wire, found, fixtures)


def _terminal(text: str, where: Where, instruments: Mapping[str, Instrument], role: str) -> tuple[str, str]:
    name, _, port = text.partition(".")
    if name not in instruments:
        raise ScenarioError(str(where), f"unknown instrument `{name}`", nearest(name, instruments))
    driver = DRIVERS[instruments[name].driver]
    if not port and driver.name.startswith("device."):
        return name, role
    if not is_port(driver, port):
        problem = f"`{name}` ({driver.name}) has no port `{port}`" if port else f"`{text}` names no port"
        raise ScenarioError(str(where), problem, f"ports: {driver.example}")
    return name, port


def _with_scale(wire: Wire, found: Mapping[str, Any], fixtures: Mapping[str, Fixture]) -> Wire:
    """The wire with V at the terminal per SI unit of its role."""
    if wire.lines or quantity_of(wire.role) in {"current", "voltage"}:
        return wire
    if "full_scale" in found:
        if not wire.range_v > 0.0:
            raise ScenarioError(
                str(wire.where), f"wire `{wire.role}` has a full scale and no range", "add `range: 10 V`"
            )
        return replace(wire, volts_per_unit=wire.range_v / found["full_scale"])
    if wire.role.removesuffix(".back") not in _VOLT_ROLES:
        return wire
    gain = math.prod(fixtures[name].value for name in wire.through if fixtures[name].kind in {"amplifier", "probe"})
    # to the device the terminal stands in front of what amplifies, on the way back behind it
    return replace(wire, volts_per_unit=gain if wire.role.endswith(".back") else 1.0 / gain)


def read_safe_state(node: Node, wiring: tuple[Wire, ...], fixtures: Mapping[str, Fixture]) -> tuple[SafeOutput, ...]:
    """The state of every output in which it harms nobody, in the order in which they are driven.

    Raises:
        ScenarioError: a state that the output has not.
    """
    table, problems = as_table(node, "`safe_state`"), Problems()
    wires = {wire.role: wire for wire in wiring}
    found: list[SafeOutput] = []
    for role, each in table.values.items():
        with problems.gathered():
            if role in wires:
                found.append(_safe(wires[role], each, fixtures))
            else:
                found.append(SafeOutput(role, as_text(each), where=table.keys[role].where))
    problems.raise_any()
    return tuple(found)


def _safe(wire: Wire, node: Node, fixtures: Mapping[str, Fixture]) -> SafeOutput:
    text = as_text(node)
    if wire.lines:
        bank = [each.name for name in wire.through for each in fixtures[name].positions]
        return SafeOutput(wire.role, word((*bank, "low", "high"), "state")(node), where=node.where)
    if text in {"off", "rest"}:
        return SafeOutput(wire.role, text, where=node.where)
    return SafeOutput(wire.role, "", quantity(unit_of(wire.role), what="safe state")(node), where=node.where)
