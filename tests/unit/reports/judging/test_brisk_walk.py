"""A brisk walk: the ramp down of one step ends shortly before the next step begins, or not at all before it."""

import numpy as np
import pytest

from reports.verdict import Outcome


@pytest.fixture
def brisk(walks):
    """46 pulses a step leave 125 ms between steps: less than the 150 ms that break a train by itself."""
    record = walks.record(walks.pulses([t[0] + 0.025 * np.arange(46) for t in walks.instants()]))
    assert record.trains["t0_s"].size == 10
    return record


def test_every_step_is_judged_by_itself(walks, brisk):
    """Ten latencies of 30 ms, ten trains, each with its stride."""
    for measure, value in (("latency", 0.030), ("stop_latency", 0.64 + 1.125 - 1.26), ("ramp_up_time", 0.225)):
        samples = walks.samples(brisk, measure)
        assert samples.values == pytest.approx(value, rel=1e-6) and list(samples.strides) == list(range(1, 11))
    assert list(walks.samples(brisk, "net_charge").strides) == list(range(1, 11))
    assert walks.samples(brisk, "on_time").values == pytest.approx(1.125, abs=1e-3)
    assert walks.samples(brisk, "silence").values[1:-1] == pytest.approx(0.125)


def test_a_sound_device_passes(walks, brisk):
    """The pause between two steps is no missing pulse, the ramps between them are no narrow ones."""
    for measure in ("missing_pulses", "extra_pulses", "missed_stimulation", "false_stimulation"):
        assert walks.judge(brisk, measure, "never").outcome is Outcome.PASS
    width = walks.judge(brisk, "pulse_width", "within", 0.95, 1.05, of_setting="pulse_width")
    assert width.outcome is Outcome.PASS and width.n > 200
    assert walks.judge(brisk, "on_time", high=4.2).outcome is Outcome.PASS


def test_a_missing_pulse_is_still_one(walks):
    """Positive control: in mid-train of step 5."""
    trains = [t[0] + 0.025 * np.arange(46) for t in walks.instants()]
    trains[4] = np.delete(trains[4], 20)
    verdict = walks.judge(walks.record(walks.pulses(trains)), "missing_pulses", "never")
    assert verdict.outcome is Outcome.FAIL and verdict.worst_stride == 5


def test_stimulation_that_never_pauses_is_one_train(walks):
    """50 pulses a step leave no pause: one train of 12.5 s, one latency, and ramps that are not taken for a defect."""
    record = walks.record(walks.pulses([t[0] + 0.025 * np.arange(50) for t in walks.instants()]))
    assert walks.judge(record, "on_time", high=4.2).outcome is Outcome.FAIL
    assert walks.judge(record, "latency", high=0.06, needs=5).outcome is Outcome.INCONCLUSIVE
    width = walks.judge(record, "pulse_width", "within", 0.95, 1.05, of_setting="pulse_width")
    assert width.outcome is Outcome.PASS and width.n > 100


def test_stimulation_of_gait_initiation_is_not_judged_in_stance(walks):
    """The stride table has no landing for stride 0: the stance that it reaches into is left out, and said so."""
    before = 1.5 + 0.025 * np.arange(40)
    record = walks.record(walks.pulses([before, *walks.instants()]))
    samples = walks.samples(record, "stance_on_time")
    assert samples.values == pytest.approx(0.0, abs=1e-12) and "initiation" in samples.notes[0]
