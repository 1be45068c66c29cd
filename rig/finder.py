"""The pulse finder: streaming, compiled, sees nothing but the 16-bit samples of one current channel.

It gives the same rows for any chunking of the samples: it looks at whole absolute cells (256 samples at 1 MS/s) and
carries an open pulse over every edge. Baseline and noise come from quiet cells of the same record; a quantity that a
clipped or lost sample enters is NaN. What counts as one pulse is in `rig.finder_state.FinderSettings`.
"""

from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from rig import finder_state as state_at
from rig import finder_window as fields
from rig.bench import ChannelAccuracy
from rig.cells import cell_samples
from rig.finder_edges import inverts, linear_delay_s
from rig.finder_measure import PRE, Desk, Samples
from rig.finder_scan import scan
from rig.finder_state import FinderSettings
from sim.errors import BenchError
from sim.pulse import PULSE_DTYPE, joined_pulses
from sim.signal import Signal
from sim.timebase import NS_PER_S, TimeNs, first_sample_at_or_after, s_from_ns, sample_period_ns

_ROWS: Final = 4096
_SEED_CELLS: Final = 16
_SEED_TRIES: Final = 4
_LEAST_CODES: Final = 4.0
_FILL: Final = 1 << 18
_NO_GAPS: Final = np.empty((0, 2), np.int64)
_PARTS: Final = np.dtype(
    [
        ("channel", np.int16),
        ("values", np.float64, 10),
        ("flags", np.uint8, 2),
        ("end_s", np.float64),
        ("shape", np.float64, 7),
    ]
)
"""`PULSE_DTYPE` with its ten quantities from `t_s` to `baseline_a` in one field, the kernel's columns T to BASELINE,
and those from `peak_a` on in another, PEAK to DROOP."""


@dataclass(frozen=True, slots=True, eq=False)
class _Scratch:
    """Arrays that the kernels write to."""

    sums: NDArray[np.int64]
    ranges: NDArray[np.int64]
    desk: Desk


def _expected_range(n: int) -> float:
    """Expected range of n normal deviates over their standard deviation. Source: Blom 1958 (plotting positions)."""
    return float(2.0 * ndtri((n - 0.375) / (n + 0.25)))


