"""The requirement table: what each id asks, what was shown, and whether that closes it."""

from collections import Counter
from typing import Any

from reports.evidence import DEFAULT_EVIDENCE, RequirementState, requirement_states
from reports.sections.blocks import mono, section, table, text
from reports.verdict import RunResult


def build(run: RunResult) -> dict[str, Any] | None:
    """A row a requirement; None where no check verifies anything."""
    states = requirement_states(run)
    if not states:
        return None
    closed = sum(state.closed for state in states)
    words = [
        f"{closed} of {len(states)} requirement ids are closed by this run. Only PASS closes, with enough evidence."
    ]
    if run.unchecked_requirements:
        words.append(f"{run.unchecked_requirements} ids stand in no requirements.csv and could not be checked.")
    columns = ("Id", "Requirement", "Asks for", "Shown by", "State")
    rows = table(columns, [_row(state) for state in states], widths=(1.4, 3.1, 1.65, 2.5, 1.7))
    return section("Requirements", text(*words), rows)


def _row(state: RequirementState) -> tuple[Any, ...]:
    row = state.requirement
    words = ": ".join(part for part in (row.title, row.text) if part) or (
        "" if state.known else "not in a requirements.csv"
    )
    words += f" (risk {row.risk})" if row.risk else ""
    counts = Counter((check, outcome.value, stamp) for _, check, outcome, stamp in state.checks)
    shown = "; ".join(
        f"{check} {outcome}{f' in {n} cases' if n > 1 else ''}, {stamp}"
        for (check, outcome, stamp), n in counts.items()
    )
    asked = row.min_evidence or f"{DEFAULT_EVIDENCE} (default)"
    return mono(row.id), words, asked, shown or "–", f"{'closed' if state.closed else 'OPEN'}: {state.reason}"
