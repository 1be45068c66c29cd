"""`stimrig report --credibility`: the chapter that holds the patient model against published measurements."""

import sys
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from rig.commands.console import is_live, note, say, say_json
from sim.errors import ScenarioError

DEFAULT_PATIENT: Final = "stroke_moderate"


def write_credibility(patient: str, folder: Path, *, as_json: bool) -> int:
    """Measure every row, write `credibility.html` and `credibility.pdf`, and print the table.

    Args:
        patient: class whose parameters and sensitivity are shown.
        folder: where the two files go.
        as_json: print the rows as JSON instead of lines.

    Raises:
        ScenarioError: no such class, or a folder that cannot be written.
    """
    from reports.credibility.chapter.book import findings_document, write_chapter
    from reports.credibility.chapter.evidence import gather
    from rig.commands.exits import Exit
    from rig.run_folder import now, reported_start, stimrig_version
    from scenarios.places import find_named

    find_named("patients", patient, (), "--patient")
    started = reported_start(now())
    _must_be_writable(folder)
    with _told() as tell:
        evidence = gather(patient, tell)
        tell("writing the chapter")
        files = write_chapter(evidence, folder, started, stimrig_version())
    if as_json:
        say_json(findings_document(evidence) | {"files": [str(file) for file in files]})
    else:
        for finding in (*evidence.validation, *evidence.numerics):
            say(finding.line)
        for file in files:
            say(str(file))
    return Exit.FAILED if evidence.failed else Exit.PASSED


def _must_be_writable(folder: Path) -> None:
    """Refuse a folder before half a minute of measuring, not after it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as problem:
        raise ScenarioError("--out", f"{folder} cannot be written: {problem.strerror}", "name another") from None


@contextmanager
def _told() -> Generator[Callable[[str], object]]:
    """Progress on standard error: one live line on a terminal, a plain line now and then elsewhere."""
    if is_live(sys.stderr):
        from rich.console import Console

        with Console(stderr=True, markup=False).status("measuring") as status:
            yield status.update
        return
    from rig.commands.progress import HEARTBEAT_S
    from rig.run_folder import elapsed_s

    last_s = elapsed_s()

    def beat(words: str) -> None:
        nonlocal last_s
        if elapsed_s() - last_s >= HEARTBEAT_S:
            last_s = elapsed_s()
            note(f"still measuring: {words}")

    yield beat
