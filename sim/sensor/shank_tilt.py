"""The tilt sensor on the shank: its angle from the vertical.

A gyroscope gives the angle from moment to moment and an accelerometer holds it to gravity over many seconds
(complementary filter), so the acceleration of the step itself does not show; what is left is an offset from donning, a
slow wander, noise and a delay (design choice: a bare accelerometer below the knee would be wrong by tens of degrees).

The angle follows the prescribed leg of the stride. From the latest landing of a swing until 60 % of the stance that
follows, the leg of the stride before is led over smoothly into the leg of the new one (fifth-order step), because each
stride has compensation and offsets of its own. Nothing of it depends on a pulse but the compensation, which is decided
at landing: a block may run from one landing to the next.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.body.walker import Walker
from sim.compiled import borrowing
from sim.gait.leg import leg_at
from sim.gait.sitting import shank_lean_rad
from sim.noise import INVERSE_NORMAL, normal_at
from sim.sensor.wander import wander_at
from sim.signal import Signal
from sim.streams import Streams
from sim.timebase import NEVER, TimeNs, first_sample_at_or_after, ns_from_s, sample_period_ns

ROLE: Final = "shank_tilt"
LED_OVER_RATIO: Final = 0.6
"""Part of stance by which the leg is that of its own stride (design choice)."""
_KEPT = 4
"""Curves of this many strides are at hand: more than any block spans."""


@dataclass(frozen=True, slots=True)
class ShankTilt:
    """Description of a shank tilt sensor; positive where the ankle is in front of the knee.

    Numbers are design choices inside the data sheets of small inertial sensors.

    Attributes:
        rate_hz: rate at which the signal is emitted, Hz.
        offset_rad: from donning, rad.
        wander_rad: rms of the slow wander, rad.
        wander_time_s: time between its knots, s.
        noise_rad: rms noise of a sample, rad.
        delay_s: of its filter, s.
        range_rad: largest angle that it shows, rad.
        resolution_rad: step between two values, rad; 0 for none.
        amplitude_bound_rad: stated uncertainty of a value, rad.
    """

    rate_hz: float = field(default=100.0, metadata={"bounds": (10.0, 10_000.0)})
    offset_rad: float = field(default=0.0, metadata={"bounds": (-0.8, 0.8)})
    wander_rad: float = field(default=0.010, metadata={"bounds": (0.0, 0.8)})
    wander_time_s: float = field(default=10.0, metadata={"bounds": (0.1, 3600.0)})
    noise_rad: float = field(default=0.004, metadata={"bounds": (0.0, 0.8)})
    delay_s: float = field(default=0.010, metadata={"bounds": (0.0, 0.2)})
    range_rad: float = field(default=1.5, metadata={"bounds": (0.1, 3.2)})
    resolution_rad: float = field(default=0.0005, metadata={"bounds": (0.0, 0.2)})
    amplitude_bound_rad: float = field(default=0.035, metadata={"bounds": (1e-6, 0.8)})

    @property
    def kind(self) -> str:
        """`shank_tilt`."""
        return ROLE

    @property
    def roles(self) -> tuple[str, ...]:
        """`shank_tilt`."""
        return (ROLE,)

    @property
    def thresholds_v(self) -> None:
        """None: it shows an angle."""
        return None

    @property
    def timing_bound_s(self) -> float:
        """One sample period, s."""
        return 1.0 / self.rate_hz

    @property
    def amplitude_bounds(self) -> dict[str, float]:
        """Stated uncertainty by role, rad."""
        return {ROLE: self.amplitude_bound_rad}


@borrowing
def _phase(m: int, t_ns: int, legs: NDArray[np.int64], shape: NDArray[np.float64]) -> float:
    """Phase of stride m; it stands still in a pause, and after the last stride with the foot flat again."""
    moving = legs[m, 1]
    before = min((t_ns - legs[m, 0]) / moving, shape[m, 0])
    phase = max(before, (t_ns - (legs[m, 2] - moving)) / moving)
    return min(phase, 1.0 + shape[m, 0]) if m == legs.shape[0] - 1 else phase


@borrowing
def shank_rad(
    m: int, t_ns: int, legs: NDArray[np.int64], shape: NDArray[np.float64], curves: NDArray[np.float64]
) -> float:
    """Angle of the shank from the vertical at an instant of stride m, rad.

    Args:
        m: the last stride whose leg has begun.
        t_ns: instant.
        legs: (N + 1, 4) prescribed start, time without pause, end, instant at which the leg of the stride begins.
        shape: (N + 1, 5) phase of the pause, phase by which the leg is its own, slope of the ground (rad), thigh and
            shank (m).
        curves: (4, 200, 16) of strides by their number modulo 4.
    """
    phase = _phase(m, t_ns, legs, shape)
    own = leg_at(curves[m % _KEPT], phase, 1.0, shape[m, 3], shape[m, 4])[0] + shape[m, 2]
    if m == 0 or phase >= shape[m, 1]:
        return own
    start = (legs[m, 3] - legs[m, 0]) / legs[m, 1]
    x = max((phase - start) / (shape[m, 1] - start), 0.0)
    part = x * x * x * (10.0 + x * (6.0 * x - 15.0))
    old_phase = 1.0 + phase * legs[m, 1] / legs[m - 1, 1]
    old = leg_at(curves[(m - 1) % _KEPT], old_phase, 1.0, shape[m, 3], shape[m, 4])[0] + shape[m - 1, 2]
    return old + part * (own - old)


@borrowing
def _emit(
    out: NDArray[np.float64],
    first_index: int,
    period_ns: int,
    first_stride: int,
    legs: NDArray[np.int64],
    shape: NDArray[np.float64],
    curves: NDArray[np.float64],
    delay_ns: int,
    knot_ns: int,
    values: tuple[float, float, float, float, float],
    seated_ns: NDArray[np.int64],
    noise_key: np.uint64,
    wander_key: np.uint64,
    inverse_normal: NDArray[np.float32],
) -> None:
    """Fill `out`; values = offset, wander, noise, range, resolution, rad."""
    m = first_stride
    for j in range(out.size):
        index = first_index + j
        t_ns = max(index * period_ns - delay_ns, 0)
        while m + 1 < legs.shape[0] and legs[m + 1, 3] <= t_ns:
            m += 1
        value = shank_rad(m, t_ns, legs, shape, curves) + values[0]
        value -= shank_lean_rad(t_ns, seated_ns)  # the knee comes forward over the foot
        value += values[1] * wander_at(wander_key, index * period_ns, knot_ns, inverse_normal)
        value += values[2] * normal_at(noise_key, index, inverse_normal)
        value = min(max(value, -values[3]), values[3])
        out[j] = np.rint(value / values[4]) * values[4] if values[4] > 0.0 else value


class ShankTiltSensor:
    """A tilt sensor on one shank.

    Args:
        description: what it is.
        streams: of the case; the streams `sensor.shank_tilt noise` and `sensor.shank_tilt wander` are its own.
    """

    def __init__(self, description: ShankTilt, streams: Streams) -> None:
        d = description
        self.description = d
        self._period_ns, self._delay_ns = sample_period_ns(d.rate_hz), ns_from_s(d.delay_s)
        self._noise_key, self._wander_key = (
            streams.key("sensor.shank_tilt noise"),
            streams.key("sensor.shank_tilt wander"),
        )
        self._values = (d.offset_rad, d.wander_rad, d.noise_rad, d.range_rad, d.resolution_rad)
        self._curves: NDArray[np.float64] = np.empty(0)
        self._legs: NDArray[np.int64] = np.empty((0, 4), np.int64)
        self._shape: NDArray[np.float64] = np.empty((0, 5))
        self._known = 0
        self._stride = 0

    @property
    def roles(self) -> tuple[str, ...]:
        """`shank_tilt`."""
        return self.description.roles

    @property
    def tracks_foot(self) -> bool:
        """False: the shank is prescribed."""
        return False

    def horizon_ns(self, walker: Walker) -> TimeNs:
        """The next instant at which a leg begins whose compensation is not decided yet."""
        self._prepare(walker)
        while self._known < min(len(self._legs), self._stride + _KEPT - 1):
            if self._known > 0 and walker.landing_ns[self._known - 1] == NEVER:
                break
            self._curves[self._known % _KEPT] = walker.stride_curves(self._known)
            self._known += 1
        if self._known == len(self._legs):
            return walker.schedule.end_ns
        return int(self._legs[self._known, 3]) + self._delay_ns

    def emit(self, t0_ns: TimeNs, t1_ns: TimeNs, walker: Walker) -> dict[str, Signal]:
        """The samples that stand in [t0_ns, t1_ns), rad."""
        self._prepare(walker)
        first = first_sample_at_or_after(t0_ns, self._period_ns)
        end = first_sample_at_or_after(t1_ns, self._period_ns)
        out = np.empty(max(0, end - first))
        _emit(
            out,
            first,
            self._period_ns,
            self._stride,
            self._legs,
            self._shape,
            self._curves,
            self._delay_ns,
            ns_from_s(self.description.wander_time_s),
            self._values,
            walker.schedule.seated_ns,
            self._noise_key,
            self._wander_key,
            INVERSE_NORMAL,
        )
        shown_ns = t1_ns - self._delay_ns
        while self._stride + 1 < len(self._legs) and self._legs[self._stride + 1, 3] <= shown_ns:
            self._stride += 1
        return {ROLE: Signal(out, first * self._period_ns, self.description.rate_hz, "rad")}

    def _prepare(self, walker: Walker) -> None:
        if self._curves.size == 0:
            self._legs, self._shape = walker.prescribed_legs(LED_OVER_RATIO)
            self._curves = np.zeros((_KEPT, *walker.stride_curves(0).shape))
