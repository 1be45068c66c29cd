"""`stimrig limits`: which limits there are, where each comes from, and who has compared it with its standard."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from rig.commands.console import say, say_json, table

if TYPE_CHECKING:
    from scenarios.limit_set import LimitEntry

limits = typer.Typer(
    help="Limits of the checks, their basis, and who confirmed them.",
    rich_markup_mode=None,
    invoke_without_command=True,
)
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


@limits.callback()
def listed(
    context: typer.Context,
    profile: Annotated[str, typer.Option("--profile", metavar="P", help="Only limits of this profile.")] = "",
    unconfirmed: Annotated[bool, typer.Option("--unconfirmed", help="Only limits that nobody has confirmed.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> int:
    """List the limits: `stimrig limits`; one of them: `stimrig limits show TIM-01`."""
    if context.invoked_subcommand is not None:
        return 0
    found = [
        entry
        for entry in _entries().values()
        if (not profile or profile in entry.profiles) and not (unconfirmed and entry.basis.confirmed_by)
    ]
    if profile:
        _refuse_unknown(profile)
    if as_json:
        say_json([_document(entry) for entry in found])
        return 0
    rows = [
        (entry.id, _limit(entry), _short_basis(entry), entry.basis.confidence, _state(entry), entry.title)
        for entry in found
    ]
    for line in table(rows, ("id", "limit", "basis", "confidence", "confirmed", "title")):
        say(line)
    open_ = sum(not entry.basis.confirmed_by for entry in found)
    say(f"{len(found)} limits, {open_} not confirmed against the standard")
    return 0


@limits.command()
def show(
    name: Annotated[str, typer.Argument(metavar="ID", help="TIM-01, or TIM-07 for all its variants")],
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> int:
    """Everything about a limit: what is judged, where the number comes from, who confirmed it."""
    found = [entry for id_, entry in _entries().items() if id_ == name or id_.startswith(f"{name}/")]
    if not found:
        _refuse_id(name)
    if as_json:
        say_json([_document(entry) for entry in found])
        return 0
    for number, entry in enumerate(found):
        if number:
            say()
        say(f"{entry.id}  {entry.title}")
        for label, value in _facts(entry):
            say(f"    {label:<12}{value}")
    return 0


@limits.command()
def confirm(
    name: Annotated[str, typer.Argument(metavar="ID", help="TIM-01 or TIM-07/max")],
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who compared it with the standard.")],
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="2026-11-22; default: today.")] = "",
    note: Annotated[str, typer.Option("--note", help="What was compared with what.")] = "",
) -> int:
    """Note who compared a limit with the standard; holds until what is judged changes."""
    from rig.run_folder import now, reported_start
    from scenarios.limit_confirmations import Confirmation
    from scenarios.limit_set import fingerprint
    from sim.errors import ScenarioError

    sets = _entries()
    if name not in sets:
        _refuse_id(name)
    if not by.strip():
        raise ScenarioError("--by", "nobody is named", "write who compared the limit with the standard")
    date = on or reported_start(now())[:10]
    if not _DATE.fullmatch(date):
        raise ScenarioError("--on", f"`{date}` is no date", "write 2026-11-22")
    entry = sets[name]
    said = Confirmation(by.strip(), date, fingerprint(entry.check, entry.basis), note.strip())
    path = _write(name, said)
    say(f"{name}: {_limit(entry)}, confirmed by {said.by} on {said.on}")
    say(str(path))
    return 0


def _write(name: str, said: Any) -> Path:
    """Add a confirmation to the project's file, which is made where there is none."""
    from rig.commands.context import here
    from rig.files import write_file
    from scenarios.limit_confirmations import CONFIRMED_FILE, confirmations_text, read_confirmations
    from scenarios.limit_set import FOLDER
    from sim.errors import RecordError, ScenarioError

    path = here().beside[0] / FOLDER / CONFIRMED_FILE
    before = read_confirmations(path) if path.is_file() else {}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_file(path, confirmations_text(before | {name: said}))
    except (OSError, RecordError) as error:
        problem = error.problem if isinstance(error, RecordError) else str(error.strerror)
        raise ScenarioError(str(path), f"cannot be written: {problem}", "run it in a folder that is yours") from None
    return path


def _entries() -> "dict[str, LimitEntry]":
    from rig.commands.context import here
    from scenarios.limit_set import read_limit_sets

    return read_limit_sets(here().beside)


def _refuse_id(name: str) -> None:
    from scenarios.problems import nearest
    from sim.errors import ScenarioError

    raise ScenarioError("limits", f"unknown limit `{name}`", nearest(name, _entries()))


def _refuse_unknown(profile: str) -> None:
    from scenarios.problems import nearest
    from sim.errors import ScenarioError

    known = {each for entry in _entries().values() for each in entry.profiles}
    if profile not in known:
        raise ScenarioError("--profile", f"unknown profile `{profile}`", nearest(profile, known))


def _limit(entry: "LimitEntry") -> str:
    from scenarios.limit_set import limit_as_written

    return limit_as_written(entry.check)


def _short_basis(entry: "LimitEntry") -> str:
    basis = entry.basis
    return " ".join(part for part in (basis.kind, basis.standard, basis.clause) if part)


def _state(entry: "LimitEntry") -> str:
    basis = entry.basis
    if basis.confirmed_by:
        return f"{basis.confirmed_by}, {basis.confirmed_on}"
    return "lapsed" if basis.lapsed else "no"


def _facts(entry: "LimitEntry") -> list[tuple[str, str]]:
    from scenarios.matrix import shown_text

    basis = entry.basis
    applies = entry.applies
    judged = [(name, shown_text(node)) for name, node in entry.check.values.items() if name != "title"]
    needed = {
        "features": ", ".join(applies.features),
        "lacks": ", ".join(applies.lacks),
        "sensors": ", ".join(applies.sensors),
        "channels": str(applies.channels) if applies.channels > 1 else "",
    }
    rows = [
        *judged,
        *((label, value) for label, value in needed.items()),
        ("profile", ", ".join(entry.profiles)),
        ("scenario", entry.scenario),
        ("basis", _short_basis(entry)),
        ("edition", basis.edition),
        ("source", basis.source),
        ("confidence", basis.confidence),
        ("note", basis.note),
        ("confirmed", f"by {_state(entry)}" if basis.confirmed_by else "by nobody"),
        ("lapsed", basis.lapsed),
        ("file", f"{entry.key.where.file}:{entry.key.where.line}"),
    ]
    return [(label, value) for label, value in rows if value]


def _document(entry: "LimitEntry") -> dict[str, Any]:
    from scenarios.limit_set import fingerprint
    from scenarios.text import plain

    basis = entry.basis
    return {
        "id": entry.id,
        "title": entry.title,
        "limit": _limit(entry),
        "check": plain(entry.check),
        "profile": list(entry.profiles),
        "scenario": entry.scenario or None,
        "basis": {
            "kind": basis.kind,
            "standard": basis.standard or None,
            "edition": basis.edition or None,
            "clause": basis.clause or None,
            "source": basis.source or None,
            "confidence": basis.confidence,
            "note": basis.note or None,
        },
        "confirmed": {"by": basis.confirmed_by, "on": basis.confirmed_on} if basis.confirmed_by else None,
        "lapsed": basis.lapsed or None,
        "entry": fingerprint(entry.check, basis),
        "file": entry.key.where.file,
        "line": entry.key.where.line,
    }
