"""The inertial sensor on the foot: three accelerometers and three gyroscopes.

Axes of the foot (Wu & Cavanagh 1995): x along the sole to the toes, y out of the instep, z to the right. An
accelerometer shows specific force, acceleration less gravity: +9.81 m/s^2 along y with the foot flat at rest. The walk
lies in the sagittal plane, so the foot turns about z only; what the other axes show is the error of mounting.

    shown = round(clip(R f + bias + noise))

R is the rotation by a small vector that is drawn once a case, as the bias is. A right foot is the mirror image of a
left one: z force, x and y rate change sign.
"""

import math
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from sim.body.walker import Walker
from sim.compiled import borrowing
from sim.noise import INVERSE_NORMAL, normal_at
from sim.sensor.foot_path import FootPath
from sim.signal import Signal
from sim.streams import Streams
from sim.timebase import TimeNs, first_sample_at_or_after, sample_period_ns

FORCES: Final = ("foot_imu.ax", "foot_imu.ay", "foot_imu.az")
RATES: Final = ("foot_imu.gx", "foot_imu.gy", "foot_imu.gz")
ROLES: Final[tuple[str, ...]] = (*FORCES, *RATES)
_MIRRORED: Final = np.array([1.0, 1.0, -1.0, -1.0, -1.0, 1.0])


@dataclass(frozen=True, slots=True)
class FootImu:
    """Description of a foot IMU; numbers are design choices inside the data sheets of small inertial sensors.

    Attributes:
        rate_hz: rate at which the signals are emitted, Hz.
        x_m: its place, forward of the ankle along the sole, m.
        y_m: above the ankle, m (the sole lies 85 mm below it).
        mounting_error_rad: rms of its rotation against the foot about each axis, rad; drawn once.
        force_bias_m_s2: rms bias of an accelerometer, m/s^2; drawn once.
        rate_bias_rad_s: rms bias of a gyroscope, rad/s; drawn once.
        force_noise_m_s2: rms noise of a sample, m/s^2.
        rate_noise_rad_s: rms noise of a sample, rad/s.
        force_range_m_s2: largest specific force that it shows, m/s^2 (16 g).
        rate_range_rad_s: largest rate that it shows, rad/s (2000 deg/s).
        force_resolution_m_s2: step between two values, m/s^2; 0 for none.
        rate_resolution_rad_s: the same, rad/s.
        force_bound_m_s2: stated uncertainty of a specific force, m/s^2.
        rate_bound_rad_s: stated uncertainty of a rate, rad/s.
    """

    rate_hz: float = field(default=100.0, metadata={"bounds": (10.0, 10_000.0)})
    x_m: float = field(default=0.06, metadata={"bounds": (-0.1, 0.25)})
    y_m: float = field(default=-0.03, metadata={"bounds": (-0.1, 0.1)})
    mounting_error_rad: float = field(default=0.035, metadata={"bounds": (0.0, 0.8)})
    force_bias_m_s2: float = field(default=0.10, metadata={"bounds": (0.0, 20.0)})
    rate_bias_rad_s: float = field(default=0.009, metadata={"bounds": (0.0, 2.0)})
    force_noise_m_s2: float = field(default=0.03, metadata={"bounds": (0.0, 20.0)})
    rate_noise_rad_s: float = field(default=0.003, metadata={"bounds": (0.0, 2.0)})
    force_range_m_s2: float = field(default=156.9064, metadata={"bounds": (1.0, 10_000.0)})
    rate_range_rad_s: float = field(default=34.906585, metadata={"bounds": (0.1, 1_000.0)})
    force_resolution_m_s2: float = field(default=0.0048, metadata={"bounds": (0.0, 10.0)})
    rate_resolution_rad_s: float = field(default=0.0011, metadata={"bounds": (0.0, 1.0)})
    force_bound_m_s2: float = field(default=1.0, metadata={"bounds": (1e-6, 100.0)})
    rate_bound_rad_s: float = field(default=0.1, metadata={"bounds": (1e-6, 100.0)})

    @property
    def kind(self) -> str:
        """`foot_imu`."""
        return "foot_imu"

    @property
    def roles(self) -> tuple[str, ...]:
        """Three specific forces, three rates."""
        return ROLES

    @property
    def thresholds_v(self) -> None:
        """None: it shows forces and rates."""
        return None

    @property
    def timing_bound_s(self) -> float:
        """One sample period, s."""
        return 1.0 / self.rate_hz

    @property
    def amplitude_bounds(self) -> dict[str, float]:
        """Stated uncertainty by role."""
        return {role: self.force_bound_m_s2 if role in FORCES else self.rate_bound_rad_s for role in ROLES}


