"""The judge: truth tables of limits, quantifiers, decision rules, `during`, events, faults, exit codes."""

import dataclasses
import math

import numpy as np
import pytest
from judging_desk import samples_of, spec_of

from reports.judge import blocked_case, exit_code, judge_case, judge_check
from reports.verdict import Outcome
from rig.record import RigFault

P, F, I, E, N = Outcome.PASS, Outcome.FAIL, Outcome.INCONCLUSIVE, Outcome.ERROR, Outcome.NOT_RUN  # noqa: E741


@pytest.mark.parametrize(
    ("kind", "low", "high", "table"),
    [
        ("at_most", None, 10.0, {8.0: P, 9.0: P, 9.5: I, 10.0: I, 10.1: F}),
        ("at_least", 10.0, None, {12.0: P, 11.0: P, 10.5: I, 10.0: I, 9.9: F}),
        ("within", -10.0, 10.0, {0.0: P, 9.0: P, -9.0: P, 9.5: I, -9.5: I, 10.1: F, -10.1: F}),
        ("between", 5.0, 10.0, {7.0: P, 6.0: P, 5.5: I, 9.5: I, 4.9: F, 10.1: F}),
    ],
)
def test_guarded_decision(judged, kind, low, high, table):
    """U = 1: PASS if L+U <= x <= H-U, FAIL beyond the limit, else INCONCLUSIVE."""
    for value, word in table.items():
        verdict = judged(samples_of([value], 1.0), kind, low, high)
        assert verdict.outcome is word, value
        assert verdict.expanded == 1.0


@pytest.mark.parametrize(("value", "word"), [(9.99, P), (10.0, P), (10.01, F)])
def test_simple_decision_prints_u_and_does_not_use_it(judged, value, word):
    """U = 1 has no say."""
    verdict = judged(samples_of([value], 1.0), high=10.0, decision="simple")
    assert verdict.outcome is word and verdict.expanded == 1.0


@pytest.mark.parametrize(("value", "word"), [(3.0, P), (2.0, F), (4.0, F)])
def test_equals_is_for_counts(judged, value, word):
    """Exactly n."""
    assert judged(samples_of([value]), "equals", 3.0, 3.0).outcome is word


def test_a_limit_of_set_follows_the_setting(judged):
    """-+ 20 % of 40 Hz; a measure that knows its own reference overrules the setting."""
    assert judged(samples_of([47.0]), "within", 0.8, 1.2, of_setting="rate").outcome is P
    assert judged(samples_of([49.0]), "within", 0.8, 1.2, of_setting="rate").outcome is F
    own = samples_of([49.0, 10.0], reference=np.array([50.0, 10.0]))
    assert judged(own, "within", 0.8, 1.2, of_setting="rate").outcome is P
    assert judged(own, "within", 0.8, 1.2, of_setting="rate", quantifier="mean").outcome is N


def test_every_sample_by_its_own_uncertainty_and_the_worst_stands(judged):
    """FAIL before INCONCLUSIVE; the worst of each kind is named."""
    undecided = judged(samples_of([1.0, 9.5, 5.0], [0.1, 1.0, 0.1]), high=10.0)
    assert undecided.outcome is I and undecided.value == 9.5
    failed = judged(samples_of([10.5, 9.9, 11.0], [0.1, 1.0, 0.1]), high=10.0)
    assert failed.outcome is F and failed.value == 11.0 and failed.margin == pytest.approx(-1.0)
    assert "2 of 3 break the limit" in failed.reason


@pytest.mark.parametrize(("n", "needs", "word"), [(34, 35, I), (35, 35, P), (1, 1, P)])
def test_needs_stands_between_pass_and_inconclusive(judged, n, needs, word):
    """A violation that was seen is FAIL, however few samples."""
    assert judged(samples_of(np.ones(n)), high=10.0, needs=needs).outcome is word
    assert judged(samples_of([11.0]), high=10.0, needs=needs).outcome is F


def test_no_sample_is_inconclusive(judged):
    """Not a PASS, whatever `needs` says."""
    verdict = judged(samples_of([]), high=10.0, needs=0)
    assert verdict.outcome is I and verdict.value is None and verdict.n == 0