class PulseFinder:
    """Finds the pulses of one current channel.

    Args:
        rate_hz: sample rate, Hz.
        scale: A per code; that of the signals counts once they come.
        offset: A.
        filter_tau_s: time constant of the anti-alias filter, s; 0 for none.
        channel: number written into the rows.
        settings: what counts as a pulse.
    """

    def __init__(
        self,
        rate_hz: float,
        scale: float,
        offset: float,
        filter_tau_s: float,
        channel: int = 1,
        settings: FinderSettings | None = None,
    ) -> None:
        self.rate_hz, self.channel, self.settings = rate_hz, channel, settings or FinderSettings()
        self.cell = cell_samples(rate_hz)
        self._scale, self._offset, self._tau_s = scale, offset, filter_tau_s
        self._period_ns = sample_period_ns(rate_hz)
        self._state = np.zeros(state_at.STATE_SIZE, np.int64)
        self._told = self._tell()
        self._units = self._units_of_rows()
        longest = int(self.settings.longest_s * rate_hz) + int(self.settings.level_time_s * rate_hz)
        window = longest + 4 * self.cell + 4 * PRE
        self._scratch = _Scratch(
            np.zeros(state_at.RING, np.int64),
            np.zeros(state_at.RING, np.int64),
            Desk(
                np.zeros((self.cell + 4, state_at.SPAN), np.int64),  # at most one pulse a sample, and one open before
                np.zeros(window, np.int16),
                np.zeros((max(_ROWS, 2 * self.cell + 8), fields.ROW)),
                np.zeros(self.cell, np.int16),
            ),
        )
        self._old = np.empty(0, np.int16)
        self._end = -1
        self._seed_tries = 0
        self._gaps: list[tuple[int, int]] = []

    @classmethod
    def for_channel(cls, accuracy: ChannelAccuracy, channel: int = 1) -> Self:
        """A finder for a channel of an instrument."""
        return cls(accuracy.rate_hz, accuracy.lsb, 0.0, accuracy.filter_tau_s, channel)

    @property
    def settled_ns(self) -> TimeNs:
        """Every pulse that begins before this instant has been given: start of the open pulse, else of the next cell.

        A guard of 8 samples is taken off, because a pulse begins a little before its first active sample.
        """
        state = self._state
        if self._end < 0:
            return 0
        open_now = state[state_at.MODE] == state_at.OPEN
        sample = int(state[state_at.START] if open_now else state[state_at.NEXT])
        return max(0, sample - PRE) * self._period_ns

    @property
    def baseline_a(self) -> float:
        """Mean of the quiet cells that count now, A; NaN before there are any."""
        state = self._state
        if not state[state_at.SEEDED]:
            return float("nan")
        return float(state[state_at.RING_SUM] / (state[state_at.RING_N] * self.cell)) * self._scale + self._offset

    @property
    def noise_a(self) -> float:
        """Rms noise of a sample in the quiet cells that count now, from their ranges, A; NaN before there are any."""
        state = self._state
        if not state[state_at.SEEDED]:
            return float("nan")
        spread = float(state[state_at.RING_RANGE] / state[state_at.RING_N])
        return spread * float(self._told[state_at.TOLD_SIGMA_PER_RANGE]) * abs(self._scale)

    def lost(self, t0_ns: TimeNs, t1_ns: TimeNs) -> None:
        """Say, before they are fed, that the samples in [t0_ns, t1_ns) mean nothing.

        A pulse that is open there is closed with NaN, and one that is on afterwards has lost its start: nothing is
        bridged.
        """
        first = first_sample_at_or_after(t0_ns, self._period_ns)
        end = first_sample_at_or_after(t1_ns, self._period_ns)
        if first < end:
            self._gaps.append((first, end))
            self._gaps.sort()

    def feed(self, current: Signal) -> NDArray[Any]:
        """Take the samples that follow those fed before; returns the pulses that became known, `PULSE_DTYPE`.

        A jump forward in time is a loss.

        Raises:
            BenchError: samples were fed twice, or the rate changed.
        """
        if current.rate_hz != self.rate_hz:
            problem = f"current came at {current.rate_hz:g} Hz, {self.rate_hz:g} Hz was announced"
            raise BenchError("pulse finder", s_from_ns(current.t0_ns), problem)
        if current.scale != self._scale:
            self._scale = current.scale
            self._units = self._units_of_rows()
        self._offset = current.offset
        return self.feed_codes(current.samples, current.first_index)

    def feed_codes(self, codes: NDArray[np.int16], first: int) -> NDArray[Any]:
        """As `feed`, for bare int16 codes whose first one has the absolute index `first`."""
        if codes.size == 0:
            return np.empty(0, PULSE_DTYPE)
        found: list[NDArray[Any]] = []
        if self._end < 0:
            self._begin(first)
        elif first < self._end:
            t_s = first * self._period_ns / NS_PER_S
            raise BenchError("pulse finder", t_s, f"{self._end - first} samples were given twice")
        elif first > self._end:
            self.lost(self._end * self._period_ns, first * self._period_ns)
            while self._end < first:
                found += self._take(np.zeros(min(first - self._end, _FILL), np.int16))
        found += self._take(codes)
        return joined_pulses(found)

    def finish(self) -> NDArray[Any]:
        """Close the record: pulses that were still open; a phase that was still on is NaN."""
        nothing = np.empty(0, np.int16)
        found: list[NDArray[Any]] = []
        if self._end < 0:
            return np.empty(0, PULSE_DTYPE)
        if not self._state[state_at.SEEDED]:
            cells = (self._end - int(self._state[state_at.NEXT])) // self.cell
            if cells < 1:
                return np.empty(0, PULSE_DTYPE)
            self._seed(self._old, self._end - self._old.size, min(cells, _SEED_CELLS * _SEED_TRIES), force=True)
            found += self._scan(nothing)
        found += self._scan(nothing, last=True)
        return joined_pulses(found)

    def _begin(self, first: int) -> None:
        start = -(-first // self.cell) * self.cell
        self._state[state_at.NEXT] = start
        self._state[state_at.FLOOR] = first + 1
        self._state[state_at.ORIGIN] = start
        self._end = first

    def _take(self, codes: NDArray[np.int16]) -> list[NDArray[Any]]:
        if not self._state[state_at.SEEDED]:
            start = self._end - self._old.size
            enough = (_SEED_TRIES * _SEED_CELLS + 2) * self.cell
            held = np.concatenate([self._old, codes[:enough]])
            if not self._try_seed(held, start):
                self._old, self._end = held, self._end + codes.size
                return []
        found = self._scan(codes)
        self._keep(codes)
        return found

    def _scan(self, codes: NDArray[np.int16], *, last: bool = False) -> list[NDArray[Any]]:
        found: list[NDArray[Any]] = []
        s, gaps = self._scratch, self._gap_array()
        while True:
            before = int(self._state[state_at.NEXT])
            samples = Samples(self._old, codes, self._end)
            n = scan(samples, gaps, self._state, self._told, s.sums, s.ranges, s.desk, last)
            if n:
                found.append(self._table(n))
            after = int(self._state[state_at.NEXT])
            if after + self.cell > self._end + codes.size or after == before:
                return found

    def _keep(self, codes: NDArray[np.int16]) -> None:
        """Remember the samples that a later call needs."""
        state = self._state
        end = self._end + codes.size
        open_now = state[state_at.MODE] == state_at.OPEN
        needed = int(state[state_at.START] if open_now else state[state_at.NEXT]) - 2 * PRE - 2
        at = needed - self._end
        if at >= 0:
            self._old = codes[at:].copy()
        else:
            self._old = np.concatenate([self._old[max(self._old.size + at, 0) :], codes])
        self._end = end
        looked = int(state[state_at.NEXT])
        self._gaps = [gap for gap in self._gaps if gap[1] > looked]

    def _try_seed(self, held: NDArray[np.int16], start: int) -> bool:
        there = (start + held.size - int(self._state[state_at.NEXT])) // self.cell
        while there >= _SEED_CELLS * (self._seed_tries + 1):
            self._seed_tries += 1
            last = self._seed_tries == _SEED_TRIES
            if self._seed(held, start, _SEED_CELLS * self._seed_tries, force=last):
                return True
        return False

    def _seed(self, held: NDArray[np.int16], start: int, cells: int, *, force: bool) -> bool:
        """First baseline and noise: the cell of median mean among those that are quiet between quiet neighbours."""
        first = int(self._state[state_at.NEXT]) - start
        grid = held[first : first + cells * self.cell].reshape(cells, self.cell)
        spread = grid.max(axis=1).astype(np.int64) - grid.min(axis=1)
        total = grid.sum(axis=1, dtype=np.int64)
        whole = np.ones(cells, np.bool_)
        for a, b in self._gaps:
            low, high = (a - start - first) // self.cell, -(-(b - start - first) // self.cell)
            whole[max(low, 0) : max(high, 0)] = False
        if not whole.any():
            whole[:] = True
        usual = np.sort(spread[whole])[int(whole.sum()) // 4]
        quiet = whole & (spread <= 1.6 * usual + _LEAST_CODES)
        between = quiet & np.append(quiet[1:], True) & np.append(True, quiet[:-1])
        if between.any():
            rows = np.flatnonzero(between)
            chosen = int(rows[np.argsort(total[rows], kind="stable")[rows.size // 2]])
        elif force:
            chosen = int(np.argmin(np.where(whole, spread, np.iinfo(np.int64).max)))
        else:
            return False
        s, state = self._scratch, self._state
        s.sums[0], s.ranges[0] = total[chosen], spread[chosen]
        state[state_at.RING_N] = state[state_at.RING_AT] = state[state_at.SEEDED] = 1
        state[state_at.RING_SUM], state[state_at.RING_RANGE] = total[chosen], spread[chosen]
        return True

    def _gap_array(self) -> NDArray[np.int64]:
        return np.array(self._gaps, np.int64) if self._gaps else _NO_GAPS

    def _tell(self) -> NDArray[np.float64]:
        settings, told = self.settings, np.zeros(state_at.TOLD_SIZE)
        period_s = 1.0 / self.rate_hz
        spread = _expected_range(self.cell)
        told[state_at.TOLD_CELL] = self.cell
        told[state_at.TOLD_PHASE_GAP] = settings.phase_gap_s * self.rate_hz
        told[state_at.TOLD_CLOSING_GAP] = settings.closing_gap_s * self.rate_hz
        told[state_at.TOLD_LONGEST] = settings.longest_s * self.rate_hz
        told[state_at.TOLD_LEVEL_CELLS] = np.ceil(settings.level_time_s * self.rate_hz / self.cell)
        told[state_at.TOLD_REOPEN] = settings.reopen_ratio
        told[state_at.TOLD_TH_PER_RANGE] = settings.threshold_sigmas / spread
        told[state_at.TOLD_TH_LEAST] = max(_LEAST_CODES, settings.threshold_a / self._scale)
        told[state_at.TOLD_SIGMA_PER_RANGE] = 1.0 / spread
        told[state_at.TOLD_A] = period_s / self._tau_s if inverts(period_s, self._tau_s) else 0.0
        told[state_at.TOLD_KEEP] = np.exp(-told[state_at.TOLD_A]) if told[state_at.TOLD_A] > 0.0 else 0.0
        told[state_at.TOLD_MEDIAN] = settings.median_samples(self.rate_hz)
        told[state_at.TOLD_DELAY] = linear_delay_s(period_s, self._tau_s) * self.rate_hz
        return told

    def _units_of_rows(self) -> NDArray[np.float64]:
        """What the columns of the kernel's rows count in, SI."""
        period_s, scale = self._period_ns / NS_PER_S, self._scale
        charge = scale * period_s
        first = (period_s, scale, period_s, period_s, scale, period_s, charge, charge, charge, scale)
        shape = (scale, scale * charge, 1.0, scale, scale, period_s, scale)
        return np.array((1.0, *first, 1.0, 1.0, period_s, *shape))

    def _table(self, n: int) -> NDArray[Any]:
        """Rows of the kernel as pulses in SI; there are few, so it counts how often numpy is called."""
        rows = self._scratch.desk.rows[:n]
        table = np.empty(n, PULSE_DTYPE)
        parts = table.view(_PARTS)
        parts["channel"] = self.channel
        units = self._units
        np.multiply(rows[:, fields.T : fields.BASELINE + 1], units[fields.T : fields.BASELINE + 1], out=parts["values"])
        parts["values"][:, -1] += self._offset
        parts["flags"] = rows[:, fields.CLIPPED : fields.TAIL_DONE + 1]
        np.multiply(rows[:, fields.END], units[fields.END], out=parts["end_s"])
        np.multiply(rows[:, fields.PEAK :], units[fields.PEAK :], out=parts["shape"])
        return table
