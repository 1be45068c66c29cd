"""The commands of the 33500 generators.

Source: Keysight 33500 Series Operating and Service Guide: `[SOURce[1|2]:]FUNCtion`, `FREQuency`, `VOLTage`,
`DATA:ARBitrary`, `BURSt`; `OUTPut[1|2]`, `TRIGger[1|2]`, `FORMat:BORDer`.
"""

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from rig.simulated.keysight.bound import bound, fixed
from rig.simulated.keysight.generator_output import LEAST_POINTS, LEAST_SPAN_V, MOST_POINTS, GeneratorOutput
from rig.simulated.scpi.commands import Command
from rig.simulated.scpi.errors import ScpiError
from rig.simulated.scpi.parameters import Block, Boolean, Choice, Either, Name, Number
from rig.simulated.scpi.replies import quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from rig.simulated.keysight.generator import WaveformGenerator
    from rig.simulated.scpi.parameters import Parameter

_FULL_CODE: Final = 32_767
_BEYOND: Final = 1e-4
_SHAPE: Final = Choice("SINusoid", "SQUare", "TRIangle", "RAMP", "PULSe", "ARBitrary", "DC")
_MOST_LOAD_OHM: Final = 10_000.0


def _value(
    header: str,
    kind: "Parameter",
    tell: "Callable[[WaveformGenerator, int], Any]",
    put: "Callable[[WaveformGenerator, int, Any], None] | None" = None,
) -> tuple[Command, ...]:
    return bound(header, kind, tell, put)


def _shaped(header: str, kind: "Parameter", name: str, ratio: float = 1.0) -> tuple[Command, ...]:
    """A number of the shape, in another unit by `ratio`."""

    def tell(generator: "WaveformGenerator", n: int) -> float:
        return float(getattr(generator.outputs[n].shape, name)) / ratio

    def put(generator: "WaveformGenerator", n: int, value: float) -> None:
        with generator.lab.lock:
            output = generator.outputs[n]
            output.shape = replace(output.shape, **{name: value * ratio})
            output.restart()

    return bound(f"[SOURce<1-2>]:{header}", kind, tell, put)


def _set_shape(generator: "WaveformGenerator", n: int, word: str) -> None:
    output = generator.outputs[n]
    shape = replace(output.shape, name=word)
    if word != "DC" and not replace(output, shape=shape).takes(output.emf_span_v, output.emf_offset_v):
        raise ScpiError(-221, "Settings conflict; offset and amplitude are too large together")
    with generator.lab.lock:
        output.shape = shape
        output.restart()


def _set_voltages(generator: "WaveformGenerator", n: int, vpp: float, offset_v: float) -> None:
    """Amplitude and offset as displayed."""
    output = generator.outputs[n]
    ratio = output.display_ratio
    emf_span_v, emf_offset_v = vpp / ratio, offset_v / ratio
    if not LEAST_SPAN_V * (1.0 - 1e-9) <= emf_span_v <= 20.0 * (1.0 + 1e-9) or abs(emf_offset_v) > 10.0 * (1.0 + 1e-9):
        raise ScpiError(-222)
    if not output.takes(emf_span_v, emf_offset_v):
        raise ScpiError(-221, "Settings conflict; offset and amplitude are too large together")
    with generator.lab.lock:
        output.emf_span_v, output.emf_offset_v = emf_span_v, emf_offset_v


def _volts(generator: "WaveformGenerator", n: int) -> tuple[float, float]:
    output = generator.outputs[n]
    return output.emf_span_v * output.display_ratio, output.emf_offset_v * output.display_ratio


def _set_high(generator: "WaveformGenerator", n: int, high_v: float) -> None:
    vpp, offset_v = _volts(generator, n)
    low_v = offset_v - 0.5 * vpp
    _set_voltages(generator, n, high_v - low_v, 0.5 * (high_v + low_v))


def _set_low(generator: "WaveformGenerator", n: int, low_v: float) -> None:
    vpp, offset_v = _volts(generator, n)
    high_v = offset_v + 0.5 * vpp
    _set_voltages(generator, n, high_v - low_v, 0.5 * (high_v + low_v))


def _set_load(generator: "WaveformGenerator", n: int, ohm: float) -> None:
    """The output stays what it is: only the displayed voltages are scaled."""
    if not (1.0 <= ohm <= _MOST_LOAD_OHM or ohm == math.inf):
        raise ScpiError(-222)
    generator.outputs[n].load_ohm = ohm


def _store(generator: "WaveformGenerator", n: int, name: str, points: NDArray[np.float64]) -> None:
    if points.size < LEAST_POINTS:
        raise ScpiError(-222, f"Data out of range; a waveform has at least {LEAST_POINTS} points")
    output = generator.outputs[n]
    if sum(each.size for each in output.memory.values()) + points.size > MOST_POINTS:
        raise ScpiError(-223)
    if not np.all(np.abs(points) <= 1.0 + _BEYOND):
        raise ScpiError(-222)
    if name in output.memory:
        raise ScpiError(785)
    output.memory[name] = points


def _upload(*, codes: bool) -> "Callable[..., None]":
    def run(generator: "WaveformGenerator", n: int, name: str, first: Any, *more: Any) -> None:
        if more and any(isinstance(each, bytes) for each in (first, *more)):
            raise ScpiError(-108)
        if isinstance(first, bytes):
            order = "<" if generator.is_little_endian else ">"
            width = 2 if codes else 4
            if len(first) % width:
                raise ScpiError(-161)
            points = np.frombuffer(first, f"{order}{'i2' if codes else 'f4'}").astype(np.float64)
        else:
            points = np.array((first, *more), np.float64)
        _store(generator, n, name, points / _FULL_CODE if codes else points)

    return run