@pytest.mark.parametrize(
    ("hits", "n", "share", "word"),
    [
        (29, 29, 0.90, P),
        (28, 28, 0.90, I),
        (299, 299, 0.99, P),
        (298, 298, 0.99, I),
        (472, 473, 0.99, P),
        (471, 472, 0.99, I),
        (20, 29, 0.90, F),
        (25, 29, 0.90, I),
        (0, 1, 0.90, I),
        (0, 2, 0.90, F),
    ],
)
def test_share_is_judged_by_exact_bounds(judged, hits, n, share, word):
    """PASS if the lower bound reaches p, FAIL if the upper bound is below it. 0 of 1: 95 % >= 90 %; 0 of 2: 77.6 %."""
    values = np.where(np.arange(n) < hits, 1.0, 20.0)
    verdict = judged(samples_of(values), high=10.0, quantifier="share", share=share)
    assert verdict.outcome is word and verdict.value == pytest.approx(hits / n) and verdict.unit == ""
    assert verdict.effective_n is not None


def test_share_in_the_guard_band_is_judged_both_ways(judged):
    """29 hits pass; with one of them undecided it may be 28 of 29: INCONCLUSIVE. Where both agree, the word stands."""
    values = np.full(29, 5.0)
    values[3] = 9.5
    assert judged(samples_of(values, 1.0), high=10.0, quantifier="share", share=0.9).outcome is I
    assert judged(samples_of(values, 1.0), high=10.0, quantifier="share", share=0.8).outcome is P
    assert judged(samples_of(values, 1.0), high=10.0, quantifier="share", share=0.9, decision="simple").outcome is P


def test_mean_is_judged_by_its_interval_widened_by_the_lasting_part(judged):
    """200 values 9.0 -+ 0.1: the t-interval is +-0.014; a systematic U of 0.9 fits under 10, one of 1.1 does not."""
    values = 9.0 + 0.1 * np.tile([1.0, -1.0], 100)
    for lasting, word in ((0.0, P), (0.9, P), (1.1, I)):
        verdict = judged(samples_of(values, 5.0, lasting), high=10.0, quantifier="mean")
        assert verdict.outcome is word and verdict.value == pytest.approx(9.0)
    assert judged(samples_of(values, 5.0, 1.1), high=10.0, quantifier="mean", decision="simple").outcome is P
    assert judged(samples_of(values + 3.0, 5.0, 0.5), high=10.0, quantifier="mean").outcome is F
    assert judged(samples_of(values + 1.0, 5.0, 0.0), high=10.0, quantifier="mean").outcome is I
    assert judged(samples_of([9.0]), high=10.0, quantifier="mean").outcome is I


def test_p95_is_judged_by_order_statistics(judged):
    """72 samples below pass; 71 cannot; 20 % beyond fail."""
    values = np.linspace(1.0, 9.0, 72)
    assert judged(samples_of(values), high=10.0, quantifier="p95").outcome is P
    assert judged(samples_of(values[:71]), high=10.0, quantifier="p95").outcome is I
    bad = np.concatenate((np.full(160, 5.0), np.full(40, 12.0)))
    assert judged(samples_of(bad), high=10.0, quantifier="p95").outcome is F


@pytest.mark.parametrize(
    ("kind", "low", "high", "warn", "values", "marginal"),
    [
        ("at_most", None, 10.0, 8.0, [7.0], False),
        ("at_most", None, 10.0, 8.0, [7.0, 8.5], True),
        ("at_least", 5.0, None, 6.0, [6.5], False),
        ("at_least", 5.0, None, 6.0, [5.5], True),
        ("within", -10.0, 10.0, 9.0, [-9.5], True),
        ("within", -10.0, 10.0, 9.0, [-8.5], False),
        ("between", 5.0, 10.0, 9.0, [9.5], True),
        ("between", 5.0, 10.0, 6.0, [5.5], True),
        ("between", 5.0, 10.0, 6.0, [9.5], False),
    ],
)
def test_marginal_never_changes_the_verdict(judged, kind, low, high, warn, values, marginal):
    """PASS with a note."""
    verdict = judged(samples_of(values), kind, low, high, marginal=warn)
    assert verdict.outcome is P and verdict.marginal is marginal


def test_marginal_of_a_statistic_and_of_set(judged):
    """The mean beyond; a share that would not pass with the tighter limit; a distance from the setting."""
    values = np.concatenate((np.full(28, 7.0), [9.0]))
    assert judged(samples_of(values), high=10.0, marginal=6.0, quantifier="mean").marginal
    assert not judged(samples_of(values), high=10.0, marginal=8.0, quantifier="mean").marginal
    assert judged(samples_of(values), high=10.0, marginal=8.0, quantifier="share", share=0.9).marginal
    assert not judged(samples_of(values), high=10.0, marginal=8.0, quantifier="share", share=0.8).marginal
    assert judged(samples_of([46.0]), "within", 0.8, 1.2, of_setting="rate", marginal=5.0).marginal
    assert not judged(samples_of([44.0]), "within", 0.8, 1.2, of_setting="rate", marginal=5.0).marginal
    assert not judged(samples_of([11.0]), high=10.0, marginal=8.0).marginal  # FAIL is not marginal


