"""The matrix for people and programs: JSON, CSV, Markdown and one HTML page with a picture of it."""

import csv
import html
import io
import json
from typing import Any, Final

from reports.quantities import quantity
from reports.sensitivity.matrix import Ask, DefectRow, EventRow, Matrix

SCHEMA: Final = "stimrig/sensitivity/1"

_STYLE: Final = (
    "body{font:14px/1.4 sans-serif;margin:2em;max-width:none}table{border-collapse:collapse;margin:1em 0}"
    "td,th{border:1px solid #bbb;padding:3px 6px;text-align:left;vertical-align:bottom}td.dose{text-align:right;"
    "white-space:nowrap}th.check{writing-mode:vertical-rl;transform:rotate(180deg);font-weight:normal}"
    "td.fine{background:#7fbf7f}td.stated{background:#d9efc0}td.late{background:#f6d58a}"
    "tr.unseen th{background:#e89a8f}"
    "p.note{color:#555}"
)


def dose_text(row: DefectRow, dose: float | None) -> str:
    """A dose with its unit; shares in %."""
    if dose is None:
        return ""
    return (
        quantity(dose, row.spec.unit, 3)
        if row.spec.unit
        else f"{100.0 * dose:.3g} %"
        if abs(dose) <= 1.0
        else f"{dose:.3g}"
    )


def as_document(matrix: Matrix) -> dict[str, Any]:
    """The matrix as plain values of JSON."""
    return {
        "schema": SCHEMA,
        "complete": matrix.complete,
        "seen": len(matrix.defects) - len(matrix.unseen),
        "tried": len(matrix.defects),
        "checks": [
            {
                "scenario": ask.scenario,
                "id": ask.check,
                "sound": ask.sound,
                "sees": sum(matrix.dose(row, ask) is not None for row in matrix.defects),
            }
            for ask in matrix.asks
        ],
        "defects": [_defect(row) for row in matrix.defects],
        "events": [_event(row) for row in matrix.events],
    }


def _defect(row: DefectRow) -> dict[str, Any]:
    spec = row.spec
    return {
        "name": spec.name,
        "family": spec.family,
        "unit": spec.unit,
        "dose": spec.dose,
        "summary": spec.summary,
        "needs": list(spec.needs),
        "seen": row.is_seen,
        "seen_by": [{"scenario": s.scenario, "check": s.check, "dose": s.dose} for s in row.sightings],
        "tried": {scenario: list(doses) for scenario, doses in row.tried.items()},
        "error": row.error or None,
    }


def _event(row: EventRow) -> dict[str, Any]:
    return {
        "scenario": row.scenario,
        "event": row.event,
        "kind": row.kind,
        "changes_something": row.changes_something,
        "verdicts": list(row.verdicts),
        "values": list(row.values),
        "capture": row.capture or None,
        "patient": row.patient,
    }


