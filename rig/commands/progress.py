"""Progress of long work: one live line a case on a terminal, plain heartbeat lines everywhere else."""

import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Final, Protocol

from rig.commands.console import is_live, note
from rig.run_folder import elapsed_s

HEARTBEAT_S: Final = 10.0
"""Wall time between two heartbeat lines, s (design choice)."""
_REDRAW_S: Final = 0.1


class Progress(Protocol):
    """What the session tells while it works."""

    def begin(self, number: int, name: str) -> None:
        """Case `number` begins."""
        ...

    def at(self, number: int, t_s: float, end_s: float) -> None:
        """Case `number` has walked `t_s` of `end_s` seconds."""
        ...

    def end(self, number: int) -> None:
        """Case `number` is done."""
        ...


class Silent:
    """Tells nobody."""

    def begin(self, number: int, name: str) -> None:
        """Ignored."""

    def at(self, number: int, t_s: float, end_s: float) -> None:
        """Ignored."""

    def end(self, number: int) -> None:
        """Ignored."""


class Heartbeat:
    """A plain line now and then, so that nobody takes long work for a hang.

    Args:
        cases: number of cases of the run.
    """

    def __init__(self, cases: int) -> None:
        self._cases, self._done = cases, 0
        self._last_s = elapsed_s()

    def begin(self, number: int, name: str) -> None:
        """Ignored: the line at the end of a case says more."""

    def at(self, number: int, t_s: float, end_s: float) -> None:
        """Print a line if none was printed for a while."""
        if elapsed_s() - self._last_s >= HEARTBEAT_S:
            self._last_s = elapsed_s()
            note(f"still running: case {number} of {self._cases}, {t_s:.0f} of {end_s:.0f} s walked, {self._done} done")

    def end(self, number: int) -> None:
        """Count it."""
        del number
        self._done += 1
        self._last_s = elapsed_s()


class LiveLines:
    """One line a running case, drawn again in place.

    Args:
        bars: a started `rich.progress.Progress`.
    """

    def __init__(self, bars: Any) -> None:
        self._bars = bars
        self._tasks: dict[int, tuple[Any, float]] = {}
        self._last_s = 0.0

    def begin(self, number: int, name: str) -> None:
        """Show a line for the case."""
        self._tasks[number] = (self._bars.add_task(name, total=None, speed=""), elapsed_s())

    def at(self, number: int, t_s: float, end_s: float) -> None:
        """Move its bar."""
        if number not in self._tasks or elapsed_s() - self._last_s < _REDRAW_S:
            return
        self._last_s = elapsed_s()
        task, start_s = self._tasks[number]
        speed = f"{t_s:.0f}/{end_s:.0f} s  ×{t_s / max(elapsed_s() - start_s, 1e-3):.0f} real time"
        self._bars.update(task, completed=t_s, total=end_s, speed=speed)

    def end(self, number: int) -> None:
        """Take its line away."""
        if number in self._tasks:
            self._bars.remove_task(self._tasks.pop(number)[0])


@contextmanager
def shown_progress(cases: int) -> Generator[Progress]:
    """Progress of `cases` cases on standard error: live on a terminal, else heartbeats."""
    if not is_live(sys.stderr):
        yield Heartbeat(cases)
        return
    from rich.console import Console
    from rich.progress import BarColumn, SpinnerColumn, TextColumn
    from rich.progress import Progress as Bars

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.fields[speed]}"),
    )
    with Bars(*columns, console=Console(stderr=True), transient=True, redirect_stdout=True) as bars:
        yield LiveLines(bars)
