"""The pulses of two records matched in time: a lead or lag within a tolerance is the same pulse."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rig.record import Table


@dataclass(frozen=True, slots=True)
class PulseMatch:
    """The pulses of one case in two runs.

    Attributes:
        pulses_a: pulses of the first run.
        pulses_b: pulses of the second.
        matched: pairs within the tolerance.
        lag_s: median of b - a over the pairs, s; NaN without a pair.
        largest_lag_s: the lag of largest magnitude, s.
        largest_charge_c: largest difference of the phase charge of a pair, C.
        first_unmatched_s: instant of the first pulse without a partner, s; NaN where all have one.
    """

    pulses_a: int
    pulses_b: int
    matched: int
    lag_s: float
    largest_lag_s: float
    largest_charge_c: float
    first_unmatched_s: float


def match_pulses(a: Table, b: Table, tolerance_s: float) -> PulseMatch:
    """Pair the pulses of each channel in time order.

    A pulse takes the earliest partner that is no more than `tolerance_s` away and not yet taken; with pulses further
    apart than twice the tolerance that is the only one possible.

    Args:
        a: columns of `pulses.parquet`.
        b: the same of the other run.
        tolerance_s: largest lead or lag, s.
    """
    pairs_a: list[int] = []
    pairs_b: list[int] = []
    for channel in np.union1d(a["channel"], b["channel"]):
        own_a, own_b = (np.flatnonzero(table["channel"] == channel) for table in (a, b))
        for i, j in nearest_pairs(a["t_s"][own_a], b["t_s"][own_b], tolerance_s):
            pairs_a.append(int(own_a[i]))
            pairs_b.append(int(own_b[j]))
    rows_a, rows_b = np.array(pairs_a, np.int64), np.array(pairs_b, np.int64)
    lag_s = b["t_s"][rows_b] - a["t_s"][rows_a]
    charge_c = np.abs(np.abs(b["charge1_c"][rows_b]) - np.abs(a["charge1_c"][rows_a]))
    alone_s = np.concatenate([np.delete(a["t_s"], rows_a), np.delete(b["t_s"], rows_b)])
    nan = float("nan")
    return PulseMatch(
        pulses_a=a["t_s"].size,
        pulses_b=b["t_s"].size,
        matched=rows_a.size,
        lag_s=float(np.median(lag_s)) if lag_s.size else nan,
        largest_lag_s=float(lag_s[np.argmax(np.abs(lag_s))]) if lag_s.size else nan,
        largest_charge_c=float(np.max(charge_c)) if charge_c.size else nan,
        first_unmatched_s=float(np.min(alone_s)) if alone_s.size else nan,
    )


def nearest_pairs(a_s: NDArray[np.float64], b_s: NDArray[np.float64], tolerance_s: float) -> list[tuple[int, int]]:
    """(row of a, row of b) of instants no more than `tolerance_s` apart, both in time order, each taken once."""
    found: list[tuple[int, int]] = []
    i = j = 0
    while i < a_s.size and j < b_s.size:
        lag_s = b_s[j] - a_s[i]
        if abs(lag_s) <= tolerance_s:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif lag_s > 0.0:
            i += 1
        else:
            j += 1
    return found
