"""Triggers: what the sensor told the device in each stride, and the train that answered (formats.md section 1)."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from reports.intervals import touches
from reports.measures.collecting import collected, nothing, spans_array
from reports.measures.grouping import Train, trains_of
from reports.samples import Samples
from reports.uncertainty import RECTANGULAR, Term, term
from rig.record import Record

_TOLERANCE_FACTOR = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Trigger:
    """A stride in which the sensor opened.

    Attributes:
        stride: its number.
        heel_off_s: prescribed heel-off, s; NaN where the record has no labelled events.
        sensor_off_s: the opening, s.
        sensor_on_s: the next closing, s; infinite where none was seen.
        answers: trains that start between the two, in time order.
        running: True where a train was already on when the sensor opened.
    """

    stride: int
    heel_off_s: float
    sensor_off_s: float
    sensor_on_s: float
    answers: tuple[Train, ...]
    running: bool


def sensor_terms(record: Record, n: int) -> tuple[Term, ...]:
    """Uncertainty of an instant of the sensor at the device's terminal.

    The emitted signal is held between its samples, so a crossing is known to one sample period (rectangular over one
    period: T/sqrt(12)); the way to the terminal adds the bench's delay with its bound.
    """
    period_s = 1.0 / record.case.sensor.rate_hz
    sampling = term("sensor sampling", "B", period_s / math.sqrt(12.0), n, systematic=False, source="sample period")
    delay_s = record.sensor_delay_s[1] * RECTANGULAR
    delay = term("sensor output delay", "B", delay_s, n, systematic=True, source="bound of the bench, rectangular")
    return sampling, delay


def triggers_of(record: Record) -> tuple[tuple[Trigger, ...], int]:
    """Every trigger, and the number of strides without one.

    A train that starts up to the uncertainty of the sensor's instant before the opening still answers it.
    """
    strides, trains = record.strides, trains_of(record)
    early_s = _TOLERANCE_FACTOR * math.sqrt(sum(float(part.standard_value[0]) ** 2 for part in sensor_terms(record, 1)))
    found: list[Trigger] = []
    for row in range(strides["stride"].size):
        off_s = float(strides["sensor_off_s"][row])
        if math.isnan(off_s):
            continue
        on_s = float(strides["sensor_on_s"][row])
        on_s = math.inf if math.isnan(on_s) else on_s
        answers = tuple(train for train in trains if off_s - early_s <= train.t0_s < on_s)
        running = any(train.t0_s < off_s - early_s and train.last_pulse_s > off_s for train in trains)
        heel_off_s = float(strides["heel_off_s"][row])
        found.append(Trigger(int(strides["stride"][row]), heel_off_s, off_s, on_s, answers, running))
    return tuple(found), int(strides["stride"].size) - len(found)


def watch_end_s(record: Record, trigger: Trigger) -> float:
    """End of the window in which an answer counts, s: the next closing of the sensor, or the end of the capture."""
    return min(trigger.sensor_on_s, record.span_s[1])


def is_cut_off(record: Record, trigger: Trigger) -> bool:
    """True where the run ended before it could be seen whether the device answers."""
    return math.isinf(trigger.sensor_on_s) and (record.fault is not None or record.interrupted)


def missed_stimulation(record: Record, _parameters: Any) -> Samples:
    """Triggers that no pulse answered before the sensor closed again; one occurrence each."""
    triggers, without = triggers_of(record)
    ready = [trigger for trigger in triggers if not is_cut_off(record, trigger)]
    notes = (f"{without} strides without trigger",) if without else ()
    if not ready:
        return nothing("", *notes, watched_s=())
    missed = [trigger for trigger in ready if not trigger.answers and not trigger.running]
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
    triggers, _ = triggers_of(record)
    if not record.strides["t0_s"].size:
        return nothing("", "no whole stride", watched_s=())
    answered = {(train.channel, train.t0_s) for trigger in triggers for train in trigger.answers}
    wrong = [train for train in trains_of(record) if train.stride >= 1 and (train.channel, train.t0_s) not in answered]
    watched = (float(record.strides["t0_s"][0]), record.span_s[1])
    return collected(
        "",
        np.ones(len(wrong)),
        [train.t0_s for train in wrong],
        [train.t1_s for train in wrong],
        [train.stride for train in wrong],
        watched_s=(watched,),
    )
