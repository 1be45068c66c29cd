"""The fields of the FDA output specification table that one capture can fill.

Source: FDA guidance on powered muscle stimulators (1999), output specifications; formulas: regulatory.md 1.3, Table B.
Fields that need other loads or settings, or the maker's word, are not here.
"""

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from rig.capture_measure import MeasuredCapture
from rig.capture_summary import intervals_within_s

_SPIKE_S: Final = 5e-6
_SYMMETRY: Final = 0.05
_FLAT: Final = 0.8
_PAUSE: Final = 3.0


def fda_fields(
    measured: MeasuredCapture, area_m2: float | None, load_ohm: float | None, voltage: MeasuredCapture | None
) -> dict[str, Any]:
    """Fields of Table B, SI; None where this capture does not tell.

    `frequency_hz` is 1/median of the intervals inside a train; rms and averages are those while stimulation is on:
    ``Irms = sqrt(f integral i^2)``, over one pulse, noise taken off; current densities and power are for `area_m2`.
    """
    pulses = measured.pulses
    within = intervals_within_s(pulses)
    rate_hz = float(1.0 / np.median(within)) if within.size else None
    biphasic = bool(np.isfinite(pulses["phase2_s"]).sum() > 0.5 * pulses.size) if pulses.size else None
    peak_a, calm_a = _peaks(measured)
    plateau_a = _largest(np.fmax(np.abs(pulses["phase1_a"]), np.abs(pulses["phase2_a"])))
    rms_a, average_a = _while_on(measured, rate_hz)
    widths = pulses["phase1_s"] + np.where(np.isfinite(pulses["phase2_s"]), pulses["gap_s"] + pulses["phase2_s"], 0.0)
    power = rms_a**2 * load_ohm / area_m2 if rms_a is not None and load_ohm is not None and area_m2 else None
    return {
        "waveform": None if biphasic is None else f"pulsed {'biphasic' if biphasic else 'monophasic'}",
        "shape": _shape(measured),
        "max_output_voltage_v": None if voltage is None else _peaks(voltage)[0],
        "max_output_current_a": peak_a,
        "max_output_current_without_spikes_a": calm_a,
        "max_plateau_current_a": plateau_a,
        "pulse_width_phase1_s": _middle(pulses["phase1_s"]),
        "pulse_width_whole_s": _middle(widths),
        "frequency_hz": rate_hz,
        "frequency_min_hz": float(1.0 / within.max()) if within.size else None,
        "frequency_max_hz": float(1.0 / within.min()) if within.size else None,
        "symmetrical_phases": _symmetrical(pulses) if biphasic else None,
        "phase1_duration_s": _middle(pulses["phase1_s"]),
        "phase2_duration_s": _middle(pulses["phase2_s"]),
        "net_charge_c": _middle(np.where(pulses["tail_done"] > 0, pulses["net_c"], math.nan)),
        "max_phase_charge_c": _largest(np.fmax(np.abs(pulses["charge1_c"]), np.abs(pulses["charge2_c"]))),
        "rms_current_on_a": rms_a,
        "average_absolute_current_on_a": average_a,
        "max_current_density_rms_a_m2": rms_a / area_m2 if rms_a is not None and area_m2 else None,
        "max_current_density_peak_a_m2": peak_a / area_m2 if peak_a is not None and area_m2 else None,
        "max_power_density_w_m2": power,
        **_bursts(pulses, rate_hz, measured.span_s),
    }


def _middle(values: NDArray[np.float64]) -> float | None:
    there = values[np.isfinite(values)]
    return float(np.median(there)) if there.size else None


def _largest(values: NDArray[np.float64]) -> float | None:
    there = values[np.isfinite(values)]
    return float(there.max()) if there.size else None


