"""Triggers: what the sensor told the device in each stride, and the train that answered (formats.md section 1)."""

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from reports.intervals import touches
from reports.measures.collecting import collected, not_run, noted, nothing, spans_array
from reports.measures.grouping import trains_of
from reports.measures.openings import openings_of, why_no_trigger
from reports.samples import Samples
from rig.record import Record

FIRST_RATIO: Final = 0.1
"""The first pulse of a train is the first that reaches this part of its plateau (formats.md section 1)."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """A stride in which the sensor opened, and what the device did about it.

    Attributes:
        stride: its number.
        heel_off_s: prescribed heel-off, s; NaN where the record has no labelled events.
        sensor_off_s: the opening, s.
        sensor_on_s: the next closing, or the landing where the sensor is no switch, s; infinite where none was seen.
        landing_s: the foot's landing, s; NaN where it is not known.
        running: True where stimulation was still on when the sensor opened.
        first_row: row of the first pulse that answers it (10 % of the plateau or more), -1 for none.
        last_row: row of the last pulse of what was on before the sensor closed, -1 for none.
    """

    stride: int
    heel_off_s: float
    sensor_off_s: float
    sensor_on_s: float
    landing_s: float
    running: bool
    first_row: int
    last_row: int


def triggers_of(record: Record) -> tuple[tuple[Trigger, ...], int]:
    """Every trigger in time order, and the number of strides without one.

    What is on when the sensor closes ends with the last pulse of its train; it goes on through the next trigger if
    stimulation is still on then.
    """
    strides, t_s = record.strides, record.pulses["t_s"]
    train_of = np.full(t_s.size, -1, np.int64)
    weak = np.zeros(t_s.size, np.bool_)
    trains = trains_of(record)
    for number, train in enumerate(trains):
        train_of[train.rows] = number
        weak[train.rows] = np.abs(record.pulses["charge1_c"][train.rows]) < FIRST_RATIO * train.plateau_charge_c
    openings = openings_of(record)
    found: list[Trigger] = []
    for opening in openings:
        on_s = opening.until_s
        inside = np.flatnonzero((t_s >= opening.from_s) & (t_s < on_s))
        strong = inside[~weak[inside]]
        found.append(
            Trigger(
                opening.stride,
                float(strides["heel_off_s"][opening.row]),
                opening.t_s,
                on_s,
                float(strides["landing_s"][opening.row]),
                opening.running,
                int(strong[0]) if strong.size else -1,
                int(trains[train_of[inside[-1]]].rows[-1]) if inside.size else -1,
            )
        )
    return tuple(found), int(strides["stride"].size) - len(found)


def watch_end_s(record: Record, trigger: Trigger) -> float:
    """End of the window in which an answer counts, s: the next closing of the sensor, or the end of the capture."""
    return min(trigger.sensor_on_s, record.span_s[1])


def is_cut_off(record: Record, trigger: Trigger) -> bool:
    """True where the run ended before it could be seen whether the device answers."""
    return math.isinf(trigger.sensor_on_s) and (record.fault is not None or record.interrupted)


def missed_stimulation(record: Record, _parameters: Any) -> Samples:
    """Triggers that no pulse answered before the sensor closed again; one occurrence each."""
    if unknown := why_no_trigger(record):
        return not_run("", unknown)
    triggers, without = triggers_of(record)
    ready = [trigger for trigger in triggers if not is_cut_off(record, trigger)]
    notes = (f"{without} strides without trigger",) if without else ()
    if not ready:
        return nothing("", *notes, watched_s=())
    missed = [trigger for trigger in ready if trigger.first_row < 0 and not trigger.running]
    hidden = [t for t in missed if touches(t.sensor_off_s, watch_end_s(record, t), record.gaps_s)]
    seen = [trigger for trigger in missed if trigger not in hidden]
    watched = (ready[0].sensor_off_s, watch_end_s(record, ready[-1]))
    return collected(
        "",
        np.ones(len(seen)),
        [trigger.sensor_off_s for trigger in seen],
        [watch_end_s(record, trigger) for trigger in seen],
        [trigger.stride for trigger in seen],
        watched_s=(watched,),
        notes=notes,
        lost_s=spans_array([t.sensor_off_s for t in hidden], [watch_end_s(record, t) for t in hidden]),
        lost_because="gap in the capture",
    )


def false_stimulation(record: Record, _parameters: Any) -> Samples:
    """Trains that no trigger asked for; one occurrence each.

    Gait initiation (stride 0) has a trigger that the stride table does not hold: its trains are not judged.
    """
    if unknown := why_no_trigger(record):
        return not_run("", unknown)
    triggers, _ = triggers_of(record)
    if not record.strides["t0_s"].size:
        return nothing("", "no whole stride", watched_s=())
    asked = [(opening.from_s, t.sensor_on_s) for opening, t in zip(openings_of(record), triggers, strict=True)]
    wrong = [
        train
        for train in trains_of(record)
        if train.stride >= 1 and not any(start <= train.t0_s < end for start, end in asked)
    ]
    watched = (float(record.strides["t0_s"][0]), record.span_s[1])
    return collected(
        "",
        np.ones(len(wrong)),
        [train.t0_s for train in wrong],
        [train.t1_s for train in wrong],
        [train.stride for train in wrong],
        watched_s=(watched,),
    )


def late_stimulation(record: Record, _parameters: Any) -> Samples:
    """Triggers whose first pulse comes after the foot has left the floor; one occurrence each.

    Force needs about 0.1 s to rise, and the ankle of toe-off decides the first third of the swing: what comes after
    toe-off is late for it (design choice). A replay without labelled events has no toe-off.
    """
    triggers, without = triggers_of(record)
    rows = {int(stride): row for row, stride in enumerate(record.strides["stride"])}
    toe_off_s = record.strides["toe_off_s"]
    answered = [t for t in triggers if t.first_row >= 0 and not t.running and math.isfinite(toe_off_s[rows[t.stride]])]
    if not answered:
        return nothing("", *noted(without, "strides without trigger"), watched_s=())
    first_s = record.pulses["t_s"][[t.first_row for t in answered]]
    late = [k for k, t in enumerate(answered) if first_s[k] > toe_off_s[rows[t.stride]]]
    return collected(
        "",
        np.ones(len(late)),
        [answered[k].sensor_off_s for k in late],
        [float(first_s[k]) for k in late],
        [answered[k].stride for k in late],
        watched_s=((answered[0].sensor_off_s, watch_end_s(record, answered[-1])),),
        notes=noted(without, "strides without trigger"),
    )
