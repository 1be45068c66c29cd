"""What goes wrong between a sensor and the device: frozen, not a number, at a rail, broken off, noisy, struck, turned.

The faults lie on the line, behind the sensor: the leg and the sensor do what they would have done. A sensor without
faults is not wrapped, so nothing of it changes. All samples stand on the absolute grid of the sensor; noise and spikes
are functions of the sample's index and instant, so no cut of the time axis changes them.

* `frozen`: the last sample before the fault stands still, as a sensor whose bus has hung shows it.
* `nan`: not a number, as a driver gives for a frame that failed its checksum.
* `high`, `low`: the end of the range (a short to the supply, to ground).
* `broken`: the lead has come off: the input floats around the middle of the range with the hum of the mains, a tenth
  of the span of the range high (design choice).
* `noise`: white noise on top, as a part of the span.
* `spikes`: pulses on top, each a part of the span high, up or down.
* `turned`: the axes of a motion sensor change places or signs, as when it is put in the wrong way.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.body.walker import Walker
from sim.compiled import borrowing
from sim.noise import INVERSE_NORMAL, normal_at
from sim.sensor.foot_imu import FORCES, FootImu
from sim.sensor.sensor import Sensor, SensorDescription
from sim.sensor.shank_tilt import ShankTilt
from sim.sensor.switch_faults import SUPPLY_V
from sim.signal import Signal
from sim.streams import Streams
from sim.timebase import TimeNs

LineFault: TypeAlias = Literal["frozen", "nan", "high", "low", "broken", "noise", "spikes", "turned"]
Turn: TypeAlias = Literal["x_z", "back_to_front", "upside_down"]
MAINS_HZ: Final = 50.0
HUM_RATIO: Final = 0.1
_STILL: Final = ("frozen", "nan", "high", "low", "broken")
TURNS: Final[dict[Turn, tuple[tuple[int, float], ...]]] = {
    "x_z": ((2, 1.0), (1, 1.0), (0, -1.0)),
    "back_to_front": ((0, -1.0), (1, 1.0), (2, -1.0)),
    "upside_down": ((0, 1.0), (1, -1.0), (2, -1.0)),
}
"""For each axis shown: the axis that it was, and its sign; turned by 90 degrees about y, by 180 about y, about x."""


@dataclass(frozen=True, slots=True)
class SignalFault:
    """A fault of the line from `t0_ns` until `t1_ns` (not included), on every role of the sensor.

    Attributes:
        kind: see the module.
        t0_ns: first instant.
        t1_ns: end, not included.
        size_ratio: rms of the noise or height of the spikes, as a part of the span of the sensor's range.
        spikes_ns: instant of each spike, in order.
        signs: +1 or -1 of each spike.
        width_ns: of a spike.
        turn: of a sensor that is turned.
    """

    kind: LineFault
    t0_ns: TimeNs
    t1_ns: TimeNs
    size_ratio: float = 0.0
    spikes_ns: tuple[TimeNs, ...] = ()
    signs: tuple[int, ...] = ()
    width_ns: TimeNs = 0
    turn: Turn = "x_z"


def rails(description: SensorDescription) -> dict[str, tuple[float, float]]:
    """Role -> lowest and highest value that the line can carry, in the unit of the role."""
    if isinstance(description, FootImu):
        force, rate = description.force_range_m_s2, description.rate_range_rad_s
        return {role: (-force, force) if role in FORCES else (-rate, rate) for role in description.roles}
    if isinstance(description, ShankTilt):
        return dict.fromkeys(description.roles, (-description.range_rad, description.range_rad))
    return dict.fromkeys(description.roles, (0.0, SUPPLY_V))


@borrowing
def _add_noise(
    out: NDArray[np.float64], places: NDArray[np.int64], first: int, rms: float, key: np.uint64, table: NDArray[Any]
) -> None:
    for place in places:
        out[place] += rms * normal_at(key, first + place, table)


class FaultySensor:
    """A sensor behind a line with faults.

    Args:
        sensor: the sound sensor.
        description: of it.
        faults: of its line.
        streams: of the case; `sensor.line noise ROLE` is the noise of a role.
    """

    def __init__(
        self, sensor: Sensor, description: SensorDescription, faults: tuple[SignalFault, ...], streams: Streams
    ) -> None:
        self._sensor = sensor
        self._faults = tuple(sorted(faults, key=lambda fault: fault.t0_ns))
        self._rails = rails(description)
        self._keys = {role: streams.key(f"sensor.line noise {role}") for role in sensor.roles}
        self._before: dict[str, float] = {}

    @property
    def roles(self) -> tuple[str, ...]:
        """Roles of the sensor."""
        return self._sensor.roles

    @property
    def tracks_foot(self) -> bool:
        """As the sensor."""
        return self._sensor.tracks_foot

    def horizon_ns(self, walker: Walker) -> TimeNs:
        """As the sensor."""
        return self._sensor.horizon_ns(walker)

    def emit(self, t0_ns: TimeNs, t1_ns: TimeNs, walker: Walker) -> Mapping[str, Signal]:
        """What reaches the device in [t0_ns, t1_ns)."""
        sound = self._sensor.emit(t0_ns, t1_ns, walker)
        shown = {role: signal.values() for role, signal in sound.items()}
        for fault in self._faults:
            if fault.t0_ns < t1_ns and fault.t1_ns > t0_ns:
                self._put(fault, shown, sound)
        self._remember(shown)
        return {role: Signal(shown[role], s.t0_ns, s.rate_hz, s.unit) for role, s in sound.items()}

    def _remember(self, shown: Mapping[str, NDArray[np.float64]]) -> None:
        """The last value of each role: a fault that freezes the line in the next block needs it."""
        for role, values in shown.items():
            if values.size:
                self._before[role] = float(values[-1])

    def _put(self, fault: SignalFault, shown: dict[str, NDArray[np.float64]], sound: Mapping[str, Signal]) -> None:
        turned = _turned(fault.turn, shown) if fault.kind == "turned" else {}
        for role, signal in sound.items():
            t_ns = signal.t0_ns + np.arange(shown[role].size) * signal.period_ns
            places = np.flatnonzero((t_ns >= fault.t0_ns) & (t_ns < fault.t1_ns))
            if not places.size:
                continue
            low, high = self._rails[role]
            values = shown[role] = shown[role].copy()
            if fault.kind == "turned":
                values[places] = turned.get(role, values)[places]
            elif fault.kind == "spikes":
                values[places] += _spikes(fault, t_ns[places]) * fault.size_ratio * (high - low)
            elif fault.kind == "noise":
                rms = fault.size_ratio * (high - low)
                _add_noise(values, places, signal.first_index, rms, self._keys[role], INVERSE_NORMAL)
            else:
                values[places] = self._still(fault, role, values, int(places[0]), t_ns[places])
            if fault.kind in {"spikes", "noise"}:
                values[places] = np.clip(values[places], low, high)

    def _still(
        self, fault: SignalFault, role: str, values: NDArray[np.float64], first: int, t_ns: NDArray[np.int64]
    ) -> NDArray[np.float64] | float:
        """What a line shows that carries nothing of the sensor."""
        low, high = self._rails[role]
        if fault.kind == "frozen":
            return float(values[first - 1]) if first else self._before.get(role, float(values[0]))
        if fault.kind == "broken":
            hum = HUM_RATIO * np.sin(2.0 * math.pi * MAINS_HZ * (t_ns * 1e-9))
            return 0.5 * (low + high) + hum * (high - low)
        return {"nan": math.nan, "high": high, "low": low}[fault.kind]


def _spikes(fault: SignalFault, t_ns: NDArray[np.int64]) -> NDArray[np.float64]:
    """Which spike each instant falls into, as its sign; 0 for none."""
    starts = np.array(fault.spikes_ns, np.int64)
    latest = np.searchsorted(starts, t_ns, "right") - 1
    struck = (latest >= 0) & (t_ns - starts[np.maximum(latest, 0)] < fault.width_ns)
    return np.where(struck, np.array(fault.signs, np.float64)[np.maximum(latest, 0)], 0.0)


def _turned(turn: Turn, shown: Mapping[str, NDArray[np.float64]]) -> dict[str, NDArray[np.float64]]:
    """The signals of a motion sensor that was put in the wrong way."""
    found: dict[str, NDArray[np.float64]] = {}
    for kind in "ag":
        for axis, (source, sign) in zip("xyz", TURNS[turn], strict=True):
            found[f"foot_imu.{kind}{axis}"] = sign * shown[f"foot_imu.{kind}{'xyz'[source]}"]
    return found
