"""`stimrig recheck`: an old record judged again, by the measures and limits of today; no rig is asked."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rig.commands.console import note, say, table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reports.verdict import CaseResult, RunResult
    from rig.commands.context import Context
    from scenarios.case import Case


@dataclass(frozen=True, slots=True, eq=False)
class _Again:
    """A run judged again.

    Attributes:
        result: the new verdicts.
        before: (case id, check id) -> verdict and limit as they were, or nothing where none were written.
    """

    result: "RunResult"
    before: "Mapping[tuple[str, str], tuple[str, str]]"


def recheck(
    run: Annotated[
        str, typer.Argument(metavar="RUN", help="A run folder, its name or its beginning, or latest.")
    ] = "latest",
    scenario: Annotated[
        list[Path] | None,
        typer.Option(
            "--scenario", metavar="FILE", help="Ask the checks of this scenario instead; its walk must be the same."
        ),
    ] = None,
    device: Annotated[str, typer.Option("--device", metavar="D", help="Device of a scenario that takes any.")] = "",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Where the new folder goes; default: beside the run")
    ] = None,
) -> int:
    """Judge the record of a run again, with the checks that it had or with others; the record itself stays as it is."""
    from rig.commands.context import here
    from rig.commands.exits import exit_of
    from rig.commands.run import say_reports
    from rig.commands.told import summary_line
    from rig.run_folder import find_run

    context = here()
    folder = _record_of(find_run(run, context.runs))
    _refuse_changed(folder)
    again = _judge(folder, context, tuple(scenario or ()), device)
    _tell(again)
    place = _write(again.result, folder, out or folder.parent, context)
    say(summary_line(again.result))
    say_reports(place)
    say(str(place))
    return exit_of(again.result.outcome.value, interrupted=again.result.interrupted)


def _record_of(folder: Path) -> Path:
    """The folder that holds the record: of a run that was itself a recheck the one that it judged."""
    from rig.run_folder import find_run, read_run

    judged = read_run(folder).get("recheck_of")
    return find_run(judged["folder"], folder.parent) if judged else folder


def _refuse_changed(folder: Path) -> None:
    """A record that was changed after its run is evidence of nothing.

    Raises:
        RecordError: a file is not what it was.
    """
    from reports.writers.sums import changed_since
    from sim.errors import RecordError

    changed = changed_since(folder)
    if changed is None:
        note(f"warning: {folder} has no SHA256SUMS (it was cut off): nobody knows whether it was changed")
        return
    record = [name for name in changed if name.startswith("cases/")]
    if record:
        told = ", ".join(record[:3]) + (f" and {len(record) - 3} more" if len(record) > 3 else "")
        problem = f"changed since the run was made: {told}"
        raise RecordError(str(folder), problem, "judge the untouched folder; see `sha256sum -c SHA256SUMS`")


def _judge(folder: Path, context: "Context", scenarios: tuple[Path, ...], device: str) -> _Again:
    from rig.commands.new_checks import asked_anew, cases_asking
    from rig.commands.rebuild import rebuild

    def as_asked(case: "Case") -> "Case":
        return asked_anew(case, asked) if scenarios else case

    asked = cases_asking(scenarios, device, context.catalogue) if scenarios else {}
    result = rebuild(folder, context.catalogue, as_asked)
    notes = (*result.notes, f"judged again from the record of run {result.run}")
    return _Again(replace(result, notes=notes), _verdicts_before(folder))


def _verdicts_before(folder: Path) -> dict[tuple[str, str], tuple[str, str]]:
    from reports.verdicts_read import cases_and_pools
    from rig.commands.show import read_verdicts

    document: dict[str, Any] = read_verdicts(folder) or {"cases": []}
    return {
        (case["id"], check["id"]): (check["verdict"], check["limit"]["text"])
        for case in cases_and_pools(document)
        for check in case["checks"]
    }


def _tell(again: _Again) -> None:
    from rig.commands.told import cause_lines, fault_lines

    result = again.result
    judged = [(case.case.id, verdict) for case in result.cases for verdict in case.verdicts]
    judged += [(pool.id, pool.verdict) for pool in result.pools]
    rows: list[tuple[str, ...]] = []
    for name, verdict in judged:
        word, limit = verdict.outcome.value, verdict.check.limit.text
        before, limit_before = again.before.get((name, verdict.check.id), ("–", limit))
        if (word, limit) != (before, limit_before):
            asked = limit if limit == limit_before else f"{limit_before} -> {limit}"
            rows.append((name, verdict.check.id, before, word, asked, verdict.reason))
    for line in (
        table(rows, ("case", "check", "was", "is", "limit", "reason")) if rows else ["every verdict is as it was"]
    ):
        say(line)
    for case in result.cases:
        for line in (*cause_lines(case), *fault_lines(case)):
            say(f"{case.case.id}: {line}")


def _write(result: "RunResult", old: Path, out: Path, context: "Context") -> Path:
    """A run folder of its own with the new verdicts and reports; the record stays where it is and is named."""
    from reports.writers import write_case, write_run, write_sums
    from rig.files import write_file
    from rig.run_folder import content_id, folder_label, make_run_folder, now, read_run
    from rig.store import CASE_FILE
    from scenarios.case_document import case_document

    facts = read_run(old)
    documents = {case.case.id: case_document(case.case) for case in result.cases}
    label = "recheck-" + folder_label(case.case.scenario_id for case in result.cases)
    run = content_id(documents.values(), [result.run.encode()])
    folder = make_run_folder(out, label, {"run": run, "bench": facts["bench"], "cases": [], "seed": facts.get("seed")})
    result = replace(result, run=run)
    rows: list[dict[str, Any]] = []
    for number, case in enumerate(result.cases, 1):
        place = folder.case_folder(number, case.case.name)
        place.mkdir(parents=True)
        write_file(place / CASE_FILE, documents[case.case.id])
        write_case(case, place)
        rows.append(_row(case, place))
    style: Any = context.project.junit_inconclusive
    sections = tuple(context.catalogue.sections.values())
    write_run(result, folder.path, junit_inconclusive=style, sections=sections)
    folder.note(
        verdict=result.outcome.value,
        interrupted=result.interrupted,
        end=now().isoformat(),
        identity=result.identity,
        reported_start=result.started,
        cases=rows,
        notes=list(result.notes),
        recheck_of={"run": facts["run"], "folder": old.name},
    )
    write_sums(folder.path)
    return folder.path


def _row(case: "CaseResult", place: Path) -> dict[str, Any]:
    return {
        "id": case.case.id,
        "folder": place.name,
        "verdict": case.outcome.value,
        "seed": case.case.seed,
        "blocked_by": case.blocked_by,
    }
