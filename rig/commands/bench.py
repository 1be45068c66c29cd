"""`stimrig bench`: which benches there are, what stands on one, and whether it is in order."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rig.commands.bench_doctor import doctor
from rig.commands.console import note, say, say_json, table

if TYPE_CHECKING:
    from rig.bench_file.laboratory import Laboratory

bench = typer.Typer(
    help="Benches: instruments, wiring, and whether all of it is in order.",
    rich_markup_mode=None,
    no_args_is_help=True,
)
bench.command("doctor")(doctor)


@bench.command("list")
def listed(as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> int:
    """List the benches that can be named, and their profiles."""
    from scenarios.places import named_files

    rows = [_row(name, path) for name, path in named_files("benches", _beside()).items()]
    if as_json:
        say_json(rows)
        return 0
    texts = [(row["name"], row["kind"], ", ".join(row["profiles"]), row["title"]) for row in rows]
    for line in table(texts, ("bench", "kind", "profiles", "title")):
        say(line)
    return 0


def _beside() -> tuple[Path, ...]:
    from scenarios.settings_file import read_settings

    folder = read_settings(Path.cwd()).folder
    return (folder,) if folder else ()


def _row(name: str, path: Path) -> dict[str, Any]:
    from scenarios.text import Table, Text, read_document

    document = read_document(path)

    def word(key: str) -> str:
        node = document.values.get(key)
        return node.text if isinstance(node, Text) else ""

    profiles = document.values.get("profiles")
    names = [*profiles.values] if isinstance(profiles, Table) else []
    return {"name": name, "kind": word("kind"), "profiles": names, "title": word("title"), "file": str(path)}


@bench.command()
def show(
    name: Annotated[str, typer.Argument(metavar="BENCH", help="a name or a *.bench.yaml, with @PROFILE")],
    picture: Annotated[
        Path | None, typer.Option("--picture", metavar="FILE.svg", help="Draw the wiring into this file.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> int:
    """Instruments, fixtures, wiring and safe state of a bench; every contradiction in its file is told."""
    from rig.benches import read_bench

    laboratory = read_bench(name, _beside())
    if picture is not None:
        from rig.bench_file.picture import wiring_picture
        from rig.files import write_file

        write_file(picture, wiring_picture(laboratory))
    if as_json:
        say_json(_document(laboratory))
    else:
        _say(laboratory)
    for warning in laboratory.warnings:
        note(f"warning: {warning}")
    if picture is not None and not as_json:
        say(f"picture: {picture}")
    return 0


def _say(laboratory: "Laboratory") -> None:
    from rig.bench_file.table import fixture_text, instrument_rows, wiring_rows

    say(f"{laboratory.title} ({laboratory.hardware})")
    say("")
    for line in table(instrument_rows(laboratory), ("instrument", "driver", "address", "is a", "serial", "calibrated")):
        say(line)
    say("")
    for line in table(wiring_rows(laboratory), ("role", "", "terminal", "through", "range", "safe state")):
        say(line)
    fixtures = [
        (each.name, fixture_text(each), str(each.measured.due or "not stated")) for each in laboratory.fixtures.values()
    ]
    if fixtures:
        say("")
        for line in table(fixtures, ("fixture", "is", "measurement holds until")):
            say(line)


def _document(laboratory: "Laboratory") -> dict[str, Any]:
    from rig.bench_file.table import instrument_rows, wiring_rows

    instruments = ("name", "driver", "address", "identity", "serial", "calibrated")
    wires = ("role", "sense", "terminal", "through", "range", "safe_state")
    return {
        "identity": laboratory.identity(),
        "simulated": laboratory.simulated,
        "roles": sorted(laboratory.roles),
        "instruments": [dict(zip(instruments, row, strict=True)) for row in instrument_rows(laboratory)],
        "wiring": [dict(zip(wires, row, strict=True)) for row in wiring_rows(laboratory)],
        "safe_state": [each.role for each in laboratory.safe_state],
        "warnings": list(laboratory.warnings),
    }
