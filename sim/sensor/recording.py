"""A recording in place of a sensor: what a real foot once did, sample by sample."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.signal import find_peaks

from sim.sensor.crossings import CrossingScanner, clean_crossings
from sim.signal import Signal
from sim.timebase import NS_PER_S, TimeNs, first_sample_at_or_after, ns_from_s, sample_period_ns

HELD_HZ: Final = 10_000.0
"""Rate at which a recording is given out whose own period is no whole number of nanoseconds; each sample is held."""
SWING_ROLE: Final = "foot_imu.gz"
_PEAK_RATIO: Final = 0.4
_APART_S: Final = 0.4
_UNITS = {"heel_switch": "V"}


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """A recorded foot IMU or foot switch.

    Attributes:
        kind: `foot_imu` or `foot_switch`.
        samples: role -> (n,) values, SI, in the axes of the rig.
        recorded_hz: rate of the recording, Hz.
        leg: on which it was worn.
        source: where it comes from.
        mounting: where and how it was worn.
        file: path as the scenario names it.
        file_sha256: of its bytes.
        description: path of the description, as the scenario names it.
        description_sha256: of its bytes.
        start_s: where in the file the run begins, s.
        duration_s: how much of it is used, s; None for all.
        thresholds_v: of a switch.
        heel_off_s: labelled instants from the start of the run, s; empty where nobody labelled them.
    """

    kind: Literal["foot_imu", "foot_switch"]
    samples: Mapping[str, NDArray[np.float64]]
    recorded_hz: float
    leg: Literal["left", "right"]
    source: str
    mounting: str
    file: str
    file_sha256: str
    description: str
    description_sha256: str
    start_s: float = 0.0
    duration_s: float | None = None
    thresholds_v: tuple[float, float] | None = None
    heel_off_s: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))

    @property
    def roles(self) -> tuple[str, ...]:
        """Roles that the recording fulfils."""
        return tuple(self.samples)

    @property
    def rate_hz(self) -> float:
        """Rate at which it is given out, Hz: its own, where that has a whole number of nanoseconds between samples."""
        try:
            sample_period_ns(self.recorded_hz)
        except ValueError:
            return HELD_HZ
        return self.recorded_hz

    @property
    def timing_bound_s(self) -> float:
        """One period of the recording, s."""
        return 1.0 / self.recorded_hz

    @property
    def amplitude_bounds(self) -> dict[str, float]:
        """None: nobody walks, so nothing is replayed that could differ."""
        return {}

    @property
    def end_ns(self) -> TimeNs:
        """Length of what is used."""
        return ns_from_s(len(next(iter(self.samples.values()))) / self.recorded_hz)

    def emit(self, t0_ns: TimeNs, t1_ns: TimeNs) -> dict[str, Signal]:
        """The samples that stand in [t0_ns, t1_ns)."""
        period_ns = sample_period_ns(self.rate_hz)
        first, end = first_sample_at_or_after(t0_ns, period_ns), first_sample_at_or_after(t1_ns, period_ns)
        index = np.arange(first, end)
        if self.rate_hz != self.recorded_hz:
            index = np.floor(index * (self.recorded_hz / self.rate_hz)).astype(np.int64)
        return {
            role: Signal(
                values[np.minimum(index, len(values) - 1)],
                first * period_ns,
                self.rate_hz,
                _UNITS.get(role, "m/s^2" if role.startswith("foot_imu.a") else "rad/s"),
            )
            for role, values in self.samples.items()
        }


def strides_seen_s(recording: Recording) -> NDArray[np.float64]:
    """Instants that stand for one stride each, s: the middle of each swing, or each opening of a switch.

    Mid-swing is the highest point of the sagittal rate of the foot (toes rising) where it reaches 40 % of its 99th
    percentile, no two nearer than 0.4 s (design choice; the swing peak is the clearest mark of a stride in any foot
    IMU: Sabatini et al. 2005). Slow, small steps in a walk with brisk ones may be overlooked.
    """
    if recording.thresholds_v is not None:
        scanner = CrossingScanner(*recording.thresholds_v)
        scanner.feed(recording.emit(0, recording.end_ns)["heel_switch"])
        return clean_crossings(scanner.crossings)[0] / NS_PER_S
    rate = recording.samples.get(SWING_ROLE)
    if rate is None:
        return np.empty(0)
    height = _PEAK_RATIO * float(np.percentile(rate, 99.0))
    if height <= 0.0:
        return np.empty(0)
    peaks, _ = find_peaks(rate, height=height, distance=max(1, round(_APART_S * recording.recorded_hz)))
    return peaks / recording.recorded_hz
