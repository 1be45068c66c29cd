"""The watchdog's time is a setting of the serial line."""

import pytest

from rig.firmware.desk.dut_opening import open_dut
from rig.firmware.device_under_test import Injected


@pytest.mark.parametrize("name", ["reference_host", "reference_f446"])
def test_the_watchdog_bites_after_the_time_that_is_set(name):
    """80 ms: it lets 65 ms pass, and is set to 20 ms; 30 ms are too long then. It keeps the time over the reset."""
    with open_dut(name) as dut:
        dut.run("30 ms")
        resets = []
        for set_ms, hangs_s in ((80, 0.065), (20, 0.03), (20, 0.015), (20, 0.03)):
            dut.send(f"SET watchdog {set_ms}\n")
            dut.expect("^OK$", timeout="50 ms")
            dut.run("60 ms")
            dut.inject(Injected("hang", hangs_s))
            dut.run("150 ms")
            resets.append(sum(event.kind == "reset" and event.name == "watchdog" for event in dut.events))
    assert resets == [0, 1, 1, 2]
