"""What a terminal puts out: values that hold until the next, as far back as somebody still reads them."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.timebase import TimeNs

_LEAST: Final = 1024


class Held:
    """The changes of one output in time order.

    Args:
        rest: value before the first change.
    """

    def __init__(self, rest: float = 0.0) -> None:
        self._t_ns = np.zeros(_LEAST, np.int64)
        self._values = np.zeros(_LEAST)
        self._t_ns[0], self._values[0] = -(1 << 62), rest
        self._n = 1

    @property
    def last(self) -> float:
        """The value that holds now."""
        return float(self._values[self._n - 1])

    @property
    def changed_ns(self) -> TimeNs:
        """Instant of the newest change."""
        return int(self._t_ns[self._n - 1])

    @property
    def size(self) -> int:
        """Changes that are remembered."""
        return self._n

    def put(self, t_ns: TimeNs, value: float) -> None:
        """The output changes at `t_ns`."""
        if value != self.last:
            self._append(np.array([t_ns], np.int64), np.array([value]))

    def stream(self, t_ns: NDArray[np.int64], values: NDArray[np.float64]) -> None:
        """Samples at instants (n,); only those that change anything are kept."""
        if not values.size:
            return
        changed = np.empty(values.size, np.bool_)
        changed[0] = values[0] != self.last
        np.not_equal(values[1:], values[:-1], out=changed[1:])
        if changed.any():
            self._append(t_ns[changed], values[changed])

    def _append(self, t_ns: NDArray[np.int64], values: NDArray[np.float64]) -> None:
        while self._n > 1 and self._t_ns[self._n - 1] >= t_ns[0]:
            self._n -= 1
        if self._n + t_ns.size > self._t_ns.size:
            size = max(_LEAST, 2 * (self._n + t_ns.size))
            self._t_ns = np.concatenate([self._t_ns[: self._n], np.zeros(size - self._n, np.int64)])
            self._values = np.concatenate([self._values[: self._n], np.zeros(size - self._n)])
        self._t_ns[self._n : self._n + t_ns.size] = t_ns
        self._values[self._n : self._n + t_ns.size] = values
        self._n += t_ns.size

    def at(self, t_ns: NDArray[np.int64]) -> NDArray[np.float64]:
        """Values at instants (n,), in time order."""
        known = self._t_ns[: self._n]
        if not t_ns.size:
            return np.zeros(0)
        first, last = np.searchsorted(known, (t_ns[0], t_ns[-1]), "right") - 1
        if first == last:  # most spans hold no change
            return np.full(t_ns.size, self._values[max(first, 0)])
        return self._values[np.maximum(np.searchsorted(known, t_ns, "right") - 1, 0)]

    def changes(self, t0_ns: TimeNs, t1_ns: TimeNs) -> list[tuple[TimeNs, float]]:
        """(instant, new value) in [t0_ns, t1_ns)."""
        first, last = np.searchsorted(self._t_ns[: self._n], [t0_ns, t1_ns], "left")
        return [(int(t), float(v)) for t, v in zip(self._t_ns[first:last], self._values[first:last], strict=True)]

    def forget(self, before_ns: TimeNs) -> None:
        """Nobody asks for anything before `before_ns` any more."""
        first = int(np.searchsorted(self._t_ns[: self._n], before_ns, "right")) - 1
        if first > _LEAST:
            kept = self._n - first
            self._t_ns[:kept] = self._t_ns[first : self._n].copy()
            self._values[:kept] = self._values[first : self._n].copy()
            self._n = kept
