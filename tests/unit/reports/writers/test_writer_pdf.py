"""`report.pdf`: page one tells everything, every page carries the stamp, PDF/A-3a and UA-1, user text is only text."""

import io
import re
from dataclasses import replace

import pytest

from reports.sections import SECTIONS
from reports.sections.blocks import section, text
from reports.verdict import Outcome
from reports.writers.document import build_document
from reports.writers.glyphs import printable
from reports.writers.page_one import page_one
from reports.writers.pdf import CHECKS_IN_FULL, pdf_bytes
from reports.writers.verdicts_file import run_document, verdicts_text
from scenarios.catalogue import SectionSpec

pypdf = pytest.importorskip("pypdf")


def pdf_of(run, **options):
    return pdf_bytes(build_document(run, **options), verdicts_text(run_document(run)))


def words_of(page):
    """Text of a page without the line breaks of its layout."""
    return re.sub(
        r"\s+", " ", page.extract_text().replace("\u200b", "").replace("\ufb01", "fi").replace("\ufb00", "ff")
    )


def reader_of(run, **options):
    return pypdf.PdfReader(io.BytesIO(pdf_of(run, **options)))


@pytest.fixture(scope="module")
def mixed(runs):
    return reader_of(runs.mixed())


def test_page_one_alone_tells_what_was_tested_and_what_did_not_pass(mixed):
    first = words_of(mixed.pages[0])
    for words in (
        "FAIL", "10 of 19 checks in 4 cases passed", "ODFS-like reference stimulator", "SCN-LEVEL-STEADY",
        "SIMULATED HARDWARE: not evidence of device performance", "Stimulation stops when an electrode lifts",
        "stimulation went on for 1.416 s", "stride 31 was not stimulated", "card sent no samples", "lower bound 89.1 %",
        "the setting rate of this device is not known", "16 bit, 1 MS/s", "page 1 of",
    ):  # fmt: skip
        assert words in first, words
    assert "Overview" not in first


def test_every_page_says_what_evidence_it_is_and_which_page_it_is(mixed):
    total = len(mixed.pages)
    for number, page in enumerate(mixed.pages, 1):
        words = words_of(page)
        assert "SIMULATED HARDWARE: not evidence of device performance" in words
        assert f"page {number} of {total}" in words


def test_a_real_bench_has_no_stamp(runs):
    reader = reader_of(runs.run_of(replace(runs.walk(), hardware="bench")))
    assert not any("SIMULATED" in words_of(page) for page in reader.pages)


def test_it_is_pdf_a_3a_and_ua_1_with_the_verdicts_attached(runs, mixed):
    """As the file itself declares; typst refuses to compile what breaks either standard."""
    metadata = mixed.trailer["/Root"]["/Metadata"].get_data().decode()
    assert re.search(r"pdfaid:part>3<", metadata) and re.search(r"pdfaid:conformance>A<", metadata)
    assert re.search(r"pdfuaid:part>1<", metadata)
    assert mixed.trailer["/Root"]["/Lang"] == "en" and mixed.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert mixed.attachments["verdicts.json"][0].decode() == verdicts_text(run_document(runs.mixed()))
    assert mixed.metadata.title == "stimrig test report, run 0123456789abcdef"
    assert mixed.metadata.creation_date.isoformat() == "2026-11-22T06:15:03+00:00"


def test_fonts_come_from_installed_packages(mixed):
    """Text of the report in Libertinus and DejaVu only, all embedded."""
    names = {
        str(font["/BaseFont"])
        for page in mixed.pages
        for font in (item.get_object() for item in page["/Resources"].get("/Font", {}).values())
    }
    assert names and all(re.search("Libertinus|DejaVu", name) and re.match(r"/[A-Z]{6}\+", name) for name in names)


def test_hostile_text_is_printed_and_never_obeyed(runs):
    """Markup of typst, HTML and matplotlib appears letter by letter; what no font has is named by its code."""
    reader = reader_of(runs.hostile())
    words = re.sub(r"\s", "", "".join(words_of(page) for page in reader.pages))
    assert re.sub(r"\s", "", "<script>alert(1)</script>\"'&#@*_$ [x](y) #import") in words
    assert "[U+0007]" in words and "{{7*7}}" in words
    assert not any("/A" in note.get_object() for page in reader.pages for note in page.get("/Annots", []))


@pytest.mark.parametrize("name", ["empty", "passing"])
def test_small_runs_compile(runs, name):
    reader = reader_of(getattr(runs, name)())
    first = words_of(reader.pages[0])
    assert ("No case ran; nothing was shown." if name == "empty" else "All 4 checks of 1 case passed.") in first


def test_a_section_of_a_plugin_is_printed(runs):
    spec = SectionSpec("fatigue", 45, lambda run: section("Fatigue #strong[of]", text("ten *minutes* <b>")))
    reader = reader_of(runs.passing(), sections=(*SECTIONS, spec))
    words = " ".join(words_of(page) for page in reader.pages)
    assert "Fatigue #strong[of]" in words and "ten *minutes* <b>" in words


def test_very_many_checks_print_the_passed_ones_in_the_overview_only(runs):
    whole = runs.walk()
    passed = next(item for item in whole.verdicts if item.check.id == "charge_balance")
    many = tuple(replace(passed, check=replace(passed.check, id=f"c{k}")) for k in range(CHECKS_IN_FULL))
    case = replace(whole, verdicts=(*many, whole.verdicts[2]))
    words = " ".join(words_of(page) for page in reader_of(runs.run_of(case, outcome=Outcome.FAIL)).pages)
    assert f"{CHECKS_IN_FULL} passed checks of this case stand in the overview and in report.html only." in words
    assert "went on for 1.416 s" in words and "c149" in words


def test_page_one_holds_what_fits_and_counts_the_rest(runs):
    """However many checks failed, the cover is one page."""
    whole = runs.walk()
    failed = whole.verdicts[2]
    many = tuple(replace(failed, check=replace(failed.check, id=f"c{k}")) for k in range(60))
    run = runs.run_of(replace(whole, verdicts=many))
    reader = reader_of(run)
    first, second = words_of(reader.pages[0]), words_of(reader.pages[1])
    shown = first.count("stimulation went on for")
    assert shown > 5 and f"and {60 - shown} more; all of them stand in the overview." in first
    assert "Overview" in second
    cover = build_document(run)["sections"][0]["blocks"][0]
    assert page_one(cover)["more"] == 60 - shown


def test_characters_without_a_glyph_are_named():
    assert printable("漢\x07a\ud800").replace("\u200b", "") == "[U+6F22][U+0007]a[U+D800]"
    assert printable("Ω ± µ ≥ ✓ é") == "Ω ± µ ≥ ✓ é"


def test_long_runs_get_places_to_break_and_lose_nothing():
    long = "SCN-WALK[walk.speed=0.9]" + "x" * 100
    assert printable(long).replace("\u200b", "") == long
    assert max(len(part) for part in re.split("[\u200b-]", printable(long))) <= 14
