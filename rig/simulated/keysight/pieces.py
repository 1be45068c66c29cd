"""A voltage as piecewise exponentials behind a first-order filter: exact between its edges, at any rate.

A scope that kept a record of fixed rate could not show an edge more finely than that rate. Here every sample, mean and
extreme is taken from the plant's edges themselves.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rig.simulated.history import Segments
from sim.edges import EDGE_DTYPE
from sim.front_end_filter import follow_segments
from sim.timebase import NS_PER_S, TimeNs

_NO_FILTER_TAU_S: Final = 1.0
_AT_ONCE: Final = 262_144
_FADED: Final = 40.0
"""Time constants after which nothing of a filter's start is left (e^-40)."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Evenly spaced instants: ``anchor_ns + first_ns + k * period_ns``.

    Attributes:
        anchor_ns: a whole instant near the first, so that the rest needs few digits.
        first_ns: from the anchor to the first instant, ns.
        period_ns: between two instants, ns; a fraction for rates over 1 GHz.
        n: how many.
    """

    anchor_ns: TimeNs
    first_ns: float
    period_ns: float
    n: int

    def part(self, start: int, stop: int) -> "Grid":
        """The instants `start` to `stop`."""
        return Grid(self.anchor_ns, self.first_ns + start * self.period_ns, self.period_ns, stop - start)

    def times_ns(self) -> NDArray[np.float64]:
        """(n,) from the anchor, ns."""
        return np.arange(self.n, dtype=np.float64) * self.period_ns + self.first_ns


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """Segments of one voltage.

    In a segment, a time t after its start, with ``e(tau) = exp(-t/tau)``:
    input = steady + swing e(tau);
    output = steady + (start - steady) e(filter) + swing (e(tau) - e(filter)) / (1 - filter/tau).

    Attributes:
        t_ns: (n,) start of each segment; the first also stands for all that was before.
        tau_s: (n,) time constant, s.
        steady_v: (n,) V.
        swing_v: (n,) V.
        start_v: (n,) output of the filter where the segment begins, V.
        filter_tau_s: time constant of the filter, s; 0 for none.
    """

    t_ns: NDArray[np.int64]
    tau_s: NDArray[np.float64]
    steady_v: NDArray[np.float64]
    swing_v: NDArray[np.float64]
    start_v: NDArray[np.float64]
    filter_tau_s: float

    def inputs(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(n,), (n,): input at the start of each segment, and where it ends (the last one at its limit), V."""
        lengths_s = np.append(np.diff(self.t_ns) / NS_PER_S, np.inf)
        return self.steady_v + self.swing_v, self.steady_v + self.swing_v * np.exp(-lengths_s / self.tau_s)


def pieces_of(segments: Segments, t0_ns: TimeNs, gain: float, filter_tau_s: float) -> Pieces:
    """A role, times `gain`, behind a first-order low-pass that has settled at the first segment's first value.

    Args:
        segments: of `Lab.segments`; the first begins at or before `t0_ns`.
        t0_ns: a first segment that only holds a level is cut here: it may have begun long ago.
        gain: volts at the instrument's input per SI unit of the role.
        filter_tau_s: time constant, s; 0 for none.
    """
    t_ns, steady, swing, tau_s = segments
    edges = np.zeros(t_ns.size, EDGE_DTYPE)
    edges["t_ns"], edges["v_v"], edges["v_b_v"], edges["tau_s"] = t_ns, steady, swing, tau_s
    if swing[0] == 0.0:
        edges["t_ns"][0] = max(int(t_ns[0]), t0_ns)
    at_first = float(steady[0] + swing[0]) * gain
    last = np.array([_NO_FILTER_TAU_S, 0.0, 0.0, 0.0, at_first, 0.0, at_first])
    starts_ns, rows = np.zeros(edges.size + 1, np.int64), np.zeros((edges.size + 1, 7))
    follow_segments(edges, last, int(edges["t_ns"][0]), starts_ns, rows, np.array([0.0, gain]), filter_tau_s)
    tau, steady_v, swing_v, start_v = (rows[1:, column] for column in (0, 4, 5, 6))
    return Pieces(starts_ns[1:], tau, steady_v, swing_v, start_v, filter_tau_s)


def values_at(pieces: Pieces, grid: Grid) -> NDArray[np.float64]:
    """Output of the filter at every instant of the grid, (n,), V."""
    out = np.empty(grid.n)
    for start in range(0, grid.n, _AT_ONCE):
        stop = min(start + _AT_ONCE, grid.n)
        out[start:stop] = _values(pieces, grid.part(start, stop))
    return out


