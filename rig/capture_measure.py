"""Pulses of a recording and what the record as a whole says, in one pass and constant memory."""

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rig.capture_file import Recording
from rig.capture_warnings import CaptureWarning
from rig.cells import cell_statistics
from rig.finder import PulseFinder
from sim.errors import RecordError
from sim.pulse import PULSE_DTYPE, joined_pulses

_SPAN: Final = 4096
_TAIL_S: Final = 20e-3
"""A pulse is known at the latest this long after it began."""
_MARGIN_S: Final = 0.4e-3
_MANY_LEVELS: Final = 16
_SLOWEST_HZ: Final = 5000.0
_TIMES: Final = ("t_s", "phase1_s", "gap_s", "phase2_s", "end_s", "charge1_c", "charge2_c", "net_c")


@dataclass(slots=True)
class _Sums:
    """Sums of codes over a record."""

    n: int = 0
    total: int = 0
    squares: int = 0
    low: int = 32_767
    high: int = -32_768
    seen: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(1 << 16, np.bool_))
    levels: int = 0

    def add(self, codes: NDArray[np.int16]) -> None:
        """Add a block."""
        first = np.arange(0, codes.size, _SPAN)
        last = np.minimum(first + _SPAN, codes.size)
        low, high = np.empty(first.size, np.int16), np.empty(first.size, np.int16)
        total, squares = np.empty(first.size, np.int64), np.empty(first.size, np.int64)
        cell_statistics(codes, first, last, low, high, total, squares)
        self.n += codes.size
        self.total += int(total.sum())
        self.squares += int(squares.sum())
        self.low, self.high = min(self.low, int(low.min())), max(self.high, int(high.max()))
        if self.levels <= _MANY_LEVELS:
            self.seen[codes.view(np.uint16)] = True
            self.levels = int(self.seen.sum())


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """The samples around one pulse.

    Attributes:
        first: absolute index of the first sample.
        codes: of the samples.
        row: number of the pulse among those found.
    """

    first: int
    codes: NDArray[np.int16]
    row: int


@dataclass(slots=True)
class _Keeper:
    """Holds the samples of the pulse that ranks first, while the record goes by."""

    best: float = -1.0
    window: Window | None = None

    def look(
        self,
        ranks: NDArray[np.float64],
        pulses: NDArray[Any],
        rows: int,
        held: NDArray[np.int16],
        first: int,
        hz: float,
    ) -> None:
        """Look at new pulses, the first of which has the number `rows`; `held` begins at index `first`."""
        ranks = np.where(np.isfinite(ranks), ranks, -1.0)
        k = int(np.argmax(ranks))
        if ranks[k] <= self.best:
            return
        start = max(int((pulses["t_s"][k] - _MARGIN_S) * hz), first)
        end = min(int((pulses["end_s"][k] + _MARGIN_S) * hz), first + held.size)
        if start >= end:
            return
        self.best = float(ranks[k])
        self.window = Window(start, held[start - first : end - first].copy(), rows + k)


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredCapture:
    """What was found in a recording.

    Attributes:
        recording: that was read.
        pulses: `PULSE_DTYPE`.
        samples: how many samples there were.
        period_s: time between them, s.
        span_s: (first, end) of the record, s.
        mean_a: mean current of the record, A; NaN where samples are clipped.
        rms_a: rms of the current about the baseline of its quiet parts, A; NaN likewise.
        baseline_a: mean of its last quiet parts, A; NaN where nothing was quiet.
        noise_a: rms noise of its quiet parts, A; NaN likewise.
        range_a: smallest and largest sample, A.
        at_ends: True where a sample stands at either end of the codes: it may have been cut there.
        levels: different codes, where they are at most 16.
        jumps: (index behind it, samples) of losses in the stream.
        worst: samples of the pulse with the largest net charge; None where there is none.
        highest: samples of the pulse with the largest phase.
        warnings: that came with the recording.
    """

    recording: Recording
    pulses: NDArray[Any]
    samples: int
    period_s: float
    span_s: tuple[float, float]
    mean_a: float
    rms_a: float
    baseline_a: float
    noise_a: float
    range_a: tuple[float, float]
    at_ends: bool
    levels: int
    jumps: tuple[tuple[int, int], ...]
    worst: Window | None
    highest: Window | None
    warnings: tuple[CaptureWarning, ...]


