"""The requirement matrix for programs (JSON, CSV) and for people (a page)."""

import csv
import io
from collections.abc import Mapping
from typing import Any, Final

from reports.evidence import DEFAULT_EVIDENCE, LEVELS
from reports.sections.blocks import Cell, badge, bullets, details, mono, section, table, text
from reports.trace.matrix import TraceMatrix, TraceRow
from reports.trace.standing import Standing

TRACE_SCHEMA: Final = "stimrig/trace/1"
_STAMP: Final = (
    "Each verdict carries the stamp of what it was gained on: simulated evidence closes what asks for no more"
)


def trace_document(matrix: TraceMatrix, standing: Standing) -> dict[str, Any]:
    """The matrix as plain data."""
    return {
        "schema": TRACE_SCHEMA,
        "closed": sum(row.state.closed for row in matrix.rows),
        "requirements": [_plain(row) for row in matrix.rows],
        "gaps": list(matrix.gaps),
        "requirements_without_check": [row.state.requirement.id for row in matrix.unplanned],
        "checks_without_requirement": [
            {"scenario": check.scenario, "check": check.check, "place": check.place} for check in matrix.idle
        ],
        "unknown_ids": {name: list(who) for name, who in matrix.unknown.items()},
        "attempts": [
            {"case": case, "hardware": hardware, "verdicts": list(words)}
            for (case, hardware), words in sorted(standing.attempts.items())
        ],
    }


def _plain(row: TraceRow) -> dict[str, Any]:
    state = row.state
    return {
        "id": state.requirement.id,
        "title": state.requirement.title,
        "min_evidence": state.requirement.min_evidence or DEFAULT_EVIDENCE,
        "closed": state.closed,
        "reason": state.reason,
        "levels": {level: row.by_level[level].value if level in row.by_level else None for level in LEVELS},
        "planned": [f"{check.scenario}: {check.check}" for check in row.planned],
        "shown": [
            {"case": case, "check": check, "verdict": outcome.value, "evidence": stamp}
            for case, check, outcome, stamp in state.checks
        ],
    }


def trace_csv(matrix: TraceMatrix) -> str:
    """One row a requirement: what other tools import."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(("id", "title", "min_evidence", "closed", "reason", *LEVELS, "checks"))
    for row in matrix.rows:
        plain = _plain(row)
        levels = [plain["levels"][level] or "" for level in LEVELS]
        closed = "yes" if plain["closed"] else "no"
        checks = "; ".join(plain["planned"])
        writer.writerow((plain["id"], plain["title"], plain["min_evidence"], closed, plain["reason"], *levels, checks))
    return stream.getvalue()


def trace_page(matrix: TraceMatrix, standing: Standing, facts: Mapping[str, str]) -> dict[str, Any]:
    """The document that `reports.writers.html` prints; `facts` are `run`, `started` and `version`."""
    closed = sum(row.state.closed for row in matrix.rows)
    return {
        "title": "Requirement matrix",
        "label": "matrix",
        **facts,
        "verdict": "NOT RUN" if not standing.evidence else "INCONCLUSIVE" if matrix.gaps else "PASS",
        "stamp": _STAMP,
        "sections": [
            {"name": "matrix", **_matrix_section(matrix, closed)},
            {"name": "orphans", **_orphans(matrix)},
            {"name": "attempts", **_attempts(standing)},
        ],
    }


def _matrix_section(matrix: TraceMatrix, closed: int) -> dict[str, Any]:
    words = f"{closed} of {len(matrix.rows)} requirements are closed. Only PASS closes, with the evidence asked for."
    levels = [level for level in LEVELS if any(level in row.by_level for row in matrix.rows)]
    columns = ("Id", "Requirement", "Asks for", *levels, "Ran", "State")
    widths = (1.6, 2.2, 1.6, *(1.2 for _ in levels), 0.8, 3)
    return section(
        "Matrix",
        text(words),
        table(columns, [_cells(row, levels) for row in matrix.rows], widths=widths),
        details("Which checks verify which requirement", *(_verifying(row) for row in matrix.rows if row.planned)),
    )


def _cells(row: TraceRow, levels: list[str]) -> tuple[Cell, ...]:
    requirement, state = row.state.requirement, row.state
    shown: list[Cell] = [badge(row.by_level[level]) if level in row.by_level else "–" for level in levels]
    asked = requirement.min_evidence or f"{DEFAULT_EVIDENCE} (default)"
    word = "closed" if state.closed else "OPEN"
    ran = f"{row.ran} of {len(row.planned)}"
    return mono(requirement.id), requirement.title, asked, *shown, ran, f"{word}: {state.reason}"


def _verifying(row: TraceRow) -> dict[str, Any]:
    return bullets((f"{c.scenario}: {c.check} ({c.place})" for c in row.planned), row.state.requirement.id)


def _orphans(matrix: TraceMatrix) -> dict[str, Any]:
    unplanned = [f"{row.state.requirement.id}: {row.state.requirement.title}" for row in matrix.unplanned]
    idle = [f"{check.scenario}: {check.check} ({check.place})" for check in matrix.idle]
    unknown = [f"{name}: {', '.join(who)}" for name, who in matrix.unknown.items()]
    return section(
        "Orphans",
        bullets(unplanned or ["none"], "Requirements that no check verifies"),
        bullets(idle or ["none"], "Checks that verify no requirement"),
        bullets(unknown or ["none"], "Ids that checks verify and no requirement has"),
    )


def _attempts(standing: Standing) -> dict[str, Any]:
    rows = [
        (case, hardware, str(len(words)), ", ".join(words))
        for (case, hardware), words in sorted(standing.attempts.items())
    ]
    words = "The newest complete run of a case stands, better or worse; every attempt is listed, the oldest first."
    return section("Attempts", text(words), table(("Case", "Hardware", "n", "Verdicts"), rows, widths=(3, 1, 0.5, 3)))
