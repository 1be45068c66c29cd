"""How long stimulation is on, how much of that in stance, and how long it is silent while the patient walks."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from reports.intervals import Span, Spans, all_touching, difference, intersection, length_s, touches, union
from reports.measures.collecting import collected, not_run, noted, nothing, spans_array, windows_of
from reports.measures.grouping import set_period_s, trains_of
from reports.measures.openings import ON_FACTOR, closings_s, period_s, sensor_terms
from reports.measures.pulse_budget import interval_terms, pulse_terms, timebase_terms
from reports.samples import Samples
from rig.record import Record
from scenarios.timeline import pauses


def on_time(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Duration of each train, from its first pulse to the end of the last, s; cut to the part that counts."""
    windows = windows_of(parameters)
    rows: list[int] = []
    spans: list[Span] = []
    strides: list[int] = []
    dropped = 0
    for train in trains_of(record):
        pieces = intersection(((train.t0_s, train.t1_s),), windows)
        dropped += not pieces
        for piece in pieces:
            rows.append(int(train.rows[0]))
            spans.append(piece)
            strides.append(train.stride)
    bounds = np.array(spans).reshape(-1, 2)
    values = bounds[:, 1] - bounds[:, 0]
    terms = interval_terms(record, np.array(rows, np.int64), values)
    broken = all_touching(bounds[:, 0], bounds[:, 1], record.gaps_s)
    return collected(
        "s",
        values,
        bounds[:, 0],
        bounds[:, 1],
        strides,
        terms,
        dropped=dropped,
        lost_s=spans_array(bounds[broken, 0], bounds[broken, 1]),
        lost_because="gap in the capture",
    )


def stance_on_time(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Share of each stride with stimulation outside [heel-off, sensor_on + set extension] (regulatory.md TIM-13).

    `allowed: ramp_down` (default) lets the set ramp down and one pulse period follow the extension, as they do on
    every device that ramps; `allowed: extension` does not. The window that the stride before began counts too.
    Interval: the stride.
    """
    programmed = record.case.device.programmed
    if "extension" not in programmed:
        return not_run("", "the setting `extension` is not known")
    extension_s = programmed["extension"]
    if parameters.get("allowed", "ramp_down") == "ramp_down":
        extension_s += programmed.get("ramp_down", 0.0) + (set_period_s(record) or 0.0)
    strides = record.strides
    if not np.any(np.isfinite(strides["heel_off_s"])):
        return not_run("", "no labelled events: heel-off is not known")
    end_s = strides["t0_s"] + strides["stride_time_s"]
    landed_s = closings_s(record)
    closing_s = np.where(np.isnan(landed_s), end_s, landed_s)
    allowed = union(
        tuple(
            (float(a), float(b))
            for a, b in zip(strides["heel_off_s"], closing_s + extension_s, strict=True)
            if not math.isnan(a)  # the heel stays down: no stimulation is asked for
        )
    )
    on = union(tuple((train.t0_s, train.t1_s) for train in trains_of(record)))
    # the table has no landing for gait initiation (stride 0): a stance that its stimulation reaches into is left out
    first_s, t_s = float(strides["t0_s"][0]), record.pulses["t_s"]
    initiated = bool(np.any((t_s > first_s - ON_FACTOR * period_s(record)) & (t_s < first_s)))
    if initiated:
        allowed = union((*allowed, (first_s, float(np.fmin(strides["heel_off_s"][0], strides["toe_off_s"][0])))))
    wrong = difference(on, allowed)
    spans = [(float(a), float(b)) for a, b in zip(strides["t0_s"], end_s, strict=True)]
    values = np.array([length_s(intersection(wrong, (span,))) for span in spans]) / strides["stride_time_s"]
    broken = all_touching(strides["t0_s"], end_s, record.gaps_s)
    n = values.size
    terms = tuple(part.scaled(1.0 / strides["stride_time_s"]) for part in sensor_terms(record, n))
    return collected(
        "",
        values,
        strides["t0_s"],
        end_s,
        strides["stride"],
        terms,
        notes=("stance of the first stride left out: stimulation of gait initiation",) if initiated else (),
        lost_s=spans_array(strides["t0_s"][broken], end_s[broken]),
        lost_because="gap in the capture",
    )


def walking_spans(record: Record) -> Spans:
    """From the first prescribed heel strike to the end of the last stride, without the pauses of the walk.

    A pause lies in mid foot-flat; where exactly does not matter, because no train may begin or end in it. It is taken
    to end at heel-off.
    """
    strides = record.strides
    if not strides["stride"].size:
        return ()
    walk = ((float(strides["t0_s"][0]), float(strides["t0_s"][-1] + strides["stride_time_s"][-1])),)
    stood: list[Span] = []
    for pause in pauses(record.case):
        rows = np.flatnonzero(strides["stride"] == pause.stride)
        if rows.size:
            end_s = float(strides["heel_off_s"][rows[0]])
            stood.append((end_s - pause.duration_s, end_s))
    walk = intersection(walk, ((record.span_s[0], record.span_s[1]),))
    return difference(walk, tuple(span for span in stood if not math.isnan(span[0])))


def silence(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Time without a pulse while walking, s: from the end of each train to the next one, standing still not counted.

    The time before the first train and after the last one counts too: a device that has died is silent.
    """
    walking = intersection(walking_spans(record), windows_of(parameters))
    if not walking:
        return nothing("s", "nobody walks in the part of the run that counts")
    pulses, trains = record.pulses, trains_of(record)
    on = union(tuple((train.t0_s, train.last_pulse_s) for train in trains))
    quiet = difference(((-math.inf, math.inf),), on)
    spans, values, numbers, hidden = [], [], [], []
    for start_s, end_s in quiet:
        walked = intersection(((start_s, end_s),), walking)
        if walked:
            spans.append((walked[0][0], walked[-1][1]))
            values.append(length_s(walked))
            numbers.append(_stride_at(record, walked[0][0]))
            hidden.append(any(touches(a, b, record.gaps_s) for a, b in walked))
    found = np.array(values)
    rows = np.zeros(found.size if pulses["t_s"].size else 0, np.int64)
    terms = timebase_terms(record, found)
    if rows.size:
        terms = tuple(part.scaled(2.0**0.5) for part in pulse_terms(record, "t_s", rows)) + terms
    bounds, broken = np.array(spans).reshape(-1, 2), np.array(hidden, np.bool_)
    # missing time may hide a pulse: what is silent there is not known
    return collected(
        "s",
        found[~broken],
        bounds[~broken, 0],
        bounds[~broken, 1],
        np.array(numbers)[~broken],
        tuple(part.taken(~broken) for part in terms),
        lost_s=bounds[broken],
        lost_because="gap in the capture",
        notes=noted(int(broken.sum()), "silences behind a gap in the capture"),
    )


def _stride_at(record: Record, t_s: float) -> int:
    row = int(np.searchsorted(record.strides["t0_s"], t_s, "right")) - 1
    return int(record.strides["stride"][row]) if row >= 0 else 0
