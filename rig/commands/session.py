"""A run from its paths to its exit code: plan, run, judge, write. `run`, `demo`, pytest and Python share it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from rig.attempts import ATTEMPTS, attempt_facts, attempts_of
from rig.bench import stamp_of
from rig.commands.case_facts import case_facts
from rig.commands.exits import CrashError, Exit, exit_of, write_crash
from rig.commands.firmware_options import ask_of_firmware
from rig.commands.interrupts import StopRequest, StopSwitch, stop_on_signals
from rig.commands.one_case import run_one, write_unstarted
from rig.commands.progress import Progress, Silent
from rig.commands.request import Request
from rig.lateness import Paced
from rig.run_folder import (
    INCOMPLETE,
    RunFolder,
    check_space,
    content_id,
    folder_label,
    make_run_folder,
    now,
    reported_start,
    stimrig_version,
)
from scenarios.catalogue import Catalogue
from sim.errors import NothingSelectedError, RigError, ScenarioError

if TYPE_CHECKING:
    from reports.verdict import CaseResult, RunResult
    from rig.bench import Bench
    from scenarios.plan import Plan
    from scenarios.settings_file import ProjectSettings


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A run that could begin.

    Attributes:
        request: what was asked.
        project: what `stimrig.toml` says.
        catalogue: names.
        plan: cases, and what was dropped.
        bench: not yet opened.
        bench_file: its description.
    """

    request: Request
    project: "ProjectSettings"
    catalogue: Catalogue
    plan: "Plan"
    bench: "Bench"
    bench_file: Path

    @property
    def bench_name(self) -> str:
        """Name of the bench, from its file, and its profile."""
        return self.bench_file.name.removesuffix(".bench.yaml") + self.bench_profile

    @property
    def bench_profile(self) -> str:
        """`@sim` of `--bench mine@sim`, or ""."""
        from rig.benches import split_profile

        profile = split_profile(self.request.bench or self.project.bench)[1]
        return f"@{profile}" if profile else ""

    @property
    def out(self) -> Path:
        """Folder of the run folders."""
        return self.request.out or self.project.runs or Path("runs")


@dataclass(frozen=True, slots=True, eq=False)
class Finished:
    """A run that ended.

    Attributes:
        folder: the run folder.
        result: what was shown.
        code: exit code.
    """

    folder: Path
    result: "RunResult"
    code: Exit


@dataclass(slots=True)
class _Running:
    """What a run has gathered so far."""

    results: dict[int, "CaseResult"] = field(default_factory=dict[int, "CaseResult"])
    wall_s: dict[int, float] = field(default_factory=dict[int, float])
    lateness: dict[int, dict[str, Any]] = field(default_factory=dict[int, dict[str, Any]])
    selftest: dict[str, Any] = field(default_factory=dict[str, Any])


def prepare(request: Request) -> Prepared:
    """Read everything and refuse what cannot be run; nothing is opened and no file is written.

    Raises:
        ScenarioError: a file, name, unit or option that cannot be used.
    """
    from rig.benches import bench_file, open_bench
    from rig.commands.options import device_of
    from rig.firmware.plant.readiness import refuse_unready
    from scenarios.item_file import read_item_file
    from scenarios.plan import PlanOptions, load_cases
    from scenarios.plugins import assemble_catalogue
    from scenarios.profiles import telling_unjudged
    from scenarios.settings_file import read_settings

    project = read_settings(Path.cwd())
    catalogue = assemble_catalogue(project.plugins)
    beside = (project.folder,) if project.folder else ()
    name = request.bench or project.bench or "virtual"
    bench = open_bench(name, catalogue, beside)
    ask_of_firmware(bench, request.firmware)
    capabilities = bench.describe()
    options = PlanOptions(
        device=device_of(request.device),
        board=request.board,
        bench_device=capabilities.device or project.device,
        bench=name,
        bench_roles=capabilities.roles,
        why_not=capabilities.why_not,
        seed=request.seed,
        keep=request.keep,
        default_keep="full" if capabilities.hardware == "bench" else "windows",
        name_filter=request.select,
        item=read_item_file(request.item) if request.item is not None else None,
        default_item=read_item_file(project.item) if project.item is not None else None,
        leave_out_misfits=bool(request.profile and request.device),
    )
    paths = _of_profile(request, project) if request.profile else request.paths or own_scenarios(project)
    plan = telling_unjudged(load_cases(paths, catalogue, options), request.profile, (project.folder or Path(),))
    refuse_unready(plan.cases)
    return Prepared(request, project, catalogue, plan, bench, bench_file(name, beside))


