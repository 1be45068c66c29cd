"""`stimrig walk`: the patient alone, or with a simulated device, as tables, numbers and a picture."""

from pathlib import Path
from typing import Annotated

import typer

from rig.commands.console import say, say_json


def walk(
    patient: Annotated[str, typer.Option("--patient", metavar="P", help="Patient: a name or a patient file.")],
    out: Annotated[Path | None, typer.Option("--out", metavar="gait.csv", help="Table of strides.")] = None,
    speed: Annotated[str, typer.Option("--speed", metavar='"0.6 m/s"', help="Default: the patient's own.")] = "",
    strides: Annotated[int, typer.Option("--strides", help="Number of strides.")] = 60,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the walk.")] = 1,
    device: Annotated[str, typer.Option("--device", metavar="D|none", help="A simulated device, or none.")] = "none",
    aid: Annotated[
        str,
        typer.Option("--aid", metavar="none|afo", help='Orthosis; one of your own: "afo 0.8 N m/deg 2 deg".'),
    ] = "none",
    compensation: Annotated[
        str, typer.Option("--compensation", metavar="acute|adapted|none", help="What the patient is used to.")
    ] = "acute",
    leg: Annotated[str, typer.Option("--leg", metavar="left|right", help="The affected leg.")] = "left",
    legs: Annotated[str, typer.Option("--legs", metavar="one|both", help="Also write the other leg.")] = "one",
    cycles: Annotated[Path | None, typer.Option("--cycles", metavar="cycles.csv", help="Table of mean cycles.")] = None,
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="gait.svg|png|pdf", help="Picture of the mean cycle.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a summary as JSON.")] = False,
) -> int:
    """Let a patient walk and write what the feet did."""
    from rig.commands.context import here
    from rig.commands.walk_alone import Wanted, case_of, walk_it
    from rig.commands.walk_options import refuse_picture, refuse_unwritable
    from rig.commands.walk_tables import write_cycles, write_gait
    from sim.errors import ScenarioError

    if out is cycles is plot is None and not as_json:
        raise ScenarioError("stimrig walk", "nothing would be written", "give --out, --cycles, --plot or --json")
    refuse_picture(plot)
    refuse_unwritable((("out", out), ("cycles", cycles), ("plot", plot)))
    context = here()
    wanted = Wanted(patient, speed, strides, seed, device, aid, compensation, legs, leg)
    case = case_of(wanted, context.catalogue, context.beside)
    walked = walk_it(case, context.catalogue, wanted.device, trace=cycles is not None or plot is not None)
    told: list[str] = []
    if out is not None:
        write_gait(out, walked.strides, walked.other_strides, with_device=wanted.device != "none")
        both = " of each leg" if walked.other_strides else ""
        told.append(f"{len(walked.strides['stride'])} strides{both}  {out}")
    if cycles is not None:
        write_cycles(cycles, walked.cycles)
        told.append(f"mean cycles  {cycles}")
    if plot is not None:
        from rig.commands.walk_picture import write_picture

        write_picture(plot, case, walked, wanted.device)
        told.append(f"picture  {plot}")
    if as_json:
        from rig.commands.walk_summary import summary

        files = {name: str(path) for name, path in (("out", out), ("cycles", cycles), ("plot", plot)) if path}
        say_json(summary(case, walked, wanted.device) | {"files": files})
    else:
        for line in told:
            say(line)
    return 0
