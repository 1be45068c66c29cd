"""`stimrig trace`: the requirement matrix over many runs, and what it lacks."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rig.commands.console import note, say, say_json, table

if TYPE_CHECKING:
    from reports.trace.matrix import PlannedCheck, TraceMatrix
    from reports.trace.standing import RunVerdicts, Standing
    from rig.commands.context import Context
    from scenarios.case import Requirement


def trace(
    runs: Annotated[
        list[str] | None,
        typer.Argument(metavar="[RUN]...", help="Runs whose verdicts count; default: the newest of each case in runs/"),
    ] = None,
    requirements: Annotated[
        Path | None,
        typer.Option(
            "--requirements",
            metavar="PATH",
            help="CSV, StrictDoc .sdoc, sphinx-needs needs.json, ReqIF, or a Doorstop folder; default: the project's.",
        ),
    ] = None,
    scenarios: Annotated[
        list[Path] | None, typer.Option("--scenarios", metavar="PATH", help="Default: scenarios/")
    ] = None,
    fail_on_gap: Annotated[
        bool, typer.Option("--fail-on-gap", help="Exit 1 where a requirement is open or an id unknown.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write trace.html, trace.csv and trace.json there.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> int:
    """Hold requirements against checks and verdicts; orphans of both sides are listed."""
    from reports.trace.matrix import trace_matrix
    from reports.trace.pages import trace_document
    from reports.trace.standing import standing
    from rig.commands.context import here
    from rig.commands.exits import Exit

    context = here()
    asked = _requirements(requirements, scenarios or [], context)
    planned = _planned(scenarios or [], context)
    stands = standing(_verdicts(runs or [], context))
    matrix = trace_matrix(asked, planned, stands.evidence)
    if out is not None:
        _write(matrix, stands, out)
    if as_json:
        say_json(trace_document(matrix, stands))
    else:
        _tell(matrix, stands)
    return Exit.FAILED if fail_on_gap and matrix.gaps else Exit.PASSED


def _requirements(path: Path | None, scenarios: Sequence[Path], context: "Context") -> dict[str, "Requirement"]:
    from scenarios.requirements import FORMATS, read_requirements
    from sim.errors import ScenarioError

    near = [(place if place.is_dir() else place.parent) / "requirements.csv" for place in scenarios]
    near += [(context.project.folder or Path()) / name for name in ("requirements.csv", "scenarios/requirements.csv")]
    chosen = path or context.project.requirements or next((file for file in near if file.is_file()), None)
    if chosen is None:
        mend = f"give --requirements, or name them in stimrig.toml: {FORMATS}"
        raise ScenarioError("--requirements", "there are no requirements here", mend)
    return read_requirements(chosen)


def _planned(paths: Sequence[Path], context: "Context") -> tuple["PlannedCheck", ...]:
    from reports.trace.matrix import PlannedCheck
    from rig.commands.session import own_scenarios
    from scenarios.plan import PlanOptions, load_cases

    plan = load_cases(
        paths or own_scenarios(context.project), context.catalogue, PlanOptions(bench_device=context.project.device)
    )
    found: dict[tuple[str, str], PlannedCheck] = {}
    for case in (*plan.cases, *(blocked.case for blocked in plan.blocked)):
        for check in case.checks:
            place = f"{check.file}:{check.line}"
            found.setdefault(
                (case.scenario_id, check.id),
                PlannedCheck(case.scenario_id, check.id, check.verifies, place, bool(case.device.defects)),
            )
    return tuple(found.values())


def _verdicts(names: Sequence[str], context: "Context") -> list["RunVerdicts"]:
    """The verdicts of runs; those that were changed after their run are told and left out."""
    from reports.trace.standing import RunVerdicts
    from reports.writers.sums import changed_since
    from rig.attempts import ATTEMPTS
    from rig.commands.show import read_verdicts
    from rig.run_folder import INCOMPLETE, find_run, read_run, runs_in

    found: list[RunVerdicts] = []
    for folder in [find_run(name, context.runs) for name in names] or runs_in(context.runs):
        facts, document = read_run(folder), read_verdicts(folder)
        complete = facts["verdict"] != INCOMPLETE
        if document is None:
            stamps = {row["under_test"]["case"]: row["under_test"]["hardware"] for row in facts.get(ATTEMPTS, [])}
            of_bench = facts["bench"]["hardware"]
            cases = [{"id": c["id"], "hardware": stamps.get(c["id"], of_bench)} for c in facts.get("cases", [])]
            document, complete = {"cases": cases}, False
        elif complete and "verdicts.json" in (changed_since(folder) or ()):
            note(f"warning: {folder}: verdicts.json was changed after the run; it counts for nothing")
            continue
        found.append(RunVerdicts(folder.name, complete, document))
    return found


def _write(matrix: "TraceMatrix", stands: "Standing", out: Path) -> None:
    from reports.trace.pages import trace_csv, trace_document, trace_page
    from reports.writers.files import put_text
    from reports.writers.html import html_text
    from rig.run_folder import now, reported_start, stimrig_version

    text = json.dumps(trace_document(matrix, stands), indent=1, ensure_ascii=False) + "\n"
    facts = {
        "run": hashlib.sha256(text.encode()).hexdigest()[:16],
        "started": reported_start(now()),
        "version": stimrig_version(),
    }
    put_text(out / "trace.json", text)
    put_text(out / "trace.csv", trace_csv(matrix))
    say(str(put_text(out / "trace.html", html_text(trace_page(matrix, stands, facts)))))


def _tell(matrix: "TraceMatrix", stands: "Standing") -> None:
    from reports.evidence import LEVELS

    levels = [level for level in LEVELS if any(level in row.by_level for row in matrix.rows)] or [LEVELS[0]]
    rows: list[tuple[str, ...]] = []
    for row in matrix.rows:
        cells = [f"{row.by_level[x].value} ({row.counts[x]})" if x in row.by_level else "–" for x in levels]
        state = ("closed: " if row.state.closed else "OPEN: ") + row.state.reason
        rows.append((row.state.requirement.id, row.state.requirement.min_evidence or "–", *cells, state))
    for line in table(rows, ("requirement", "asks for", *levels, "state")):
        say(line)
    for title, words in (
        ("requirement without a check", [row.state.requirement.id for row in matrix.unplanned]),
        ("check without a requirement", [f"{c.scenario}: {c.check} ({c.place})" for c in matrix.idle]),
        ("unknown id", [f"{name}: {', '.join(who)}" for name, who in matrix.unknown.items()]),
    ):
        for word in words:
            say(f"{title}: {word}")
    again = {key: words for key, words in stands.attempts.items() if len(words) > 1}
    for (case, hardware), words in sorted(again.items()):
        say(f"tried {len(words)} times: {case} on {hardware}: {', '.join(words)}")
    closed = sum(row.state.closed for row in matrix.rows)
    say(f"{closed} of {len(matrix.rows)} requirements closed, {len(matrix.gaps)} gaps")
