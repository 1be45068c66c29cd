"""Uncertainty budgets (JCGM 100): the components behind the U of every measured check."""

from typing import Any

import numpy as np

from reports.quantities import quantity
from reports.samples import Component
from reports.sections.blocks import details, section, table, text
from reports.verdict import RunResult, Verdict


def build(run: RunResult) -> dict[str, Any] | None:
    """One budget for all checks that share it; None where nothing has a budget."""
    shared: dict[tuple[tuple[Component, ...], str], list[tuple[str, Verdict]]] = {}
    for case in run.cases:
        for verdict in case.verdicts:
            if verdict.samples is not None and verdict.samples.budget:
                key = (verdict.samples.budget, verdict.samples.unit)
                shared.setdefault(key, []).append((case.case.id, verdict))
    if not shared:
        return None
    intro = text(
        "Standard uncertainty u of one sample, by component. Type A comes from repetition, type B from knowledge. "
        "Systematic components do not shrink when samples are averaged. U is the expanded uncertainty, k = 2."
    )
    return section("Uncertainty budgets", intro, *(_budget(key, users) for key, users in shared.items()))


def _budget(key: tuple[tuple[Component, ...], str], users: list[tuple[str, Verdict]]) -> dict[str, Any]:
    components, unit = key
    rows = [
        (
            part.name,
            part.kind,
            quantity(part.standard, unit, 3),
            "systematic" if part.systematic else "random",
            part.source or "–",
        )
        for part in components
    ]
    names = list(dict.fromkeys(verdict.check.id for _, verdict in users))
    title = ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
    spread = [verdict.samples.expanded for _, verdict in users if verdict.samples is not None]
    every = np.concatenate(spread) if spread else np.empty(0)
    cases = len({case for case, _ in users})
    words = f"{len(users)} check{'' if len(users) == 1 else 's'} in {cases} case{'' if cases == 1 else 's'}"
    if len(every):
        smallest, largest = float(every.min()), float(every.max())
        same = largest - smallest <= 1e-3 * largest
        amount = (
            quantity(largest, unit, 3) if same else f"{quantity(smallest, unit, 3)} to {quantity(largest, unit, 3)}"
        )
        words += f"; U (k = 2) of one sample: {amount}"
    columns = ("Component", "Type", "u", "Kind", "Source")
    return details(f"{title}", text(words), table(columns, rows, widths=(2.4, 0.7, 1.2, 1.2, 3.0)))
