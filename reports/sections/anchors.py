"""Names of places inside a report: numbers only, since an id may hold any character."""

from reports.verdict import CaseResult, Outcome, RunResult, Verdict

POOLS_ANCHOR = "pools"
"""Anchor of the checks that were judged over many cases."""

_SEVERITY = (Outcome.FAIL, Outcome.ERROR, Outcome.INCONCLUSIVE, Outcome.NOT_RUN, Outcome.PASS)


def case_anchor(result: CaseResult) -> str:
    """Anchor of a case."""
    return f"case-{result.case.number}"


def check_anchor(result: CaseResult, verdict: Verdict) -> str:
    """Anchor of a check: its place in the scenario."""
    return f"case-{result.case.number}-check-{result.verdicts.index(verdict) + 1}"


def case_folder(result: CaseResult) -> str:
    """Folder of a case inside the run folder."""
    return f"cases/{result.case.number:03d}-{result.case.name}"


def worst_first(run: RunResult) -> list[CaseResult]:
    """Cases with the failing ones first, else in order."""
    return sorted(run.cases, key=lambda case: _SEVERITY.index(case.outcome))


def verdicts_worst_first(result: CaseResult) -> list[Verdict]:
    """Checks of a case with the failing ones first, marginal ones before clear passes, else in order."""
    return sorted(result.verdicts, key=lambda verdict: (_SEVERITY.index(verdict.outcome), not verdict.marginal))
