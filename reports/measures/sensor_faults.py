"""What a device does with a sensor that lies, a link that is gone, spikes on its line."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from reports.intervals import Spans, difference, length_s, touches, union
from reports.measures.collecting import collected, not_run, noted, nothing, spans_array
from reports.measures.given import allowed_spans, effects_given, fired, rows_between, unfired, was_alive
from reports.measures.grouping import trains_of
from reports.measures.pulse_budget import interval_terms, pulse_terms, timebase_terms
from reports.samples import EXACT, Samples
from reports.statistics import share_upper_bound
from rig.record import EventRecord, Record
from rig.trains import SHORTEST_BREAK_S
from scenarios.sensor_events import RADIO
from scenarios.sensor_fault_events import PACKETS, SPIKES
from sim.sensor.signal_faults import SignalFault

FAULTS: Final[dict[str, tuple[str, ...]]] = {
    "sensor": (
        "sensor.stuck",
        "sensor.rail",
        "sensor.broken",
        "sensor.noise",
        "sensor.frozen",
        "sensor.nan",
        "sensor.turned",
    ),
    "radio": (RADIO, PACKETS),
}
"""Word of the parameter `of` -> events that it looks at."""
GRACE_S: Final = 0.05
"""How long after landing, extension and ramp a pulse is not yet wrong (design choice: debounce and a pulse period)."""
LEAST_RATIO: Final = 0.1
"""Least share of a fault in which stimulation would be wrong, so that it can be seen (design choice)."""
SHORTEST_S: Final = 3.0
"""A fault must last this long to show that the device reaches its safe state (regulatory.md SAF-12)."""


def faults(record: Record, of: str) -> list[EventRecord]:
    """The faults of the sensor, or of the radio link, that happened to a device that was alive."""
    return [event for _, event in fired(record, *FAULTS[of]) if was_alive(record, event.start_s)]


def fault_on_time(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Duration of every train that meets a fault, over the set time-out; one sample a train."""
    time_out_s = record.case.device.programmed.get("time_out")
    if not time_out_s:
        return not_run("", "the setting `time_out` is not known")
    of = parameters.get("of", "sensor")
    events = faults(record, of)
    met = [
        train
        for train in trains_of(record)
        if any(train.t0_s < event.end_s and train.t1_s > event.start_s for event in events)
    ]
    if not met:
        return nothing("", "no stimulation met a fault")
    spans = np.array([(train.t0_s, train.t1_s) for train in met])
    durations_s = spans[:, 1] - spans[:, 0]
    terms = interval_terms(record, np.array([train.rows[0] for train in met], np.int64), durations_s)
    broken = [(a, b) for a, b in spans if touches(a, b, record.gaps_s)]
    lost_s, lost_because = _lost(record, of, broken)
    return collected(
        "",
        durations_s / time_out_s,
        spans[:, 0],
        spans[:, 1],
        [train.stride for train in met],
        tuple(part.scaled(1.0 / time_out_s) for part in terms),
        lost_s=lost_s,
        lost_because=lost_because,
    )


