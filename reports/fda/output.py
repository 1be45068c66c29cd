"""What one record says about the output of a device: the figures of table B at one load."""

import math
from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from reports.fda.figure import Figure, average, largest, told
from reports.measures.grouping import trains_of
from reports.measures.plateau import plateau_rows
from reports.measures.pulse_budget import interval_terms, pulse_terms
from reports.measures.shape_budget import shape_terms
from rig.record import Record

_SAME_RATIO: Final = 0.05
"""Phases whose widths and currents differ by no more are symmetric (proposal of regulatory.md 1.3)."""
_FLAT_RATIO: Final = 0.1
"""A plateau that falls by no more, with edges that take no more of the width, is rectangular (design choice)."""
NO_PLATEAU: Final = told("no plateau: every train ended in its ramp")


def output_figures(record: Record, area_m2: float | None) -> dict[str, Figure]:
    """The figures of table B that this record can give, by name.

    Maxima are those of the strongest pulse of the record; pulse form and rate are of the plateau, between the ramps.
    The root mean square and the averages are at the pulse rate, ``I_rms = sqrt(f max(integral of i^2))``, as if
    stimulation never paused.

    Args:
        record: of a run into a resistor.
        area_m2: smallest electrode, m^2; None where nobody stated it: densities are then unknown.
    """
    pulses = record.pulses
    good = np.flatnonzero(pulses["clipped"] == 0).astype(np.int64)
    plateau = good[plateau_rows(record)[good]]
    if good.size == 0:
        return {}
    rate = _rate(record, plateau)
    square = largest(pulses["square_a2s"][good], shape_terms(record, "square_a2s", good), "A^2 s")
    return {
        "waveform": told(_waveform(pulses, good)),
        "shape": told(_shape(pulses, plateau)),
        "voltage": largest(pulses["peak_v"][good], shape_terms(record, "peak_v", good), "V"),
        "current": largest(pulses["peak_a"][good], shape_terms(record, "peak_a", good), "A"),
        "overshoot": _overshoot(record, plateau),
        "phase1": _mean(record, "phase1_s", plateau, "s"),
        "phase2": _mean(record, "phase2_s", plateau, "s"),
        "gap": _mean(record, "gap_s", plateau, "s"),
        "rate": rate,
        "symmetric": told(_symmetric(pulses, plateau)),
        "net_charge": _mean(record, "net_c", plateau, "C"),
        "phase_charge": _phase_charge(record, good),
        **_averages(record, square, rate, area_m2),
        **_bursts(record),
    }


def _mean(record: Record, field: str, rows: NDArray[np.int64], unit: str) -> Figure:
    return average(record.pulses[field][rows], pulse_terms(record, field, rows), unit) if rows.size else NO_PLATEAU


def _phase_charge(record: Record, rows: NDArray[np.int64]) -> Figure:
    """The larger of the two phases, over all pulses."""
    found = [
        largest(np.abs(record.pulses[field][rows]), pulse_terms(record, field, rows), "C")
        for field in ("charge1_c", "charge2_c")
    ]
    return max(found, key=lambda figure: -math.inf if figure.value is None else figure.value)


def _overshoot(record: Record, rows: NDArray[np.int64]) -> Figure:
    """Bare peak of phase 1 over its plateau, relative; the noise of a sample lifts a bare peak and is part of it."""
    if rows.size == 0:
        return NO_PLATEAU
    pulses = record.pulses
    level = pulses["phase1_a"][rows]
    terms = tuple(part.scaled(1.0 / np.abs(level)) for part in shape_terms(record, "peak1_a", rows))
    return average(pulses["peak1_a"][rows] / level - 1.0, terms, "")


def _rate(record: Record, rows: NDArray[np.int64]) -> Figure:
    """One over the median period within a train."""
    pulses = record.pulses
    same = (np.diff(pulses["train"][rows]) == 0) & (np.diff(pulses["channel"][rows]) == 0)
    period_s = np.diff(pulses["t_s"][rows])[same]
    if period_s.size == 0:
        return NO_PLATEAU
    middle_s = float(np.median(period_s))
    first = rows[:-1][same][:1]
    found = average(np.array([middle_s]), interval_terms(record, first, np.array([middle_s])), "s")
    return Figure(1.0 / middle_s, (found.expanded_value or 0.0) / middle_s**2, "Hz")


