"""Whether the lamps of a device tell the truth: output, fault, low battery, each against what the waveform shows."""

import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from reports.intervals import Spans, difference, intersection, length_s, union
from reports.measures.collecting import collected, not_run, nothing, windows_of
from reports.measures.given import asked_between, commands_given, fired, no_event, rows_between
from reports.measures.grouping import trains_of
from reports.measures.openings import ON_FACTOR, openings_of, set_period_s
from reports.measures.overload import shorts
from reports.measures.plateau import plateau_rows
from reports.measures.pulse_budget import pulse_terms, timebase_terms
from reports.measures.sensor_faults import faults
from reports.measures.stopping import liftings
from reports.samples import EXACT, Samples
from rig.lines import spans_of
from rig.record import Record
from scenarios.protection_events import SHORT

FAULT_LAMP: Final = "indicator.fault"
SAG: Final = "supply.sag"
OUTPUT_LAMP: Final = "indicator.output"
LOW_BATTERY: Final = "indicator.low_battery"
LAG_S: Final = 0.1
"""A lamp may lag the output by this much, either way (design choice: what an eye takes for at once)."""
NOTICE_S: Final = 1.0
"""A fault must show this long after the first pulse that met it (as SAF-01)."""
ERROR_RATIO: Final = 0.1
"""An output error beyond which the battery must have been reported low (regulatory.md SAF-09)."""


