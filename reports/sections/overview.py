"""The overview: one line a check."""

from typing import Any

from reports.sections.anchors import case_anchor, check_anchor
from reports.sections.blocks import badge, link, section, table
from reports.verdict import RunResult
from reports.words import full_limit_words, margin_words, value_words


def build(run: RunResult) -> dict[str, Any] | None:
    """A table a case, in the order of the run."""
    tables = [
        table(
            ("Check", "Verdict", "Result", "Limit", "Margin", "n"),
            [
                (
                    link(verdict.check.id, check_anchor(case, verdict)),
                    badge(verdict.outcome, verdict.marginal),
                    value_words(verdict),
                    full_limit_words(verdict.check),
                    margin_words(verdict),
                    str(verdict.n),
                )
                for verdict in case.verdicts
            ],
            title=case.case.id,
            widths=(2.3, 2.3, 2.4, 2.5, 1.2, 0.9),
        )
        | {"anchor": case_anchor(case), "verdict": case.outcome.value}
        for case in run.cases
    ]
    return section("Overview", *tables) if tables else None
