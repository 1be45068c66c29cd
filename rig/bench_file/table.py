"""The wiring of a laboratory as rows for people."""

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from rig.bench_file.drivers import BENCH_WORDS
from rig.bench_file.instruments import Fixture
from rig.bench_file.wiring import Wire
from scenarios.quantities import format_quantity
from scenarios.roles import COMMANDS, FROM_DEVICE, TO_DEVICE
from sim.front_end_settings import quantity_of

if TYPE_CHECKING:
    from rig.bench_file.laboratory import Laboratory

MEANINGS: Final = {**BENCH_WORDS, **TO_DEVICE, **COMMANDS, **FROM_DEVICE}
"""Word of the wiring -> what it carries."""
_UNITS: Final = {"current": "A"}


def sense_of(laboratory: "Laboratory", wire: Wire) -> str:
    """`<-` what the instrument reads, `->` what it drives, `--` what goes through a control or a person."""
    if laboratory.instruments[wire.instrument].driver.startswith("device."):
        return "--"
    if wire.role in FROM_DEVICE or wire.role in {"load.check", "trigger", "comparator"}:
        return "<-"
    return "->"


def fixture_text(fixture: Fixture) -> str:
    """`tap 99.98 ohm ± 0.05 %`, `probe 1:20`, `load bank, 6 positions`."""
    if len(fixture.positions) > 1:
        name = "load bank" if fixture.kind == "load" else f"{fixture.kind} bank"
        return f"{name}, {len(fixture.positions)} positions"
    if math.isnan(fixture.value):
        return fixture.kind
    if fixture.kind == "probe" and 0.0 < fixture.value < 1.0:
        value = f"1:{format_quantity(1.0 / fixture.value, '')}"
    else:
        value = format_quantity(fixture.value, fixture.unit, 5)
    bound = f" ± {format_quantity(100.0 * fixture.bound_ratio, '', 3)} %" if fixture.bound_ratio else ""
    return f"{fixture.kind} {value}{bound}"


def reach_text(wire: Wire) -> str:
    """Range of the port, and what it stands for in the unit of the role."""
    if wire.level > 0.0:
        return f"{wire.gate}, at {format_quantity(wire.level, 'A')}"
    if not wire.range_v > 0.0:
        return "active low" if wire.invert else ""
    text = f"±{wire.range_v:g} V"
    per_unit = wire.volts_per_unit
    if not per_unit > 0.0 or per_unit == 1.0:
        return text
    from rig.bench_file.read_wiring import unit_of

    unit = unit_of(wire.role)
    reach = wire.range_v / per_unit
    return f"{text} = ±{format_quantity(reach, unit) if unit else f'{100.0 * reach:g} %'}"


def wiring_rows(laboratory: "Laboratory") -> Iterable[tuple[str, ...]]:
    """(role, sense, terminal, through, range, safe state) of every wire, in file order."""
    safe = {each.role: each for each in laboratory.safe_state}
    for wire in laboratory.wiring:
        through = ", ".join(f"{name} ({fixture_text(laboratory.fixtures[name])})" for name in wire.through)
        state = ""
        if wire.role in safe:
            each = safe[wire.role]
            state = each.state or _value(wire, each.value)
        yield wire.role, sense_of(laboratory, wire), wire.terminal, through, reach_text(wire), state


def _value(wire: Wire, value: float) -> str:
    from rig.bench_file.read_wiring import unit_of

    unit = unit_of(wire.role)
    return format_quantity(value, unit) if unit or quantity_of(wire.role) != "contact" else f"{100.0 * value:g} %"


def instrument_rows(laboratory: "Laboratory") -> Iterable[tuple[str, ...]]:
    """(name, driver, address, identity, serial, calibrated until) of every instrument."""
    for each in laboratory.instruments.values():
        due = each.calibration.due
        until = f"{due} ({each.calibration.on_expired})" if due is not None else "not stated"
        yield each.name, each.driver, each.address, each.identity, each.serial, until
