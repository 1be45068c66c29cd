"""`stimrig measure --plot`: the pulse of the largest net charge, with everything that went into its numbers."""

from pathlib import Path
from typing import Final

import numpy as np

from reports.figures_pulse import PulsePicture, pulse_picture_bytes
from reports.quantities import quantity
from rig.capture_budget import Figure
from rig.capture_measure import MeasuredCapture
from rig.files import write_file
from sim.errors import ScenarioError

_KINDS: Final = ("svg", "png")
_ROWS: Final = (
    ("t", "t_s", "s"),
    ("phase 1", "phase1_a", "A"),
    ("  lasts", "phase1_s", "s"),
    ("  charge", "charge1_c", "C"),
    ("gap", "gap_s", "s"),
    ("phase 2", "phase2_a", "A"),
    ("  lasts", "phase2_s", "s"),
    ("  charge with tail", "charge2_c", "C"),
    ("net charge", "net_c", "C"),
    ("baseline", "baseline_a", "A"),
)


def kind_of(path: Path) -> str:
    """Kind of picture that the suffix names.

    Raises:
        ScenarioError: neither svg nor png.
    """
    kind = path.suffix.lower().removeprefix(".")
    if kind not in _KINDS:
        raise ScenarioError("--plot", f"`{path.name}` is no picture", "end it in .svg or .png")
    return kind


def write_worst_pulse(path: Path, measured: MeasuredCapture, net: Figure, warnings: int) -> bool:
    """Draw the pulse with the largest net charge; False where none has one.

    Raises:
        RecordError: the file cannot be written.
    """
    window = measured.worst
    if window is None:
        return False
    row = measured.pulses[window.row]
    pulse = {name: float(row[name]) for name in measured.pulses.dtype.names or ()}
    recording = measured.recording
    t_s = (window.first + np.arange(window.codes.size, dtype=np.float64)) * measured.period_s
    finite = int(np.isfinite(measured.pulses["net_c"]).sum())
    notes = [f"{label}\t{quantity(pulse[name], unit)}" for label, name, unit in _ROWS]
    lasted_s = pulse["end_s"] - pulse["t_s"]
    notes += [
        f"window\t{quantity(lasted_s, 's')}",
        f"tail done\t{'yes' if pulse['tail_done'] else 'no'}",
        "\t",
        f"mean of {finite}\t{quantity(net.value, 'C')}",
        f"  its U (k = 2)\t{quantity(net.expanded_value, 'C') if net.expanded_value is not None else 'not known'}",
        f"noise rms\t{quantity(measured.noise_a, 'A')}",
        f"sample period\t{quantity(measured.period_s, 's')}",
    ]
    doubt = f"; {warnings} warning{'s' if warnings != 1 else ''}, see the console" if warnings else ""
    caption = (
        f"{recording.path.name}: pulse {window.row + 1} of {measured.pulses.size}. Net charge = sum over the charge "
        f"window of (sample - baseline) times the sample period{doubt}."
    )
    title = f"Worst pulse by net charge: {quantity(pulse['net_c'], 'C')} at t = {pulse['t_s']:.4f} s"
    values = window.codes.astype(np.float64) * recording.scale + recording.offset
    picture = PulsePicture(title, t_s, values, pulse, tuple(notes), caption)
    write_file(path, pulse_picture_bytes(picture, kind_of(path)))
    return True
