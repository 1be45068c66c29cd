"""Limits that are lists or parts of something: the wider stands, sample by sample."""

import dataclasses

import numpy as np
import pytest
from judging_desk import samples_of

from reports.bounds import bounds_of
from scenarios.case import Band, Limit


def _bounds(walks, limit, samples, rated=None):
    check = dataclasses.replace(walks.check("rate"), limit=limit)
    case = walks.case([check])
    case = dataclasses.replace(case, device=dataclasses.replace(case.device, rated=rated or {}))
    return bounds_of(case, check, samples)


def test_the_wider_of_a_share_of_the_setting_and_a_width_about_it(walks):
    """max(20 % of 40 Hz, 5 Hz) = 8 Hz about 40 Hz; with the sample's own setting of 10 Hz it is 5 Hz about that."""
    bands = (Band(0.8, 1.2, "set"), Band(-5.0, 5.0, about_set=True))
    limit = Limit("within", None, None, "Hz", "", "rate", bands)
    found = _bounds(walks, limit, samples_of([1.0]))
    assert (found.low_value[0], found.high_value[0]) == (32.0, 48.0)
    own = _bounds(walks, limit, samples_of([1.0, 1.0], reference=np.array([40.0, 10.0])))
    assert own.low_value == pytest.approx([32.0, 5.0]) and own.high_value == pytest.approx([48.0, 15.0])


def test_a_part_of_a_reference_of_the_sample(walks):
    """max(100 nC, 1 % of each phase charge) about zero; a reference without a number gives no limit."""
    limit = Limit("within", None, None, "C", "", bands=(Band(-1e-7, 1e-7), Band(-0.01, 0.01, "phase_charge")))
    samples = samples_of([0.0, 0.0], references={"phase_charge": np.array([-9e-6, 30e-6])})
    found = _bounds(walks, limit, samples)
    assert found.high_value == pytest.approx([1e-7, 3e-7]) and found.low_value == pytest.approx([-1e-7, -3e-7])
    lost = samples_of([0.0], references={"phase_charge": np.array([np.nan])})
    assert _bounds(walks, limit, lost) is None
    assert _bounds(walks, limit, samples_of([0.0])) is None


def test_a_part_of_the_makers_claim(walks):
    """At most 120 % of 80 mA; at most the larger of two is the larger, at least the smaller."""
    most = Limit("at_most", None, None, "A", "", bands=(Band(None, 1.2, "max_current"), Band(None, 0.05)))
    found = _bounds(walks, most, samples_of([0.0]), {"max_current": 0.08})
    assert found.high_value == pytest.approx([0.096]) and found.low_value[0] == -np.inf
    least = Limit("at_least", None, None, "A", "", bands=(Band(0.5, None, "max_current"), Band(0.05, None)))
    assert _bounds(walks, least, samples_of([0.0]), {"max_current": 0.08}).low_value == pytest.approx([0.04])
