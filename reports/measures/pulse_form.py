"""What a pulse does beside its plateau: overshoot, droop, rise (regulatory.md OUT-03)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from reports.measures.collecting import collected
from reports.measures.levels import sound_rows
from reports.measures.shape_budget import peaks, shape_terms
from reports.samples import Samples
from reports.uncertainty import Term
from rig.record import Record


def _of_rows(record: Record, rows: Any, unit: str, values: Any, terms: tuple[Term, ...]) -> Samples:
    pulses = record.pulses
    return collected(unit, values, pulses["t_s"][rows], pulses["end_s"][rows], pulses["stride"][rows], terms)


def overshoot(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """``(max - plateau) / plateau`` of the phase that overshoots more, of every pulse on the plateau.

    The maximum is that of the bare samples behind the anti-alias filter: an overshoot shorter than the filter is
    flattened, so it reads too small, never too large.
    """
    rows = sound_rows(record, "peak1_a")
    pulses = record.pulses
    values = np.full(rows.size, -np.inf)
    terms: tuple[Term, ...] = ()
    for peak, level in (("peak1_a", "phase1_a"), ("peak2_a", "phase2_a")):
        there = np.isfinite(pulses[peak][rows]) & (np.abs(np.nan_to_num(pulses[level][rows])) > 0.0)
        own = rows[there]
        plateau = np.abs(pulses[level][own])
        ratio = peaks(record, peak, own) / plateau - 1.0
        worse = np.full(rows.size, -np.inf)
        worse[there] = ratio
        taken = worse > values
        values = np.where(taken, worse, values)
        found = tuple(
            replace(part.spread(np.flatnonzero(there), rows.size))
            for part in (part.scaled(1.0 / plateau) for part in shape_terms(record, peak, own))
            if part.name != "gain"  # the same in peak and plateau
        )
        terms = found if not terms else _worse(terms, found, taken)
    return _of_rows(record, rows, "", values, terms)


def _worse(first: tuple[Term, ...], second: tuple[Term, ...], taken: Any) -> tuple[Term, ...]:
    """The terms of the phase that was taken."""
    return tuple(
        part.restated(np.where(taken, other.standard_value, part.standard_value))
        for part, other in zip(first, second, strict=True)
    )


def droop(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """How much the plateau of phase 1 falls from its start to its end, over its mean, of every pulse on the plateau."""
    rows = sound_rows(record, "droop_a")
    level = np.abs(record.pulses["phase1_a"][rows])
    terms = tuple(part.scaled(1.0 / level) for part in shape_terms(record, "droop_a", rows))
    return _of_rows(record, rows, "", record.pulses["droop_a"][rows] / level, terms)


def rise_time(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """Time from 10 to 90 % of phase 1, s, of every pulse on the plateau; the width is what a limit may refer to."""
    rows = sound_rows(record, "rise_s")
    found = _of_rows(record, rows, "s", record.pulses["rise_s"][rows], shape_terms(record, "rise_s", rows))
    return replace(found, references={"width": record.pulses["phase1_s"][rows]})
