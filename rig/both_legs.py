"""The other leg's strides: beside those of the stimulated leg in a record, below them in `strides.parquet`.

`Record.strides` holds the stimulated leg alone, so that whoever reads a record counts no stride twice. Whatever is
about the person and not about the device (trips, stumbles) asks `of_both`.
"""

import numpy as np

from rig.record import Record, Table


def of_both(record: Record) -> Table:
    """Every stride of both feet: those of the stimulated leg, then those of the other; equal to `strides` for one leg.

    A column that the other leg lacks (sensor, pulses) is NaN in its rows.
    """
    other = record.other_strides
    if not other:
        return record.strides
    absent = np.full(len(other["stride"]), np.nan)
    return {name: np.concatenate([values, other.get(name, absent)]) for name, values in record.strides.items()}


def swing_asymmetry(record: Record) -> float:
    """Difference of the mean swing times over their mean, |a - b| / ((a + b) / 2); NaN where one leg walked.

    Source: Robinson 1987, symmetry index. Of the prescribed swings, pauses left out: an input of the model.
    """
    if not record.other_strides or not len(record.other_strides["stride"]) or not len(record.strides["stride"]):
        return float("nan")
    a, b = (
        float(np.mean(table["t0_s"] + table["stride_time_s"] - table["toe_off_s"]))
        for table in (record.strides, record.other_strides)
    )
    return abs(a - b) / (0.5 * (a + b))


def apart(table: Table, leg: str) -> tuple[Table, Table]:
    """The rows of the stimulated leg and those of the other; the latter is empty where one leg walked.

    Args:
        table: columns of `strides.parquet`.
        leg: `left` or `right`, the stimulated one.
    """
    own = table["leg"] != float(leg != "right")
    if own.all():
        return table, {}
    return {name: values[own] for name, values in table.items()}, {name: v[~own] for name, v in table.items()}


def until(strides: Table, end_s: float) -> Table:
    """Whole strides that end by `end_s`, s."""
    if not strides:
        return {}
    whole = strides["t0_s"] + strides["stride_time_s"] <= end_s
    return {name: values[whole] for name, values in strides.items()}
