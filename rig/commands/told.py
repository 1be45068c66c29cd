"""What the commands say about verdicts: one line a case, one line a check, numbers in readable units."""

from typing import TYPE_CHECKING

from rig.commands.console import table

if TYPE_CHECKING:
    from reports.verdict import CaseResult, RunResult, Verdict


def shown_value(value: float | None, unit: str) -> str:
    """A value with a readable prefix, or a dash."""
    from scenarios.quantities import format_quantity

    return "–" if value is None else format_quantity(value, unit)


def case_line(result: "CaseResult", wall_s: float) -> str:
    """One line a case."""
    passed = sum(verdict.outcome.value == "PASS" for verdict in result.verdicts)
    walked_s = result.record.span_s[1] if result.record is not None else 0.0
    speed = f", {walked_s:.0f} s walked at {walked_s / wall_s:.0f} times real time" if walked_s and wall_s else ""
    blocked = f": {result.blocked_by}" if result.blocked_by else ""  # what broke off later stands below: `cause_lines`
    return (
        f"{result.outcome.value:<12}  {result.case.id}  {passed} of {len(result.verdicts)} checks pass{speed}{blocked}"
    )


def check_lines(result: "CaseResult", *, all_checks: bool = False) -> list[str]:
    """One line a check that did not simply pass (or every check): verdict, value, limit, place, reason."""
    from reports.causes import reason_beside

    chosen = [v for v in result.verdicts if all_checks or v.outcome.value != "PASS" or v.marginal]
    rows = [_row(verdict, reason_beside(result, verdict)) for verdict in chosen]
    return table(rows, ("verdict", "check", "value", "limit", "n", "reason")) if rows else []


def cause_lines(result: "CaseResult") -> list[str]:
    """What broke a case off, where its checks only refer to it and the line of the case has not told it."""
    from reports.causes import cause_of, is_told_at_case

    return [f"cause: {cause_of(result)}"] if is_told_at_case(result) and not result.blocked_by else []


def fault_lines(result: "CaseResult") -> list[str]:
    """What failed in the processor of the device: one line, or none."""
    from reports.processor import unprovoked_fault
    from rig.firmware_facts import fault_words

    words = fault_words(result.record.firmware) if result.record is not None else ""
    return [f"firmware: {unprovoked_fault(result.record) or words}"] if words else []


def pool_lines(result: "RunResult") -> list[str]:
    """One line a check that was judged over many cases."""
    rows = [
        (
            *_row(pool.verdict, pool.verdict.reason)[:1],
            f"{pool.id}: {pool.verdict.check.id}",
            *_row(pool.verdict, pool.verdict.reason)[2:],
        )
        for pool in result.pools
    ]
    return table(rows, ("verdict", "pooled check", "value", "limit", "n", "reason")) if rows else []


def _row(verdict: "Verdict", reason: str) -> tuple[str, ...]:
    check = verdict.check
    word = verdict.outcome.value + (" (marginal)" if verdict.marginal else "")
    place = "" if not check.file else f"  ({check.file}:{check.line})"
    told = reason if verdict.outcome.value != "PASS" else ""
    return word, check.id, shown_value(verdict.value, verdict.unit), check.limit.text, str(verdict.n), told + place


def summary_line(result: "RunResult") -> str:
    """Counts of verdicts over the run."""
    counts: dict[str, int] = {}
    for verdict in result.verdicts:
        counts[verdict.outcome.value] = counts.get(verdict.outcome.value, 0) + 1
    shown = ", ".join(f"{n} {word}" for word, n in counts.items()) or "no check"
    state = "interrupted, " if result.interrupted else ""
    return (
        f"{state}{result.outcome.value}: {len(result.cases)} {'case' if len(result.cases) == 1 else 'cases'}, {shown}"
    )
