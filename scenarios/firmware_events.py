"""What may happen to the microcontroller of a device whose firmware is executed, beside a firmware that hangs.

Each becomes commands `fault` with the value ``(name of the event, dose, where)``: what `Injected` of
`rig.firmware.device_under_test` means by its kind of the same name. They come on top of the supply, sensor, electrode
and button events, which a firmware meets as any device does.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from scenarios.catalogue import EventSpec, Parameter
from scenarios.event_times import duration_s
from scenarios.firmware_of_device import IMAGE_FEATURE
from scenarios.ramp import Ramp
from sim.errors import ScenarioError
from sim.signal import Command
from sim.timebase import NS_PER_MS, TimeNs, ns_from_s

HANG_MAIN_LOOP: Final = "firmware.hang_main_loop"
CLOCK: Final = "firmware.clock"
BIT_FLIP: Final = "firmware.bit_flip"
ADC_REFERENCE: Final = "firmware.adc_reference"
BROKEN_FRAME: Final = "firmware.broken_frame"
UART_NOISE: Final = "firmware.uart_noise"
INTERRUPTS: Final = "supply.interrupts"
NEEDS: Final = ("fault", "feature:firmware")
"""What a device must offer for these events: a simulated model has no microcontroller."""

_BAUD_HZ: Final = 115_200.0
"""Rate of a serial line; only how long an event counts as lasting depends on it (design choice: the usual one)."""
_BITS_PER_BYTE: Final = 10.0
_STEP_NS: Final = 10 * NS_PER_MS
"""A drifting clock reaches the device in steps of this length (design choice: as other ramps)."""


def _fault(kind: str, t_ns: TimeNs, dose: float, where: str = "") -> Command:
    return Command(t_ns, "fault", (kind, float(dose), where))


def _hang_main_loop(parameters: Mapping[str, Any], start_ns: TimeNs, _: Any) -> tuple[Command, ...]:
    return (_fault(HANG_MAIN_LOOP, start_ns, parameters["unless_reset"]),)


def _at_once(_: Mapping[str, Any]) -> float:
    return 0.0


def _clock(parameters: Mapping[str, Any], start_ns: TimeNs, _: Any) -> tuple[Command, ...]:
    error = parameters["error"]
    if not isinstance(error, Ramp):
        return (_fault(CLOCK, start_ns, error),)
    over_ns = ns_from_s(error.over_s)
    offsets = [*range(0, over_ns, _STEP_NS), over_ns]
    return tuple(_fault(CLOCK, start_ns + offset, error.at(offset / 1e9)) for offset in offsets)


def _clock_s(parameters: Mapping[str, Any]) -> float:
    error = parameters["error"]
    return error.over_s if isinstance(error, Ramp) else 0.0


def _adc_reference(parameters: Mapping[str, Any], start_ns: TimeNs, _: Any) -> tuple[Command, ...]:
    end_ns = start_ns + ns_from_s(parameters["duration"])
    return _fault(ADC_REFERENCE, start_ns, parameters["ratio"]), _fault(ADC_REFERENCE, end_ns, 1.0)


def _broken_frame(parameters: Mapping[str, Any], start_ns: TimeNs, _: Any) -> tuple[Command, ...]:
    return (Command(start_ns, "fault", (BROKEN_FRAME, parameters["to"], parameters["setting"])),)


def _uart_noise(parameters: Mapping[str, Any], start_ns: TimeNs, _: Any) -> tuple[Command, ...]:
    return (_fault(UART_NOISE, start_ns, int(parameters["bytes"])),)


def _uart_noise_s(parameters: Mapping[str, Any]) -> float:
    return int(parameters["bytes"]) * _BITS_PER_BYTE / _BAUD_HZ


def place_of_bit(where: str, offset: int) -> str:
    """The byte `offset` behind the one that `where` names: ``settings+4`` and 2 give ``settings+6``.

    Raises:
        ScenarioError: `where` is neither an address nor a symbol, with or without an offset.
    """
    match = re.fullmatch(r"(?:(0[xX][0-9a-fA-F]+)|([A-Za-z_][\w.$]*)(?:\+(\d+|0[xX][0-9a-fA-F]+))?)", where)
    if match is None:
        mend = "write `amplitude_code`, `settings+4` or `0x20000010`"
        raise ScenarioError(BIT_FLIP, f"`{where}` is no place in memory", mend)
    address, symbol, further = match.groups()
    if address:
        return f"0x{int(address, 16) + offset:08x}"
    behind = int(further or "0", 0) + offset
    return f"{symbol}+{behind}" if behind else symbol


def _bit_flip(
    parameters: Mapping[str, Any], start_ns: TimeNs, _: Any, chance: np.random.Generator
) -> tuple[Command, ...]:
    """Flip k comes k spacings after the start. Byte and bit are always drawn: a bit that is given moves no byte."""
    spacing_ns, span = ns_from_s(parameters["spacing"]), int(parameters["bytes"])
    flips: list[Command] = []
    for k in range(int(parameters["count"])):
        offset, drawn = int(chance.integers(span)), int(chance.integers(8))
        bit = drawn if parameters["bit"] == "random" else int(parameters["bit"])
        flips.append(_fault(BIT_FLIP, start_ns + k * spacing_ns, bit, place_of_bit(parameters["where"], offset)))
    return tuple(flips)


def _bit_flip_s(parameters: Mapping[str, Any]) -> float:
    return (int(parameters["count"]) - 1) * float(parameters["spacing"])


def _interrupts(parameters: Mapping[str, Any], start_ns: TimeNs, _: Any) -> tuple[Command, ...]:
    """Interruption k comes k (spacing + step) after the start: it meets each pulse `step` later in its course."""
    apart_ns = ns_from_s(parameters["spacing"]) + ns_from_s(parameters["step"])
    lasts_ns = ns_from_s(parameters["duration"])
    commands: list[Command] = []
    for k in range(int(parameters["count"])):
        off_ns = start_ns + k * apart_ns
        commands += [Command(off_ns, "supply", "off"), Command(off_ns + lasts_ns, "supply", "on")]
    return tuple(commands)


def _interrupts_s(parameters: Mapping[str, Any]) -> float:
    apart_s = parameters["spacing"] + parameters["step"]
    return float((parameters["count"] - 1) * apart_s + parameters["duration"])


FIRMWARE_EVENTS: Final = (
    EventSpec(
        HANG_MAIN_LOOP,
        _hang_main_loop,
        _at_once,
        (
            Parameter(
                "unless_reset",
                "s",
                default="3600 s",
                bounds=(0.001, 3600.0),
                summary="for how long, where no watchdog ends it",
            ),
        ),
        requires=NEEDS,
        summary="the main loop stops dead, while interrupts are served and pulses go on",
    ),
    EventSpec(
        CLOCK,
        _clock,
        _clock_s,
        (
            Parameter(
                "error",
                "",
                ramp=True,
                bounds=(-0.5, 0.5),
                summary="how much too fast its clock runs from here on; negative: too slow",
            ),
        ),
        requires=NEEDS,
        summary="the clock of the microcontroller drifts, or its crystal gives way to the built-in oscillator",
    ),
    EventSpec(
        BIT_FLIP,
        _bit_flip,
        _bit_flip_s,
        (
            Parameter("where", summary="a byte of RAM or flash: `amplitude_code`, `settings+4`, `0x20000010`"),
            Parameter(
                "bytes",
                "",
                default="1",
                bounds=(1.0, float(1 << 21)),
                summary="from it on; which one is drawn of these",
            ),
            Parameter(
                "bit", choices=("random", *"01234567"), default="random", summary="which of the byte, 0 the lowest"
            ),
            Parameter("count", "", default="1", bounds=(1.0, 10_000.0), summary="how many flips"),
            Parameter("spacing", "s", default="1 s", bounds=(1e-6, 600.0), summary="time from one to the next"),
        ),
        requires=NEEDS,
        summary="bits of memory turn over, as radiation and failing cells turn them",
        draws=True,
    ),
    EventSpec(
        ADC_REFERENCE,
        _adc_reference,
        duration_s,
        (
            Parameter("ratio", "", bounds=(0.1, 2.0), summary="reference voltage over what it should be"),
            Parameter("duration", "s", bounds=(1e-6, 3600.0), summary="for how long"),
        ),
        requires=NEEDS,
        summary="the reference of the analogue-to-digital converter drops: everything reads too high",
    ),
    EventSpec(
        BROKEN_FRAME,
        _broken_frame,
        _at_once,
        (
            Parameter("setting", summary="name of a setting, which the rig writes once more as it is set"),
            Parameter("to", of="setting", summary="what is heard in its place, another character of the same line"),
        ),
        requires=(*NEEDS, f"feature:{IMAGE_FEATURE}"),
        summary="a setting is written again, and one of its characters arrives changed, its frame broken",
    ),
    EventSpec(
        UART_NOISE,
        _uart_noise,
        _uart_noise_s,
        (Parameter("bytes", "", default="200", bounds=(1.0, 4096.0), summary="how many, one after the other"),),
        requires=NEEDS,
        summary="garbage arrives on the serial line",
    ),
    EventSpec(
        INTERRUPTS,
        _interrupts,
        _interrupts_s,
        (
            Parameter("count", "", default="8", bounds=(1.0, 1000.0), summary="how many"),
            Parameter("spacing", "s", bounds=(0.01, 600.0), summary="from one to the next"),
            Parameter("step", "s", default="0 s", bounds=(0.0, 1.0), summary="by which each comes later than that"),
            Parameter("duration", "s", default="50 ms", bounds=(0.0001, 60.0), summary="how long each lasts"),
        ),
        requires=("supply.relay",),
        summary="the supply is interrupted again and again, each time later in the course of step, train and pulse",
    ),
)
"""Further entries of `stimrig.events`."""
