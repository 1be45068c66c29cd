"""Exit codes, and how every error becomes one of them with one clear message (design.md section 6)."""

import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from enum import IntEnum
from pathlib import Path

from rig.commands.console import note
from sim.errors import NothingSelectedError, RigError, ScenarioError


class Exit(IntEnum):
    """What the process ends with; precedence 2, 1, 3, 6, 0."""

    PASSED = 0
    FAILED = 1
    INTERRUPTED = 2
    RIG_ERROR = 3
    BAD_INPUT = 4
    NOTHING_SELECTED = 5
    INCONCLUSIVE = 6


_OF_ERROR = {NothingSelectedError: Exit.NOTHING_SELECTED, ScenarioError: Exit.BAD_INPUT}


def exit_of(outcome: str, *, interrupted: bool = False) -> Exit:
    """Exit code of a run whose worst verdict is `outcome`."""
    from reports.judge import exit_code
    from reports.verdict import Outcome

    return Exit(exit_code(Outcome(outcome), any_selected=True, interrupted=interrupted))


class CrashError(Exception):
    """A fault of stimrig itself, written down.

    Args:
        cause: one line.
        path: crash file.
    """

    def __init__(self, cause: str, path: str) -> None:
        super().__init__(cause, path)
        self.cause, self.path = cause, path

    def __str__(self) -> str:
        return f"stimrig itself failed ({self.cause}); details for its makers: {self.path}"


def write_crash(error: BaseException, folder: Path | None = None) -> CrashError:
    """Write the traceback of `error` to a crash file, in `folder` or the folder for temporary files."""
    cause = f"{type(error).__name__}: {error}".splitlines()[0][:200]
    text = "".join(traceback.format_exception(error))
    text = f"argv: {sys.argv}\npython: {sys.version}\ncwd: {Path.cwd()}\n\n{text}"
    for place in (folder, Path(tempfile.gettempdir())):
        if place is None:
            continue
        path = place / f"stimrig-crash-{os.getpid()}.txt"
        try:
            path.write_text(text, encoding="utf-8")
        except OSError:
            continue
        return CrashError(cause, str(path))
    return CrashError(cause, "none could be written")


def guarded(work: Callable[[], int]) -> int:
    """Run `work`; whatever it raises becomes a message on standard error and an exit code, never a traceback."""
    try:
        return int(work())
    except (RigError, CrashError) as error:
        note(f"error: {error}")
        return next((code for kind, code in _OF_ERROR.items() if isinstance(error, kind)), Exit.RIG_ERROR)
    except KeyboardInterrupt:
        note("interrupted")
        return Exit.INTERRUPTED
    except Exception as error:  # noqa: BLE001  the last resort: a crash file and one line
        note(f"error: {write_crash(error)}")
        return Exit.RIG_ERROR
