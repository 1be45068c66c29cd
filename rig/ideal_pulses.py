"""The pulses that a stimulator without delay, fault or loss would have sent at the same settings: the reference."""

import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rig.record import Record, Table
from rig.tables import pulse_array
from scenarios.case import Case
from sim.pulse import PULSE_DTYPE, joined_pulses

_USUAL_RATE_HZ: Final = 40.0
"""Where neither the settings nor the capture tell a rate (design choice)."""
_USUAL_WIDTH_S: Final = 300e-6


def ideal_pulses(record: Record) -> NDArray[Any]:
    """One train a stride, from heel-off to the landing, the set extension and the set ramp down.

    Every channel that is set to a current, or has sent a pulse, sends its set current and width at the set rate, from
    the very instant of heel-off; the pulse width rises over the set ramp, and falls over it once the extension is over.
    What no setting tells is taken from the median of the captured pulses. `PULSE_DTYPE`, in time order.
    """
    return ideal_pulses_of(record.case, record.strides, pulse_array(record.pulses))


def ideal_pulses_of(case: Case, strides: Table, captured: NDArray[Any]) -> NDArray[Any]:
    """The ideal pulses of strides (gait columns, rows 1..N); `captured` pulses tell what no setting tells."""
    parts = [_of_channel(case, strides, captured, channel) for channel in range(1, case.device.channels + 1)]
    found = joined_pulses(parts)
    return found[np.argsort(found["t_s"], kind="stable")]


def _of_channel(case: Case, strides: Table, captured: NDArray[Any], channel: int) -> NDArray[Any]:
    programmed = case.device.programmed
    captured = captured[captured["channel"] == channel]

    def told(name: str, field: str, usual: float) -> float:
        setting = programmed.get(f"{name}_{channel}", programmed.get(name))
        if setting is not None:
            return float(setting)
        return float(np.median(np.abs(captured[field]))) if captured.size else usual

    current_a = told("current", "phase1_a", 0.0)
    if current_a == 0.0:
        return np.zeros(0, PULSE_DTYPE)
    width_s, gap_s = told("pulse_width", "phase1_s", _USUAL_WIDTH_S), told("gap", "gap_s", 0.0)
    rate_hz = programmed.get("rate") or _rate_hz(captured)
    sign = -1.0 if captured.size and np.median(captured["phase1_a"]) < 0.0 else 1.0
    times, ratios = [np.empty(0)], [np.empty(0)]
    for start_s, end_s in _spans(strides, programmed):
        t_s = start_s + np.arange(math.ceil((end_s - start_s) * rate_hz)) / rate_hz
        times.append(t_s)
        ratios.append(_envelope(t_s, start_s, end_s, programmed.get("ramp_up", 0.0), programmed.get("ramp_down", 0.0)))
    ratio = np.concatenate(ratios)
    pulses = np.zeros(ratio.size, PULSE_DTYPE)
    pulses["channel"], pulses["t_s"] = channel, np.concatenate(times)
    pulses["phase1_a"], pulses["phase2_a"] = sign * current_a, -sign * current_a
    pulses["phase1_s"] = pulses["phase2_s"] = width_s * ratio
    pulses["gap_s"] = gap_s
    pulses["charge1_c"] = pulses["phase1_a"] * pulses["phase1_s"]
    pulses["charge2_c"] = -pulses["charge1_c"]
    pulses["end_s"] = pulses["t_s"] + 2.0 * pulses["phase1_s"] + gap_s
    return pulses[ratio > 0.0]


def _rate_hz(captured: NDArray[Any]) -> float:
    return 1.0 / float(np.median(np.diff(captured["t_s"]))) if captured.size > 1 else _USUAL_RATE_HZ


def _spans(strides: Table, programmed: Mapping[str, float]) -> list[tuple[float, float]]:
    """From heel-off to landing, extension and ramp down, of every stride in which the heel rises; never overlapping."""
    ends_s = strides["t0_s"] + strides["stride_time_s"]
    landed_s = np.where(np.isfinite(strides["landing_s"]), strides["landing_s"], ends_s)
    after_s = programmed.get("extension", 0.0) + programmed.get("ramp_down", 0.0)
    spans: list[tuple[float, float]] = []
    for start_s, end_s in zip(strides["heel_off_s"], landed_s + after_s, strict=True):
        if math.isfinite(start_s):
            spans = [(a, min(b, float(start_s))) for a, b in spans]
            spans.append((float(start_s), float(end_s)))
    return spans


def _envelope(
    t_s: NDArray[np.float64], start_s: float, end_s: float, up_s: float, down_s: float
) -> NDArray[np.float64]:
    rising = (t_s - start_s) / up_s if up_s > 0.0 else np.ones_like(t_s)
    falling = (end_s - t_s) / down_s if down_s > 0.0 else np.ones_like(t_s)
    return np.clip(np.minimum(rising, falling), 0.0, 1.0)