def measure_recording(recording: Recording, filter_tau_s: float = 0.0) -> MeasuredCapture:
    """Find the pulses of a recording in one pass and constant memory.

    Args:
        recording: one channel of a capture.
        filter_tau_s: time constant of the filter before the converter, s; 0 where it is not known.

    Raises:
        RecordError: so few samples a second that no pulse can be seen.
    """
    if recording.rate_hz < _SLOWEST_HZ:
        problem = f"{recording.rate_hz:.6g} samples a second are too few to see pulses of a millisecond"
        raise RecordError(str(recording.path), problem, f"at least {_SLOWEST_HZ:g} Hz; is --rate right?")
    finder = PulseFinder(recording.rate_hz, recording.scale, recording.offset, filter_tau_s / recording.stretch)
    sums, worst, highest = _Sums(), _Keeper(), _Keeper()
    found: list[NDArray[Any]] = []
    jumps: list[tuple[int, int]] = []
    tail = int(_TAIL_S * recording.rate_hz) + 1
    held, held_from, rows = np.empty(0, np.int16), 0, 0
    begin = end = -1

    def keep(pulses: NDArray[Any], samples: NDArray[np.int16]) -> None:
        if pulses.size:
            nets = np.where(pulses["tail_done"] > 0, np.abs(pulses["net_c"]), np.nan)
            worst.look(nets, pulses, rows, samples, held_from, recording.rate_hz)
            tallest = np.fmax(np.abs(pulses["phase1_a"]), np.abs(pulses["phase2_a"]))
            highest.look(tallest, pulses, rows, samples, held_from, recording.rate_hz)

    for first, codes in recording.codes():
        if end >= 0 and first != end:
            jumps.append((first, first - end))
            held = np.empty(0, np.int16)
        begin = first if begin < 0 else begin
        held_from = first - held.size
        pulses = finder.feed_codes(codes, first)
        if pulses.size:
            keep(pulses, np.concatenate([held, codes]))
        found.append(pulses)
        rows += pulses.size
        sums.add(codes)
        held = np.concatenate([held, codes])[-tail:] if codes.size < tail else codes[-tail:].copy()
        end = first + codes.size
    held_from = end - held.size
    rest = finder.finish()
    keep(rest, held)
    found.append(rest)
    pulses = joined_pulses(found)
    for name in _TIMES:
        pulses[name] *= recording.stretch
    period_s = recording.stretch / recording.rate_hz
    n, base = max(sums.n, 1), finder.baseline_a
    zero = 0.0 if np.isnan(base) else (base - recording.offset) / recording.scale
    at_ends = sums.high == 32_767 or sums.low == -32_768
    if at_ends:
        zero = np.nan
    variance = sums.squares / n - 2.0 * zero * sums.total / n + zero * zero
    ends_a = sorted(code * recording.scale + recording.offset for code in (sums.low, sums.high))
    return MeasuredCapture(
        recording=recording,
        pulses=pulses if pulses.size else np.empty(0, PULSE_DTYPE),
        samples=sums.n,
        period_s=period_s,
        span_s=(begin * period_s, end * period_s),
        mean_a=np.nan if at_ends else sums.total / n * recording.scale + recording.offset,
        rms_a=float(np.sqrt(np.maximum(variance, 0.0))) * abs(recording.scale),
        baseline_a=base,
        noise_a=finder.noise_a,
        range_a=(ends_a[0], ends_a[1]),
        at_ends=at_ends,
        levels=sums.levels,
        jumps=tuple(jumps),
        worst=worst.window,
        highest=highest.window,
        warnings=recording.warnings,
    )
