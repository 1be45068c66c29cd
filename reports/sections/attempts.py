"""Attempts: which try of each case this is, and what came of the earlier ones. All of them are shown."""

from typing import Any

from reports.sections.anchors import case_anchor
from reports.sections.blocks import link, mono, section, table, text
from reports.verdict import RunResult
from rig.attempts import EarlierAttempt


def build(run: RunResult) -> dict[str, Any] | None:
    """A row an attempt of every case that was tried before; None where nothing ran."""
    if not run.cases:
        return None
    again = [case for case in run.cases if run.attempts.get(case.case.id)]
    count = len(run.cases) - len(again)
    first = f"{count} case{'' if count == 1 else 's'}: attempt 1 of 1 in this folder of runs." if count else ""
    what = (
        "Runs of the same case, device, item and kind of hardware are attempts at one thing; interrupted ones count, "
        "and those with another seed."
    )
    blocks = [text(*(words for words in (what, first) if words))]
    rows: list[tuple[Any, ...]] = []
    for case in again:
        earlier = run.attempts[case.case.id]
        total = len(earlier) + 1
        name = link(case.case.id, case_anchor(case))
        rows += [(name, f"{k} of {total}", *_told(attempt)) for k, attempt in enumerate(earlier, 1)]
        rows.append((name, f"{total} of {total}", case.outcome.value, run.started, mono(run.run)))
    if rows:
        columns = ("Case", "Attempt", "Verdict", "Started", "Run")
        blocks.append(table(columns, rows, widths=(2.6, 0.9, 1.4, 1.8, 1.6)))
    return section("Attempts", *blocks)


def _told(attempt: EarlierAttempt) -> tuple[Any, ...]:
    return attempt.verdict, attempt.started or "–", mono(attempt.run)


def attempt_lines(run: RunResult) -> list[str]:
    """What page one says of cases that were tried before, three of them by name."""
    lines: list[str] = []
    for case in run.cases:
        earlier = run.attempts.get(case.case.id, ())
        if earlier:
            words = ", ".join(attempt.verdict for attempt in earlier[-5:])
            more = "" if len(earlier) <= 5 else f"the last 5 of {len(earlier)}: "
            lines.append(f"{case.case.id}: attempt {len(earlier) + 1} of {len(earlier) + 1}; before: {more}{words}.")
    return lines if len(lines) <= 3 else [*lines[:3], f"{len(lines) - 3} more cases were tried before."]
