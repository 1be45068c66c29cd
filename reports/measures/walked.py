"""Measures of a whole walk: which swings count, and one sample for all of them with its interval."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from reports.fall_risk.clearance import Estimate
from reports.intervals import all_inside
from reports.measures.collecting import collected, not_run, nothing, windows_of
from reports.samples import Component, Samples
from rig.both_legs import of_both
from rig.record import Record, Table

FEWEST: Final = 20
"""Strides below which no distribution is drawn at all (design choice)."""


@dataclass(frozen=True, slots=True, eq=False)
class Swings:
    """The swings of a record that count.

    Attributes:
        rows: (n,) their rows in the stride table, in time order.
        span_s: from the first toe-off to the last heel strike, s.
        dropped: swings outside `during`.
        table: the stride table: of the stimulated leg, or of both.
    """

    rows: NDArray[np.int64]
    span_s: tuple[float, float]
    dropped: int
    table: Table


def swings_of(
    record: Record, parameters: Mapping[str, Any], column: str, fewest: int = FEWEST, *, both: bool = False
) -> Swings | Samples:
    """The swings inside `during` of which `column` is known; or no sample, and why, where they are too few.

    Args:
        record: what happened.
        parameters: of the measure.
        column: of the stride table.
        fewest: number of swings below which there is no sample.
        both: the swings of both feet where both walked: whoever trips, trips over either.
    """
    strides = of_both(record) if both else record.strides
    if not strides["stride"].size:
        return not_run("", "no stride of the patient is known")
    if column not in strides:
        return not_run("", f"the record has no column {column}")
    ends_s = strides["t0_s"] + strides["stride_time_s"]
    whole = all_inside(strides["toe_off_s"], ends_s, windows_of(parameters))
    rows = np.flatnonzero(whole & np.isfinite(strides[column]))
    dropped = int((~whole).sum())
    if rows.size < fewest:
        return nothing("", f"{rows.size} strides, {fewest} are needed", dropped=dropped)
    return Swings(rows, (float(strides["toe_off_s"][rows].min()), float(ends_s[rows].max())), dropped, strides)


def estimated(found: Sequence[Estimate], swings: Swings, source: str, **rest: Any) -> Samples:
    """One sample of the whole walk for each number; U is the larger half of its 95 % interval."""
    count = len(found)
    values = np.array([each.value for each in found])
    intervals = np.array([each.interval95 for each in found]).reshape(-1, 2)
    half = np.max(np.abs(intervals - values[:, None]), axis=1, initial=0.0)
    made = collected(
        "",
        values,
        np.full(count, swings.span_s[0]),
        np.full(count, swings.span_s[1]),
        np.full(count, -1),
        interval95=intervals,
        items=np.full(count, swings.rows.size),
        dropped=swings.dropped,
        **rest,
    )
    if not count:
        return made
    part = Component("sampling of strides", "A", float(np.median(half)) / 2.0, False, source)
    return replace(made, expanded=half, budget=(part,))
