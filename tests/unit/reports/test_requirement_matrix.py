"""The requirement matrix: what closes a requirement, what never does, and what belongs to nobody."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.evidence import LEVELS, Evidence
from reports.trace.matrix import PlannedCheck, trace_matrix
from reports.trace.pages import trace_csv, trace_document, trace_page
from reports.trace.standing import RunVerdicts, standing
from reports.verdict import Outcome
from reports.writers.html import html_text
from scenarios.case import Requirement

ASKED = {name: Requirement(name, f"title {name}", min_evidence="measured@virtual") for name in ("R-1", "R-2")}
PLAN = (
    PlannedCheck("SCN-A", "rate", ("R-1",), "a.scenario.yaml:9"),
    PlannedCheck("SCN-A", "width", ("R-1",), "a.scenario.yaml:12"),
    PlannedCheck("SCN-A", "idle", (), "a.scenario.yaml:15"),
)


def _shown(check, outcome=Outcome.PASS, hardware="virtual", **more):
    fields = {"quantity": "measured", "verifies": ("R-1",)} | more
    return Evidence("SCN-A", check, outcome, fields.pop("quantity"), hardware, fields.pop("verifies"), **fields)


def _row(evidence, requirements=ASKED, plan=PLAN):
    return trace_matrix(requirements, plan, evidence).rows[0]


def test_a_requirement_is_closed_where_every_planned_check_ran_and_passed():
    """And one of them has the evidence asked for."""
    row = _row([_shown("rate"), _shown("width")])
    assert row.state.closed and row.by_level == {"virtual": Outcome.PASS} and row.counts == {"virtual": 2}


def test_a_check_that_never_ran_keeps_it_open():
    """However many of the others passed."""
    row = _row([_shown("rate")])
    assert not row.state.closed
    assert row.state.reason == "1 of 2 verifying checks never ran, first SCN-A: width"
    assert _row([]).state.reason.startswith("2 of 2 verifying checks never ran")


@pytest.mark.parametrize("outcome", [word for word in Outcome if word is not Outcome.PASS])
def test_only_pass_closes(outcome):
    """formats.md section 2: only PASS closes; the cell shows the worst verdict of its level, not the best."""
    row = _row([_shown("rate"), _shown("width", outcome)])
    assert not row.state.closed and row.by_level["virtual"] is outcome


def test_seeded_defects_are_no_evidence_about_the_device():
    """A scenario that proves the rig on a bad device neither closes nor opens a requirement."""
    seeded = [_shown("rate", is_seeded=True), _shown("width", Outcome.FAIL, is_seeded=True)]
    assert _row([_shown("rate"), _shown("width"), *seeded]).state.closed
    row = _row(seeded, plan=())
    assert not row.state.closed and row.state.reason == "only a device with seeded defects was tried"
    assert row.by_level == {}


@given(asked=st.sampled_from(LEVELS), shown=st.sampled_from(LEVELS))
def test_a_level_closes_what_asks_for_no_more(asked, shown):
    """virtual < firmware-host < firmware-image < bench (formats.md section 2)."""
    rows = {"R-1": Requirement("R-1", min_evidence=f"measured@{asked}")}
    row = _row([_shown("rate", hardware=shown), _shown("width", hardware=shown)], rows)
    assert row.state.closed == (LEVELS.index(shown) >= LEVELS.index(asked))


def test_orphans_of_both_sides_are_listed():
    """A requirement without a check, a check without a requirement, an id that nobody knows."""
    stray = PlannedCheck("SCN-B", "x", ("R-9",), "b.scenario.yaml:3")
    matrix = trace_matrix(ASKED, (*PLAN, stray), [])
    assert [row.state.requirement.id for row in matrix.unplanned] == ["R-2"]
    assert matrix.rows[1].state.reason == "no check verifies it"
    assert [check.check for check in matrix.idle] == ["idle"]
    assert matrix.unknown == {"R-9": ("SCN-B: x (b.scenario.yaml:3)",)}
    assert matrix.gaps == ("R-1", "R-2", "R-9")


def _run(name, verdict, complete=True, **check):
    row = {"id": "rate", "verdict": verdict, "quantity": "measured", "verifies": ["R-1"]} | check
    case = {"id": "SCN-A", "hardware": "virtual", "verdict": verdict, "defects": {}, "checks": [row]}
    return RunVerdicts(name, complete, {"cases": [case]})


def test_the_newest_complete_run_stands_and_every_attempt_is_told():
    """No run till pass in silence: FAIL, then cut off, then PASS is three attempts; and a later FAIL stands."""
    runs = [_run("2-cut", "PASS", complete=False), _run("3-pass", "PASS"), _run("1-fail", "FAIL")]
    stands = standing(runs)
    assert [each.run for each in stands.evidence] == ["3-pass"]
    assert stands.attempts == {("SCN-A", "virtual"): ("FAIL", "incomplete", "PASS")}
    assert standing([*runs, _run("4-fail", "FAIL")]).evidence[0].outcome is Outcome.FAIL


def test_the_matrix_reads_the_same_for_programs_and_for_people():
    """JSON, CSV and page from the same rows."""
    stands = standing([_run("1", "PASS")])
    matrix = trace_matrix(ASKED, PLAN[:1], stands.evidence)
    plain = trace_document(matrix, stands)
    assert [(row["id"], row["closed"]) for row in plain["requirements"]] == [("R-1", True), ("R-2", False)]
    rows = list(csv.DictReader(io.StringIO(trace_csv(matrix))))
    assert [(row["id"], row["closed"], row["virtual"]) for row in rows] == [("R-1", "yes", "PASS"), ("R-2", "no", "")]
    page = html_text(trace_page(matrix, stands, {"run": "0" * 16, "started": "2023-11-14T22:13:20Z", "version": "1"}))
    assert "1 of 2 requirements are closed" in page and "OPEN: no check verifies it" in page
