"""A column of time becomes a sample period and a list of losses, or is refused by name."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rig.capture_file import Losses
from rig.capture_warnings import CaptureWarning
from sim.errors import RecordError

_UNEVEN: Final = 0.02
_CHUNK: Final = 4096
_MIXED: Final = 0.005
_MOST_GAPS: Final = 10_000
_STEPS_A_GAP: Final = 100
"""A gap is rare: fewer steps a gap than this are no gaps but an uneven clock (design choice)."""


@dataclass(frozen=True, slots=True)
class TimeBase:
    """What a column of time says.

    Attributes:
        period_s: between samples, s.
        losses: samples that are missing.
        warnings: where there are losses.
    """

    period_s: float
    losses: Losses
    warnings: tuple[CaptureWarning, ...]


class _Clock:
    """Goes over a column of time, block by block; holds counts and gaps, never the column."""

    def __init__(self, path: Path, s_per_unit: float) -> None:
        self.path, self.s_per_unit = path, s_per_unit
        self.n = 0
        self.last = np.nan
        self.step = np.nan
        self.even_sum = 0.0
        self.even_n = 0
        self.gaps: list[tuple[int, float]] = []
        self.chunks: list[tuple[float, int]] = []

    def feed(self, times: NDArray[np.float64]) -> None:
        good = np.isfinite(times)
        if not good.all():
            where = self.n + int(np.argmin(good))
            raise RecordError(str(self.path), f"the time of sample {where} is no number", "repair the file")
        steps = np.diff(times) if self.n == 0 else np.diff(times, prepend=self.last)
        first = self.n or 1
        self.last, self.n = float(times[-1]), self.n + times.size
        if not steps.size:
            return
        if np.isnan(self.step):
            self.step = self._usual(steps, times)
        long = np.flatnonzero(steps > 1.5 * self.step + self._digit)
        self.gaps.extend((first + int(k), float(steps[k])) for k in long[:_MOST_GAPS])
        even = np.delete(steps, long)
        bad = np.flatnonzero((steps <= 0.0) & (self._digit == 0.0) | (steps < -self._digit))
        if bad.size:
            where = first + int(bad[0])
            mend = "export evenly sampled data, or give --rate"
            raise RecordError(str(self.path), f"time is not uniform: it runs back at sample {where}", mend)
        self._check_even(even, first)
        for start in range(0, even.size - _CHUNK + 1, _CHUNK):
            self.chunks.append((float(even[start : start + _CHUNK].mean()), first + start))
            self.chunks = self.chunks[-2:] if self._alike() else self.chunks
        self.even_sum, self.even_n = self.even_sum + float(even.sum()), self.even_n + even.size

    def _usual(self, steps: NDArray[np.float64], times: NDArray[np.float64]) -> float:
        """The usual step; one that is written with few digits jumps between two neighbouring values."""
        median = float(np.median(steps))
        rounding = 8.0 * float(np.spacing(np.abs(times).max()))
        levels = np.unique(np.round(steps / max(abs(median), 1e-300), 3))
        near = steps[np.abs(steps - median) <= 0.5 * abs(median)]
        coarse = levels.size <= 3 and near.size >= _STEPS_A_GAP
        self._digit = max(2.0 * rounding, float(near.max() - near.min()) if coarse else 0.0)
        return float(near.mean()) if coarse else median

    def _check_even(self, even: NDArray[np.float64], first: int) -> None:
        off = np.abs(even - self.step) > max(_UNEVEN * self.step, self._digit)
        if off.any():
            found = f"steps of {even.min() * self.s_per_unit:.6g} to {even.max() * self.s_per_unit:.6g} s"
            where = f"first off at sample {first + int(np.argmax(off))}"
            mend = "one rate a file: cut it there, export evenly sampled data, or give --rate"
            raise RecordError(str(self.path), f"time is not uniform: {found}, {where}", mend)

    def _alike(self) -> bool:
        (before, _), (now, where) = self.chunks[-2] if len(self.chunks) > 1 else self.chunks[-1], self.chunks[-1]
        if abs(now - before) > max(_MIXED * before, 2.0 * self._digit / _CHUNK):
            rates = f"{1 / (before * self.s_per_unit):.6g} Hz before, {1 / (now * self.s_per_unit):.6g} Hz behind"
            mend = "one rate a file: cut it there"
            raise RecordError(str(self.path), f"mixed rates: {rates} sample {where}", mend)
        return True


def time_base(path: Path, blocks: Iterator[NDArray[Any]], s_per_unit: float) -> TimeBase:
    """Period and losses of a column of time.

    Raises:
        RecordError: fewer than two samples, a time that is no number, runs back, is uneven, or changes its rate.
    """
    clock = _Clock(path, s_per_unit)
    for block in blocks:
        clock.feed(block)
    if clock.n < 2:
        raise RecordError(str(path), "holds fewer than two samples", "name a capture that holds pulses")
    if len(clock.gaps) * _STEPS_A_GAP > clock.n or clock.even_n == 0:
        longest = max((step for _, step in clock.gaps), default=0.0)
        found = f"{len(clock.gaps)} steps of up to {longest * s_per_unit:.6g} s among steps of "
        mend = "export evenly sampled data, or give --rate"
        raise RecordError(
            str(path), f"time is not uniform (mixed rates?): {found}{clock.step * s_per_unit:.6g} s", mend
        )
    period = clock.even_sum / clock.even_n
    losses = tuple((where, max(1, round(step / period) - 1)) for where, step in clock.gaps)
    warnings: tuple[CaptureWarning, ...] = ()
    if losses:
        lost = sum(samples for _, samples in losses)
        text = f"the time column jumps {len(losses)} times, {lost} samples are missing; pulses there are not measured"
        warnings = (CaptureWarning("gap", text, f"first before sample {losses[0][0]}"),)
    return TimeBase(period * s_per_unit, losses, warnings)
