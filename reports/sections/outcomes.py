"""Patient outcomes: what the captured pulses did for the walk, stride by stride; modelled, so comparative only."""

from typing import Any, Final

import numpy as np

from reports.figures_case import outcome_charts
from reports.figures_check import time_axis
from reports.quantities import quantity
from reports.sections.blocks import chart, facts, section, text
from reports.verdict import CaseResult, RunResult
from rig.both_legs import of_both, swing_asymmetry
from rig.record import Record, Table
from scenarios.patient_file import patient_notes

CASES_WITH_ALL_CHARTS: Final = 12
"""Runs of more cases show the clearance of each only (design choice)."""


def build(run: RunResult) -> dict[str, Any] | None:
    """Charts and totals of every case that walked."""
    blocks = [
        block
        for case in run.cases
        if case.record is not None and not case.case.is_recorded and len(case.record.strides.get("stride", ())) > 0
        for block in _case(case, every=len(run.cases) <= CASES_WITH_ALL_CHARTS)
    ]
    if not blocks:
        return None
    intro = text(
        "The simulated patient was walked once more with the pulses at the instants at which they were captured. "
        "These outcomes compare devices and settings; they are not clinical evidence."
    )
    return section("Patient outcomes (modelled)", intro, *blocks)


def _case(case: CaseResult, *, every: bool) -> list[dict[str, Any]]:
    assert case.record is not None
    strides, both = case.record.strides, of_both(case.record)
    feet = " of both feet" if case.record.other_strides else ""
    rows = [
        ("Strides", str(len(strides["stride"]))),
        ("Clearance in swing", _range(strides, "mtc_m", "m")),
        ("Stride time", _range(strides, "stride_time_s", "s")),
        (f"Scuffs{feet}", _count(both, "scuff")),
        (f"Stumbles{feet}", _stumbles(both, case)),
        ("Swing asymmetry of the legs", _asymmetry(case.record)),
        ("Clearance of the other leg", _range(case.record.other_strides, "mtc_m", "m")),
        ("Strides without a pulse", _silent(strides)),
    ]
    rows += [("About this patient", note) for note in patient_notes(case.case.document)]
    shown = [(label, value) for label, value in rows if value]
    charts = [chart(drawn) for drawn in outcome_charts(case, time_axis(case))]
    return [facts(shown, title=case.case.id), *(charts if every else charts[:1])]


def _range(strides: Table, column: str, unit: str) -> str:
    values = strides.get(column)
    known = np.empty(0) if values is None else values[np.isfinite(values)]
    if not len(known):
        return ""
    middle = quantity(float(np.median(known)), unit, 3)
    return f"median {middle}, {quantity(float(known.min()), unit, 3)} to {quantity(float(known.max()), unit, 3)}"


def _count(strides: Table, column: str) -> str:
    values = strides.get(column)
    return "" if values is None else str(int(np.nansum(values)))


def _stumbles(strides: Table, case: CaseResult) -> str:
    """How many, and how many of them were drawn as falls; no prediction, so the walk went on."""
    count, falls = _count(strides, "stumble"), strides.get("fall_drawn")
    if count in {"", "0"} or falls is None:
        return count
    ratio = case.case.patient.fall_given_trip_ratio
    return (
        f"{count}, {int(np.nansum(falls))} of them drawn as falls at {100.0 * ratio:g} % a stumble "
        "(a parameter of the patient, no result); the walk goes on"
    )


def _asymmetry(record: Record) -> str:
    index = swing_asymmetry(record)
    return "" if np.isnan(index) else f"{index:.2f} (difference over mean of the swing times; an input)"


def _silent(strides: Table) -> str:
    values = strides.get("pulses")
    return "" if values is None else str(int(np.sum(np.nan_to_num(values) == 0.0)))
