"""Timing measures on a walk whose every instant is known: the truth, a seeded defect that must fail, a case that
cannot be measured and must not pass.
"""

import dataclasses
import math

import numpy as np
import pytest

from reports.verdict import Outcome


def test_latency_is_the_time_from_the_opening_to_the_first_pulse(walks):
    """Pulses begin 30 ms after every opening; the first reaches 1/9 > 10 % of the plateau."""
    samples = walks.samples(walks.record(), "latency")
    assert samples.values == pytest.approx(0.030, abs=1e-9)
    assert list(samples.strides) == list(range(1, 11))
    assert samples.t0_s[0] == pytest.approx(2.61) and samples.t1_s[0] == pytest.approx(2.64)
    # U: sensor sampling 100 us/sqrt(12) = 29 us dominates; the rest is far below a microsecond
    assert samples.expanded == pytest.approx(2 * 100e-6 / math.sqrt(12.0), rel=0.02)


def test_latency_from_heel_off_is_the_systems(walks):
    """Heel-off lies 10 ms before the opening."""
    samples = walks.samples(walks.record(), "latency", **{"from": "heel_off"})
    assert samples.values == pytest.approx(0.040, abs=1e-9)


def test_first_pulse_is_the_first_that_reaches_a_tenth_of_the_plateau(walks):
    """A pulse of 5 % of the plateau's charge is not yet stimulation: latency moves on by one period."""
    pulses = walks.pulses()
    pulses["charge1_c"][0] *= 0.05 * 9
    samples = walks.samples(walks.record(pulses), "latency")
    assert samples.values[0] == pytest.approx(0.055, abs=1e-9) and samples.values[1] == pytest.approx(0.030, abs=1e-9)


def test_a_late_start_fails(walks):
    """Positive control: 72 ms in stride 7 of 10 against 60 ms, told in people's units."""
    trains = walks.instants()
    trains[6] = trains[6] + 0.042
    verdict = walks.judge(walks.record(walks.pulses(trains)), "latency", high=0.060)
    assert verdict.outcome is Outcome.FAIL
    assert verdict.worst_stride == 7 and verdict.value == pytest.approx(0.072)
    assert verdict.reason.startswith("72 ms > 60 ms (+12 ms) at stride 7 of 10, t = 10.11 s")


@pytest.mark.parametrize("quantifier", ["every", "mean", "share"])
def test_a_missed_stimulation_is_infinite_and_breaks_the_limit(walks, quantifier):
    """No pulse before the next closing: +inf with the interval [sensor_off, next sensor_on]."""
    trains = walks.instants()
    del trains[3]
    record = walks.record(walks.pulses(trains))
    samples = walks.samples(record, "latency")
    assert math.isinf(samples.values[3]) and samples.t1_s[3] == pytest.approx(2.0 + 3 * 1.25 + 1.26)
    verdict = walks.judge(record, "latency", high=0.060, quantifier=quantifier, share=0.99)
    assert verdict.outcome is (Outcome.INCONCLUSIVE if quantifier == "share" else Outcome.FAIL)


def test_a_missed_stimulation_shows_no_lower_limit(walks):
    """An infinite latency is no value: `at_least` must not pass on it."""
    trains = walks.instants()
    del trains[3]
    verdict = walks.judge(walks.record(walks.pulses(trains)), "latency", "at_least", low=0.010)
    assert verdict.outcome is Outcome.INCONCLUSIVE


def test_a_stride_without_trigger_is_noted_and_not_missed(walks):
    """No opening, no pulses: nine samples and a note."""
    strides = walks.strides(sensor_off_s=[np.nan, *(2.0 + 1.25 * np.arange(1, 10) + 0.61)])
    trains = walks.instants()[1:]
    samples = walks.samples(walks.record(walks.pulses(trains), strides), "latency")
    assert samples.values.size == 9 and np.isfinite(samples.values).all()
    assert samples.notes == ("1 strides without trigger",)


def test_stimulation_that_is_already_on_has_no_latency(walks):
    """A device stuck on from stride 1 answers once; the other triggers show nothing and cannot pass `needs`."""
    pulses = walks.pulses([2.64 + 0.025 * np.arange(500)], ramped=False)
    verdict = walks.judge(walks.record(pulses), "latency", high=0.060, needs=5)
    assert verdict.outcome is Outcome.INCONCLUSIVE and verdict.n == 1
    assert "already on" in verdict.reason


def test_latency_without_labelled_events_is_not_run(walks):
    """A replayed sensor file knows no heel-off."""
    record = walks.record(strides=walks.strides(heel_off_s=np.full(10, np.nan)))
    verdict = walks.judge(record, "latency", high=0.1, parameters={"from": "heel_off"})
    assert verdict.outcome is Outcome.NOT_RUN and "heel-off" in verdict.reason


