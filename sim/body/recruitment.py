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

from sim.body.layout import P_CHANNEL, P_DEEP, PULSE
from sim.compiled import borrowing

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
def excite(
    rows: NDArray[np.float64],
    pairs: NDArray[np.int64],
    rheobase_a: NDArray[np.float64],
    chronaxie_s: NDArray[np.float64],
    factors: NDArray[np.float64],
    curve: tuple[float, float],
    excitable: tuple[float, float],
    times: NDArray[np.float64],
    shares: NDArray[np.float64],
) -> int:
    """What pulses do to the two branches of the nerve.

    Args:
        rows: (5, n) current and width of phase 1, gap, current and width of phase 2.
        pairs: (n,) electrode pair of each pulse.
        rheobase_a: by pair, A.
        chronaxie_s: by pair, s.
        factors: (n, 2) threshold of each branch in multiples of the pair's.
        curve: middle and width of the recruitment curve.
        excitable: share of the axons of each branch that can be excited.
        times: result (n,): the pulse in multiples of its pair's threshold.
        shares: result (n, 2): recruited share of each branch.

    Returns:
        -1, or the first pulse whose height is unknown.
    """
    for i in range(rows.shape[1]):
        if not (math.isfinite(rows[0, i]) and math.isfinite(rows[1, i])):
            return i
        gap_s, phase2_a, phase2_s = rows[2, i], rows[3, i], rows[4, i]
        gap_s = 0.0 if math.isnan(gap_s) else gap_s
        phase2_a = 0.0 if math.isnan(phase2_a) else phase2_a
        phase2_s = 0.0 if math.isnan(phase2_s) else phase2_s
        rheobase, chronaxie = float(rheobase_a[pairs[i]]), float(chronaxie_s[pairs[i]])
        x = _times_threshold(rows[0, i], rows[1, i], gap_s, phase2_a, phase2_s, rheobase, chronaxie)
        times[i] = x
        for branch in range(2):
            shares[i, branch] = excitable[branch] * recruited_ratio(x / factors[i, branch], curve[0], curve[1])
    return -1


def phases(pulses: NDArray[np.void]) -> NDArray[np.float64]:
    """The rows that `excite` takes, (5, n), of pulses in `PULSE_DTYPE`; an absent second phase is NaN or 0."""
    rows = np.empty((len(_NAMES), pulses.size))
    for i, name in enumerate(_NAMES):
        rows[i] = pulses[name]
    return rows


def deep_only(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Pulses of channel 1 that recruit `shares` (n,) of the deep branch and nothing else, as the body feels them."""
    felt = np.zeros((shares.size, PULSE))
    felt[:, P_DEEP], felt[:, P_CHANNEL] = shares, 1.0
    return felt
