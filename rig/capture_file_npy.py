"""Captures saved by numpy: one column, columns side by side, or named fields."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rig.capture_file import BLOCK_SAMPLES, Recording, Wanted, as_recording
from scenarios.problems import nearest
from sim.errors import RecordError, ScenarioError


def open_npy(path: Path, wanted: Wanted) -> Recording:
    """The current `wanted` of an NPY file, which is mapped, not read.

    Raises:
        RecordError: the file is damaged or holds no numbers.
        ScenarioError: no `--rate`, or no such column.
    """
    try:
        array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, OSError, EOFError) as error:
        raise RecordError(str(path), f"cannot be read as NPY ({error})", "save plain numbers with numpy.save") from None
    if wanted.rate_hz is None:
        raise ScenarioError("--rate", f"{path.name} does not say its sample rate", 'give it: --rate "1 MHz"')
    column = _column(path, array, wanted.current)
    if column.dtype.kind not in "iuf":
        raise RecordError(str(path), f"column {wanted.current} holds {column.dtype}, no numbers")
    if column.size == 0:
        raise RecordError(str(path), "holds no samples", "name a capture that does")

    def blocks() -> Iterator[NDArray[Any]]:
        for start in range(0, column.size, BLOCK_SAMPLES):
            block = column[start : start + BLOCK_SAMPLES]
            yield np.ascontiguousarray(block, np.int16 if column.dtype == np.int16 else np.float64)

    return as_recording(path, blocks, wanted, 1.0 / wanted.rate_hz, wanted.a_per_unit or 1.0)


def _column(path: Path, array: NDArray[Any], name: str) -> NDArray[Any]:
    """The column `name`; of a 2-D array the longer side is time."""
    if array.dtype.names is not None:
        if name not in array.dtype.names:
            raise ScenarioError("--current", f"{path.name} has no column `{name}`", nearest(name, array.dtype.names))
        return array[name].reshape(-1)
    if array.ndim > 2 or array.ndim == 0:
        raise RecordError(str(path), f"has {array.ndim} dimensions", "save one column, or columns side by side")
    table = array.reshape(-1, 1) if array.ndim == 1 else array if array.shape[0] >= array.shape[1] else array.T
    columns = table.shape[1]
    if not name.isdigit() or int(name) >= columns:
        allowed = f"columns are numbered 0 to {columns - 1}"
        raise ScenarioError("--current", f"{path.name} has no column `{name}`", allowed)
    return table[:, int(name)]
