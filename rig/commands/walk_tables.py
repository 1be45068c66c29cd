"""The tables of `stimrig walk` as CSV: SI units, absent values empty, flags 0 or 1."""

import csv
import io
import math
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from rig.files import write_file
from rig.record import Table
from rig.tables import STRIDE_COLUMNS, WHOLE_NUMBERS

DEVICE_COLUMNS: Final = ("first_pulse_s", "last_pulse_s", "pulses", "charge_c")
CYCLE_NAMES: Final = ("hip_rad", "knee_rad", "ankle_rad", "toe_clearance_m", "ta_force_n")


def _text(name: str, value: float) -> str:
    if not math.isfinite(value):
        return ""
    return str(int(value)) if name in WHOLE_NUMBERS or name == "gait_pct" else repr(float(value))


def _write(path: Path, names: Sequence[str], rows: Iterable[Sequence[float]]) -> None:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_text(name, value) for name, value in zip(names, row, strict=True)] for row in rows)
    write_file(path, buffer.getvalue())


def write_gait(path: Path, strides: Table, other_strides: Table, *, with_device: bool) -> None:
    """The stride columns from `stride` on; those of the device stay empty without one.

    Where the other leg walked too its rows follow, and a last column `leg` (0 left, 1 right) tells them apart.

    Raises:
        RecordError: the file cannot be written.
    """
    names = STRIDE_COLUMNS[STRIDE_COLUMNS.index("stride") :]
    names += ("leg",) if other_strides else ()
    rows: list[Sequence[float]] = []
    for table in (strides, other_strides) if other_strides else (strides,):
        absent = np.full(len(table["stride"]), np.nan)
        columns = [table.get(name, absent) if with_device or name not in DEVICE_COLUMNS else absent for name in names]
        rows.extend(np.stack(columns, axis=1))
    _write(path, names, rows)


def write_cycles(path: Path, cycles: Table) -> None:
    """Mean and standard deviation over the strides at 0, 1, ... 100 % of the cycle.

    Raises:
        RecordError: the file cannot be written.
    """
    names = ["gait_pct"]
    columns = [np.arange(101.0)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a phase that no stride has is an empty cell
        for name in CYCLE_NAMES:
            curves = cycles[name]
            names += [f"{name}_mean", f"{name}_sd"]
            columns += [np.nanmean(curves, axis=0), np.nanstd(curves, axis=0, ddof=min(1, len(curves) - 1))]
    _write(path, names, np.stack(columns, axis=1))
