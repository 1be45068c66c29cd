"""`junit.xml`: a suite a case, a test case a check, nothing green that was not shown."""

import re
from dataclasses import dataclass, field, replace
from typing import Final, Literal, TypeAlias
from xml.etree import ElementTree as ET

from reports.processor import unprovoked_fault
from reports.verdict import CaseResult, Outcome, PoolResult, RunResult, Verdict
from reports.words import limit_words, margin_words, value_words
from rig.firmware_facts import fault_words

Inconclusive: TypeAlias = Literal["error", "failure"]

_FORBIDDEN: Final = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


@dataclass(slots=True)
class _Causes:
    """Rig errors of one case that already have their red line."""

    fault: str
    told: set[str] = field(default_factory=set[str])


def junit_text(run: RunResult, *, inconclusive: Inconclusive = "error") -> str:
    """The whole run as JUnit XML (the dialect that Jenkins' junit-10.xsd, GitLab and GitHub actions read).

    Args:
        run: what happened.
        inconclusive: element for INCONCLUSIVE; some importers do not know `error`.
    """
    suites = [_suite(case, run, inconclusive) for case in run.cases]
    suites += [_pool_suite(pool, run, inconclusive) for pool in run.pools]
    root = ET.Element("testsuites", {"name": _legal(f"stimrig {run.run}"), **_totals(suites)})
    root.extend(suites)
    ET.indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def simulated_s(result: CaseResult) -> float:
    """Simulated seconds of a case; 0 where it never started."""
    return 0.0 if result.record is None else float(result.record.span_s[1] - result.record.span_s[0])


def _suite(result: CaseResult, run: RunResult, inconclusive: Inconclusive) -> ET.Element:
    record = result.record
    fault = record.fault.text if record is not None and record.fault is not None else ""
    if not fault and result.outcome is Outcome.ERROR:
        fault = result.blocked_by
    causes = _Causes(fault)
    tests = [_test(verdict, result, causes, inconclusive) for verdict in result.verdicts]
    if fault and not causes.told:
        tests.append(_rig_test(result, fault))
    if words := unprovoked_fault(record):
        tests.append(_processor_test(result, words))
    suite = ET.Element("testsuite", {"name": _legal(result.case.id), "timestamp": _legal(run.started)})
    suite.extend(tests)
    for key, value in _counts(suite).items():
        suite.set(key, str(value))
    suite.set("time", f"{simulated_s(result):.3f}")
    if record is not None and (words := fault_words(record.firmware)):
        ET.SubElement(suite, "system-out").text = _legal(f"firmware: {words}")
    return suite


def _pool_suite(pool: PoolResult, run: RunResult, inconclusive: Inconclusive) -> ET.Element:
    """A suite of one test: a check that was judged over many cases."""
    members = [case for case in run.cases if case.case.id in pool.cases]
    case = replace(members[0].case, id=f"{pool.id} pooled")
    walked = replace(members[0], case=case, record=None, hardware=pool.hardware, verdicts=(pool.verdict,))
    suite = _suite(replace(walked, outcome=pool.verdict.outcome, blocked_by=""), run, inconclusive)
    total_s = sum(simulated_s(member) for member in members)
    for element in (suite, *suite.iter("testcase")):
        element.set("time", f"{total_s:.3f}")
    return suite


def _test(verdict: Verdict, result: CaseResult, causes: _Causes, inconclusive: Inconclusive) -> ET.Element:
    check = verdict.check
    test = _bare_test(check.id, result)
    listed = ET.SubElement(test, "properties")
    for name, value in _properties(verdict, result):
        ET.SubElement(listed, "property", {"name": name, "value": _legal(value)})
    tag, kind, message = _ending(verdict, causes, inconclusive)
    if tag:
        place = f"{check.file}:{check.line}" if check.file else "no file"
        ending = ET.SubElement(test, tag, {"type": kind, "message": _legal(message)})
        ending.text = _legal(f"{check.title}\n{verdict.reason}\nlimit: {limit_words(check)}\n{place}\n")
    return test


def _ending(verdict: Verdict, causes: _Causes, inconclusive: Inconclusive) -> tuple[str, str, str]:
    """Element, type and message; an empty element name for a PASS."""
    reason = verdict.reason or verdict.outcome.value
    match verdict.outcome:
        case Outcome.PASS:
            return "", "", ""
        case Outcome.FAIL:
            return "failure", "limit", reason
        case Outcome.INCONCLUSIVE:
            return inconclusive, "inconclusive", reason
        case Outcome.ERROR:
            cause = causes.fault or reason
        case Outcome.NOT_RUN:
            cause = causes.fault
            if not cause or not _blocked_by(reason, cause):
                return "error", "not_run", reason
    if cause in causes.told:
        return "skipped", "blocked", f"blocked by {cause}"
    causes.told.add(cause)
    return "error", "rig", reason


def _blocked_by(reason: str, cause: str) -> bool:
    """True where a check did not run because of the rig error that has the case's red line."""
    return reason.startswith("blocked by") or cause in reason


def _rig_test(result: CaseResult, fault: str) -> ET.Element:
    """The one red line of a rig error that no check carries, because every check was complete before it."""
    test = _bare_test("rig", result)
    ET.SubElement(test, "error", {"type": "rig", "message": _legal(fault)}).text = _legal(fault)
    return test


def _processor_test(result: CaseResult, words: str) -> ET.Element:
    """The red line of a processor that failed although every check may have passed."""
    test = _bare_test("processor", result)
    ET.SubElement(test, "failure", {"type": "processor", "message": _legal(words)}).text = _legal(words)
    return test


def _bare_test(name: str, result: CaseResult) -> ET.Element:
    attributes = {"name": _legal(name), "classname": _legal(result.case.id), "time": f"{simulated_s(result):.3f}"}
    return ET.Element("testcase", attributes)


def _properties(verdict: Verdict, result: CaseResult) -> list[tuple[str, str]]:
    check = verdict.check
    listed = [("verifies", name) for name in check.verifies]
    listed += [
        ("measured", value_words(verdict)),
        ("limit", limit_words(check)),
        ("margin", margin_words(verdict)),
        ("n", str(int(verdict.n))),
        ("evidence", f"{verdict.quantity}@{result.hardware}"),
        ("seed", str(result.case.seed)),
    ]
    if verdict.marginal:
        listed.append(("marginal", "true"))
    if check.file:
        listed += [("file", check.file), ("line", str(check.line))]
    return listed


def _counts(suite: ET.Element) -> dict[str, int]:
    return {
        "tests": len(suite.findall("testcase")),
        "failures": len(suite.findall("testcase/failure")),
        "errors": len(suite.findall("testcase/error")),
        "skipped": len(suite.findall("testcase/skipped")),
    }


def _totals(suites: list[ET.Element]) -> dict[str, str]:
    totals = {key: str(sum(int(suite.get(key, "0")) for suite in suites)) for key in ("tests", "failures", "errors")}
    return {**totals, "time": f"{sum(float(suite.get('time', '0')) for suite in suites):.3f}"}


def _legal(text: str) -> str:
    """Characters that XML 1.0 forbids become U+FFFD."""
    return _FORBIDDEN.sub("\ufffd", text)
