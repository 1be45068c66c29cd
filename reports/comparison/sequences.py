"""Two pulse sequences that should be one: which pulse is missing, early, too long, too strong, or in another train."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from reports.comparison.pulses import nearest_pairs
from rig.record import Table

_LONGEST_REACH_S: Final = 5e-3
"""Pulses further apart are never the same one: a quarter of the period at 50 Hz (design choice)."""
_NO_PERIOD_S: Final = 4.0 * _LONGEST_REACH_S

RESOLVED_S: Final = 10e-6
"""The current of a shorter phase is not compared: behind the filter of 1 MS/s it has no plateau (design choice)."""


class Difference(StrEnum):
    """In what two pulses differ."""

    ONLY_A = "only in A"
    ONLY_B = "only in B"
    INSTANT = "instant"
    TRAIN = "train"
    PHASE1 = "width of phase 1"
    GAP = "gap"
    PHASE2 = "width of phase 2"
    CURRENT1 = "current of phase 1"
    CURRENT2 = "current of phase 2"


@dataclass(frozen=True, slots=True)
class Tolerances:
    """How far two sequences may lie apart and be one.

    Attributes:
        time_s: largest lead or lag of a pulse, s.
        width_s: largest difference of a phase's width or of the gap, s.
        current_a: largest difference of a phase's current, A.
    """

    time_s: float
    width_s: float
    current_a: float


@dataclass(frozen=True, slots=True)
class PulseDifference:
    """One thing in which the sequences differ.

    Attributes:
        what: kind.
        channel: stimulation channel.
        t_s: instant in the sequence that has the pulse, of A where both have it, s.
        value_a: in A, SI; None where A lacks the pulse. For `TRAIN` 1 where the pulse begins a train, else 0.
        value_b: the same of B.
        unit: SI unit of both.
        allowed_value: by how much they may differ.
    """

    what: Difference
    channel: int
    t_s: float
    value_a: float | None
    value_b: float | None
    unit: str
    allowed_value: float


@dataclass(frozen=True, slots=True)
class SequenceComparison:
    """The pulses of one case in two runs.

    Attributes:
        pulses_a: how many in A.
        pulses_b: how many in B.
        trains_a: trains of A.
        trains_b: trains of B.
        matched: pairs.
        lag_s: median of b - a over the pairs, s; None without a pair.
        least_lag_s: smallest of them, s.
        largest_lag_s: largest of them, s.
        largest_width_s: largest difference of a width of a pair, s.
        largest_current_a: largest difference of a current of a pair, A.
        differences: in time order.
    """

    pulses_a: int
    pulses_b: int
    trains_a: int
    trains_b: int
    matched: int
    lag_s: float | None
    least_lag_s: float | None
    largest_lag_s: float | None
    largest_width_s: float
    largest_current_a: float
    differences: tuple[PulseDifference, ...] = field(default=())


_SHAPE: Final = (
    (Difference.PHASE1, "phase1_s", "s", "phase1_s"),
    (Difference.GAP, "gap_s", "s", "gap_s"),
    (Difference.PHASE2, "phase2_s", "s", "phase2_s"),
    (Difference.CURRENT1, "phase1_a", "A", "phase1_s"),
    (Difference.CURRENT2, "phase2_a", "A", "phase2_s"),
)
"""(difference, column of `pulses.parquet`, unit, column of the width to which it belongs)."""


def compare_sequences(a: Table, b: Table, tolerances: Tolerances) -> SequenceComparison:
    """Pair the pulses of each channel in time order and name every difference.

    A pulse is paired with the earliest free one within a quarter of the usual period (5 ms at most) or the tolerance,
    whichever is longer: one that is late beyond the tolerance is late, not missing here and superfluous there.

    Args:
        a: columns of `pulses.parquet`.
        b: the same of the other run.
        tolerances: how far values may lie apart.
    """
    found: list[PulseDifference] = []
    pairs: list[tuple[int, int]] = []
    for channel in np.union1d(a["channel"], b["channel"]):
        rows_a, rows_b = (np.flatnonzero(table["channel"] == channel) for table in (a, b))
        reach_s = max(tolerances.time_s, min(_reach_s(a, rows_a), _reach_s(b, rows_b)))
        own = nearest_pairs(a["t_s"][rows_a], b["t_s"][rows_b], reach_s)
        pairs += [(int(rows_a[i]), int(rows_b[j])) for i, j in own]
    starts_a, starts_b = _train_starts(a), _train_starts(b)
    for i, j in pairs:
        found += _differences(a, b, i, j, tolerances)
        if starts_a[i] != starts_b[j]:
            start = (float(starts_a[i]), float(starts_b[j]))
            found.append(PulseDifference(Difference.TRAIN, int(a["channel"][i]), float(a["t_s"][i]), *start, "", 0.0))
    found += _alone(a, {i for i, _ in pairs}, Difference.ONLY_A, tolerances)
    found += _alone(b, {j for _, j in pairs}, Difference.ONLY_B, tolerances)
    rows = np.array(pairs, np.int64).reshape(-1, 2)
    lag_s = b["t_s"][rows[:, 1]] - a["t_s"][rows[:, 0]]
    return SequenceComparison(
        pulses_a=a["t_s"].size,
        pulses_b=b["t_s"].size,
        trains_a=int(starts_a.sum()),
        trains_b=int(starts_b.sum()),
        matched=len(pairs),
        lag_s=float(np.median(lag_s)) if lag_s.size else None,
        least_lag_s=float(lag_s.min()) if lag_s.size else None,
        largest_lag_s=float(lag_s.max()) if lag_s.size else None,
        largest_width_s=_largest(a, b, rows, "s"),
        largest_current_a=_largest(a, b, rows, "A"),
        differences=tuple(sorted(found, key=lambda each: (each.t_s, each.channel, each.what))),
    )


def _reach_s(table: Table, rows: NDArray[np.int64]) -> float:
    """A quarter of the usual period of a channel, s."""
    t_s = table["t_s"][rows]
    period_s = float(np.median(np.diff(t_s))) if t_s.size > 1 else _NO_PERIOD_S
    return min(_LONGEST_REACH_S, 0.25 * period_s)


def _train_starts(table: Table) -> NDArray[np.bool_]:
    """True for each pulse that is the first of its train."""
    starts = np.zeros(table["t_s"].size, np.bool_)
    for channel in np.unique(table["channel"]):
        rows = np.flatnonzero(table["channel"] == channel)
        trains = table["train"][rows]
        starts[rows] = np.concatenate([[True], trains[1:] != trains[:-1]])
    return starts


def _differences(a: Table, b: Table, i: int, j: int, tolerances: Tolerances) -> list[PulseDifference]:
    channel, t_s = int(a["channel"][i]), float(a["t_s"][i])
    found: list[PulseDifference] = []
    other_s = float(b["t_s"][j])
    if abs(other_s - t_s) > tolerances.time_s:
        found.append(PulseDifference(Difference.INSTANT, channel, t_s, t_s, other_s, "s", tolerances.time_s))
    for what, column, unit, width in _SHAPE:
        if unit == "A" and min(a[width][i], b[width][j]) < RESOLVED_S:
            continue
        value_a, value_b = float(a[column][i]), float(b[column][j])
        allowed = tolerances.width_s if unit == "s" else tolerances.current_a
        lacking = np.isnan(value_a), np.isnan(value_b)
        if lacking[0] != lacking[1] or abs(value_b - value_a) > allowed:
            values = (None if lacking[0] else value_a, None if lacking[1] else value_b)
            found.append(PulseDifference(what, channel, t_s, *values, unit, allowed))
    return found


def _alone(table: Table, paired: set[int], what: Difference, tolerances: Tolerances) -> list[PulseDifference]:
    found: list[PulseDifference] = []
    for row in range(table["t_s"].size):
        if row in paired:
            continue
        t_s = float(table["t_s"][row])
        values = (t_s, None) if what is Difference.ONLY_A else (None, t_s)
        found.append(PulseDifference(what, int(table["channel"][row]), t_s, *values, "s", tolerances.time_s))
    return found


def _largest(a: Table, b: Table, rows: NDArray[np.int64], of_unit: str) -> float:
    apart: list[NDArray[np.float64]] = []
    for _, column, unit, width in _SHAPE:
        if unit == of_unit:
            resolved = np.minimum(a[width][rows[:, 0]], b[width][rows[:, 1]]) >= RESOLVED_S
            pairs = rows[resolved] if unit == "A" else rows
            apart.append(np.abs(b[column][pairs[:, 1]] - a[column][pairs[:, 0]]))
    known = np.concatenate(apart)
    known = known[~np.isnan(known)]
    return float(known.max()) if known.size else 0.0
