"""`stimrig new patient`: a patient fitted from a person's own gait: CSV, C3D, or an OpenSim motion."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rig.commands.console import say

if TYPE_CHECKING:
    from scenarios.gait_recording import GaitRecording
    from scenarios.gait_strides import MeanCycle
    from scenarios.patient_class import PatientClass

new = typer.Typer(help="Make a new file.", no_args_is_help=True, rich_markup_mode=None)


@new.callback()
def _kinds() -> None:
    """Make a new file: `stimrig new patient --from gait.csv --out my.yaml`."""


@new.command()
def patient(
    source: Annotated[Path, typer.Option("--from", metavar="FILE", help="Gait: .csv, .c3d, .mot or .sto.")],
    out: Annotated[Path, typer.Option("--out", metavar="my.yaml", help="The patient file.")],
    of_class: Annotated[str, typer.Option("--class", help="For all that is not fitted; default: the nearest.")] = "",
    leg: Annotated[str, typer.Option("--leg", metavar="left|right", help="Leg of C3D and OpenSim.")] = "right",
    mass: Annotated[str, typer.Option("--mass", metavar='"72 kg"')] = "",
    leg_length: Annotated[str, typer.Option("--leg-length", metavar='"0.88 m"', help="Hip to floor.")] = "",
    speed: Annotated[str, typer.Option("--speed", metavar='"0.9 m/s"', help="Where the file does not tell it.")] = "",
    stride_time: Annotated[str, typer.Option("--stride-time", metavar='"1.2 s"', help="Of one mean cycle.")] = "",
    stance: Annotated[str, typer.Option("--stance", metavar='"62 %"', help="Toe-off, of the cycle.")] = "",
    strikes: Annotated[str, typer.Option("--strikes", metavar='"0.5 s, 1.7 s"', help="Initial contacts.")] = "",
    forces: Annotated[Path | None, typer.Option("--forces", metavar="grf.mot", help="Ground forces of a .mot.")] = None,
) -> int:
    """Fit a patient from a person's own gait; no name, date or text is copied."""
    from scenarios.gait_strides import mean_cycle
    from scenarios.patient_fit import fit_patient, nearest_class
    from scenarios.patient_writer import write_patient
    from sim.errors import ScenarioError

    if out.suffix != ".yaml":
        raise ScenarioError("--out", f"`{out.name}` is no patient file", "name it `something.yaml`")
    given = _given(mass, leg_length, speed, stance)
    recording = _recording(source, leg, forces, strikes, stride_time)
    cycle = mean_cycle(recording, str(source))
    classes = _classes(of_class)
    pace = given.get("speed_m_s", cycle.speed_m_s)
    name = of_class or nearest_class(cycle, 0.8 if pace is None else pace, classes)
    base = classes[name]
    cycle_name = out.with_suffix(".cycle.csv").name
    fit = fit_patient(cycle, base, given, cycle_name, recording.kind, str(source))
    try:
        cycle_path = write_patient(out, fit, base)
    except OSError as problem:
        raise ScenarioError("--out", f"{out} cannot be written: {problem.strerror}", "name another place") from None
    say(f"patient  {out}")
    say(f"cycle    {cycle_path}")
    chosen = "as asked" if of_class else "the nearest by speed, knee peak and ankle at contact"
    say(f"class    {name} ({chosen}); {len(fit.fitted)} parameters fitted, the rest from the class")
    for note in (*fit.notes, *_doubts(recording, cycle, stance)):
        say(f"note     {note}")
    say(f"walk it: stimrig walk --patient {out} --out gait.csv")
    return 0


def _doubts(recording: "GaitRecording", cycle: "MeanCycle", stance: str) -> list[str]:
    """What was not in the recording."""
    doubts: list[str] = []
    if not recording.thigh_known:
        doubts.append("the pelvis is not in the file: its tilt was taken as 12 deg forward (design choice)")
    if cycle.stance_ratio is None and not stance:
        doubts.append('toe-off is not in the file: stance is that of the class (`--stance "62 %"` tells it)')
    if not cycle.sd_rad:
        doubts.append("fewer than 5 strides: how strides differ is taken from the class")
    return doubts


def _given(mass: str, leg_length: str, speed: str, stance: str) -> dict[str, float]:
    from scenarios.fields import quantity
    from scenarios.text import Text, Where

    asked = {
        "body_mass_kg": ("--mass", mass, "kg", 20.0, 250.0),
        "leg_length_m": ("--leg-length", leg_length, "m", 0.4, 1.3),
        "speed_m_s": ("--speed", speed, "m/s", 0.2, 2.0),
        "stance_ratio": ("--stance", stance, "", 0.58, 0.75),
    }
    return {
        field: quantity(unit, low, high, option)(Text(text, Where(option, 1, 1)))
        for field, (option, text, unit, low, high) in asked.items()
        if text
    }


def _recording(source: Path, leg: str, forces: Path | None, strikes: str, stride_time: str) -> "GaitRecording":
    from dataclasses import replace

    from scenarios.gait_c3d import read_c3d
    from scenarios.gait_csv import read_gait_csv
    from scenarios.gait_opensim import read_opensim
    from scenarios.gait_recording import checked
    from scenarios.quantities import parse_quantity
    from sim.errors import ScenarioError

    if leg not in {"left", "right"}:
        raise ScenarioError("--leg", f"`{leg}` is no leg", "write `left` or `right`")
    for file in (source, *([forces] if forces is not None else [])):
        if not file.is_file():
            raise ScenarioError(str(file), "no such file", "check the path")
    kind = source.suffix.lower()
    if kind == ".csv":
        recording = read_gait_csv(source)
    elif kind == ".c3d":
        recording = read_c3d(source, leg)
    elif kind in {".mot", ".sto"}:
        recording = read_opensim(source, leg, forces)
    else:
        raise ScenarioError(
            str(source), f"`{kind or source.name}` is no gait that can be read", "allowed: .csv, .c3d, .mot, .sto"
        )
    if forces is not None and kind not in {".mot", ".sto"}:
        raise ScenarioError("--forces", "ground forces go with an OpenSim motion", "drop the option")
    if strikes:
        instants = tuple(parse_quantity(text.strip(), "s", "--strikes") for text in strikes.split(","))
        recording = replace(recording, strikes_s=instants)
    if stride_time:
        recording = replace(recording, stride_time_s=parse_quantity(stride_time, "s", "--stride-time"))
    return checked(recording, str(source))


def _classes(asked: str) -> "dict[str, PatientClass]":
    from rig.commands.context import here
    from scenarios.patient_class import read_patient_class
    from scenarios.patient_fit import BY_GAIT
    from scenarios.text import Text, Where

    names = [asked] if asked else list(BY_GAIT)
    beside = here().beside
    return {name: read_patient_class(Text(name, Where("--class", 1, 1)), beside if asked else ()) for name in names}
