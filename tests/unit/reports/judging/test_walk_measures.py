"""Measures of whole walks and of landings: truth by hand, positive controls, and what cannot be told."""

import numpy as np
import pytest
from scipy import stats

import reports.measures.exposure as module
from reports.fall_risk.regularity import cleaned
from reports.verdict import Outcome


def _trial(walks, clearance_m, **columns):
    n = clearance_m.size
    return walks.record(pulses=walks.pulses([]), strides=walks.strides(n, mtc_m=clearance_m, **columns), n=n)


def _walk(n=320, mean_m=0.012, seed=3):
    return np.random.default_rng(seed).normal(mean_m, 0.003, n)


def test_trip_exposure_holds_the_normal_truth(walks):
    """Clearances from N(12 mm, 3 mm): P(below 8 mm) = Phi(-4/3) = 0.091 lies in the interval of 50 of 60 walks."""
    truth, hits = float(stats.norm.cdf(-4.0 / 3.0)), 0
    for seed in range(60):
        low, high = walks.samples(_trial(walks, _walk(seed=seed)), "trip_exposure", height=0.008).interval95[0]
        hits += low <= truth <= high
    assert hits >= 50


def test_trip_exposure_is_one_sample_a_height_and_repeats(walks):
    """A list of heights rises; the same record gives the same interval; a low foot fails, a high one passes."""
    record = _trial(walks, _walk())
    first = walks.samples(record, "trip_exposure", height=(0.005, 0.010, 0.020))
    again = walks.samples(record, "trip_exposure", height=(0.005, 0.010, 0.020))
    assert np.all(np.diff(first.values) > 0) and list(first.items) == [320] * 3
    assert np.array_equal(first.interval95, again.interval95)
    asked = {"parameters": {"height": 0.010}}
    assert walks.judge(record, "trip_exposure", high=0.10, **asked).outcome is Outcome.FAIL
    verdict = walks.judge(_trial(walks, _walk() + 0.02), "trip_exposure", high=0.10, needs=100, **asked)
    assert verdict.outcome is Outcome.PASS and verdict.n == 320 and verdict.interval95 is not None


def test_a_tail_of_too_few_strides_is_words(walks):
    """120 strides: F(10 mm) is a quarter and fails 10 %; F(4 mm) is in the tail: no number, and no PASS."""
    record = _trial(walks, _walk(120))
    assert walks.judge(record, "trip_exposure", high=0.1, parameters={"height": 0.010}).outcome is Outcome.FAIL
    verdict = walks.judge(record, "trip_exposure", high=0.1, parameters={"height": 0.004})
    assert verdict.outcome is Outcome.INCONCLUSIVE and "300 are needed" in verdict.reason
    mixed = walks.judge(record, "trip_exposure", high=0.9, parameters={"height": (0.004, 0.010)})
    assert mixed.outcome is Outcome.INCONCLUSIVE


@pytest.mark.parametrize("n", [1, 19])
def test_a_handful_of_strides_is_inconclusive(walks, n):
    """No distribution is drawn of fewer than 20."""
    verdict = walks.judge(_trial(walks, _walk(n)), "trip_exposure", high=0.1, parameters={"height": 0.01})
    assert verdict.outcome is Outcome.INCONCLUSIVE and "20 are needed" in verdict.reason


def test_run_level_outcomes_are_cut_by_during(walks, event, during):
    """Low clearances after an event do not count until it."""
    planned, became = event("rug", 2.0 + 320 * 1.25)
    heights = np.concatenate((_walk(320, 0.020), np.full(30, 0.001)))
    strides = walks.strides(350, mtc_m=heights)
    record = walks.record(pulses=walks.pulses([]), strides=strides, n=350, events=(became,), planned=(planned,))
    asked = {"parameters": {"height": 0.005}}
    whole = walks.judge(record, "trip_exposure", high=0.05, **asked)
    until = walks.judge(record, "trip_exposure", high=0.05, during=during(until_event="rug"), **asked)
    assert whole.outcome is Outcome.FAIL
    assert until.outcome is Outcome.PASS and until.n == 320 and until.dropped == 30


PRIOR = {"mean_height": 0.008, "spacing": 20.0}


