"""Fills the catalogue: built-in names and those of users come through the same doors.

The doors are the entry-point groups `stimrig.measures`, `.events`, `.devices`, `.benches`, `.sections`, `.controls` of
installed packages, and Python files named in `stimrig.toml` (``plugins = ["my_checks.py"]``). Either gives specs of
`scenarios.catalogue`: one, or a tuple of them.
"""

import importlib.util
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Final

from scenarios.catalogue import BenchSpec, Catalogue, ControlSpec, DeviceModelSpec, EventSpec, MeasureSpec, SectionSpec
from sim.errors import ScenarioError

_FIELDS: Final[dict[type[Any], str]] = {
    MeasureSpec: "measures",
    EventSpec: "events",
    DeviceModelSpec: "models",
    BenchSpec: "benches",
    SectionSpec: "sections",
    ControlSpec: "controls",
}
_GROUPS: Final = ("measures", "events", "devices", "benches", "sections", "controls")


@dataclass(frozen=True, slots=True)
class Found:
    """A spec, and where it came from."""

    spec: Any
    origin: str


def assemble_catalogue(plugins: Iterable[Path] = ()) -> Catalogue:
    """The catalogue of everything installed and of the plug-in files `plugins`.

    Raises:
        ScenarioError: a plug-in cannot be loaded, gives something that is no spec, or takes a name already taken.
    """
    found = [*_from_entry_points(), *(each for path in plugins for each in _from_file(path))]
    return catalogue_of(found)


def catalogue_of(found: Iterable[Found]) -> Catalogue:
    """A catalogue of specs with their origins.

    Raises:
        ScenarioError: two specs of one kind have the same name.
    """
    tables: dict[str, dict[str, Any]] = {field: {} for field in _FIELDS.values()}
    origins: dict[tuple[str, str], str] = {}
    for each in found:
        field = _FIELDS[type(each.spec)]
        name = each.spec.name
        if name in tables[field]:
            problem = f"the name `{name}` is taken: {origins[field, name]} has one of {field}"
            raise ScenarioError(each.origin, problem, "choose another name")
        tables[field][name] = each.spec
        origins[field, name] = each.origin
    return Catalogue(**{field: dict(sorted(table.items())) for field, table in tables.items()})


def _from_entry_points() -> Iterator[Found]:
    for group in _GROUPS:
        for point in sorted(entry_points(group=f"stimrig.{group}"), key=lambda point: (point.name, point.value)):
            origin = f"entry point stimrig.{group} {point.name} = {point.value}"
            yield from _specs(_loaded(point, origin), origin)


def _loaded(point: EntryPoint, origin: str) -> Any:
    try:
        return point.load()
    except Exception as error:
        if point.name == "builtin":
            raise
        raise ScenarioError(
            origin, f"cannot be loaded: {type(error).__name__}: {error}", "mend or remove it"
        ) from error


def _specs(value: Any, origin: str) -> Iterator[Found]:
    items: Any = value if isinstance(value, tuple | list) else (value,)
    for item in items:
        if type(item) not in _FIELDS:
            allowed = ", ".join(kind.__name__ for kind in _FIELDS)
            raise ScenarioError(origin, f"gives a {type(item).__name__}, no spec", f"allowed: {allowed}")
        yield Found(item, origin)


def _from_file(path: Path) -> Iterator[Found]:
    name = f"stimrig_plugin_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise ScenarioError(str(path), "no such plug-in file", "mend `plugins` in stimrig.toml")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        where = f"{path}:{_line_of(error, path)}:1"
        raise ScenarioError(where, f"cannot be loaded: {type(error).__name__}: {error}", "mend the file") from error
    found = [each for value in vars(module).values() for each in _module_specs(value, str(path))]
    if not found:
        mend = (
            "give it a MeasureSpec, EventSpec, DeviceModelSpec, BenchSpec, SectionSpec or ControlSpec at its top level"
        )
        raise ScenarioError(str(path), "the plug-in file defines no spec", mend)
    seen: set[int] = set()
    for each in found:
        if id(each.spec) not in seen:
            seen.add(id(each.spec))
            yield each


def _module_specs(value: Any, origin: str) -> Iterator[Found]:
    """Specs at the top level of a module: alone, or in a tuple or list."""
    items: Any = value if isinstance(value, tuple | list) else (value,)
    return (Found(item, origin) for item in items if type(item) in _FIELDS)


def _line_of(error: BaseException, path: Path) -> int:
    if isinstance(error, SyntaxError):
        return error.lineno or 1
    line, trace = 1, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(path):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
