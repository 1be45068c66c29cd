"""Stimulation that is on before anything asked for it, and belongs to the step that comes: an early start.

At a trigger stimulation may be on for two reasons. It goes on from the step before, which happens when steps are quick
and ramps long; or the device began too soon, in the stance of this very stride. The second must be judged, not excused.
"""

from reports.measures.grouping import Train, trains_of
from reports.measures.openings import ON_FACTOR, Opening, openings_of, period_s
from rig.record import Record


def early_trains(record: Record) -> dict[int, Train]:
    """Stride -> the train that is on at its trigger and began after the foot had come down, at 0 % of the stride."""
    openings = [opening for opening in openings_of(record) if opening.running]
    if not openings:
        return {}
    trains, pause_s = trains_of(record), ON_FACTOR * period_s(record)
    t0_s = record.strides["t0_s"]

    def began(opening: Opening) -> Train | None:
        own = [train for train in trains if t0_s[opening.row] <= train.t0_s < opening.from_s]
        return own[-1] if own and own[-1].last_pulse_s > opening.from_s - pause_s else None

    found = {opening.stride: began(opening) for opening in openings}
    return {stride: train for stride, train in found.items() if train is not None}


def still_on(record: Record) -> set[int]:
    """Strides at whose trigger stimulation of the step before is still on."""
    return {opening.stride for opening in openings_of(record) if opening.running} - set(early_trains(record))
