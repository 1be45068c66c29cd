"""Unconfirmed limits, the clause table and the item under test, as page one, checks and verdicts.json show them."""

import io
import json
import re
from dataclasses import replace

import pytest
from cited_run import cited_run
from verdict_schema import problems_of

from reports.limit_words import UNCONFIRMED
from reports.sections import limits_used
from reports.verdict import Outcome
from reports.writers.document import build_document
from reports.writers.html import html_text
from reports.writers.pdf import pdf_bytes
from reports.writers.verdicts_file import case_document, run_document, verdicts_text
from rig.attempts import EarlierAttempt

pypdf = pytest.importorskip("pypdf")


@pytest.fixture(scope="module")
def page(runs):
    return html_text(build_document(cited_run(runs)))


def _plain(text):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text))


def test_page_one_counts_the_unconfirmed_limits_in_amber(page, runs):
    """Two of three checks follow a limit that nobody confirmed, one of which was confirmed before it changed."""
    assert f"<li>2 of 3 checks: {UNCONFIRMED}.</li>" in page
    paper = pdf_bytes(build_document(cited_run(runs)), verdicts_text(run_document(cited_run(runs))))
    first = re.sub(r"\s+", " ", pypdf.PdfReader(io.BytesIO(paper)).pages[0].extract_text())
    assert f"2 of 3 checks: {UNCONFIRMED}." in first
    assert "Example Medical Stepper 2, serial number SN-0042, firmware 1.4.2" in first
    assert "Item under test: operator not stated." in first


def test_each_check_says_whether_its_limit_is_confirmed(page):
    """In amber where not, with the lapse; by whom and when where it is."""
    cards = re.findall(r"<article.*?</article>", page, re.DOTALL)
    amber = [re.findall(r'<div class="amber">([^<]*)</div>', card) for card in cards]
    assert sorted(amber) == sorted([
        [],
        [UNCONFIRMED],
        [f"{UNCONFIRMED} (confirmed by Jane Doe on 2026-01-02, but the limit has changed since)"],
    ])  # fmt: skip
    (confirmed,) = [card for card, words in zip(cards, amber, strict=True) if not words]
    assert "Jane Doe, 2026-11-22" in confirmed and "IEC 60601-2-10, ed. 2:2012, 201.12.1.102" in confirmed


def test_the_clause_table_has_a_row_a_limit_with_the_worst_of_its_checks(runs):
    """Clause, requirement, measured, limit, verdict, confirmed by; what does not apply is listed once."""
    blocks = limits_used.build(cited_run(runs))["blocks"]
    (table,) = [block for block in blocks if block["kind"] == "table"]
    assert table["columns"] == ["Clause", "Requirement", "Measured", "Limit", "Verdict", "Confirmed by"]
    assert [row[1].partition(":")[0] for row in table["rows"]] == ["CHG-01", "SAF-01", "TIM-07"]
    assert table["rows"][1][4]["verdict"] == Outcome.FAIL.value
    (absent,) = [block for block in blocks if block["kind"] == "list"]
    assert absent["items"] == ["SAF-05: not applicable: no button; SCN-CORE-STOP does it"]


def test_verdicts_json_holds_basis_and_item(runs):
    """Machine-readable: id, clause, confidence, who confirmed it; the item in SI, what is not stated null."""
    document = json.loads(verdicts_text(run_document(cited_run(runs))))
    assert problems_of(document) == []
    case = document["cases"][0]
    limits = {check["limit"]["id"]: check["limit"] for check in case["checks"]}
    assert limits["TIM-07"]["basis"] == {
        "kind": "standard", "standard": "IEC 60601-2-10", "edition": "2:2012", "clause": "201.12.1.102",
        "source": None, "confidence": "medium", "note": None, "confirmed_by": "Jane Doe", "confirmed_on": "2026-11-22",
        "lapsed": None,
    }  # fmt: skip
    assert limits["TIM-07"]["at"] == [None, 0.06]
    assert case["item"]["serial"] == "SN-0042" and case["item"]["operator"] is None
    assert case["item"]["electrodes"]["area_m2"] == 25e-4
    assert case["item"]["lab"]["patient_leakage_nc"] == {
        "value": 12.3e-6, "U": 1e-6, "unit": "A", "report": "LAB-117", "lab": None, "on": None,
    }  # fmt: skip
    assert case["profile"] == "core" and case["not_applicable"][0]["check"] == "SAF-05"


def test_an_item_that_nobody_stated_is_amber(runs):
    """Page one says so, and every field of the section does."""
    page = html_text(build_document(runs.passing()))
    assert "<li>Item under test: not stated.</li>" in page
    assert page.count('<span class="amber">not stated</span>') == 13


@pytest.mark.parametrize(
    "change",
    [
        lambda check: check["limit"].pop("basis"),
        lambda check: check["limit"].update(confirmed=True),
        lambda check: check.update(comment="looks fine"),
        lambda check: check["uncertainty"].pop("tur"),
        lambda check: check["worst"].update(t=1.0),
    ],
    ids=["no basis", "confirmed", "comment", "no tur", "another instant"],
)
def test_the_schema_is_strict(runs, change):
    """An unknown or a missing key is refused everywhere in a check."""
    document = json.loads(verdicts_text(case_document(cited_run(runs).cases[0])))
    assert problems_of(document) == []
    change(document["cases"][0]["checks"][0])
    assert len(problems_of(document)) == 1


def test_earlier_attempts_are_shown_on_page_one_in_the_table_and_in_verdicts_json(runs):
    """Attempt 3 of 3 with what came of the first two; a first attempt says so in one line."""
    whole = cited_run(runs)
    name = whole.cases[0].case.id
    earlier = (
        EarlierAttempt("0" * 16, "2026-11-20T08:00:00Z", "FAIL", "20261120T080000Z-x"),
        EarlierAttempt("1" * 16, "", "incomplete", "20261121T080000Z-y"),
    )
    run = replace(whole, attempts={name: earlier})
    page = html_text(build_document(run))
    assert f"<li>{name}: attempt 3 of 3; before: FAIL, incomplete.</li>" in page
    assert "1 of 3" in page and "20261120T080000Z" not in page
    document = json.loads(verdicts_text(run_document(run)))
    assert problems_of(document) == []
    assert document["attempts"] == [
        {
            "case": name,
            "attempt": 3,
            "earlier": [
                {"run": "0" * 16, "started": "2026-11-20T08:00:00Z", "verdict": "FAIL"},
                {"run": "1" * 16, "started": None, "verdict": "incomplete"},
            ],
        }
    ]
    assert "1 case: attempt 1 of 1 in this folder of runs." in html_text(build_document(whole))
