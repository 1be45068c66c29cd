"""The commands of the Truevolt multimeters.

Source: Keysight Truevolt Series Operating and Service Guide: `CONFigure`, `MEASure`, `READ?`, `INITiate`, `FETCh?`,
`[SENSe:]`.
"""

from typing import TYPE_CHECKING, Any, Final

from rig.simulated.keysight.bound import fixed
from rig.simulated.keysight.meter_ranges import RANGES
from rig.simulated.scpi.commands import Command
from rig.simulated.scpi.errors import ScpiError
from rig.simulated.scpi.parameters import Boolean, Choice, Either, Number
from rig.simulated.scpi.replies import quoted

if TYPE_CHECKING:
    from rig.simulated.keysight.meter import Multimeter

_SPELLED: Final = {"VOLT": "VOLTage[:DC]", "CURR": "CURRent[:DC]", "RES": "RESistance", "FRES": "FRESistance"}
_CYCLES: Final = Number("", least=0.001, most=100.0, default=10.0)
_RANGE: Final = Either(Choice("AUTO", "DEFault", "MINimum", "MAXimum"), Number())


def _one(header: str, run: Any, *kinds: Any, optional: tuple[Any, ...] = ()) -> Command:
    return Command(header, kinds, optional, repeated=False, run=run)


def _commands_of(function: str) -> tuple[Command, ...]:
    spelled = _SPELLED[function]

    def configure(meter: "Multimeter", range_: Any = None, _resolution: Any = None) -> None:
        meter.configure(function, range_)

    def measure(meter: "Multimeter", range_: Any = None, _resolution: Any = None) -> float:
        meter.configure(function, range_)
        return meter.read()

    def set_cycles(meter: "Multimeter", cycles: float) -> None:
        meter.cycles[function] = cycles

    def tell_cycles(meter: "Multimeter") -> float:
        return float(meter.cycles[function])

    def set_range(meter: "Multimeter", asked: Any) -> None:
        meter.ranges[function] = meter.range_of(function, asked)

    def tell_range(meter: "Multimeter") -> float:
        fixed = meter.ranges[function]
        return RANGES[function][-1].full_value if fixed is None else float(fixed)

    def set_auto(meter: "Multimeter", on: bool) -> None:
        meter.ranges[function] = None if on else tell_range(meter)

    def tell_auto(meter: "Multimeter") -> int:
        return int(meter.ranges[function] is None)

    sense = f"[SENSe]:{spelled}"
    return (
        _one(f"CONFigure:{spelled}", configure, optional=(_RANGE, _RANGE)),
        _one(f"MEASure:{spelled}?", measure, optional=(_RANGE, _RANGE)),
        _one(f"{sense}:NPLCycles", set_cycles, _CYCLES),
        _one(f"{sense}:NPLCycles?", tell_cycles),
        _one(f"{sense}:RANGe", set_range, _RANGE),
        _one(f"{sense}:RANGe?", tell_range),
        _one(f"{sense}:RANGe:AUTO", set_auto, Boolean()),
        _one(f"{sense}:RANGe:AUTO?", tell_auto),
    )


def _read(meter: "Multimeter") -> float:
    return meter.read()


def _fetch(meter: "Multimeter") -> float:
    if meter.last is None:
        raise ScpiError(-230, "Data corrupt or stale; nothing was measured")
    return meter.last


def _initiate(meter: "Multimeter") -> None:
    meter.read()


def _abort(meter: "Multimeter") -> None:
    meter.last = None


def _tell_configuration(meter: "Multimeter") -> str:
    fixed_range = meter.ranges[meter.function]
    full = RANGES[meter.function][-1].full_value if fixed_range is None else fixed_range
    return quoted(f"{meter.function} {full:+.6E},{1e-6 * full:+.6E}")


def _tell_function(meter: "Multimeter") -> str:
    return quoted(meter.function)


METER_COMMANDS: Final = (
    *(command for function in RANGES for command in _commands_of(function)),
    _one("CONFigure?", _tell_configuration),
    _one("[SENSe]:FUNCtion?", _tell_function),
    _one("READ?", _read),
    _one("INITiate[:IMMediate]", _initiate),
    _one("FETCh?", _fetch),
    _one("ABORt", _abort),
    *fixed("TRIGger:SOURce", "IMMediate"),
)
"""All of them, beside the common ones and the status subsystem."""