def _select(generator: "WaveformGenerator", n: int, name: str) -> None:
    output = generator.outputs[n]
    if name not in output.memory:
        raise ScpiError(786, "Specified arb waveform does not exist")
    with generator.lab.lock:
        output.select(name)


def _clear(generator: "WaveformGenerator", n: int) -> None:
    with generator.lab.lock:
        generator.outputs[n].clear()


def _bursting(header: str, kind: "Parameter", name: str) -> tuple[Command, ...]:
    def tell(generator: "WaveformGenerator", n: int) -> Any:
        value = getattr(generator.outputs[n].burst, name)
        return int(value) if isinstance(value, bool) else float(value)

    def put(generator: "WaveformGenerator", n: int, value: Any) -> None:
        with generator.lab.lock:
            setattr(generator.outputs[n].burst, name, value)
            generator.outputs[n].restart()

    return bound(f"[SOURce<1-2>]:BURSt:{header}", kind, tell, put)


def _set_trigger(generator: "WaveformGenerator", n: int, word: str) -> None:
    with generator.lab.lock:
        generator.outputs[n].trigger_source = word
        generator.outputs[n].restart()


def _switch(generator: "WaveformGenerator", n: int, on: bool) -> None:
    with generator.lab.lock:
        generator.outputs[n].switch(on=on)


def _trigger_one(generator: "WaveformGenerator", n: int) -> None:
    generator.trigger_output(n)


def _tell_order(generator: "WaveformGenerator") -> str:
    return "SWAP" if generator.is_little_endian else "NORM"


def _set_order(generator: "WaveformGenerator", word: str) -> None:
    generator.is_little_endian = word == "SWAP"


def _of(n_get: "Callable[[GeneratorOutput], Any]") -> "Callable[[WaveformGenerator, int], Any]":
    return lambda generator, n: n_get(generator.outputs[n])


_DATA = Either(Block(), Number())
_S = "[SOURce<1-2>]"
GENERATOR_COMMANDS: Final = (
    *_value(f"{_S}:FUNCtion", _SHAPE, _of(lambda output: output.shape.name), _set_shape),
    *_shaped("FREQuency", Number("HZ", 1e-6, 30e6), "frequency_hz"),
    *_shaped("FUNCtion:SQUare:DCYCle", Number("PCT", 0.01, 99.99), "duty_ratio", 0.01),
    *_shaped("FUNCtion:RAMP:SYMMetry", Number("PCT", 0.0, 100.0), "symmetry_ratio", 0.01),
    *_shaped("FUNCtion:PULSe:WIDTh", Number("S", 16e-9, 1e6), "width_s"),
    *_shaped("FUNCtion:ARBitrary:SRATe", Number("", 1e-6, 250e6), "point_rate_hz"),
    *_value(
        f"{_S}:VOLTage",
        Number("VPP"),
        lambda generator, n: _volts(generator, n)[0],
        lambda generator, n, value: _set_voltages(generator, n, value, _volts(generator, n)[1]),
    ),
    *_value(
        f"{_S}:VOLTage:OFFSet",
        Number("V"),
        lambda generator, n: _volts(generator, n)[1],
        lambda generator, n, value: _set_voltages(generator, n, _volts(generator, n)[0], value),
    ),
    *_value(
        f"{_S}:VOLTage:HIGH",
        Number("V"),
        lambda generator, n: _volts(generator, n)[1] + 0.5 * _volts(generator, n)[0],
        _set_high,
    ),
    *_value(
        f"{_S}:VOLTage:LOW",
        Number("V"),
        lambda generator, n: _volts(generator, n)[1] - 0.5 * _volts(generator, n)[0],
        _set_low,
    ),
    *fixed(f"{_S}:VOLTage:UNIT", "VPP"),
    *_value(
        "OUTPut<1-2>:LOAD",
        Number("OHM", default=50.0, most=math.inf, least=1.0),
        _of(lambda output: float(output.load_ohm)),
        _set_load,
    ),
    *_value("OUTPut<1-2>", Boolean(), _of(lambda output: int(output.is_on)), _switch),
    Command(f"{_S}:DATA:ARBitrary", (Name(), _DATA), (_DATA,), repeated=True, run=_upload(codes=False)),
    Command(f"{_S}:DATA:ARBitrary:DAC", (Name(), _DATA), (_DATA,), repeated=True, run=_upload(codes=True)),
    Command(f"{_S}:DATA:VOLatile:CLEar", (), (), repeated=False, run=_clear),
    Command(
        f"{_S}:DATA:VOLatile:CATalog?",
        (),
        (),
        repeated=False,
        run=_of(lambda output: [quoted(name) for name in output.memory]),
    ),
    *_value(f"{_S}:FUNCtion:ARBitrary", Name(), _of(lambda output: quoted(output.arb)), _select),
    *fixed(f"{_S}:FUNCtion:ARBitrary:ADVance", "SRATe"),
    *_value(f"{_S}:FUNCtion:ARBitrary:POINts", Number(), _of(lambda output: int(output.shape.point_values.size))),
    *_bursting("STATe", Boolean(), "is_on"),
    *fixed(f"{_S}:BURSt:MODE", "TRIGgered"),
    *_bursting("NCYCles", Number("", 1.0, math.inf), "cycle_count"),
    *_bursting("INTernal:PERiod", Number("S", 1e-6, 8000.0), "period_s"),
    *_value(
        "TRIGger<1-2>:SOURce",
        Choice("IMMediate", "EXTernal", "BUS"),
        _of(lambda output: output.trigger_source),
        _set_trigger,
    ),
    Command("TRIGger<1-2>", (), (), repeated=False, run=_trigger_one),
    *bound("FORMat:BORDer", Choice("NORMal", "SWAPped"), _tell_order, _set_order),
)
"""All of them, beside the common ones and the status subsystem."""