def _two_events(walks, event, fired=True):
    a, was_a = event("a", 5.0, end_s=6.0)
    b, was_b = event("b", 9.0, fired=fired)
    return walks.record(events=(was_a, was_b), planned=(a, b))


@pytest.mark.parametrize(
    ("t0_s", "t1_s", "words", "counts"),
    [
        (4.0, 5.0, {"until_event": "a"}, True),
        (4.0, 5.1, {"until_event": "a"}, False),
        (6.0, 7.0, {"from_event": "a"}, True),
        (5.5, 7.0, {"from_event": "a"}, False),
        (6.5, 8.0, {"from_event": "a", "until_event": "b"}, True),
        (8.5, 9.5, {"from_event": "a", "until_event": "b"}, False),
    ],
)
def test_a_sample_counts_only_if_its_whole_interval_lies_inside(
    walks, judged, event, during, t0_s, t1_s, words, counts
):
    """`until: e` ends at e's first instant, `from: e` begins after its last."""
    made = samples_of([20.0], t0_s=np.array([t0_s]), t1_s=np.array([t1_s]))
    verdict = judged(made, high=10.0, on=_two_events(walks, event), during=during(**words))
    assert verdict.outcome is (F if counts else I) and verdict.dropped == (0 if counts else 1)


def test_except_drops_the_stride_of_the_event_and_those_after(walks, event, during):
    """Event in stride 3, two strides after: 3, 4 and 5 are left out; samples without stride go by their interval."""
    e, was = event("rug", 2.0 + 2 * 1.25 + 0.9)
    heights = [0.015, 0.015, 0.001, 0.001, 0.001, *[0.015] * 5]
    record = walks.record(strides=walks.strides(mtc_m=heights), events=(was,), planned=(e,))
    left = walks.judge(record, "min_toe_clearance", "at_least", low=0.005, during=during(except_events=(("rug", 2),)))
    assert left.outcome is P and left.n == 7 and left.dropped == 3
    fewer = walks.judge(record, "min_toe_clearance", "at_least", low=0.005, during=during(except_events=(("rug", 1),)))
    assert fewer.outcome is F and fewer.worst_stride == 5
    loose = samples_of([20.0, 1.0], t0_s=np.array([5.0, 12.0]), t1_s=np.array([5.1, 12.1]))
    check = walks.check("latency", high=10.0, during=during(except_events=(("rug", 2),)))
    assert judge_check(record, check, spec_of(loose)).outcome is P


@pytest.mark.parametrize("words", [{"until_event": "b"}, {"from_event": "b"}, {"except_events": (("b", 1),)}])
def test_an_event_that_never_fired_is_never_a_pass(walks, judged, event, during, words):
    """Named: INCONCLUSIVE; a FAIL from samples before its planned instant stands."""
    record = _two_events(walks, event, fired=False)
    good = samples_of([1.0, 1.0], t0_s=np.array([3.0, 9.5]), t1_s=np.array([3.1, 9.6]))
    assert judged(good, high=10.0, on=record, during=during(**words)).outcome is I
    bad = samples_of([20.0, 1.0], t0_s=np.array([3.0, 9.5]), t1_s=np.array([3.1, 9.6]))
    word = I if "from_event" in words else F
    assert judged(bad, high=10.0, on=record, during=during(**words)).outcome is word


@pytest.mark.parametrize(("t1_s", "values", "word"), [(8.0, 1.0, P), (9.5, 1.0, I), (8.0, 20.0, F), (9.5, 20.0, I)])
def test_an_event_that_never_fired_touches_samples_after_it(walks, judged, event, t1_s, values, word):
    """Not named, but a sample ends after its planned instant."""
    record = _two_events(walks, event, fired=False)
    made = samples_of([values], t0_s=np.array([3.0]), t1_s=np.array([t1_s]))
    assert judged(made, high=10.0, on=record).outcome is word


