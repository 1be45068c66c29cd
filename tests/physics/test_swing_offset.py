"""What the swing offset was calibrated to (rows 27 and 28 stand in the validation table)."""

import pytest

from sim.body.preparation import one_swing, prepare

SPEEDS = (0.4, 0.55, 0.8, 1.0, 1.2, 1.4)


def test_healthy_clearance_is_what_it_was_calibrated_to(healthy, winter):
    """The solved offset gives 15 mm at every speed to 1 um."""
    for speed in SPEEDS:
        ready = prepare(healthy, winter, speed)
        assert one_swing(ready.cycle, ready.const).mtc_m == pytest.approx(0.015, abs=2e-6)
