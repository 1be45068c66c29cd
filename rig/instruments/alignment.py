"""Where a sensor's record lies on the time axis of an oscilloscope that knows nothing of it.

By messages alone the start of the record is known to the time that messages take. Where the oscilloscope sees the
sensor's line too, every edge of the line says it again, to a sample: the start that explains most edges is taken, and
if it does not explain nearly all of them, the line is not what the generator was told to play.
"""

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.errors import BenchError

_LEAST_PART: Final = 0.8
"""Part of the edges that must be explained: on a slow slope a point of the record may lie at the very level, and then
noise moves the edge by the time that the generator holds a point."""

_LATENCY_S: Final = 1e-3
"""From a message that has been taken to what it does: arming, a generator's first point (design choice)."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """Where the record begins.

    Attributes:
        start_s: instant of its first sample on the oscilloscope's time axis, s.
        bound_s: how far that may be off, s.
        edges: of the sensor's line that say so; 0 where it is known from messages only.
    """

    start_s: float
    bound_s: float
    edges: int = 0


def from_messages(earliest_s: float, latest_s: float) -> Alignment:
    """The start lies between two instants that messages tell, and what they take to act."""
    return Alignment(0.5 * (earliest_s + latest_s), 0.5 * (latest_s - earliest_s) + _LATENCY_S)


def from_edges(
    told_s: NDArray[Any],
    told_rising: NDArray[np.bool_],
    seen_s: NDArray[Any],
    seen_rising: NDArray[np.bool_],
    rough: Alignment,
    resolution_s: float,
) -> Alignment:
    """The start that explains the edges that were seen, sought around what the messages tell.

    Args:
        told_s: (n,) edges of the record, s from its start.
        told_rising: (n,) which of them rise.
        seen_s: (m,) edges on the oscilloscope's time axis, s.
        seen_rising: (m,) which of them rise.
        rough: from messages.
        resolution_s: how far an edge may be off by sampling and clocks, s.

    Raises:
        BenchError: no start explains them: wrong wire, wrong level, or another record.
    """
    if not seen_s.size or not told_s.size:
        raise BenchError("alignment", math.nan, "no edge of the sensor's line was seen", "is its line wired back?")
    shifts = (seen_s[:, None] - told_s[None, :])[seen_rising[:, None] == told_rising[None, :]]
    near = np.sort(shifts[np.abs(shifts - rough.start_s) <= rough.bound_s + resolution_s])
    if not near.size:
        raise BenchError("alignment", math.nan, "no edge of the sensor's line lies where it was played", _MEND)
    # the densest stretch of one resolution holds the edges that agree
    last = np.searchsorted(near, near + 2.0 * resolution_s, "right")
    first = int(np.argmax(last - np.arange(near.size)))
    agreeing = near[first : last[first]]
    if agreeing.size < _LEAST_PART * seen_s.size:
        problem = f"of {seen_s.size} edges of the sensor's line only {agreeing.size} lie where they were played"
        raise BenchError("alignment", math.nan, problem, _MEND)
    return Alignment(float(np.median(agreeing)), resolution_s, int(agreeing.size))


_MEND: Final = "does the oscilloscope see the generator's output, at this level?"
