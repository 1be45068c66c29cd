"""What is kept of a sensor's signals while they are given out: the crossings of a switch, else the samples."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.sensor.crossings import CrossingScanner
from sim.sensor.sensor import SensorDescription
from sim.signal import Signal
from sim.timebase import TimeNs


class SensorWatch:
    """Looks at every block of a sensor; any cut leaves the same behind.

    Args:
        description: of the sensor.
    """

    def __init__(self, description: SensorDescription) -> None:
        self.description = description
        thresholds_v = description.thresholds_v
        self._scanner = None if thresholds_v is None else CrossingScanner(*thresholds_v)
        self._samples: dict[str, list[NDArray[Any]]] = {role: [] for role in description.amplitude_bounds}

    @property
    def crossings(self) -> list[tuple[TimeNs, bool]]:
        """(t_ns, closed) of a switch, bounce included; an analogue sensor has none."""
        return [] if self._scanner is None else self._scanner.crossings

    @property
    def samples(self) -> dict[str, NDArray[np.float64]]:
        """Role -> (n,) every sample so far of an analogue sensor, SI, from the first sample of the run."""
        return {role: np.concatenate([np.empty(0), *parts]) for role, parts in self._samples.items()}

    def feed(self, signals: Mapping[str, Signal]) -> None:
        """Look at the next samples; a run begins with a switch closed (the patient stands)."""
        if self._scanner is not None:
            self._scanner.feed(signals[self.description.roles[0]])
        for role, parts in self._samples.items():
            parts.append(signals[role].values())