def rotation(vector_rad: NDArray[np.float64]) -> NDArray[np.float64]:
    """Matrix that turns by |v| about v (Rodrigues), (3, 3).

    Args:
        vector_rad: (3,), rad.
    """
    angle = float(np.linalg.norm(vector_rad))
    if angle < 1e-12:
        return np.eye(3)
    x, y, z = vector_rad / angle
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.eye(3) + math.sin(angle) * cross + (1.0 - math.cos(angle)) * cross @ cross


@borrowing
def _shown(
    out: NDArray[np.float64],
    motion: NDArray[np.float64],
    first_index: int,
    turn: NDArray[np.float64],
    errors: NDArray[np.float64],
    keys: NDArray[np.uint64],
    inverse_normal: NDArray[np.float32],
) -> None:
    """Fill `out` (6, n) from angle, rate and specific force; errors = rows of bias, noise, range, resolution, sign."""
    for j in range(out.shape[1]):
        for axis in range(3):
            out[axis, j] = turn[axis, 0] * motion[2, j] + turn[axis, 1] * motion[3, j]
            out[3 + axis, j] = turn[axis, 2] * motion[1, j]
        for channel in range(6):
            noise = errors[1, channel] * normal_at(keys[channel], first_index + j, inverse_normal)
            value = out[channel, j] + errors[0, channel] + noise
            value = min(max(value, -errors[2, channel]), errors[2, channel])
            step = errors[3, channel]
            out[channel, j] = errors[4, channel] * (np.rint(value / step) * step if step > 0.0 else value)


class FootImuSensor:
    """An inertial sensor on one foot.

    Args:
        description: what it is.
        streams: of the case; `sensor.foot_imu` draws how it is mounted, `sensor.foot_imu ROLE` is the noise of a role.
        leg: on which it is worn.
    """

    def __init__(self, description: FootImu, streams: Streams, leg: Literal["left", "right"] = "left") -> None:
        d = description
        self.description = d
        self._period_ns = sample_period_ns(d.rate_hz)
        self._path = FootPath(d.x_m, d.y_m)
        drawn = streams.generator("sensor.foot_imu").standard_normal(9)
        self._turn = rotation(d.mounting_error_rad * drawn[:3])
        by_kind = (
            (d.force_bias_m_s2, d.force_noise_m_s2, d.force_range_m_s2, d.force_resolution_m_s2),
            (d.rate_bias_rad_s, d.rate_noise_rad_s, d.rate_range_rad_s, d.rate_resolution_rad_s),
        )
        self._errors = np.ones((5, 6))
        self._errors[:4] = np.repeat(np.array(by_kind).T, 3, axis=1)
        self._errors[0] *= drawn[3:]
        self._errors[4] = _MIRRORED if leg == "right" else 1.0
        self._keys = np.array([streams.key(f"sensor.{role}") for role in ROLES], np.uint64)

    @property
    def roles(self) -> tuple[str, ...]:
        """Three specific forces, three rates."""
        return ROLES

    @property
    def tracks_foot(self) -> bool:
        """True: it shows how the foot moves between the steps of the body."""
        return True

    def horizon_ns(self, walker: Walker) -> TimeNs:
        """As far as the body is known, and over stance to toe-off, which needs no pulse."""
        return self._path.horizon_ns(walker)

    def emit(self, t0_ns: TimeNs, t1_ns: TimeNs, walker: Walker) -> dict[str, Signal]:
        """The samples that stand in [t0_ns, t1_ns), m/s^2 and rad/s."""
        first = first_sample_at_or_after(t0_ns, self._period_ns)
        end = first_sample_at_or_after(t1_ns, self._period_ns)
        out = np.empty((6, max(0, end - first)))
        motion = self._path.motion(first, end, self._period_ns, walker)
        _shown(out, motion, first, self._turn, self._errors, self._keys, INVERSE_NORMAL)
        t_ns, rate_hz = first * self._period_ns, self.description.rate_hz
        units = ("m/s^2",) * 3 + ("rad/s",) * 3
        return {role: Signal(out[n], t_ns, rate_hz, units[n]) for n, role in enumerate(ROLES)}
