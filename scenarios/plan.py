"""What would run: the cases of many files, what is left out and why, what can never pass, and what it all needs."""

import fnmatch
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from scenarios.case import Case, Keep
from scenarios.catalogue import Catalogue
from scenarios.estimate import bytes_needed, duration_s
from scenarios.feasibility import PoolSizes, pool_sizes, warn
from scenarios.item import Item
from scenarios.load import LoadedFile, LoadOptions, load_file
from scenarios.places import SUFFIXES, named_files
from scenarios.problems import Problems, nearest
from scenarios.text import Table
from sim.errors import CollectedScenarioError, ScenarioError


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What the command line and the bench ask of a plan.

    Attributes:
        device: device in place of every scenario's, or the image or library of a firmware, or "".
        bench_device: device that the bench file names, for scenarios that take any, or "".
        bench: name of the bench, for messages.
        bench_roles: roles that the bench fulfils; None where no bench is asked.
        why_not: what else of the bench stands in the way of a case, or ""; None where nothing can.
        seed: seed in place of every scenario's, or None.
        keep: how much of the waveform is kept, in place of every scenario's, or None.
        default_keep: the same where a scenario says nothing.
        name_filter: `-k`: only cases whose id or title holds this text, in any case; "" for all.
        item: `--item`: the specimen under test, also of a `case.yaml`, or None.
        default_item: the project's, for scenarios, or None.
        leave_out_misfits: True where a scenario that this device does not fit is left out instead of refused.
        board: that such a firmware runs on, or "".
        requirement_filter: `--req`: only checks that verify an id of this pattern (`SRS-*`); "" for all.
    """

    device: str = ""
    bench_device: str = ""
    bench: str = "virtual"
    bench_roles: frozenset[str] | None = None
    why_not: Callable[[Case], str] | None = None
    seed: int | None = None
    keep: Keep | None = None
    default_keep: Keep = "windows"
    name_filter: str = ""
    requirement_filter: str = ""
    item: Item | None = None
    default_item: Item | None = None
    leave_out_misfits: bool = False
    board: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A case or a check that will not run, and why."""

    case: str
    check: str
    reason: str


@dataclass(frozen=True, slots=True)
class Blocked:
    """A case that is NOT RUN from the start."""

    case: Case
    reason: str


@dataclass(frozen=True, slots=True)
class PlanWarning:
    """Something a reader should know before the run; `where` is file:line:column."""

    where: str
    case: str
    check: str
    text: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.where, self.case, self.check, self.text) if part)


@dataclass(frozen=True, slots=True)
class Plan:
    """The answer of `load_cases`.

    Attributes:
        cases: what runs, in order.
        blocked: what is NOT RUN because the bench lacks a role.
        left_out: checks that do not apply to the device, and cases and checks that the filters leave out.
        warnings: once a text and place, with the first case that it concerns.
        bytes_needed: on disk.
        simulated_s: estimated simulated time, s.
        unchecked_requirements: ids in `verifies` that no `requirements.csv` could be asked for.
    """

    cases: tuple[Case, ...]
    blocked: tuple[Blocked, ...]
    left_out: tuple[LeftOut, ...]
    warnings: tuple[PlanWarning, ...]
    bytes_needed: int
    simulated_s: float
    unchecked_requirements: tuple[str, ...]


def find_files(paths: Iterable[str | Path]) -> tuple[Path, ...]:
    """Files that `paths` mean: files, folders (searched through), or names and ids of the shipped library.

    Raises:
        ScenarioError: nothing is there, with the nearest name of the library.
    """
    problems = Problems()
    found: list[Path] = []
    for given in paths:
        with problems.gathered():
            found += _files_of(given)
    problems.raise_any()
    return tuple(dict.fromkeys(found))


def _files_of(given: str | Path) -> list[Path]:
    path = Path(given)
    if path.is_dir():
        return sorted(path.rglob(f"*{SUFFIXES['library']}"))
    if path.is_file():
        return [path]
    library = named_files("library")
    name = str(given)
    if name in library:
        return [library[name]]
    ids = library_ids()
    if name in ids:
        return [ids[name]]
    if path.suffix or len(path.parts) > 1:
        raise ScenarioError(name, "no such file or folder", "check the path")
    raise ScenarioError(name, "no such file, folder or library scenario", nearest(name, {**library, **ids}))


def library_ids() -> dict[str, Path]:
    """Scenario id -> file of the shipped library, read from the line ``id: ...``."""
    ids: dict[str, Path] = {}
    for path in named_files("library").values():
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("id:"):
                ids[line.removeprefix("id:").strip()] = path
                break
    return ids


