"""`stimrig list`: what exists, one line each."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rig.commands.console import say, say_json, table

if TYPE_CHECKING:
    from rig.commands.context import Context

Rows = list[dict[str, Any]]


def _files(kind: str) -> Callable[["Context"], Rows]:
    def rows(context: "Context") -> Rows:
        from scenarios.places import named_files

        return [
            {"name": name, "summary": _title(path), "file": str(path)}
            for name, path in named_files(kind, context.beside).items()
        ]

    return rows


def _title(path: Path) -> str:
    """The `title:` of a file, without reading the rest of it."""
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            found = re.match(r"title:\s*(?:\{value:\s*)?(.*?)\}?\s*$", line)
            if found:
                return found[1].strip("\"'")
    return ""


def _scenarios(context: "Context") -> Rows:
    from scenarios.places import SUFFIXES
    from scenarios.plan import library_ids

    ids = {path: name for name, path in library_ids().items()}
    own = Path("scenarios") if context.project.folder is None else context.project.folder / "scenarios"
    files = {path.resolve(): path for path in [*ids, *own.rglob(f"*{SUFFIXES['library']}")]}
    return [
        {
            "name": path.name.removesuffix(SUFFIXES["library"]),
            "id": ids.get(path, ""),
            "summary": _title(path),
            "file": str(path),
        }
        for path in files.values()
    ]


def _measures(context: "Context") -> Rows:
    return [
        {
            "name": spec.name,
            "unit": spec.unit,
            "quantity": spec.quantity,
            "parameters": [parameter.name for parameter in spec.parameters],
            "summary": spec.summary,
        }
        for spec in context.catalogue.measures.values()
    ]


def _events(context: "Context") -> Rows:
    return [
        {"name": spec.name, "parameters": [parameter.name for parameter in spec.parameters], "summary": spec.summary}
        for spec in context.catalogue.events.values()
    ]


def _devices(context: "Context") -> Rows:
    models: Rows = [
        {
            "name": f"model: {spec.name}",
            "summary": f"{spec.summary} ({len(spec.defects)} seeded defects)",
        }
        for spec in context.catalogue.models.values()
    ]
    return _files("devices")(context) + models


def _defects(context: "Context") -> Rows:
    from reports.quantities import quantity

    models: dict[str, list[str]] = {}
    specs = {}
    for model in context.catalogue.models.values():
        for name, spec in model.defects.items():
            models.setdefault(name, []).append(model.name)
            specs[name] = spec
    return [
        {
            "name": name,
            "family": spec.family,
            "dose": quantity(spec.dose, spec.unit, 3),
            "unit": spec.unit,
            "models": models[name],
            "needs": list(spec.needs),
            "summary": spec.summary,
        }
        for name, spec in specs.items()
    ]


def _benches(context: "Context") -> Rows:
    kinds: Rows = [
        {"name": f"kind: {spec.name}", "summary": spec.summary} for spec in context.catalogue.benches.values()
    ]
    return _files("benches")(context) + kinds


def _boards(context: "Context") -> Rows:
    from rig.firmware.board.board_file import read_board
    from scenarios.places import named_files

    boards = {name: read_board(path) for name, path in named_files("boards", context.beside).items()}
    return [
        {
            "name": name,
            "chip": board.chip,
            "clock": "" if board.is_host else f"{board.clock_hz / 1e6:g} MHz",
            "nets": str(len(board.nets)),
            "device": board.device,
            "summary": board.title,
            "file": str(board.path),
        }
        for name, board in boards.items()
    ]


def _sections(context: "Context") -> Rows:
    specs = sorted(context.catalogue.sections.values(), key=lambda spec: spec.order)
    return [{"name": spec.name, "order": spec.order, "summary": spec.summary} for spec in specs]


def _runs(context: "Context") -> Rows:
    from rig.run_folder import read_run, runs_in

    rows: Rows = []
    for folder in runs_in(context.runs):
        facts = read_run(folder)
        rows.append(
            {
                "name": folder.name,
                "verdict": facts["verdict"],
                "cases": len(facts.get("cases", [])),
                "start": facts.get("start"),
                "folder": str(folder),
            }
        )
    return rows


_KINDS: dict[str, Callable[["Context"], Rows]] = {
    "scenarios": _scenarios,
    "devices": _devices,
    "boards": _boards,
    "defects": _defects,
    "measures": _measures,
    "events": _events,
    "patients": _files("patients"),
    "benches": _benches,
    "sections": _sections,
    "runs": _runs,
}
_COLUMNS = (
    "name",
    "chip",
    "clock",
    "nets",
    "device",
    "family",
    "dose",
    "verdict",
    "cases",
    "start",
    "unit",
    "quantity",
    "summary",
)


def list_names(
    what: Annotated[str, typer.Argument(metavar="KIND", help=", ".join(_KINDS))],
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> int:
    """List scenarios, devices, measures, events, runs, ..."""
    from rig.commands.context import here
    from scenarios.problems import nearest
    from sim.errors import ScenarioError

    if what not in _KINDS:
        raise ScenarioError("list", f"unknown kind `{what}`", nearest(what, _KINDS))
    rows = _KINDS[what](here())
    if as_json:
        say_json(rows)
        return 0
    if what == "measures":
        from reports.quantities import scale_for

        rows = [row | {"unit": scale_for(row["unit"], 0.0).unit} for row in rows]
    columns = [column for column in _COLUMNS if any(row.get(column) not in {None, ""} for row in rows)]
    for line in table([[str(row.get(column) or "") for column in columns] for row in rows], columns)[1:]:
        say(line)
    if not rows:
        say(f"no {what}")
    return 0
