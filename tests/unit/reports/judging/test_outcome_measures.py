"""Patient outcomes, and how fast the device stops: truth, seeded defect, and what cannot be judged."""

import dataclasses

import numpy as np
import pytest

from reports.verdict import Outcome
from rig.record import LoopError
from scenarios.ramp import Ramp


@pytest.mark.parametrize(
    ("measure", "column"), [("min_toe_clearance", "mtc_m"), ("early_swing_clearance", "early_swing_min_m")]
)
def test_clearance_is_the_column_of_the_replay(walks, measure, column):
    """One sample a swing [toe-off, next t0]; 3 mm in swing 8 fails 5 mm."""
    heights = [0.015] * 7 + [0.003] + [0.015] * 2
    record = walks.record(strides=walks.strides(**{column: heights}))
    samples = walks.samples(record, measure)
    assert list(samples.values) == heights
    assert samples.t0_s[0] == pytest.approx(2.75) and samples.t1_s[0] == pytest.approx(3.25)
    verdict = walks.judge(record, measure, "at_least", low=0.005)
    assert verdict.outcome is Outcome.FAIL and verdict.worst_stride == 8
    assert "3 mm < 5 mm (-2 mm) at stride 8 of 10" in verdict.reason
    assert walks.judge(walks.record(), measure, "at_least", low=0.005).outcome is Outcome.PASS


def test_a_swing_without_clearance_cannot_pass(walks):
    """NaN is not a height."""
    record = walks.record(strides=walks.strides(mtc_m=[np.nan] + [0.015] * 9))
    assert walks.judge(record, "min_toe_clearance", "at_least", low=0.005).outcome is Outcome.INCONCLUSIVE


@pytest.mark.parametrize(("measure", "column"), [("scuffs", "scuff"), ("stumbles", "stumble")])
def test_scuffs_and_stumbles_are_occurrences(walks, measure, column):
    """One flag in swing 4."""
    flags = np.zeros(10)
    flags[3] = 1
    verdict = walks.judge(walks.record(strides=walks.strides(**{column: flags})), measure, "never")
    assert verdict.outcome is Outcome.FAIL and verdict.worst_stride == 4 and verdict.value == 1
    assert walks.judge(walks.record(), measure, "never").outcome is Outcome.PASS


@pytest.mark.parametrize("error", [LoopError(0.02, 0, float("nan"), 0.005), LoopError(0.0, 1, float("nan"), 0.005)])
@pytest.mark.parametrize("height_m", [0.015, 0.001])
def test_a_slow_loop_shows_no_outcome(walks, error, height_m):
    """Beyond the sensor's uncertainty outcome checks are INCONCLUSIVE, device checks are not touched."""
    record = walks.record(strides=walks.strides(mtc_m=np.full(10, height_m)), loop_error=error)
    verdict = walks.judge(record, "min_toe_clearance", "at_least", low=0.005)
    assert verdict.outcome is Outcome.INCONCLUSIVE and "closed loop too slow" in verdict.reason
    assert walks.judge(record, "latency", high=0.060).outcome is Outcome.PASS


def test_without_replay_outcomes_are_not_run(walks):
    """A bench that cannot stream judges the device only."""
    record = walks.record(loop_error=None)
    assert walks.judge(record, "min_toe_clearance", "at_least", low=0.005).outcome is Outcome.NOT_RUN
    assert walks.judge(record, "scuffs", "never").outcome is Outcome.NOT_RUN
    assert walks.judge(record, "latency", high=0.060).outcome is Outcome.PASS


def test_a_gap_in_the_capture_forbids_outcomes_after_it(walks):
    """Pulses may be missing from the replay."""
    verdict = walks.judge(walks.record(gaps_s=((6.0, 6.1),)), "min_toe_clearance", "at_least", low=0.005)
    assert verdict.outcome is Outcome.INCONCLUSIVE and "gap" in verdict.reason


def _peel(event, start_s=8.0):
    return event("peel", start_s, "electrode.peel", start_s + 1.5, contact=Ramp(1.0, 0.05, 1.5), electrode="active")


def test_lead_off_stop_counts_from_half_contact(walks, event, during):
    """Contact 100 to 5 % over 1.5 s falls below 50 % after 0.79 s (in steps of 10 ms: 0.79); the last pulse comes at
    9.4 s: 0.61 s. The sample lies behind the event's last instant, so that `from: peel` holds it.
    """
    planned, became = _peel(event)
    trains = [t for t in (s[s < 9.401] for s in walks.instants()) if t.size]
    last = max(t[-1] for t in trains)
    record = walks.record(walks.pulses(trains), events=(became,), planned=(planned,))
    samples = walks.samples(record, "lead_off_stop")
    assert samples.values == pytest.approx([last - 8.79], abs=1e-9)
    verdict = walks.judge(record, "lead_off_stop", high=1.0, during=during(from_event="peel"))
    assert verdict.outcome is Outcome.PASS and verdict.n == 1