def test_latency_behind_a_gap_is_no_sample(walks):
    """Missing time between trigger and first pulse may hide an earlier pulse."""
    samples = walks.samples(walks.record(gaps_s=((2.615, 2.620),)), "latency")
    assert samples.values.size == 9 and "gap" in samples.notes[0]


def test_stop_latency_counts_to_the_last_pulse(walks):
    """The last of 33 pulses starts 0.61 + 0.03 + 32 * 0.025 = 1.44 s into the stride, the sensor closes at 1.26 s."""
    samples = walks.samples(walks.record(), "stop_latency")
    assert samples.values == pytest.approx(0.18, abs=1e-9)
    assert samples.t0_s[0] == pytest.approx(3.26) and samples.t1_s[0] == pytest.approx(3.44)


def test_stuck_on_after_heel_strike_fails(walks):
    """Positive control: 12 pulses more are 300 ms more."""
    trains = [np.append(t, t[-1] + 0.025 * np.arange(1, 13)) for t in walks.instants()]
    record = walks.record(walks.pulses(trains))
    assert walks.judge(record, "stop_latency", high=0.30).outcome is Outcome.FAIL
    assert walks.judge(walks.record(), "stop_latency", high=0.30).outcome is Outcome.PASS


def test_a_train_that_the_record_cuts_cannot_pass(walks):
    """The capture ends with stimulation on: how long it would have lasted is not known."""
    record = walks.record()
    record = dataclasses.replace(record, span_s=(0.0, float(record.pulses["t_s"][-1]) + 0.010))
    verdict = walks.judge(record, "stop_latency", high=0.30)
    assert verdict.outcome is Outcome.INCONCLUSIVE and "still on" in verdict.reason


def test_rate_is_one_over_the_median_period(walks):
    """40 Hz; a single missing pulse does not move a median. U follows the sample clock: 50 ppm/sqrt(3) * 2 * 40 Hz."""
    trains = [np.delete(t, 12) for t in walks.instants()]
    samples = walks.samples(walks.record(walks.pulses(trains)), "rate")
    assert samples.values == pytest.approx(40.0, abs=1e-6)
    assert samples.systematic == pytest.approx(2 * 40 * 50e-6 / math.sqrt(3.0), rel=0.01)


def test_a_wrong_rate_fails_of_set(walks):
    """Positive control: 33.3 Hz against 40 Hz -+ 10 % of set."""
    record = walks.record(walks.pulses([t[0] + 0.030 * np.arange(27) for t in walks.instants()]))
    verdict = walks.judge(record, "rate", "within", 0.9, 1.1, of_setting="rate")
    assert verdict.outcome is Outcome.FAIL and verdict.low == pytest.approx(36.0)
    assert walks.judge(walks.record(), "rate", "within", 0.9, 1.1, of_setting="rate").outcome is Outcome.PASS


def test_jitter_is_the_spread_of_the_periods(walks):
    """Periods alternate 24.5 and 25.5 ms: the spread is 1 ms; regular trains have none."""
    shift = 0.25e-3 * (-1.0) ** np.arange(33)
    record = walks.record(walks.pulses([t + shift for t in walks.instants()]))
    samples = walks.samples(record, "period_jitter")
    assert samples.values == pytest.approx([1e-3], rel=1e-6) and samples.items == [320]
    assert walks.judge(record, "period_jitter", high=0.5e-3).outcome is Outcome.FAIL
    assert walks.judge(walks.record(), "period_jitter", high=0.5e-3).outcome is Outcome.PASS


def test_jitter_without_periods_is_inconclusive(walks):
    """A dead device has no jitter, and that is no PASS."""
    record = walks.record(walks.pulses([]))
    assert walks.judge(record, "period_jitter", high=0.5e-3).outcome is Outcome.INCONCLUSIVE


def test_missing_pulses_are_found_where_they_are(walks):
    """One pulse of stride 4 is left out: a period of 50 ms."""
    trains = walks.instants()
    trains[3] = np.delete(trains[3], 20)
    record = walks.record(walks.pulses(trains))
    samples = walks.samples(record, "missing_pulses")
    assert list(samples.strides) == [4] and samples.t1_s - samples.t0_s == pytest.approx([0.05])
    assert walks.judge(record, "missing_pulses", "never").outcome is Outcome.FAIL
    assert walks.judge(walks.record(), "missing_pulses", "never").outcome is Outcome.PASS
    assert walks.judge(record, "extra_pulses", "never").outcome is Outcome.PASS


def test_a_second_pulse_is_an_extra_one(walks):
    """A pulse a fifth of a period behind another."""
    trains = walks.instants()
    trains[5] = np.sort(np.append(trains[5], trains[5][10] + 0.005))
    record = walks.record(walks.pulses(trains))
    assert walks.judge(record, "extra_pulses", "never").outcome is Outcome.FAIL
    assert walks.judge(walks.record(), "extra_pulses", "never").outcome is Outcome.PASS