def _of_profile(request: Request, project: "ProjectSettings") -> tuple[Path, ...]:
    from scenarios.profiles import carrying

    if request.paths:
        raise ScenarioError("--profile", f"a path is named too: {request.paths[0]}", "drop one of the two")
    return carrying(request.profile, (project.folder or Path(),))


def own_scenarios(project: "ProjectSettings") -> tuple[Path, ...]:
    """The `scenarios` folder beside `stimrig.toml` or here.

    Raises:
        ScenarioError: there is none.
    """
    folder = (project.folder or Path()) / "scenarios"
    if not folder.is_dir():
        raise ScenarioError(
            "PATH", "no scenario named, and there is no folder scenarios/ here", "see `stimrig list scenarios`"
        )
    return (folder,)


def refuse_nothing(prepared: Prepared) -> None:
    """Refuse a plan that runs nothing.

    Raises:
        NothingSelectedError: no case is left.
    """
    plan, text = prepared.plan, prepared.request.select
    if not plan.cases and not plan.blocked:
        reasons = sorted({left.reason for left in plan.left_out})
        told = f"-k {text} selects nothing" if text else "; ".join(reasons) or "there is no scenario"
        raise NothingSelectedError(f"{told}; see `stimrig plan` and `stimrig list scenarios`")


def execute(
    prepared: Prepared,
    progress: Progress | None = None,
    told: Callable[["CaseResult", float], None] | None = None,
) -> Finished:
    """Run what was prepared.

    Args:
        prepared: from `prepare`.
        progress: hears how far each case is.
        told: hears each case's result and its wall time, s.

    Raises:
        NothingSelectedError: no case is left; no folder was made.
        ScenarioError: the run does not fit the disk, or the run folder cannot be made; nothing ran.
        RecordError: the run folder cannot be written any more; `run.json` stays incomplete.
        CrashError: stimrig itself failed; `run.json` stays incomplete.
    """
    from rig.commands.self_check import failure_of, quick_selftest
    from scenarios.case_document import case_document

    refuse_nothing(prepared)
    plan = prepared.plan
    cases = (*plan.cases, *(blocked.case for blocked in plan.blocked))
    started = reported_start(now())
    check_space(prepared.out, plan.bytes_needed)
    documents = [case_document(case) for case in cases]
    attempts = attempt_facts(prepared.out, cases, partial(stamp_of, prepared.bench.describe()))
    run = content_id(documents, [prepared.bench_file.read_bytes() + prepared.bench_profile.encode()])
    folder = make_run_folder(
        prepared.out,
        folder_label(case.scenario_id for case in cases),
        {
            "run": run,
            "seed": prepared.request.seed if prepared.request.seed is not None else {c.id: c.seed for c in cases},
            "bench": {
                "name": prepared.bench_name,
                "file": str(prepared.bench_file),
                "hardware": prepared.bench.describe().hardware,
            },
            "cases": [{"id": case.id, "verdict": INCOMPLETE} for case in cases],
            ATTEMPTS: attempts,
        },
    )
    running = _Running()
    try:
        with stop_on_signals() as switch:
            running.selftest = quick_selftest(prepared.bench, prepared.bench_name, prepared.bench_file)
            folder.note(selftest=running.selftest)
            broken = failure_of(running.selftest)
            interrupted = not broken and _run_all(prepared, folder, running, progress or Silent(), told, switch)
            if not interrupted:
                _write_unbegun(prepared, folder, running, told, broken)
            result = _result(prepared, running, run, started, interrupted=interrupted)
            result = replace(result, attempts=attempts_of(folder.facts))
            _finish(prepared, folder, result, running)
    except (RigError, CrashError):
        raise
    except Exception as error:
        raise write_crash(error, folder.path) from error
    return Finished(folder.path, result, exit_of(str(result.outcome), interrupted=result.interrupted))


