"""The heel switch: a force-sensing resistor under the heel, read as a voltage."""

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.body.walker import Walker
from sim.compiled import borrowing
from sim.gait.heel_load import HeelLoad, heel_load
from sim.noise import INVERSE_NORMAL, normal_at
from sim.sensor.switch_faults import FaultChange, change_rows, faulty_v
from sim.signal import Signal
from sim.timebase import NEVER, TimeNs, first_sample_at_or_after, sample_period_ns

if TYPE_CHECKING:
    from sim.streams import Streams

_SETTLED = 14.0
"""After this many time constants an exponential is under one part in a million: the signal stands still."""
_NOTHING_LEFT = 40.0
"""After this many, 1 less the exponential is 1 to the last bit."""


@dataclass(frozen=True, slots=True)
class HeelSwitch:
    """Description of a heel switch and of the divider that reads it.

    The resistor pulls the signal up: a loaded heel (1-10 kohm) reads high, a lifted one (over 1 Mohm) near zero
    (model.md section 7, from memory of commercial parts). With s = time since the heel landed and r = time since
    heel-off,

    loaded: v = U + (L - U)(1 - exp(-s/load_time))(1 - depth exp(-s/bounce_time)(1 - cos(2 pi bounce_hz s))/2);
    lifted: v = U + (v(heel-off) - U) exp(-r/unload_time).

    Voltages and times are design choices inside the ranges of commercial force-sensing resistors; the threshold is
    crossed some 12 ms after heel-off (5-30 ms, model.md section 7).

    Attributes:
        rate_hz: rate at which the signal is emitted, Hz.
        loaded_v: signal of a fully loaded heel, L, V.
        unloaded_v: signal of a lifted heel, U, V.
        open_below_v: lower threshold; the switch is open below it, V.
        close_above_v: upper threshold; the switch is closed above it, V.
        load_time_s: time constant with which the heel takes load after landing, s.
        unload_time_s: time constant of the resistor's recovery after heel-off, s.
        bounce_time_s: decay time of the bounce after landing, s.
        bounce_hz: frequency of the bounce, Hz.
        bounce_depth_ratio: part of the load that the first bounce takes off again, 0..1.
        noise_v: rms noise, V.
        timing_bound_s: stated uncertainty of a threshold crossing, s (formats.md section 4: 5 ms, design choice).
        drift_ratio: see `sim.sensor.switch_faults`, at the start of the run.
        moisture_ratio: likewise.
        detachment_ratio: likewise.
    """

    rate_hz: float = 10_000.0
    loaded_v: float = 2.6
    unloaded_v: float = 0.05
    open_below_v: float = 1.0
    close_above_v: float = 1.5
    load_time_s: float = 0.001
    unload_time_s: float = 0.012
    bounce_time_s: float = 0.010
    bounce_hz: float = 120.0
    bounce_depth_ratio: float = 1.0
    noise_v: float = 0.02
    timing_bound_s: float = 0.005
    drift_ratio: float = field(default=0.0, metadata={"bounds": (-5.0, 1.0)})
    moisture_ratio: float = field(default=0.0, metadata={"bounds": (0.0, 1.0)})
    detachment_ratio: float = field(default=0.0, metadata={"bounds": (0.0, 1.0)})

    @property
    def kind(self) -> str:
        """`heel_switch`."""
        return "heel_switch"

    @property
    def roles(self) -> tuple[str, ...]:
        """`heel_switch`."""
        return ("heel_switch",)

    @property
    def thresholds_v(self) -> tuple[float, float]:
        """Opening and closing threshold, V."""
        return self.open_below_v, self.close_above_v

    @property
    def amplitude_bounds(self) -> dict[str, float]:
        """None: a switch has two states."""
        return {}


@dataclass(frozen=True, slots=True)
class Stuck:
    """A switch that shows one state from `t0_ns` until `t1_ns` (not included), whatever the heel does."""

    t0_ns: TimeNs
    t1_ns: TimeNs
    closed: bool


@borrowing
def _loaded(since_s: float, v: NDArray[np.float64]) -> float:
    """Signal `since_s` after landing, V; v = loaded, unloaded, load, unload and bounce time, Hz, depth."""
    if since_s > _SETTLED * max(v[2], v[4]):
        return v[0]
    bounce = v[6] * math.exp(-since_s / v[4]) * 0.5 * (1.0 - math.cos(2.0 * math.pi * v[5] * since_s))
    left = math.exp(-since_s / v[2]) if since_s < _NOTHING_LEFT * v[2] else 0.0
    return v[1] + (v[0] - v[1]) * (1.0 - left) * (1.0 - bounce)


@borrowing
def _rest_ns(is_lifted: bool, landing_ns: int, liftoff_ns: int, v: NDArray[np.float64]) -> int:
    """From here on the signal stands still, ns; a microsecond late, so that rounding cannot matter."""
    if is_lifted:
        return liftoff_ns + int(_SETTLED * v[3] * 1e9) + 1000
    return landing_ns + int(_SETTLED * max(v[2], v[4]) * 1e9) + 1000