def load_cases(paths: Iterable[str | Path], catalogue: Catalogue, options: PlanOptions | None = None) -> Plan:
    """Read, expand and check every scenario; nothing runs.

    Args:
        paths: files, folders, or names and ids of the library.
        catalogue: every name that may be used.
        options: what is asked beside the files.

    Raises:
        ScenarioError: any problem in any file, all of them together.
    """
    options = options or PlanOptions()
    problems = Problems()
    files: list[LoadedFile] = []
    asked = LoadOptions(
        options.device,
        options.bench_device,
        options.seed,
        options.keep,
        options.default_keep,
        options.item,
        options.default_item,
        options.board,
    )
    misfits: list[LeftOut] = []
    for path in find_files(paths):
        with problems.gathered():
            try:
                files.append(load_file(path, catalogue, asked))
            except ScenarioError as error:
                if not options.leave_out_misfits:
                    raise
                misfits.append(
                    LeftOut(path.name.removesuffix(SUFFIXES["library"]), "", f"does not fit: {_told(error)}")
                )
    _refuse_twins(files, problems)
    problems.raise_any()
    return _planned(files, catalogue, options, misfits)


def _told(error: ScenarioError) -> str:
    """The first problem of an error, without its place."""
    first = error.errors[0] if isinstance(error, CollectedScenarioError) else error
    return first.problem


def _refuse_twins(files: list[LoadedFile], problems: Problems) -> None:
    """Two cases of one id would share a folder and a line in every report."""
    seen: dict[str, Path] = {}
    for file in files:
        for case in file.cases:
            if case.id in seen:
                problem = f"the case id `{case.id}` is taken by {seen[case.id]}"
                problems.add(_place(file.tables[case.id], "id"), problem, "give one of the two scenarios another `id:`")
                break
            seen[case.id] = file.path


def _place(table: Table, key: str) -> str:
    return str(table.keys[key].where if key in table.keys else table.where)


def _planned(
    files: list[LoadedFile], catalogue: Catalogue, options: PlanOptions, misfits: Iterable[LeftOut] = ()
) -> Plan:
    cases: list[Case] = []
    blocked: list[Blocked] = []
    left_out: list[LeftOut] = [*misfits]
    warnings: dict[tuple[str, str], PlanWarning] = {}
    number = 0
    for file in files:
        sizes = pool_sizes(file.cases, catalogue.measures)
        for loaded in file.cases:
            case = _selected(loaded, options, left_out)
            if case is None:
                continue
            number += 1
            case = case if file.is_case else replace(case, number=number)
            reason = _missing_roles(case, options) or _in_the_way(case, options)
            if reason:
                blocked.append(Blocked(case, reason))
                continue
            cases.append(case)
            for warning in _warnings(case, file.tables[case.id], catalogue, sizes):
                warnings.setdefault((warning.where, warning.text), warning)
    return Plan(
        cases=tuple(cases),
        blocked=tuple(blocked),
        left_out=tuple(left_out),
        warnings=tuple(warnings.values()),
        bytes_needed=sum(bytes_needed(case) for case in cases),
        simulated_s=sum(duration_s(case) for case in cases),
        unchecked_requirements=tuple(dict.fromkeys(name for file in files for name in file.unchecked_requirements)),
    )


def _selected(case: Case, options: PlanOptions, left_out: list[LeftOut]) -> Case | None:
    """The case with the checks that are asked for, or None; what goes is noted."""
    wanted = options.name_filter.lower()
    if wanted and wanted not in case.id.lower() and wanted not in case.title.lower():
        left_out.append(LeftOut(case.id, "", f"not selected by -k {options.name_filter}"))
        return None
    left_out += [LeftOut(case.id, check, reason) for check, reason in case.not_applicable]
    pattern = options.requirement_filter
    kept = tuple(check for check in case.checks if not pattern or _verifies(check.verifies, pattern))
    left_out += [LeftOut(case.id, check.id, f"verifies no {pattern}") for check in case.checks if check not in kept]
    if not kept:
        left_out.append(LeftOut(case.id, "", "no check is left"))
        return None
    return replace(case, checks=kept)


def _verifies(ids: tuple[str, ...], pattern: str) -> bool:
    return any(fnmatch.fnmatchcase(each, pattern) for each in ids)


def _missing_roles(case: Case, options: PlanOptions) -> str:
    if options.bench_roles is None:
        return ""
    missing = [role for role in case.requires if role not in options.bench_roles]
    if not missing:
        return ""
    return f"bench `{options.bench}` has no terminal for {', '.join(missing)}"


def _in_the_way(case: Case, options: PlanOptions) -> str:
    reason = options.why_not(case) if options.why_not is not None else ""
    return f"bench `{options.bench}`: {reason}" if reason else ""


def _warnings(case: Case, table: Table, catalogue: Catalogue, sizes: PoolSizes) -> list[PlanWarning]:
    checks = table.values["checks"]
    found: list[PlanWarning] = []
    for warned in warn(case, catalogue.measures, sizes):
        if warned.check and isinstance(checks, Table):
            where = str(checks.keys[warned.check].where)
        else:
            where = _place(table, "walk")
        found.append(PlanWarning(where, case.id, warned.check, warned.text))
    return found