def test_expected_trips_follow_the_prior(walks):
    """16 mm over 8 mm obstacles, 50 a km: 50 exp(-2) = 6.77; half as many obstacles, half the trips; 4 mm fails 10."""
    even = _trial(walks, np.full(40, 0.016))
    assert walks.samples(even, "expected_trips", **PRIOR).values == pytest.approx([50 * np.exp(-2.0)])
    rare = walks.samples(even, "expected_trips", mean_height=0.008, spacing=40.0)
    assert rare.values == pytest.approx([25 * np.exp(-2.0)])
    assert walks.judge(even, "expected_trips", high=10.0, parameters=PRIOR).outcome is Outcome.PASS
    low = _trial(walks, np.full(40, 0.004))
    assert walks.judge(low, "expected_trips", high=10.0, parameters=PRIOR).outcome is Outcome.FAIL


def test_relative_exposure_stands_against_the_same_strides(walks, monkeypatch):
    """8 mm more than without the device in every stride: exp(-1); a device that lowers the foot fails 1."""
    plain = _walk(60, 0.014)
    monkeypatch.setattr(module, "unaided_strides", lambda case: {"mtc_m": plain})
    record = _trial(walks, plain + 0.008)
    assert walks.samples(record, "relative_trip_exposure", **PRIOR).values == pytest.approx([np.exp(-1.0)])
    assert walks.judge(record, "relative_trip_exposure", high=0.6, parameters=PRIOR).outcome is Outcome.PASS
    worse = _trial(walks, plain - 0.004)
    assert walks.judge(worse, "relative_trip_exposure", high=1.0, parameters=PRIOR).outcome is Outcome.FAIL


@pytest.mark.parametrize(("measure", "column"), [("scuff_rate", "scuff"), ("stumble_rate", "stumble")])
def test_rates_are_per_hundred_strides(walks, measure, column):
    """4 of 80 swings: 5 per 100, interval of Clopper and Pearson; fails 2 per 100, none passes."""
    flags = np.zeros(80)
    flags[[3, 20, 41, 77]] = 1.0
    record = _trial(walks, _walk(80), **{column: flags})
    samples = walks.samples(record, measure)
    exact = stats.binomtest(4, 80).proportion_ci(0.95, "exact")
    assert samples.values == pytest.approx([5.0])
    assert samples.interval95[0] == pytest.approx((100 * exact.low, 100 * exact.high))
    assert walks.judge(record, measure, high=2.0).outcome is Outcome.FAIL
    assert walks.judge(_trial(walks, _walk(80)), measure, high=2.0).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("measure", "column", "good", "bad", "limit"),
    [
        ("ankle_at_contact", "ankle_ic_rad", 0.02, -0.15, {"low": -0.05}),
        ("foot_at_contact", "foot_ic_rad", 0.30, -0.05, {"low": 0.0}),
        ("peak_dorsiflexion", "ankle_swing_peak_rad", 0.05, -0.10, {"low": 0.0}),
        ("foot_slap", "slap_rad_s", 3.5, 9.0, {"high": 6.1}),
        ("hip_hike", "hip_hike_m", 0.004, 0.030, {"high": 0.02}),
    ],
)
def test_each_swing_has_its_landing(walks, measure, column, good, bad, limit):
    """The column of the replay, one sample a swing; one bad landing in stride 4 fails."""
    values = np.full(10, good)
    assert (
        walks.judge(walks.record(strides=walks.strides(**{column: values})), measure, **limit).outcome is Outcome.PASS
    )
    values[3] = bad
    record = walks.record(strides=walks.strides(**{column: values}))
    assert list(walks.samples(record, measure).values) == list(values)
    verdict = walks.judge(record, measure, **limit)
    assert verdict.outcome is Outcome.FAIL and verdict.worst_stride == 4
    lost = walks.record(strides=walks.strides(**{column: [np.nan] + [good] * 9}))
    assert walks.judge(lost, measure, **limit).outcome is Outcome.INCONCLUSIVE
    assert walks.judge(walks.record(), measure, **limit).outcome is Outcome.NOT_RUN


