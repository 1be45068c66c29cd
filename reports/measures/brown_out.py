"""What a device sends while its battery runs down to nothing: never more than is set, and in the end nothing."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from reports.measures.collecting import collected, not_run, nothing, spans_array
from reports.measures.given import asked_between, commands_given, fired, no_event, rows_between, was_alive
from reports.measures.pulse_budget import pulse_terms, resolved_rows
from reports.measures.recontact import set_charge_c
from reports.samples import EXACT, Samples
from rig.record import EventRecord, Record

SAG: Final = "supply.sag"
_FIELDS = {"current": "phase1_a", "width": "phase1_s", "charge": "charge1_c"}


def _sags(record: Record) -> list[tuple[EventRecord, float]]:
    """(falling supply, end of what belongs to it), s: the next command to the supply, or the end of the capture."""
    found: list[tuple[EventRecord, float]] = []
    given_s = [each.t_s for each in commands_given(record, "supply")]
    for _, event in fired(record, SAG):
        found.append((event, min((s for s in given_s if s > event.end_s + 1e-9), default=record.span_s[1])))
    return found


def brown_out_output(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Current, width or charge of every pulse while the supply falls and after, over what is set.

    A phase shorter than two samples has no current that could be told from its width; its charge can be judged.
    """
    of = parameters.get("of", "current")
    programmed = record.case.device.programmed
    named = {
        "current": programmed.get("current"),
        "width": programmed.get("pulse_width"),
        "charge": set_charge_c(record),
    }
    if not (reference := named[of]):
        return not_run("", f"what is set for `{of}` is not known")
    sags = _sags(record)
    if not sags:
        return no_event("", record, (SAG,), "the supply never falls")
    rows = np.concatenate([rows_between(record, event.start_s, until_s) for event, until_s in sags])
    if of == "current":
        rows = resolved_rows(record, rows)
    if not rows.size:
        return nothing("", "no pulse while the supply fell")
    values = np.abs(record.pulses[_FIELDS[of]][rows]) / reference
    good = np.isfinite(values)
    lost = record.pulses["t_s"][rows[~good]]
    return collected(
        "",
        values[good],
        record.pulses["t_s"][rows[good]],
        record.pulses["end_s"][rows[good]],
        record.pulses["stride"][rows[good]],
        tuple(part.scaled(1.0 / reference) for part in pulse_terms(record, _FIELDS[of], rows[good])),
        lost_s=spans_array(lost, lost + 1e-3),
        lost_because="clipped",
    )


def brown_out_end(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """Number of pulses after the supply has reached its end; one sample a falling supply that was asked for more.

    The sensor must have asked afterwards: silence that nobody broke shows nothing.
    """
    sags = _sags(record)
    if not sags:
        return no_event("", record, (SAG,), "the supply never falls")
    tried = [
        (event, until_s)
        for event, until_s in sags
        if was_alive(record, event.start_s) and asked_between(record, event.end_s, until_s)
    ]
    if not tried:
        return nothing("", "no trigger after the supply had fallen")
    return collected(
        "",
        [float(rows_between(record, event.end_s, until_s).size) for event, until_s in tried],
        [event.end_s for event, _ in tried],
        [until_s for _, until_s in tried],
        [event.stride for event, _ in tried],
        budget=EXACT,
    )
