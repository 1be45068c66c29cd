"""Page one: what was tested, against what, whether it passed, what did not, and what evidence this is."""

from typing import Any

from reports.causes import cause_of
from reports.limit_words import UNCONFIRMED, unconfirmed_count
from reports.processor import unprovoked_fault
from reports.sections.anchors import POOLS_ANCHOR, case_anchor, check_anchor, verdicts_worst_first, worst_first
from reports.sections.attempts import attempt_lines
from reports.sections.blocks import section
from reports.sections.device import defects_words
from reports.sections.item import item_lines, unstated
from reports.verdict import Outcome, RunResult
from reports.words import hardware_levels, run_stamp
from scenarios.case import DeviceDescription


def build(run: RunResult) -> dict[str, Any]:
    """The cover of the report."""
    verdicts = run.verdicts
    counts = [[word.value, sum(verdict.outcome is word for verdict in verdicts)] for word in Outcome]
    cover = {
        "kind": "cover",
        "verdict": run.outcome.value,
        "marginal": sum(verdict.marginal for verdict in verdicts),
        "sentence": _sentence(run),
        "counts": counts,
        "stamp": run_stamp(run),
        "warnings": _warnings(run),
        "tested": [*_tested(run), *item_lines(run)],
        "against": _against(run),
        "evidence": _evidence(run),
        "rig": [run.bench, *(f"{name}: {value}" for name, value in _identity(run)[:6])],
        "open": _open(run),
        "open_title": _open_title(run),
        "notes": list(run.notes),
        "run": run.run,
        "started": run.started,
        "version": run.version,
    }
    return section("Summary", cover)


def _warnings(run: RunResult) -> list[str]:
    """What stands in amber on page one."""
    open_, checks = unconfirmed_count(run)
    some = f"{open_} of {checks} checks: {UNCONFIRMED}."
    return [*([some] if open_ else []), *unstated(run), *attempt_lines(run)]


def _identity(run: RunResult) -> list[tuple[str, str]]:
    return [(name, value) for name, value in run.identity.items() if value and value != run.bench]


def _sentence(run: RunResult) -> str:
    verdicts = run.verdicts
    passed = sum(verdict.outcome is Outcome.PASS for verdict in verdicts)
    cases = f"{len(run.cases)} case{'' if len(run.cases) == 1 else 's'}"
    if not run.cases:
        words = "No case ran; nothing was shown."
    elif not verdicts:
        words = f"{cases} without a check; nothing was shown."
    elif passed == len(verdicts):
        words = f"All {passed} checks of {cases} passed."
    else:
        words = f"{passed} of {len(verdicts)} checks in {cases} passed."
    if failed := sum(bool(unprovoked_fault(case.record)) for case in run.cases):
        words += (
            f" In {failed} of them the processor or the output stage of the device failed."
            if len(run.cases) > 1
            else (" The processor or the output stage of the device failed.")
        )
    return f"{words} The run was interrupted." if run.interrupted else words


def _tested(run: RunResult) -> list[str]:
    lines: dict[str, None] = {}
    for case in run.cases:
        device = case.case.device
        kind = _kind(device)
        note = f"; {device.note}" if device.note else ""
        defects = defects_words(case.case)
        seeded = f", with seeded defect: {defects}" if defects else ""
        lines[f"{device.title or device.id} ({device.id}; {kind}{note}){seeded}"] = None
    return list(lines) or ["nothing"]


def _kind(device: DeviceDescription) -> str:
    """What stands for the device: a firmware goes before the model whose settings it takes over."""
    if device.firmware is not None:
        how = "built for this machine" if device.firmware.kind == "host" else "executed by an emulated processor"
        return f"its firmware, {how}"
    return f"simulated model {device.model}" if device.model else "device on the bench"


def _against(run: RunResult) -> list[str]:
    lines = [f"{case.case.id}: {case.case.title}" if case.case.title else case.case.id for case in run.cases]
    ids = {name for verdict in run.verdicts for name in verdict.check.verifies}
    shown = lines if len(lines) <= 8 else [*lines[:7], f"and {len(lines) - 7} more cases"]
    if ids:
        unchecked = (
            f", {run.unchecked_requirements} of them without a requirements.csv" if run.unchecked_requirements else ""
        )
        shown = [*shown, f"{len(ids)} requirement ids{unchecked}"]
    return shown or ["nothing"]


def _evidence(run: RunResult) -> list[str]:
    verdicts = run.verdicts
    judged = [verdict for verdict in verdicts if verdict.outcome not in {Outcome.NOT_RUN, Outcome.ERROR}]
    measured = sum(verdict.quantity == "measured" for verdict in judged)
    lines = [f"Hardware: {hardware_levels(run)}."]
    if verdicts:
        lines.append(
            f"Judged: {measured} of {len(verdicts)} checks by the captured waveform, "
            f"{len(judged) - measured} by the simulated patient."
        )
    announced = [verdict for verdict in verdicts if verdict.check.expect]
    if announced:
        met = sum(verdict.check.expect == verdict.outcome.value for verdict in announced)
        lines.append(f"The scenarios announced {len(announced)} verdicts; {met} came out as announced.")
    return lines


def _open_title(run: RunResult) -> str:
    verdicts = run.verdicts
    if _open(run):
        return "What did not pass"
    return "Every check passed" if verdicts else "Nothing was checked"


def _open(run: RunResult) -> list[dict[str, str]]:
    """What did not pass, worst first; checks of a case that one cause kept from running share a line."""
    rows: dict[tuple[str, str, str], dict[str, str]] = {}
    for case in worst_first(run):
        for verdict in verdicts_worst_first(case):
            if verdict.outcome is Outcome.PASS:
                continue
            check = verdict.check
            shared = check.id if verdict.outcome is not Outcome.NOT_RUN else ""
            row = rows.get((case.case.id, verdict.reason, shared))
            if row is not None:
                row["title"] += f"; {check.title or check.id}"
                row["check"] += f", {check.id}"
                continue
            rows[case.case.id, verdict.reason, shared] = {
                "verdict": verdict.outcome.value,
                "case": case.case.id,
                "check": check.id,
                "title": check.title or check.id,
                "reason": verdict.reason,
                "anchor": check_anchor(case, verdict),
            }
        cause = cause_of(case)
        if case.outcome is Outcome.ERROR and not any(cause in reason for _, reason, _ in rows):
            rows[case.case.id, cause, ""] = {
                "verdict": Outcome.ERROR.value,
                "case": case.case.id,
                "check": "the rig",
                "title": "The rig failed",
                "reason": cause,
                "anchor": f"{case_anchor(case)}-results",
            }
        if words := unprovoked_fault(case.record):
            rows[case.case.id, words, "processor"] = {
                "verdict": Outcome.FAIL.value,
                "case": case.case.id,
                "check": "the processor",
                "title": "The processor of the device failed",
                "reason": words,
                "anchor": f"{case_anchor(case)}-results",
            }
    for pool in run.pools:
        verdict, check = pool.verdict, pool.verdict.check
        if verdict.outcome is not Outcome.PASS:
            rows[pool.id, check.id, "pool"] = {
                "verdict": verdict.outcome.value,
                "case": f"{pool.id} ({len(pool.cases)} cases)",
                "check": check.id,
                "title": check.title or check.id,
                "reason": verdict.reason,
                "anchor": POOLS_ANCHOR,
            }
    order = [word.value for word in (Outcome.FAIL, Outcome.ERROR, Outcome.INCONCLUSIVE, Outcome.NOT_RUN)]
    return sorted(rows.values(), key=lambda row: order.index(row["verdict"]))
