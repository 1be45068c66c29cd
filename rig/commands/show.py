"""`stimrig show`: the verdicts of a run or of one of its cases; a run that was cut off is marked as incomplete."""

import json
import math
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from rig.commands.console import say, say_json, table
from rig.commands.show_board import is_board, show_board
from rig.commands.show_patient import is_patient, show_patient
from rig.commands.show_uart import serial_log, told_log

_EFFECTS: Final = (
    ("mtc_m", "clearance in swing", 1e3, "mm"),
    ("hip_hike_m", "hip hike", 1e3, "mm"),
    ("ankle_ic_rad", "ankle at contact", 180.0 / math.pi, "deg"),
)
"""What `show` says of `effects.json`, and in which unit; the report says the rest."""


def read_verdicts(folder: Path) -> dict[str, Any] | None:
    """`verdicts.json` of a run or case folder; None where there is none.

    Raises:
        RecordError: it cannot be read.
    """
    path = folder / "verdicts.json"
    if not path.is_file():
        return None
    from sim.errors import RecordError

    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RecordError(str(path), f"cannot be read: {error}") from error


def _case_folders(run: Path) -> list[Path]:
    return sorted(path for path in (run / "cases").glob("*") if path.is_dir())


def _state_of_cut_case(folder: Path) -> dict[str, Any]:
    """What can still be said of a case without verdicts: its pulses are found again in the waveform."""
    from rig.commands.context import here
    from rig.load import load_record
    from sim.errors import RigError

    try:
        record = load_record(folder, here().catalogue)
    except RigError as error:
        return {"id": folder.name, "verdict": "incomplete", "note": str(error), "checks": []}
    note = f"cut off after {record.span_s[1]:.1f} s; {len(record.pulses['t_s'])} pulses found in its waveform"
    return {"id": record.case.id, "verdict": "incomplete", "note": note, "checks": []}


def _cases(run: Path, only: str) -> list[dict[str, Any]]:
    from sim.errors import RecordError

    folders = [folder for folder in _case_folders(run) if not only or _is_named(folder, only)]
    if only and not folders:
        names = ", ".join(folder.name for folder in _case_folders(run))
        raise RecordError(f"{run.name}/{only}", "no such case", f"cases: {names or 'none'}")
    found: list[dict[str, Any]] = []
    for folder in folders:
        document = read_verdicts(folder)
        cases: list[dict[str, Any]] = document["cases"] if document is not None else [_state_of_cut_case(folder)]
        found += [case | {"effect": _effect(folder), "uart": serial_log(folder)} for case in cases]
    return found


def _effect(folder: Path) -> dict[str, Any] | None:
    """What the aid was worth to the patient of a case; None where that is not told."""
    from rig.aid_effect import WALKS, read_effect
    from rig.record_facts import plain

    told = read_effect(folder)
    if told is None:
        return None
    walks = {walk: {name: plain(spread) for name, spread in told.walks[walk].items()} for walk in WALKS}
    return {"aid": told.aid, "strides": told.strides, "adapting_strides": told.adapting_strides, **walks}


