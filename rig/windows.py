"""Windows and idle cells: which cells of a capture are kept sample by sample, and what is kept of the others."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rig.cells import cell_statistics

CELLS_BEFORE: Final = 2
"""Quiet cells kept before the first cell of a pulse (design choice: a baseline before it)."""
CELLS_AFTER: Final = 2
"""Quiet cells kept after the last cell of a pulse's charge window."""


@dataclass(slots=True)
class KeptCells:
    """Which cells belong to windows: rising, disjoint ranges of cells (first, last), both included."""

    ranges: list[list[int]] = field(default_factory=list[list[int]])

    def add(self, first: int, last: int) -> None:
        """Keep cells `first` to `last`; merged with what it touches."""
        ranges = self.ranges
        at = len(ranges)
        while at and ranges[at - 1][0] > first:
            at -= 1
        ranges.insert(at, [first, last])
        at = max(at - 1, 0)
        while at + 1 < len(ranges):
            if ranges[at + 1][0] <= ranges[at][1] + 1:
                ranges[at][1] = max(ranges[at][1], ranges[at + 1][1])
                del ranges[at + 1]
            elif ranges[at][0] > last + 1:
                break
            else:
                at += 1

    def split(self, low: int, high: int) -> tuple[list[tuple[int, int]], NDArray[np.int64]]:
        """Kept ranges [a, b) inside cells [low, high), and the cells between them."""
        kept: list[tuple[int, int]] = []
        idle: list[NDArray[np.int64]] = []
        at = low
        for first, last in self.ranges:
            a, b = max(first, low), min(last + 1, high)
            if a >= b:
                continue
            idle.append(np.arange(at, a))
            kept.append((a, b))
            at = b
        idle.append(np.arange(at, high))
        return kept, np.concatenate(idle)

    def forget_before(self, cell: int) -> None:
        """Drop ranges that end before `cell`."""
        self.ranges = [entry for entry in self.ranges if entry[1] >= cell]


def pulse_cells(t_s: float, end_s: float, rate_hz: float, cell: int) -> tuple[int, int]:
    """First and last cell of the window of a pulse: 2 cells before its first to 2 cells after its last."""
    start = int((end_s if math.isnan(t_s) else t_s) * rate_hz)
    end = start if math.isnan(end_s) else max(int(end_s * rate_hz), start)
    return max(start // cell - CELLS_BEFORE, 0), end // cell + CELLS_AFTER


@dataclass(frozen=True, slots=True, eq=False)
class IdleRows:
    """Statistics of the idle cells of a stretch of time, in codes.

    Attributes:
        cell: (m,) absolute number of the cell.
        count: (m,) samples in it.
        values: role -> (minimum, maximum, sum, sum of squares), each (m,).
    """

    cell: NDArray[np.int64]
    count: NDArray[np.int64]
    values: Mapping[str, tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]]


def idle_rows(
    samples: Mapping[str, NDArray[np.int16]],
    base: int,
    end: int,
    cell: int,
    cells: NDArray[np.int64],
    gaps: list[tuple[int, int]],
) -> IdleRows:
    """Statistics of `cells`.

    Args:
        samples: role -> codes from sample `base` on.
        base: absolute index of the first of them.
        end: samples from here on do not count.
        cell: samples in a cell.
        cells: (m,) absolute numbers.
        gaps: [a, b) spans of samples that were lost; a cell that lost all of its samples vanishes.
    """
    first = np.maximum(cells * cell, base) - base
    last = np.minimum((cells + 1) * cell, end) - base
    if gaps:
        there = np.ones(end - base, np.bool_)
        for a, b in gaps:
            there[a - base : b - base] = False
        position = np.concatenate([[0], np.cumsum(there)])
        first, last = position[first], position[last]
        left = last > first
        cells, first, last = cells[left], first[left], last[left]
        samples = {role: codes[: end - base][there] for role, codes in samples.items()}
    m = len(cells)
    values: dict[str, tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]] = {}
    for role, codes in samples.items():
        low, high = np.empty(m, np.int16), np.empty(m, np.int16)
        total, squares = np.empty(m, np.int64), np.empty(m, np.int64)
        cell_statistics(codes, first, last, low, high, total, squares)
        values[role] = (low, high, total, squares)
    return IdleRows(cells, last - first, values)


def between(start: int, end: int, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """What [start, end) holds beside `spans`, which may overlap."""
    rest: list[tuple[int, int]] = []
    for a, b in sorted(spans):
        if a >= end:
            break
        if a > start:
            rest.append((start, a))
        start = max(start, b)
    if start < end:
        rest.append((start, end))
    return rest


def clipped(spans: list[tuple[int, int]], low: int, high: int) -> list[tuple[int, int]]:
    """What of the spans lies in [low, high)."""
    return [(max(a, low), min(b, high)) for a, b in spans if a < high and b > low]


def common(spans: list[tuple[int, int]], others: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """What both lists of spans hold."""
    return [part for low, high in others for part in clipped(spans, low, high)]