@pytest.mark.parametrize(
    ("until", "values", "word"),
    [
        ("", [1.0, 1.0], N),  # data after the fault are missing
        ("", [20.0, 1.0], F),  # seen before it: stands
        ("", [1.0, 20.0], N),  # seen after it: not to be trusted
        ("a", [1.0, 1.0], P),  # complete before it: stands
        ("b", [1.0, 1.0], N),
    ],
)
def test_a_rig_fault_blocks_what_it_left_open(walks, judged, event, during, until, values, word):
    """Fault at 8.0 s; samples end at 4.1 s and 8.5 s, event a at 5 s, b at 9 s."""
    record = dataclasses.replace(_two_events(walks, event), fault=RigFault(8.0, "card: link lost"))
    made = samples_of(values, t0_s=np.array([4.0, 8.1]), t1_s=np.array([4.1, 8.5]))
    verdict = judged(made, high=10.0, on=record, during=during(until_event=until))
    assert verdict.outcome is word
    if word is N:
        assert verdict.reason.startswith("blocked by card: link lost")


def test_a_fault_before_anything_ran_blocks_everything(walks, judged):
    """t is NaN: nothing is trusted."""
    record = walks.record(fault=RigFault(math.nan, "no card"))
    assert judged(samples_of([20.0]), high=10.0, on=record).outcome is N


def test_an_interruption_keeps_what_was_complete(walks, judged, event, during):
    """Like a fault at the end of the capture."""
    record = dataclasses.replace(_two_events(walks, event), interrupted=True, span_s=(0.0, 8.0))
    made = samples_of([1.0], t0_s=np.array([4.0]), t1_s=np.array([4.1]))
    assert judged(made, high=10.0, on=record, during=during(until_event="a")).outcome is P
    assert judged(made, high=10.0, on=record).outcome is N


def test_a_continuous_measure_is_cut_at_the_fault(walks):
    """Silence of 5 s before the fault at 12 s stands; a run that was fine until then is blocked, and so is one whose
    measure has nothing to read any more.
    """
    fault = RigFault(12.0, "card: link lost")
    dead = walks.record(walks.pulses(walks.instants(3)), n=10, fault=fault)
    verdict = walks.judge(dead, "silence", high=3.0)
    assert verdict.outcome is F and verdict.value == pytest.approx(12.0 - (2.0 + 2 * 1.25 + 0.64 + 0.8))
    assert walks.judge(walks.record(fault=fault), "silence", high=3.0).outcome is N
    blind = walks.judge(walks.record(fault=fault, idle={}), "dc", high=1.0)
    assert blind.outcome is N and blind.reason == "blocked by card: link lost"


def test_the_fault_is_named_before_the_events_that_it_kept_from_firing(walks, judged, event, during):
    """One cause, one red line."""
    record = dataclasses.replace(_two_events(walks, event, fired=False), fault=RigFault(8.0, "card: link lost"))
    verdict = judged(samples_of([1.0]), high=10.0, on=record, during=during(until_event="b"))
    assert verdict.outcome is N and "card" in verdict.reason


def test_what_was_lost_forbids_a_pass_only_where_the_check_looks(walks, judged, event, during):
    """A sample without a value at 8 s."""
    record = _two_events(walks, event)
    made = samples_of([1.0], lost_s=np.array([[8.0, 8.1]]), lost_because="clipped")
    assert judged(made, high=10.0, on=record).outcome is I
    assert judged(made, high=10.0, on=record, during=during(until_event="a")).outcome is P
    assert judged(dataclasses.replace(made, values=np.array([20.0])), high=10.0, on=record).outcome is F


def test_a_measure_that_gives_no_number_cannot_pass(judged):
    """NaN from a plug-in."""
    verdict = judged(samples_of([1.0, math.nan]), high=10.0)
    assert verdict.outcome is I and verdict.n == 1


def test_an_unknown_measure_is_not_run(walks):
    """A plug-in that is not installed."""
    verdict = judge_check(walks.record(), walks.check("latency", high=1.0), None)
    assert verdict.outcome is N and "latency" in verdict.reason


def test_features_and_settings_that_the_device_lacks(walks, judged):
    """NOT RUN, by name."""
    spec = spec_of(samples_of([1.0]), requires=("feature:radio", "current"))
    assert "radio" in judged(None, high=10.0, spec=spec).reason
    spec = spec_of(samples_of([1.0]), requires=("setting:burst",))
    assert judged(None, high=10.0, spec=spec).outcome is N


def _never(walks, samples, record=None, **words):
    spec = spec_of(samples, occurrences=True)
    return judge_check(record or walks.record(), walks.check("latency", "never", **words), spec)


