"""Threshold crossings of a two-state sensor: when it opened and when it closed, bounce set aside."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.compiled import borrowing
from sim.signal import Signal
from sim.timebase import NS_PER_MS, TimeNs

QUIET_NS = 50 * NS_PER_MS
"""A crossing counts once the contact has kept the other state for this long (formats.md section 1)."""


@borrowing
def _scan(
    samples: NDArray[np.float64],
    first_ns: int,
    period_ns: int,
    low: float,
    high: float,
    state: NDArray[np.int64],
    out: NDArray[np.int64],
) -> int:
    """Crossings of `samples` with hysteresis; state = closed?; out rows = (t_ns, closed?). Returns their number."""
    found = 0
    for j in range(samples.size):
        if state[0] == 1:
            if samples[j] < low:
                state[0] = 0
                out[found, 0] = first_ns + j * period_ns
                out[found, 1] = 0
                found += 1
        elif samples[j] > high:
            state[0] = 1
            out[found, 0] = first_ns + j * period_ns
            out[found, 1] = 1
            found += 1
    return found


@dataclass(slots=True)
class CrossingScanner:
    """Collects the crossings of a sensor signal block by block; any cut gives the same crossings.

    Attributes:
        open_below_v: lower threshold, V.
        close_above_v: upper threshold, V.
        crossings: (t_ns, closed) in time order, bounce included.
    """

    open_below_v: float
    close_above_v: float
    crossings: list[tuple[TimeNs, bool]] = field(default_factory=list[tuple[TimeNs, bool]])
    _state: NDArray[np.int64] = field(default_factory=lambda: np.array([1], np.int64))

    def feed(self, signal: Signal) -> None:
        """Look at the next samples; a run begins with the contact closed (the patient stands)."""
        out = np.empty((signal.samples.size, 2), np.int64)
        found = _scan(
            signal.samples,
            signal.t0_ns,
            signal.period_ns,
            self.open_below_v,
            self.close_above_v,
            self._state,
            out,
        )
        if found:
            self.crossings.extend((t_ns, closed == 1) for t_ns, closed in out[:found].tolist())


def clean_crossings(crossings: list[tuple[TimeNs, bool]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Openings and closings that count, ns.

    An opening counts if the contact had been closed for 50 ms without a break, a closing if it had been open for 50 ms
    (formats.md section 1); all others are bounce.

    Returns:
        (sensor_off_ns, sensor_on_ns), each in time order.
    """
    off: list[int] = []
    on: list[int] = []
    before_ns = -(1 << 60)
    for t_ns, closed in crossings:
        if t_ns - before_ns >= QUIET_NS:
            (on if closed else off).append(t_ns)
        before_ns = t_ns
    return np.array(off, np.int64), np.array(on, np.int64)
