"""A capture from anywhere as a stream of 16-bit codes of one channel: TDMS, CSV, NPY, bare numbers; constant memory."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rig.capture_warnings import CaptureWarning
from sim.errors import RecordError
from sim.timebase import NS_PER_S

Blocks: TypeAlias = Callable[[], Iterator[NDArray[Any]]]
"""Gives the values of a column from the start, block by block; may be called again."""

Losses: TypeAlias = tuple[tuple[int, int], ...]
"""(number of a sample in the file, samples that are missing before it), in order."""

BLOCK_SAMPLES: Final = 1 << 20
_FULL_CODES: Final = 32_000
_TOP: Final = 32_767
_BOTTOM: Final = -32_768
_OVERRANGE: Final = 9e36
"""Oscilloscopes write 9.9e37 for a sample beyond the screen."""
_COARSEST: Final = 256
_MOST_BAD_RATIO: Final = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """One channel of a capture.

    Attributes:
        path: the file.
        codes: gives (absolute index of the first sample, int16 codes), in time order; a jump is a loss. Samples beyond
            the range of the instrument are the ends of the codes.
        scale: A (or V) per code.
        offset: A (or V).
        rate_hz: nominal sample rate, of whole nanoseconds.
        stretch: true sample period over the nominal one.
        step_value: one step of the converter, A (or V); 0 where it cannot be told.
        warnings: what was noticed while the file was opened.
    """

    path: Path
    codes: Callable[[], Iterator[tuple[int, NDArray[np.int16]]]]
    scale: float
    offset: float
    rate_hz: float
    stretch: float = 1.0
    step_value: float = 0.0
    warnings: tuple[CaptureWarning, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user says about a capture.

    Attributes:
        current: channel, column title, or column number from 0.
        a_per_unit: A (or V) per unit of the column; None where it was not given.
        rate_hz: sample rate; None where the file must say it.
        zero_value: what the column reads at no current, in its own unit (8-bit codes: 128).
        dtype: of a file of bare numbers, as numpy names it; "" where the file says it.
        columns: of a file of bare numbers, samples side by side.
        option: that named the channel, for messages.
        unit: "A", or "V" for a voltage.
    """

    current: str
    a_per_unit: float | None = None
    rate_hz: float | None = None
    zero_value: float = 0.0
    dtype: str = ""
    columns: int = 1
    option: str = "--current"
    unit: str = "A"


def nominal_rate(period_s: float, path: Path) -> tuple[float, float]:
    """A rate of whole nanoseconds and the true period over its period: every rate can be looked at.

    Raises:
        RecordError: the period is no sample period.
    """
    period_ns = round(period_s * NS_PER_S) if np.isfinite(period_s) else 0
    if not 1 <= period_ns <= NS_PER_S:
        mend = "a sample rate lies between 1 Hz and 1 GHz; give it with --rate"
        raise RecordError(str(path), f"the time between samples is {period_s:g} s", mend)
    while period_ns * (NS_PER_S / period_ns) != NS_PER_S:  # a rate must give its period back to the last bit
        period_ns += 1
    return NS_PER_S / period_ns, period_s * NS_PER_S / period_ns


@dataclass(frozen=True, slots=True)
class _Reach:
    """What the first pass over a column found.

    Attributes:
        low: smallest number.
        high: largest.
        first: the first number.
        step: of the grid on which all values of the first block lie, or None.
        bad: samples that are no number.
        first_bad: number of the first of them in the file, or -1.
    """

    low: float
    high: float
    first: float
    step: float | None
    bad: int
    first_bad: int


