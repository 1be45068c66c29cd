"""The judge: what must hold for any data."""

import math
from itertools import pairwise

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from judging_desk import samples_of

from reports.verdict import Outcome
from rig.record import RigFault

P, F, I, E, N = Outcome.PASS, Outcome.FAIL, Outcome.INCONCLUSIVE, Outcome.ERROR, Outcome.NOT_RUN  # noqa: E741


VALUES = st.lists(st.floats(-100.0, 100.0), min_size=1, max_size=30)
QUIET = settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture], max_examples=150, deadline=None
)


@QUIET
@given(VALUES, st.floats(0.0, 20.0), st.floats(-50.0, 50.0), st.sampled_from(["every", "share", "mean", "p95"]))
def test_no_pass_with_a_violation(judged, values, expanded, limit, quantifier):
    """Every: never PASS while a sample is beyond the limit less its U; any sample beyond the limit is FAIL."""
    verdict = judged(samples_of(values, expanded), high=limit, quantifier=quantifier, share=0.5)
    if quantifier == "every":
        assert (verdict.outcome is F) == (max(values) > limit)
        assert (verdict.outcome is P) == (limit - max(values) >= expanded)
    if verdict.outcome is P and quantifier == "mean":
        assert np.mean(values) <= limit


@QUIET
@given(VALUES, st.floats(0.0, 20.0), st.floats(-50.0, 50.0), st.sampled_from(["every", "share", "mean", "p95"]))
def test_verdicts_mirror_under_sign(judged, values, expanded, limit, quantifier):
    """x at most L is -x at least -L (a percentile has no mirror)."""
    if quantifier == "p95":
        return
    words = {"quantifier": quantifier, "share": 0.6}
    up = judged(samples_of(values, expanded), "at_most", high=limit, **words)
    down = judged(samples_of([-v for v in values], expanded), "at_least", low=-limit, **words)
    assert up.outcome is down.outcome


@QUIET
@given(VALUES, st.floats(0.0, 5.0), st.sampled_from(["every", "share", "mean", "p95"]))
def test_a_wider_limit_is_never_harder(judged, values, expanded, quantifier):
    """FAIL -> INCONCLUSIVE -> PASS as the limit rises."""
    rank = {F: 0, I: 1, P: 2}
    ranks = [
        rank[judged(samples_of(values, expanded), high=limit, quantifier=quantifier, share=0.7).outcome]
        for limit in (-150.0, -20.0, 0.0, 20.0, 150.0)
    ]
    assert all(a <= b for a, b in pairwise(ranks))


@QUIET
@given(VALUES, st.floats(-50.0, 50.0), st.data())
def test_dropping_data_never_heals_a_violation_that_is_still_seen(judged, values, limit, data):
    """With `every`, any subset that holds the violation fails; a subset without it may pass, but never fails anew."""
    subset = data.draw(st.lists(st.sampled_from(values), min_size=1, max_size=len(values)))
    whole, part = judged(samples_of(values), high=limit), judged(samples_of(subset), high=limit)
    assert (part.outcome is F) == (max(subset) > limit)
    if part.outcome is F:
        assert whole.outcome is F


@QUIET
@given(VALUES, st.floats(-50.0, 50.0), st.floats(3.0, 3.03))
def test_a_fault_never_makes_a_verdict_better(walks, judged, values, limit, fault_s):
    """What a fault leaves is FAIL (seen before) or NOT RUN; never a PASS that the whole record would not give."""
    record = walks.record(fault=RigFault(fault_s, "card"))
    word = judged(samples_of(values), high=limit, on=record).outcome
    assert word in {F, N}
    if word is F:
        assert judged(samples_of(values), high=limit).outcome is F


@QUIET
@given(VALUES, st.floats(0.0, 20.0), st.floats(-50.0, 50.0), st.sampled_from(["every", "share", "mean", "p95"]))
def test_every_verdict_has_a_reason(judged, values, expanded, limit, quantifier):
    """One sentence, and numbers that JSON can carry."""
    verdict = judged(samples_of(values, expanded), high=limit, quantifier=quantifier, share=0.5)
    assert len(verdict.reason) > 10 and verdict.n == len(values)
    assert verdict.value is not None and math.isfinite(verdict.value)
