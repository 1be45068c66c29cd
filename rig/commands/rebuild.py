"""A run judged and reported again from its records, without a rig."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rig.attempts import ATTEMPTS, attempts_of
from rig.run_folder import read_run
from sim.errors import RecordError

if TYPE_CHECKING:
    from reports.verdict import CaseResult, RunResult
    from scenarios.case import Case
    from scenarios.catalogue import Catalogue


def _as_it_was(case: "Case") -> "Case":
    return case


def judge_again(
    folder: Path,
    catalogue: "Catalogue",
    as_asked: Callable[["Case"], "Case"] = _as_it_was,
    blocked_by: str = "",
    hardware: str = "virtual",
) -> "CaseResult":
    """Judge the record of a case folder.

    Args:
        folder: of the case.
        catalogue: names.
        as_asked: gives the case with the checks that are to be asked; by default those it was run with.
        blocked_by: why the case never started, or "".
        hardware: evidence stamp of a case that never started.

    Raises:
        RecordError: the record is damaged.
    """
    from reports.judge import blocked_case, judge_case
    from reports.verdict import Outcome
    from rig.load import is_complete, load_case, load_record

    if blocked_by and not is_complete(folder):
        outcome = Outcome.NOT_RUN if not (folder / "events.jsonl").exists() else Outcome.ERROR
        return blocked_case(as_asked(load_case(folder, catalogue)), hardware, blocked_by, outcome)
    record = load_record(folder, catalogue)
    return judge_case(replace(record, case=as_asked(record.case)), catalogue)


def rebuild(run: Path, catalogue: "Catalogue", as_asked: Callable[["Case"], "Case"] = _as_it_was) -> "RunResult":
    """The result of a run folder, from its records alone; `as_asked` may give each case other checks.

    Raises:
        RecordError: it is no run folder, or holds no case.
    """
    from reports.pooling import judge_pools, with_pools
    from reports.verdict import Outcome, RunResult, worst

    facts = read_run(run)
    known: dict[str, dict[str, Any]] = {row["folder"]: row for row in facts.get("cases", []) if "folder" in row}
    folders = sorted(path for path in (run / "cases").glob("*") if path.is_dir())
    if not folders:
        raise RecordError(str(run), "holds no case: nothing was recorded", "run it again")
    hardware = facts["bench"]["hardware"]
    stamps = {row["folder"]: row["under_test"]["hardware"] for row in facts.get(ATTEMPTS, [])}
    own = tuple(
        judge_again(
            folder,
            catalogue,
            as_asked,
            known.get(folder.name, {}).get("blocked_by") or "",
            stamps.get(folder.name, hardware),
        )
        for folder in folders
    )
    if (facts.get("selftest") or {}).get("verdict") == "FAIL":  # nothing was begun: the rig's fault, not the bench's
        own = tuple(replace(result, outcome=Outcome.ERROR) if result.record is None else result for result in own)
    pools = judge_pools(own, catalogue)
    results = with_pools(own, pools)
    return RunResult(
        run=facts["run"],
        outcome=worst([result.outcome for result in results] + [pool.verdict.outcome for pool in pools]),
        cases=results,
        started=facts.get("reported_start") or facts["start"],
        version=facts["versions"]["stimrig"],
        bench=facts["bench"]["name"],
        identity=facts.get("identity") or {},
        interrupted=len(folders) < len(facts["cases"])
        or any(r.record is not None and r.record.interrupted for r in results),
        unchecked_requirements=facts.get("unchecked_requirements", 0),
        notes=tuple(facts.get("notes", ())),
        attempts=attempts_of(facts),
        pools=pools,
        selftest=facts.get("selftest"),
    )