@borrowing
def _emit(
    out: NDArray[np.float64],
    first_index: int,
    period_ns: int,
    landings_ns: NDArray[np.int64],
    liftoffs_ns: NDArray[np.int64],
    stuck: NDArray[np.int64],
    v: NDArray[np.float64],
    noise_v: float,
    levels: NDArray[np.float64],
    changes: NDArray[np.float64],
    key: np.uint64,
    fault_key: np.uint64,
    inverse_normal: NDArray[np.float32],
) -> None:
    """Fill `out` with samples `first_index`...; `landings_ns[0]` lies before the run, liftoff k follows landing k."""
    k, j = 0, 0
    sound = changes.shape[0] == 0 and levels[0] == 0.0 and levels[1] == 0.0 and levels[2] == 0.0
    while j < out.size:
        t_ns = (first_index + j) * period_ns
        while k + 1 < landings_ns.size and landings_ns[k + 1] <= t_ns:
            k += 1
        is_lifted = liftoffs_ns[k] <= t_ns
        until_ns = landings_ns[k + 1] if k + 1 < landings_ns.size else NEVER
        until_ns = until_ns if is_lifted else min(until_ns, liftoffs_ns[k])
        rest_ns = _rest_ns(is_lifted, landings_ns[k], liftoffs_ns[k], v)
        if t_ns > rest_ns and stuck.shape[0] == 0 and sound:  # the signal stands still until the next event: only noise
            value = v[1] if is_lifted else v[0]
            stop = min(out.size, -((-until_ns) // period_ns) - first_index)
            for i in range(j, stop):
                out[i] = value + noise_v * normal_at(key, first_index + i, inverse_normal)
            j = stop
            continue
        if is_lifted:
            lifted_s = (t_ns - liftoffs_ns[k]) * 1e-9
            value = v[1]
            if lifted_s < _SETTLED * v[3]:
                at_liftoff = _loaded((liftoffs_ns[k] - landings_ns[k]) * 1e-9, v)
                value = v[1] + (at_liftoff - v[1]) * math.exp(-lifted_s / v[3])
        else:
            value = _loaded((t_ns - landings_ns[k]) * 1e-9, v)
        for row in range(stuck.shape[0]):
            if stuck[row, 0] <= t_ns < stuck[row, 1]:
                value = v[0] if stuck[row, 2] else v[1]
        if not sound:
            value = faulty_v(value, t_ns, levels, changes, fault_key)
        out[j] = value + noise_v * normal_at(key, first_index + j, inverse_normal)
        j += 1


class HeelSwitchSensor:
    """A heel switch on one leg: its signal as a pure function of landings, lift-offs and the sample index.

    Args:
        description: what it is.
        streams: of the case; the stream `sensor.heel_switch` is its noise.
        stuck: spans in which it does not tell the truth.
        changes: drift, moisture and detachment that come on the way.
    """

    def __init__(
        self,
        description: HeelSwitch,
        streams: "Streams",
        stuck: tuple[Stuck, ...] = (),
        changes: tuple[FaultChange, ...] = (),
    ) -> None:
        d = description
        self.description = description
        self._unknown_contact = 0
        self._load: HeelLoad | None = None
        self._period_ns = sample_period_ns(d.rate_hz)
        self._key = streams.key("sensor.heel_switch")
        self._fault_key = streams.key("sensor.heel_switch contact")
        self._levels = np.array([d.drift_ratio, d.moisture_ratio, d.detachment_ratio])
        self._changes = change_rows(changes)
        self._stuck = np.array([(s.t0_ns, s.t1_ns, int(s.closed)) for s in stuck], np.int64).reshape(-1, 3)
        self._shape = np.array(
            [
                d.loaded_v,
                d.unloaded_v,
                d.load_time_s,
                d.unload_time_s,
                d.bounce_time_s,
                d.bounce_hz,
                d.bounce_depth_ratio,
            ]
        )

    @property
    def roles(self) -> tuple[str, ...]:
        """`heel_switch`."""
        return self.description.roles

    @property
    def tracks_foot(self) -> bool:
        """False: it shows when the heel takes load, not how the foot moves."""
        return False

    def horizon_ns(self, walker: Walker) -> TimeNs:
        """Every contact before this instant is known: the next earliest possible one, or how far the body is."""
        contacts = walker.heel_contact_ns
        while self._unknown_contact < contacts.size and contacts[self._unknown_contact] < NEVER:
            self._unknown_contact += 1
        if self._unknown_contact == contacts.size:
            return walker.schedule.end_ns
        return max(walker.earliest_contact_ns(self._unknown_contact), walker.body_ns)

    def emit(self, t0_ns: TimeNs, t1_ns: TimeNs, walker: Walker) -> dict[str, Signal]:
        """The samples that stand in [t0_ns, t1_ns)."""
        if self._load is None:
            self._load = heel_load(walker.schedule)
        contacts_ns = self._load.contacts_ns(walker.heel_contact_ns)
        signal = self.samples(t0_ns, t1_ns, contacts_ns, self._load.liftoff_ns)
        return dict.fromkeys(self.roles, signal)

    def samples(
        self, t0_ns: TimeNs, t1_ns: TimeNs, heel_contact_ns: NDArray[np.int64], heel_off_ns: NDArray[np.int64]
    ) -> Signal:
        """The same from landings and lift-offs alone.

        Args:
            t0_ns: start.
            t1_ns: end, not included; every contact before it must be known.
            heel_contact_ns: (n,), the heel takes load after lift-off i; NEVER while unknown.
            heel_off_ns: (n,), the heel leaves the floor.
        """
        first = first_sample_at_or_after(t0_ns, self._period_ns)
        end = first_sample_at_or_after(t1_ns, self._period_ns)
        standing_since = np.array([-(1 << 40)], np.int64)
        landings = np.concatenate((standing_since, heel_contact_ns))
        liftoffs = np.concatenate((heel_off_ns, np.array([NEVER], np.int64)))
        out = np.empty(max(0, end - first))
        _emit(
            out,
            first,
            self._period_ns,
            landings,
            liftoffs,
            self._stuck,
            self._shape,
            self.description.noise_v,
            self._levels,
            self._changes,
            self._key,
            self._fault_key,
            INVERSE_NORMAL,
        )
        return Signal(out, first * self._period_ns, self.description.rate_hz, "V")
