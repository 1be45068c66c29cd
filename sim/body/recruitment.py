"""How much of the nerve one pulse excites: strength-duration law and recruitment curve.

Threshold (Weiss 1901): ``I_th(w) = I_rh (1 + t_chr / w)``. With x = I / I_th and the logistic s,

    R(x) = R_max [s((x - x50) / b) - s((1 - x50) / b)] / [1 - s((1 - x50) / b)], not below 0.

Only the cathodic phase of a pulse excites; current counts positive where the active electrode is the cathode. A
reversal that follows at once takes some of that excitation back: without an interphase gap the threshold of a
symmetric pulse is 1.15 times higher, falling to 1 at a gap of 100 us and with the height of the second phase (van den
Honert & Mortimer 1979 report the effect; the numbers are design choices). The anodic phase excites at the other
electrode with a threshold 3 times higher (anodal block aside; Ranck 1975 gives 3 to 7).
"""

import math

import numpy as np
from numpy.typing import NDArray

from sim.body.patient import Patient
from sim.compiled import borrowing
from sim.errors import ModelError

REVERSAL = 0.15
REVERSAL_GAP_S = 100e-6
ANODIC = 3.0
_NAMES = ("phase1_a", "phase1_s", "gap_s", "phase2_a", "phase2_s")


@borrowing
def threshold_a(width_s: float, rheobase_a: float, chronaxie_s: float) -> float:
    """Motor threshold of a pulse of a given width, A (Weiss 1901)."""
    return rheobase_a * (1.0 + chronaxie_s / width_s)


@borrowing
def recruited_ratio(x: float, mid: float, width: float) -> float:
    """Recruited share of the excitable axons at x times threshold, 0..1; 0 up to the threshold itself."""
    if x <= 1.0:
        return 0.0
    floor = 1.0 / (1.0 + math.exp(-(1.0 - mid) / width))
    return (1.0 / (1.0 + math.exp(-(x - mid) / width)) - floor) / (1.0 - floor)


@borrowing
def _times_threshold(
    phase1_a: float,
    phase1_s: float,
    gap_s: float,
    phase2_a: float,
    phase2_s: float,
    rheobase_a: float,
    chronaxie_s: float,
) -> float:
    """The pulse in multiples of its threshold: the stronger of its two phases."""
    best = 0.0
    if phase1_s > 0.0:
        x = phase1_a / threshold_a(phase1_s, rheobase_a, chronaxie_s)
        opposed = phase1_a * phase2_a < 0.0
        if opposed:
            height = min(1.0, abs(phase2_a / phase1_a))
            x /= 1.0 + REVERSAL * height * max(0.0, 1.0 - gap_s / REVERSAL_GAP_S)
        best = max(best, x if x > 0.0 else -x / ANODIC)
    if phase2_s > 0.0:
        x = phase2_a / threshold_a(phase2_s, rheobase_a, chronaxie_s)
        best = max(best, x if x > 0.0 else -x / ANODIC)
    return best


@borrowing
def _recruit(
    rows: NDArray[np.float64],
    rheobase_a: float,
    chronaxie_s: float,
    mid: float,
    width: float,
    excitable: float,
    shares: NDArray[np.float64],
) -> int:
    """Fill `shares` from the pulses in the columns of `rows`; -1, or the first pulse whose height is unknown."""
    for i in range(rows.shape[1]):
        if not (math.isfinite(rows[0, i]) and math.isfinite(rows[1, i])):
            return i
        gap_s, phase2_a, phase2_s = rows[2, i], rows[3, i], rows[4, i]
        gap_s = 0.0 if math.isnan(gap_s) else gap_s
        phase2_a = 0.0 if math.isnan(phase2_a) else phase2_a
        phase2_s = 0.0 if math.isnan(phase2_s) else phase2_s
        x = _times_threshold(rows[0, i], rows[1, i], gap_s, phase2_a, phase2_s, rheobase_a, chronaxie_s)
        shares[i] = excitable * recruited_ratio(x, mid, width)
    return -1


def recruitment(patient: Patient, pulses: NDArray[np.void]) -> NDArray[np.float64]:
    """Recruited share of the dorsiflexors' motor units by pulse, (n,), 0..1; exactly 0 for a denervated muscle.

    Args:
        patient: whose nerve.
        pulses: `PULSE_DTYPE`; an absent second phase is NaN or 0.

    Raises:
        ModelError: the height of a pulse is unknown (a clipped sample).
    """
    rows, shares = np.empty((len(_NAMES), pulses.size)), np.empty(pulses.size)
    for i, name in enumerate(_NAMES):
        rows[i] = pulses[name]
    unknown = _recruit(
        rows,
        patient.rheobase_a,
        patient.chronaxie_s,
        patient.recruitment_mid,
        patient.recruitment_width,
        patient.excitability_ratio,
        shares,
    )
    if unknown >= 0:
        raise ModelError(
            "recruitment",
            float(pulses["t_s"][unknown]),
            "the height or width of a pulse is unknown (clipped capture); widen the range of the front end",
        )
    return shares