def as_recording(
    path: Path,
    blocks: Blocks,
    wanted: Wanted,
    period_s: float,
    a_per_unit: float,
    offset_a: float = 0.0,
    losses: Losses = (),
    warnings: tuple[CaptureWarning, ...] = (),
) -> Recording:
    """A recording of a column of numbers.

    Integers of 16 bits are taken as codes, whose ends mean clipping, as are those of 8 bits. Other numbers are read
    twice: once for their range, once to be made codes again. Where they lie on the grid of a converter that grid is
    found; else they are rounded to 1/64 000 of their range, which is finer than a converter. Samples that are no
    number count as lost.

    Raises:
        RecordError: the column is empty, or holds hardly any numbers.
    """
    rate_hz, stretch = nominal_rate(period_s, path)
    offset_a -= wanted.zero_value * a_per_unit
    first = next(blocks(), None)
    if first is None or first.size == 0:
        raise RecordError(str(path), f"column {wanted.current} holds no samples", "name a column that does")
    if first.dtype == np.int16:
        step = _step_of_codes(first, blocks)

        def bare() -> Iterator[tuple[int, NDArray[np.int16]]]:
            return _placed(blocks() if step == 1 else (_shifted(block, step) for block in blocks()), losses)

        scale = step * a_per_unit
        return Recording(path, bare, scale, offset_a, rate_hz, stretch, abs(scale), warnings)
    reach = _reach(path, blocks, wanted)
    rails = _rails(first.dtype)
    unit = 1.0 if rails else reach.step or max(0.5 * (reach.high - reach.low), 1e-300) / _FULL_CODES
    middle = reach.first + unit * round((0.5 * (reach.low + reach.high) - reach.first) / unit)

    def codes() -> Iterator[tuple[int, NDArray[np.int16]]]:
        return _placed((_coded(block, middle, unit, rails) for block in blocks()), losses)

    if reach.bad:
        text = f"{reach.bad} samples are no number (NaN, infinite, beyond the screen); they count as lost"
        warnings = (*warnings, CaptureWarning("not_a_number", text, f"first at sample {reach.first_bad}"))
    resolution = abs(unit * a_per_unit) if rails or reach.step else 0.0
    scale, offset = unit * a_per_unit, middle * a_per_unit + offset_a
    return Recording(path, codes, scale, offset, rate_hz, stretch, resolution, warnings)


def _step_of_codes(first: NDArray[np.int16], blocks: Blocks) -> int:
    """The step in which 16-bit codes come: 256 where 8 bits stand in the upper half, as many scopes store them."""

    def common(codes: NDArray[np.int16]) -> int:
        return int(np.gcd.reduce(np.unique(codes).astype(np.int64)))

    if common(first) <= 1:
        return 1
    step = int(np.gcd.reduce(np.array([common(block) for block in blocks()])))
    return max(step, 1) if step <= _COARSEST else 1


def _shifted(codes: NDArray[np.int16], step: int) -> NDArray[np.int16]:
    """Codes of a coarser converter; its ends are the ends of ours."""
    shifted = codes // np.int16(step)
    shifted[codes >= _TOP + 1 - step] = _TOP
    shifted[codes == _BOTTOM] = _BOTTOM
    return shifted


def _rails(dtype: np.dtype[Any]) -> tuple[int, int] | None:
    """Ends of the range of a converter of 8 bits; wider integers may hold anything."""
    return (np.iinfo(dtype).min, np.iinfo(dtype).max) if dtype.itemsize == 1 and dtype.kind in "iu" else None


def _coded(
    block: NDArray[Any], middle: float, unit: float, rails: tuple[int, int] | None
) -> NDArray[np.int16] | tuple[NDArray[np.int16], NDArray[np.bool_]]:
    """Codes of a block, and which of them count where some do not."""
    if rails is not None:
        codes = np.rint(block.astype(np.float64) - middle).astype(np.int16)
        codes[block == rails[1]] = _TOP
        codes[block == rails[0]] = _BOTTOM
        return codes
    good = _is_number(block)
    if good.all():
        return np.rint((block - middle) / unit).astype(np.int16)
    return np.rint((np.where(good, block, middle) - middle) / unit).astype(np.int16), good


def _is_number(block: NDArray[Any]) -> NDArray[np.bool_]:
    good: NDArray[np.bool_] = np.abs(block) < _OVERRANGE
    return good


def _placed(blocks: Iterator[Any], losses: Losses) -> Iterator[tuple[int, NDArray[np.int16]]]:
    """Blocks with the absolute index of their first sample, cut where samples are missing or mean nothing."""
    at = lost = 0
    waiting = iter((*losses, (1 << 62, 0)))
    place, missing = next(waiting)
    for block in blocks:
        codes, good = block if isinstance(block, tuple) else (block, None)
        done = 0
        while place < at + codes.size:
            yield from _runs(codes, good, at, done, place - at, lost)
            done, lost = place - at, lost + missing
            place, missing = next(waiting)
        yield from _runs(codes, good, at, done, codes.size, lost)
        at += codes.size


