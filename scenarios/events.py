"""The built-in events: what may happen to the floor, the electrodes, the supply, the sensor, the walk, the device."""

from collections.abc import Mapping
from typing import Any, Final

from scenarios.catalogue import EventSpec, Parameter
from scenarios.effects import Effect, SensorOverride
from scenarios.event_times import duration_s
from scenarios.firmware_events import FIRMWARE_EVENTS
from scenarios.protection_events import PROTECTION_EVENTS
from scenarios.ramp import Ramp
from scenarios.roles import MOST_CHANNELS
from scenarios.sensor_events import SENSOR_EVENTS
from scenarios.sensor_fault_events import SENSOR_FAULT_EVENTS
from scenarios.walk_events import WALK_EVENTS
from sim.electrode.placement import ElectrodeShift
from sim.gait.schedule import StrideSchedule
from sim.gait.walk import Rug
from sim.signal import Command
from sim.timebase import NS_PER_MS, TimeNs, ns_from_s

STEP_NS: Final = 10 * NS_PER_MS
"""Ramps reach the bench as steps of this length (design choice: a tenth of a pulse train's shortest ramp)."""


def _steps(target: str, value: float | Ramp, start_ns: TimeNs, channel: int = 0) -> tuple[Effect, ...]:
    if not isinstance(value, Ramp):
        return (Command(start_ns, target, value, channel),)
    over_ns = ns_from_s(value.over_s)
    offsets = [*range(0, over_ns, STEP_NS), over_ns]
    return tuple(Command(start_ns + offset, target, value.at(offset / 1e9), channel) for offset in offsets)


def _ramp_s(value: float | Ramp) -> float:
    return value.over_s if isinstance(value, Ramp) else 0.0


def _contact_s(parameters: Mapping[str, Any]) -> float:
    return _ramp_s(parameters["contact"])


def _voltage_s(parameters: Mapping[str, Any]) -> float:
    return _ramp_s(parameters["voltage"])


def _instant(_: Mapping[str, Any]) -> float:
    return 0.0


def _rug(parameters: Mapping[str, Any], start_ns: TimeNs, _: StrideSchedule) -> tuple[Effect, ...]:
    return (Rug(start_ns, parameters["height"], parameters["length"]),)


def _peel(parameters: Mapping[str, Any], start_ns: TimeNs, _: StrideSchedule) -> tuple[Effect, ...]:
    return _steps("contact", parameters["contact"], start_ns, _channel(parameters))


def _lift(parameters: Mapping[str, Any], start_ns: TimeNs, _: StrideSchedule) -> tuple[Effect, ...]:
    return (Command(start_ns, "contact", 0.0, _channel(parameters)),)


def _restore(parameters: Mapping[str, Any], start_ns: TimeNs, _: StrideSchedule) -> tuple[Effect, ...]:
    return (Command(start_ns, "contact", 1.0, _channel(parameters)),)


def _shift(parameters: Mapping[str, Any], start_ns: TimeNs, _: StrideSchedule) -> tuple[Effect, ...]:
    return (ElectrodeShift(start_ns, parameters["by"]),)


def _swap(parameters: Mapping[str, Any], start_ns: TimeNs, _: StrideSchedule) -> tuple[Effect, ...]:
    polarity = 1 if parameters.get("leads") == "straight" else -1
    return (Command(start_ns, "polarity", polarity, _channel(parameters)),)


def _channel(parameters: Mapping[str, Any]) -> int:
    """Channel that an event of the electrodes concerns, 0 for all."""
    word = str(parameters.get("channel", "all"))
    return 0 if word == "all" else int(word)


def _sag(parameters: Mapping[str, Any], start_ns: TimeNs, _: StrideSchedule) -> tuple[Effect, ...]:
    return _steps("supply", parameters["voltage"], start_ns)


def _stuck(parameters: Mapping[str, Any], start_ns: TimeNs, _: StrideSchedule) -> tuple[Effect, ...]:
    return (SensorOverride(start_ns, start_ns + ns_from_s(parameters["duration"]), parameters["state"]),)


def _stop_button(_: Mapping[str, Any], start_ns: TimeNs, _schedule: StrideSchedule) -> tuple[Effect, ...]:
    return (Command(start_ns, "button", "stop"),)


def _setting(parameters: Mapping[str, Any], start_ns: TimeNs, _: StrideSchedule) -> tuple[Effect, ...]:
    return (Command(start_ns, "setting", (parameters["setting"], parameters["value"])),)


def _load(parameters: Mapping[str, Any], start_ns: TimeNs, _: StrideSchedule) -> tuple[Effect, ...]:
    return (Command(start_ns, "load", parameters["load"], _channel(parameters)),)


def _fault(parameters: Mapping[str, Any], start_ns: TimeNs, _: StrideSchedule) -> tuple[Effect, ...]:
    return (Command(start_ns, "fault", (parameters["defect"], parameters["dose"])),)


