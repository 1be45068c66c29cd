"""The quiet cells of one current channel beside its pulses, and the baseline on both sides of each pulse."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rig.bench import ChannelAccuracy
from rig.record import IdleCells

REACH_CELLS: Final = 64
"""Cells on each side that make the baseline of a pulse: 16 ms at 1 MS/s (as many as the finder's own)."""
_SQRT12: Final = 12.0**0.5

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class PulseSpans:
    """Where the pulses of one channel lie, with their neighbours.

    Attributes:
        t_s: (n,) start, s.
        end_s: (n,) end of the charge window, s.
        before_s: (n,) end of the window before; -inf for the first.
        next_s: (n,) start of the next pulse; inf for the last.
    """

    t_s: Array
    end_s: Array
    before_s: Array
    next_s: Array

    @classmethod
    def of(cls, t_s: Array, end_s: Array) -> "PulseSpans":
        """Spans of pulses in time order."""
        return cls(t_s, end_s, np.append(-np.inf, end_s[:-1]), np.append(t_s[1:], np.inf))

    def some(self, rows: NDArray[np.int64]) -> "PulseSpans":
        """The spans of some of the pulses; their neighbours stay what they are."""
        return PulseSpans(self.t_s[rows], self.end_s[rows], self.before_s[rows], self.next_s[rows])


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """Level under each pulse, from the quiet cells on both sides of it.

    Attributes:
        level_a: (n,) A; NaN where there is no quiet cell on either side.
        noise_a: (n,) its standard uncertainty from the noise of the cells, A.
        step_a: (n,) level behind minus level before, A; 0 where one side has no cell.
        sides: (n,) how many sides have a cell, 0, 1 or 2.
    """

    level_a: Array
    noise_a: Array
    step_a: Array
    sides: NDArray[np.int64]


def cell_noise_a(accuracy: ChannelAccuracy, cell_s: float) -> float:
    """Standard uncertainty of the mean of one cell, A: noise and one code, both averaged."""
    return float(np.hypot(accuracy.noise_rms, accuracy.lsb / _SQRT12) / max(1.0, cell_s * accuracy.rate_hz) ** 0.5)


def cells_between(cells: IdleCells, from_s: Array, to_s: Array) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First and last-but-one row of the cells that lie wholly in [from_s, to_s), each (n,)."""
    first = np.searchsorted(cells.t0_s, from_s - 1e-9, "left")
    last = np.searchsorted(cells.t0_s + cells.cell_s, to_s + 1e-9, "right")
    return first.astype(np.int64), np.maximum(last, first).astype(np.int64)


def two_sided(cells: IdleCells, level_a: Array, spans: PulseSpans, noise_a: float) -> Baseline:
    """Baseline at the middle of each pulse, on the straight line through the quiet cells before and behind it.

    A drift that is linear over the 30 ms around a pulse cancels; of one side alone the mean is taken.

    Args:
        cells: quiet cells of the channel.
        level_a: (m,) their levels, A; their means, or these less a tail.
        spans: of the pulses.
        noise_a: standard uncertainty of one cell's mean.
    """
    reach_s = REACH_CELLS * cells.cell_s
    sums = np.append(0.0, np.cumsum(level_a))
    instants = np.append(0.0, np.cumsum(cells.t0_s + 0.5 * cells.cell_s))
    sides = (
        cells_between(cells, np.maximum(spans.before_s, spans.t_s - reach_s), spans.t_s),
        cells_between(cells, spans.end_s, np.minimum(spans.next_s, spans.end_s + reach_s)),
    )
    (n0, level0, at0), (n1, level1, at1) = (_means(sums, instants, *side) for side in sides)
    both, middle = (n0 > 0) & (n1 > 0), 0.5 * (spans.t_s + spans.end_s)
    apart = np.where(both, at1 - at0, 1.0)
    weight1 = np.where(both, np.clip((middle - at0) / apart, 0.0, 1.0), np.where(n1 > 0, 1.0, 0.0))
    weight0 = np.where(n0 > 0, 1.0 - weight1, 0.0)
    level = np.where(weight0 > 0.0, weight0 * level0, 0.0) + np.where(weight1 > 0.0, weight1 * level1, 0.0)
    spread = np.sqrt(weight0**2 / np.maximum(n0, 1) + weight1**2 / np.maximum(n1, 1))
    return Baseline(
        np.where((n0 > 0) | (n1 > 0), level, np.nan),
        noise_a * spread,
        np.where(both, level1 - level0, 0.0),
        (n0 > 0).astype(np.int64) + (n1 > 0).astype(np.int64),
    )


def _means(
    sums: Array, instants: Array, first: NDArray[np.int64], last: NDArray[np.int64]
) -> tuple[NDArray[np.int64], Array, Array]:
    """How many cells, their mean level, their mean instant; 0 where there is none."""
    n = last - first
    return n, (sums[last] - sums[first]) / np.maximum(n, 1), (instants[last] - instants[first]) / np.maximum(n, 1)