def _run_all(
    prepared: Prepared,
    folder: RunFolder,
    running: _Running,
    progress: Progress,
    told: Callable[["CaseResult", float], None] | None,
    switch: StopSwitch,
) -> bool:
    """Run every case; True where the run was interrupted."""
    cases = prepared.plan.cases

    def done(number: int, result: "CaseResult", wall_s: float) -> None:
        running.results[number], running.wall_s[number] = result, wall_s
        progress.end(number)
        if told is not None:
            told(result, wall_s)

    if prepared.request.jobs > 1 and len(cases) > 1:
        from rig.commands.workers import run_side_by_side

        return run_side_by_side(prepared, cases, folder, progress, done, switch)
    try:
        for number, case in enumerate(cases, 1):
            progress.begin(number, case.id)
            observer = StopRequest(partial(progress.at, number), lambda: switch.is_set)
            place = folder.case_folder(number, case.name)
            with switch.inside_case():
                result, wall_s = run_one(case, prepared.bench, place, prepared.catalogue, [observer])
            if isinstance(prepared.bench, Paced) and (late := prepared.bench.lateness()) is not None:
                running.lateness[number] = asdict(late)
            done(number, result, wall_s)
            if switch.is_set:
                return True
    except KeyboardInterrupt:
        prepared.bench.safe_state()
        prepared.bench.close()
        return True
    return False


def _write_unbegun(
    prepared: Prepared,
    folder: RunFolder,
    running: _Running,
    told: Callable[["CaseResult", float], None] | None,
    broken: str,
) -> None:
    """Cases that never begin, each with a folder of its own.

    What the bench cannot run is NOT RUN; where the rig itself is `broken`, the others are ERROR.
    """
    from reports.judge import blocked_case
    from reports.verdict import Outcome

    capabilities, plan = prepared.bench.describe(), prepared.plan
    unbegun = [(case, broken, Outcome.ERROR) for case in plan.cases]
    unbegun += [(blocked.case, blocked.reason, Outcome.NOT_RUN) for blocked in plan.blocked]
    for number, (case, reason, outcome) in enumerate(unbegun, 1):
        if number <= len(plan.cases) and not broken:
            continue
        result = blocked_case(case, stamp_of(capabilities, case), reason, outcome)
        write_unstarted(result, folder.case_folder(number, case.name))
        running.results[number], running.wall_s[number] = result, 0.0
        if told is not None:
            told(result, 0.0)


def _result(prepared: Prepared, running: _Running, run: str, started: str, *, interrupted: bool) -> "RunResult":
    from reports.pooling import judge_pools, with_pools
    from reports.verdict import RunResult, worst

    own = tuple(running.results[number] for number in sorted(running.results))
    pools = judge_pools(own, prepared.catalogue)
    results = with_pools(own, pools)
    return RunResult(
        run=run,
        outcome=worst([result.outcome for result in results] + [pool.verdict.outcome for pool in pools]),
        cases=results,
        started=started,
        version=stimrig_version(),
        bench=prepared.bench_name,
        identity=dict(prepared.bench.identity()),
        interrupted=interrupted,
        unchecked_requirements=len(prepared.plan.unchecked_requirements),
        notes=_notes(prepared.plan),
        pools=pools,
        selftest=running.selftest,
    )


def _notes(plan: "Plan") -> tuple[str, ...]:
    # the folder of a file is no fact about the run: another checkout must print the same report
    warned = (
        ": ".join(part for part in (PurePath(w.where).name, w.case, w.check, w.text) if part) for w in plan.warnings
    )
    profiles = {case.id: case.profile for case in (*plan.cases, *(each.case for each in plan.blocked)) if case.profile}
    dropped = (
        f"{left.case}: {left.check}: {left.reason}"
        for left in plan.left_out
        if left.check and left.case not in profiles
    )
    counted = Counter(left.case for left in plan.left_out if left.check and left.case in profiles)
    left = (f"{case}: {n} limits of the profile {profiles[case]} do not apply here" for case, n in counted.items())
    return (*warned, *dropped, *left)


def _finish(prepared: Prepared, folder: RunFolder, result: "RunResult", running: _Running) -> None:
    from reports.writers import write_run, write_sums

    sections = tuple(prepared.catalogue.sections.values())
    style: Any = prepared.project.junit_inconclusive
    write_run(result, folder.path, junit_inconclusive=style, sections=sections)
    numbers = sorted(running.results)
    facts: list[dict[str, Any]] = [
        case_facts(running.results[number], running.wall_s[number], folder, number)
        | ({"lateness": running.lateness[number]} if number in running.lateness else {})
        for number in numbers
    ]
    folder.note(
        verdict=INCOMPLETE if result.interrupted else str(result.outcome),
        interrupted=result.interrupted,
        exit_code=int(exit_of(str(result.outcome), interrupted=result.interrupted)),
        end=now().isoformat(),
        identity=result.identity,
        reported_start=result.started,
        cases=facts,
        notes=list(result.notes),
        unchecked_requirements=result.unchecked_requirements,
    )
    write_sums(folder.path)
