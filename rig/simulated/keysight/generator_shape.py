"""The shapes that the simulated generator plays, from -1 to +1 over one cycle, and how long a cycle lasts."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.timebase import NS_PER_S

PULSE: Final = "PULSe".rstrip("e")
DEFAULT_ARB: Final = "EXP_RISE"
"""The waveform that is in the memory after `*RST` (design choice of its points: 1 - e^-5x)."""


def exponential_rise() -> NDArray[np.float64]:
    """The waveform that comes with the generator, (100,)."""
    rise = 1.0 - np.exp(-5.0 * np.arange(100) / 99.0)
    return 2.0 * rise / rise[-1] - 1.0


@dataclass(slots=True)
class Shape:
    """What is played.

    Attributes:
        name: short form of `FUNCtion`.
        frequency_hz: cycles a second, of all but `ARB` and `DC`.
        duty_ratio: share of a cycle that a square is high.
        symmetry_ratio: share of a cycle that a ramp rises.
        width_s: of a pulse.
        point_values: (n,) of the arbitrary waveform.
        point_rate_hz: points a second of it.
    """

    name: str = "SIN"
    frequency_hz: float = 1000.0
    duty_ratio: float = 0.5
    symmetry_ratio: float = 1.0
    width_s: float = 1e-4
    point_values: NDArray[np.float64] = field(default_factory=exponential_rise)
    point_rate_hz: float = 40_000.0

    @property
    def cycle_ns(self) -> float:
        """Length of a cycle, ns; infinite for a steady voltage."""
        if self.name == "DC":
            return math.inf
        if self.name == "ARB":
            return self.point_values.size / self.point_rate_hz * NS_PER_S
        return NS_PER_S / self.frequency_hz

    @property
    def last(self) -> float:
        """What an arbitrary waveform ends with; the other shapes end where they begin."""
        return float(self.point_values[-1]) if self.name == "ARB" else self.first

    @property
    def first(self) -> float:
        """What it begins with."""
        return float(self.at(np.zeros(1))[0])

    def at(self, cycles: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values (n,), -1 to +1, at phases (n,) counted in cycles from the start.

        A point of an arbitrary waveform holds until the next: filters of the output are not simulated, which at the
        speed of sensors are far shorter than anything that a device can see.
        """
        return _SHAPES[self.name](self, cycles - np.floor(cycles))


def _ramp(shape: Shape, phase: NDArray[np.float64]) -> NDArray[np.float64]:
    rise = shape.symmetry_ratio
    up = -1.0 + 2.0 * phase / rise if rise > 0.0 else np.full_like(phase, 1.0)
    down = 1.0 - 2.0 * (phase - rise) / (1.0 - rise) if rise < 1.0 else up
    return np.where(phase < rise, up, down)


def _arbitrary(shape: Shape, phase: NDArray[np.float64]) -> NDArray[np.float64]:
    index = np.floor(phase * shape.point_values.size + 1e-6).astype(np.int64)
    return shape.point_values[np.minimum(index, shape.point_values.size - 1)]


def _pulse(shape: Shape, phase: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(phase < shape.width_s * shape.frequency_hz, 1.0, -1.0)


_SHAPES: Final[dict[str, Callable[[Shape, NDArray[np.float64]], NDArray[np.float64]]]] = {
    "SIN": lambda _, phase: np.sin(2.0 * np.pi * phase),
    "SQU": lambda shape, phase: np.where(phase < shape.duty_ratio, 1.0, -1.0),
    "TRI": lambda _, phase: 1.0 - 4.0 * np.abs(((phase + 0.25) % 1.0) - 0.5),
    "RAMP": _ramp,
    PULSE: _pulse,
    "ARB": _arbitrary,
    "DC": lambda _, phase: np.zeros_like(phase),
}
