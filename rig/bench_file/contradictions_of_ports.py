"""Terminals that are wired twice, that the card does not have, or that cannot do what the wire asks."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, TypeAlias

from rig.bench_file.drivers import CARD, DRIVERS, PRODUCTS, CardProduct, Driver, drives
from rig.bench_file.wiring import Wire
from scenarios.problems import nearest
from scenarios.roles import COMMANDS, FROM_DEVICE, LINES
from scenarios.text import Where
from sim.front_end_settings import quantity_of

if TYPE_CHECKING:
    from rig.bench_file.laboratory import Laboratory

Found: TypeAlias = tuple[Where, str, str]
"""Place, problem and mend."""

_ON_LINES: Final = ("button.", "supply.relay", "polarity", "load", "interlock", "zero", "span")


def port_problems(laboratory: "Laboratory") -> Iterator[Found]:
    """Every contradiction between wires and ports."""
    cards = laboratory.of_driver(CARD)
    for card in cards[1:]:
        yield card.where, f"a second card `{card.name}`: two cards have two clocks", "wire everything to one card"
    yield from _twice(laboratory)
    yield from _pieces(laboratory)
    for card in cards:
        product = PRODUCTS.get(card.identity)
        if product is None:
            asked = f"unknown card `{card.identity}`" if card.identity else f"card `{card.name}` says no product"
            mend = nearest(card.identity, PRODUCTS)
            yield card.at("identity"), asked, mend if card.identity else f"add `identity:`; {mend}"
            continue
        for wire in laboratory.wires_of(card.name):
            yield from _beyond(wire, product)
    for wire in laboratory.wiring:
        yield from _direction(laboratory, wire)


def _occupied(laboratory: "Laboratory", wire: Wire) -> tuple[str, ...]:
    """Single terminals that a wire takes; a differential input of a multiplexed card takes two."""
    if wire.lines:
        return tuple(f"{wire.instrument}.{line}" for line in wire.lines)
    if laboratory.instruments[wire.instrument].driver.startswith("device."):
        return (f"{wire.instrument}.{wire.role}",)
    taken = [wire.terminal, *([f"{wire.instrument}.{wire.gate}"] if wire.gate else [])]
    product = PRODUCTS.get(laboratory.instruments[wire.instrument].identity)
    if wire.kind == "ai" and wire.reference == "differential" and product is not None:
        pair = product.pair_of(wire.number)
        taken += [f"{wire.instrument}.ai{pair}"] if pair is not None else []
    return tuple(taken)


def _twice(laboratory: "Laboratory") -> Iterator[Found]:
    taken: dict[str, Wire] = {}
    for wire in laboratory.wiring:
        for terminal in _occupied(laboratory, wire):
            first = taken.setdefault(terminal, wire)
            if first is not wire:
                other = f"`{first.role}` in line {first.where.line}"
                behind = (
                    "" if terminal == first.terminal else f" (it takes {' and '.join(_occupied(laboratory, first))})"
                )
                yield wire.at("to"), f"terminal {terminal} is wired twice: {other}{behind}", "take a free terminal"
                break


def _pieces(laboratory: "Laboratory") -> Iterator[Found]:
    """A thing can stand in one place only."""
    used = Counter(name for wire in laboratory.wiring for name in wire.through)
    for name, count in used.items():
        fixture = laboratory.fixtures[name]
        if count > fixture.pieces and fixture.kind != "reference":
            have = "there is one" if fixture.pieces == 1 else f"there are {fixture.pieces}"
            yield (
                fixture.where,
                f"fixture `{name}` stands in {count} wires, {have}",
                f"`pieces: {count}`, or name another",
            )


def _beyond(wire: Wire, product: CardProduct) -> Iterator[Found]:
    """Ports that this product does not have."""
    have = {"ai": product.inputs, "ao": product.outputs, "ctr": product.counters}
    place = wire.at("to")
    if wire.kind in have and wire.number >= have[wire.kind]:
        last = f"{wire.kind}0 to {wire.kind}{have[wire.kind] - 1}"
        yield place, f"a {product.name} has no `{wire.port}`", f"it has {last}"
    for line in wire.lines:
        port, _, number = line.partition("/line")
        if int(number) >= product.lines.get(port, 0):
            known = ", ".join(f"{name}/line0:{count - 1}" for name, count in product.lines.items())
            yield place, f"a {product.name} has no `{line}`", f"it has {known}"
            break
    if wire.kind == "ai" and wire.reference != "differential" and product.simultaneous:
        yield wire.at("reference"), f"inputs of a {product.name} are differential", "write `reference: differential`"
    is_pair = wire.kind == "ai" and wire.reference == "differential" and not product.simultaneous
    if is_pair and wire.number % 16 >= 8:
        mend = "take ai0 to ai7, ai16 to ai23, ... for differential inputs"
        yield place, f"`{wire.port}` of a {product.name} is the other end of `ai{wire.number - 8}`", mend


def _direction(laboratory: "Laboratory", wire: Wire) -> Iterator[Found]:
    """What comes from the device needs an input, what goes to it an output, what is switched a line."""
    driver = DRIVERS[laboratory.instruments[wire.instrument].driver]
    role, place = wire.role, wire.at("to")
    if driver.name.startswith("device."):
        if role not in COMMANDS and role not in {"uart", "interlock"} and role not in LINES:
            yield place, f"`{role}` is a signal, and `{wire.instrument}` carries commands", "wire it to a card"
    elif role in {"setting", "fault", "uart"}:
        yield place, f"`{role}` goes through the device's control", "wire it to an instrument of a `device.` driver"
    elif role not in {"load.check", "trigger", "comparator"}:
        problem = _cannot(driver, wire)
        if problem:
            yield place, f"`{role}` {problem[0]}", f"wire it to {problem[1]}"
    if len(wire.lines) > 1 and not role.startswith("load"):
        yield place, f"`{role}` has {len(wire.lines)} lines", "one line switches it"
    for name in wire.through:
        if quantity_of(role) == "load" and laboratory.fixtures[name].kind != "load":
            yield wire.at("through"), f"`{name}` is no load", "name a fixture of kind `load`"


def _cannot(driver: Driver, wire: Wire) -> tuple[str, str] | None:
    """What the port cannot do for the role, and what could."""
    role, is_card, output = wire.role, driver.name == CARD, drives(driver, wire.port)
    if role in LINES:
        return ("is a two-state line", "a digital line: port0/line0") if is_card and not wire.lines else None
    if role in FROM_DEVICE:
        could = "an input: ai0" if is_card else f"an input of a card or a scope, not of {driver.name}"
        return (f"comes from the device, `{wire.terminal}` cannot read it", could) if wire.lines or output else None
    if role.startswith(_ON_LINES):
        return ("is switched by a line", "a digital line: port0/line0") if is_card and not wire.lines else None
    if not output or (wire.lines and quantity_of(role) != "contact"):
        return f"goes to the device, `{wire.terminal}` cannot drive it", "an analogue output"
    return None
