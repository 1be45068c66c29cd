"""Unwanted occurrences: `never: true`, and limits on how many there were."""

import numpy as np

from reports.during import Part
from reports.intervals import hull, intersection, length_s
from reports.samples import EXACT, Samples
from rig.record import Record


def unwatched(samples: Samples, part: Part, record: Record) -> str:
    """Why the absence of an occurrence was not shown; "" where the watched interval is fully covered.

    Something must have been watched inside the part of the run that the check looks at, and no missing time of the
    capture may lie between the first and the last instant of it.
    """
    if samples.watched_s is None:
        return "the measure does not say what it watched"
    watched = intersection(samples.watched_s, part.windows)
    if not watched:
        return "nothing was watched" + (f" ({samples.notes[0]})" if samples.notes else "")
    gaps = intersection(record.gaps_s, intersection(hull(samples.watched_s), part.windows))
    if gaps:
        return f"{len(gaps)} gap(s) in the capture, {length_s(gaps) * 1e3:.3g} ms from t = {gaps[0][0]:.2f} s on"
    return ""


def count_of(samples: Samples, part: Part) -> Samples:
    """One sample: how many occurrences were seen in what was watched, for limits other than `never`."""
    watched = intersection(samples.watched_s or (), part.windows)
    start_s, end_s = hull(watched)[0] if watched else (0.0, 0.0)
    return Samples(
        np.array([float(samples.values.size)]),
        np.array([start_s]),
        np.array([end_s]),
        np.array([-1], np.int64),
        "",
        np.zeros(1),
        np.zeros(1),
        budget=EXACT,
        watched_s=samples.watched_s,
        notes=samples.notes,
        lost_s=samples.lost_s,
        lost_because=samples.lost_because,
    )