def _runs(
    codes: NDArray[np.int16], good: NDArray[np.bool_] | None, at: int, start: int, end: int, lost: int
) -> Iterator[tuple[int, NDArray[np.int16]]]:
    """The good runs of ``codes[start:end]``."""
    if start >= end:
        return
    if good is None or good[start:end].all():
        yield at + lost + start, codes[start:end]
        return
    edges = np.flatnonzero(np.diff(np.concatenate(([False], good[start:end], [False])).astype(np.int8))) + start
    for first, last in edges.reshape(-1, 2).tolist():
        yield at + lost + first, codes[first:last]


def _grid(values: NDArray[Any], reach: float) -> float | None:
    """Step of the grid on which all of `values` lie, or None where there is none of at most 64 000 steps."""
    levels = np.unique(values).astype(np.float64)
    if levels.size < 2:
        return None
    step = float(np.median(np.diff(levels)[np.diff(levels) < 1.5 * np.diff(levels).min()]))
    places = (levels - levels[0]) / step
    on_grid = bool(np.abs(places - np.rint(places)).max() < 0.01)
    return step if on_grid and reach / step <= 2 * _FULL_CODES else None


def _reach(path: Path, blocks: Blocks, wanted: Wanted) -> _Reach:
    low, high, at, bad, first_bad, odd = np.inf, -np.inf, 0, 0, -1, 0.0
    start: NDArray[Any] = np.empty(0)
    for block in blocks():
        good = _is_number(block)
        if not good.all():
            if first_bad < 0:
                here = int(np.flatnonzero(~good)[0])
                first_bad, odd = at + here, float(block[here])
            bad += int((~good).sum())
            block = block[good]  # noqa: PLW2901
        at += good.size
        if block.size:
            start = start if start.size else block
            low, high = min(low, float(block.min())), max(high, float(block.max()))
    if bad > _MOST_BAD_RATIO * at:
        problem = f"column {wanted.current}: sample {first_bad} is {odd:g}, no number, and so are {bad} of {at}"
        raise RecordError(str(path), problem, "cut the capture there, or repair the file")
    return _Reach(low, high, float(start[0]), _grid(start, high - low), bad, first_bad)


_PICTURES: Final = (
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"\x89PNG", "a PNG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive (or an Excel sheet)"),
    (b"\x89HDF", "an HDF5 file"),
    (b"MATLAB", "a MATLAB file"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"RIFF", "a RIFF file (WAV or AVI)"),
)
_KINDS: Final = {"tdms": "TDMS", "npy": "NPY"}


def open_capture(path: Path, wanted: Wanted) -> Recording:
    """The channel `wanted` of the capture `path`.

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
    if wanted.dtype:
        from rig.capture_file_raw import open_raw

        return open_raw(path, wanted)
    if head.startswith(b"TDSm"):
        from rig.capture_file_tdms import open_tdms

        return open_tdms(path, wanted)
    if head.startswith(b"\x93NUMPY"):
        from rig.capture_file_npy import open_npy

        return open_npy(path, wanted)
    _refuse_others(path, head)
    from rig.capture_file_csv import open_csv

    return open_csv(path, wanted)


def _refuse_others(path: Path, head: bytes) -> None:
    """Say what a file is that is no capture: its name may promise one."""
    mend = "save the capture as TDMS, CSV (a time column and a header) or NPY"
    promised = _KINDS.get(path.suffix.lower().lstrip("."), "")
    promise = f"the name says {promised}, but " if promised else ""
    for magic, name in _PICTURES:
        if head.startswith(magic):
            raise RecordError(str(path), f"{promise}the content is {name}", mend)
    if promised:
        raise RecordError(str(path), f"{promise}the content does not begin as {promised}", mend)
    text = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\0" in head and not text:
        bare = 'of bare numbers? say which: --dtype int16 --rate "1 MHz" --scale "2 mA/V"'
        raise RecordError(str(path), "neither TDMS, NPY nor text", f"{mend}; {bare}")
