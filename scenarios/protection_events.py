"""What tries the protections of a device: its power and supply, its buttons, a short circuit, a firmware that hangs.

The commands behind them are words that every bench understands (`sim.signal.Command`): target `supply` takes `off` and
`on` beside a voltage, as a relay in the supply line does; `button` takes `stop`, `release`, `power_off`, `power_on` and
`rearm` (the key, or the amplitude control turned down to its minimum and up again); `load` takes None for the load of
the case; `fault` takes `hang`, which happens to a sound device too: its dose is how long nobody resets it.
"""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from scenarios.catalogue import EventSpec, Parameter
from scenarios.event_times import duration_s
from scenarios.roles import MOST_CHANNELS
from sim.electrode.load import Load
from sim.signal import Command
from sim.timebase import TimeNs, ns_from_s

INTERRUPT: Final = "supply.interrupt"
POWER_OFF: Final = "device.power_off"
POWER_ON: Final = "device.power_on"
ARM: Final = "device.arm"
SHORT: Final = "load.short"
HANG: Final = "firmware.hang"
SWEEP: Final = "setting.sweep"
RELEASE: Final = "button.release"
PRESSES: Final = "button.presses"
REARM: Final = "rearm"
"""Button with which a device is armed."""

_CHANNEL: Final = Parameter(
    "channel",
    choices=("all", *(str(number) for number in range(1, MOST_CHANNELS + 1))),
    default="all",
    summary="stimulation channel whose leads they are",
)


def _instant(_: Mapping[str, Any]) -> float:
    return 0.0


def _interrupt(parameters: Mapping[str, Any], start_ns: TimeNs, _: Any) -> tuple[Command, ...]:
    end_ns = start_ns + ns_from_s(parameters["duration"])
    return Command(start_ns, "supply", "off"), Command(end_ns, "supply", "on")


def _power_off(_: Mapping[str, Any], start_ns: TimeNs, _schedule: Any) -> tuple[Command, ...]:
    return (Command(start_ns, "button", "power_off"),)


def _power_on(_: Mapping[str, Any], start_ns: TimeNs, _schedule: Any) -> tuple[Command, ...]:
    return (Command(start_ns, "button", "power_on"),)


def _arm(_: Mapping[str, Any], start_ns: TimeNs, _schedule: Any) -> tuple[Command, ...]:
    return (Command(start_ns, "button", REARM),)


def _release(_: Mapping[str, Any], start_ns: TimeNs, _schedule: Any) -> tuple[Command, ...]:
    return (Command(start_ns, "button", "release"),)


def _presses_s(parameters: Mapping[str, Any]) -> float:
    return float(parameters["count"] * parameters["spacing"])


def _presses(
    parameters: Mapping[str, Any], start_ns: TimeNs, _: Any, chance: np.random.Generator
) -> tuple[Command, ...]:
    """Press k comes at a random instant of the first half of its span, the release at the end of the span."""
    spacing_ns = ns_from_s(parameters["spacing"])
    commands: list[Command] = []
    for k in range(int(parameters["count"])):
        at_ns = start_ns + k * spacing_ns
        commands.append(Command(at_ns + int(chance.random() * (spacing_ns // 2)), "button", "stop"))
        commands.append(Command(at_ns + spacing_ns - 1, "button", "release"))
    return tuple(commands)


def _short(parameters: Mapping[str, Any], start_ns: TimeNs, _: Any) -> tuple[Command, ...]:
    word = str(parameters["channel"])
    channel = 0 if word == "all" else int(word)
    end_ns = start_ns + ns_from_s(parameters["duration"])
    short = Load(series_ohm=parameters["resistance"])
    return Command(start_ns, "load", short, channel), Command(end_ns, "load", None, channel)


def _sweep_s(parameters: Mapping[str, Any]) -> float:
    return float(parameters["over"])


def _sweep(parameters: Mapping[str, Any], start_ns: TimeNs, _: Any) -> tuple[Command, ...]:
    steps, first, last = int(parameters["steps"]), parameters["from"], parameters["to"]
    over_ns = ns_from_s(parameters["over"])
    return tuple(
        Command(
            start_ns + over_ns * k // steps,
            "setting",
            (parameters["setting"], last if k == steps else first + (last - first) * k / steps),
        )
        for k in range(steps + 1)
    )


def _hang(parameters: Mapping[str, Any], start_ns: TimeNs, _: Any) -> tuple[Command, ...]:
    return (Command(start_ns, "fault", ("hang", parameters["unless_reset"])),)


PROTECTION_EVENTS: Final = (
    EventSpec(
        INTERRUPT,
        _interrupt,
        duration_s,
        (Parameter("duration", "s", bounds=(0.001, 60.0), summary="for how long; 10 ms to 10 s are usual"),),
        requires=("supply.relay",),
        summary="the supply is interrupted and comes back as it was",
    ),
    EventSpec(POWER_OFF, _power_off, _instant, requires=("button.power",), summary="the device is switched off"),
    EventSpec(
        POWER_ON,
        _power_on,
        _instant,
        requires=("button.power",),
        summary="the device is switched on, its amplitude control where it was",
    ),
    EventSpec(
        ARM,
        _arm,
        _instant,
        requires=("button.rearm",),
        summary="the device is armed: its key, or the amplitude control at its minimum and up again",
    ),
    EventSpec(
        RELEASE,
        _release,
        _instant,
        requires=("button.stop",),
        summary="the stop button is let go: stimulation may go on",
    ),
    EventSpec(
        PRESSES,
        _presses,
        _presses_s,
        (
            Parameter("count", "", default="8", bounds=(1.0, 1000.0), summary="how many presses"),
            Parameter(
                "spacing",
                "s",
                default="3 s",
                bounds=(0.2, 600.0),
                summary="time of one press, its release and the next",
            ),
        ),
        requires=("button.stop",),
        summary="stop pressed again and again at random phases of step, train and pulse, released in between",
        draws=True,
    ),
    EventSpec(
        SHORT,
        _short,
        duration_s,
        (
            Parameter("duration", "s", bounds=(0.001, 3600.0), summary="for how long"),
            Parameter("resistance", "ohm", default="5 ohm", bounds=(0.01, 1000.0), summary="of the short circuit"),
            _CHANNEL,
        ),
        requires=("load",),
        summary="the electrode leads touch, then part again",
    ),
    EventSpec(
        SWEEP,
        _sweep,
        _sweep_s,
        (
            Parameter("setting", summary="name of a setting of the device"),
            Parameter("from", of="setting", summary="its value at the start, with unit"),
            Parameter("to", of="setting", summary="its value at the end, with unit"),
            Parameter("over", "s", bounds=(0.001, 600.0), summary="how long it takes"),
            Parameter("steps", "", default="20", bounds=(1.0, 10_000.0), summary="in how many equal steps"),
        ),
        requires=("setting",),
        summary="a control is turned, or a remote writes a setting again and again",
    ),
    EventSpec(
        HANG,
        _hang,
        _instant,
        (
            Parameter(
                "unless_reset",
                "s",
                default="3600 s",
                bounds=(0.001, 3600.0),
                summary="for how long, where no watchdog ends it",
            ),
        ),
        requires=("fault",),
        summary="the device's firmware stops dead, in the middle of whatever it does",
    ),
)
"""Further entries of `stimrig.events`."""
