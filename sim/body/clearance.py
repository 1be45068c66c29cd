"""What one swing was worth: minimum toe clearance, early-swing minimum, scuff, stumble.

Clearance is virtual: the height of the lower forefoot point above the ground under it, as if the floor did not hold
the foot. A stiff floor fed back into the foot would hide the very depth that these measures need.

- MTC: the lowest local minimum between 35 and 75 % of swing; without one the cycle is *non-MTC* and counts the height
  at the patient's mean MTC phase (Santhiranayagam 2015, JNER 12:58).
- Early-swing minimum: lowest between 12 and 35 %; stiff knees drag there.
- Scuff: clearance not above 0 between 15 and 85 %. Stumble: deeper than 10 mm, or longer than 100 ms (design choices).
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.body.layout import (
    B_MTC_RATIO,
    M_AT_MEAN,
    M_BEST,
    M_BEST_S,
    M_EARLY,
    M_LONGEST,
    M_LOWEST,
    M_S1,
    M_S2,
    M_TOUCH,
    M_Y1,
    M_Y2,
    R_EARLY,
    R_LOWEST,
    R_MTC,
    R_MTC_S,
    R_NON_MTC,
    R_SCUFF,
    R_STUMBLE,
)
from sim.compiled import borrowing

MTC_WINDOW: Final = (0.35, 0.75)
EARLY_WINDOW: Final = (0.12, 0.35)
SCUFF_WINDOW: Final = (0.15, 0.85)
STUMBLE_DEPTH_M: Final = 0.010
STUMBLE_TIME_S: Final = 0.100
LARGEST_FALL_M: Final = 0.004
"""A foot falls less than this in a step (2 m/s): more is the edge of a rug or of a stair, and no parabola fits it."""
MEAN_MEMORY: Final = 0.02
"""Weight of the latest cycle in the mean MTC phase (design choice)."""


@borrowing
def begin_swing(body: NDArray[np.float64], height_m: float) -> None:
    """Forget the last swing; the first point of this one is its toe-off."""
    body[M_S1], body[M_Y1] = 0.0, height_m
    body[M_S2], body[M_Y2] = -1.0, height_m
    body[M_BEST], body[M_BEST_S] = np.nan, np.nan
    body[M_AT_MEAN], body[M_EARLY], body[M_LOWEST] = np.nan, np.nan, np.nan
    body[M_TOUCH], body[M_LONGEST] = -1.0, 0.0


@borrowing
def _lowest(best: float, s0: float, y0: float, s1: float, y1: float, low: float, high: float) -> float:
    """Lower of `best` and of the line from (s0, y0) to (s1, y1) inside the window; NaN counts as nothing yet."""
    if s1 < low or s0 > high or s1 <= s0:
        return best
    a = y0 if s0 >= low else y0 + (y1 - y0) * (low - s0) / (s1 - s0)
    b = y1 if s1 <= high else y0 + (y1 - y0) * (high - s0) / (s1 - s0)
    lower = min(a, b)
    return lower if not best <= lower else best


@borrowing
def _crossing(s0: float, y0: float, s1: float, y1: float) -> float:
    """Where the line from (s0, y0) to (s1, y1) meets the ground."""
    return s0 + (s1 - s0) * y0 / (y0 - y1)


@borrowing
def watch(body: NDArray[np.float64], s: float, height_m: float, swing_s: float) -> None:
    """Take in the clearance at swing phase `s`; minima are refined by a parabola through three points."""
    s1, y1, s2, y2 = body[M_S1], body[M_Y1], body[M_S2], body[M_Y2]
    if s2 >= 0.0 and y1 <= y2 and y1 < height_m:
        left, right = s1 - s2, s - s1
        slope = (y1 - y2) / left
        bend = ((height_m - y1) / right - slope) / (left + right)
        at = s1 - 0.5 * (slope / bend + left)
        low = y1 + (at - s1) * (slope + bend * (at - s2))
        if y2 - y1 > LARGEST_FALL_M:
            at, low = s1, y1
        if MTC_WINDOW[0] <= at <= MTC_WINDOW[1] and not body[M_BEST] <= low:
            body[M_BEST], body[M_BEST_S] = low, at
    body[M_EARLY] = _lowest(body[M_EARLY], s1, y1, s, height_m, EARLY_WINDOW[0], EARLY_WINDOW[1])
    body[M_LOWEST] = _lowest(body[M_LOWEST], s1, y1, s, height_m, SCUFF_WINDOW[0], SCUFF_WINDOW[1])
    mean = body[B_MTC_RATIO]
    if s1 <= mean < s:
        body[M_AT_MEAN] = y1 + (height_m - y1) * (mean - s1) / (s - s1)
    if height_m <= 0.0 and SCUFF_WINDOW[0] <= s <= SCUFF_WINDOW[1]:
        if body[M_TOUCH] < 0.0:
            body[M_TOUCH] = max(_crossing(s1, y1, s, height_m), SCUFF_WINDOW[0]) if y1 > 0.0 else s
        body[M_LONGEST] = max(body[M_LONGEST], (s - body[M_TOUCH]) * swing_s)
    elif height_m > 0.0:
        if body[M_TOUCH] >= 0.0 and y1 <= 0.0:
            left = min(_crossing(s1, y1, s, height_m), SCUFF_WINDOW[1])
            body[M_LONGEST] = max(body[M_LONGEST], (left - body[M_TOUCH]) * swing_s)
        body[M_TOUCH] = -1.0
    body[M_S2], body[M_Y2] = s1, y1
    body[M_S1], body[M_Y1] = s, height_m


@borrowing
def end_swing(body: NDArray[np.float64], result: NDArray[np.float64]) -> float:
    """Write the measures of the swing into its row and return its MTC, m."""
    has_minimum = body[M_BEST] == body[M_BEST]
    result[R_NON_MTC] = 0.0 if has_minimum else 1.0
    if has_minimum:
        mtc = body[M_BEST]
        result[R_MTC_S] = body[M_BEST_S]
        body[B_MTC_RATIO] += MEAN_MEMORY * (body[M_BEST_S] - body[B_MTC_RATIO])
    else:
        mtc = body[M_AT_MEAN]
        result[R_MTC_S] = body[B_MTC_RATIO]
    lowest = body[M_LOWEST]
    result[R_MTC] = mtc
    result[R_EARLY] = body[M_EARLY]
    result[R_LOWEST] = lowest
    result[R_SCUFF] = 1.0 if lowest <= 0.0 else 0.0
    result[R_STUMBLE] = 1.0 if lowest < -STUMBLE_DEPTH_M or body[M_LONGEST] > STUMBLE_TIME_S else 0.0
    return mtc