def safe_state_time(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Time from the beginning of a fault to the last pulse that the leg did not ask for, s; one sample a fault.

    The leg asks from heel-off to landing, extension and ramp, and `grace` after it: a device that sees the step in
    spite of the fault may answer it. 0 s: there was no wrong pulse at all. Faults shorter than 3 s show nothing, and
    neither do settings that let stimulation last nearly all the time; of a fault that is still on at the end of the
    capture, what came until then counts.
    """
    allowed = _with_grace(record, float(parameters.get("grace", GRACE_S)))
    values, rows, shown, notes = [], [], [], []
    of = parameters.get("of", "sensor")
    for event in faults(record, of):
        end_s = min(event.end_s, record.span_s[1])
        if end_s - event.start_s < SHORTEST_S:
            notes.append(f"`{event.name}`: shorter than {SHORTEST_S:g} s")
            continue
        if length_s(difference(((event.start_s, end_s),), allowed)) < LEAST_RATIO * (end_s - event.start_s):
            notes.append(f"`{event.name}`: extension and ramp are so long that stimulation is nearly always right")
            continue
        wrong = _wrong_rows(record, event.start_s, end_s, allowed)
        values.append(float(record.pulses["t_s"][wrong[-1]]) - event.start_s if wrong.size else 0.0)
        rows.append(int(wrong[-1]) if wrong.size else 0)
        shown.append((event, end_s))
    if not values:
        return nothing("s", *(notes or ["no fault met a device that was alive"]))
    found = np.array(values)
    broken = [(event.start_s, end_s) for event, end_s in shown if touches(event.start_s, end_s, record.gaps_s)]
    lost_s, lost_because = _lost(record, of, broken)
    return collected(
        "s",
        found,
        [event.start_s for event, _ in shown],
        [end_s for _, end_s in shown],
        [event.stride for event, _ in shown],
        (*pulse_terms(record, "t_s", np.array(rows, np.int64)), *timebase_terms(record, found)),
        notes=tuple(notes),
        lost_s=lost_s,
        lost_because=lost_because,
    )


def _lost(record: Record, of: str, broken: list[tuple[float, float]]) -> tuple[NDArray[np.float64], str]:
    """What could not be seen, and why: gaps in the capture, faults that never came."""
    missing = unfired(record, *FAULTS[of])
    spans = [*broken, *((event.start_s, event.end_s) for event in missing)]
    why = f"`{missing[0].name}` never fired" if missing else "gap in the capture"
    return spans_array([a for a, _ in spans], [b for _, b in spans]), why


def _with_grace(record: Record, grace_s: float) -> Spans:
    """When stimulation is right, and for how long after it nobody minds."""
    return union(tuple((a, b + grace_s) for a, b in allowed_spans(record)))


def _wrong_rows(record: Record, from_s: float, to_s: float, allowed: Spans) -> NDArray[np.int64]:
    """Rows of the pulses in [from_s, to_s) that the leg did not ask for."""
    rows = rows_between(record, from_s, to_s)
    t_s = record.pulses["t_s"][rows]
    right = np.zeros(rows.size, np.bool_)
    for a, b in allowed:
        right |= (t_s >= a) & (t_s <= b)
    return rows[~right]


def _inside(t_s: float, spans: Spans) -> bool:
    return any(a <= t_s <= b for a, b in spans)


def false_triggers(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """Stimulation that no step asked for, per 1000 spikes on the sensor's line; one sample an event of spikes.

    A false trigger is a run of pulses outside what the leg asks for (`safe_state_time`), no two further apart than
    0.15 s: spikes may begin a train or keep one alive. Only spikes outside count, as the items of the sample. With none
    in n spikes the upper 95 % bound of their rate is about 3000/n per 1000: the note says it.
    """
    allowed = _with_grace(record, GRACE_S)
    values, counts, shown, notes = [], [], [], []
    for planned, event in fired(record, SPIKES):
        end_s = min(event.end_s, record.span_s[1])
        if not was_alive(record, event.start_s):
            notes.append(f"`{event.name}`: the device had never stimulated before")
            continue
        struck = [
            t_ns
            for effect in effects_given(record, planned, event)
            if isinstance(effect, SignalFault)
            for t_ns in effect.spikes_ns
            if t_ns * 1e-9 < end_s and not _inside(t_ns * 1e-9, allowed)
        ]
        wrong = _wrong_rows(record, event.start_s, end_s, allowed)
        wrong_s = record.pulses["t_s"][wrong]
        false = int(wrong_s.size > 0) + int(np.sum(np.diff(wrong_s) > SHORTEST_BREAK_S))
        if not struck:
            continue
        values.append(1000.0 * false / len(struck))
        counts.append(len(struck))
        shown.append((event, end_s))
        most = 1000.0 * share_upper_bound(min(false, len(struck)), len(struck), 0.95)
        notes.append(f"{false} in {len(struck)} spikes, below {most:.2g} per 1000 at 95 %")
    if not values:
        return nothing("", *(notes or ["no spike met a device that was alive"]))
    broken = [k for k, (event, end_s) in enumerate(shown) if touches(event.start_s, end_s, record.gaps_s)]
    return collected(
        "",
        values,
        [event.start_s for event, _ in shown],
        [end_s for _, end_s in shown],
        [event.stride for event, _ in shown],
        items=np.array(counts, np.int64),
        budget=EXACT,
        notes=(*notes, *noted(len(broken), "spans with a gap in the capture")),
        lost_s=spans_array([shown[k][0].start_s for k in broken], [shown[k][1] for k in broken]),
        lost_because="gap in the capture",
    )
