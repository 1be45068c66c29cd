"""Captures saved by numpy: one column, columns side by side, or named fields; read in blocks, never mapped."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rig.capture_file import BLOCK_SAMPLES, Blocks, Recording, Wanted, as_recording
from rig.capture_warnings import CaptureWarning
from scenarios.problems import nearest
from sim.errors import RecordError, ScenarioError


@dataclass(frozen=True, slots=True)
class ColumnPlace:
    """Where a column lies in a file.

    Attributes:
        offset: first byte of the first row.
        row: dtype of one row.
        pick: field or column of a row; None where a row is one number.
        n: rows.
    """

    offset: int
    row: np.dtype[Any]
    pick: str | int | None
    n: int


def open_npy(path: Path, wanted: Wanted) -> Recording:
    """The channel `wanted` of an NPY file.

    Raises:
        RecordError: the file is damaged, cut off, or holds no numbers.
        ScenarioError: no `--rate`, or no such column.
    """
    try:
        with path.open("rb") as file:
            version = np.lib.format.read_magic(file)
            read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
            shape, fortran, dtype = read(file)
            begin = file.tell()
    except (ValueError, OSError, EOFError) as error:
        raise RecordError(str(path), f"cannot be read as NPY ({error})", "save plain numbers with numpy.save") from None
    if dtype.hasobject:
        raise RecordError(str(path), "cannot be read as NPY (it holds objects)", "save plain numbers with numpy.save")
    if wanted.rate_hz is None:
        raise ScenarioError("--rate", f"{path.name} does not say its sample rate", 'give it: --rate "1 MHz"')
    there = path.stat().st_size - begin
    if there < math.prod(shape) * dtype.itemsize:
        problem = f"cut off: {there} of {math.prod(shape) * dtype.itemsize} bytes are there"
        raise RecordError(str(path), problem, "save it again; the shape in its head promises more")
    return column_recording(path, _place(path, wanted, shape, fortran, dtype, begin), wanted)


def column_recording(path: Path, place: ColumnPlace, wanted: Wanted) -> Recording:
    """The recording of a column that lies in a file at known places.

    Raises:
        RecordError: it holds no numbers.
    """
    assert wanted.rate_hz is not None
    kind = place.row if place.pick is None else _picked(np.zeros(1, place.row), place.pick).dtype
    if kind.kind not in "iuf":
        raise RecordError(str(path), f"column {wanted.current} holds {kind}, no numbers")
    if place.n == 0:
        raise RecordError(str(path), "holds no samples", "name a capture that does")
    native = np.dtype(np.float64)
    if kind.kind in "iu" and kind.itemsize <= 2 and kind != np.dtype(np.uint16):
        native = kind.newbyteorder("=")
    warnings: tuple[CaptureWarning, ...] = ()
    if wanted.a_per_unit is None:
        text = f"{path.name} does not say its unit: one step of the file is taken as 1 {wanted.unit}; give --scale"
        warnings = (CaptureWarning("unit_unknown", text, "--scale"),)
    a_per_unit = 1.0 if wanted.a_per_unit is None else wanted.a_per_unit
    blocks = _blocks(path, place, native)
    return as_recording(path, blocks, wanted, 1.0 / wanted.rate_hz, a_per_unit, warnings=warnings)


def _blocks(path: Path, place: ColumnPlace, native: np.dtype[Any]) -> Blocks:
    def blocks() -> Iterator[NDArray[Any]]:
        rows = max(1, min(BLOCK_SAMPLES, (BLOCK_SAMPLES * 8) // place.row.itemsize))
        with path.open("rb") as file:
            file.seek(place.offset)
            for start in range(0, place.n, rows):
                found = np.fromfile(file, place.row, min(rows, place.n - start))
                yield np.ascontiguousarray(_picked(found, place.pick), native)

    return blocks


def _picked(rows: NDArray[Any], pick: str | int | None) -> NDArray[Any]:
    if pick is None:
        return rows
    return rows[pick] if isinstance(pick, str) else rows[:, pick]


def raw_place(path: Path, dtype: np.dtype[Any], columns: int, column: int) -> ColumnPlace:
    """Where a column of a file of bare numbers lies; a last row that is not whole is left out."""
    size = path.stat().st_size // (dtype.itemsize * columns)
    row = dtype if columns == 1 else np.dtype((dtype, (columns,)))
    return ColumnPlace(0, row, None if columns == 1 else column, size)


def _place(
    path: Path, wanted: Wanted, shape: tuple[int, ...], fortran: bool, dtype: np.dtype[Any], begin: int
) -> ColumnPlace:
    """The column `wanted`; of a 2-D array the longer side is time."""
    name = wanted.current
    if dtype.names is not None:
        if name not in dtype.names:
            raise ScenarioError(wanted.option, f"{path.name} has no column `{name}`", nearest(name, dtype.names))
        return ColumnPlace(begin, dtype, name, math.prod(shape))
    if len(shape) > 2 or not shape:
        raise RecordError(str(path), f"has {len(shape)} dimensions", "save one column, or columns side by side")
    tall = len(shape) == 1 or shape[0] >= shape[1]
    n, columns = (shape[0], 1) if len(shape) == 1 else shape if tall else shape[::-1]
    if not name.isdigit() or int(name) >= columns:
        allowed = f"columns are numbered 0 to {columns - 1}"
        raise ScenarioError(wanted.option, f"{path.name} has no column `{name}`", allowed)
    together = len(shape) == 2 and tall == fortran
    if columns == 1 or together:  # the numbers of one column lie one behind the other
        return ColumnPlace(begin + int(name) * n * dtype.itemsize, dtype, None, n)
    return ColumnPlace(begin, np.dtype((dtype, (columns,))), int(name), n)
