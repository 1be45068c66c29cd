"""The largest electrode voltage of every pulse: found in the current, read in the voltage of the same channel."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rig.finder_measure import PRE
from rig.finder_shape import median_peak
from rig.finder_state import FinderSettings
from rig.finder_window import extremes
from sim.compiled import compiled
from sim.signal import Signal
from sim.timebase import NS_PER_S, TimeNs, first_sample_at_or_after

_TOP: Final = 32_767
_BOTTOM: Final = -32_768


@compiled
def _peak_code(codes: NDArray[np.int16], zero: float, length: int) -> float:
    """Largest magnitude over `zero` behind a running median, codes; NaN where a sample is clipped."""
    low, high = extremes(codes)
    if high >= _TOP or low <= _BOTTOM:
        return np.nan
    return max(median_peak(codes, zero, 1.0, length), median_peak(codes, zero, -1.0, length))


class PeakVoltage:
    """Keeps as much of one channel's voltage as pulses may still need, and reads their peaks in it.

    A pulse becomes known some time after its samples, so the samples are held until the finder says that no pulse can
    begin before them any more. The window of a pulse is known to the sample, so any cut of the time axis gives the same
    peaks. No baseline is taken off: a voltage that stays on the electrodes belongs to their peak.
    """

    def __init__(self) -> None:
        self._codes = np.empty(0, np.int16)
        self._first = 0
        self._signal: Signal | None = None
        self._gaps: list[tuple[TimeNs, TimeNs]] = []

    def feed(self, voltage: Signal, gaps_ns: Sequence[tuple[TimeNs, TimeNs]] = ()) -> None:
        """Take the samples that follow those fed before; a jump in time is a loss, and so are `gaps_ns`."""
        if self._signal is None or voltage.first_index != self._first + self._codes.size:
            if self._signal is not None:
                self._gaps.append(((self._first + self._codes.size) * voltage.period_ns, voltage.t0_ns))
            self._codes, self._first = voltage.samples, voltage.first_index
        else:
            self._codes = np.concatenate([self._codes, voltage.samples])
        self._signal = voltage
        self._gaps.extend(gaps_ns)

    def fill(self, pulses: NDArray[Any]) -> None:
        """Write `peak_v` of pulses of this channel; NaN where their voltage is clipped, lost or not captured."""
        signal = self._signal
        if signal is None:
            return
        length = FinderSettings().median_samples(signal.rate_hz)
        for pulse in pulses:
            t0_ns, t1_ns = round(pulse["t_s"] * NS_PER_S), round(pulse["end_s"] * NS_PER_S)
            start = first_sample_at_or_after(t0_ns, signal.period_ns) - PRE - self._first
            end = first_sample_at_or_after(t1_ns, signal.period_ns) + 1 - self._first
            lost = any(a < t1_ns and t0_ns < b for a, b in self._gaps)
            if not lost and 0 <= start < end <= self._codes.size:
                peak = _peak_code(self._codes[start:end], -signal.offset / signal.scale, length)
                pulse["peak_v"] = peak * signal.scale

    def forget(self, before_ns: TimeNs) -> None:
        """No pulse that is still to come begins before `before_ns`: let go what lies further back."""
        if self._signal is None:
            return
        period_ns = self._signal.period_ns
        cut = min(max(before_ns // period_ns - 4 * PRE - self._first, 0), self._codes.size)
        if cut:
            self._codes = self._codes[cut:].copy()
            self._first += cut
        self._gaps = [gap for gap in self._gaps if gap[1] > self._first * period_ns]
