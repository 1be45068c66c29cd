"""Options of `stimrig run` for devices whose firmware is executed: debugger, coverage, traces."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from rig.commands.console import note, say
from rig.firmware.options import FirmwareOptions
from sim.errors import ScenarioError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reports.verdict import CaseResult
    from rig.bench import Bench
    from scenarios.case import Case


DeviceOption: TypeAlias = Annotated[
    str,
    typer.Option(
        "--device", metavar="D", help="Device: a name, a *.device.yaml, or a firmware (.elf, .hex, .bin, .so, .dll)."
    ),
]
BoardOption: TypeAlias = Annotated[
    str, typer.Option("--board", metavar="B", help="Board that this firmware runs on: a name or a *.board.yaml.")
]
GdbPort: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--gdb",
        metavar="PORT",
        min=1,
        max=65535,
        help="Let a debugger attach to the processor.",
    ),
]
GdbWait: TypeAlias = Annotated[bool, typer.Option("--gdb-wait", help="Begin when a debugger has attached.")]
Coverage: TypeAlias = Annotated[
    Path | None,
    typer.Option("--coverage", metavar="DIR", help="Lines executed, joined: coverage.info, index.html."),
]
TraceRegisters: TypeAlias = Annotated[
    Path | None,
    typer.Option("--trace-registers", metavar="DIR", help="Every access to a peripheral, a CSV a case."),
]
TraceHash: TypeAlias = Annotated[bool, typer.Option("--trace-hash", help="SHA-256 over all that the processor did.")]
CountBy: TypeAlias = Annotated[str, typer.Option("--count", metavar="WAY", help="Instructions by engine or blocks.")]


def firmware_options(
    gdb: int | None,
    gdb_wait: bool,
    coverage: Path | None,
    trace: Path | None,
    trace_hash: bool,
    count: str,
    jobs: int,
) -> FirmwareOptions:
    """What the options ask for.

    Raises:
        ScenarioError: they do not go together.
    """
    if count not in {"engine", "blocks"}:
        raise ScenarioError("--count", f"{count!r} is no way of counting instructions", "engine or blocks")
    if gdb_wait and gdb is None:
        raise ScenarioError("--gdb-wait", "there is no port to wait at", "add --gdb 3333")
    if gdb is not None and jobs > 1:
        raise ScenarioError("--gdb", f"{jobs} cases side by side cannot share one debugger", "drop -j")
    way: Any = count
    folders = (_folder(coverage, "--coverage"), _folder(trace, "--trace-registers"))
    return FirmwareOptions(gdb, gdb_wait, *folders, trace_hash, way)


def _folder(path: Path | None, option: str) -> Path | None:
    if path is not None and path.exists() and not path.is_dir():
        raise ScenarioError(option, f"{path} is a file", "name a folder")
    if path is None:
        return None
    try:  # at once: what cannot be written is told before somebody has walked for an hour
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ScenarioError(option, f"{path} cannot be made: {error.strerror}", "choose another folder") from None
    if not os.access(path, os.W_OK):
        raise ScenarioError(option, f"{path} cannot be written", "choose another folder")
    return path.resolve()


def say_debugger(options: FirmwareOptions, cases: "Iterable[Case]") -> None:
    """How a debugger comes in, as a command to be copied."""
    if options.gdb_port is None:
        return
    from rig.commands.debugger_command import debugger_commands

    for command in debugger_commands(cases, options.gdb_port):
        note(f"debugger: {command}")
    if options.gdb_wait:
        note("debugger: the run waits until it has attached and continues")


def trace_lines(result: "CaseResult") -> list[str]:
    """The hash of all that the processor of a case did, where it was asked for."""
    known = {} if result.record is None else result.record.firmware
    if not known.get("trace_hash"):
        return []
    return [f"trace  {known['trace_hash']}  instructions counted by {known['identity']['counter']}"]


def ask_of_firmware(bench: "Bench", options: FirmwareOptions) -> None:
    """Hand the options to a bench.

    Raises:
        ScenarioError: something is asked, and the bench executes no firmware.
    """
    take = getattr(bench, "take_firmware_options", None)
    if take is not None:
        take(options)
    elif options != FirmwareOptions():
        raise ScenarioError(
            "--gdb, --coverage, --trace-registers, --trace-hash, --count",
            "this bench executes no firmware that one could look into",
            "use --bench virtual",
        )


def say_coverage(options: FirmwareOptions) -> None:
    """Join what the cases of this run and earlier ones of the same image have executed, and say how much it is.

    Raises:
        ScenarioError: the image has no line information.
        RecordError: a file is damaged or cannot be written.
    """
    if options.coverage is None:
        return
    from rig.firmware.insight.coverage_report import INDEX_FILE, INFO_FILE, join_newest

    joined = join_newest(options.coverage)
    if joined is None:
        note("coverage: no image was executed on an emulated processor, so there is none")
        return
    for name, (hit, of) in (("lines", joined.lines), ("functions", joined.functions)):
        percent = int(1000.0 * hit / of) / 10.0 if of else 0.0  # cut off, as the page does: 99.96 % is not 100 %
        over = f"{joined.cases} case{'' if joined.cases == 1 else 's'}"
        say(f"coverage  {hit} of {of} {name} ({percent:.1f} %) over {over}")
    if joined.left_out:
        note(f"coverage: {joined.left_out} raw files of other images were left out")
    say(f"coverage  {options.coverage / INDEX_FILE}, {options.coverage / INFO_FILE}")
