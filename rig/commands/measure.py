"""`stimrig measure`: the pulses of any capture, without a scenario and without a verdict."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from rig.commands.console import say, say_json, table

if TYPE_CHECKING:
    from rig.capture_summary import MeasuredCapture

_SHOWN: Final = 12
_LABELS: Final = {
    "n": ("pulses", 1.0, ""),
    "rate_hz": ("rate", 1.0, "Hz"),
    "jitter_s": ("period jitter, sd", 1e6, "µs"),
    "phase1_s": ("phase 1", 1e6, "µs"),
    "gap_s": ("interphase gap", 1e6, "µs"),
    "phase2_s": ("phase 2", 1e6, "µs"),
    "phase_charge_c": ("phase charge", 1e6, "µC"),
    "net_charge_c": ("net charge a pulse", 1e9, "nC"),
    "net_charge_U_c": ("  its U (k = 2, from scatter)", 1e9, "nC"),
    "dc_a": ("mean of the record", 1e6, "µA"),
    "rms_a": ("rms current", 1e3, "mA"),
    "energy_j": ("energy a pulse", 1e3, "mJ"),
    "current_density_rms_a_m2": ("rms current density", 0.1, "mA/cm²"),
    "power_density_w_m2": ("power density", 0.1, "mW/cm²"),
    "clipped": ("clipped pulses", 1.0, ""),
}


def measure(
    capture: Annotated[Path, typer.Argument(metavar="CAPTURE", help="TDMS, CSV with a time column, or NPY.")],
    current: Annotated[
        str, typer.Option("--current", metavar="NAME", help="Channel, column title, or column number from 0.")
    ],
    scale: Annotated[str, typer.Option("--scale", metavar='"2 mA/V"', help="Current per unit of the column.")] = "",
    rate: Annotated[str, typer.Option("--rate", metavar='"1 MHz"', help="Sample rate; default: the file's.")] = "",
    area: Annotated[str, typer.Option("--area", metavar='"25 cm^2"', help="Electrode area, for densities.")] = "",
    load: Annotated[str, typer.Option("--load", metavar='"500 ohm"', help="Load resistance, for energies.")] = "",
    json: Annotated[bool, typer.Option("--json", help="Print JSON in SI units.")] = False,
) -> int:
    """Find and measure the pulses in a capture; nothing is judged."""
    from rig.capture_file import Wanted, open_capture
    from rig.capture_summary import measure_recording, pulses_of, summary_of

    wanted = Wanted(
        current,
        _quantity("--scale", scale, "A/V", positive=False),
        _quantity("--rate", rate, "Hz"),
    )
    area_m2, load_ohm = _quantity("--area", area, "m^2"), _quantity("--load", load, "ohm")
    measured = measure_recording(open_capture(capture, wanted))
    summary = summary_of(measured, area_m2, load_ohm)
    if json:
        say_json({"pulses": pulses_of(measured), "summary": summary})
        return 0
    for line in _pulse_lines(measured):
        say(line)
    say()
    for key, (label, factor, unit) in _LABELS.items():
        value = summary[key]
        if value is not None:
            say(f"{label:32} {value * factor:.6g} {unit}".rstrip())
    return 0


def _quantity(option: str, text: str, unit: str, *, positive: bool = True) -> float | None:
    """SI value of an option; None where it was not given."""
    from scenarios.quantities import parse_quantity
    from sim.errors import ScenarioError

    if not text:
        return None
    if unit == "A/V":
        value = _current_scale(option, text)
    else:
        value = parse_quantity(text, unit, option)
    if (positive and value <= 0.0) or value == 0.0:
        raise ScenarioError(option, f"`{text}` is asked for", "it must be above 0" if positive else "it cannot be 0")
    return value


def _current_scale(option: str, text: str) -> float:
    """A per V, or A per unit of a column that is bare numbers or already a current ("1 mA")."""
    from scenarios.quantities import parse_quantity
    from sim.errors import ScenarioError

    try:
        return parse_quantity(text, "A/V", option)
    except ScenarioError as error:
        try:
            return parse_quantity(text, "A", option)
        except ScenarioError:
            raise error from None


def _cell(value: Any, factor: float) -> str:
    return f"{value * factor:.6g}" if math.isfinite(value) else "-"


def _pulse_lines(measured: "MeasuredCapture") -> list[str]:
    pulses = measured.pulses
    if not pulses.size:
        return ["no pulses found"]
    columns = (
        ("t, s", "t_s", 1.0),
        ("phase 1, mA", "phase1_a", 1e3),
        ("µs", "phase1_s", 1e6),
        ("gap, µs", "gap_s", 1e6),
        ("phase 2, mA", "phase2_a", 1e3),
        ("µs", "phase2_s", 1e6),
        ("net, nC", "net_c", 1e9),
    )
    rows = [[_cell(pulse[name], factor) for _, name, factor in columns] for pulse in pulses[:_SHOWN]]
    lines = table(rows, [title for title, _, _ in columns])
    if pulses.size > _SHOWN:
        lines.append(f"... and {pulses.size - _SHOWN} more (--json lists all)")
    return lines