@pytest.mark.parametrize("measure", ["missing_pulses", "extra_pulses", "missed_stimulation", "false_stimulation"])
def test_a_gap_in_the_capture_is_not_never(walks, measure):
    """`never: true` needs the watched time fully covered."""
    record = walks.record(gaps_s=((5.5, 5.6),))
    assert walks.judge(record, measure, "never").outcome is Outcome.INCONCLUSIVE
    assert walks.judge(walks.record(), measure, "never").outcome is Outcome.PASS


@pytest.mark.parametrize("measure", ["missing_pulses", "extra_pulses"])
def test_no_pulses_are_no_regular_pulses(walks, measure):
    """A dead device misses nothing that can be counted, and does not pass."""
    record = walks.record(walks.pulses([]))
    assert walks.judge(record, measure, "never").outcome is Outcome.INCONCLUSIVE


def test_missed_and_false_stimulations(walks):
    """Stride 3 unanswered; a train in the stance of stride 6 that nobody asked for."""
    trains = walks.instants()
    del trains[2]
    trains.append(2.0 + 5 * 1.25 + 0.35 + 0.025 * np.arange(5))
    record = walks.record(walks.pulses(trains))
    missed = walks.judge(record, "missed_stimulation", "never")
    wrong = walks.judge(record, "false_stimulation", "never")
    assert missed.outcome is Outcome.FAIL and missed.worst_stride == 3
    assert wrong.outcome is Outcome.FAIL and wrong.worst_stride == 6
    assert walks.judge(walks.record(), "false_stimulation", "never").outcome is Outcome.PASS


def test_no_trigger_is_no_proof_against_missed_stimulation(walks):
    """Without an opening nothing could be missed: INCONCLUSIVE."""
    record = walks.record(walks.pulses([]), walks.strides(sensor_off_s=np.full(10, np.nan)))
    assert walks.judge(record, "missed_stimulation", "never").outcome is Outcome.INCONCLUSIVE


def test_ramps_take_the_time_that_they_take(walks):
    """Charges k/9 of the plateau every 25 ms: a straight ramp over 225 ms, up and down."""
    samples = walks.samples(walks.record(), "ramp_up_time")
    assert samples.values == pytest.approx(0.225, rel=1e-6)
    assert walks.samples(walks.record(), "ramp_down_time").values == pytest.approx(0.225, rel=1e-6)


def test_a_train_without_ramp_fails_the_ramp(walks):
    """Positive control: full width at once is a ramp of 0 s."""
    record = walks.record(walks.pulses(ramped=False))
    for measure, setting in (("ramp_up_time", "ramp_up"), ("ramp_down_time", "ramp_down")):
        verdict = walks.judge(record, measure, "within", 0.75, 1.25, of_setting=setting)
        assert verdict.outcome is Outcome.FAIL and verdict.value == 0.0
        good = walks.judge(walks.record(), measure, "within", 0.75, 1.25, of_setting=setting)
        assert good.outcome is Outcome.PASS


def test_a_train_that_breaks_off_with_the_record_has_no_ramp_down(walks):
    """A fault of the rig 10 ms after a full pulse of the last train: no ramp of 0 s, so no FAIL of the device; one that
    ended long before keeps its value, and so does each of a whole record.
    """
    pulses = walks.pulses(ramped=False)
    end_s = float(pulses["t_s"].max()) + 0.01
    whole = walks.samples(walks.record(pulses, span_s=(0.0, end_s)), "ramp_down_time")
    broken = walks.record(pulses, span_s=(0.0, end_s), interrupted=True)
    cut = walks.samples(broken, "ramp_down_time")
    assert len(cut.values) == len(whole.values) - 1
    assert any("under way" in note for note in cut.notes)
    later = walks.samples(dataclasses.replace(broken, span_s=(0.0, end_s + 1.0)), "ramp_down_time")
    assert len(later.values) == len(whole.values)
    assert len(walks.samples(broken, "ramp_up_time").values) == len(whole.values)


def test_trains_too_short_for_a_plateau_have_no_ramp(walks):
    """Two pulses a train: no value, no PASS."""
    record = walks.record(walks.pulses([t[:2] for t in walks.instants()]))
    verdict = walks.judge(record, "ramp_up_time", high=0.5)
    assert verdict.outcome is Outcome.INCONCLUSIVE and "plateau" in verdict.reason


