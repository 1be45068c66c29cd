"""Pulses of a recording and the figures of an output specification that follow from them."""

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rig.capture_file import Recording
from rig.cells import cell_statistics
from rig.finder import PulseFinder
from sim.pulse import PULSE_DTYPE

_SPAN: Final = 4096
_TIMES: Final = ("t_s", "phase1_s", "gap_s", "phase2_s", "end_s", "charge1_c", "charge2_c", "net_c")


@dataclass(slots=True)
class _Sums:
    """Sums of codes over a record."""

    n: int = 0
    total: int = 0
    squares: int = 0

    def add(self, codes: NDArray[np.int16]) -> None:
        """Add a block."""
        first = np.arange(0, codes.size, _SPAN)
        last = np.minimum(first + _SPAN, codes.size)
        low, high = np.empty(first.size, np.int16), np.empty(first.size, np.int16)
        total, squares = np.empty(first.size, np.int64), np.empty(first.size, np.int64)
        cell_statistics(codes, first, last, low, high, total, squares)
        self.n += codes.size
        self.total += int(total.sum())
        self.squares += int(squares.sum())


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredCapture:
    """What was found in a recording.

    Attributes:
        pulses: `PULSE_DTYPE`.
        samples: how many samples there were.
        period_s: time between them, s.
        mean_a: mean current of the record, A.
        rms_a: rms of the current about the baseline of its quiet parts, A.
    """

    pulses: NDArray[Any]
    samples: int
    period_s: float
    mean_a: float
    rms_a: float


def measure_recording(recording: Recording) -> MeasuredCapture:
    """Find the pulses of a recording in one pass and constant memory."""
    finder = PulseFinder(recording.rate_hz, recording.scale, recording.offset, 0.0)
    sums = _Sums()
    found: list[NDArray[Any]] = []
    for first, codes in recording.codes():
        found.append(finder.feed_codes(codes, first))
        sums.add(codes)
    found.append(finder.finish())
    pulses = np.concatenate(found) if found else np.empty(0, PULSE_DTYPE)
    for name in _TIMES:
        pulses[name] *= recording.stretch
    n = max(sums.n, 1)
    base = finder.baseline_a
    mean_a = sums.total / n * recording.scale + recording.offset
    zero = 0.0 if np.isnan(base) else (base - recording.offset) / recording.scale
    variance = sums.squares / n - 2.0 * zero * sums.total / n + zero * zero
    rms_a = float(np.sqrt(max(variance, 0.0))) * abs(recording.scale)
    return MeasuredCapture(pulses, sums.n, recording.stretch / recording.rate_hz, mean_a, rms_a)


def _mean(values: NDArray[np.float64]) -> float | None:
    there = values[np.isfinite(values)]
    return float(there.mean()) if there.size else None


def summary_of(measured: MeasuredCapture, area_m2: float | None, load_ohm: float | None) -> dict[str, Any]:
    """The `summary` of `stimrig measure --json` (formats.md section 5): means over the pulses, SI, None where unknown.

    Intervals longer than three times the median are pauses between trains. `net_charge_U_c` is twice the standard
    error of the mean net charge: what the record itself tells. Source: FDA guidance on powered muscle stimulators,
    output specification table (rms current density, power density).
    """
    pulses = measured.pulses
    intervals = np.diff(np.sort(pulses["t_s"]))
    within = intervals[intervals < 3.0 * np.median(intervals)] if intervals.size else intervals
    net = pulses["net_c"][np.isfinite(pulses["net_c"])]
    duration_s = measured.samples * measured.period_s
    square_a2 = measured.rms_a**2
    energy = load_ohm * square_a2 * duration_s / pulses.size if load_ohm is not None and pulses.size else None
    return {
        "n": int(pulses.size),
        "rate_hz": float(1.0 / within.mean()) if within.size else None,
        "jitter_s": float(within.std(ddof=1)) if within.size > 1 else None,
        "phase1_s": _mean(pulses["phase1_s"]),
        "phase2_s": _mean(pulses["phase2_s"]),
        "gap_s": _mean(pulses["gap_s"]),
        "phase_charge_c": _mean(np.abs(pulses["charge1_c"])),
        "net_charge_c": _mean(pulses["net_c"]),
        "net_charge_U_c": float(2.0 * net.std(ddof=1) / np.sqrt(net.size)) if net.size > 1 else None,
        "dc_a": measured.mean_a,
        "rms_a": measured.rms_a,
        "energy_j": energy,
        "current_density_rms_a_m2": measured.rms_a / area_m2 if area_m2 is not None else None,
        "power_density_w_m2": (
            square_a2 * load_ohm / area_m2 if area_m2 is not None and load_ohm is not None else None
        ),
        "clipped": int(pulses["clipped"].sum()),
    }


def pulses_of(measured: MeasuredCapture) -> list[dict[str, float | int | None]]:
    """The pulses as JSON can hold them: one mapping a pulse, None for what is not known."""
    names = PULSE_DTYPE.names or ()
    rows: list[dict[str, float | int | None]] = []
    for pulse in measured.pulses:
        values = {name: pulse[name].item() for name in names}
        rows.append({name: value if math.isfinite(value) else None for name, value in values.items()})
    return rows