def indicator_truth(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Share of the time in which a lamp agrees with the truth; one sample a run.

    `lamp: output`: the truth is stimulation, from the first pulse of a train to its last; a lag of 0.1 s about every
    change is not counted. `lamp: fault`: the truth is a lifted electrode or shorted leads; what lies between its
    beginning and 1 s after stimulation met it, or between its end and the first pulse after it, is not counted, and
    neither are faults of the sensor, the supply or the firmware, for which devices differ. Both need that the truth was
    on and off while it was watched.
    """
    lamp = parameters.get("lamp", "output")
    role = OUTPUT_LAMP if lamp == "output" else FAULT_LAMP
    if role not in record.lines:
        return not_run("", f"no line `{role}` was captured")
    truth, blind = _output_truth(record) if lamp == "output" else _fault_truth(record)
    watched = intersection(windows_of(parameters), (record.span_s,))
    watched = difference(difference(watched, blind), record.gaps_s)
    true_s = length_s(intersection(truth, watched))
    if true_s == 0.0 or length_s(difference(watched, truth)) == 0.0:
        return nothing("", f"`{lamp}` was never {'on' if true_s == 0.0 else 'off'} while it was watched")
    lit = spans_of(record.lines, role, record.span_s[1])
    wrong = intersection(union((*difference(lit, truth), *difference(truth, lit))), watched)
    value = 1.0 - length_s(wrong) / length_s(watched)
    first = wrong[0][0] if wrong else watched[0][0]
    notes = (f"wrong for {length_s(wrong):.2f} s, first at {first:.2f} s",) if wrong else ()
    return collected("", [value], [watched[0][0]], [watched[-1][1]], [-1], notes=notes, budget=EXACT)


def _output_truth(record: Record) -> tuple[Spans, Spans]:
    """When there is output, and what is not counted about it."""
    truth = union(tuple((train.t0_s, train.t1_s) for train in trains_of(record)))
    return truth, union(tuple((t - LAG_S, t + LAG_S) for span in truth for t in span))


def _fault_truth(record: Record) -> tuple[Spans, Spans]:
    """When the electrodes are not as they should be, and what is not counted about it."""
    spans = [(start_s, back_s) for _, start_s, back_s in liftings(record)]
    spans += [(event.start_s, event.end_s) for event in shorts(record)]
    end_s, blind = record.span_s[1], []
    for start_s, back_s in spans:
        blind.append((start_s - LAG_S, min(_met_s(record, start_s) + NOTICE_S, end_s)))
        blind.append((back_s - LAG_S, min(_next_pulse_s(record, back_s) + LAG_S, end_s)))
    lies = (*faults(record, "sensor"), *faults(record, "radio"))
    blind += [(event.start_s, _next_pulse_s(record, event.end_s) + LAG_S) for event in lies]
    blind += [(each.t_s, _next_pulse_s(record, each.t_s) + LAG_S) for each in commands_given(record, "supply", "fault")]
    return union(tuple(spans)), union(tuple(blind))


def _met_s(record: Record, start_s: float) -> float:
    """When stimulation met a fault, s: at once, with the next pulse, or where the next step asked for one in vain."""
    t_s = record.pulses["t_s"]
    period_s = set_period_s(record) or 0.0
    if np.any((t_s <= start_s) & (t_s > start_s - ON_FACTOR * period_s)):
        return start_s
    asked_s = [opening.t_s for opening in openings_of(record) if opening.t_s > start_s]
    return min([*asked_s, _next_pulse_s(record, start_s)])


def _next_pulse_s(record: Record, from_s: float) -> float:
    later = rows_between(record, from_s, math.inf)
    return float(record.pulses["t_s"][later[0]]) if later.size else record.span_s[1]


def overload_report(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """Time from the first pulse into a short circuit until the fault lamp is on, s; infinite where it never is.

    A short circuit into which no pulse was sent shows nothing.
    """
    events = shorts(record)
    if not events:
        return no_event("s", record, (SHORT,), "the scenario shorts no leads")
    if FAULT_LAMP not in record.lines:
        return not_run("s", f"no line `{FAULT_LAMP}` was captured")
    lit = spans_of(record.lines, FAULT_LAMP, record.span_s[1])
    values, rows, shown = [], [], []
    for event in events:
        sent = rows_between(record, event.start_s, event.end_s)
        if not sent.size:
            continue
        first_s = float(record.pulses["t_s"][sent[0]])
        on_s = min((a for a, b in lit if b > first_s and a < event.end_s), default=math.inf)
        values.append(max(0.0, on_s - first_s))
        rows.append(int(sent[0]))
        shown.append(event)
    if not values:
        return nothing("s", "no pulse while the leads were shorted")
    found = np.array(values)
    return collected(
        "s",
        found,
        [event.start_s for event in shown],
        [event.end_s for event in shown],
        [event.stride for event in shown],
        (*pulse_terms(record, "t_s", np.array(rows, np.int64)), *timebase_terms(record, found)),
    )


def low_battery_warning(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """How long before the output errs by more than 10 % the battery is reported low, s; one sample a falling supply.

    The output errs with the first plateau pulse whose current or width is more than 10 % off its setting, or with the
    end of stimulation where the device switches off before that. Negative: the report comes too late, or, where it
    never comes, by the time to the end of the capture. A supply that falls so little that nothing happens, and of
    which nothing is reported, shows nothing.
    """
    if LOW_BATTERY not in record.lines:
        return not_run("s", f"no line `{LOW_BATTERY}` was captured")
    events = [event for _, event in fired(record, SAG)]
    if not events:
        return no_event("s", record, (SAG,), "the supply never falls")
    lit = spans_of(record.lines, LOW_BATTERY, record.span_s[1])
    values, rows, shown = [], [], []
    ends_s = [*(event.start_s for event in events[1:]), record.span_s[1]]
    for event, until_s in zip(events, ends_s, strict=True):
        row = _first_error(record, event.start_s, until_s)
        on_s = min((a for a, b in lit if b > event.start_s and a < until_s), default=math.inf)
        if row < 0:
            row = _last_of_all(record, event.start_s, until_s)
        if row < 0:
            continue
        wrong_s = float(record.pulses["t_s"][row])
        values.append(wrong_s - min(on_s, until_s))
        rows.append(row)
        shown.append((event, until_s))
    if not values:
        return nothing("s", "the output stood: it neither erred nor ended")
    found = np.array(values)
    return collected(
        "s",
        found,
        [event.start_s for event, _ in shown],
        [until_s for _, until_s in shown],
        [event.stride for event, _ in shown],
        (*pulse_terms(record, "t_s", np.array(rows, np.int64)), *timebase_terms(record, found)),
    )


def _first_error(record: Record, from_s: float, until_s: float) -> int:
    """Row of the first plateau pulse that is more than 10 % off its setting, -1 for none."""
    programmed, rows = record.case.device.programmed, rows_between(record, from_s, until_s)
    rows = rows[plateau_rows(record)[rows]]
    wrong = np.zeros(rows.size, np.bool_)
    for field, setting in (("phase1_a", "current"), ("phase1_s", "pulse_width")):
        if setting in programmed:
            wrong |= np.abs(np.abs(record.pulses[field][rows]) / programmed[setting] - 1.0) > ERROR_RATIO
    return int(rows[np.argmax(wrong)]) if wrong.any() else -1


def _last_of_all(record: Record, from_s: float, until_s: float) -> int:
    """Row of the last pulse before the device switched off in the span, -1 where it did not or nobody asked it."""
    rows = rows_between(record, from_s, until_s)
    if not rows.size:
        return -1
    last_s = float(record.pulses["t_s"][rows[-1]])
    return int(rows[-1]) if asked_between(record, last_s, until_s) else -1
