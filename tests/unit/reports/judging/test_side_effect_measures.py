"""Measures of single columns of the strides: their values are the columns', and a bad stride is found."""

import numpy as np
import pytest

from reports.measures.side_effects import SIDE_EFFECTS
from reports.verdict import Outcome

COLUMNS = {
    "eversion_at_contact": "eversion_ic_rad",
    "eversion_in_swing": "eversion_swing_rad",
    "knee_peak": "knee_peak_rad",
    "steppage": "steppage_rad",
    "circumduction": "circumduction_m",
    "withdrawal": "withdrawal_rad",
    "stretch_reflex": "reflex_n_m",
    "push_off": "push_off_ratio",
    "fatigue": "fatigue_ratio",
    "sensed": "sensed",
    "over_comfort": "over_comfort",
}


def _record(walks, n=12, **columns):
    return walks.record(pulses=walks.pulses([]), strides=walks.strides(n, **columns), n=n)


def test_every_measure_of_this_file_is_tried_here():
    """No measure without its positive control."""
    assert {spec.name for spec in SIDE_EFFECTS} == {*COLUMNS, "clonus"}


@pytest.mark.parametrize("measure", sorted(COLUMNS))
def test_one_stride_beyond_the_limit_fails(walks, measure):
    """The samples are the column; 0.5 passes at most 0.6, and a single stride at 0.7 fails it."""
    even = np.full(12, 0.5)
    sound = _record(walks, **{COLUMNS[measure]: even})
    assert walks.samples(sound, measure).values == pytest.approx(even, abs=0)
    assert walks.judge(sound, measure, high=0.6).outcome is Outcome.PASS
    even[7] = 0.7
    verdict = walks.judge(_record(walks, **{COLUMNS[measure]: even}), measure, high=0.6)
    assert verdict.outcome is Outcome.FAIL and verdict.worst_stride == 8


def test_clonus_is_an_occurrence(walks):
    """Never: one stride of twelve breaks it; twelve quiet ones show it."""
    quiet, once = np.full(12, 2.0), np.zeros(12)
    once[3] = 3.0
    assert walks.judge(_record(walks, reflex_bursts=quiet), "clonus", kind="never").outcome is Outcome.PASS
    verdict = walks.judge(_record(walks, reflex_bursts=once), "clonus", kind="never")
    assert verdict.outcome is Outcome.FAIL and verdict.worst_stride == 4


@pytest.mark.parametrize("measure", ["clonus", "push_off", "eversion_at_contact"])
def test_a_record_without_the_column_is_not_run(walks, measure):
    """An older record has no such column: no number is made up."""
    record = _record(walks)
    column = "reflex_bursts" if measure == "clonus" else COLUMNS[measure]
    record.strides.pop(column, None)
    kind = {"kind": "never"} if measure == "clonus" else {"high": 1.0}
    assert walks.judge(record, measure, **kind).outcome is Outcome.NOT_RUN