def test_contact_to_flat_is_the_time_between_the_two(walks):
    """95 ms on nine landings; a slap that is flat after 20 ms fails."""
    table = walks.strides()
    flat = table["landing_s"] + 0.095
    assert walks.samples(
        walks.record(strides=table | {"foot_flat_s": flat}), "contact_to_flat"
    ).values == pytest.approx(np.full(10, 0.095))
    flat[6] = table["landing_s"][6] + 0.020
    verdict = walks.judge(walks.record(strides=table | {"foot_flat_s": flat}), "contact_to_flat", "at_least", low=0.05)
    assert verdict.outcome is Outcome.FAIL and verdict.worst_stride == 7


def _regular(walks, times):
    t0_s = 2.0 + np.concatenate(([0.0], np.cumsum(times)[:-1]))
    n = times.size
    strides = walks.strides(n, t0_s=t0_s, stride_time_s=times, toe_off_s=t0_s + 0.75, landing_s=t0_s + times)
    return walks.record(pulses=walks.pulses([]), strides=strides, n=n)


def test_stride_time_variability_is_the_cv_after_the_clean(walks):
    """3 % CV drawn, one stride of 4 s among 200: it is left out. Against numpy on the clean values."""
    times = np.random.default_rng(5).normal(1.25, 0.0375, 200)
    times[77] = 4.0
    record = _regular(walks, times)
    samples = walks.samples(record, "stride_time_variability")
    rest = np.delete(times, 77)
    rest = rest[np.abs(rest - np.median(times)) < 3 * 1.4826 * np.median(np.abs(times - np.median(times)))]
    assert samples.values == pytest.approx([np.std(rest, ddof=1) / np.mean(rest)])
    assert abs(samples.values[0] - 0.03) < samples.expanded[0]
    assert walks.judge(record, "stride_time_variability", high=0.02).outcome is Outcome.FAIL
    assert walks.judge(record, "stride_time_variability", high=0.04).outcome is Outcome.PASS


def test_swing_time_varies_more_than_the_stride(walks):
    """The same 37.5 ms on a swing of 0.5 s: 7.5 %."""
    record = _regular(walks, np.random.default_rng(6).normal(1.25, 0.0375, 400))
    samples = walks.samples(record, "swing_time_variability")
    assert samples.values[0] == pytest.approx(0.075, rel=0.1)
    assert walks.judge(record, "swing_time_variability", high=0.05).outcome is Outcome.FAIL


def test_stride_time_memory_tells_noise_from_drift(walks):
    """White noise: 0.5 lies in the interval; a random walk is far above 1 and fails it; 255 strides are too few."""
    draw = np.random.default_rng(7)
    white = walks.samples(_regular(walks, draw.normal(1.25, 0.03, 512)), "stride_time_memory")
    assert white.interval95[0][0] < 0.5 < white.interval95[0][1] and white.items[0] == 512
    drift = _regular(walks, 1.25 + np.cumsum(draw.normal(0.0, 0.002, 512)))
    assert walks.judge(drift, "stride_time_memory", high=1.0).outcome is Outcome.FAIL
    short = walks.judge(_regular(walks, draw.normal(1.25, 0.03, 255)), "stride_time_memory", high=1.0)
    assert short.outcome is Outcome.INCONCLUSIVE and "256 are needed" in short.reason


def test_equal_strides_are_all_kept():
    """Where the MAD is zero nothing is an outlier by it."""
    assert cleaned(np.full(5, 1.2)).size == 5


def test_99_strides_have_no_variability(walks):
    """Too few is INCONCLUSIVE (model.md 6.1 asks for 100)."""
    record = _regular(walks, np.random.default_rng(5).normal(1.25, 0.0375, 99))
    assert walks.judge(record, "stride_time_variability", high=0.1).outcome is Outcome.INCONCLUSIVE


def test_stimulation_after_toe_off_is_late(walks):
    """The sensor opens at 0.61 s, toe-off is at 0.75 s: 30 ms are in time, 200 ms in stride 5 are late."""
    good = walks.record()
    assert walks.judge(good, "late_stimulation", "never").outcome is Outcome.PASS
    instants = walks.instants()
    instants[4] = instants[4] + 0.170
    verdict = walks.judge(walks.record(walks.pulses(instants)), "late_stimulation", "never")
    assert verdict.outcome is Outcome.FAIL and verdict.value == 1 and verdict.worst_stride == 5