def _told_effect(effect: dict[str, Any]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for name, label, per_si, unit in _EFFECTS:
        means = [effect[walk][name]["mean"] for walk in ("without", "acute", "adapted")]
        rows.append((label, *("–" if mean is None else f"{per_si * mean:.1f} {unit}" for mean in means)))
    return rows


def _told_attempt(attempt: dict[str, Any] | None) -> str:
    if attempt is None:
        return ""
    others = [f"{each['verdict']} in {each['folder']}" for each in attempt["others"]]
    return f"attempt {attempt['attempt']} of {attempt['of']}" + (f"; the others: {', '.join(others)}" if others else "")


def _is_named(folder: Path, name: str) -> bool:
    number, _, rest = folder.name.partition("-")
    return name in {folder.name, rest} or (name.isdigit() and int(name) == int(number))


def _shown(check: dict[str, Any]) -> tuple[str, ...]:
    from scenarios.quantities import format_quantity

    value, expanded = check["value"], check["uncertainty"]["U"]
    text = "–" if value is None else format_quantity(value, check["unit"])
    if expanded:
        text += f" ± {format_quantity(expanded, check['unit'])}"
    word = check["verdict"] + (" (marginal)" if check["marginal"] else "")
    place = f"{check['file']}:{check['line']}" if check["file"] else ""
    return word, check["id"], text, check["limit"]["text"], str(check["n"]), place, check["reason"]


def _split(name: str, runs: Path) -> tuple[Path, str]:
    """The run folder and the case that ``RUN[/CASE]`` means."""
    from rig.run_folder import find_run
    from sim.errors import RecordError

    path = Path(name)
    if path.parent.name == "cases" and path.is_dir():
        return path.parent.parent, path.name
    try:
        return find_run(name, runs), ""
    except RecordError:
        run, slash, case = name.rstrip("/").rpartition("/")
        if not slash:
            raise
        return find_run(run, runs), case


def _say_case(case: dict[str, Any], *, whole_log: bool) -> None:
    say("")
    say(f"{case['verdict']:<12}  {case['id']}")
    for told in (_told_attempt(case["attempt"]), case.get("note")):
        if told:
            say(f"    {told}")
    if failed := (case.get("firmware") or {}).get("faults"):
        say(f"    firmware: {failed}")
    rows = [_shown(check) for check in case["checks"]]
    for line in table(rows, ("verdict", "check", "value", "limit", "n", "place", "reason")) if rows else []:
        say(f"    {line}")
    for line in told_log(case["uart"], whole=whole_log):
        say(f"    {line}")
    if case["effect"]:
        say("")
        titles = (f"modelled effect of {case['effect']['aid']}", "without", "acute", "adapted")
        for line in table(_told_effect(case["effect"]), titles):
            say(f"    {line}")


def _pools(run: Path) -> list[dict[str, Any]]:
    """The checks of a run that were judged over many of its cases."""
    document = read_verdicts(run)
    return [] if document is None else document.get("pools", [])


def _say_pools(pools: list[dict[str, Any]]) -> None:
    if not pools:
        return
    say("")
    say("judged over many cases")
    rows = [(*_shown(pool["check"])[:5], f"{len(pool['cases'])} cases: {pool['id']}") for pool in pools]
    for line in table(rows, ("verdict", "check", "value", "limit", "n", "pool")):
        say(f"    {line}")


def show(
    run: Annotated[
        str,
        typer.Argument(
            metavar="RUN[/CASE]|PATIENT|BOARD",
            help="A run folder, its name or its beginning, or latest; a patient; a board",
        ),
    ] = "latest",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Where run folders are; default: runs/")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    uart: Annotated[bool, typer.Option("--uart", help="The whole serial log of the device.")] = False,
) -> int:
    """Show the verdicts of a run: value, limit, place, reason; or a patient with its sources; or a board."""
    from rig.attempts import attempts_in
    from rig.commands.context import runs_folder
    from rig.run_folder import INCOMPLETE, read_run

    if is_board(run):
        return show_board(run, as_json=as_json)
    if is_patient(run):
        return show_patient(run, as_json=as_json)
    folder, only = _split(run, runs_folder(out))
    facts = read_run(folder)
    tries = attempts_in(folder)
    cases = [{**case, "attempt": tries.get(case["id"])} for case in _cases(folder, only)]
    pools = [] if only else _pools(folder)
    if as_json:
        told = {"folder": str(folder), "run": facts.get("run"), "verdict": facts["verdict"], "cases": cases}
        say_json({**told, "pools": pools})
        return 0
    say(f"{folder}: {facts['verdict']}")
    if facts["verdict"] == INCOMPLETE:
        say("INCOMPLETE: this run was cut off; what is shown here is what it left behind")
    for case in cases:
        _say_case(case, whole_log=uart)
    _say_pools(pools)
    return 0
