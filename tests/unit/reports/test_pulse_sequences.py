"""Two pulse sequences beside each other: whatever is altered in one is named, and nothing else."""

import numpy as np
import pytest

from reports.comparison.sequences import Difference, Tolerances, compare_sequences

TOLERANCES = Tolerances(time_s=1.1e-3, width_s=1.5e-6, current_a=1e-4)


def _trains(trains=3, pulses=20, period_s=25e-3, channel=1):
    """Trains of biphasic pulses 1.2 s apart, as the columns of a record."""
    t_s = np.concatenate([1.0 + 1.2 * k + period_s * np.arange(pulses) for k in range(trains)])
    n = t_s.size
    return {
        "channel": np.full(n, channel, np.int64),
        "train": np.repeat(np.arange(1, trains + 1), pulses),
        "t_s": t_s,
        "phase1_s": np.full(n, 300e-6),
        "gap_s": np.full(n, 100e-6),
        "phase2_s": np.full(n, 300e-6),
        "phase1_a": np.full(n, 0.03),
        "phase2_a": np.full(n, -0.03),
    }


def _altered(table, column, row, by):
    return table | {column: table[column] + by * (np.arange(table["t_s"].size) == row)}


def _without(table, row):
    return {name: np.delete(column, row) for name, column in table.items()}


def _told(found):
    return [(each.what, each.t_s) for each in found.differences]


def test_equal_sequences_have_no_difference():
    """A constant lag within the tolerance is none; lags, widths and currents are told."""
    a = _trains()
    b = a | {"t_s": a["t_s"] + 12.3e-6, "phase1_a": a["phase1_a"] + 2e-5}
    found = compare_sequences(a, b, TOLERANCES)
    assert found.differences == ()
    assert (found.pulses_a, found.pulses_b, found.matched, found.trains_a, found.trains_b) == (60, 60, 60, 3, 3)
    assert found.lag_s == pytest.approx(12.3e-6) and found.largest_lag_s == pytest.approx(12.3e-6)
    assert found.largest_current_a == pytest.approx(2e-5) and found.largest_width_s == 0.0


def test_a_missing_pulse_is_named_alone():
    """Positive control: one pulse away, one difference; its neighbours keep their partners."""
    a = _trains()
    assert _told(compare_sequences(a, _without(a, 30), TOLERANCES)) == [(Difference.ONLY_A, a["t_s"][30])]
    assert _told(compare_sequences(_without(a, 30), a, TOLERANCES)) == [(Difference.ONLY_B, a["t_s"][30])]


@pytest.mark.parametrize(
    ("column", "by", "what"),
    [
        ("phase1_s", 3e-6, Difference.PHASE1),
        ("phase2_s", -3e-6, Difference.PHASE2),
        ("gap_s", 3e-6, Difference.GAP),
        ("phase1_a", 3e-4, Difference.CURRENT1),
        ("phase2_a", -3e-4, Difference.CURRENT2),
        ("t_s", 1.2e-3, Difference.INSTANT),
        ("phase2_s", float("nan"), Difference.PHASE2),
    ],
)
def test_one_altered_value_is_one_difference(column, by, what):
    """Positive control: 3 us of a width, 0.3 mA, 1.2 ms, a phase that is not there."""
    a = _trains()
    table = _altered(a, column, 7, by) if by == by else a | {column: np.where(np.arange(60) == 7, np.nan, a[column])}
    (difference,) = compare_sequences(a, table, TOLERANCES).differences
    assert (difference.what, difference.t_s) == (what, a["t_s"][7])
    assert difference.value_a == pytest.approx(a[column][7])
    assert difference.value_b == (None if by != by else pytest.approx(a[column][7] + by))


def test_what_lies_within_a_tolerance_is_no_difference():
    """1 us of width and 1 ms of instant are allowed by these tolerances."""
    a = _trains()
    b = _altered(_altered(a, "phase1_s", 7, 1e-6), "t_s", 9, 1e-3)
    assert compare_sequences(a, b, TOLERANCES).differences == ()


def test_a_pulse_far_away_is_another_one():
    """Beyond a quarter of the period nobody can say that it is the same pulse late."""
    a = _trains()
    found = compare_sequences(a, _altered(a, "t_s", 7, 9e-3), TOLERANCES)
    assert [what for what, _ in _told(found)] == [Difference.ONLY_A, Difference.ONLY_B]


def test_trains_that_part_elsewhere_are_told():
    """The same pulses, but one train more: where it begins is a difference."""
    a = _trains()
    split = a | {"train": np.where(np.arange(60) >= 50, 4, a["train"])}
    found = compare_sequences(a, split, TOLERANCES)
    assert _told(found) == [(Difference.TRAIN, a["t_s"][50])]
    assert (found.trains_a, found.trains_b) == (3, 4)


def test_channels_are_not_mixed_up_and_no_pulses_are_equal_to_none():
    """A pulse of channel 2 is no partner of one of channel 1."""
    found = compare_sequences(_trains(1, 1), _trains(1, 1, channel=2), TOLERANCES)
    assert [what for what, _ in _told(found)] == [Difference.ONLY_A, Difference.ONLY_B]
    nothing = {name: column[:0] for name, column in _trains().items()}
    assert compare_sequences(nothing, nothing, TOLERANCES).differences == ()
