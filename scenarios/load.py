"""From a file to its cases: one scenario, its matrix, its repeats; or one `case.yaml`."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scenarios.build import CaseLabel, Origin, Surroundings, as_repeat, build_case
from scenarios.case import Case, Keep, Requirement
from scenarios.catalogue import Catalogue
from scenarios.fields import Key, as_table, as_text, integer, read_keys
from scenarios.item import Item
from scenarios.item_file import read_item
from scenarios.limit_expand import Expanded, expand_limits, refers
from scenarios.limit_set import LimitSets, read_limit_sets
from scenarios.matrix import Variant, case_id, expand, written_out
from scenarios.pools import pool_id, with_pools
from scenarios.problems import Problems
from scenarios.requirements import read_requirements
from scenarios.schema import CASE_SCHEMA, MAX_SEED, Scenario, read_scenario, schema_of
from scenarios.settings_file import ProjectSettings, read_settings
from scenarios.text import Listing, Table, plain, read_document
from sim.errors import ScenarioError
from sim.streams import case_seed


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """What the command line and the bench say about every scenario.

    Attributes:
        device: device that takes the place of the scenario's, or "".
        bench_device: device that the bench file names, for scenarios that take any, or "".
        seed: seed in place of the scenario's, or None.
        keep: how much of the waveform is kept, in place of the scenario's, or None.
        default_keep: the same where the scenario says nothing: `windows`, on hardware `full`.
        item: the specimen under test, in place of what a `case.yaml` says, or None.
        default_item: the same where a scenario is read; a `case.yaml` keeps to what it says.
        board: that a firmware named as `device` runs on, or "".
    """

    device: str = ""
    bench_device: str = ""
    seed: int | None = None
    keep: Keep | None = None
    default_keep: Keep = "windows"
    item: Item | None = None
    default_item: Item | None = None
    board: str = ""


@dataclass(frozen=True, slots=True)
class LoadedFile:
    """The cases of one file.

    Attributes:
        path: the file.
        scenario_id: id of its scenario.
        cases: concrete cases; numbers run from 1 in a scenario and are kept in a `case.yaml`.
        tables: case id -> the tree it was built from, with places, for warnings.
        unchecked_requirements: ids that no `requirements.csv` could be asked for.
        is_case: True for a `case.yaml`.
    """

    path: Path
    scenario_id: str
    cases: tuple[Case, ...]
    tables: dict[str, Table]
    unchecked_requirements: tuple[str, ...]
    is_case: bool


def load_file(path: Path, catalogue: Catalogue, options: LoadOptions | None = None) -> LoadedFile:
    """Read a `*.scenario.yaml` or a `case.yaml`.

    Raises:
        ScenarioError: with file:line:column; several problems are told together.
    """
    options = options or LoadOptions()
    table = read_document(path)
    project = read_settings(path.resolve().parent)
    schema = schema_of(table)
    problems = Problems()
    if schema == CASE_SCHEMA:
        loaded = _load_case(path, table, catalogue, options, project, problems)
    else:
        loaded = _load_scenario(path, table, catalogue, options, project, problems)
    problems.raise_any()
    assert loaded is not None
    return loaded


def shown_file(path: Path, project: ProjectSettings) -> str:
    """A file as verdicts name it: relative to the folder of the nearest `stimrig.toml`, else the bare name."""
    if project.folder is not None and path.resolve().is_relative_to(project.folder.resolve()):
        return path.resolve().relative_to(project.folder.resolve()).as_posix()
    return path.name


def _beside(path: Path, project: ProjectSettings) -> tuple[Path, ...]:
    folders = [path.resolve().parent]
    if project.folder is not None and project.folder.resolve() not in folders:
        folders.append(project.folder.resolve())
    return tuple(folders)


def project_folder() -> Path:
    """The folder of the project that a command stands in: that of the nearest `stimrig.toml`, else the current one."""
    return read_settings(Path.cwd()).folder or Path.cwd()


def _requirement_rows(path: Path, project: ProjectSettings) -> dict[str, Requirement] | None:
    if project.requirements is not None:
        return read_requirements(project.requirements)
    near = path.resolve().parent / "requirements.csv"
    return read_requirements(near) if near.is_file() else None


def _surroundings(
    path: Path, catalogue: Catalogue, options: LoadOptions, project: ProjectSettings, origin: Origin
) -> Surroundings:
    return Surroundings(
        catalogue=catalogue,
        beside=_beside(path, project),
        device=options.device,
        board=options.board,
        fallback_device=options.bench_device or project.device,
        requirements=None,
        origin=origin,
    )


def _with_options(scenario: Scenario, options: LoadOptions) -> Scenario:
    keep = options.keep or (scenario.capture.keep if scenario.keep_given else options.default_keep)
    seed = scenario.seed if options.seed is None else options.seed
    return replace(scenario, seed=seed, capture=replace(scenario.capture, keep=keep))


def _load_scenario(
    path: Path, table: Table, catalogue: Catalogue, options: LoadOptions, project: ProjectSettings, problems: Problems
) -> LoadedFile | None:
    rows: dict[str, Requirement] | None = None
    with problems.gathered():
        rows = _requirement_rows(path, project)
    around = _surroundings(path, catalogue, options, project, Origin(shown_file(path, project), {}, {}))
    around = replace(around, requirements=rows, item=options.item or options.default_item)
    _refuse_two_devices(table, options, problems)
    cases: list[Case] = []
    tables: dict[str, Table] = {}
    variants = expand(table, problems)
    sets = read_limit_sets((*around.beside, project_folder())) if refers(table) else {}
    if "matrix" in table.values:
        whole = _expanded(written_out(table, variants), sets, problems)
        if whole is not None:
            read_scenario(whole.table, problems)
    for variant in variants:
        if problems.full:
            break
        expanded = _expanded(variant.table, sets, problems)
        if expanded is None:
            continue
        scenario = read_scenario(expanded.table, problems)
        if scenario is None:
            continue
        around = replace(around, expanded=expanded)
        scenario = _with_options(scenario, options)
        first = build_case(scenario, _label(scenario, variant, 0, len(cases) + 1), around, problems)
        if first is None:
            continue
        for repeat in variant.repeats:
            label = _label(scenario, variant, repeat, len(cases) + 1)
            with problems.gathered():
                case = as_repeat(first, label, scenario, around)
                cases.append(with_pools(case, _pools(scenario, variant, repeat)))
            tables[label.id] = expanded.table
    if not cases:
        return None
    return LoadedFile(path, cases[0].scenario_id, tuple(cases), tables, _unchecked(cases, rows), is_case=False)


def _refuse_two_devices(table: Table, options: LoadOptions, problems: Problems) -> None:
    matrix = table.values.get("matrix")
    if options.device and isinstance(matrix, Table) and "device" in matrix.values:
        problems.add(matrix.keys["device"].where, "the matrix chooses the device, and so does --device", "drop one")


def _expanded(table: Table, sets: LimitSets, problems: Problems) -> Expanded | None:
    """The scenario with what it takes from limit sets written out; None where that is not possible."""
    if not sets:
        return Expanded(table)
    inner = Problems()
    expanded = expand_limits(table, sets, inner)
    with problems.gathered():
        inner.raise_any()
    return None if inner else expanded


def _label(scenario: Scenario, variant: Variant, repeat: int, number: int) -> CaseLabel:
    seed = case_seed(scenario.seed, repeat, variant.canonical)
    return CaseLabel(case_id(scenario.id, variant, repeat), number, seed, variant.axes)


def _pools(scenario: Scenario, variant: Variant, repeat: int) -> dict[str, str]:
    """Check -> id of its pool, of one case."""
    number = repeat if variant.numbered else None
    return {check: pool_id(scenario.id, variant.axes, number, axes) for check, axes in variant.pools.items()}


def _unchecked(cases: list[Case], rows: dict[str, Requirement] | None) -> tuple[str, ...]:
    if rows is not None:
        return ()
    return tuple(dict.fromkeys(name for case in cases for check in case.checks for name in check.verifies))


def _load_case(
    path: Path, table: Table, catalogue: Catalogue, options: LoadOptions, project: ProjectSettings, problems: Problems
) -> LoadedFile | None:
    scenario = read_scenario(table, problems)
    header = _read_header(table, problems)
    if scenario is None or header is None:
        return None
    label, origin, pools = header
    if options.seed is not None:
        label = replace(label, seed=options.seed)
    around = _surroundings(path, catalogue, options, project, origin)
    rows: dict[str, Requirement] | None = None
    with problems.gathered():
        rows = _inlined_rows(table)
    around = replace(around, requirements=rows, item=options.item)
    if options.item is None and "item" in table.values:
        with problems.gathered():
            around = replace(around, item=read_item(table.values["item"]))
    case = build_case(_with_options(scenario, options), label, around, problems)
    if case is None:
        return None
    case = with_pools(case, pools)
    return LoadedFile(path, case.scenario_id, (case,), {case.id: table}, _unchecked([case], rows), is_case=True)


def _read_header(table: Table, problems: Problems) -> tuple[CaseLabel, Origin, dict[str, str]] | None:
    inner = Problems()
    origin_keys = {"file": Key(as_text, required=True), "lines": Key(_line_numbers), "events": Key(_line_numbers)}

    def read_origin(node: Any) -> Origin:
        deeper = Problems()
        found = read_keys(node, origin_keys, "`origin`", deeper)
        deeper.raise_any()
        return Origin(found["file"], found.get("lines", {}), found.get("events", {}))

    keys = {
        "id": Key(as_text, required=True),
        "number": Key(integer(1, 1_000_000, "number"), required=True),
        "seed": Key(integer(0, MAX_SEED, "seed"), required=True),
        "axes": Key(lambda node: plain(as_table(node, "`axes`"))),
        "pools": Key(lambda node: plain(as_table(node, "`pools`"))),
        "origin": Key(read_origin, required=True),
    }
    found = read_keys(table.values.get("case", table), keys, "`case`", inner)
    if inner:
        with problems.gathered():
            inner.raise_any()
        return None
    axes = tuple((str(axis), str(value)) for axis, value in found.get("axes", {}).items())
    pools = {str(check): str(pool) for check, pool in found.get("pools", {}).items()}
    return CaseLabel(found["id"], found["number"], found["seed"], axes), found["origin"], pools


def _line_numbers(node: Any) -> dict[str, int]:
    table = as_table(node, "lines")
    return {name: integer(0, 1 << 31, "line")(value) for name, value in table.values.items()}


def _inlined_rows(table: Table) -> dict[str, Requirement] | None:
    node = table.values.get("requirements")
    if node is None:
        return None
    if not isinstance(node, Listing):
        raise ScenarioError(str(node.where), "`requirements` is a list", "write `- {id: ...}`")
    rows: dict[str, Requirement] = {}
    for item in node.items:
        problems = Problems()
        keys = {name: Key(as_text, required=name == "id") for name in ("id", "title", "text", "risk", "min_evidence")}
        found = read_keys(item, keys, "a requirement", problems)
        problems.raise_any()
        rows[found["id"]] = Requirement(**found)
    return rows
