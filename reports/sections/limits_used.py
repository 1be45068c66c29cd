"""Limits used: clause, requirement, what was measured, limit and verdict, as the test report forms of IEC have it."""

from collections.abc import Iterable
from typing import Any

from reports.limit_words import UNCONFIRMED, clause_words, confirmed_words, unconfirmed_words
from reports.sections.blocks import Cell, amber, badge, bullets, section, table, text
from reports.verdict import RunResult, Verdict, rank
from reports.words import full_limit_words, value_words
from scenarios.case import Check


def build(run: RunResult) -> dict[str, Any] | None:
    """A row a limit, the worst of its checks; None where no check cites a basis."""
    verdicts = [verdict for case in run.cases for verdict in case.verdicts]
    verdicts += [pool.verdict for pool in run.pools]
    cited: dict[tuple[str, ...], list[Verdict]] = {}
    for verdict in verdicts:
        if verdict.check.basis is not None:
            cited.setdefault(_same(verdict.check), []).append(verdict)
    if not cited:
        return None
    own = sorted({verdict.check.id for verdict in verdicts if verdict.check.basis is None})
    intro = [
        "A row stands for every check that follows the limit; where several do, the worst is shown.",
        f"“{UNCONFIRMED}”: nobody has noted to have compared the number with a licensed copy of it.",
    ]
    if own:
        shown = ", ".join(own[:12]) + (f" and {len(own) - 12} more" if len(own) > 12 else "")
        intro.append(f"Limits of the scenario itself, which cite no standard: {shown}.")
    columns = ("Clause", "Requirement", "Measured", "Limit", "Verdict", "Confirmed by")
    rows = [_row(group) for group in sorted(cited.values(), key=lambda group: _order(group[0].check))]
    blocks = [text(*intro), table(columns, rows, widths=(2.0, 2.4, 1.5, 1.7, 1.8, 1.6))]
    absent = _not_applicable(run, {verdict.check.limit_id for verdict in verdicts})
    if absent:
        blocks.append(bullets(absent, title="N/A: limits of the profile that no case could be asked"))
    return section("Limits used", *blocks)


def _same(check: Check) -> tuple[str, ...]:
    """What makes two checks follow one limit: the id, and the limit as written, which a scenario may change."""
    return check.limit_id or check.id, check.limit.text, full_limit_words(check)


def _order(check: Check) -> tuple[str, str]:
    return check.limit_id or "~", check.id


def _row(group: list[Verdict]) -> list[Cell]:
    worst = min(group, key=lambda verdict: (rank(verdict.outcome), _room(verdict)))
    check = worst.check
    assert check.basis is not None
    several = f" (worst of {len(group)})" if len(group) > 1 else ""
    name = f"{check.limit_id}: {check.title}" if check.limit_id else check.title
    confirmed: Cell = confirmed_words(check) or amber(unconfirmed_words(check))
    clause = clause_words(check.basis) or check.basis.kind
    limit = full_limit_words(check)
    return [clause, name, value_words(worst) + several, limit, badge(worst.outcome, worst.marginal), confirmed]


def _room(verdict: Verdict) -> float:
    """Margin, the smallest first; what has none stands last."""
    return float("inf") if verdict.margin is None else verdict.margin


def _not_applicable(run: RunResult, judged: Iterable[str]) -> list[str]:
    """Limits that were left out of every case, once each, with the first reason."""
    done = set(judged)
    found: dict[str, str] = {}
    for result in run.cases:
        if result.case.profile:
            for name, reason in result.case.not_applicable:
                if name not in done:
                    found.setdefault(name, f"{name}: {reason}")
    return [found[name] for name in sorted(found)]
