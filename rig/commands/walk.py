"""`stimrig walk`: the patient alone, or with a simulated device, as a table of strides and of mean cycles."""

from pathlib import Path
from typing import Annotated

import typer

from rig.commands.console import say


def walk(
    patient: Annotated[str, typer.Option("--patient", metavar="P", help="Patient: a name or a patient file.")],
    out: Annotated[Path, typer.Option("--out", metavar="gait.csv", help="Table of strides.")],
    speed: Annotated[str, typer.Option("--speed", metavar='"0.6 m/s"', help="Default: the patient's own.")] = "",
    strides: Annotated[int, typer.Option("--strides", help="Number of strides.")] = 60,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the walk.")] = 1,
    device: Annotated[str, typer.Option("--device", metavar="D|none", help="A simulated device, or none.")] = "none",
    aid: Annotated[str, typer.Option("--aid", metavar="none|afo", help="Ankle-foot orthosis.")] = "none",
    compensation: Annotated[
        str, typer.Option("--compensation", metavar="acute|adapted|none", help="What the patient is used to.")
    ] = "acute",
    legs: Annotated[str, typer.Option("--legs", metavar="one|both", help="Also write the other leg.")] = "one",
    cycles: Annotated[Path | None, typer.Option("--cycles", metavar="cycles.csv", help="Table of mean cycles.")] = None,
) -> int:
    """Let a patient walk and write what the feet did."""
    from rig.commands.context import here
    from rig.commands.walk_alone import Wanted, case_of, walk_it
    from rig.commands.walk_tables import write_cycles, write_gait

    context = here()
    wanted = Wanted(patient, speed, strides, seed, device, aid, compensation, legs)
    walked = walk_it(case_of(wanted, context.catalogue, context.beside), context.catalogue, wanted.device)
    write_gait(out, walked.strides, walked.other_strides, with_device=wanted.device != "none")
    both = " of each leg" if walked.other_strides else ""
    say(f"{len(walked.strides['stride'])} strides{both}  {out}")
    if cycles is not None:
        write_cycles(cycles, walked.cycles)
        say(f"mean cycles  {cycles}")
    return 0
