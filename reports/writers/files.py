"""Putting bytes on disk so that a failure is one clear sentence, and text so that every reader can decode it."""

from pathlib import Path

from sim.errors import RecordError


def put_bytes(path: Path, content: bytes) -> Path:
    """Write `content` to `path`, making its folder.

    Raises:
        RecordError: the file cannot be written (disk full, no permission).
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as problem:
        raise RecordError(
            str(path), f"cannot be written: {problem.strerror}", "free space or name another --out"
        ) from None
    return path


def put_text(path: Path, content: str) -> Path:
    """Write `content` as UTF-8 with plain line feeds; half a surrogate pair becomes a question mark."""
    return put_bytes(path, content.encode("utf-8", "replace"))
