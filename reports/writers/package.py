"""What a run leaves behind: the files of a case, and the four files of the whole run."""

import re
from collections.abc import Sequence
from pathlib import Path

from reports.fda.pages import csv_text, markdown
from reports.fda.table_a import table_a
from reports.fda.table_b import tables_b
from reports.figures import plots
from reports.figures_case import timeline_chart
from reports.figures_check import check_chart, time_axis
from reports.verdict import CaseResult, Outcome, RunResult
from reports.writers.document import build_document
from reports.writers.electronic import electronic_copy
from reports.writers.files import put_bytes, put_text
from reports.writers.html import html_text
from reports.writers.junit import Inconclusive, junit_text
from reports.writers.pdf import pdf_bytes
from reports.writers.verdicts_file import case_document, run_document, verdicts_text
from scenarios.catalogue import SectionSpec


def write_case(result: CaseResult, folder: Path) -> None:
    """Write `verdicts.json` and, where a check did not pass, `plots/*.svg` of one case into its folder.

    The bytes depend on the case alone, so that repeating `case.yaml` repeats them.
    """
    put_text(folder / "verdicts.json", verdicts_text(case_document(result)))
    axis = time_axis(result)
    charts = {
        f"{number:02d}-{_safe(verdict.check.id)}.svg": check_chart(verdict, axis)
        for number, verdict in enumerate(result.verdicts, 1)
        if verdict.outcome is not Outcome.PASS
    }
    charts["timeline.svg"] = timeline_chart(result, axis)
    drawn = {name: chart for name, chart in charts.items() if chart is not None}
    if len(drawn) > 1 or result.outcome is not Outcome.PASS:
        for name, content in zip(drawn, plots(drawn.values()), strict=True):
            put_bytes(folder / "plots" / name, content)


def write_run(
    run: RunResult,
    folder: Path,
    *,
    junit_inconclusive: Inconclusive = "error",
    sections: Sequence[SectionSpec] | None = None,
) -> None:
    """Write `verdicts.json`, `junit.xml`, `report.html` and `report.pdf` of a run into its folder.

    Args:
        run: what happened.
        folder: the run folder.
        junit_inconclusive: element for INCONCLUSIVE in `junit.xml`.
        sections: sections of the report; the built-in ones where None.
    """
    document = build_document(run, sections)
    verdicts = verdicts_text(run_document(run, electronic_copy(document)))
    put_text(folder / "verdicts.json", verdicts)
    put_text(folder / "junit.xml", junit_text(run, inconclusive=junit_inconclusive))
    _write_fda(run, folder)
    put_text(folder / "report.html", html_text(document))
    put_bytes(folder / "report.pdf", pdf_bytes(document, verdicts))


def _write_fda(run: RunResult, folder: Path) -> None:
    """Write `fda_output_table.md` and `.csv` where a mode ran into all three test loads."""
    tables = tables_b(run.cases)
    if tables:
        a = table_a(run.cases)
        put_text(folder / "fda_output_table.md", markdown(a, tables))
        put_text(folder / "fda_output_table.csv", csv_text(a, tables))


def _safe(name: str) -> str:
    """A check's id as part of a file name that every system takes."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", name)[:48]
