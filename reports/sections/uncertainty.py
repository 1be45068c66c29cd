"""Uncertainty budgets (JCGM 100): the components behind the U of every measured check."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reports.quantities import quantity
from reports.samples import Component, Samples
from reports.sections.blocks import details, facts, section, table, text
from reports.uncertainty import budget_dof
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
        "Each component by JCGM 100: what was stated, its distribution and divisor, the sensitivity c, and what it "
        "gives to the standard uncertainty u of one sample. Type A comes from repetition, B from knowledge; ν are the "
        "degrees of freedom. Systematic components do not shrink when samples are averaged. U = 2 u (k = 2); the 95 % "
        "interval is that of the convolved distributions: where one rectangular bound dominates it is narrower than U. "
        "The uncertainty ratio (TUR) is half the width of the limits over U, and |limit|/U where there is one limit. "
        "Where several checks share a budget, the largest u stands for all."
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
    facts_of = _facts(found, [verdict for _, verdict in users], tuple(largest), unit)
    columns = ("Component", "Type", "Distribution", "Stated", "Divisor", "c", "u", "ν", "Kind", "Source")
    widths = (1.9, 0.6, 1.3, 1.3, 0.9, 1.1, 1.2, 0.5, 1.2, 2.4)
    return details(title, text(words), table(columns, rows, widths=widths), facts(facts_of))


def _facts(
    found: list[Samples], verdicts: list[Verdict], largest: tuple[Component, ...], unit: str
) -> list[tuple[str, str]]:
    """What the components come to."""
    dof = budget_dof(largest)
    expanded, half = (np.concatenate([getattr(each, name) for each in found]) for name in ("expanded", "half95"))
    ratios = [verdict.tur for verdict in verdicts if verdict.tur is not None]
    rows = [
        ("Combined u", _range(0.5 * expanded, unit)),
        ("Effective degrees of freedom", _dof(dof)),
        ("U (k = 2)", _range(expanded, unit)),
        ("95 % interval", f"± {_range(half, unit)}" if half.size else ""),
        ("Uncertainty ratio", _numbers(ratios)),
    ]
    return [(label, value) for label, value in rows if value]


def _range(values: NDArray[np.float64], unit: str) -> str:
    """`1.2 nC`, or `0.8 nC to 1.2 nC` where the samples differ."""
    if not values.size:
        return ""
    low, high = float(values.min()), float(values.max())
    same = high - low <= 1e-3 * high
    return quantity(high, unit, 3) if same else f"{quantity(low, unit, 3)} to {quantity(high, unit, 3)}"


def _numbers(values: list[float]) -> str:
    if not values:
        return ""
    low, high = f"{min(values):.3g}", f"{max(values):.3g}"
    return low if low == high else f"{low} to {high}"


def _dof(dof: float) -> str:
    return f"{dof:.0f}" if math.isfinite(dof) else "∞"


def _row(part: Component, unit: str) -> tuple[str, ...]:
    own = part.unit or unit
    stated = f"{'' if part.divisor <= 1.0 else '± '}{_amount(part.bound, own)}"
    slope = "1" if part.sensitivity == 1.0 else f"{part.sensitivity:.3g} {_over(unit, own)}".strip()
    return (
        part.name,
        part.kind,
        part.distribution,
        stated,
        "1" if part.divisor == 1.0 else f"{part.divisor:.3f}",
        slope,
        quantity(part.standard, unit, 3),
        _dof(part.dof),
        "systematic" if part.systematic else "random",
        part.source or "–",
    )


def _amount(value: float, unit: str) -> str:
    return f"{value:.3g}" if unit in {"s/s", "", "1"} else quantity(value, unit, 3)


def _over(unit: str, own: str) -> str:
    """Unit of a sensitivity."""
    if own == "s/s":
        return unit
    return "" if unit == own else f"{unit or '1'}/{own or '1'}"
