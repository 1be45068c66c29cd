"""Signals that a range, a compliance, a sample rate or a way of grounding cannot take."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from rig.bench_file.accuracy import DROP_SHARE, analog_input, fitting_tap, volts_per_unit
from rig.bench_file.contradictions_of_ports import Found
from rig.bench_file.drivers import CARD, PRODUCTS, SCOPE, SUPPLY
from rig.bench_file.instruments import Fixture
from rig.bench_file.rates import fastest_hz
from rig.bench_file.read_wiring import unit_of
from rig.bench_file.wiring import Wire
from scenarios.quantities import format_quantity
from scenarios.roles import TO_DEVICE
from sim.front_end_settings import quantity_of

if TYPE_CHECKING:
    from rig.bench_file.laboratory import Laboratory

_JUST: Final = 1.0 + 1e-9
"""Room for the last bits of a product that is exactly the limit."""


def signal_problems(laboratory: "Laboratory") -> Iterator[Found]:
    """Every contradiction between wires and the signals that they carry."""
    for wire in laboratory.wiring:
        if quantity_of(wire.role) in {"current", "voltage"}:
            yield from _captured(laboratory, wire)
        elif wire.role in TO_DEVICE or wire.role.startswith("contact"):
            yield from _driven(laboratory, wire)
        for name in wire.through:
            yield from _bank(wire, laboratory.fixtures[name])
    yield from _alike(laboratory)
    yield from _rate(laboratory)


def _captured(laboratory: "Laboratory", wire: Wire) -> Iterator[Found]:
    driver = laboratory.instruments[wire.instrument].driver
    if wire.kind not in {"ai", "ch"}:
        return
    place = wire.at("range")
    if not wire.range_v > 0.0:
        yield wire.where, f"`{wire.role}` says no range", "add `range: 10 V`"
        return
    instrument = laboratory.instruments[wire.instrument]
    if instrument.range_of(wire.range_v) is None and quantity_of(wire.role) in {"current", "voltage"}:
        stated = ", ".join(f"±{each.range_v:g} V" for each in instrument.ranges) or "none"
        problem = f"nothing states the accuracy of `{wire.instrument}` at ±{wire.range_v:g} V"
        yield place, problem, f"add that range to its `ranges:`; stated: {stated}"
    kinds = [laboratory.fixtures[name].kind for name in wire.through]
    is_current = quantity_of(wire.role) == "current"
    if is_current and "tap" not in kinds:
        yield wire.where, f"`{wire.role}` goes through no tap", "a current is read across a fixture of kind `tap`"
        return
    grounded = wire.reference != "differential" if driver == CARD else driver == SCOPE
    if grounded and not any(laboratory.fixtures[name].isolated for name in wire.through):
        how = f"`reference: {wire.reference}`" if driver == CARD else "a scope's channel"
        problem = f"`{wire.role}`: the device's output floats, {how} ties it to ground"
        mend = "`reference: differential`" if driver == CARD else "a differential probe"
        yield wire.at("reference"), problem, f"{mend}, or a fixture with `isolated: true`"
    yield from _reach(laboratory, wire)


def _reach(laboratory: "Laboratory", wire: Wire) -> Iterator[Found]:
    """The largest expected signal against range, rating and compliance."""
    if quantity_of(wire.role) == "voltage":
        yield from _voltage(laboratory, wire)
    elif laboratory.expects.max_current_a > 0.0:
        yield from _current(laboratory, wire)


def _voltage(laboratory: "Laboratory", wire: Wire) -> Iterator[Found]:
    largest_v, factor = laboratory.expects.max_voltage_v, volts_per_unit(laboratory, wire)
    for probe in (laboratory.fixtures[name] for name in wire.through):
        if 0.0 < probe.rating_v < largest_v:
            reaches = f"`{wire.role}` reaches {format_quantity(largest_v, 'V')}"
            problem = f"{reaches}, `{probe.name}` stands {format_quantity(probe.rating_v, 'V')}"
            yield probe.at("rating_voltage"), problem, "another probe"
    if factor * largest_v > wire.range_v * _JUST:
        mend = "a larger range, or a probe that divides more"
        yield wire.at("range"), _beyond(wire, largest_v, "V", factor), mend


def _current(laboratory: "Laboratory", wire: Wire) -> Iterator[Found]:
    expects, place, factor = laboratory.expects, wire.at("range"), volts_per_unit(laboratory, wire)
    tap = next(laboratory.fixtures[name] for name in wire.through if laboratory.fixtures[name].kind == "tap")
    value, name = tap.value, tap.name
    if tap.positions:
        chosen = fitting_tap(tap, wire.range_v, expects.max_current_a)
        if chosen is None:
            current = format_quantity(expects.max_current_a, "A")
            problem = f"`{wire.role}`: no tap of `{tap.name}` reads {current} within ±{wire.range_v:g} V"
            yield place, problem, "a smaller tap"
            return
        value, name = chosen.value, f"{tap.name}, position {chosen.name}"
    elif factor * expects.max_current_a > wire.range_v * _JUST:
        yield place, _beyond(wire, expects.max_current_a, "A", factor), "a smaller tap, or a larger range"
        return
    drop_v, watt = value * expects.max_current_a, expects.max_current_a**2 * value
    if 0.0 < expects.max_voltage_v < drop_v / DROP_SHARE / _JUST:
        of = format_quantity(expects.max_voltage_v, "V")
        problem = f"`{name}` drops {format_quantity(drop_v, 'V')} of the {of} that the device can give"
        yield tap.where, problem, f"at most {DROP_SHARE:.0%}: a smaller tap and a smaller range"
    if 0.0 < tap.rating_w < watt:
        made = f"it is made for {format_quantity(tap.rating_w, 'W')}"
        yield tap.at("rating"), f"`{tap.name}` takes {format_quantity(watt, 'W')}, {made}", "a larger one"


def _beyond(wire: Wire, value: float, unit: str, factor: float) -> str:
    reads = format_quantity(value * factor, "V")
    reaches = f"`{wire.role}` reaches {format_quantity(value, unit)}"
    return f"{reaches}, {reads} at {wire.terminal}, whose range is ±{wire.range_v:g} V"


def _driven(laboratory: "Laboratory", wire: Wire) -> Iterator[Found]:
    if wire.kind not in {"ao", "ch"}:
        return
    instrument = laboratory.instruments[wire.instrument]
    if instrument.driver == SUPPLY:
        limit = instrument.limits.get(wire.port)
        if limit is None:
            yield (
                wire.at("to"),
                f"`{wire.terminal}` has no limits",
                f"add `limits: {{{wire.port}: {{voltage: ..., current: ...}}}}`",
            )
        elif 0.0 < laboratory.expects.supply_v < limit.voltage_v:
            most = format_quantity(laboratory.expects.supply_v, "V")
            problem = f"`{wire.terminal}` may give {format_quantity(limit.voltage_v, 'V')}, the device stands {most}"
            yield instrument.at("limits"), problem, f"limit it to {most}"
        return
    product = PRODUCTS.get(instrument.identity)
    if wire.kind == "ao" and not wire.range_v > 0.0:
        yield wire.where, f"`{wire.role}` says no range", "add `range: 10 V`"
        return
    if product is not None and wire.range_v > product.output_range_v:
        most = f"it gives ±{product.output_range_v:g} V"
        yield wire.at("range"), f"a {product.name} has no output range of ±{wire.range_v:g} V", most
    if not wire.volts_per_unit > 0.0:
        unit = unit_of(wire.role) or "a pure number"
        yield (
            wire.where,
            f"`{wire.role}` says no full scale",
            f"add `full_scale:` ({unit}): what ±{wire.range_v:g} V stand for",
        )
        return
    reach = wire.range_v / wire.volts_per_unit if wire.range_v > 0.0 else 0.0
    yield from _needed(laboratory, wire, reach)


def _needed(laboratory: "Laboratory", wire: Wire, reach: float) -> Iterator[Found]:
    """What an output must reach for its role, in the role's unit."""
    from sim.sensor.heel_switch import HeelSwitch

    needs = {"contact": 1.0, "heel_switch": HeelSwitch().loaded_v, "supply": laboratory.expects.supply_v}
    needed = needs.get(quantity_of(wire.role), 0.0)
    if 0.0 < reach < needed * (1.0 - 1e-9):
        unit = unit_of(wire.role)
        most = f"{wire.terminal} reaches {format_quantity(reach, unit)}"
        problem = f"`{wire.role}` needs {format_quantity(needed, unit)}, {most}"
        yield wire.at("range"), problem, "a larger range, or an amplifier"
    if wire.role == "supply" and 0.0 < laboratory.expects.supply_v < reach * (1.0 - 1e-9):
        limit = laboratory.instruments[wire.instrument].limits.get(wire.port)
        most = laboratory.expects.supply_v * wire.volts_per_unit
        if limit is None or limit.voltage_v > most * _JUST:
            stands = format_quantity(laboratory.expects.supply_v, "V")
            problem = f"`supply` can reach {format_quantity(reach, 'V')}, the device stands {stands}"
            mend = f"`limits: {{{wire.port}: {{voltage: {format_quantity(most, 'V')}}}}}` at `{wire.instrument}`"
            yield wire.at("range"), problem, mend


