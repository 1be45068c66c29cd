"""`stimrig run`: run scenarios on a bench."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rig.commands.console import note, say
from rig.commands.firmware_options import (
    BoardOption,
    CountBy,
    Coverage,
    DeviceOption,
    GdbPort,
    GdbWait,
    TraceHash,
    TraceRegisters,
    firmware_options,
    say_coverage,
    say_debugger,
    trace_lines,
)

if TYPE_CHECKING:
    from reports.verdict import CaseResult
    from rig.commands.session import Finished, Request


def run_and_tell(request: "Request") -> "Finished":
    """Run, and print a line a case as it ends, with the checks that did not pass, then the counts."""
    from rig.commands.progress import shown_progress
    from rig.commands.session import execute, prepare
    from rig.commands.told import case_line, cause_lines, check_lines, fault_lines, pool_lines, summary_line
    from rig.warm_up import compiling_beside
    from sim.compiled import is_cold

    prepared = prepare(request)
    say_debugger(request.firmware, prepared.plan.cases)
    for warning in prepared.plan.warnings:
        note(f"warning: {warning}")
    if is_cold():
        note("compiling kernels for the first time on this machine (about 20 s, kept for later runs) ...")

    def told(result: "CaseResult", wall_s: float) -> None:
        say(case_line(result, wall_s))
        for line in (*cause_lines(result), *fault_lines(result), *check_lines(result), *trace_lines(result)):
            say(f"    {line}")

    with shown_progress(len(prepared.plan.cases)) as progress, compiling_beside():
        finished = execute(prepared, progress, told)
    for line in pool_lines(finished.result):
        say(line)
    say(summary_line(finished.result))
    return finished


def say_reports(folder: Path) -> None:
    """Where the reports are."""
    say(f"report  {folder / 'report.html'}")
    say(f"PDF     {folder / 'report.pdf'}")


def run(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[PATH]...", help="Scenario files, case.yaml files or folders; default: scenarios/"),
    ] = None,
    bench: Annotated[str, typer.Option("--bench", metavar="B", help="Bench: a name or a *.bench.yaml.")] = "",
    device: DeviceOption = "",
    board: BoardOption = "",
    seed: Annotated[int | None, typer.Option("--seed", min=0, help="Seed in place of the scenarios' own.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Where run folders go; default: runs/")
    ] = None,
    keep: Annotated[str, typer.Option("--keep", help="How much of the waveform is kept: full, windows or none.")] = "",
    jobs: Annotated[int, typer.Option("-j", "--jobs", min=1, help="Cases run side by side.")] = 1,
    select: Annotated[str, typer.Option("-k", metavar="TEXT", help="Only cases whose id holds TEXT.")] = "",
    item: Annotated[
        Path | None, typer.Option("--item", metavar="FILE", help="The item under test: maker, serial, firmware, ...")
    ] = None,
    profile: Annotated[
        str, typer.Option("--profile", metavar="P", help="The library scenarios that carry this profile: core.")
    ] = "",
    gdb: GdbPort = None,
    gdb_wait: GdbWait = False,
    coverage: Coverage = None,
    trace_registers: TraceRegisters = None,
    trace_hash: TraceHash = False,
    count: CountBy = "engine",
) -> int:
    """Run scenarios; the last line is the run folder."""
    from rig.commands.options import keep_of
    from rig.commands.session import Request

    firmware = firmware_options(gdb, gdb_wait, coverage, trace_registers, trace_hash, count, jobs)
    asked = tuple(paths or ())
    request = Request(
        asked, bench, device, seed, keep_of(keep), select, out, jobs, item, profile, firmware=firmware, board=board
    )
    finished = run_and_tell(request)
    say_reports(finished.folder)
    say_coverage(firmware)
    say(str(finished.folder))
    return finished.code
