"""Every gait check (GAI) from three sides: a seeded defect fails it, the sound device passes it, doubt is neither.

What is modelled has no instrument that could be worse: there too few strides are the doubt.
"""

import pytest
from control_desk import WANTED, Control, cases, shown, strides

GAIT, CLEARANCE, ROBUST = "SCN-CORE-GAIT", "SCN-CORE-CLEARANCE", "SCN-EXT-ROBUST"
FEW = strides(18)

CONTROLS = {
    "GAI-01": Control(GAIT, {"missed_steps": 0.2}, FEW, steps=45),
    "GAI-01/precision": Control(GAIT, {"early_start": 0.2}, FEW, steps=18),
    "GAI-01/contact": Control(GAIT, {"stuck_on": 0.3}, FEW, steps=18),
    "GAI-01/contact-precision": Control(GAIT, {"stuck_on": 0.3}, FEW, steps=18),
    "GAI-02": Control(GAIT, {"idle_trains": 12.0}, strides(95)),
    "GAI-03": Control(GAIT, {"missed_steps": 0.2}, FEW, steps=45),
    "GAI-03/run": Control(GAIT, {"missed_run": 3.0}, FEW, steps=18),
    "GAI-04": Control(GAIT, {"late_start": 0.35}, FEW, steps=18),
    "GAI-04/end": Control(GAIT, {"stuck_on": 0.3}, FEW, steps=18),
    "GAI-05": Control(CLEARANCE, {"late_start": 0.25}, strides(100)),
    "GAI-06": Control(CLEARANCE, {"late_start": 0.25}, strides(100)),
    "GAI-07": Control(ROBUST, {"current_error": -0.6}, strides(100)),
    "GAI-08": Control(ROBUST, {"early_stop": 0.2}, strides(30), steps=60),
    "GAI-08/eversion": Control(ROBUST, {"current_error": 0.5}, strides(30), steps=60),
    "GAI-09": Control(ROBUST, {"late_start": 0.12}, strides(100)),
    "GAI-09/shift": Control(ROBUST, {"late_start": 0.12}, strides(100)),
    "GAI-10": Control(ROBUST, {"late_start": 0.12}, strides(100)),
}


@pytest.mark.parametrize(("check", "case"), cases(CONTROLS))
def test_a_gait_check_from_three_sides(check, case):
    """A seeded defect at its dose fails it, the sound device passes it, a doubtful record is neither."""
    found = shown(check, CONTROLS[check], case)
    assert found.outcome == WANTED[case], found.reason
