"""What `stimrig measure` prints and writes."""

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from reports.quantities import quantity, quantity_with_uncertainty
from rig.capture_budget import Figure
from rig.capture_measure import MeasuredCapture
from rig.capture_warnings import CaptureWarning
from rig.commands.console import note, table
from rig.files import cannot_write, write_file
from sim.errors import ScenarioError

_SHOWN: Final = 12
_FIGURES: Final = (
    ("rate_hz", "rate", "Hz"),
    ("phase1_a", "phase 1", "A"),
    ("phase1_s", "  lasts", "s"),
    ("gap_s", "interphase gap", "s"),
    ("phase2_a", "phase 2", "A"),
    ("phase2_s", "  lasts", "s"),
    ("phase_charge_c", "phase charge", "C"),
    ("net_charge_c", "net charge a pulse", "C"),
    ("dc_a", "mean of the record", "A"),
    ("rms_a", "rms current of the record", "A"),
    ("energy_j", "energy a pulse", "J"),
    ("current_density_rms_a_m2", "rms current density", "A/m^2"),
    ("power_density_w_m2", "power density", "W/m^2"),
)


def pulse_lines(measured: MeasuredCapture) -> list[str]:
    """The first pulses as a table for people."""
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
        lines.append(f"... and {pulses.size - _SHOWN} more (--pulses FILE writes all)")
    return lines


def _cell(value: Any, factor: float) -> str:
    return f"{value * factor:.6g}" if math.isfinite(value) else "-"


def figure_lines(measured: MeasuredCapture, figures: Mapping[str, Figure], jitter_s: float | None) -> list[str]:
    """Every figure with its U."""
    lines = [f"{'pulses':28}{measured.pulses.size}"]
    for key, label, unit in _FIGURES:
        found = figures[key]
        if found.value is None:
            continue
        if unit in {"A/m^2", "W/m^2"}:
            word = "mA/cm²" if unit == "A/m^2" else "mW/cm²"
            expanded = "" if found.expanded_value is None else f" ± {found.expanded_value * 0.1:.2g}"
            lines.append(f"{label:28}{found.value * 0.1:.4g}{expanded} {word}")
        elif found.expanded_value is None:
            lines.append(f"{label:28}{quantity(found.value, unit)}")
        else:
            lines.append(f"{label:28}{quantity_with_uncertainty(found.value, found.expanded_value, unit)}")
        if key == "rate_hz" and jitter_s is not None:
            lines.append(f"{'  period jitter, sd':28}{quantity(jitter_s, 's')}")
    clipped = int(measured.pulses["clipped"].sum())
    if clipped:
        lines.append(f"{'clipped or cut pulses':28}{clipped}")
    return lines


def field_lines(fields: Mapping[str, Any]) -> list[str]:
    """The fields of the output specification table for people; those that the capture does not tell are left out."""
    lines = ["FDA output specification, fields that this capture tells:"]
    for key, value in fields.items():
        if value is None:
            continue
        name, unit = _unit_of(key)
        if isinstance(value, bool):
            shown = "yes" if value else "no"
        else:
            shown = quantity(value, unit) if isinstance(value, float) else str(value)
        lines.append(f"  {name.replace('_', ' '):40}{shown}")
    return lines


def _unit_of(key: str) -> tuple[str, str]:
    for suffix, unit in (("_a_m2", "A/m^2"), ("_w_m2", "W/m^2"), ("_hz", "Hz"), ("_v", "V"), ("_a", "A"), ("_s", "s")):
        if key.endswith(suffix):
            return key.removesuffix(suffix), unit
    return (key.removesuffix("_c"), "C") if key.endswith("_c") else (key, "")


def tell(warnings: Iterable[CaptureWarning]) -> bool:
    """Print the warnings on standard error; True where one makes the figures doubtful."""
    doubtful = False
    for warning in warnings:
        place = f" ({warning.where})" if warning.where and not warning.where.startswith("--") else ""
        note(f"{'warning' if warning.doubtful else 'note'}: {warning.code}: {warning.text}{place}")
        doubtful |= warning.doubtful
    return doubtful


def check_table_suffix(path: Path) -> None:
    """Refuse a table of pulses that is neither Parquet nor CSV, before anything is measured.

    Raises:
        ScenarioError: of another kind.
    """
    if path.suffix.lower() not in {".parquet", ".csv"}:
        raise ScenarioError("--pulses", f"`{path.name}` is no table", "end it in .parquet or .csv")


def write_pulses(path: Path, measured: MeasuredCapture) -> None:
    """Every pulse, columns as in `pulses.parquet`; absent values are null.

    Raises:
        RecordError: the file cannot be written.
    """
    import polars as pl

    pulses = measured.pulses
    columns = {name: np.ascontiguousarray(pulses[name]) for name in pulses.dtype.names or ()}
    frame = pl.DataFrame(columns).fill_nan(None)
    if path.suffix.lower() == ".csv":
        write_file(path, frame.write_csv())
        return
    try:
        frame.write_parquet(path)
    except OSError as error:
        raise cannot_write(path, error) from error


def swap_lines(figures: Mapping[str, Any]) -> list[str]:
    """The figures of a polarity swap for people."""
    if not figures:
        return []
    expanded = figures["swap_net_charge_U_c"]
    net = quantity_with_uncertainty(figures["swap_net_charge_c"], expanded, "C")
    asymmetry = quantity_with_uncertainty(figures["swap_asymmetry_c"], expanded, "C")
    return [f"{'net charge, leads swapped':28}{net}", f"{'  asymmetry of instrument':28}{asymmetry}"]
