"""What a device does when an electrode that had come off touches again: how it starts, and whether it surges."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from reports.measures.collecting import collected, not_run, nothing, spans_array
from reports.measures.given import rows_between, was_alive
from reports.measures.pulse_budget import pulse_terms
from reports.measures.stopping import liftings
from reports.samples import Samples
from rig.record import EventRecord, Record

SURGE_S: Final = 1.0
"""A surge shows in the first second after re-contact (design choice: longer than any ramp of a step)."""


def recontacts(record: Record) -> list[tuple[EventRecord, float, float]]:
    """(lifting event, instant of re-contact, end of what belongs to it), s: the next lifting or the end of capture."""
    found = [(event, back_s) for event, _, back_s in liftings(record) if back_s < record.span_s[1]]
    off_s = [start_s for _, start_s, _ in liftings(record)]
    return [(event, back_s, min((s for s in off_s if s > back_s), default=record.span_s[1])) for event, back_s in found]


def set_charge_c(record: Record) -> float | None:
    """Phase charge that the settings ask for, C; None where current or width is not known."""
    programmed = record.case.device.programmed
    if "current" not in programmed or "pulse_width" not in programmed:
        return None
    return programmed["current"] * programmed["pulse_width"]


def _ratios(
    record: Record, rows: NDArray[np.int64], field: str, reference: float, start_s: NDArray[np.float64]
) -> Samples:
    """|field| of some pulses over a set value; a clipped one is lost."""
    values = np.abs(record.pulses[field][rows]) / reference
    good = np.isfinite(values)
    kept = rows[good]
    terms = tuple(part.scaled(1.0 / reference) for part in pulse_terms(record, field, kept))
    lost = record.pulses["t_s"][rows[~good]]
    return collected(
        "",
        values[good],
        start_s[good],
        record.pulses["end_s"][kept],
        record.pulses["stride"][kept],
        terms,
        lost_s=spans_array(lost, lost + 1e-3),
        lost_because="clipped",
    )


def recontact_start(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """Phase charge of the first pulse after an electrode touches again, over the charge that is set.

    Charge and not current, because a device may ramp its pulse width; one sample a re-contact. A train that the
    lifting never stopped goes on at full charge and shows here.
    """
    reference = set_charge_c(record)
    if reference is None:
        return not_run("", "the settings `current` and `pulse_width` are not known")
    rows: list[int] = []
    start_s: list[float] = []
    notes: list[str] = []
    for event, back_s, until_s in recontacts(record):
        after = rows_between(record, back_s, until_s)
        if not was_alive(record, back_s) or not after.size:
            notes.append(f"`{event.name}`: no pulse after re-contact")
            continue
        rows.append(int(after[0]))
        start_s.append(back_s)
    if not rows:
        return nothing("", *(notes or ["no electrode came off and touched again"]))
    found = _ratios(record, np.array(rows, np.int64), "charge1_c", reference, np.array(start_s))
    return _with_notes(found, notes)


def reconnect_surge(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Current or phase charge of every pulse in the first second after re-contact, over what is set.

    `of: current` looks at the plateau of phase 1, `of: charge` at its charge. One sample a pulse.
    """
    of = parameters.get("of", "current")
    reference = set_charge_c(record) if of == "charge" else record.case.device.programmed.get("current")
    if not reference:
        return not_run("", "the settings `current` and `pulse_width` are not known")
    field = "charge1_c" if of == "charge" else "phase1_a"
    rows: list[NDArray[np.int64]] = []
    for _, back_s, until_s in recontacts(record):
        after = rows_between(record, back_s, until_s)
        if after.size:
            first_s = float(record.pulses["t_s"][after[0]])
            rows.append(after[record.pulses["t_s"][after] < first_s + SURGE_S])
    if not rows:
        return nothing("", "no pulse after an electrode touched again")
    found = np.concatenate(rows)
    return _ratios(record, found, field, reference, record.pulses["t_s"][found])


def _with_notes(samples: Samples, notes: list[str]) -> Samples:
    return replace(samples, notes=(*samples.notes, *notes))
