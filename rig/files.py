"""Writing files so that a reader finds the old one or the new one, never half of it."""

import os
from pathlib import Path

from sim.errors import RecordError


def cannot_write(path: Path, error: OSError) -> RecordError:
    """What to say when `path` cannot be written."""
    reason = os.strerror(error.errno) if error.errno else str(error)
    return RecordError(str(path), f"cannot be written: {reason}", "free space or choose another folder with --out")


def write_file(path: Path, content: bytes | str) -> None:
    """Write `content` beside `path`, then move it there; text as UTF-8 with line feeds on every system.

    Raises:
        RecordError: the file cannot be written.
    """
    data = content.encode() if isinstance(content, str) else content
    draft = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        draft.write_bytes(data)
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise cannot_write(path, error) from error