def test_never_needs_a_watch(walks, event, during):
    """Nothing watched, or nothing said about it: INCONCLUSIVE; seen: FAIL, whatever the watch."""
    assert _never(walks, samples_of([], watched_s=((2.0, 14.0),))).outcome is P
    assert _never(walks, samples_of([], watched_s=())).outcome is I
    assert _never(walks, samples_of([])).outcome is I
    assert _never(walks, samples_of([1.0], watched_s=())).outcome is F
    gap = walks.record(gaps_s=((5.0, 5.1),))
    assert _never(walks, samples_of([], watched_s=((2.0, 14.0),)), gap).outcome is I
    record = dataclasses.replace(_two_events(walks, event), gaps_s=((7.0, 7.1),))
    made = samples_of([], watched_s=((2.0, 14.0),))
    assert _never(walks, made, record, during=during(until_event="a")).outcome is P
    assert _never(walks, made, record, during=during(from_event="a")).outcome is I
    assert _never(walks, made, needs=10).outcome is I


def test_occurrences_can_be_counted(walks):
    """`at_most: 2` on occurrences, for callers of the Python API: their number in what was watched."""
    spec = spec_of(samples_of([1.0, 1.0], watched_s=((2.0, 14.0),)), occurrences=True)
    record = walks.record()
    assert judge_check(record, walks.check("latency", high=2.0), spec).outcome is P
    assert judge_check(record, walks.check("latency", high=1.0), spec).outcome is F
    assert judge_check(record, walks.check("latency", "equals", 2.0, 2.0), spec).outcome is P


def test_a_case_is_as_bad_as_its_worst_check(walks):
    """FAIL > ERROR > INCONCLUSIVE > NOT RUN > PASS; a fault of the rig makes it ERROR."""
    good = walks.check("latency", high=0.060, needs=5)
    bad = walks.check("latency", high=0.010)
    few = walks.check("latency", high=0.060, needs=99)
    record = walks.record()
    for checks, word in (((good,), P), ((good, few), I), ((good, few, bad), F)):
        assert judge_case(walks.with_checks(record, *checks), walks.catalogue).outcome is word
    faulty = dataclasses.replace(record, fault=RigFault(9.0, "card"))
    result = judge_case(walks.with_checks(faulty, good), walks.catalogue)
    assert result.outcome is E and [v.outcome for v in result.verdicts] == [N]
    assert judge_case(walks.with_checks(faulty, good, bad), walks.catalogue).outcome is F
    assert result.hardware == "virtual" and result.record is not None


@pytest.mark.parametrize("word", [E, N])
def test_a_blocked_case_has_one_cause(walks, word):
    """The checks are NOT RUN, the case carries the word."""
    case = walks.case(checks=(walks.check("latency", high=1.0), walks.check("scuffs", "never")))
    result = blocked_case(case, "bench", "no terminal for `button`", word)
    assert result.outcome is word and result.blocked_by == "no terminal for `button`" and result.record is None
    assert [v.outcome for v in result.verdicts] == [N, N] and [v.quantity for v in result.verdicts] == [
        "measured",
        "modelled",
    ]
    assert all("no terminal" in v.reason for v in result.verdicts)


@pytest.mark.parametrize(
    ("outcome", "selected", "interrupted", "code"),
    [
        (P, True, False, 0),
        (F, True, False, 1),
        (E, True, False, 3),
        (I, True, False, 6),
        (N, True, False, 6),
        (P, False, False, 5),
        (N, False, False, 5),
        (F, True, True, 2),
        (P, True, True, 2),
        (N, False, True, 2),
    ],
)
def test_exit_codes(outcome, selected, interrupted, code):
    """design.md section 6."""
    assert exit_code(outcome, selected, interrupted) == code


def test_a_measure_without_a_budget_is_no_verdict(judged):
    """A plug-in that hands over bare numbers is an error of the rig, never a pass."""
    verdict = judged(samples_of([1.0, 2.0], 0.0, budget=()), high=10.0)
    assert verdict.outcome is Outcome.ERROR and "bare number" in verdict.reason


def test_every_measured_value_has_its_interval_and_ratio(judged):
    """U = 1 (normal): half-width 0.98; limits 10 wide are 5 U to each side; one-sided 10 counts from zero."""
    verdict = judged(samples_of([4.0, 5.0], 1.0), "between", low=0.0, high=10.0)
    assert verdict.interval95 == pytest.approx((3.02, 4.98), abs=1e-3) and verdict.tur == pytest.approx(5.0)
    assert judged(samples_of([5.0], 1.0), high=10.0).tur == pytest.approx(10.0)
    assert judged(samples_of([5.0], 0.0), high=10.0).tur is None


def test_no_miss_in_n_prints_its_bound(judged):
    """59 samples without a miss: at most 1 - 0.05^(1/59) = 4.95 % would miss."""
    assert judged(samples_of([1.0] * 59, 0.1), high=10.0).miss_bound == pytest.approx(0.0495, abs=1e-4)
