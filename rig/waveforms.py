"""The waveform file of a case: TDMS, int16 with its scaling, one flushed segment per 100 ms of simulated time.

`full` keeps every sample. `windows` keeps every sample of the cells around a pulse and the statistics of all other
cells. What is kept depends on the pulses and the absolute cell grid only, never on how the run was cut into blocks: a
cell is decided once no pulse that is still unknown could reach it, and a segment is written when all of its cells are
decided. So any cut of the time axis gives the same bytes, and after a kill -9 all whole segments can be read.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rig.cells import cell_samples
from rig.tdms_segment import Channel, PropertyValue, SegmentEncoder, linear_scaling
from rig.windows import CELLS_BEFORE, IdleRows, KeptCells, between, clipped, common, idle_rows, pulse_cells
from scenarios.case import Keep
from sim.errors import CausalityError, RecordError
from sim.timebase import NS_PER_S, TimeNs, sample_period_ns

SEGMENT_NS: Final = 100_000_000
"""Simulated time in a segment, ns."""
FORMAT: Final = "stimrig/waveforms/1"
_FILTER_CELLS: Final = 1  # a pulse starts a filter delay before the instant at which the finder saw it
IDLE_FIELDS: Final = (("min", "<i2"), ("max", "<i2"), ("sum", "<i8"), ("sumsq", "<i8"), ("count", "<i8"))


@dataclass(frozen=True, slots=True)
class RoleFormat:
    """How the codes of a role read: value = code * scale + offset, in `unit`; and what filter they came through."""

    scale: float
    offset: float
    unit: str
    filter_tau_s: float = 0.0


class WaveformWriter:
    """Writes the waveforms of one case while they come.

    Args:
        path: the file; it must not exist.
        keep: `full` or `windows`.
        rate_hz: sample rate of every role, Hz.
        roles: how the codes of each role read, in file order.

    Raises:
        RecordError: the file cannot be made or written; what was written before stays readable.
    """

    def __init__(self, path: Path, keep: Keep, rate_hz: float, roles: Mapping[str, RoleFormat]) -> None:
        self.path, self.keep, self.rate_hz, self.roles = path, keep, rate_hz, dict(roles)
        self.cell = cell_samples(rate_hz)
        self.idle: list[IdleRows] = []
        self._period_ns = sample_period_ns(rate_hz)
        self._segment_samples = SEGMENT_NS // self._period_ns
        self._buffers = {role: np.empty(4 * self._segment_samples, np.int16) for role in roles}
        self._base = self._fill = self._written = 0
        self._next_segment = 0
        self._windows = KeptCells()
        self._gaps: list[tuple[int, int]] = []
        self._encoder = self._make_encoder()
        try:
            self._file = path.open("xb", buffering=0)
        except OSError as error:
            raise _cannot_write(path, error) from error

    def append(
        self,
        samples: Mapping[str, NDArray[np.int16]],
        first_sample: int,
        pulses: NDArray[Any],
        settled_ns: TimeNs,
        gaps_ns: tuple[tuple[TimeNs, TimeNs], ...] = (),
    ) -> None:
        """Take the samples of one block.

        Args:
            samples: role -> (n,) codes, the same n for every role; a role that is missing is a gap.
            first_sample: absolute index of the first of them; a jump is a gap.
            pulses: pulses that became known, `PULSE_DTYPE`.
            settled_ns: no pulse that starts before it is still unknown.
            gaps_ns: spans inside the block whose samples mean nothing.

        Raises:
            RecordError: the file cannot be written.
            CausalityError: a pulse reaches cells that were decided without it.
        """
        self._take(samples, first_sample)
        for t0_ns, t1_ns in gaps_ns:
            self._gaps.append((-(-t0_ns // self._period_ns), -(-t1_ns // self._period_ns)))
        if self.keep == "windows":
            self._keep_around(pulses)
            settled_cell = settled_ns // (self.cell * self._period_ns)
            decided = min((settled_cell - CELLS_BEFORE - _FILTER_CELLS) * self.cell, self._end)
        else:
            decided = self._end
        ends: list[int] = []
        while decided >= self._segment_end(len(ends)):
            ends.append(self._segment_end(len(ends)))
        if ends:
            self._write_segments(ends)
            self._compact()

    def close(self) -> None:
        """Write what is left, the last partial cell included, and close; twice is fine."""
        if self._file.closed:
            return
        try:
            ends: list[int] = []
            while self._end > (ends[-1] if ends else self._written):
                ends.append(min(self._segment_end(len(ends)), self._end))
            if ends:
                self._write_segments(ends)
        finally:
            self._file.close()

    @property
    def _end(self) -> int:
        return self._base + self._fill

    def _segment_end(self, ahead: int = 0) -> int:
        """Absolute sample that ends the next segment but `ahead`; in `windows` that of the cells that begin in it."""
        end = (self._next_segment + ahead + 1) * self._segment_samples
        return end if self.keep == "full" else -(-end // self.cell) * self.cell

    def _take(self, samples: Mapping[str, NDArray[np.int16]], first_sample: int) -> None:
        n = max((len(codes) for codes in samples.values()), default=0)
        if not n:
            return
        missing = first_sample - self._end
        if missing < 0:
            raise RecordError(str(self.path), f"samples from {first_sample} on were given twice", "mend the bench")
        if missing:
            self._gaps.append((self._end, first_sample))
        self._reserve(self._fill + missing + n)
        for role, buffer in self._buffers.items():
            buffer[self._fill : self._fill + missing] = 0
            buffer[self._fill + missing : self._fill + missing + n] = samples[role]
        self._fill += missing + n

    def _reserve(self, size: int) -> None:
        capacity = len(next(iter(self._buffers.values()), np.empty(0)))
        if size <= capacity:
            return
        for role, old in self._buffers.items():
            self._buffers[role] = np.empty(max(size, 2 * capacity), np.int16)
            self._buffers[role][: self._fill] = old[: self._fill]

    def _keep_around(self, pulses: NDArray[Any]) -> None:
        decided = self._written // self.cell
        for t_s, end_s in zip(pulses["t_s"].tolist(), pulses["end_s"].tolist(), strict=True):
            first, last = pulse_cells(t_s, end_s, self.rate_hz, self.cell)
            if first < decided:
                raise CausalityError("waveform file", t_s, "a pulse was found after its window had been written")
            self._windows.add(first, last)

    def _write_segments(self, ends: list[int]) -> None:
        """Write the samples up to the last of `ends` as segments and forget them.

        What is kept is worked out for all of them at once: it depends on cells, not on segments.
        """
        start, end, cell = self._written, ends[-1], self.cell
        there = between(start, end, self._gaps)
        gaps = between(start, end, there)
        rows, idle = there, None
        if self.keep == "windows":
            kept, idle_cells = self._windows.split(start // cell, -(-end // cell))
            spans = [(a * cell, b * cell) for a, b in kept]
            rows = spans if not gaps and (not spans or spans[-1][1] <= end) else common(spans, there)
            idle = idle_rows(self._buffers, self._base, end, cell, idle_cells, gaps)
            self.idle.append(idle)
        parts: list[Any] = []
        for low, high in pairwise([start, *ends]):
            own = clipped(rows, low, high)
            columns = [] if idle is None else [*_columns(own), *self._idle_columns(idle, low, high)]
            codes = [[b[x - self._base : y - self._base] for x, y in own] for b in self._buffers.values()]
            parts += self._encoder.encode([*codes, *columns, *_columns(clipped(gaps, low, high))])
        self._write(parts)
        self._written = end
        self._gaps = [gap for gap in self._gaps if gap[1] > end]
        self._windows.forget_before(end // cell)
        self._next_segment += len(ends)

    def _idle_columns(self, rows: IdleRows, low: int, high: int) -> list[list[NDArray[Any]]]:
        """The idle cells that begin in samples [low, high)."""
        a, b = np.searchsorted(rows.cell, (low // self.cell, -(-high // self.cell)))
        count = rows.count[a:b]
        columns: list[list[NDArray[Any]]] = [[rows.cell[a:b]]]
        for values in rows.values.values():
            columns += [*([column[a:b]] for column in values), [count]]
        return columns

    def _write(self, parts: list[Any]) -> None:
        """Write segments: small ones in one go, so that a kill leaves them whole or absent."""
        chunks = [b"".join(parts)] if self.keep == "windows" else parts
        try:
            for chunk in chunks:
                view = memoryview(chunk).cast("B")
                while view:
                    view = view[self._file.write(view) or 0 :]
        except OSError as error:
            raise _cannot_write(self.path, error) from error

    def _compact(self) -> None:
        """Move what is not yet written to the front of the buffers."""
        done = self._written - self._base
        if done:
            for buffer in self._buffers.values():
                buffer[: self._fill - done] = buffer[done : self._fill]
            self._base, self._fill = self._written, self._fill - done

    def _make_encoder(self) -> SegmentEncoder:
        channels: list[Channel] = []
        for role, form in self.roles.items():
            properties: dict[str, PropertyValue] = {
                "rate_hz": float(self.rate_hz),
                "scale": float(form.scale),
                "offset": float(form.offset),
                "unit": form.unit,
                "t0_ns": 0,
                "filter_tau_s": form.filter_tau_s,
            }
            properties |= linear_scaling(form.scale, form.offset, form.unit)
            if self.keep == "full":
                properties |= {"wf_increment": self._period_ns / NS_PER_S, "wf_start_offset": 0.0}
            channels.append(Channel("capture", role, "<i2", properties))
        groups: dict[str, Mapping[str, PropertyValue]] = {"capture": {}}
        if self.keep == "windows":
            groups |= {"windows": {}, "idle": {}}
            channels += [Channel("windows", "start_sample", "<i8"), Channel("windows", "samples", "<i8")]
            channels.append(Channel("idle", "cell", "<i8"))
            channels += [Channel("idle", f"{role}.{name}", kind) for role in self.roles for name, kind in IDLE_FIELDS]
        groups |= {"gaps": {}}
        channels += [Channel("gaps", "start_sample", "<i8"), Channel("gaps", "samples", "<i8")]
        root: dict[str, PropertyValue] = {"format": FORMAT, "keep": self.keep, "cell_samples": self.cell}
        return SegmentEncoder(channels, root, groups)


def _columns(spans: list[tuple[int, int]]) -> list[list[NDArray[np.int64]]]:
    """The columns `start_sample` and `samples` of [a, b) spans."""
    return [[np.array([a for a, _ in spans], np.int64)], [np.array([b - a for a, b in spans], np.int64)]]


def _cannot_write(path: Path, error: OSError) -> RecordError:
    reason = os.strerror(error.errno) if error.errno else str(error)
    return RecordError(str(path), f"cannot be written: {reason}", "free space or choose another folder with --out")
