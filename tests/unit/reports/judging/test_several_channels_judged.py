"""A check of a device with several channels is judged on each, and the worst channel decides."""

import dataclasses

import numpy as np
import pytest

from reports.verdict import Outcome
from rig.record import Record
from rig.trains import assign_trains
from scenarios.case import PlannedEvent


@pytest.fixture
def four(walks):
    """A record of a device with `currents` (0: a channel that is off), where the named channels have sent pulses."""

    def make(currents=(1.0, 1.0, 1.0, 1.0), sending=(1, 2, 3, 4), silent_from=None, planned=(), **programmed) -> Record:
        found = []
        for channel in sending:
            pulses = walks.pulses()
            pulses["channel"] = channel
            pulses["t_s"] += 1e-3 * (channel - 1)
            pulses["end_s"] += 1e-3 * (channel - 1)
            if silent_from is not None and channel == silent_from[0]:
                pulses = pulses[pulses["t_s"] < silent_from[1]]
            found.append(pulses)
        record = walks.record(planned=planned)
        case = record.case
        known = {name: value for name, value in case.device.programmed.items() if name != "current"}
        known |= {f"current_{n}": 0.030 * scale for n, scale in enumerate(currents, 1)} | programmed
        device = dataclasses.replace(case.device, channels=4, programmed=known)
        grid = np.append(record.strides["t0_s"], record.strides["t0_s"][-1] + 1.25)
        pulses = np.sort(np.concatenate(found), order="t_s")
        columns, trains = assign_trains(pulses, grid, 0, known, record.strides["sensor_off_s"])
        accuracy = {"current": walks.accuracy} | {f"current.{n}": walks.accuracy for n in (2, 3, 4)}
        return dataclasses.replace(
            record, case=dataclasses.replace(case, device=device), pulses=columns, trains=trains, accuracy=accuracy
        )

    return make


def test_a_sound_device_passes_on_every_channel(walks, four):
    """Pulses of four channels interleave a millisecond apart, which is no extra pulse and no jitter of any of them."""
    record = four()
    for measure, limit in {"extra_pulses": None, "missing_pulses": None, "period_jitter": 1e-4}.items():
        verdict = walks.judge(record, measure, "at_most" if limit else "never", None, limit)
        assert verdict.outcome is Outcome.PASS, verdict.reason
        assert verdict.channel in {1, 2, 3, 4} and "worst of 4" in verdict.reason


def test_one_dead_channel_cannot_hide_behind_three_sound_ones(walks, four):
    """Channel 3 falls silent at half time: of all latencies 87 % are kept, but the check of 60 % fails on channel 3."""
    record = four(silent_from=(3, 8.0))
    verdict = walks.judge(record, "latency", "at_most", None, 0.06, quantifier="share", share=0.6)
    assert verdict.outcome is not Outcome.PASS and verdict.channel == 3
    assert walks.judge(record, "missed_stimulation", "never").channel == 3
    alone = walks.judge(
        record, "latency", "at_most", None, 0.06, quantifier="share", share=0.6, parameters={"channel": "1"}
    )
    assert alone.outcome is Outcome.PASS and alone.reason.startswith("channel 1: ")


def test_needs_counts_the_samples_of_one_channel(walks, four):
    """Ten strides give ten latencies a channel: `needs: 20 samples` is not met by forty of four channels."""
    verdict = walks.judge(four(), "latency", "at_most", None, 0.06, needs=20)
    assert verdict.outcome is Outcome.INCONCLUSIVE and verdict.n == 10


def test_a_channel_that_is_off_has_nothing_to_answer(walks, four):
    """0 mA: no stimulation is missed on it; a pulse that it sends all the same is judged."""
    off = four(currents=(1.0, 1.0, 0.0, 0.0), sending=(1, 2))
    assert walks.judge(off, "latency", "at_most", None, 0.06).outcome is Outcome.PASS
    asked = walks.judge(off, "latency", "at_most", None, 0.06, parameters={"channel": "all"})
    assert asked.outcome is Outcome.FAIL and asked.channel in {3, 4}
    stray = four(currents=(1.0, 1.0, 0.0, 0.0), sending=(1, 2, 4))
    verdict = walks.judge(stray, "phase_current", "within", -0.05, 0.05, of_setting="current")
    assert verdict.outcome is Outcome.FAIL and verdict.channel == 4


def test_every_channel_is_held_against_its_own_setting(walks, four):
    """`±5 % of set` means `current_2` on channel 2: it is set to half, sends the whole, and fails alone."""
    record = four(currents=(1.0, 0.5, 1.0, 1.0))
    verdict = walks.judge(record, "phase_current", "within", 0.95, 1.05, of_setting="current")
    assert verdict.outcome is Outcome.FAIL and verdict.channel == 2
    one = walks.judge(record, "phase_current", "within", 0.95, 1.05, of_setting="current", parameters={"channel": "1"})
    assert one.outcome is Outcome.PASS


def test_an_electrode_event_concerns_its_own_channel(walks, four, event):
    """Channel 2 was lifted: lead-off is judged there, and is no matter of channel 1."""
    planned, became = event("off", 6.0, "electrode.lift", channel="2")
    assert isinstance(planned, PlannedEvent)
    record = dataclasses.replace(four(silent_from=(2, 6.1), planned=(planned,)), events={"off": became})
    asked = {"parameters": {"channel": "2"}}
    assert walks.judge(record, "lead_off_stop", "at_most", None, 0.5, **asked).outcome is Outcome.PASS
    asked = {"parameters": {"channel": "1"}}
    assert walks.judge(record, "lead_off_stop", "at_most", None, 0.5, **asked).outcome is Outcome.NOT_RUN
