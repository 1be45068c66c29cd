"""How often a case was tried before: every run of the same case, device, item and kind of hardware counts.

A run notes at its start, in `run.json`, what each of its cases puts under test and which earlier attempts lie in the
same folder of runs. So an attempt that was interrupted counts, and nobody runs until it passes without a trace. The
reports print the run's id, its reported start and its verdict, and nothing of the folder's name: a first attempt gives
the same bytes everywhere.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from rig.run_folder import INCOMPLETE, case_folder_name, read_run, runs_in
from scenarios.case import Case
from scenarios.item_file import item_values
from sim.errors import RecordError

ATTEMPTS: Final = "attempts"
"""Key of `run.json`."""


@dataclass(frozen=True, slots=True)
class EarlierAttempt:
    """A run of the same thing before this one.

    Attributes:
        run: 16 hex digits that name its content.
        started: start instant that its reports print; "" where it was cut off before it had any.
        verdict: of the case; `incomplete` where it was cut off.
        folder: name of its run folder.
    """

    run: str
    started: str
    verdict: str
    folder: str


def under_test(case: Case, hardware: str) -> dict[str, str]:
    """What makes two runs attempts at the same thing. The seed does not: another draw is another attempt."""
    item = case.item
    stated = {} if item is None else {name: getattr(item, name) for name in ("maker", "model", "serial", "lot")}
    if item is not None:
        stated |= {"firmware": item.firmware.version, "firmware_sha256": item.firmware.sha256}
    image = case.device.firmware.sha256 if case.device.firmware is not None else ""
    known = {"case": case.id, "device": case.device.id, "hardware": hardware, "image_sha256": image, **stated}
    return {name: value for name, value in known.items() if value}


def earlier_attempts(out: Path, things: Iterable[Mapping[str, str]]) -> dict[str, tuple[EarlierAttempt, ...]]:
    """Case id -> attempts in the run folders of `out`, oldest first.

    Args:
        out: folder of run folders.
        things: `under_test` of each case.
    """
    wanted = {thing["case"]: dict(thing) for thing in things}
    found: dict[str, list[EarlierAttempt]] = {name: [] for name in wanted}
    for folder in runs_in(out):
        try:
            facts = read_run(folder)
        except RecordError:
            continue  # of another version, or damaged: nothing of it can be compared
        for name, attempt in _of_run(folder, facts):
            if name["case"] in wanted and name == wanted[name["case"]]:
                found[name["case"]].append(attempt)
    return {name: tuple(attempts) for name, attempts in found.items()}


def _of_run(folder: Path, facts: Mapping[str, Any]) -> list[tuple[dict[str, str], EarlierAttempt]]:
    """What a run put under test, with what came of it; a case that never began is no attempt."""
    verdicts = {row["id"]: row.get("verdict", INCOMPLETE) for row in facts.get("cases", [])}
    rows: list[tuple[dict[str, str], EarlierAttempt]] = []
    for row in facts.get(ATTEMPTS, []):
        thing: dict[str, str] = row["under_test"]
        if (folder / "cases" / row["folder"]).is_dir():
            verdict = verdicts.get(thing["case"], INCOMPLETE)
            started = facts.get("reported_start") or ""
            rows.append((thing, EarlierAttempt(facts.get("run", ""), started, verdict, folder.name)))
    return rows


def attempt_facts(out: Path, cases: Sequence[Case], stamp: Callable[[Case], str]) -> list[dict[str, Any]]:
    """What `run.json` of a run that is about to begin says of attempts.

    Args:
        out: folder of run folders.
        cases: of the run, in the order of their folders.
        stamp: evidence stamp of a verdict on a case.
    """
    things = [under_test(case, stamp(case)) for case in cases]
    earlier = earlier_attempts(out, things)
    return [
        {
            "under_test": thing,
            "item": item_values(case.item) if case.item is not None else None,
            "folder": case_folder_name(number, case.name),
            "attempt": len(earlier[case.id]) + 1,
            "earlier": [asdict(attempt) for attempt in earlier[case.id]],
        }
        for number, (case, thing) in enumerate(zip(cases, things, strict=True), 1)
    ]


def attempts_of(facts: Mapping[str, Any]) -> dict[str, tuple[EarlierAttempt, ...]]:
    """Case id -> earlier attempts, as `run.json` holds them."""
    return {
        row["under_test"]["case"]: tuple(EarlierAttempt(**each) for each in row["earlier"])
        for row in facts.get(ATTEMPTS, [])
    }


def attempts_in(run: Path) -> dict[str, dict[str, Any]]:
    """Case id -> which of all attempts in its folder of runs a run is, later ones counted too, and the others.

    Raises:
        RecordError: `run` is no run folder.
    """
    things = [row["under_test"] for row in read_run(run).get(ATTEMPTS, [])]
    found: dict[str, dict[str, Any]] = {}
    for case, every in earlier_attempts(run.parent, things).items():
        names = [attempt.folder for attempt in every]
        if run.name in names:
            others = [asdict(attempt) for attempt in every if attempt.folder != run.name]
            found[case] = {"attempt": names.index(run.name) + 1, "of": len(every), "others": others}
    return found
