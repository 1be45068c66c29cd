"""The commands of the E36300 supplies.

Source: Keysight E36300 Series Programming Guide E36311-90008: `APPLy`, `INSTrument`, `[SOURce:]VOLTage`,
`[SOURce:]CURRent`, `OUTPut`, `MEASure`, `STATus:QUEStionable:INSTrument:ISUMmary`.
"""

from typing import TYPE_CHECKING, Any, Final

from rig.simulated.scpi.commands import Command
from rig.simulated.scpi.errors import ScpiError
from rig.simulated.scpi.parameters import Boolean, Channels, Choice, Either, Number, Parameter

if TYPE_CHECKING:
    from collections.abc import Callable

    from rig.simulated.keysight.supply import PowerSupply
    from rig.simulated.keysight.supply_output import SupplyOutput
    from sim.timebase import TimeNs

CURRENT_LIMITED, VOLTAGE_HELD = 1, 2
"""Bits of `STATus:QUEStionable:INSTrument:ISUMmary<n>:CONDition?`."""

_LIST: Final = Channels(1, 3)
_OUTPUT: Final = Choice("CH<1-3>")
_NUMBERS: Final = {"CH1": 1, "CH2": 2, "CH3": 3}
_EXTREME: Final = Choice("MINimum", "MAXimum")
_List = tuple[int, ...] | None


def _within(value: float, most: float) -> None:
    if not 0.0 <= value <= most * (1.0 + 1e-9):
        raise ScpiError(-222)


def _set_voltage(supply: "PowerSupply", value_v: float, channels: _List = None) -> None:
    for output in supply.of(channels):
        _within(value_v, output.range.most_v)
    supply.each(channels, lambda output, t_ns: output.set_voltage(t_ns, value_v))


def _set_current(supply: "PowerSupply", value_a: float, channels: _List = None) -> None:
    for output in supply.of(channels):
        _within(value_a, output.range.most_a)
    supply.each(channels, lambda output, _: setattr(output, "limit_a", value_a))


def _set_protection(supply: "PowerSupply", value_v: float, channels: _List = None) -> None:
    for output in supply.of(channels):
        _within(value_v, output.range.most_protect_v)
    supply.each(channels, lambda output, _: setattr(output, "protect_v", value_v))


def _switch(supply: "PowerSupply", on: bool, channels: _List = None) -> None:
    if on and any(output.trip for output in supply.of(channels)):
        raise ScpiError(-221, "Settings conflict; a protection has tripped and was not cleared")
    supply.each(channels, lambda output, t_ns: output.switch(t_ns, on=on))


def _apply(supply: "PowerSupply", word: str, value_v: float | None = None, value_a: float | None = None) -> None:
    channels = (_NUMBERS[word],)
    supply.selected = channels[0]
    if value_v is not None:
        _within(value_v, supply.of(channels)[0].range.most_v)
    if value_a is not None:
        _set_current(supply, value_a, channels)
    if value_v is not None:
        _set_voltage(supply, value_v, channels)


def _tell_applied(supply: "PowerSupply", word: str) -> str:
    output = supply.outputs[_NUMBERS[word]]
    return f'"{output.set_v:.6f},{output.limit_a:.6f}"'


def _zero(_output: "SupplyOutput") -> float:
    return 0.0


def _told(
    header: str, tell: "Callable[[SupplyOutput], Any]", extremes: "Callable[[SupplyOutput], float] | None" = None
) -> Command:
    """A query over a list of outputs, with MIN and MAX where there are such."""

    def run(supply: "PowerSupply", *arguments: Any) -> Any:
        words = [each for each in arguments if isinstance(each, str)]
        channels: _List = next((each for each in arguments if isinstance(each, tuple)), None)
        read = tell if not words else _zero if words[0] == "MIN" or extremes is None else extremes
        return supply.each(channels, lambda output, _: read(output))

    kinds: tuple[Parameter, ...] = (_LIST,) if extremes is None else (Either(_EXTREME, _LIST), _LIST)
    return Command(header, (), kinds, repeated=False, run=run)


def _flag(header: str, name: str) -> tuple[Command, Command]:
    def put(supply: "PowerSupply", on: bool, channels: _List = None) -> None:
        supply.each(channels, lambda output, _: setattr(output, name, on))

    return (
        Command(header, (Boolean(),), (_LIST,), repeated=False, run=put),
        _told(f"{header}?", lambda output: int(getattr(output, name))),
    )


