"""What the wires of a laboratory do to the uncertainty, and the simulated card that fits that budget."""

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from rig.bench import ChannelAccuracy
from rig.bench_file.instruments import Fixture, InputRange, Position
from rig.bench_file.wiring import Wire
from rig.card_accuracy import accuracy_of_card
from sim.errors import BenchError
from sim.front_end_settings import AnalogInput, FrontEndSettings, quantity_of

if TYPE_CHECKING:
    from rig.bench_file.laboratory import Laboratory

SPARE: Final = 1.2
"""Part of the device's largest current that a tap must read without clipping (as `sim.front_end_settings`)."""

DROP_SHARE: Final = 0.5
"""Most of the compliance that a tap may take at the largest current (design choice: the other half drives the load)."""

_NOT_RUNNING: Final = float("nan")
_DEFAULT: Final = InputRange(10.0, 1e-3, 150e-6, 600e-6, 315e-6, 210e-6)
"""Of an input whose range the file does not describe; such a file is refused where a card is behind it."""


def with_taps(laboratory: "Laboratory", max_current_a: float) -> "Laboratory":
    """The laboratory with every bank of taps in the position that fits `max_current_a`.

    Raises:
        BenchError: no position fits.
    """
    fixtures = dict(laboratory.fixtures)
    for wire in laboratory.wiring:
        for name in wire.through:
            fixture = fixtures.get(name)
            if fixture is None or fixture.kind != "tap" or not fixture.positions:
                continue
            position = fitting_tap(fixture, wire.range_v, max_current_a)
            if position is None:
                problem = f"no tap of `{name}` reads {max_current_a * 1e3:g} mA within ±{wire.range_v:g} V"
                raise BenchError(laboratory.id, _NOT_RUNNING, problem, "add a smaller one to its positions")
            fixtures[name] = replace(
                fixture, value=position.value, bound_ratio=position.bound_ratio, positions=(position,)
            )
    return with_scales(replace(laboratory, fixtures=fixtures))


def with_scales(laboratory: "Laboratory") -> "Laboratory":
    """The laboratory whose wires say how many V a unit of their captured role is."""
    return replace(laboratory, wiring=tuple(_scaled(laboratory, wire) for wire in laboratory.wiring))


def fitting_tap(fixture: Fixture, range_v: float, max_current_a: float) -> Position | None:
    """The largest position that the current does not clip, with 20 % to spare; None where all of them do.

    Source: regulatory.md 5.2; the same choice as `sim.front_end_settings.for_device`.
    """
    fitting = [each for each in fixture.positions if SPARE * max_current_a * each.value <= range_v * (1.0 + 1e-9)]
    return max(fitting, key=lambda each: each.value, default=None)


def volts_per_unit(laboratory: "Laboratory", wire: Wire) -> float:
    """V at the terminal per SI unit of a captured role, from the fixtures between; 0 while a position is open."""
    factor = 1.0
    for name in wire.through:
        fixture = laboratory.fixtures[name]
        if fixture.kind in {"tap", "probe"}:
            if math.isnan(fixture.value):
                return 0.0
            factor *= fixture.value
    return factor


def _scaled(laboratory: "Laboratory", wire: Wire) -> Wire:
    if quantity_of(wire.role) not in {"current", "voltage"}:
        return wire
    return replace(wire, volts_per_unit=volts_per_unit(laboratory, wire))


def analog_input(laboratory: "Laboratory", wire: Wire) -> AnalogInput:
    """The input behind a wire, its fixtures included: bounds of what stands in a row add up."""
    instrument = laboratory.instruments[wire.instrument]
    stated = instrument.range_of(wire.range_v) or replace(_DEFAULT, range_v=wire.range_v or _DEFAULT.range_v)
    gain_bound_ratio, offset_bound_v = stated.gain_bound_ratio, stated.offset_bound_v
    for name in wire.through:
        fixture = laboratory.fixtures[name]
        if fixture.kind in {"tap", "probe"}:
            worst = max((each.bound_ratio for each in fixture.positions), default=fixture.bound_ratio)
            gain_bound_ratio += worst
            offset_bound_v += fixture.offset_bound_v
    return AnalogInput(
        range_v=stated.range_v,
        gain_bound_ratio=gain_bound_ratio,
        offset_bound_v=offset_bound_v,
        drift_per_hour_v=stated.drift_per_hour_v,
        inl_bound_v=stated.inl_bound_v,
        noise_v=stated.noise_v,
    )


def front_end_of(laboratory: "Laboratory") -> FrontEndSettings:
    """What a simulated card must be like to fit the budget of this file.

    The inputs of the first channel stand for all of their quantity: a file whose channels differ is refused when read.
    """
    base = FrontEndSettings()
    current, voltage = laboratory.wire("current"), laboratory.wire("voltage")
    parts = laboratory.simulated_parts
    span = next((each for each in laboratory.fixtures.values() if each.kind == "reference"), None)
    span_v = span.value if span is not None else 0.0
    range_v = current.range_v if current is not None else 0.0
    captured = current or voltage
    card = laboratory.instruments[captured.instrument] if captured is not None else None
    return replace(
        base,
        current=analog_input(laboratory, current) if current is not None else base.current,
        voltage=analog_input(laboratory, voltage) if voltage is not None else base.voltage,
        tap_ohm=volts_per_unit(laboratory, current) if current is not None else 0.0,
        attenuation_ratio=volts_per_unit(laboratory, voltage) if voltage is not None else base.attenuation_ratio,
        filter_tau_s=_filter_s(laboratory, captured) if captured is not None else None,
        errors=parts.errors,
        noise=parts.noise,
        span_ratio=span_v / range_v if span is not None and range_v > 0.0 else base.span_ratio,
        span_bound_ratio=span.bound_ratio if span is not None else base.span_bound_ratio,
        takes_zero=laboratory.wire("zero") is not None and laboratory.wire("span") is not None and card is not None,
    )


def _filter_s(laboratory: "Laboratory", wire: Wire) -> float | None:
    for name in wire.through:
        if laboratory.fixtures[name].kind == "filter":
            return laboratory.fixtures[name].value
    return laboratory.instruments[wire.instrument].filter_tau_s


def accuracy_of(laboratory: "Laboratory", role: str, rate_hz: float) -> ChannelAccuracy:
    """The card's part of the uncertainty of a captured role.

    Raises:
        BenchError: no terminal captures the role, or its tap is not chosen yet.
    """
    wire = laboratory.wire(role)
    if wire is None or quantity_of(role) not in {"current", "voltage"}:
        mend = f"wired are {', '.join(laboratory.waveform_roles)}"
        raise BenchError(laboratory.id, _NOT_RUNNING, f"no terminal captures `{role}`", mend)
    factor = volts_per_unit(laboratory, wire)
    if not factor > 0.0:
        raise BenchError(laboratory.id, _NOT_RUNNING, f"the tap of `{role}` is not chosen", "ask for_device() first")
    front_end = front_end_of(laboratory)
    own = analog_input(laboratory, wire)
    if quantity_of(role) == "current":
        front_end = replace(front_end, current=own, tap_ohm=factor)
    else:
        front_end = replace(front_end, voltage=own, attenuation_ratio=factor)
    timebase_ppm = laboratory.instruments[wire.instrument].timebase_ppm
    return accuracy_of_card(front_end, role, rate_hz, timebase_ppm * 1e-6)
