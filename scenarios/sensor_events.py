"""What may happen to the sensor: it sticks to one state, drifts, gets wet, comes loose, loses its radio link."""

from collections.abc import Mapping
from typing import Any, Final

from scenarios.catalogue import EventSpec, Parameter
from scenarios.event_times import duration_s
from scenarios.ramp import Ramp
from sim.sensor.switch_faults import FaultChange, SwitchFault
from sim.sensor.wireless_switch import RadioLoss
from sim.timebase import TimeNs, ns_from_s

RADIO: Final = "sensor.radio_loss"


def _change(fault: SwitchFault, value: float | Ramp, start_ns: TimeNs) -> tuple[FaultChange, ...]:
    if isinstance(value, Ramp):
        return (FaultChange(fault, start_ns, ns_from_s(value.over_s), value.start, value.end),)
    return (FaultChange(fault, start_ns, 0, value, value),)


def _drift(parameters: Mapping[str, Any], start_ns: TimeNs, _: Any) -> tuple[FaultChange, ...]:
    return _change("drift", parameters["lost"], start_ns)


def _moisture(parameters: Mapping[str, Any], start_ns: TimeNs, _: Any) -> tuple[FaultChange, ...]:
    return _change("moisture", parameters["wet"], start_ns)


def _detach(parameters: Mapping[str, Any], start_ns: TimeNs, _: Any) -> tuple[FaultChange, ...]:
    return _change("detachment", parameters["loose"], start_ns)


def _radio_loss(parameters: Mapping[str, Any], start_ns: TimeNs, _: Any) -> tuple[RadioLoss, ...]:
    return (RadioLoss(start_ns, start_ns + ns_from_s(parameters["duration"])),)


def _lasts_s(parameters: Mapping[str, Any]) -> float:
    value = next(iter(parameters.values()))
    return value.over_s if isinstance(value, Ramp) else 0.0


SENSOR_EVENTS: Final = (
    EventSpec(
        "sensor.drift",
        _drift,
        _lasts_s,
        (Parameter("lost", "", ramp=True, bounds=(-5.0, 1.0), summary="share of its conductance that it has lost"),),
        summary="the force-sensing resistor of a switch reads less, so the switch opens earlier",
    ),
    EventSpec(
        "sensor.moisture",
        _moisture,
        _lasts_s,
        (Parameter("wet", "", ramp=True, bounds=(0.0, 1.0), summary="0 % dry, 100 % soaked"),),
        summary="a leak past the resistor of a switch, so it opens later or never",
    ),
    EventSpec(
        "sensor.detach",
        _detach,
        _lasts_s,
        (Parameter("loose", "", ramp=True, bounds=(0.0, 1.0), summary="0 % in place, 100 % gone"),),
        summary="a switch comes loose in the shoe: its contact comes and goes",
    ),
    EventSpec(
        RADIO,
        _radio_loss,
        duration_s,
        (Parameter("duration", "s", bounds=(0.001, 3600.0), summary="for how long nothing gets through"),),
        summary="the link of a wireless switch is down, then needs a while to come back",
    ),
)
"""Further entries of `stimrig.events`."""