def test_no_lead_off_detection_fails(walks, event, during):
    """Positive control: the device goes on for strides."""
    planned, became = _peel(event)
    record = walks.record(events=(became,), planned=(planned,))
    assert walks.judge(record, "lead_off_stop", high=1.0, during=during(from_event="peel")).outcome is Outcome.FAIL


def test_a_peel_at_the_very_end_shows_no_stop(walks, event, during):
    """The capture ends while stimulation is on: shorter than the limit so far, and no PASS."""
    planned, became = _peel(event, 13.0)
    record = walks.record(events=(became,), planned=(planned,), span_s=(0.0, 14.6))
    verdict = walks.judge(record, "lead_off_stop", high=1.0, during=during(from_event="peel"))
    assert verdict.outcome is Outcome.INCONCLUSIVE


def test_an_electrode_that_comes_off_while_nothing_is_asked_shows_no_stop(walks, event):
    """Standing at the end: no trigger, no pulse, nothing to stop."""
    planned, became = event("lift", 15.5, "electrode.lift", electrode="active")
    record = walks.record(events=(became,), planned=(planned,))
    verdict = walks.judge(record, "lead_off_stop", high=1.0)
    assert verdict.outcome is Outcome.INCONCLUSIVE and "no trigger" in verdict.reason


def test_the_stop_counts_until_the_electrode_is_back(walks, event):
    """Lifted at 5 s, restored at 9 s: pulses from 9 s on are welcome, those of the next strides break the limit."""
    lift, off = event("lift", 5.0, "electrode.lift", electrode="active")
    restore, back = event("restore", 9.0, "electrode.restore", electrode="active")
    trains = [t[(t < 5.2) | (t > 9.0)] for t in walks.instants()]
    good = walks.record(
        walks.pulses([t for t in trains if t.size], ramped=False), events=(off, back), planned=(lift, restore)
    )
    assert walks.judge(good, "lead_off_stop", high=1.0).outcome is Outcome.PASS
    bad = walks.record(events=(off, back), planned=(lift, restore))
    assert walks.judge(bad, "lead_off_stop", high=1.0).outcome is Outcome.FAIL


def test_lead_off_without_an_event_is_not_run(walks):
    """Nothing lifts an electrode in this scenario."""
    assert walks.judge(walks.record(), "lead_off_stop", high=1.0).outcome is Outcome.NOT_RUN
    assert walks.judge(walks.record(), "button_stop", high=1.0).outcome is Outcome.NOT_RUN


def test_button_stop(walks, event):
    """Pressed at 8.0 s, in a stance; the device is silent from then on although triggered: 0 s. A deaf one fails."""
    planned, became = event("stop", 8.2, "button.stop")
    silent = [t for t in walks.instants() if t[0] < 7.0]
    good = walks.record(walks.pulses(silent), events=(became,), planned=(planned,))
    verdict = walks.judge(good, "button_stop", high=0.1)
    assert verdict.outcome is Outcome.PASS and verdict.value == pytest.approx(
        max(0.0, max(t[-1] for t in silent) - 8.2)
    )
    deaf = walks.record(events=(became,), planned=(planned,))
    assert walks.judge(deaf, "button_stop", high=0.1).outcome is Outcome.FAIL


def test_an_event_that_did_not_fire_stops_nothing(walks, event):
    """The button was never pressed: INCONCLUSIVE, not PASS."""
    planned, became = event("stop", 8.2, "button.stop", fired=False)
    record = walks.record(walks.pulses(walks.instants(5)), events=(became,), planned=(planned,))
    assert walks.judge(record, "button_stop", high=0.1).outcome is Outcome.INCONCLUSIVE


def test_no_strides_no_outcome(walks):
    """A record without whole strides has no outcome to judge."""
    empty = {name: values[:0] for name, values in walks.strides().items()}
    record = dataclasses.replace(walks.record(), strides=empty)
    for measure in ("min_toe_clearance", "trip_exposure", "stride_time_variability"):
        verdict = walks.judge(record, measure, high=1.0, parameters={"height": 0.01})
        assert verdict.outcome is Outcome.NOT_RUN
    assert walks.judge(record, "silence", high=3.0).outcome is Outcome.INCONCLUSIVE
    assert walks.judge(record, "false_stimulation", "never").outcome is Outcome.INCONCLUSIVE
