"""A record's patient walked again: as captured it is the record itself, and each alteration does what it says."""

import numpy as np
import pytest
from control_desk import sound

from rig.altered_walks import AS_CAPTURED, REFERENCE, Alteration, altered_strides, why_no_walk
from rig.ideal_pulses import ideal_pulses

SCENARIO = "SCN-DEMO-PASS"


def test_as_captured_is_the_record_to_the_last_bit():
    """The replay of the record step and this one are the same walk: every column, every bit."""
    record = sound(SCENARIO)
    again = altered_strides(record, AS_CAPTURED)
    assert all(np.array_equal(again[name], record.strides[name], equal_nan=True) for name in again)
    assert altered_strides(record, Alteration(delay_s=0.0)) is again


def test_ideal_pulses_begin_at_heel_off_and_end_with_extension_and_ramp():
    """First pulse of each stride at heel-off (its width grows from 0), last one within a period of the asked end."""
    record = sound(SCENARIO)
    pulses, strides, set_to = ideal_pulses(record), record.strides, record.case.device.programmed
    period_s = 1.0 / set_to["rate"]
    starts = np.concatenate(([0], np.flatnonzero(np.diff(pulses["t_s"]) > 0.15) + 1))
    ends = np.append(starts[1:], pulses.size) - 1
    assert pulses["t_s"][starts] == pytest.approx(strides["heel_off_s"] + period_s, abs=1e-9)
    asked_s = strides["landing_s"] + set_to["extension"] + set_to["ramp_down"]
    late_s = asked_s - pulses["t_s"][ends]
    assert ((late_s > 0.0) & (late_s <= period_s + 1e-9)).all()
    assert pulses["phase1_a"].max() == pytest.approx(set_to["current"])
    assert pulses["phase1_s"].max() == pytest.approx(set_to["pulse_width"])
    assert pulses["charge1_c"] + pulses["charge2_c"] == pytest.approx(0.0, abs=1e-15)


def test_the_reference_is_near_a_sound_device_and_far_from_none():
    """A sound device is some milliseconds late: the mean clearance differs by under 0.5 mm, without force by more."""
    record = sound(SCENARIO)
    own, ideal = (altered_strides(record, each)["mtc_m"].mean() for each in (AS_CAPTURED, REFERENCE))
    weak = altered_strides(record, Alteration(weaker_ratio=1.0 - 1e-9))["mtc_m"].mean()
    away = altered_strides(record, Alteration(shift_m=0.05))["mtc_m"].mean()
    assert abs(own - ideal) < 0.5e-3
    assert ideal - weak > 2e-3 and ideal - away > 2e-3


def test_a_delay_costs_clearance():
    """A third of a second later the foot has swung without help for most of the way."""
    record = sound(SCENARIO)
    heights = [altered_strides(record, Alteration(delay_s=d))["mtc_m"].mean() for d in (0.0, 0.15, 0.3)]
    assert heights[0] > heights[1] > heights[2]


def test_nobody_walks_a_clipped_capture_again():
    """What the card did not see nobody feels; the reason is said."""
    from dataclasses import replace

    record = sound(SCENARIO)
    assert why_no_walk(record) == ""
    assert "clipped" in why_no_walk(replace(record, clipped={"current": 3}))
    assert "gaps" in why_no_walk(replace(record, gaps_s=((1.0, 2.0),)))
