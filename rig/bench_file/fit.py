"""Whether a laboratory can run a case, beside its roles: loads it holds, ranges that the device keeps within."""

from typing import TYPE_CHECKING

from rig.bench_file.accuracy import fitting_tap
from rig.bench_file.drivers import CARD
from rig.bench_file.rates import fastest_hz
from rig.bench_file.wiring import Wire
from scenarios.quantities import format_quantity
from scenarios.ramp import Ramp
from sim.electrode.load import Load
from sim.front_end_settings import quantity_of

if TYPE_CHECKING:
    from rig.bench_file.laboratory import Laboratory
    from scenarios.case import Case


def loads_of(laboratory: "Laboratory", channel: int = 1) -> tuple[Load, ...] | None:
    """Loads that the bench can put between the electrodes of a channel; None where it does not say."""
    wire = laboratory.wire("load" if channel == 1 else f"load.{channel}")
    if wire is not None and wire.through:
        bank = laboratory.fixtures[wire.through[0]]
        return tuple(each.load for each in bank.positions if each.load is not None)
    if wire is not None:
        return None
    fixed = [each for each in laboratory.fixtures.values() if each.kind == "load"]
    held = [each.load for fixture in fixed for each in fixture.positions if each.load is not None]
    return tuple(held) or None


def why_not(laboratory: "Laboratory", case: "Case") -> str:
    """The first thing that stands in the way of a case, in one line, or ""."""
    return _load(laboratory, case) or _ranges(laboratory, case) or _rate(laboratory, case)


def _load(laboratory: "Laboratory", case: "Case") -> str:
    for channel in range(1, case.device.channels + 1):
        held = loads_of(laboratory, channel)
        if held is None:
            continue
        for load in (case.load, *_event_loads(case, channel)):
            if load not in held:
                name = case.load_name if load == case.load and case.load_name else load_text(load)
                behind = f" of channel {channel}" if channel > 1 else ""
                return f"load {name} is not on this bench{behind}"
    return ""


def _event_loads(case: "Case", channel: int) -> list[Load]:
    """Loads that events of the case ask of a channel."""
    found: list[Load] = []
    for event in case.events:
        if str(event.parameters.get("channel", "all")) not in {"all", str(channel)}:
            continue
        if event.kind == "load.short":
            found.append(Load(series_ohm=float(event.parameters["resistance"])))
        elif isinstance(event.parameters.get("load"), Load):
            found.append(event.parameters["load"])
    return found


def load_text(load: Load) -> str:
    """`5 ohm`, or `400 ohm + (3 kohm || 200 nF)`."""
    series = format_quantity(load.series_ohm, "ohm")
    if not load.parallel_ohm:
        return series
    return f"{series} + ({format_quantity(load.parallel_ohm, 'ohm')} || {format_quantity(load.parallel_f, 'F')})"


def _ranges(laboratory: "Laboratory", case: "Case") -> str:
    for role in case.capture.channels:
        wire = laboratory.wire(role)
        if wire is not None and quantity_of(role) in {"current", "voltage"}:
            reason = _captured(laboratory, wire, case)
            if reason:
                return reason
    return _supply(laboratory, case)


def _captured(laboratory: "Laboratory", wire: Wire, case: "Case") -> str:
    """Why the device's largest signal leaves the range of a wire, or ""."""
    is_current = quantity_of(wire.role) == "current"
    largest = case.device.max_current_a if is_current else case.device.rated.get("max_voltage", 0.0)
    asked = f"{wire.role} of {case.device.id} reaches {format_quantity(largest, 'A' if is_current else 'V')}"
    bank = next((each for name in wire.through if (each := laboratory.fixtures[name]).kind == "tap"), None)
    if is_current and bank is not None and bank.positions:
        chosen = fitting_tap(bank, wire.range_v, largest)
        return "" if chosen is not None else f"{asked}, no tap of `{bank.name}` fits ±{wire.range_v:g} V"
    if largest * wire.volts_per_unit <= wire.range_v * (1.0 + 1e-9):
        return ""
    most = wire.range_v / wire.volts_per_unit
    return f"{asked}, {wire.terminal} takes {format_quantity(most, 'A' if is_current else 'V')}"


def _supply(laboratory: "Laboratory", case: "Case") -> str:
    wire = laboratory.wire("supply")
    asked_v = max(
        (_largest(each.parameters["voltage"]) for each in case.events if each.kind == "supply.sag"), default=0
    )
    if wire is None:
        return ""
    limit = laboratory.instruments[wire.instrument].limits.get(wire.port)
    reach_v = wire.range_v / wire.volts_per_unit if wire.volts_per_unit > 0.0 else 0.0
    most_v = limit.voltage_v if limit is not None else reach_v
    if not 0.0 < most_v < asked_v:
        return ""
    return f"supply of {format_quantity(asked_v, 'V')} is asked, {wire.terminal} gives {format_quantity(most_v, 'V')}"


def _largest(value: "float | Ramp") -> float:
    return max(value.start, value.end) if isinstance(value, Ramp) else value


def _rate(laboratory: "Laboratory", case: "Case") -> str:
    card = laboratory.card_instrument
    if card is None or card.driver != CARD:
        return ""
    inputs = sum(1 for role in case.capture.channels if (w := laboratory.wire(role)) is not None and w.kind == "ai")
    most_hz = fastest_hz(card.identity, inputs)
    if most_hz and case.capture.rate_hz > most_hz:
        asked, most = (format_quantity(each, "Hz") for each in (case.capture.rate_hz, most_hz))
        return f"{inputs} inputs at {asked} are more than a {card.identity} takes: {most} each"
    return ""
