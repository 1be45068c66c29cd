"""Every number that report.html and report.pdf print stands in verdicts.json, and the copy stays small."""

import html
import io
import json
import re

import pytest
from cited_run import cited_run

from reports.writers import write_run
from reports.writers.verdicts_file import run_document, verdicts_text

pypdf = pytest.importorskip("pypdf")

NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
ONLY_PAPER = re.compile(r"page \d+ of \d+|\[U\+[0-9A-F]{4,6}\]")
"""What only paper has: which page it is, and the name of a character that no font can print."""


def _numbers_in(value):
    """Numbers of a JSON document, those inside its texts too."""
    if isinstance(value, dict):
        return set().union(*(_numbers_in(part) for item in value.items() for part in item)) if value else set()
    if isinstance(value, list):
        return set().union(*map(_numbers_in, value)) if value else set()
    return set(NUMBER.findall(value if isinstance(value, str) else json.dumps(value)))


def _of_html(text):
    """What a reader sees: no script, no style, no attribute."""
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", text, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]*>", "\n", text))


def _of_pdf(content):
    """The text of all pages; a word that was broken at a marked place is one word again."""
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]
    return ONLY_PAPER.sub(" ", "\n".join(pages).replace("\u200b\n", "").replace("\u200b", ""))


@pytest.fixture(scope="module", params=["mixed", "hostile", "cited"])
def written(request, runs, tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    write_run(cited_run(runs) if request.param == "cited" else getattr(runs, request.param)(), folder)
    return folder


def test_every_number_of_the_reports_is_in_the_electronic_copy(written):
    """Complete copies in human-readable and electronic form (21 CFR 11.10(b)): by the text of both, token by token."""
    known = _numbers_in(json.loads((written / "verdicts.json").read_text("utf-8")))
    page, paper = _of_html((written / "report.html").read_text("utf-8")), _of_pdf((written / "report.pdf").read_bytes())
    for text in (page, paper):
        found = NUMBER.findall(text)
        assert len(found) > 300
        assert sorted(set(found) - known) == []


def test_without_the_copy_of_the_report_numbers_would_be_missing(runs, tmp_path):
    """A control: the verdicts alone do not hold what is printed, so the test above can fail."""
    write_run(runs.mixed(), tmp_path)
    known = _numbers_in(json.loads(verdicts_text(run_document(runs.mixed()))))
    assert len(set(NUMBER.findall(_of_html((tmp_path / "report.html").read_text("utf-8")))) - known) > 50


def test_the_copy_is_no_larger_than_the_page(written):
    """It stands in one line of verdicts.json, which stays smaller than report.html."""
    assert (written / "verdicts.json").stat().st_size < (written / "report.html").stat().st_size
