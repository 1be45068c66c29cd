"""The folder of a run, and the one place where the wall clock is read.

`run.json` is written first, as "incomplete", and again at the end; everything that depends on when, where and how fast
a run was made stands in it and in no other file.
"""

import hashlib
import json
import os
import platform
import re
import secrets
import shutil
import socket
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from rig.files import cannot_write, write_file
from sim.errors import RecordError, ScenarioError

RUN_FILE: Final = "run.json"
RUN_SCHEMA: Final = "stimrig/run/1"
INCOMPLETE: Final = "incomplete"
LATEST_FILE: Final = "latest.txt"
_RECORDED_PACKAGES: Final = ("stimrig", "numpy", "scipy", "numba", "simpy", "polars", "matplotlib", "typst")
_SPARE_RATIO: Final = 1.05  # reports, file system overhead (design choice)


def stimrig_version() -> str:
    """Version of the installed stimrig; "0+source" when it runs from a checkout that was never installed."""
    try:
        return version("stimrig")
    except PackageNotFoundError:
        return "0+source"


def now() -> datetime:
    """The present, UTC."""
    return datetime.now(UTC)  # noqa: TID251  the one place


def elapsed_s() -> float:
    """A clock for durations and speeds, s."""
    return time.perf_counter()


def reported_start(moment: datetime) -> str:
    """The one start instant that reports print: `SOURCE_DATE_EPOCH` where it is set, else `moment`.

    Raises:
        ScenarioError: `SOURCE_DATE_EPOCH` is no whole number of seconds.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch:
        try:
            moment = datetime.fromtimestamp(int(epoch), UTC)
        except (ValueError, OverflowError, OSError) as error:
            raise ScenarioError("SOURCE_DATE_EPOCH", f"{epoch!r} is no instant", "whole seconds since 1970") from error
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def content_id(case_documents: Iterable[str], descriptions: Iterable[bytes]) -> str:
    """16 hex digits that name what was run: sha256 over the sorted case files, bench and device files and our version.

    Args:
        case_documents: texts of the `case.yaml` files.
        descriptions: contents of bench and device files.
    """
    digest = hashlib.sha256(stimrig_version().encode())
    for document in sorted(case_documents):
        digest.update(hashlib.sha256(document.encode()).digest())
    for content in sorted(descriptions):
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()[:16]


def folder_label(scenario_ids: Iterable[str]) -> str:
    """The scenario's part of a folder name: its id in lower case, or how many there are."""
    ids = sorted(set(scenario_ids))
    label = ids[0].lower() if len(ids) == 1 else f"{len(ids)}-scenarios"
    return re.sub(r"[^a-z0-9._-]+", "-", label).strip("-.")[:80] or "run"


def check_space(out: Path, needed_bytes: int) -> None:
    """Refuse a run that does not fit.

    Raises:
        ScenarioError: less than `needed_bytes` and some to spare is free where `out` will be.
    """
    folder = out.absolute()
    while not folder.exists():
        folder = folder.parent
    free_bytes = shutil.disk_usage(folder).free
    if free_bytes < needed_bytes * _SPARE_RATIO:
        raise ScenarioError(
            "--out",
            f"the run needs {needed_bytes / 1e9:.2f} GB, {free_bytes / 1e9:.2f} GB are free in {folder}",
            "free space, choose another folder, or keep less with --keep windows or --keep none",
        )


@dataclass(slots=True)
class RunFolder:
    """A run folder that is being filled.

    Attributes:
        path: the folder.
        facts: what `run.json` says; kept up to date by `note`.
    """

    path: Path
    facts: dict[str, Any] = field(default_factory=dict[str, Any])

    def note(self, **facts: Any) -> None:
        """Add `facts` to `run.json`.

        Raises:
            RecordError: it cannot be written.
        """
        self.facts |= facts
        write_file(self.path / RUN_FILE, json.dumps(self.facts, indent=2, ensure_ascii=False, allow_nan=False) + "\n")

    def case_folder(self, number: int, name: str) -> Path:
        """Folder of a case."""
        return self.path / "cases" / case_folder_name(number, name)


def case_folder_name(number: int, name: str) -> str:
    """Name of a case's folder: its place in the run and its id."""
    return f"{number:03d}-{name}"


def make_run_folder(out: Path, label: str, facts: Mapping[str, Any]) -> RunFolder:
    """Make ``out/<UTC stamp>Z-<label>-<8 hex>`` with an incomplete `run.json`, and name it in `out/latest.txt`.

    Args:
        out: parent, usually `runs`.
        label: from `folder_label`.
        facts: what is known before the run: seed, bench, cases.

    Raises:
        ScenarioError: the folder cannot be made or written; nothing ran.
    """
    moment = now()
    stamp = moment.strftime("%Y%m%dT%H%M%S")
    path = out / f"{stamp}Z-{label}-{secrets.token_hex(4)}"
    try:
        path.mkdir(parents=True)
        folder = RunFolder(path)
        folder.note(
            schema=RUN_SCHEMA,
            verdict=INCOMPLETE,
            **facts,
            start=moment.isoformat(),
            end=None,
            host=socket.gethostname(),
            argv=sys.argv,
            versions=_versions(),
            python=platform.python_version(),
            platform=platform.platform(),
        )
        write_file(out / LATEST_FILE, path.name + "\n")
    except (OSError, RecordError) as error:
        told = error if isinstance(error, RecordError) else cannot_write(path, error)
        raise ScenarioError("--out", f"{told.path}: {told.problem}", "choose a folder that you may write to") from error
    return folder


def _versions() -> dict[str, str]:
    found: dict[str, str] = {"stimrig": stimrig_version()}
    for name in _RECORDED_PACKAGES[1:]:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def read_run(folder: Path) -> dict[str, Any]:
    """What `run.json` of a run folder says.

    Raises:
        RecordError: no run folder, or damaged.
    """
    path = folder / RUN_FILE
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise RecordError(str(folder), "is no run folder: it holds no run.json", "see `stimrig list runs`") from error
    except (OSError, ValueError) as error:
        raise RecordError(str(path), f"cannot be read: {error}") from error
    if not isinstance(facts, dict) or facts.get("schema") != RUN_SCHEMA:
        raise RecordError(str(path), f"is not of schema {RUN_SCHEMA}", "use the stimrig that made it")
    return facts


def runs_in(out: Path) -> list[Path]:
    """Run folders in `out`, oldest first."""
    if not out.is_dir():
        return []
    return sorted(path.parent for path in out.glob(f"*/{RUN_FILE}"))


def find_run(name: str, out: Path) -> Path:
    """The run folder that `name` means: a path, a folder of `out`, the beginning of one, or `latest`.

    Raises:
        RecordError: none, or more than one.
    """
    if name == "latest":
        pointer = out / LATEST_FILE
        if not pointer.is_file():
            raise RecordError(str(pointer), "there is no latest run", "run one: stimrig demo")
        return out / pointer.read_text(encoding="utf-8").strip()
    for path in (Path(name), out / name):
        if (path / RUN_FILE).is_file():
            return path
    found = [path for path in runs_in(out) if path.name.startswith(name)] if name else []
    if len(found) != 1:
        problem = "no such run" if not found else f"{len(found)} runs begin so: {', '.join(p.name for p in found[:5])}"
        raise RecordError(name, problem, f"see `stimrig list runs` (looked in {out}) or `stimrig list patients`")
    return found[0]