def _measured(header: str, read: "Callable[[SupplyOutput, TimeNs, TimeNs], float]") -> Command:
    def run(supply: "PowerSupply", channels: _List = None) -> list[float]:
        return supply.measured(channels, read)

    return Command(header, (), (_LIST,), repeated=False, run=run)


def _set_delay(supply: "PowerSupply", delay_s: float, channels: _List = None) -> None:
    supply.each(channels, lambda output, _: setattr(output, "protect_delay_s", delay_s))


def _clear(supply: "PowerSupply", channels: _List = None) -> None:
    supply.each(channels, lambda output, _: output.clear_trip())


def _select(supply: "PowerSupply", word: str) -> None:
    supply.selected = _NUMBERS[word]


def _select_number(supply: "PowerSupply", number: int) -> None:
    supply.selected = number


def _tell_selected(supply: "PowerSupply") -> str:
    return f"CH{supply.selected}"


def _tell_number(supply: "PowerSupply") -> int:
    return supply.selected


def _summary(supply: "PowerSupply", number: int) -> int:
    output = supply.outputs[number]
    if not output.is_on:
        return 0
    return CURRENT_LIMITED if output.limits_current else VOLTAGE_HELD


_V, _A = "[SOURce]:VOLTage", "[SOURce]:CURRent"
SUPPLY_COMMANDS: Final = (
    Command("APPLy", (_OUTPUT,), (Number("V"), Number("A")), repeated=False, run=_apply),
    Command("APPLy?", (_OUTPUT,), (), repeated=False, run=_tell_applied),
    Command("INSTrument[:SELect]", (_OUTPUT,), (), repeated=False, run=_select),
    Command("INSTrument[:SELect]?", (), (), repeated=False, run=_tell_selected),
    Command("INSTrument:NSELect", (Number(least=1, most=3, whole=True),), (), repeated=False, run=_select_number),
    Command("INSTrument:NSELect?", (), (), repeated=False, run=_tell_number),
    Command(f"{_V}[:LEVel][:IMMediate][:AMPLitude]", (Number("V"),), (_LIST,), repeated=False, run=_set_voltage),
    _told(f"{_V}[:LEVel][:IMMediate][:AMPLitude]?", lambda o: float(o.set_v), lambda o: o.range.most_v),
    Command(f"{_A}[:LEVel][:IMMediate][:AMPLitude]", (Number("A"),), (_LIST,), repeated=False, run=_set_current),
    _told(f"{_A}[:LEVel][:IMMediate][:AMPLitude]?", lambda o: float(o.limit_a), lambda o: o.range.most_a),
    Command("OUTPut[:STATe]", (Boolean(),), (_LIST,), repeated=False, run=_switch),
    _told("OUTPut[:STATe]?", lambda output: int(output.is_on)),
    Command("OUTPut:PROTection:CLEar", (), (_LIST,), repeated=False, run=_clear),
    Command(f"{_V}:PROTection[:LEVel]", (Number("V"),), (_LIST,), repeated=False, run=_set_protection),
    _told(f"{_V}:PROTection[:LEVel]?", lambda o: float(o.protect_v), lambda o: o.range.most_protect_v),
    *_flag(f"{_V}:PROTection:STATe", "protects_voltage"),
    _told(f"{_V}:PROTection:TRIPped?", lambda output: int(output.trip == "voltage")),
    Command(f"{_V}:PROTection:CLEar", (), (_LIST,), repeated=False, run=_clear),
    *_flag(f"{_A}:PROTection:STATe", "protects_current"),
    Command(f"{_A}:PROTection:DELay", (Number("S", 0.0, 3600.0),), (_LIST,), repeated=False, run=_set_delay),
    _told(f"{_A}:PROTection:DELay?", lambda output: float(output.protect_delay_s)),
    _told(f"{_A}:PROTection:TRIPped?", lambda output: int(output.trip == "current")),
    Command(f"{_A}:PROTection:CLEar", (), (_LIST,), repeated=False, run=_clear),
    _measured("MEASure[:SCALar][:VOLTage][:DC]?", lambda output, t0, t1: output.read_v(t0, t1)),
    _measured("MEASure[:SCALar]:CURRent[:DC]?", lambda output, t0, t1: output.read_a(t0, t1)),
    Command("STATus:QUEStionable:INSTrument:ISUMmary<1-3>:CONDition?", (), (), repeated=False, run=_summary),
)
"""All of them, beside the common ones and the status subsystem."""