def test_on_time_is_cut_by_during_not_dropped(walks, event, during):
    """Trains last 32 periods and a pulse: 0.8 s and its window. An event in mid-train cuts that train."""
    record = walks.record()
    assert walks.samples(record, "on_time").values == pytest.approx(0.8, abs=1e-3)
    planned, became = event("e", 2.0 + 4 * 1.25 + 0.61 + 0.03 + 0.4)
    record = walks.record(events=(became,), planned=(planned,))
    verdict = walks.judge(record, "on_time", high=1.0, during=during(until_event="e"))
    assert verdict.outcome is Outcome.PASS and verdict.n == 5 and verdict.dropped == 5
    assert verdict.samples.values[-1] == pytest.approx(0.4, abs=1e-6)


def test_no_time_out_fails(walks):
    """Positive control: a train of 5 s against a time-out of 4 s + 5 %."""
    record = walks.record(walks.pulses([2.64 + 0.025 * np.arange(200)]))
    verdict = walks.judge(record, "on_time", "at_most", high=4.2)
    assert verdict.outcome is Outcome.FAIL


def test_stance_on_time_is_what_lies_outside_the_allowed_window(walks):
    """Trains end 0.18 s after the landing, inside the extension of 0.2 s: nothing. Ten pulses more reach 0.43 s, of
    which extension, ramp down (here 0.1 s) and a period allow 0.325 s.
    """
    walks.programmed["ramp_down"] = 0.1
    assert walks.samples(walks.record(), "stance_on_time").values == pytest.approx(0.0, abs=1e-12)
    trains = [np.append(t, t[-1] + 0.025 * np.arange(1, 11)) for t in walks.instants()]
    record = walks.record(walks.pulses(trains))
    end = trains[0][-1] - 2.0 - 1.25
    tail = float(record.trains["t1_s"][0]) - float(trains[0][-1])
    allowed = 1.26 - 1.25 + 0.2 + 0.1 + 0.025
    values = walks.samples(record, "stance_on_time").values
    assert values[1:] == pytest.approx((end + tail - allowed) / 1.25, rel=1e-6)
    assert values[0] == pytest.approx(0.0, abs=1e-12)
    assert walks.judge(record, "stance_on_time", high=0.02).outcome is Outcome.FAIL
    assert walks.judge(walks.record(), "stance_on_time", high=0.02).outcome is Outcome.PASS


def test_stance_on_time_needs_the_extension(walks):
    """Without the setting nobody knows what is allowed."""
    del walks.programmed["extension"]
    verdict = walks.judge(walks.record(), "stance_on_time", high=0.02)
    assert verdict.outcome is Outcome.NOT_RUN and "extension" in verdict.reason


def test_silence_is_the_longest_time_without_a_pulse(walks):
    """From the last pulse of a train to the next train: 1.25 - 0.8 = 0.45 s; from stride 1 to the first: 0.64 s."""
    samples = walks.samples(walks.record(), "silence")
    assert samples.values[0] == pytest.approx(0.64) and samples.values[1:-1] == pytest.approx(0.45)


def test_a_device_that_dies_is_silent(walks, event, during):
    """Positive control: no pulse after stride 5, also where the check looks only until an event in stride 9."""
    planned, became = event("peel", 2.0 + 8 * 1.25)
    record = walks.record(walks.pulses(walks.instants(5)), n=10, events=(became,), planned=(planned,))
    assert walks.judge(record, "silence", high=3.0).outcome is Outcome.FAIL
    verdict = walks.judge(record, "silence", high=3.0, during=during(until_event="peel"))
    assert verdict.outcome is Outcome.FAIL
    assert verdict.value == pytest.approx(2.0 + 8 * 1.25 - (2.0 + 4 * 1.25 + 0.64 + 0.8))
    assert walks.judge(walks.record(), "silence", high=3.0).outcome is Outcome.PASS


def test_standing_still_is_no_silence(walks, event):
    """A pause of 5 s in stride 4 makes that stride longer; the device may be silent meanwhile."""
    strides = walks.strides()
    for name in ("heel_off_s", "toe_off_s", "sensor_off_s", "sensor_on_s"):
        strides[name][3:] += 5.0
    strides["t0_s"][4:] += 5.0
    strides["stride_time_s"][3] += 5.0
    trains = [t + (5.0 if k >= 3 else 0.0) for k, t in enumerate(walks.instants())]
    planned, became = event("stand", 6.0, kind="walk.stop", stride=4, duration=5.0)
    record = walks.record(walks.pulses(trains), strides, planned=(planned,), events=(became,), span_s=(0.0, 25.0))
    assert walks.judge(record, "silence", high=3.0).outcome is Outcome.PASS
    without = walks.record(walks.pulses(trains), strides, span_s=(0.0, 25.0))
    assert walks.judge(without, "silence", high=3.0).outcome is Outcome.FAIL


def test_silence_behind_a_gap_cannot_pass(walks):
    """Missing time may hide pulses, or their absence."""
    verdict = walks.judge(walks.record(gaps_s=((3.6, 3.7),)), "silence", high=3.0)
    assert verdict.outcome is Outcome.INCONCLUSIVE and "gap" in verdict.reason
