"""Two walks of the same strides side by side: as the captured pulses made it, and with the reference timing.

The reference is the same patient, strides, noise, floor and events with ideal stimulation at the same settings: from
heel-off to landing and set extension, nothing late, missing or weak (`rig.ideal_pulses`). So a number says what timing
and output of this device cost, in silico, relative to the reference timing; it predicts no fall of any patient.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from reports.fall_risk.clearance import Estimate
from reports.fall_risk.resampling import interval95, resamples
from reports.measures.collecting import not_run, nothing
from reports.measures.walked import FEWEST, Swings, swings_of
from reports.samples import Samples
from rig.altered_walks import AS_CAPTURED, REFERENCE, Alteration, altered_strides, why_no_walk
from rig.record import Record
from sim.streams import Streams

SOURCE: Final = "moving block bootstrap, the same strides drawn of both walks"
COMPARATIVE: Final = "comparative, in-silico, relative to the reference timing; not a prediction of falls in patients"
"""What stands beside every number of these measures (regulatory.md 3.5)."""


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """A column of the stride table in both walks, for the swings that count.

    Attributes:
        own_value: (n,) with the captured pulses, SI.
        reference_value: (n,) with ideal ones.
        swings: which strides they are.
        rows: resamples of the n strides, (1000, n).
    """

    own_value: NDArray[np.float64]
    reference_value: NDArray[np.float64]
    swings: Swings
    rows: NDArray[np.int64]

    def estimate(self, value: float, spread: NDArray[np.float64]) -> Estimate:
        """A number with the interval that its resamples give."""
        return Estimate(value, interval95(spread))


def column_of(record: Record, swings: Swings, column: str, alteration: Alteration) -> NDArray[np.float64] | None:
    """A column of an altered walk at the swings that count; None where the walk cannot be walked to its end."""
    table = altered_strides(record, alteration)
    return None if table is None else table[column][swings.rows]


def compared(
    record: Record, parameters: Mapping[str, Any], column: str, unit: str, fewest: int = FEWEST
) -> Compared | Samples:
    """`column` in both walks; or no sample, and why."""
    if why := why_no_walk(record):
        return not_run(unit, why)
    swings = swings_of(record, parameters, column, fewest)
    if isinstance(swings, Samples):
        return swings
    found = [column_of(record, swings, column, alteration) for alteration in (AS_CAPTURED, REFERENCE)]
    if found[0] is None or found[1] is None:
        return nothing(unit, "with the reference timing the foot leaves the domain of the model")
    known = np.isfinite(found[0]) & np.isfinite(found[1])
    own, reference = found[0][known], found[1][known]
    if own.size < fewest:
        return nothing(unit, f"{own.size} strides in both walks, {fewest} are needed", dropped=swings.dropped)
    kept = Swings(swings.rows[known], swings.span_s, swings.dropped, swings.table)
    return Compared(own, reference, kept, resamples(own, Streams(record.case.seed)))
