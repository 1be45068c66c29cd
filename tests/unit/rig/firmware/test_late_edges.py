"""An edge that comes late takes those behind it with it."""

import pytest

from rig.firmware.desk.dut_opening import open_dut
from rig.firmware.device_under_test import Injected

RATE_HZ = 50.0


@pytest.fixture
def stimulating(request):
    """A device in a train of 30 mA, 300 us, with the gap that is asked for."""
    name, gap_us = request.param
    with open_dut(name, load="1 kohm") as dut:
        dut.run("30 ms")
        settings = {"ramp_up": 0, "rate": RATE_HZ, "gap": gap_us, "debounce": 0}
        for setting, value in settings.items():
            dut.send(f"SET {setting} {value}\n")
            dut.expect("^OK$", timeout="50 ms")
        dut.drive(heel_switch="open")
        dut.wait_for(lambda: len(dut.pulses) > 1, timeout="100 ms")
        yield dut


@pytest.mark.parametrize("stimulating", [("reference_f405", 1), ("reference_f446", 1)], indirect=True)
def test_a_gap_of_a_microsecond_leaves_both_phases_as_wide(stimulating):
    """64 MHz and 96 MHz: the gap lasts as long as the processor needs, and no microsecond of phase 2 pays for it."""
    pulse = stimulating.pulses[-1]
    assert 0.9e-6 < pulse.gap_s < 2.3e-6
    assert pulse.phase2_s == pytest.approx(pulse.phase1_s, abs=0.6e-6)


@pytest.mark.parametrize("stimulating", [("reference_host", 100)], indirect=True)
@pytest.mark.parametrize(("at_us", "width_us"), [(250, 350), (350, 300)])
def test_a_processor_that_stands_still_inside_a_pulse_keeps_its_balance(stimulating, at_us, width_us):
    """100 us from `at_us` of the next pulse on: the end of phase 1, or the begin of phase 2, comes late."""
    count = len(stimulating.pulses)
    wait_s = stimulating.pulses[-1].t_s + 1.0 / RATE_HZ + at_us * 1e-6 - stimulating.time
    stimulating.run(wait_s)
    stimulating.inject(Injected("hang", 100e-6))
    stimulating.wait_for(lambda: len(stimulating.pulses) > count, timeout="50 ms")
    pulse = stimulating.pulses[count]
    assert pulse.phase1_s == pytest.approx(width_us * 1e-6, abs=2e-6)
    assert pulse.phase2_s == pytest.approx(pulse.phase1_s, abs=1.1e-6)
    assert abs(pulse.net_c) < 35e-9