def _averages(record: Record, square: Figure, rate: Figure, area_m2: float | None) -> dict[str, Figure]:
    """Root mean square, average current, energy and densities at the pulse rate."""
    pulses = record.pulses
    if square.value is None or rate.value is None:
        return {}
    rms_a = math.sqrt(rate.value * square.value)
    relative = math.hypot((square.expanded_value or 0.0) / square.value, (rate.expanded_value or 0.0) / rate.value)
    rms = Figure(rms_a, 0.5 * relative * rms_a, "A")
    load_ohm = record.case.load.resistance_ohm
    moved_c = np.abs(pulses["charge1_c"]) + np.abs(np.nan_to_num(pulses["charge2_c"]))
    row = np.array([int(np.nanargmax(moved_c))], np.int64)
    terms = (*pulse_terms(record, "charge1_c", row), *pulse_terms(record, "charge2_c", row))
    found = {
        "rms": rms,
        "average_current": largest(moved_c[row], terms, "C").scaled(rate.value, "A"),
        "energy": square.scaled(load_ohm, "J"),
    }
    if area_m2 is not None:
        peak_a = float(np.nanmax(pulses["peak_a"]))
        found |= {
            "current_density": rms.scaled(1.0 / area_m2, "A/m^2"),
            "peak_density": Figure(peak_a / area_m2, None, "A/m^2"),
            "power_density": Figure(rms_a**2 * load_ohm / area_m2, relative * rms_a**2 * load_ohm / area_m2, "W/m^2"),
        }
    return found


def _bursts(record: Record) -> dict[str, Figure]:
    """A train is a burst: one a step."""
    trains = trains_of(record)
    walked_s = record.span_s[1] - record.span_s[0]
    if not trains or walked_s <= 0.0:
        return {}
    length_s = [train.last_pulse_s - train.t0_s for train in trains]
    per_s = len(trains) / walked_s
    return {
        "burst_pulses": Figure(float(np.mean([train.rows.size for train in trains])), None, ""),
        "burst_rate": Figure(per_s, None, "Hz"),
        "burst_length": Figure(float(np.mean(length_s)), None, "s"),
        "duty": Figure(float(np.mean(length_s)) * per_s, None, ""),
    }


def _waveform(pulses: Mapping[str, NDArray[np.float64]], rows: NDArray[np.int64]) -> str:
    second = pulses["phase2_s"][rows]
    driven = np.mean(np.isfinite(second) & (second > 0.0))
    if driven > 0.5:
        return "pulsed biphasic"
    moved = np.abs(pulses["charge2_c"][rows]) > 0.5 * np.abs(pulses["charge1_c"][rows])
    return "pulsed monophasic with passive recovery" if np.mean(moved) > 0.5 else "pulsed monophasic"


def _shape(pulses: Mapping[str, NDArray[np.float64]], rows: NDArray[np.int64]) -> str:
    if rows.size == 0:
        return NO_PLATEAU.text
    droop = np.nanmedian(np.abs(pulses["droop_a"][rows] / pulses["phase1_a"][rows]))
    rise = np.nanmedian(pulses["rise_s"][rows] / pulses["phase1_s"][rows])
    return "rectangular" if droop <= _FLAT_RATIO and rise <= _FLAT_RATIO else "not rectangular"


def _symmetric(pulses: Mapping[str, NDArray[np.float64]], rows: NDArray[np.int64]) -> str:
    width1, width2 = pulses["phase1_s"][rows], pulses["phase2_s"][rows]
    if rows.size == 0 or not np.isfinite(width2).any():
        return "not multiphasic"
    width = np.nanmedian(np.abs(width2 / width1 - 1.0))
    current = np.nanmedian(np.abs(np.abs(pulses["phase2_a"][rows] / pulses["phase1_a"][rows]) - 1.0))
    return "yes" if width <= _SAME_RATIO and current <= _SAME_RATIO else "no"
