"""Patient outcomes: what the captured pulses did for the walk, stride by stride; modelled, so comparative only."""

from typing import Any, Final

import numpy as np

from reports.figures_case import outcome_charts
from reports.figures_check import time_axis
from reports.quantities import quantity
from reports.sections.blocks import chart, facts, section, text
from reports.verdict import CaseResult, RunResult
from rig.record import Table

CASES_WITH_ALL_CHARTS: Final = 12
"""Runs of more cases show the clearance of each only (design choice)."""


def build(run: RunResult) -> dict[str, Any] | None:
    """Charts and totals of every case that walked."""
    blocks = [
        block
        for case in run.cases
        if case.record is not None and len(case.record.strides.get("stride", ())) > 0
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
    strides = case.record.strides
    rows = [
        ("Strides", str(len(strides["stride"]))),
        ("Clearance in swing", _range(strides, "mtc_m", "m")),
        ("Stride time", _range(strides, "stride_time_s", "s")),
        ("Scuffs", _count(strides, "scuff")),
        ("Stumbles", _count(strides, "stumble")),
        ("Strides without a pulse", _silent(strides)),
    ]
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


def _silent(strides: Table) -> str:
    values = strides.get("pulses")
    return "" if values is None else str(int(np.sum(np.nan_to_num(values) == 0.0)))
