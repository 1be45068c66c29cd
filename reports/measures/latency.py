"""Latency: from the sensor's opening, or the heel's, to the first pulse; and how long stimulation outlasts landing."""

import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from reports.intervals import touches
from reports.measures.collecting import collected, not_run, noted, nothing, spans_array
from reports.measures.grouping import set_period_s
from reports.measures.openings import is_switch, sensor_terms, why_no_trigger
from reports.measures.pulse_budget import pulse_terms, timebase_terms
from reports.measures.triggers import Trigger, is_cut_off, triggers_of, watch_end_s
from reports.samples import Samples
from reports.uncertainty import Term
from rig.record import Record
from rig.trains import SHORTEST_BREAK_S

EXTENSION_TOLERANCE: Final = 1.1
"""An extension may last 10 % longer than set (regulatory.md TIM-09)."""

NO_SWITCH: Final = "the sensor is no switch: nothing of it opens or closes"


def latency(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Time from `sensor_off` (the device's latency) or `heel_off` (the system's) to the first pulse, one a stride, s.

    `from: trigger` is `sensor_off` of a switch, and `heel_off` where the sensor is none and the heel asks.
    No pulse before the next `sensor_on` is a missed stimulation: +inf with the interval [sensor_off, next sensor_on].
    A stride without trigger gives no sample, nor does one in which stimulation was already on: there is no answer to
    time. Interval otherwise: [start, first pulse].
    """
    asked = parameters.get("from", "sensor_off")
    from_heel = asked == "heel_off" or (asked == "trigger" and not is_switch(record))
    if not from_heel and not is_switch(record):
        return not_run("s", f"{NO_SWITCH}; use `from: heel_off`")
    if from_heel and not np.any(np.isfinite(record.strides["heel_off_s"])):
        return not_run("s", "no labelled events: heel-off is not known")
    triggers, without = triggers_of(record)
    t_s = record.pulses["t_s"]
    judged = [t for t in triggers if not is_cut_off(record, t) or t.first_row >= 0]
    running = [t for t in judged if t.running]
    judged = [t for t in judged if not t.running]
    starts_s = [_start_s(t, from_heel=from_heel) for t in judged]
    ends_s = [float(t_s[t.first_row]) if t.first_row >= 0 else watch_end_s(record, t) for t in judged]
    values = [
        end - start if t.first_row >= 0 else math.inf for t, start, end in zip(judged, starts_s, ends_s, strict=True)
    ]
    hidden = np.array([touches(min(a, b), b, record.gaps_s) for a, b in zip(starts_s, ends_s, strict=True)], np.bool_)
    keep = np.flatnonzero(~hidden & ~np.isnan(starts_s)) if judged else np.empty(0, np.int64)
    notes = (
        *noted(without, "strides without trigger"),
        *noted(len(running), "strides with stimulation already on at the trigger"),
        *noted(int(hidden.sum()), "strides behind a gap in the capture"),
    )
    if not keep.size:
        return nothing("s", *notes)
    t0_s, t1_s, found = (np.asarray(column)[keep] for column in (starts_s, ends_s, values))
    answered = [judged[k] for k in keep]
    return collected(
        "s",
        found,
        np.minimum(t0_s, t1_s),
        t1_s,
        [t.stride for t in answered],
        _terms(record, answered, found, with_sensor=not from_heel),
        notes=notes,
    )


def _start_s(trigger: Trigger, *, from_heel: bool) -> float:
    return trigger.heel_off_s if from_heel else trigger.sensor_off_s


def _terms(record: Record, triggers: list[Trigger], durations_s: Any, *, with_sensor: bool) -> tuple[Term, ...]:
    """Instant of the pulse, instant of the sensor, sample clock."""
    n = len(triggers)
    rows = np.array([t.first_row for t in triggers], np.int64)
    seen = rows >= 0
    pulse = [part.spread(seen, n) for part in pulse_terms(record, "t_s", rows[seen])]
    sensor = sensor_terms(record, n) if with_sensor else ()
    return (*pulse, *sensor, *timebase_terms(record, durations_s))


def stop_latency(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Time from `sensor_on` or `landing` to the last pulse of the stimulation that the trigger called, one a stride, s.

    `from: trigger` is `sensor_on` of a switch, else `landing`. The set extension is part of it; `minus: extension`
    takes away what was asked for: the set extension with a tolerance of 10 %, and the set ramp down. Negative where
    stimulation ended sooner (a time-out); a stride without a pulse, or whose sensor never closes, gives no sample. A
    train that is still on at the end of the capture has no last pulse: its duration so far is judged, but it cannot
    pass.
    """
    asked = parameters.get("from", "sensor_on")
    from_landing = asked == "landing" or (asked == "trigger" and not is_switch(record))
    if not from_landing and not is_switch(record):
        return not_run("s", f"{NO_SWITCH}; use `from: landing`")
    programmed, wanted_s = record.case.device.programmed, 0.0
    if parameters.get("minus", "nothing") == "extension":
        if "extension" not in programmed:
            return not_run("s", "the setting `extension` is not known")
        wanted_s = EXTENSION_TOLERANCE * programmed["extension"] + programmed.get("ramp_down", 0.0)
    if unknown := why_no_trigger(record):
        return not_run("s", unknown)
    triggers, without = triggers_of(record)
    closed = [t for t in triggers if t.last_row >= 0 and math.isfinite(t.sensor_on_s)]
    silent = len(triggers) - len(closed)
    rows = np.array([t.last_row for t in closed], np.int64)
    on_s = np.array([t.landing_s if from_landing else t.sensor_on_s for t in closed])
    last_s = record.pulses["t_s"][rows]
    break_s = max(3.0 * (set_period_s(record) or 0.0), SHORTEST_BREAK_S)
    still_on = last_s + break_s > record.span_s[1]
    behind = [touches(min(a, b), max(a, b) + break_s, record.gaps_s) for a, b in zip(on_s, last_s, strict=True)]
    lost = still_on | np.array(behind, np.bool_)
    terms = (
        *pulse_terms(record, "t_s", rows),
        *(() if from_landing else sensor_terms(record, len(closed))),
        *timebase_terms(record, last_s - on_s),
    )
    return collected(
        "s",
        last_s - on_s - wanted_s,
        np.minimum(on_s, last_s),
        np.maximum(on_s, last_s),
        [t.stride for t in closed],
        terms,
        notes=(
            *noted(without, "strides without trigger"),
            *noted(silent, "strides without a pulse or without a closing of the sensor"),
        ),
        lost_s=spans_array(on_s[lost], np.maximum(on_s, last_s)[lost]),
        lost_because="stimulation still on at the end of the capture, or a gap",
    )
