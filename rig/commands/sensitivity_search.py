"""The whole search: every scenario sound, then every defect on every scenario, then every event removed."""

import multiprocessing
import signal
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from rig.commands.sensitivity_trial import Trial, event_row, search_doses, sound, trial_of
from scenarios.case import Case
from scenarios.catalogue import Catalogue
from sim.errors import RigError

if TYPE_CHECKING:
    from reports.sensitivity.matrix import Ask, EventRow, Matrix, Sighting
    from reports.verdict import CaseResult
    from sim.stimulator.defect_spec import DefectSpec


@dataclass(frozen=True, slots=True)
class Search:
    """What is searched.

    Attributes:
        cases: one a scenario.
        specs: defects to try.
        bench_file: of the bench, with `@PROFILE` where one was chosen.
        plugins: files that add to the catalogue.
        ladder: False for the stated doses alone.
        events: False to leave the events alone.
        jobs: trials side by side.
    """

    cases: tuple[Case, ...]
    specs: "tuple[DefectSpec, ...]"
    bench_file: Path
    plugins: tuple[Path, ...] = ()
    ladder: bool = True
    events: bool = True
    jobs: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    """One thing to do on one case: find the doses of a defect, or take an event away."""

    case: int
    defect: "DefectSpec | None" = None
    event: str = ""


@dataclass(slots=True)
class _Desk:
    """What a process holds for all of its jobs."""

    search: Search
    tried: Trial
    sound: "dict[int, CaseResult]"


_desks: list[_Desk] = []


def _open_desk(search: Search) -> _Desk:
    from rig.benches import open_bench
    from scenarios.plugins import assemble_catalogue

    catalogue = assemble_catalogue(search.plugins)
    return _Desk(search, trial_of(open_bench(str(search.bench_file), catalogue), catalogue), {})


def _move_in(search: Search) -> None:
    for name in ("SIGINT", "SIGTERM"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    _desks.append(_open_desk(search))


def _sound(desk: _Desk, index: int) -> "CaseResult":
    if index not in desk.sound:
        desk.sound[index] = desk.tried(desk.search.cases[index])
    return desk.sound[index]


def _do(desk: _Desk, job: _Job, can_see: frozenset[str]) -> Any:
    """Sightings and tried doses of a defect, the row of an event, or the text of what went wrong."""
    case = desk.search.cases[job.case]
    try:
        if job.defect is not None:
            return search_doses(case, job.defect, can_see, desk.tried, ladder=desk.search.ladder)
        event = next(event for event in case.events if event.name == job.event)
        return event_row(case, event, _sound(desk, job.case), desk.tried)
    except RigError as error:
        return str(error)


def _do_at_home(job: _Job, can_see: frozenset[str]) -> Any:
    return _do(_desks[0], job, can_see)


def _results(search: Search, desk: _Desk, jobs: Sequence[tuple[_Job, frozenset[str]]]) -> Generator[tuple[_Job, Any]]:
    """(job, result) as they come."""
    if search.jobs == 1 or len(jobs) < 2:
        for job, can_see in jobs:
            yield job, _do(desk, job, can_see)
        return
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(min(search.jobs, len(jobs)), context, _move_in, (search,))
    try:
        futures = {pool.submit(_do_at_home, job, can_see): job for job, can_see in jobs}
        for future in as_completed(futures):
            yield futures[future], future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def chosen_specs(
    catalogue: Catalogue, model: str, names: Iterable[str] = (), family: str = ""
) -> "tuple[DefectSpec, ...]":
    """The defects of a model that have a stated dose; those of one channel alone only where they are named.

    Raises:
        KeyError: a name that the model does not know.
    """
    known = catalogue.models[model].defects
    wanted = tuple(names)
    if wanted:
        return tuple(known[name] for name in wanted)
    alone = {name for name in known if name[-2:-1] == "_" and name[-1].isdigit() and name[:-2] in known}
    return tuple(
        spec for name, spec in known.items() if spec.has_dose and name not in alone and family in {"", spec.family}
    )


def search_matrix(search: Search, told: Callable[[int, int, str], None]) -> "Matrix":
    """Run the search; what was found before an interruption is kept and marked.

    Args:
        search: what to do.
        told: hears (done, of, what) after each job.

    Raises:
        RigError: a scenario cannot be run with the sound device.
    """
    from reports.sensitivity.matrix import DefectRow, in_order

    desk = _open_desk(search)
    asks: list[Ask] = []
    sightings: dict[str, list[Sighting]] = {spec.name: [] for spec in search.specs}
    tried: dict[str, dict[str, tuple[float, ...]]] = {spec.name: {} for spec in search.specs}
    errors: dict[str, str] = {}
    events: list[EventRow] = []
    complete = True
    try:
        jobs = _jobs(search, desk, asks, told)
        for done, (job, result) in enumerate(_results(search, desk, jobs), 1):
            case = search.cases[job.case]
            what = job.defect.name if job.defect is not None else f"without {job.event}"
            told(done, len(jobs), f"{case.id}: {what}")
            if job.defect is None:
                if isinstance(result, str):
                    raise_event(case, job.event, result)
                events.append(result)
            elif isinstance(result, str):
                errors[job.defect.name] = f"{case.id}: {result}"
            else:
                sightings[job.defect.name].extend(result[0])
                tried[job.defect.name][case.id] = result[1]
    except KeyboardInterrupt:
        complete = False
    rows: list[DefectRow] = [
        DefectRow(spec, tuple(sorted(sightings[spec.name], key=_place)), tried[spec.name], errors.get(spec.name, ""))
        for spec in search.specs
        if complete or tried[spec.name]
    ]
    return in_order(tuple(asks), rows, sorted(events, key=lambda row: (row.scenario, row.event)), complete=complete)


def _place(sighting: "Sighting") -> tuple[str, str]:
    return sighting.scenario, sighting.check


def raise_event(case: Case, event: str, problem: str) -> NoReturn:
    """A case that cannot run without one of its events; always raises `BenchError`."""
    from sim.errors import BenchError

    raise BenchError("sensitivity", float("nan"), f"{case.id} without the event {event}: {problem}")


def _jobs(
    search: Search, desk: _Desk, asks: "list[Ask]", told: Callable[[int, int, str], None]
) -> list[tuple[_Job, frozenset[str]]]:
    """Run every case with the sound device, note what each check says, and list what is to be done."""
    from reports.sensitivity.matrix import Ask

    jobs: list[tuple[_Job, frozenset[str]]] = []
    for index, case in enumerate(search.cases):
        told(0, 0, f"{case.id}: sound device")
        result = _sound(desk, index)
        of_case = [Ask(case.id, verdict.check.id, str(verdict.outcome)) for verdict in result.verdicts]
        asks.extend(of_case)
        can_see = frozenset(ask.check for ask in of_case if ask.can_see)
        jobs += [(_Job(index, defect=spec), can_see) for spec in search.specs]
        if search.events:
            jobs += [(_Job(index, event=event.name), can_see) for event in case.events]
    return jobs


def first_cases(cases: Iterable[Case]) -> tuple[Case, ...]:
    """The first case of every scenario, with a sound device."""
    found: dict[str, Case] = {}
    for case in cases:
        found.setdefault(case.scenario_id, sound(case))
    return tuple(found.values())
