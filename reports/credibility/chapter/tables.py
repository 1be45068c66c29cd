"""The tables of what was measured: validation, numerical verification, checks of the walk."""

from collections.abc import Iterable
from typing import Any

from reports.credibility.chapter.evidence import Evidence
from reports.credibility.row import KIND_WORDS, Finding
from reports.sections.blocks import Block, Cell, section, table, text
from reports.verdict import Outcome

_WIDTHS = (1.1, 3.0, 1.7, 1.3, 1.6, 1.6)


def validation(evidence: Evidence) -> dict[str, Any]:
    """Measured against published."""
    kinds = "; ".join(f"{letter}: {words}" for letter, words in KIND_WORDS.items())
    return section(
        "Validation",
        text(
            f"Each row was measured on the model when this chapter was made. {kinds}. Tolerances are design choices. "
            "Every judged row was also measured on a model that is wrong on purpose and fails it (tests/physics).",
            "Where a row was used to fit the model it says so: that is calibration, and validates nothing.",
        ),
        table(
            ("Row", "Outcome and source", "Published", "Measured", "Accepted", "Verdict"),
            [_row(finding) for finding in evidence.validation],
            title="Validation table",
            widths=_WIDTHS,
        ),
    )


def _row(finding: Finding) -> tuple[Cell, ...]:
    row = finding.row
    note = f" Note: {row.note}." if row.note else ""
    return (
        f"{row.name} ({row.kind})",
        f"{_sentence(row.outcome)}. {_sentence(row.source)}.{note}",
        row.published,
        finding.measured,
        row.tolerance,
        _verdict(finding),
    )


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:]


def _verdict(finding: Finding) -> Cell:
    if finding.outcome == "reported":
        return "reported"
    return {"verdict": Outcome.PASS.value if finding.outcome == "PASS" else Outcome.FAIL.value, "marginal": ""}


def numerics(evidence: Evidence) -> dict[str, Any]:
    """That the equations are solved right, and that nobody walks in the floor."""
    return section(
        "Numerical verification",
        text(
            "Code and calculation verification: observed order, step size, energy, exact sums, equality to the last "
            "bit. Each requirement has a wrong computation that fails it (tests/physics).",
        ),
        table(
            ("Row", "Requirement", "Asked", "Measured", "Accepted", "Verdict"),
            [_row_of_numerics(finding) for finding in evidence.numerics],
            title="Numerical verification",
            widths=_WIDTHS,
        ),
        _floor(evidence),
    )


def _row_of_numerics(finding: Finding) -> tuple[Cell, ...]:
    row = finding.row
    return row.name, _sentence(row.outcome), row.published, finding.measured, row.tolerance, _verdict(finding)


def _floor(evidence: Evidence) -> Block:
    rows: list[tuple[Cell, ...]] = []
    for name, checks in evidence.floor.items():
        offsets = [1e3 * check.swing_offset_m for check in checks]
        rows.append(
            (
                name.replace("_", " "),
                f"{checks[0].speed_m_s:g} to {checks[-1].speed_m_s:g}",
                f"{max(1e3 * check.deepest_m for check in checks):.1f}",
                f"{max(1e3 * max(check.toe_off_rise_m, check.contact_rise_m) for check in checks):.1f}",
                _each(1e3 * check.early_m for check in checks),
                _each(1e3 * check.later_m for check in checks),
                f"{max(offsets) - min(offsets):.1f}",
            )
        )
    return table(
        (
            "Class, adapted",
            "Speeds (m/s)",
            "Sole under the floor in stance, most (mm; 10 give way)",
            "Hip above mid-stance, most (mm; 5)",
            "Lowest forefoot before 12 % of swing (mm; −15, under 0.6 m/s −25)",
            "After it (mm; healthy 0)",
            "Swing offset over speed (mm; 5)",
        ),
        rows,
        title="Walk of every class over its speeds (accepted values in brackets)",
        widths=(1.5, 1.0, 1.3, 1.2, 1.9, 1.7, 1.1),
    )


def _each(values: Iterable[float]) -> str:
    return ", ".join(f"{value:.0f}" if round(value) else "0" for value in values).replace("-", "−")
