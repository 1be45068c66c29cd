"""Two runs compared: when values agree, and which pulse of one run is which of the other."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.comparison.checks import Agreement, compare_verdicts
from reports.comparison.pulses import match_pulses


def _document(**change):
    check = {
        "id": "c",
        "verdict": "PASS",
        "measure": "rate",
        "unit": "Hz",
        "value": 40.0,
        "reason": "",
        "limit": {"text": "within: ±2 % of set", "quantifier": "every"},
        "uncertainty": {"U": 0.03, "interval95": None},
    }
    return {"cases": [{"id": "case", "checks": [check | change]}]}


def _compared(a, b, **more):
    (pair,) = compare_verdicts(a, b, **more)
    return pair


def test_values_agree_within_the_root_of_the_sum_of_squares():
    """E_n = 1 for a difference of sqrt(0.03^2 + 0.04^2) = 0.05 (ISO 13528)."""
    b = {"U": 0.04, "interval95": None}
    inside = _compared(_document(), _document(value=40.0499, uncertainty=b))
    outside = _compared(_document(), _document(value=40.0501, uncertainty=b))
    assert inside.agreement is Agreement.SAME and inside.normalised_error_ratio == pytest.approx(0.998)
    assert outside.agreement is Agreement.VALUE and outside.normalised_error_ratio == pytest.approx(1.002)


def test_another_verdict_is_told_before_any_value():
    """Equal values with another verdict (another limit, an obstacle) are never called the same."""
    pair = _compared(_document(), _document(verdict="INCONCLUSIVE", reason="too few samples"))
    assert pair.agreement is Agreement.VERDICT and pair.reason == "too few samples"


def test_values_without_uncertainty_agree_only_where_they_are_equal():
    """Modelled outcomes carry no U: a difference is shown, not explained away."""
    bare = {"U": None, "interval95": None}
    a, b = _document(uncertainty=bare), _document(value=40.001, uncertainty=bare)
    assert _compared(a, a).agreement is Agreement.SAME
    assert _compared(a, b).agreement is Agreement.VALUE


def test_a_share_agrees_where_the_intervals_overlap():
    """Shares of other samples are never equal."""
    limit = {"text": "at_least: 5 mm", "quantifier": "share"}
    a = _document(limit=limit, value=0.9, uncertainty={"U": None, "interval95": [0.8, 1.0]})
    b = _document(limit=limit, value=0.7, uncertainty={"U": None, "interval95": [0.6, 0.85]})
    c = _document(limit=limit, value=0.6, uncertainty={"U": None, "interval95": [0.5, 0.75]})
    assert _compared(a, b).agreement is Agreement.SAME
    assert _compared(a, c).agreement is Agreement.VALUE


def test_the_time_tolerance_is_for_times_alone():
    """1 ms of it lets two latencies differ, and no rate."""
    a, b = ({"unit": "s", "value": value, "uncertainty": {"U": 1e-6, "interval95": None}} for value in (0.0410, 0.0415))
    assert _compared(_document(**a), _document(**b)).agreement is Agreement.VALUE
    assert _compared(_document(**a), _document(**b), time_tolerance_s=1e-3).agreement is Agreement.SAME
    far = _compared(_document(), _document(value=40.5), time_tolerance_s=1.0)
    assert far.agreement is Agreement.VALUE


def test_what_only_one_run_has_is_listed():
    """No check drops out unseen."""
    a, b = _document(), _document(id="d")
    assert [pair.agreement for pair in compare_verdicts(a, b)] == [Agreement.ONLY_A, Agreement.ONLY_B]


def _pulses(t_s, channel=1.0, charge_c=9e-6):
    t_s = np.asarray(t_s, np.float64)
    return {"t_s": t_s, "channel": np.full(t_s.size, channel), "charge1_c": np.full(t_s.size, charge_c)}


@given(
    st.integers(0, 60),
    st.floats(-0.9e-3, 0.9e-3),
    st.sets(st.integers(0, 59)),
)
def test_a_lag_within_the_tolerance_pairs_every_pulse(n, lag_s, missing):
    """Pulses 25 ms apart, all late by the same: what is there in both is matched, the lag is found."""
    t_s = 1.0 + 0.025 * np.arange(n)
    kept = np.array([k not in missing for k in range(n)], bool)
    match = match_pulses(_pulses(t_s), _pulses(t_s[kept] + lag_s), 1e-3)
    assert match.matched == kept.sum()
    if match.matched:
        assert match.lag_s == pytest.approx(lag_s, abs=1e-12)
    if not kept.all():
        assert match.first_unmatched_s == pytest.approx(t_s[~kept][0])
    else:
        assert math.isnan(match.first_unmatched_s)


def test_channels_are_not_mixed_up():
    """A pulse of channel 2 is no partner of one of channel 1."""
    match = match_pulses(_pulses([1.0], 1.0), _pulses([1.0], 2.0), 1e-3)
    assert match.matched == 0 and match.first_unmatched_s == 1.0
