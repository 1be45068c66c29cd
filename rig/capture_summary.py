"""The figures of an output specification that follow from the pulses of a capture."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rig.bench import ChannelAccuracy
from rig.capture_budget import Figure, direct_figure, level_figure, mean_figure, rate_figure
from rig.capture_measure import MeasuredCapture
from sim.pulse import PULSE_DTYPE

_FIGURES = (
    ("rate_hz", "rate_U_hz"),
    ("phase1_s", "phase1_U_s"),
    ("phase2_s", "phase2_U_s"),
    ("gap_s", "gap_U_s"),
    ("phase_charge_c", "phase_charge_U_c"),
    ("dc_a", "dc_U_a"),
    ("rms_a", "rms_U_a"),
    ("energy_j", "energy_U_j"),
    ("current_density_rms_a_m2", "current_density_rms_U_a_m2"),
    ("power_density_w_m2", "power_density_U_w_m2"),
    ("phase1_a", "phase1_U_a"),
    ("phase2_a", "phase2_U_a"),
)
"""Figures with a U of their own key; that of the net charge has stood in the summary from the start."""


def intervals_within_s(pulses: NDArray[Any]) -> NDArray[np.float64]:
    """Intervals between pulses of one train: those longer than three times the median are pauses, s.

    A pulse that is cut stands at no sure instant and does not count where others do.
    """
    whole = pulses[np.isfinite(pulses["charge1_c"])]
    intervals = np.diff(np.sort((whole if whole.size > 1 else pulses)["t_s"]))
    return intervals[intervals < 3.0 * np.median(intervals)] if intervals.size else intervals


def figures_of(
    measured: MeasuredCapture, area_m2: float | None, load_ohm: float | None, accuracy: ChannelAccuracy | None = None
) -> dict[str, Figure]:
    """Every figure of the summary that has a uncertainty, by its key.

    The net charge is that of pulses whose tail was back in the baseline before their window ended: of the others it is
    not known. Source: FDA guidance on powered muscle stimulators, output specification table (rms current density,
    power density); regulatory.md 1.3.
    """
    pulses = measured.pulses
    every = np.ones(pulses.size, np.bool_)
    whole = pulses["tail_done"] > 0
    sign = np.sign(pulses["charge1_c"][np.isfinite(pulses["charge1_c"])])
    first = 1.0 if sign.sum() >= 0.0 else -1.0
    duration_s = measured.samples * measured.period_s
    square_a2 = measured.rms_a**2
    energy_j = load_ohm * square_a2 * duration_s / pulses.size if load_ohm is not None and pulses.size else None
    density = measured.rms_a / area_m2 if area_m2 is not None else None
    power = square_a2 * load_ohm / area_m2 if area_m2 is not None and load_ohm is not None else None
    return {
        "rate_hz": rate_figure(intervals_within_s(pulses), accuracy),
        "phase1_s": mean_figure(measured, "phase1_s", every, accuracy),
        "phase2_s": mean_figure(measured, "phase2_s", every, accuracy),
        "gap_s": mean_figure(measured, "gap_s", every, accuracy),
        "phase_charge_c": mean_figure(measured, "charge1_c", every, accuracy, first),
        "net_charge_c": mean_figure(measured, "net_c", whole, accuracy),
        "dc_a": direct_figure(measured.mean_a, accuracy),
        "rms_a": level_figure(measured.rms_a, accuracy),
        "energy_j": level_figure(energy_j, accuracy, 2.0),
        "current_density_rms_a_m2": level_figure(density, accuracy),
        "power_density_w_m2": level_figure(power, accuracy, 2.0),
        "phase1_a": mean_figure(measured, "phase1_a", every, accuracy),
        "phase2_a": mean_figure(measured, "phase2_a", every, accuracy),
    }


def summary_of(
    measured: MeasuredCapture, area_m2: float | None, load_ohm: float | None, accuracy: ChannelAccuracy | None = None
) -> dict[str, Any]:
    """The `summary` of `stimrig measure --json` (formats.md section 5): SI, None where unknown."""
    return summary_document(measured, figures_of(measured, area_m2, load_ohm, accuracy))


def summary_document(measured: MeasuredCapture, figures: dict[str, Figure]) -> dict[str, Any]:
    """The figures in the order that scripts rely on, each U behind them under a key of its own."""
    pulses = measured.pulses
    within = intervals_within_s(pulses)
    document: dict[str, Any] = {
        "n": int(pulses.size),
        "rate_hz": figures["rate_hz"].value,
        "jitter_s": float(within.std(ddof=1)) if within.size > 1 else None,
        "phase1_s": figures["phase1_s"].value,
        "phase2_s": figures["phase2_s"].value,
        "gap_s": figures["gap_s"].value,
        "phase_charge_c": figures["phase_charge_c"].value,
        "net_charge_c": figures["net_charge_c"].value,
        "net_charge_U_c": figures["net_charge_c"].expanded_value,
        "dc_a": figures["dc_a"].value,
        "rms_a": figures["rms_a"].value,
        "energy_j": figures["energy_j"].value,
        "current_density_rms_a_m2": figures["current_density_rms_a_m2"].value,
        "power_density_w_m2": figures["power_density_w_m2"].value,
        "clipped": int(pulses["clipped"].sum()),
        "phase1_a": figures["phase1_a"].value,
        "phase2_a": figures["phase2_a"].value,
    }
    return document | {key: figures[name].expanded_value for name, key in _FIGURES}


def pulses_of(measured: MeasuredCapture) -> list[dict[str, float | int | None]]:
    """The pulses as JSON can hold them: one mapping a pulse, None for what is not known."""
    names = PULSE_DTYPE.names or ()
    rows: list[dict[str, float | int | None]] = []
    for pulse in measured.pulses:
        values = {name: pulse[name].item() for name in names}
        rows.append({name: value if math.isfinite(value) else None for name, value in values.items()})
    return rows
