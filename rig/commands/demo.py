"""`stimrig demo`: three scenarios of the library on the virtual bench; one passes, one fails, one is inconclusive."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from rig.commands.console import say

if TYPE_CHECKING:
    from reports.verdict import RunResult

SCENARIOS: Final = ("demo-pass", "demo-fail", "demo-inconclusive")


def surprises(result: "RunResult") -> list[str]:
    """Checks whose verdict is not the one that their scenario announces."""
    return [
        f"{case.case.id}: {verdict.check.id} is {verdict.outcome.value}, announced {verdict.check.expect}"
        for case in result.cases
        for verdict in case.verdicts
        if verdict.check.expect and verdict.outcome.value != verdict.check.expect
    ]


def demo(
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Where the run folder goes; default: runs/")
    ] = None,
) -> int:
    """Try the rig: three walks, judged and reported."""
    from rig.commands.exits import Exit
    from rig.commands.run import run_and_tell, say_reports
    from rig.commands.session import Request

    say(
        "Three walks on the virtual bench: one passes, one fails on purpose (a seeded defect), one has too few samples."
    )
    finished = run_and_tell(Request(tuple(Path(name) for name in SCENARIOS), bench="virtual", out=out))
    unexpected = surprises(finished.result)
    for line in unexpected:
        say(f"not as announced: {line}")
    if finished.result.interrupted:
        return Exit.INTERRUPTED
    if unexpected:
        return Exit.FAILED
    say("All verdicts came out as announced. Open the report in a browser; next: stimrig list scenarios")
    say_reports(finished.folder)
    return Exit.PASSED
