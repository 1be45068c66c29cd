"""A main loop that stands still while interrupts are served: on a chip all of thread mode; on the host one call."""

import pytest

from rig.firmware.desk.dut_opening import open_dut
from rig.firmware.device_under_test import Injected


@pytest.mark.parametrize("name", ["reference_host", "reference_f446"])
def test_the_main_loop_alone_stands_still(name):
    """For 30 of the watchdog's 50 ms the tick shows a falling supply, a question is answered behind them; 70 bite."""
    with open_dut(name) as dut:
        dut.run("30 ms")
        dut.inject(Injected("hang_main_loop", 0.03))
        dut.send("GET rate\n")
        dut.drive(supply="7 V")
        before = len(dut.events)
        dut.run("20 ms")
        told = [(event.kind, event.name) for event in dut.events[before:]]
        assert ("line", "indicator.low_battery") in told
        assert "uart" not in [kind for kind, _ in told]
        dut.expect("^rate ", timeout="15 ms")
        assert [event.name for event in dut.events if event.kind == "reset"] == ["power_on"]
        dut.inject(Injected("hang_main_loop", 0.07))
        dut.run("100 ms")
        assert [event.name for event in dut.events if event.kind == "reset"] == ["power_on", "watchdog"]
        dut.send("GET rate\n")
        dut.expect("^rate ", timeout="15 ms")
