"""r.m.s. current density under an electrode that touches with a part of its area only."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from reports.conditions import conditions_of
from reports.measures.collecting import collected, nothing
from reports.measures.given import no_event
from reports.measures.grouping import Train, trains_of
from reports.measures.pulse_budget import pulse_terms
from reports.samples import Samples
from rig.record import Record

_NO_CONTACT = 1e-9


def contact_density(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """J = I_rms / (A c) of each train during which the contact c was less than whole, A/m^2.

    I_rms^2 = sum of (i1^2 w1 + i2^2 w2) over the pulses of the train / its duration, first pulse to last and one
    period: stimulation that goes on, as a standing patient would have it, not the mean over the stride. c is the least
    contact of the train, A the area of the electrode that the item states, else the parameter. A contact of nothing
    carries nothing.

    Source: regulatory.md 1.3, maximum current density (r.m.s.), smallest electrode.
    """
    item = record.case.item
    stated_m2 = None if item is None else item.electrodes.area_m2
    area_m2 = float(parameters["area"]) if stated_m2 is None else stated_m2
    contacts = conditions_of(record).contact_ratio
    if not contacts.changes_s:
        return no_event("A/m^2", record, ("electrode.peel",), "the scenario loosens no electrode")
    values: list[float] = []
    shown: list[Train] = []
    rows: list[int] = []
    for train in trains_of(record):
        contact = contacts.numbers(record.pulses["t_s"][train.rows])
        share = float(contact.min(initial=1.0))
        if train.rows.size < 2 or not _NO_CONTACT < share < 1.0:
            continue
        square, duration_s = _square_a2s(record, train), _duration_s(train)
        if math.isfinite(square):
            values.append(math.sqrt(square / duration_s) / (area_m2 * share))
            shown.append(train)
            rows.append(int(train.rows[train.rows.size // 2]))
    if not values:
        return nothing("A/m^2", "no train through a part of the contact")
    found, middle = np.array(values), np.array(rows, np.int64)
    level = np.maximum(np.abs(record.pulses["phase1_a"][middle]), 1e-12)
    terms = tuple(part.scaled(found / level) for part in pulse_terms(record, "phase1_a", middle))
    return collected(
        "A/m^2",
        found,
        [train.t0_s for train in shown],
        [train.t1_s for train in shown],
        [train.stride for train in shown],
        terms,
        notes=(f"electrode of {area_m2 * 1e4:g} cm^2",),
    )


def _square_a2s(record: Record, train: Train) -> float:
    """Integral of the squared current over a train, A^2 s: the record's own where it has it, else of rectangles."""
    pulses, rows = record.pulses, train.rows
    if "square_a2s" in pulses and np.all(np.isfinite(pulses["square_a2s"][rows])):
        return float(pulses["square_a2s"][rows].sum())
    second = np.nan_to_num(pulses["phase2_a"][rows] ** 2 * pulses["phase2_s"][rows])
    return float((pulses["phase1_a"][rows] ** 2 * pulses["phase1_s"][rows] + second).sum())


def _duration_s(train: Train) -> float:
    """First pulse to last, and one period."""
    span_s = train.last_pulse_s - train.t0_s
    return span_s * train.rows.size / (train.rows.size - 1)