def _spread(pieces: Pieces, grid: Grid) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """(n,) segment of each instant, and (n,) time since that segment's start, s."""
    starts = (pieces.t_ns - grid.anchor_ns).astype(np.float64)
    first_of = np.clip(np.ceil((starts - grid.first_ns) / grid.period_ns), 0, grid.n).astype(np.int64)
    first_of[0] = 0
    which = np.repeat(np.arange(starts.size), np.diff(np.append(first_of, grid.n)))
    since_s = (grid.times_ns() - starts[which]) / NS_PER_S
    return which, np.maximum(since_s, 0.0)


def values_anywhere(pieces: Pieces, t_ns: NDArray[np.int64]) -> NDArray[np.float64]:
    """Output of the filter at any instants, (n,), V."""
    which = np.maximum(np.searchsorted(pieces.t_ns, t_ns, "right") - 1, 0)
    return _of_segments(pieces, which, np.maximum(t_ns - pieces.t_ns[which], 0) / NS_PER_S)


def _values(pieces: Pieces, grid: Grid) -> NDArray[np.float64]:
    return _of_segments(pieces, *_spread(pieces, grid))


def _of_segments(pieces: Pieces, which: NDArray[np.int64], since_s: NDArray[np.float64]) -> NDArray[np.float64]:
    out = pieces.steady_v[which]
    swinging = np.flatnonzero(pieces.swing_v[which] != 0.0)
    seg = which[swinging]
    driven = np.exp(-since_s[swinging] / pieces.tau_s[seg])
    if pieces.filter_tau_s <= 0.0:
        out[swinging] += pieces.swing_v[seg] * driven
        return out
    apart = 1.0 - pieces.filter_tau_s / pieces.tau_s[seg]
    driven -= np.exp(-since_s[swinging] / pieces.filter_tau_s)
    out[swinging] += pieces.swing_v[seg] * driven / np.where(np.abs(apart) > 1e-6, apart, 1e-6)
    fresh = np.flatnonzero(since_s < _FADED * pieces.filter_tau_s)
    seg = which[fresh]
    out[fresh] += (pieces.start_v[seg] - pieces.steady_v[seg]) * np.exp(-since_s[fresh] / pieces.filter_tau_s)
    return out


def means_over(pieces: Pieces, grid: Grid) -> NDArray[np.float64]:
    """Mean of the input over one period around every instant of the grid, (n,), V.

    Source: closed-form integral of each segment; a converter that averages all its raw samples of a period gives this.
    """
    borders = Grid(grid.anchor_ns, grid.first_ns - 0.5 * grid.period_ns, grid.period_ns, grid.n + 1)
    lengths_s = np.diff(pieces.t_ns) / NS_PER_S
    whole = pieces.steady_v[:-1] * lengths_s - pieces.swing_v[:-1] * pieces.tau_s[:-1] * np.expm1(
        -lengths_s / pieces.tau_s[:-1]
    )
    until = np.concatenate([[0.0], np.cumsum(whole)])
    which, since_s = _spread(pieces, borders)
    tau_s = pieces.tau_s[which]
    integral = until[which] + pieces.steady_v[which] * since_s
    integral -= pieces.swing_v[which] * tau_s * np.expm1(-since_s / tau_s)
    return np.diff(integral) / (grid.period_ns / NS_PER_S)


def extremes_over(pieces: Pieces, grid: Grid) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Least and greatest input in the period that follows every instant of the grid, (n,), (n,), V.

    A segment only rises or only falls, so its extremes stand at its ends and at the period's borders.
    """
    borders = Grid(grid.anchor_ns, grid.first_ns, grid.period_ns, grid.n + 1)
    which, since_s = _spread(pieces, borders)
    at_border = pieces.steady_v[which] + pieces.swing_v[which] * np.exp(-since_s / pieces.tau_s[which])
    least, greatest = np.minimum(at_border[:-1], at_border[1:]), np.maximum(at_border[:-1], at_border[1:])
    begins, ends = pieces.inputs()
    starts = (pieces.t_ns - grid.anchor_ns).astype(np.float64)
    period = np.floor((starts - grid.first_ns) / grid.period_ns).astype(np.int64)
    inside = np.flatnonzero((period >= 0) & (period < grid.n))
    behind = inside[inside > 0]
    for values, when in ((begins[inside], period[inside]), (ends[behind - 1], period[behind])):
        np.minimum.at(least, when, values)
        np.maximum.at(greatest, when, values)
    return least, greatest
