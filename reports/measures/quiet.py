"""The largest current in a span, pulse or no pulse: what a device sends that should send nothing."""

import math
from dataclasses import dataclass

import numpy as np

from reports.intervals import touches
from reports.measures.given import rows_between
from reports.measures.pulse_budget import accuracy_of, pulse_terms
from reports.uncertainty import RECTANGULAR
from rig.record import Record


@dataclass(frozen=True, slots=True)
class Largest:
    """The largest current of a span.

    Attributes:
        value_a: its magnitude, A.
        standard_a: its standard uncertainty, A.
        t_s: where it was seen, s.
        pulses: pulses that start in the span.
        unseen: why the span was not wholly seen, or "".
    """

    value_a: float
    standard_a: float
    t_s: float
    pulses: int
    unseen: str


def largest_current(record: Record, start_s: float, end_s: float) -> Largest:
    """The largest current in [start_s, end_s), from the pulses and from the quiet cells between them.

    The extremes of a quiet cell hold its noise too: four standard deviations of it enter the uncertainty.
    """
    rows = rows_between(record, start_s, end_s)
    value, standard, t_s, unseen = 0.0, 0.0, start_s, ""
    if touches(start_s, end_s, record.gaps_s):
        unseen = "gap in the capture"
    for field in ("phase1_a", "phase2_a"):
        levels = np.abs(record.pulses[field][rows])
        if np.any(record.pulses["clipped"][rows] > 0):
            unseen = unseen or "clipped"
        if np.any(np.isfinite(levels)):
            k = int(np.nanargmax(levels))
            if levels[k] > value:
                parts = pulse_terms(record, field, rows[k : k + 1])
                standard = math.sqrt(sum(float(part.standard_value[0]) ** 2 for part in parts))
                value, t_s = float(levels[k]), float(record.pulses["t_s"][rows[k]])
    cells = next((cells for role, cells in record.idle.items() if role.startswith("current")), None)
    accuracy = accuracy_of(record, 1)
    if cells is None or accuracy is None:
        return Largest(value, standard, t_s, rows.size, unseen or "no quiet cells were kept")
    inside = np.flatnonzero((cells.t0_s >= start_s) & (cells.t0_s + cells.cell_s <= end_s))
    if not inside.size and not rows.size:
        return Largest(value, standard, t_s, 0, unseen or "neither pulses nor quiet cells")
    if inside.size:
        levels = np.maximum(np.abs(cells.minimum[inside]), np.abs(cells.maximum[inside]))
        k = int(np.argmax(levels))
        if levels[k] > value:
            offset = (accuracy.offset_bound + accuracy.inl_bound + 0.5 * accuracy.lsb) * RECTANGULAR
            standard = math.hypot(offset, 4.0 * accuracy.noise_rms)
            value, t_s = float(levels[k]), float(cells.t0_s[inside[k]])
    return Largest(value, standard, t_s, int(rows.size), unseen)