def _nothing(_: Mapping[str, Any], _start_ns: TimeNs, _schedule: StrideSchedule) -> tuple[Effect, ...]:
    return ()


_ELECTRODE: Final = Parameter(
    "electrode",
    choices=("active", "indifferent"),
    default="active",
    summary="which electrode; the two are one circuit, so either gives the same current",
)

_CHANNEL: Final = Parameter(
    "channel",
    choices=("all", *(str(number) for number in range(1, MOST_CHANNELS + 1))),
    default="all",
    summary="stimulation channel whose electrodes they are",
)

EVENTS: Final = (
    EventSpec(
        "terrain.rug",
        _rug,
        _instant,
        (
            Parameter("height", "m", bounds=(0.0, 0.05), summary="height above the floor"),
            Parameter("length", "m", default="1.5 m", bounds=(0.05, 100.0), summary="extent in walking direction"),
        ),
        summary="a rug whose near edge lies under the foot at this instant",
    ),
    EventSpec(
        "electrode.peel",
        _peel,
        _contact_s,
        (
            _ELECTRODE,
            Parameter("contact", "", ramp=True, bounds=(0.0, 1.0), summary="contact area, 100 % = all of it"),
            _CHANNEL,
        ),
        requires=("contact",),
        summary="an electrode comes off gradually",
    ),
    EventSpec(
        "electrode.lift",
        _lift,
        _instant,
        (_ELECTRODE, _CHANNEL),
        requires=("contact",),
        summary="an electrode comes off at once",
    ),
    EventSpec(
        "electrode.restore",
        _restore,
        _instant,
        (_ELECTRODE, _CHANNEL),
        requires=("contact",),
        summary="an electrode sits fully again",
    ),
    EventSpec(
        "electrode.swap",
        _swap,
        _instant,
        (
            Parameter(
                "leads",
                choices=("crossed", "straight"),
                default="crossed",
                summary="from here on: crossed, or straight again",
            ),
            _CHANNEL,
        ),
        requires=("polarity",),
        summary="the two leads change places",
    ),
    EventSpec(
        "electrode.shift",
        _shift,
        _instant,
        (
            Parameter(
                "by", "m", bounds=(-0.05, 0.05), summary="along the fibular head; negative: to the superficial branch"
            ),
        ),
        summary="the electrodes on the skin slip to another place",
    ),
    EventSpec(
        "supply.sag",
        _sag,
        _voltage_s,
        (Parameter("voltage", "V", ramp=True, bounds=(0.0, 30.0), summary="supply voltage from here on"),),
        requires=("supply",),
        summary="the supply voltage changes",
    ),
    EventSpec(
        "sensor.stuck",
        _stuck,
        duration_s,
        (
            Parameter("state", choices=("open", "closed"), summary="what the sensor shows"),
            Parameter("duration", "s", bounds=(0.001, 3600.0), summary="for how long"),
        ),
        summary="the sensor stops telling the truth",
    ),
    *SENSOR_EVENTS,
    *SENSOR_FAULT_EVENTS,
    *PROTECTION_EVENTS,
    *FIRMWARE_EVENTS,
    EventSpec("button.stop", _stop_button, _instant, requires=("button.stop",), summary="the user presses stop"),
    EventSpec(
        "terrain.threshold",
        _rug,
        _instant,
        (
            Parameter("height", "m", default="18 mm", bounds=(0.005, 0.05), summary="height; 15-20 mm are usual"),
            Parameter("length", "m", default="100 mm", bounds=(0.01, 1.0), summary="extent in walking direction"),
        ),
        summary="a door threshold whose near edge lies under the foot at this instant",
    ),
    EventSpec(
        "terrain.obstacle",
        _rug,
        _instant,
        (
            Parameter("height", "m", bounds=(0.0, 0.05), summary="height above the floor"),
            Parameter("length", "m", default="60 mm", bounds=(0.01, 1.0), summary="extent in walking direction"),
        ),
        summary="a thing on the floor, unseen, whose near edge lies under the foot at this instant",
    ),
    *WALK_EVENTS,
    EventSpec("mark", _nothing, _instant, summary="a name for an instant, to begin or end a check's `during`"),
    EventSpec(
        "setting.change",
        _setting,
        _instant,
        (
            Parameter("setting", summary="name of a setting of the device"),
            Parameter("value", of="setting", summary="its new value, with unit"),
        ),
        requires=("setting",),
        summary="a setting of the device changes",
    ),
    EventSpec(
        "load.change",
        _load,
        _instant,
        (Parameter("load", of="load", summary="a load by name, or {r: , r_p: , c_p: }"), _CHANNEL),
        requires=("load",),
        summary="the electrical load changes",
    ),
    EventSpec(
        "fault.inject",
        _fault,
        _instant,
        (
            Parameter("defect", summary="name of a seeded defect of the device model"),
            Parameter("dose", of="defect", summary="its dose, with unit"),
        ),
        requires=("fault",),
        summary="a seeded defect of the device model begins",
    ),
)
"""What the entry point `stimrig.events` gives."""
