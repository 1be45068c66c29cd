"""The tables of a record as Parquet: columns in the order of formats.md, absent values null, flags 0 or 1."""

import io
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rig.files import write_file
from rig.record import Table
from rig.trains import first_pulse_index
from sim.errors import RecordError
from sim.pulse import PULSE_DTYPE

PULSE_COLUMNS: Final = (
    *("channel", "leg", "stride", "train", "t_s", "phase1_a", "phase1_s", "gap_s", "phase2_a", "phase2_s"),
    *("charge1_c", "charge2_c", "net_c", "baseline_a", "clipped", "tail_done"),
)
STRIDE_COLUMNS: Final = (
    *("leg", "stride", "t0_s", "stride_time_s", "stance_ratio", "heel_off_s", "toe_off_s", "landing_s"),
    *("foot_flat_s", "stride_length_m", "mtc_m", "mtc_swing_ratio", "is_non_mtc", "early_swing_min_m"),
    *("ankle_ic_rad", "slap_rad_s", "eversion_ic_rad", "hip_hike_m", "scuff", "stumble", "sensor_off_s"),
    *("sensor_on_s", "first_pulse_s", "last_pulse_s", "pulses", "charge_c"),
    *("foot_ic_rad", "ankle_swing_peak_rad"),
    *("steppage_rad", "circumduction_m", "recovered", "fall_drawn"),
    *("eversion_swing_rad", "push_off_ratio", "reflex_n_m", "reflex_bursts", "withdrawal_rad", "fatigue_ratio"),
    "knee_peak_rad",
    *("sensed", "over_comfort"),
    *("mid_swing_s", "manner"),
)
APPENDED_PULSE_COLUMNS: Final = (
    *("end_s", "peak_a", "square_a2s", "peak_v", "peak1_a", "peak2_a", "rise_s", "droop_a"),
)
"""After those of formats.md: the end of a pulse's charge window, without which nothing can be judged again, and what
else there is to say about its shape (`sim.pulse`)."""

WHOLE_NUMBERS: Final = frozenset(
    {"channel", "leg", "stride", "train", "clipped", "tail_done", "is_non_mtc", "scuff", "stumble", "pulses"}
    | {"recovered", "fall_drawn", "reflex_bursts", "manner"}
)
"""Columns of counts, numbers and flags."""


def write_table(path: Path, table: Table, columns: tuple[str, ...]) -> None:
    """Write `columns` of `table`; a column that it lacks is null throughout.

    Raises:
        RecordError: the file cannot be written.
    """
    import polars as pl

    rows = max((len(values) for values in table.values()), default=0)
    absent = np.full(rows, np.nan)
    series = {name: pl.Series(name, table.get(name, absent), pl.Float64).fill_nan(None) for name in columns}
    frame = pl.DataFrame(
        [column.cast(pl.Int64) if name in WHOLE_NUMBERS else column for name, column in series.items()]
    )
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd")
    write_file(path, buffer.getvalue())


def read_table(path: Path) -> dict[str, NDArray[np.float64]]:
    """Columns of a table as floats; null is NaN.

    Raises:
        RecordError: no such file, or no Parquet.
    """
    import polars as pl

    try:
        frame = pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise RecordError(str(path), f"cannot be read: {str(error).splitlines()[0]}") from error
    return {
        name: frame[name].cast(pl.Float64).fill_null(float("nan")).to_numpy().astype(np.float64)
        for name in frame.columns
    }


def pulse_array(table: Table) -> NDArray[Any]:
    """The rows of a pulse table as `PULSE_DTYPE`."""
    pulses = np.zeros(len(table["t_s"]), PULSE_DTYPE)
    for name in PULSE_DTYPE.names or ():
        pulses[name] = table[name]
    return pulses


def trains_of(pulses: Table) -> Table:
    """The trains behind the `train` and `stride` of each pulse: `rig.record.Record.trains`."""
    names = ("channel", "stride", "train", "t0_s", "t1_s", "pulses", "first_pulse_s", "plateau_charge_c", "last_s")
    keys = np.stack([pulses["channel"], pulses["train"]], axis=1)
    rows: list[tuple[Any, ...]] = []
    for channel, train in np.unique(keys, axis=0):
        members = np.flatnonzero((pulses["channel"] == channel) & (pulses["train"] == train))
        first, plateau_c = first_pulse_index(pulses["charge1_c"][members])
        a, last = members[0], members[-1]
        rows.append(
            (
                channel,
                pulses["stride"][a],
                train,
                pulses["t_s"][a],
                pulses["end_s"][last],
                float(len(members)),
                pulses["t_s"][members[first]],
                plateau_c,
                pulses["t_s"][last],
            )
        )
    table = np.array(sorted(rows, key=lambda row: row[3]), np.float64).reshape(-1, len(names))
    return {name: table[:, column] for column, name in enumerate(names)}
