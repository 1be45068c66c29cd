"""The chapter as one document for the writers of HTML and PDF, and as plain data."""

import json
from pathlib import Path
from typing import Any

from reports.credibility.chapter import equations, limits, origin, parameters, purpose, tables, tornado
from reports.credibility.chapter.evidence import Evidence
from reports.credibility.row import Finding
from reports.writers.files import put_bytes, put_text
from reports.writers.html import html_text
from reports.writers.pdf import pdf_bytes

STAMP = "SIMULATED EVIDENCE: a computer model against published measurements; no patient was measured"


def document(evidence: Evidence, started: str, stimrig_version: str) -> dict[str, Any]:
    """Every section of the chapter as plain data.

    Args:
        evidence: what was measured.
        started: instant that the chapter prints.
        stimrig_version: version that it prints.
    """
    name = evidence.sensitivity.name
    sections = {
        "summary": purpose.build(evidence),
        "equations": equations.build(),
        "validation": tables.validation(evidence),
        "numerics": tables.numerics(evidence),
        "sensitivity": tornado.build(evidence.sensitivity),
        "limits": limits.build(evidence),
        "parameters": parameters.build(name),
        "origin": origin.build(stimrig_version, name),
    }
    return {
        "title": "Credibility of the patient model",
        "label": "model",
        "run": origin.model_id(),
        "started": started,
        "version": stimrig_version,
        "verdict": "FAIL" if evidence.failed else "PASS",
        "stamp": STAMP,
        "sections": [{"name": key, **content} for key, content in sections.items()],
    }


def findings_document(evidence: Evidence) -> dict[str, Any]:
    """The rows as plain data, for `--json` and for the file that the PDF carries."""
    return {
        "schema": "stimrig/credibility/1",
        "model": origin.model_id(),
        "validation": [_plain(finding) for finding in evidence.validation],
        "numerics": [_plain(finding) for finding in evidence.numerics],
    }


def _plain(finding: Finding) -> dict[str, Any]:
    row = finding.row
    return {
        "row": row.name,
        "kind": row.kind,
        "outcome": row.outcome,
        "published": row.published,
        "source": row.source,
        "measured": finding.value,
        "unit": row.unit,
        "accepted": None if row.kind == "X" else row.tolerance,
        "verdict": finding.outcome,
        "note": row.note,
    }


def write_chapter(evidence: Evidence, folder: Path, started: str, stimrig_version: str) -> tuple[Path, Path]:
    """Write `credibility.html` and `credibility.pdf`; returns their paths.

    Raises:
        RecordError: the folder cannot be written.
    """
    pages = document(evidence, started, stimrig_version)
    attached = json.dumps(findings_document(evidence), indent=2, ensure_ascii=False) + "\n"
    html = put_text(folder / "credibility.html", html_text(pages))
    return html, put_bytes(folder / "credibility.pdf", pdf_bytes(pages, attached, "credibility.json"))
