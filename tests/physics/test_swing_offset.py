"""What the swing offset was calibrated to (rows 27 and 28 stand in the validation table)."""

import numpy as np
import pytest

from sim.body.layout import STEP_NS
from sim.body.preparation import one_swing, prepare
from sim.timebase import NS_PER_MS

SPEEDS = (0.4, 0.55, 0.8, 1.0, 1.2, 1.4)


def test_healthy_clearance_is_what_it_was_calibrated_to(healthy, winter):
    """The solved offset gives 15 mm at every speed to 1 um."""
    for speed in SPEEDS:
        ready = prepare(healthy, winter, speed)
        assert one_swing(ready.cycle, ready.const).mtc_m == pytest.approx(0.015, abs=2e-6)


@pytest.mark.parametrize(("name", "speed"), [("healthy", 1.3), ("stroke", 0.55), ("peroneal", 0.9)])
def test_halving_the_step_changes_nothing_that_matters(request, winter, name, speed):
    """Clearance moves by less than 0.05 mm (asked: 0.2), landing by less than 0.1 ms, when the step is halved."""
    ready = prepare(request.getfixturevalue(name), winter, speed)
    pulses = (10_000_000_000 + np.arange(-300, 400, 25) * NS_PER_MS + 1234, np.full(28, 0.05))
    for felt in (None, pulses):
        whole = one_swing(ready.cycle, ready.const, pulses=felt)
        half = one_swing(ready.cycle, ready.const, pulses=felt, step_ns=STEP_NS // 2)
        assert half.mtc_m == pytest.approx(whole.mtc_m, abs=0.05e-3)
        assert half.early_swing_min_m == pytest.approx(whole.early_swing_min_m, abs=0.05e-3)
        time_s = ready.cycle.targets.stride_time_s
        assert half.landing_ratio * time_s == pytest.approx(whole.landing_ratio * time_s, abs=1e-4)
