"""Options of `stimrig run` for devices whose firmware is executed: debugger, coverage, traces."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from rig.firmware.options import FirmwareOptions
from sim.errors import ScenarioError

if TYPE_CHECKING:
    from rig.bench import Bench

_PANEL = "Firmware"

GdbPort: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--gdb",
        metavar="PORT",
        min=0,
        max=65535,
        help="Let a debugger attach to the processor.",
        rich_help_panel=_PANEL,
    ),
]
GdbWait: TypeAlias = Annotated[
    bool, typer.Option("--gdb-wait", help="Begin when a debugger has attached.", rich_help_panel=_PANEL)
]
Coverage: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--coverage", metavar="DIR", help="Lines executed, joined: coverage.info, index.html.", rich_help_panel=_PANEL
    ),
]
TraceRegisters: TypeAlias = Annotated[
    bool,
    typer.Option("--trace-registers", help="Every access to a peripheral: registers.csv.", rich_help_panel=_PANEL),
]
TraceHash: TypeAlias = Annotated[
    bool, typer.Option("--trace-hash", help="SHA-256 over all that the processor did.", rich_help_panel=_PANEL)
]
CountBy: TypeAlias = Annotated[
    str, typer.Option("--count", metavar="WAY", help="Instructions by engine or blocks.", rich_help_panel=_PANEL)
]


def firmware_options(
    gdb: int | None,
    gdb_wait: bool,
    coverage: Path | None,
    trace: bool,
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
    folder = None if coverage is None else coverage.resolve()
    if folder is not None and folder.exists() and not folder.is_dir():
        raise ScenarioError("--coverage", f"{coverage} is a file", "name a folder")
    return FirmwareOptions(gdb, gdb_wait, folder, trace, trace_hash, way)


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
