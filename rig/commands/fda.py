"""`stimrig fda`: the FDA output tables of a device, every mode at its worst settings into three test loads."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from rig.commands.console import note, say

if TYPE_CHECKING:
    from rig.commands.context import Context

_TABLE_A: Final = (
    *("SCN-CORE-LEAD-OFF", "SCN-CORE-SHORT", "SCN-CORE-STOP", "SCN-CORE-TIMER", "SCN-CORE-INDICATORS"),
    *("SCN-CORE-IDLE", "SCN-CORE-LOADS", "SCN-CORE-CHANNELS"),
)
"""Library scenarios whose checks answer fields of table A."""
_LEAKAGE: Final = "SCN-EXT-LEAKAGE"
"""The one that needs results of another laboratory, from the item's file."""


def fda(
    device: Annotated[str, typer.Argument(metavar="DEVICE", help="A name or a *.device.yaml.")] = "odfs",
    item: Annotated[
        Path | None, typer.Option("--item", metavar="FILE", help="The item under test: serial, electrode area, ...")
    ] = None,
    bench: Annotated[str, typer.Option("--bench", metavar="B", help="Bench: a name or a *.bench.yaml.")] = "",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Where the run folder goes; default: runs/")
    ] = None,
    jobs: Annotated[int, typer.Option("-j", "--jobs", min=1, help="Cases run side by side.")] = 1,
    keep_scenarios: Annotated[
        Path | None, typer.Option("--scenarios", metavar="DIR", help="Write the scenarios there and run nothing.")
    ] = None,
) -> int:
    """Measure the FDA output tables A and B; they stand in the run folder, the page and the PDF."""
    from rig.commands.context import here
    from rig.commands.run import run_and_tell, say_reports
    from rig.commands.session import Request

    context = here()
    texts = _scenarios(device, context)
    if keep_scenarios is not None:
        for path in _written(texts, keep_scenarios):
            say(str(path))
        return 0
    with tempfile.TemporaryDirectory(prefix="stimrig-fda-") as place:
        paths = (*_written(texts, Path(place)), *_for_table_a(device, item, context))
        finished = run_and_tell(Request(paths=paths, bench=bench, device=device, item=item, out=out, jobs=jobs))
    say_reports(finished.folder)
    say(f"tables  {finished.folder / 'fda_output_table.md'}")
    say(str(finished.folder))
    return finished.code


def _scenarios(device: str, context: "Context") -> dict[str, str]:
    from scenarios.device_file import read_device
    from scenarios.fda_scenarios import fda_scenarios
    from scenarios.text import Text, Where

    return fda_scenarios(read_device(Text(device, Where("DEVICE", 1, 1)), context.catalogue.models, context.beside))


def _written(texts: dict[str, str], folder: Path) -> list[Path]:
    from rig.files import write_file
    from sim.errors import ScenarioError

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ScenarioError("--scenarios", f"{folder} cannot be made: {error.strerror}", "name another") from None
    for name, text in texts.items():
        write_file(folder / name, text)
    return [folder / name for name in texts]


def _for_table_a(device: str, item: Path | None, context: "Context") -> list[Path]:
    """Library scenarios that this device can be put through; those it cannot are told."""
    from scenarios.item_file import read_item_file
    from scenarios.plan import PlanOptions, library_ids, load_cases
    from sim.errors import ScenarioError

    ids = library_ids()
    has_lab = item is not None and bool(read_item_file(item).lab)
    found: list[Path] = []
    for name in (*_TABLE_A, *([_LEAKAGE] if has_lab else [])):
        if name not in ids:
            continue
        try:
            load_cases([ids[name]], context.catalogue, PlanOptions(device=device))
        except ScenarioError:
            note(f"table A: {name} does not fit {device}; its fields stay unanswered")
        else:
            found.append(ids[name])
    return found
