"""What a run leaves behind: the files of a case, and the four files of the whole run."""

from collections.abc import Sequence
from pathlib import Path

from reports.verdict import CaseResult, RunResult
from reports.writers.document import build_document
from reports.writers.files import put_text
from reports.writers.html import html_text
from reports.writers.junit import Inconclusive, junit_text
from reports.writers.verdicts_file import case_document, run_document, verdicts_text
from scenarios.catalogue import SectionSpec


def write_case(result: CaseResult, folder: Path) -> None:
    """Write `verdicts.json` and `plots/*.svg` of one case into its folder.

    The bytes depend on the case alone, so that repeating `case.yaml` repeats them.
    """
    put_text(folder / "verdicts.json", verdicts_text(case_document(result)))


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
    put_text(folder / "verdicts.json", verdicts_text(run_document(run)))
    put_text(folder / "junit.xml", junit_text(run, inconclusive=junit_inconclusive))
    document = build_document(run, sections)
    put_text(folder / "report.html", html_text(document))