def json_text(matrix: Matrix) -> str:
    """`sensitivity.json`."""
    return json.dumps(as_document(matrix), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def csv_text(matrix: Matrix) -> str:
    """`sensitivity.csv`: a row a defect, a column a check, the smallest dose in SI."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["defect", "family", "unit", "stated_dose", "seen", *(ask.name for ask in matrix.asks)])
    for row in matrix.defects:
        doses = (matrix.dose(row, ask) for ask in matrix.asks)
        spec = row.spec
        head = [spec.name, spec.family, spec.unit, repr(spec.dose), int(row.is_seen)]
        writer.writerow([*head, *("" if dose is None else repr(dose) for dose in doses)])
    return out.getvalue()


def headline(matrix: Matrix) -> str:
    """One sentence: how much was seen."""
    tried, unseen = len(matrix.defects), len(matrix.unseen)
    text = f"{tried - unseen} of {tried} seeded defects seen at their stated dose or less"
    if matrix.events:
        text += f"; {len(matrix.events) - len(matrix.idle_events)} of {len(matrix.events)} events change something"
    return text + ("" if matrix.complete else "; INTERRUPTED before the end")


def unseen_text(row: DefectRow) -> str:
    """Why a defect may not have been seen: larger doses that were, or what it needs of the scenario."""
    if row.error:
        return row.error
    if row.sightings:
        least = min(row.sightings, key=lambda s: abs(s.dose))
        return f"seen only at {dose_text(row, least.dose)}, by {least.scenario}/{least.check}"
    if row.spec.needs:
        return "shows only with " + ", ".join(row.spec.needs)
    return "no check failed at any dose"


def event_text(row: EventRow) -> str:
    """What changes without the event."""
    parts: list[str] = []
    if row.verdicts:
        parts.append("verdicts of " + ", ".join(row.verdicts))
    if row.values:
        parts.append("values of " + ", ".join(row.values))
    if row.capture:
        parts.append(row.capture)
    if not parts:
        return "nothing: no verdict, no value, no capture" + (" (the patient walks otherwise)" if row.patient else "")
    return "; ".join(parts)


def markdown_text(matrix: Matrix) -> str:
    """`sensitivity.md`."""
    lines = ["# Sensitivity", "", headline(matrix) + ".", ""]
    if matrix.unseen:
        lines += [
            "## Seen by nobody",
            "",
            "| defect | family | stated dose | what it does | why unseen |",
            "|---|---|---|---|---|",
        ]
        lines += [
            f"| {row.spec.name} | {row.spec.family} | {dose_text(row, row.spec.dose)} | {row.spec.summary} "
            f"| {unseen_text(row)} |"
            for row in matrix.unseen
        ]
        lines.append("")
    lines += ["## Smallest dose that a check sees", "", "| defect | stated dose | seen by |", "|---|---|---|"]
    for row in matrix.defects:
        seen = ", ".join(f"{s.scenario}/{s.check} {dose_text(row, s.dose)}" for s in row.sightings) or "nobody"
        lines.append(f"| {row.spec.name} | {dose_text(row, row.spec.dose)} | {seen} |")
    if matrix.blind:
        lines += ["", "## Checks that saw none of these defects", ""]
        lines += [f"* {ask.name}{'' if ask.can_see else ': fails with the sound device'}" for ask in matrix.blind]
    if matrix.events:
        lines += ["", "## Events removed", "", "| scenario | event | what changes without it |", "|---|---|---|"]
        lines += [f"| {row.scenario} | {row.event} ({row.kind}) | {event_text(row)} |" for row in matrix.events]
    return "\n".join(lines) + "\n"


def _cell(matrix: Matrix, row: DefectRow, ask: Ask) -> str:
    dose = matrix.dose(row, ask)
    if dose is None:
        return "<td></td>"
    ratio = abs(dose) / abs(row.spec.dose)
    kind = "fine" if ratio < 0.9 else "stated" if ratio <= 1.0 else "late"
    return f'<td class="dose {kind}">{html.escape(dose_text(row, dose))}</td>'


def html_text(matrix: Matrix) -> str:
    """`sensitivity.html`: the matrix as a picture; green below the stated dose, amber above it, red seen by nobody."""
    seeing = matrix.seeing
    heads = "".join(f'<th class="check">{html.escape(ask.name)}</th>' for ask in seeing)
    rows: list[str] = []
    for row in matrix.defects:
        spec = row.spec
        title = html.escape(f"{spec.summary}. {unseen_text(row)}" if not row.is_seen else spec.summary, quote=True)
        cells = "".join(_cell(matrix, row, ask) for ask in seeing)
        kind = "" if row.is_seen else ' class="unseen"'
        rows.append(
            f'<tr{kind}><th title="{title}">{html.escape(spec.name)}</th><td>{html.escape(spec.family)}</td>'
            f'<td class="dose">{html.escape(dose_text(row, spec.dose))}</td>{cells}</tr>'
        )
    blind = ", ".join(html.escape(ask.name) for ask in matrix.blind) or "none"
    events = "".join(
        f"<tr><td>{html.escape(row.scenario)}</td><td>{html.escape(row.event)} ({html.escape(row.kind)})</td>"
        f"<td>{html.escape(event_text(row))}</td></tr>"
        for row in matrix.events
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Sensitivity</title>'
        f"<style>{_STYLE}</style>"
        f"</head><body><h1>Sensitivity</h1><p>{html.escape(headline(matrix))}.</p>"
        '<p class="note">A cell holds the smallest tried dose at which the check fails: green below the stated dose, '
        "amber above it. A defect in red is seen by no check at its stated dose. Simulated hardware.</p>"
        f"<table><tr><th>defect</th><th>family</th><th>stated dose</th>{heads}</tr>{''.join(rows)}</table>"
        f"<p>Checks that saw none of these defects: {blind}.</p>"
        + (f"<h2>Events removed</h2><table>{events}</table>" if events else "")
        + "</body></html>\n"
    )


FILES: Final = {
    "sensitivity.json": json_text,
    "sensitivity.csv": csv_text,
    "sensitivity.md": markdown_text,
    "sensitivity.html": html_text,
}
"""What is written, by name."""