def _peaks(measured: MeasuredCapture) -> tuple[float | None, float | None]:
    """Largest distance from the baseline in the record, and in its highest pulse behind a median of 5 us."""
    if math.isnan(measured.baseline_a) or measured.at_ends:
        return None, None
    peak = max(abs(value - measured.baseline_a) for value in measured.range_a)
    if measured.highest is None:
        return peak, None
    values = measured.highest.codes * measured.recording.scale + measured.recording.offset
    length = round(_SPIKE_S / measured.period_s) // 2 * 2 + 1
    calm = median_filter(values, size=length) if length > 1 else values
    return peak, float(np.abs(calm - measured.baseline_a).max())


def _shape(measured: MeasuredCapture) -> str | None:
    """Rectangular where the plateau of phase 1 is at least 80 % of its peak."""
    pulses, window = measured.pulses, measured.highest
    if window is None or not pulses.size:
        return None
    pulse = pulses[window.row]
    first = int(pulse["t_s"] / measured.period_s) - window.first
    last = first + int(pulse["phase1_s"] / measured.period_s) + 1
    values = window.codes[max(first, 0) : last] * measured.recording.scale + measured.recording.offset
    peak = float(np.abs(values - measured.baseline_a).max()) if values.size else math.nan
    ratio = abs(pulse["phase1_a"]) / peak if peak > 0.0 else math.nan
    return None if math.isnan(ratio) else "rectangular" if ratio >= _FLAT else f"not rectangular (flatness {ratio:.2f})"


def _symmetrical(pulses: NDArray[Any]) -> bool:
    """Widths and heights of both phases within 5 % (proposal, regulatory.md 1.3)."""
    width1, width2 = _middle(pulses["phase1_s"]) or 0.0, _middle(pulses["phase2_s"]) or 0.0
    size1, size2 = _middle(np.abs(pulses["phase1_a"])) or 0.0, _middle(np.abs(pulses["phase2_a"])) or 0.0
    return abs(width1 - width2) <= _SYMMETRY * width1 and abs(size1 - size2) <= _SYMMETRY * size1


def _while_on(measured: MeasuredCapture, rate_hz: float | None) -> tuple[float | None, float | None]:
    """Rms and average absolute current while pulses come, A."""
    pulses = measured.pulses
    if rate_hz is None or math.isnan(measured.rms_a):
        return None, None
    noise = 0.0 if math.isnan(measured.noise_a) else measured.noise_a
    square = max(measured.rms_a**2 - noise**2, 0.0) * measured.samples * measured.period_s / pulses.size
    both = np.abs(pulses["charge1_c"]) + np.nan_to_num(np.abs(pulses["charge2_c"]))
    charge = _middle(both)
    return math.sqrt(rate_hz * square), None if charge is None else rate_hz * charge


def _bursts(pulses: NDArray[Any], rate_hz: float | None, span_s: tuple[float, float]) -> dict[str, Any]:
    """Bursts: pulses closer than three periods belong together."""
    empty: dict[str, Any] = dict.fromkeys(
        ("pulses_per_burst", "bursts_per_second", "burst_duration_s", "duty_ratio", "max_on_time_s", "min_off_time_s")
    )
    if rate_hz is None:
        return empty
    t_s = np.sort(pulses["t_s"])
    breaks = np.flatnonzero(np.diff(t_s) > _PAUSE / rate_hz)
    starts = t_s[np.concatenate(([0], breaks + 1))]
    ends = t_s[np.concatenate((breaks, [t_s.size - 1]))]
    counts = np.diff(np.concatenate(([0], breaks + 1, [t_s.size])))
    duration_s = span_s[1] - span_s[0]
    pauses = starts[1:] - ends[:-1]
    per_second = starts.size / duration_s
    length_s = float(np.median(ends - starts))
    return {
        "pulses_per_burst": float(np.median(counts)),
        "bursts_per_second": per_second,
        "burst_duration_s": length_s,
        "duty_ratio": min(per_second * length_s, 1.0),
        "max_on_time_s": float((ends - starts).max()),
        "min_off_time_s": float(pauses.min()) if pauses.size else None,
    }
