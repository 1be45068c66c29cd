"""What commands print: plain text in pipes, never an escape code there, and no crash when the reader has left."""

import json
import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any, TextIO


def _leave_quietly(stream: TextIO) -> None:
    """The reader has closed the pipe (``stimrig list | head -1``): go on without output."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, stream.fileno())
    os.close(null)


def say(text: str = "") -> None:
    """Print one line of result."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        _leave_quietly(sys.stdout)


def note(text: str) -> None:
    """Print one line about the work itself, on standard error."""
    try:
        print(text, file=sys.stderr, flush=True)
    except BrokenPipeError:
        _leave_quietly(sys.stderr)


def say_json(document: Any) -> None:
    """Print `document` as JSON."""
    say(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False, default=str))


def table(rows: Iterable[Sequence[str]], titles: Sequence[str]) -> list[str]:
    """Lines of a table with aligned columns; the last column is not padded."""
    lines = [list(titles), *[list(row) for row in rows]]
    widths = [max(len(line[column]) for line in lines) for column in range(len(titles))]
    return [
        "  ".join([*(cell.ljust(width) for cell, width in zip(line[:-1], widths, strict=False)), line[-1]]).rstrip()
        for line in lines
    ]


def use_utf8() -> None:
    """Print units and signs as they are, wherever the output goes."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")


def is_live(stream: TextIO) -> bool:
    """True where a line may be drawn again in place: a terminal that is not told to stay plain."""
    return stream.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
