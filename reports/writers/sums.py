"""`SHA256SUMS`: what every file of a run folder contained when the run ended, for `sha256sum -c`."""

import hashlib
import re
from pathlib import Path
from typing import Final

from reports.writers.files import put_text
from sim.errors import RecordError

SUMS_NAME: Final = "SHA256SUMS"
_ESCAPED: Final = re.compile(r"\\([\\nr])")
_LITERAL: Final = {"\\": "\\", "n": "\n", "r": "\r"}


def write_sums(folder: Path) -> Path:
    """Hash every file below `folder`, sorted by path, into its `SHA256SUMS` (GNU coreutils format); written last."""
    paths = sorted(
        (path.relative_to(folder).as_posix(), path)
        for path in folder.rglob("*")
        if path.is_file() and path != folder / SUMS_NAME
    )
    return put_text(folder / SUMS_NAME, "".join(_line(name, path) for name, path in paths))


def changed_since(folder: Path) -> tuple[str, ...] | None:
    """Files that are not what `SHA256SUMS` says they were, or are gone, by name; None where there are no sums.

    A run that was cut off has none. `run.json` may be noted in again and is not looked at.

    Raises:
        RecordError: the sums or a file cannot be read.
    """
    try:
        told = (folder / SUMS_NAME).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as problem:
        raise RecordError(str(folder / SUMS_NAME), f"cannot be read: {problem}") from None
    changed: list[str] = []
    for line in told:
        name = line.partition("  ")[2]
        if line.startswith("\\"):
            name = _ESCAPED.sub(lambda found: _LITERAL[found[1]], name)
        path = folder / name
        if name != "run.json" and (not path.is_file() or _line(name, path).rstrip("\n") != line):
            changed.append(name)
    return tuple(changed)


def _line(name: str, path: Path) -> str:
    """One line; a name with a line break or backslash is escaped and marked, as coreutils does."""
    try:
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as problem:
        raise RecordError(str(path), f"cannot be read for {SUMS_NAME}: {problem.strerror}", "check the disk") from None
    escaped = name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    mark = "\\" if escaped != name else ""
    return f"{mark}{digest}  {escaped}\n"
