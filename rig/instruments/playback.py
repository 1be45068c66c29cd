"""A sensor's record as a waveform of a generator.

The generator holds every point until the next, as the sensor's samples are held. A record that is longer than the
memory is thinned: of so many samples one is kept, and every change comes up to that much later. The mean of that delay
and its bound are stated; they enter the uncertainty of every latency.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.signal import Signal


@dataclass(frozen=True, slots=True, eq=False)
class Playback:
    """What a generator plays.

    Attributes:
        role: of the sensor.
        values_v: (n,) V at the generator's terminal.
        rate_hz: points a second, Hz.
        delay_s: mean delay of a change by thinning, s; 0 where every sample is played.
        bound_s: how far a change may be off that delay, s.
    """

    role: str
    values_v: NDArray[np.float64]
    rate_hz: float
    delay_s: float
    bound_s: float

    @property
    def length_s(self) -> float:
        """Duration, s."""
        return self.values_v.size / self.rate_hz


def playback_of(role: str, signal: Signal, volts_per_unit: float, most_points: int) -> Playback:
    """The record of one role, thinned where the memory is too short for it.

    Args:
        role: of the sensor.
        signal: its whole record, SI.
        volts_per_unit: signed V at the terminal per SI unit.
        most_points: of the generator's memory.
    """
    every = max(1, math.ceil(signal.samples.size / most_points))
    late_s = 0.5 * (every - 1) / signal.rate_hz
    return Playback(role, signal.values()[::every] * volts_per_unit, signal.rate_hz / every, late_s, late_s)


def edges_of(values: NDArray[Any], low: float, high: float) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Where a two-state line changes: indices of the first sample beyond the other level, (n,), and which rise, (n,).

    It has risen when it passes `high`, fallen when it passes `low`: noise on a slow slope makes no edges.
    """
    line = np.asarray(values)
    state = np.where(line >= high, 1, np.where(line <= low, -1, 0))
    known = np.flatnonzero(state)
    if not known.size:
        return np.empty(0, np.int64), np.empty(0, np.bool_)
    told = state[known]
    changes = np.flatnonzero(told[1:] != told[:-1]) + 1
    return known[changes], told[changes] > 0
