"""What a laboratory remembers of its signals: the last minute or more, in constant memory."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Any, Final, Generic, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.compiled import compiled
from sim.edges import EDGE_DTYPE
from sim.signal import Signal
from sim.timebase import NS_PER_S, TimeNs

KEPT_NS: Final = 64 * NS_PER_S
"""Nothing younger than this is forgotten (60 s and a little)."""
MOST_CHANGES: Final = 2_000_000
"""Most changes of one driven role that are kept, 32 MB: a signal that changes more than 31 000 times a second is
remembered for less than a minute, and whoever asks further back is told so."""
LONG_AGO_NS: Final[TimeNs] = -(1 << 62)
"""Before anything: what a signal is at rest begins here."""

Segments: TypeAlias = tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]
"""Starts (n,) ns, steady part (n,), decaying part (n,), time constant (n,) s, as `sim.edges_value` takes them."""

T = TypeVar("T")


@compiled
def changes_of(values: NDArray[np.float64], before: float, changed: NDArray[np.int64]) -> int:
    """Write into `changed` (n,) which of `values` (n,) differ from the one before; returns how many."""
    n = 0
    for j in range(values.size):
        if values[j] != before:
            before = values[j]
            changed[n] = j
            n += 1
    return n


class EdgeHistory:
    """The segments of one stimulation channel, in time order; no current before the first."""

    def __init__(self) -> None:
        self._t_ns = np.zeros(1024, np.int64)
        self._rows: NDArray[Any] = np.zeros(1024, EDGE_DTYPE)
        self._n = 0
        self.append(nothing_from(LONG_AGO_NS))

    def append(self, rows: NDArray[Any]) -> None:
        """Add segments that begin at or after the start of the last one; at the same instant the new one stands."""
        if not rows.size:
            return
        t_ns = rows["t_ns"]
        while self._n and self._t_ns[self._n - 1] >= t_ns[0]:
            self._n -= 1
        if self._n + rows.size > self._t_ns.size:
            self._make_room(rows.size, int(t_ns[-1]) - KEPT_NS)
        self._t_ns[self._n : self._n + rows.size] = t_ns
        self._rows[self._n : self._n + rows.size] = rows
        self._n += rows.size

    def _make_room(self, more: int, forget_ns: TimeNs) -> None:
        first = max(0, int(np.searchsorted(self._t_ns[: self._n], forget_ns, "right")) - 1)
        kept = self._n - first
        size = self._t_ns.size
        while size < 2 * (kept + more):  # at least half is free after each tidying, which is then rare
            size *= 2
        t_ns, rows = np.zeros(size, np.int64), np.zeros(size, EDGE_DTYPE)
        t_ns[:kept], rows[:kept] = self._t_ns[first : self._n], self._rows[first : self._n]
        self._t_ns, self._rows, self._n = t_ns, rows, kept

    @property
    def first_ns(self) -> TimeNs:
        """Start of the oldest segment that is remembered."""
        return int(self._t_ns[0])

    def between(self, t0_ns: TimeNs, t1_ns: TimeNs) -> NDArray[Any]:
        """Copies of the segments that touch [t0_ns, t1_ns): the first begins at or before `t0_ns`."""
        t_ns = self._t_ns[: self._n]
        first = int(np.searchsorted(t_ns, t0_ns, "right")) - 1
        return self._rows[max(0, first) : max(first + 1, int(np.searchsorted(t_ns, t1_ns, "left")))].copy()

    def beginning_in(self, t0_ns: TimeNs, t1_ns: TimeNs) -> NDArray[Any]:
        """Copies of the segments that begin inside [t0_ns, t1_ns)."""
        t_ns = self._t_ns[: self._n]
        return self._rows[int(np.searchsorted(t_ns, t0_ns, "left")) : int(np.searchsorted(t_ns, t1_ns, "left"))].copy()


def nothing_from(t_ns: TimeNs) -> NDArray[Any]:
    """One segment without current and voltage."""
    rows = np.zeros(1, EDGE_DTYPE)
    rows["t_ns"], rows["tau_s"] = t_ns, 1.0
    return rows


class HeldHistory:
    """A signal that holds each value until the next, kept as its changes.

    Args:
        rest_value: before the first change, SI of the role.
    """

    def __init__(self, rest_value: float) -> None:
        self._t_ns = np.zeros(1024, np.int64)
        self._values = np.zeros(1024)
        self._t_ns[0], self._values[0] = LONG_AGO_NS, rest_value
        self._n = 1

    @property
    def last_value(self) -> float:
        """The value that holds now."""
        return float(self._values[self._n - 1])

    @property
    def first_ns(self) -> TimeNs:
        """Instant of the oldest change that is remembered."""
        return int(self._t_ns[0])

    def feed(self, signal: Signal) -> NDArray[np.int64]:
        """Keep the changes of a block; returns which of its samples (n_changes,) are changes."""
        samples = signal.samples
        values = samples if samples.dtype == np.float64 and signal.scale == 1.0 else samples * signal.scale
        if signal.offset:
            values = values + signal.offset
        changed = np.empty(values.size, np.int64)
        count = changes_of(values, self._values[self._n - 1], changed)
        changed = changed[:count]
        if count:
            self._append(signal.t0_ns + changed * signal.period_ns, values[changed])
        return changed

    def put(self, t_ns: TimeNs, value: float) -> None:
        """The value changes at `t_ns`."""
        if value != self.last_value:
            self._append(np.array([t_ns], np.int64), np.array([value]))

    def _append(self, t_ns: NDArray[np.int64], values: NDArray[np.float64]) -> None:
        while self._n > 1 and self._t_ns[self._n - 1] >= t_ns[0]:
            self._n -= 1
        if self._n + t_ns.size > self._t_ns.size:
            self._make_room(t_ns.size, int(t_ns[-1]) - KEPT_NS)
        self._t_ns[self._n : self._n + t_ns.size] = t_ns
        self._values[self._n : self._n + t_ns.size] = values
        self._n += t_ns.size

    def _make_room(self, more: int, forget_ns: TimeNs) -> None:
        first = max(0, int(np.searchsorted(self._t_ns[: self._n], forget_ns, "right")) - 1)
        first = max(first, self._n - MOST_CHANGES)
        kept = self._n - first
        size = self._t_ns.size
        while size < 2 * (kept + more):
            size *= 2
        t_ns, values = np.zeros(size, np.int64), np.zeros(size)
        t_ns[:kept], values[:kept] = self._t_ns[first : self._n], self._values[first : self._n]
        self._t_ns, self._values, self._n = t_ns, values, kept

    def segments(self, t0_ns: TimeNs, t1_ns: TimeNs) -> Segments:
        """The levels that touch [t0_ns, t1_ns)."""
        t_ns = self._t_ns[: self._n]
        first = max(0, int(np.searchsorted(t_ns, t0_ns, "right")) - 1)
        last = max(first + 1, int(np.searchsorted(t_ns, t1_ns, "left")))
        zeros = np.zeros(last - first)
        return t_ns[first:last].copy(), self._values[first:last].copy(), zeros, zeros + 1.0


class EventHistory(Generic[T]):
    """Things with an instant, in time order."""

    def __init__(self) -> None:
        self._t_ns: list[TimeNs] = []
        self._things: list[T] = []

    def extend(self, more: Iterable[tuple[TimeNs, T]]) -> None:
        """Add what happened; whatever is older than the kept span is forgotten."""
        for t_ns, thing in more:
            place = len(self._t_ns)
            while place and self._t_ns[place - 1] > t_ns:
                place -= 1
            self._t_ns.insert(place, t_ns)
            self._things.insert(place, thing)
        if self._t_ns and self._t_ns[0] < self._t_ns[-1] - 2 * KEPT_NS:
            old = bisect_left(self._t_ns, self._t_ns[-1] - KEPT_NS)
            del self._t_ns[:old], self._things[:old]

    def between(self, t0_ns: TimeNs, t1_ns: TimeNs) -> Sequence[tuple[TimeNs, T]]:
        """What happened in [t0_ns, t1_ns)."""
        first, last = bisect_left(self._t_ns, t0_ns), bisect_left(self._t_ns, t1_ns)
        return tuple(zip(self._t_ns[first:last], self._things[first:last], strict=True))