def _bank(wire: Wire, fixture: Fixture) -> Iterator[Found]:
    """Positions that the lines cannot choose, or that two share."""
    if fixture.kind != "load" or not wire.lines:
        return
    seen: dict[int, str] = {}
    for each in fixture.positions:
        if each.select < 0:
            yield each.where, f"position `{each.name}` of `{fixture.name}` says no code", "add `select:`"
        elif each.select in seen:
            problem = (
                f"positions `{seen[each.select]}` and `{each.name}` of `{fixture.name}` share the code {each.select}"
            )
            yield each.where, problem, "give one of them another `select:`"
        elif each.select >= 1 << len(wire.lines):
            most = (1 << len(wire.lines)) - 1
            yield (
                each.where,
                f"code {each.select} does not fit the {len(wire.lines)} lines of `{wire.role}`",
                f"0 to {most}",
            )
        seen.setdefault(each.select, each.name)


def _alike(laboratory: "Laboratory") -> Iterator[Found]:
    """Captured channels of one quantity are read alike: one tap is chosen for all of them."""
    for quantity in ("current", "voltage"):
        first = laboratory.wire(quantity)
        for wire in laboratory.wiring:
            if first is None or wire is first or quantity_of(wire.role) != quantity or wire.kind not in {"ai", "ch"}:
                continue
            mine, its = analog_input(laboratory, wire), analog_input(laboratory, first)
            if mine.range_v != its.range_v:
                problem = f"`{wire.role}` is read at ±{mine.range_v:g} V, `{quantity}` at ±{its.range_v:g} V"
                yield wire.at("range"), problem, "one range for all channels of a quantity"


def _rate(laboratory: "Laboratory") -> Iterator[Found]:
    card = laboratory.card_instrument
    if card is None or card.identity not in PRODUCTS:
        return
    product, settings = PRODUCTS[card.identity], laboratory.card
    if settings.output_rate_hz > product.output_rate_hz:
        most = format_quantity(product.output_rate_hz, "Hz")
        yield (
            card.where,
            f"output rate of {format_quantity(settings.output_rate_hz, 'Hz')} on a {product.name}",
            f"at most {most}",
        )
    named = [laboratory.wire(role) for role in ("current", "voltage")]
    inputs = sum(1 for wire in named if wire is not None and wire.kind == "ai")
    most_hz = fastest_hz(product.name, inputs)
    if inputs and laboratory.expects.rate_hz > most_hz:
        asked, most = format_quantity(laboratory.expects.rate_hz, "Hz"), format_quantity(most_hz, "Hz")
        problem = f"current and voltage at {asked} each are more than a {product.name} takes"
        yield (
            card.at("identity"),
            problem,
            f"at most {most} each: say so in `expects: {{rate: ...}}` and in the scenarios",
        )
