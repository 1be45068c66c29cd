"""A capture from anywhere as a stream of 16-bit codes of one current: TDMS, CSV or NPY, in constant memory."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.errors import RecordError
from sim.timebase import NS_PER_S

Blocks: TypeAlias = Callable[[], Iterator[NDArray[Any]]]
"""Gives the values of a column from the start, block by block; may be called again."""

BLOCK_SAMPLES: Final = 1 << 20
_FULL_CODES: Final = 32_000


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """One current of a capture.

    Attributes:
        path: the file.
        codes: gives (absolute index of the first sample, int16 codes), in time order; a jump is a loss.
        scale: A per code.
        offset: A.
        rate_hz: nominal sample rate, of whole nanoseconds.
        stretch: true sample period over the nominal one.
    """

    path: Path
    codes: Callable[[], Iterator[tuple[int, NDArray[np.int16]]]]
    scale: float
    offset: float
    rate_hz: float
    stretch: float = 1.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user says about a capture.

    Attributes:
        current: channel, column title, or column number from 0.
        a_per_unit: A per unit of the column; None where it was not given.
        rate_hz: sample rate; None where the file must say it.
    """

    current: str
    a_per_unit: float | None = None
    rate_hz: float | None = None


def nominal_rate(period_s: float, path: Path) -> tuple[float, float]:
    """A rate of whole nanoseconds and the true period over its period: every rate can be looked at.

    Raises:
        RecordError: the period is no sample period.
    """
    period_ns = round(period_s * NS_PER_S)
    if not np.isfinite(period_s) or not 1 <= period_ns <= NS_PER_S:
        mend = "a sample rate lies between 1 Hz and 1 GHz; give it with --rate"
        raise RecordError(str(path), f"the time between samples is {period_s:g} s", mend)
    return NS_PER_S / period_ns, period_s * NS_PER_S / period_ns


def as_recording(
    path: Path, blocks: Blocks, wanted: Wanted, period_s: float, a_per_unit: float, offset_a: float = 0.0
) -> Recording:
    """A recording of a column of numbers.

    Integers of 16 bits are taken as codes, whose ends mean clipping. Other numbers are read twice: once for their
    range, once to be made codes again. Where they lie on the grid of a converter that grid is found; else they are
    rounded to 1/64 000 of their range, which is finer than a converter.

    Raises:
        RecordError: the column is empty or holds something that is no finite number.
    """
    rate_hz, stretch = nominal_rate(period_s, path)
    first = next(blocks(), None)
    if first is None or first.size == 0:
        raise RecordError(str(path), f"column {wanted.current} holds no samples", "name a column that does")
    if first.dtype == np.int16:
        return Recording(path, lambda: _numbered(blocks()), a_per_unit, offset_a, rate_hz, stretch)
    low, high = _range(path, blocks, wanted)
    unit = _grid(first, high - low) or max(0.5 * (high - low), 1e-300) / _FULL_CODES
    middle = float(first[0]) + unit * round((0.5 * (low + high) - float(first[0])) / unit)

    def codes() -> Iterator[tuple[int, NDArray[np.int16]]]:
        rounded = (np.rint((block - middle) / unit).astype(np.int16) for block in blocks())
        return _numbered(rounded)

    scale, offset = unit * a_per_unit, middle * a_per_unit + offset_a
    return Recording(path, codes, scale, offset, rate_hz, stretch)


def _grid(values: NDArray[Any], reach: float) -> float | None:
    """Step of the grid on which all of `values` lie, or None where there is none of at most 64 000 steps."""
    levels = np.unique(values)
    if levels.size < 2:
        return None
    step = float(np.median(np.diff(levels)[np.diff(levels) < 1.5 * np.diff(levels).min()]))
    places = (levels - levels[0]) / step
    on_grid = bool(np.abs(places - np.rint(places)).max() < 0.01)
    return step if on_grid and reach / step <= 2 * _FULL_CODES else None


def _numbered(blocks: Iterator[NDArray[Any]]) -> Iterator[tuple[int, NDArray[np.int16]]]:
    at = 0
    for block in blocks:
        yield at, block
        at += block.size


def _range(path: Path, blocks: Blocks, wanted: Wanted) -> tuple[float, float]:
    low, high, at = np.inf, -np.inf, 0
    for block in blocks():
        if not np.isfinite(block).all():
            where = at + int(np.flatnonzero(~np.isfinite(block))[0])
            problem = f"column {wanted.current}: sample {where} is {block[where - at]}, no number"
            raise RecordError(str(path), problem, "cut the capture there, or repair the file")
        low, high, at = min(low, float(block.min())), max(high, float(block.max())), at + block.size
    return low, high


def open_capture(path: Path, wanted: Wanted) -> Recording:
    """The current `wanted` of the capture `path`.

    Raises:
        RecordError: no such file, an unknown kind of file, or one that cannot be used.
        ScenarioError: an option is missing or does not fit the file.
    """
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise RecordError(str(path), f"cannot be read: {error.strerror}", "name a TDMS, CSV or NPY file") from error
    if not head:
        raise RecordError(str(path), "the file is empty", "name a capture that holds samples")
    if head.startswith(b"TDSm"):
        from rig.capture_file_tdms import open_tdms

        return open_tdms(path, wanted)
    if head.startswith(b"\x93NUMPY"):
        from rig.capture_file_npy import open_npy

        return open_npy(path, wanted)
    if b"\0" in head:
        mend = "save the capture as TDMS, CSV (a time column and a header) or NPY"
        raise RecordError(str(path), "neither TDMS, NPY nor text", mend)
    from rig.capture_file_csv import open_csv

    return open_csv(path, wanted)
