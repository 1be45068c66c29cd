"""Reads a waveform file back, whole or cut off, in constant memory."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from rig.cells import fill_cells
from rig.tdms_read import Segment, read_values, segments
from rig.tdms_segment import object_path
from rig.waveforms import FORMAT, IDLE_FIELDS, RoleFormat
from rig.windows import IdleRows, KeptCells, idle_rows, pulse_cells
from sim.errors import RecordError
from sim.signal import Signal
from sim.timebase import sample_period_ns


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Kept samples without a hole.

    Attributes:
        first_sample: absolute index of the first.
        samples: role -> (n,) codes.
    """

    first_sample: int
    samples: Mapping[str, NDArray[np.int16]]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """What one segment holds: 100 ms of simulated time.

    Attributes:
        pieces: kept samples, in time order.
        idle: statistics of the cells that were not kept; None in a `full` file.
        gaps: (first sample, samples) that were lost.
    """

    pieces: tuple[Piece, ...]
    idle: IdleRows | None
    gaps: tuple[tuple[int, int], ...]


class WaveformFile:
    """An open waveform file.

    Args:
        path: `waveforms.tdms` of a case; a file that is still being written, or was cut off, will do.

    Raises:
        RecordError: no such file, or not one of ours, or cut off before its first segment.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._file = path.open("rb")
        except OSError as error:
            raise RecordError(str(path), f"cannot be read: {error.strerror}") from error
        try:
            head = self._head()
        except RecordError:
            self._file.close()
            raise
        root = head.properties["/"]
        self.keep: str = root["keep"]
        self.cell: int = root["cell_samples"]
        capture = {
            name[len("/'capture'/'") : -1]: values
            for name, values in head.properties.items()
            if name.startswith("/'capture'/'")
        }
        self.roles = {
            role: RoleFormat(p["scale"], p["offset"], p["unit"], p["filter_tau_s"]) for role, p in capture.items()
        }
        self.rate_hz: float = next(iter(capture.values()))["rate_hz"]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _head(self) -> Segment:
        head = next(segments(self._file, self.path), None)
        if head is None:
            raise RecordError(str(self.path), "ends before its first segment: nothing was recorded")
        form = head.properties.get("/", {}).get("format")
        if form != FORMAT:
            raise RecordError(str(self.path), f"format {form!r}, wanted {FORMAT!r}", "use `stimrig measure`")
        return head

    def close(self) -> None:
        """Close the file; twice is fine."""
        self._file.close()

    def parts(self) -> Iterator[Part]:
        """Every whole segment, in time order."""
        at = 0
        for segment in segments(self._file, self.path):
            gaps = self._pairs(segment, "gaps")
            if self.keep == "full":
                n = segment.raw.get(object_path("capture", next(iter(self.roles))), (0, None, 0))[2]
                end = at + n + sum(samples for _, samples in gaps)
                rows = _around(at, end, gaps)
                at = end
                idle = None
            else:
                rows = self._pairs(segment, "windows")
                idle = self._idle(segment)
            yield Part(tuple(self._pieces(segment, rows)), idle, tuple(gaps))

    def windows(self) -> Iterator[Piece]:
        """The kept samples, joined where one segment ends and the next begins inside a window.

        In a `full` file this is everything between two gaps: read `parts` instead.
        """
        pending: list[Piece] = []
        end = -1
        for part in self.parts():
            for piece in part.pieces:
                if pending and piece.first_sample != end:
                    yield _joined(pending)
                    pending = []
                pending.append(piece)
                end = piece.first_sample + len(next(iter(piece.samples.values())))
        if pending:
            yield _joined(pending)

    def idle(self, pulses_t_s: NDArray[np.float64], pulses_end_s: NDArray[np.float64]) -> Iterator[IdleRows]:
        """Statistics of the cells outside the windows of the given pulses.

        A `windows` file holds them; of a `full` file they are computed, with the same result.
        """
        kept = KeptCells()
        for t_s, end_s in zip(pulses_t_s.tolist(), pulses_end_s.tolist(), strict=True):
            kept.add(*pulse_cells(t_s, end_s, self.rate_hz, self.cell))
        carry = _Dense(0, {role: np.empty(0, np.int16) for role in self.roles}, [])
        for part in self.parts():
            if part.idle is not None:
                yield part.idle
                continue
            carry = carry.extended(part)
            whole = carry.end - carry.end % self.cell
            if whole > carry.base:
                yield self._dense_idle(carry, whole, kept)
                carry = carry.after(whole)
        if carry.end > carry.base:
            yield self._dense_idle(carry, carry.end, kept)

    def _dense_idle(self, dense: "_Dense", end: int, kept: KeptCells) -> IdleRows:
        _, cells = kept.split(dense.base // self.cell, -(-end // self.cell))
        gaps = [(max(a, dense.base), min(b, end)) for a, b in dense.gaps if a < end and b > dense.base]
        return idle_rows(dense.samples, dense.base, end, self.cell, cells, gaps)

    def signals(self, role: str) -> Iterator[Signal]:
        """One role without holes but for its gaps.

        Cells of which only the statistics were kept are filled with samples that have them.
        The pulse finder finds the same pulses in it as in the capture.
        """
        form = self.roles[role]
        period_ns = sample_period_ns(self.rate_hz)
        for part in self.parts():
            spans = [(piece.first_sample, piece.samples[role]) for piece in part.pieces]
            if part.idle is not None:
                spans += self._filled(part.idle, role)
            for first, codes in _contiguous(spans):
                yield Signal(codes, first * period_ns, self.rate_hz, form.unit, form.scale, form.offset)

    def _filled(self, idle: IdleRows, role: str) -> list[tuple[int, NDArray[np.int16]]]:
        low, high, total, _ = idle.values[role]
        first = np.concatenate([[0], np.cumsum(idle.count)[:-1]]).astype(np.int64)[: len(idle.cell)]
        codes = np.empty(int(idle.count.sum()), np.int16)
        fill_cells(codes, first, idle.count, low, high, total)
        # a cell that lost samples ends its stretch: what follows it stands on its own cell again
        breaks = np.flatnonzero((np.diff(idle.cell) != 1) | (idle.count[:-1] < self.cell)) + 1
        starts = [0, *breaks.tolist()] if len(idle.cell) else []
        ends = [*breaks.tolist(), len(idle.cell)]
        return [
            (int(idle.cell[a]) * self.cell, codes[first[a] : first[b - 1] + idle.count[b - 1]])
            for a, b in zip(starts, ends, strict=False)
        ]

    def _pairs(self, segment: Segment, group: str) -> list[tuple[int, int]]:
        starts = read_values(self._file, segment, object_path(group, "start_sample"), "<i8")
        samples = read_values(self._file, segment, object_path(group, "samples"), "<i8")
        return list(zip(starts.tolist(), samples.tolist(), strict=True))

    def _pieces(self, segment: Segment, rows: list[tuple[int, int]]) -> Iterator[Piece]:
        codes = {role: read_values(self._file, segment, object_path("capture", role), "<i2") for role in self.roles}
        at = 0
        for first, samples in rows:
            yield Piece(first, {role: values[at : at + samples] for role, values in codes.items()})
            at += samples

    def _idle(self, segment: Segment) -> IdleRows:
        def column(name: str, kind: str) -> NDArray[Any]:
            return read_values(self._file, segment, object_path("idle", name), kind)

        values: dict[str, tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]] = {}
        count = np.empty(0, np.int64)
        for role in self.roles:
            low, high, total, squares, count = (column(f"{role}.{name}", kind) for name, kind in IDLE_FIELDS)
            values[role] = (low, high, total, squares)
        return IdleRows(column("cell", "<i8"), count, values)


@dataclass(frozen=True, slots=True, eq=False)
class _Dense:
    """A stretch of a `full` file with its gaps filled with zeros."""

    base: int
    samples: Mapping[str, NDArray[np.int16]]
    gaps: list[tuple[int, int]]

    @property
    def end(self) -> int:
        return self.base + len(next(iter(self.samples.values())))

    def extended(self, part: Part) -> "_Dense":
        new_gaps = [(first, first + samples) for first, samples in part.gaps]
        sizes = [p.first_sample + len(next(iter(p.samples.values()))) for p in part.pieces]
        end = max([self.end, *sizes, *(b for _, b in new_gaps)])
        samples: dict[str, NDArray[np.int16]] = {}
        for role, old in self.samples.items():
            dense = np.zeros(end - self.base, np.int16)
            dense[: len(old)] = old
            for piece in part.pieces:
                codes = piece.samples[role]
                dense[piece.first_sample - self.base : piece.first_sample - self.base + len(codes)] = codes
            samples[role] = dense
        return _Dense(self.base, samples, [*self.gaps, *new_gaps])

    def after(self, sample: int) -> "_Dense":
        rest = {role: codes[sample - self.base :] for role, codes in self.samples.items()}
        return _Dense(sample, rest, [gap for gap in self.gaps if gap[1] > sample])


def _around(start: int, end: int, gaps: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """(first sample, samples) of what [start, end) holds beside the gaps."""
    rows: list[tuple[int, int]] = []
    for first, samples in gaps:
        if first > start:
            rows.append((start, first - start))
        start = first + samples
    if start < end:
        rows.append((start, end - start))
    return rows


def _joined(pieces: list[Piece]) -> Piece:
    """One piece of several that follow each other without a hole."""
    roles = pieces[0].samples
    return Piece(pieces[0].first_sample, {r: np.concatenate([piece.samples[r] for piece in pieces]) for r in roles})


def _contiguous(spans: list[tuple[int, NDArray[np.int16]]]) -> Iterator[tuple[int, NDArray[np.int16]]]:
    """Spans in time order, joined where they touch."""
    group: list[NDArray[np.int16]] = []
    start = end = -1
    for first, codes in sorted(spans, key=lambda span: span[0]):
        if group and first != end:
            yield start, np.concatenate(group)
            group = []
        if not group:
            start = end = first
        group.append(codes)
        end += len(codes)
    if group:
        yield start, np.concatenate(group)
