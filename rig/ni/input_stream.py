"""What the card read, as a capture: volts become codes of the stated range, words of a port become changes of lines."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from rig.bench import ChannelAccuracy
from rig.ni.layout import Layout, Lines
from sim.front_end_settings import HALF_SCALE
from sim.signal import Signal
from sim.timebase import TimeNs


class InputStream:
    """Blocks of the inputs.

    The driver gives calibrated volts; a code is the nearest 1/32768 of the range, so the file keeps 16 bits. A sample
    at either end of the range counts as clipped.

    Args:
        layout: of the case.
        accuracy: of its captured roles.
        rate_hz: sample rate, Hz.
        period_ns: the same, ns.
    """

    def __init__(
        self, layout: Layout, accuracy: Mapping[str, ChannelAccuracy], rate_hz: float, period_ns: TimeNs
    ) -> None:
        self._layout, self._accuracy = layout, accuracy
        self._rate_hz, self._period_ns = rate_hz, period_ns
        self._states: dict[str, int] = {}

    def signals(self, volts: NDArray[np.float64], first: int) -> tuple[dict[str, Signal], dict[str, int]]:
        """Codes by role, and how many of them are clipped.

        Args:
            volts: (n_inputs, n).
            first: absolute index of the first sample.
        """
        found: dict[str, Signal] = {}
        clipped: dict[str, int] = {}
        for each, row in zip(self._layout.inputs, volts, strict=True):
            part = self._accuracy.get(each.role)  # of a role that is no current or voltage nothing is judged
            unit, lsb = (part.unit, part.lsb) if part is not None else ("V", each.range_v / HALF_SCALE)
            codes = np.rint(row * (HALF_SCALE / each.range_v))
            np.clip(codes, -HALF_SCALE, HALF_SCALE - 1, out=codes)
            exact = codes.astype(np.int16)
            found[each.role] = Signal(exact, first * self._period_ns, self._rate_hz, unit, lsb)
            clipped[each.role] = int(((exact == HALF_SCALE - 1) | (exact == -HALF_SCALE)).sum())
        return found, clipped

    def changes(self, words: NDArray[np.uint32] | None, first: int) -> dict[str, tuple[tuple[TimeNs, int], ...]]:
        """Changes of the status lines; the first block of a run begins with their states.

        Args:
            words: of the port (n,), or None.
            first: absolute index of the first sample.
        """
        if words is None or not words.size:
            return {}
        found: dict[str, tuple[tuple[TimeNs, int], ...]] = {}
        seen = words if (words != words[0]).any() else words[:1]  # most blocks hold no change at all
        for lines in self._layout.status:
            changes = self._of(lines, seen, first)
            if changes:
                found[lines.role] = tuple(changes)
        return dict(sorted(found.items()))

    def _of(self, lines: Lines, words: NDArray[np.uint32], first: int) -> list[tuple[TimeNs, int]]:
        states = ((words & np.uint32(lines.mask)) != 0) ^ lines.invert
        before = self._states.get(lines.role)
        changed = np.flatnonzero(np.diff(states)) + 1
        if before is None or before != int(states[0]):
            changed = np.concatenate([np.zeros(1, np.int64), changed])
        self._states[lines.role] = int(states[-1])
        return [((first + int(n)) * self._period_ns, int(states[n])) for n in changed]
