"""Which addresses of an image were executed, one file a case, so that cases may run side by side."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rig.files import write_file
from sim.errors import RecordError

SCHEMA: Final = "stimrig/firmware-coverage/1"
RAW: Final = "raw"
"""Folder of the raw files inside the coverage folder."""


@dataclass(frozen=True, slots=True)
class Executed:
    """What one case executed.

    Attributes:
        case: its id.
        image: path of the ELF.
        sha256: of the ELF.
        ranges: (start, end) of executed addresses, apart and in order.
    """

    case: str
    image: Path
    sha256: str
    ranges: tuple[tuple[int, int], ...]


def joined_ranges(blocks: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """(start, end) spans that overlap or touch made one, in order."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(blocks):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def file_stem(case: str) -> str:
    """The id of a case as the stem of a file name on every system."""
    return "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in case)


def write_executed(folder: Path, executed: Executed) -> Path:
    """Write the raw file of one case, in place of the one of its last run.

    Raises:
        RecordError: it cannot be written.
    """
    raw = folder / RAW
    try:
        raw.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RecordError(str(raw), f"cannot be made: {error}", "choose another folder with --coverage") from error
    path = raw / f"{file_stem(executed.case)}-{executed.sha256[:8]}.json"
    document = {
        "schema": SCHEMA,
        "case": executed.case,
        "image": str(executed.image),
        "sha256": executed.sha256,
        "ranges": [list(span) for span in executed.ranges],
    }
    write_file(path, json.dumps(document, indent=1) + "\n")
    return path


def read_executed(path: Path) -> Executed:
    """Read a raw file.

    Raises:
        RecordError: it is none, or damaged.
    """
    try:
        document: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if document["schema"] != SCHEMA:
            raise RecordError(str(path), f"is no raw coverage: schema {document['schema']}", f"expected {SCHEMA}")
        ranges = tuple((int(start), int(end)) for start, end in document["ranges"])
        return Executed(document["case"], Path(document["image"]), document["sha256"], ranges)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RecordError(str(path), f"is no raw coverage: {error}", "remove it, and run the case again") from error


def executed_in(folder: Path) -> list[Executed]:
    """Every raw file of a coverage folder, by name.

    Raises:
        RecordError: one of them is damaged.
    """
    return [read_executed(path) for path in sorted((folder / RAW).glob("*.json"))]
