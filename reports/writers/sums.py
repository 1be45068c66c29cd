"""`SHA256SUMS`: what every file of a run folder contained when the run ended, for `sha256sum -c`."""

import hashlib
from pathlib import Path
from typing import Final

from reports.writers.files import put_text
from sim.errors import RecordError

SUMS_NAME: Final = "SHA256SUMS"


def write_sums(folder: Path) -> Path:
    """Hash every file below `folder`, sorted by path, into its `SHA256SUMS` (GNU coreutils format); written last."""
    paths = sorted(
        (path.relative_to(folder).as_posix(), path)
        for path in folder.rglob("*")
        if path.is_file() and path != folder / SUMS_NAME
    )
    return put_text(folder / SUMS_NAME, "".join(_line(name, path) for name, path in paths))


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
