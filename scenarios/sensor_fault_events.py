"""What may happen on the line between a sensor and the device, and to the packets of a wireless one."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

import numpy as np

from scenarios.catalogue import EventSpec, Parameter
from scenarios.event_times import duration_s
from sim.sensor.signal_faults import TURNS, LineFault, SignalFault
from sim.sensor.wireless_switch import RadioTrouble
from sim.timebase import TimeNs, ns_from_s

TURNED: Final = "sensor.turned"
PACKETS: Final = "sensor.packets"
SPIKES: Final = "sensor.spikes"

_DURATION: Final = Parameter("duration", "s", bounds=(0.001, 3600.0), summary="for how long")


def _end_ns(parameters: Mapping[str, Any], start_ns: TimeNs) -> TimeNs:
    return start_ns + ns_from_s(parameters["duration"])


def _of_line(kind: LineFault, parameters: Mapping[str, Any], start_ns: TimeNs, _: Any) -> tuple[SignalFault, ...]:
    return (SignalFault(kind, start_ns, _end_ns(parameters, start_ns)),)


def _line(kind: LineFault) -> Callable[..., tuple[SignalFault, ...]]:
    return partial(_of_line, kind)  # a case travels to its worker process, a closure cannot


def _rail(parameters: Mapping[str, Any], start_ns: TimeNs, _: Any) -> tuple[SignalFault, ...]:
    return (SignalFault(parameters["end"], start_ns, _end_ns(parameters, start_ns)),)


def _noise(parameters: Mapping[str, Any], start_ns: TimeNs, _: Any) -> tuple[SignalFault, ...]:
    return (SignalFault("noise", start_ns, _end_ns(parameters, start_ns), parameters["rms"]),)


def _turn(parameters: Mapping[str, Any], start_ns: TimeNs, _: Any) -> tuple[SignalFault, ...]:
    return (SignalFault("turned", start_ns, _end_ns(parameters, start_ns), turn=parameters["how"]),)


def _spikes(
    parameters: Mapping[str, Any], start_ns: TimeNs, _: Any, chance: np.random.Generator
) -> tuple[SignalFault, ...]:
    """One spike at a random instant of each of `count` equal parts of the duration, up or down at random."""
    count, end_ns = int(parameters["count"]), _end_ns(parameters, start_ns)
    part_ns, width_ns = (end_ns - start_ns) / count, ns_from_s(parameters["width"])
    free_ns = max(0.0, part_ns - width_ns)
    at = tuple(start_ns + int(k * part_ns + free_ns * share) for k, share in enumerate(chance.random(count)))
    signs = tuple(int(sign) for sign in np.where(chance.random(count) < 0.5, -1, 1))
    return (SignalFault("spikes", start_ns, end_ns, parameters["height"], at, signs, width_ns),)


def _packets(parameters: Mapping[str, Any], start_ns: TimeNs, _: Any) -> tuple[RadioTrouble, ...]:
    trouble = RadioTrouble(
        start_ns,
        _end_ns(parameters, start_ns),
        loss_ratio=parameters["lost"],
        duplicate_ratio=parameters["twice"],
        late_ratio=parameters["late"],
        late_s=parameters["by"],
    )
    return (trouble,)


def _share(name: str, summary: str) -> Parameter:
    return Parameter(name, "", default="0 %", bounds=(0.0, 1.0), summary=summary)


SENSOR_FAULT_EVENTS: Final = (
    EventSpec(
        "sensor.frozen",
        _line("frozen"),
        duration_s,
        (_DURATION,),
        summary="the sensor's last value stands still, on every axis",
    ),
    EventSpec(
        "sensor.nan",
        _line("nan"),
        duration_s,
        (_DURATION,),
        summary="the sensor gives no number, as after a broken frame on its bus",
    ),
    EventSpec(
        "sensor.rail",
        _rail,
        duration_s,
        (Parameter("end", choices=("high", "low"), summary="which end of its range"), _DURATION),
        summary="the sensor's line is shorted: it stands at one end of its range",
    ),
    EventSpec(
        "sensor.broken",
        _line("broken"),
        duration_s,
        (_DURATION,),
        summary="the sensor's lead has come off: the input floats in mid-range with the hum of the mains",
    ),
    EventSpec(
        "sensor.noise",
        _noise,
        duration_s,
        (
            Parameter("rms", "", bounds=(0.0, 10.0), summary="of the noise, as a part of the span of its range"),
            _DURATION,
        ),
        summary="white noise on the sensor's line",
    ),
    EventSpec(
        SPIKES,
        _spikes,
        duration_s,
        (
            Parameter("count", "", bounds=(1.0, 100_000.0), summary="how many, spread at random over the duration"),
            Parameter("height", "", default="100 %", bounds=(0.0, 10.0), summary="as a part of the span of its range"),
            Parameter("width", "s", default="2 ms", bounds=(1e-6, 1.0), summary="how long each lasts"),
            _DURATION,
        ),
        summary="spikes on the sensor's line, up or down, as a discharge or a switching load couples them in",
        draws=True,
    ),
    EventSpec(
        TURNED,
        _turn,
        duration_s,
        (
            Parameter(
                "how",
                choices=tuple(TURNS),
                summary="x and z change places, x and z point back, or y and z point down",
            ),
            _DURATION,
        ),
        summary="the motion sensor sits the wrong way: its axes are not those that the device expects",
    ),
    EventSpec(
        PACKETS,
        _packets,
        duration_s,
        (
            _share("lost", "share of packets that never arrive"),
            _share("twice", "share of packets that arrive a second time"),
            _share("late", "share of packets that arrive late, behind newer ones"),
            Parameter("by", "s", default="100 ms", bounds=(0.0, 10.0), summary="how late those are"),
            _DURATION,
        ),
        summary="packets of a wireless switch are lost, doubled or late",
    ),
)
"""Further entries of `stimrig.events`."""
