"""`junit.xml`: an XML parser reads it, junit-10 allows it, one red line a cause, never green by omission."""

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from reports.verdict import Outcome
from reports.writers import junit_text

# Elements, attributes and children that junit-10.xsd (xunit-plugin; with the `error` and test case `properties` that
# Jenkins, GitLab and pytest's xunit2 write) allows.
ATTRIBUTES = {
    "testsuites": {"name", "time", "tests", "failures", "errors"},
    "testsuite": {"name", "tests", "failures", "errors", "group", "time", "skipped", "timestamp", "hostname", "id"},
    "testcase": {"name", "time", "classname", "group"},
    "failure": {"type", "message"},
    "error": {"type", "message"},
    "skipped": {"type", "message"},
    "properties": set(),
    "property": {"name", "value"},
}
CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"testcase", "properties"},
    "testcase": {"failure", "error", "skipped", "properties"},
    "properties": {"property"},
}
REQUIRED = {"testsuite": {"name", "tests", "failures", "errors"}, "testcase": {"name"}, "property": {"name", "value"}}
SUREFIRE_TIME = re.compile(r"(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]{0,3})?")


def tree(run, **options):
    return ET.fromstring(junit_text(run, **options))


def cases_of(root, suite):
    return {test.get("name"): test for test in root.findall("testsuite")[suite].findall("testcase")}


def endings(test):
    return [(child.tag, child.get("type")) for child in test if child.tag != "properties"]


@pytest.mark.parametrize("name", ["mixed", "hostile", "empty", "passing"])
def test_only_what_junit_10_allows(runs, name):
    root = tree(getattr(runs, name)())
    for element in root.iter():
        assert set(element.keys()) <= ATTRIBUTES[element.tag]
        assert REQUIRED.get(element.tag, set()) <= set(element.keys())
        assert {child.tag for child in element} <= CHILDREN.get(element.tag, set())
        if element.get("time") is not None:
            assert SUREFIRE_TIME.fullmatch(element.get("time"))


def test_counts_are_those_of_the_elements(runs):
    """CI counts checks: the totals must agree with what stands inside."""
    root = tree(runs.mixed())
    for suite in root.findall("testsuite"):
        assert int(suite.get("tests")) == len(suite.findall("testcase"))
        for key, tag in [("failures", "failure"), ("errors", "error"), ("skipped", "skipped")]:
            assert int(suite.get(key)) == len(suite.findall(f"testcase/{tag}"))
    for key in ("tests", "failures", "errors"):
        assert int(root.get(key)) == sum(int(suite.get(key)) for suite in root.findall("testsuite"))


def test_each_verdict_has_its_element(runs):
    tests = cases_of(tree(runs.mixed()), 0)
    assert endings(tests["latency"]) == []
    assert endings(tests["lead_off"]) == [("failure", "limit")]
    assert endings(tests["clearance"]) == [("error", "inconclusive")]
    assert endings(tests["rate"]) == [("error", "not_run")]
    assert "1.416 s" in tests["lead_off"].find("failure").get("message")


def test_inconclusive_can_be_a_failure(runs):
    """`[junit] inconclusive = "failure"` for importers that do not know `error`."""
    tests = cases_of(tree(runs.mixed(), inconclusive="failure"), 0)
    assert endings(tests["clearance"]) == [("failure", "inconclusive")]


def test_a_rig_error_is_one_red_line(runs):
    """The card goes away: one `error`, what it blocked is skipped beside it, what was complete stays."""
    tests = cases_of(tree(runs.run_of(runs.faulty())), 0)
    assert endings(tests["charge_balance"]) == []
    assert [endings(tests[name]) for name in ("latency", "lead_off", "clearance")] == [
        [("error", "rig")], [("skipped", "blocked")], [("skipped", "blocked")],
    ]  # fmt: skip


def test_blocked_checks_share_the_fault_where_no_check_is_an_error(runs):
    """The judge may call every check behind a fault NOT RUN: the first carries the red line."""
    whole = runs.faulty()
    verdicts = tuple(
        replace(item, outcome=Outcome.NOT_RUN) if item.outcome is Outcome.ERROR else item for item in whole.verdicts
    )
    found = [endings(test) for test in cases_of(tree(runs.run_of(replace(whole, verdicts=verdicts))), 0).values()]
    assert found == [[], [("error", "rig")], [("skipped", "blocked")], [("skipped", "blocked")]]


def test_a_fault_after_every_check_was_complete_is_still_red(runs):
    whole = runs.faulty()
    done = replace(whole, verdicts=whole.verdicts[:1])
    tests = cases_of(tree(runs.run_of(done)), 0)
    assert endings(tests["rig"]) == [("error", "rig")]


def test_not_run_without_a_rig_error_is_never_skipped(runs):
    """Skipped is green in every CI; a blocked case must not be."""
    tests = cases_of(tree(runs.run_of(runs.blocked())), 0)
    assert [endings(test) for test in tests.values()] == [[("error", "not_run")]] * 2


def test_time_and_properties(runs):
    """`time` is simulated seconds; the properties are the seven that formats.md names."""
    run = runs.mixed()
    suite = tree(run).findall("testsuite")[0]
    span = run.cases[0].record.span_s
    assert float(suite.get("time")) == pytest.approx(span[1] - span[0], abs=5e-4)
    test = cases_of(tree(run), 0)["lead_off"]
    assert float(test.get("time")) == pytest.approx(span[1] - span[0], abs=5e-4)
    listed = [(item.get("name"), item.get("value")) for item in test.find("properties")]
    assert [value for name, value in listed if name == "verifies"] == ["LIB-SAF-007", "LIB-SAF-001"]
    values = dict(listed)
    assert values["measured"] == "(1.41630 ± 0.00080) s" and values["limit"] == "at most 1 s"
    assert values["margin"] == "−416 ms" and values["n"] == "1" and values["evidence"] == "measured@virtual"
    assert values["seed"] == "20240918"


def test_hostile_text_arrives_as_text(runs):
    """What XML forbids is replaced, all else comes back letter by letter from an XML parser."""
    suite = tree(runs.hostile()).find("testsuite")
    assert suite.get("name") == "SCN-" + runs.HOSTILE.replace("\x07", "\ufffd")
    assert runs.LONG_WORD in cases_of(tree(runs.hostile()), 0)["lead_off"].find("failure").text
