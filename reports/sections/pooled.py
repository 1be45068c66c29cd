"""Checks that were judged once over many cases: seeds, patients, speeds."""

from typing import Any

from reports.sections.anchors import POOLS_ANCHOR
from reports.sections.blocks import badge, details, section, table, text
from reports.sections.blocks import bullets as listed
from reports.verdict import PoolResult, RunResult
from reports.words import full_limit_words, margin_words, value_words

_WORDS = (
    "These checks ask for more samples than one case has, or for a statement over people and speeds: their samples are "
    "joined over the cases of a pool and judged once. n counts all samples; the effective n is corrected for the "
    "correlation of the strides within each case."
)


def build(run: RunResult) -> dict[str, Any] | None:
    """A table of the pools; None where there is none."""
    if not run.pools:
        return None
    columns = ("Pool", "Check", "Verdict", "Result", "Limit", "Margin", "n", "Effective n", "Worst in")
    rows = table(
        columns,
        [_row(pool) for pool in run.pools],
        title="Pools",
        widths=(2.2, 1.4, 1.9, 2, 2, 1.2, 0.8, 1.1, 2),
    ) | {"anchor": POOLS_ANCHOR}
    members = (listed(pool.cases, f"{pool.id}: {pool.verdict.check.id}") for pool in run.pools)
    return section("Pooled checks", text(_WORDS), rows, details("Cases of each pool", *members))


def _row(pool: PoolResult) -> tuple[Any, ...]:
    verdict = pool.verdict
    effective = "–" if verdict.effective_n is None else f"{verdict.effective_n:.0f}"
    return (
        pool.id,
        verdict.check.title or verdict.check.id,
        badge(verdict.outcome, verdict.marginal),
        value_words(verdict),
        full_limit_words(verdict.check),
        margin_words(verdict),
        str(verdict.n),
        effective,
        pool.worst_case or "–",
    )
