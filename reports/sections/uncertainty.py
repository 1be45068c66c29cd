"""Uncertainty budgets (JCGM 100): the components behind the U of every measured check."""

from typing import Any

import numpy as np

from reports.quantities import quantity
from reports.samples import Component
from reports.sections.blocks import details, section, table, text
from reports.verdict import RunResult, Verdict


def build(run: RunResult) -> dict[str, Any] | None:
    """One budget for all checks of a measure that share its components; None where nothing has a budget."""
    shared: dict[tuple[Any, ...], list[tuple[str, Verdict]]] = {}
    for case in run.cases:
        for verdict in case.verdicts:
            if verdict.samples is not None and verdict.samples.budget:
                parts = tuple((part.name, part.kind, part.systematic, part.source) for part in verdict.samples.budget)
                key = (verdict.check.measure, verdict.samples.unit, parts)
                shared.setdefault(key, []).append((case.case.id, verdict))
    if not shared:
        return None
    intro = text(
        "Standard uncertainty u of one sample, by component. Type A comes from repetition, type B from knowledge. "
        "Systematic components do not shrink when samples are averaged. U is the expanded uncertainty, k = 2. Where "
        "several checks share a budget, the largest u stands for all."
    )
    return section("Uncertainty budgets", intro, *(_budget(users) for users in shared.values()))


def _budget(users: list[tuple[str, Verdict]]) -> dict[str, Any]:
    found = [verdict.samples for _, verdict in users if verdict.samples is not None]
    unit = found[0].unit
    largest = [max(column, key=lambda part: part.standard) for column in zip(*(s.budget for s in found), strict=True)]
    rows = [_row(part, unit) for part in largest]
    names = list(dict.fromkeys(verdict.check.id for _, verdict in users))
    title = ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
    cases = len({case for case, _ in users})
    words = f"{len(users)} check{'' if len(users) == 1 else 's'} in {cases} case{'' if cases == 1 else 's'}"
    every = np.concatenate([samples.expanded for samples in found])
    if len(every):
        low, high = float(every.min()), float(every.max())
        same = high - low <= 1e-3 * high
        amount = quantity(high, unit, 3) if same else f"{quantity(low, unit, 3)} to {quantity(high, unit, 3)}"
        words += f"; U (k = 2) of one sample: {amount}"
    columns = ("Component", "Type", "u", "Kind", "Source")
    return details(title, text(words), table(columns, rows, widths=(2.4, 0.7, 1.2, 1.2, 3.0)))


def _row(part: Component, unit: str) -> tuple[str, ...]:
    kind = "systematic" if part.systematic else "random"
    return part.name, part.kind, quantity(part.standard, unit, 3), kind, part.source or "–"
