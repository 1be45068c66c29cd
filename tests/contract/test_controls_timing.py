"""Every timing check (TIM) from three sides: a seeded defect fails it, the sound device passes it, doubt is neither.

Few strides or pulses are doubt for what needs many; a record without a pulse for what is judged of each train; an event
that never fired for what is about that event.
"""

import pytest
from control_desk import WANTED, Control, cases, gap, shown, strides, unfired, without_pulses, worse_card

WALK = "SCN-CORE-WALK"

CONTROLS = {
    "TIM-01": Control(WALK, {"width_error": 0.25}, strides(3), steps=15),
    "TIM-01/maker": Control(WALK, {"width_error": 0.25}, strides(3), steps=15),
    "TIM-02": Control(WALK, {"width2_error": 0.25}, strides(3), steps=15),
    "TIM-03": Control(WALK, {"gap_error": 40e-6}, worse_card(5000.0), steps=15),
    "TIM-04": Control(WALK, {"rate_error": 0.25}, without_pulses, steps=15),
    "TIM-04/tight": Control(WALK, {"rate_error": 0.25}, without_pulses, steps=15),
    "TIM-05": Control(WALK, {"jitter": 2e-3}, strides(3), steps=15),
    "TIM-05/max": Control(WALK, {"jitter": 2e-3}, strides(3), steps=15),
    "TIM-06": Control(WALK, {"missing_pulses": 0.05}, strides(10), steps=15),
    "TIM-07": Control(WALK, {"late_start": 0.12}, strides(20), steps=15),
    "TIM-07/max": Control(WALK, {"late_start": 0.12}, strides(20), steps=15),
    "TIM-08": Control(WALK, {"late_start": 0.12}, strides(20), steps=15),
    "TIM-09": Control(WALK, {"stuck_on": 0.3}, without_pulses, steps=15),
    "TIM-10": Control(WALK, {"ramp_error": 0.5}, without_pulses, steps=15),
    "TIM-10/down": Control(WALK, {"ramp_error": 0.5}, without_pulses, steps=15),
    "TIM-11": Control(WALK, {"ramp_dent": 0.2}, without_pulses, steps=15),
    "TIM-12": Control("SCN-CORE-TIME-OUT", {"no_time_out": 1.0}, unfired("stuck")),
    "TIM-13": Control(WALK, {"stuck_on": 0.3}, gap(20.0, 20.5), steps=15),
    "TIM-14": Control("SCN-EXT-CADENCE", {"slow_adaptation": 8.0}, unfired("hurry")),
    "TIM-15": Control("SCN-EXT-WIRELESS", {"late_start": 0.12}, strides(20), steps=20),
}


@pytest.mark.parametrize(("check", "case"), cases(CONTROLS))
def test_a_timing_check_from_three_sides(check, case):
    """A seeded defect at its dose fails it, the sound device passes it, a doubtful record is neither."""
    found = shown(check, CONTROLS[check], case)
    assert found.outcome == WANTED[case], found.reason
