"""A setting that is heard as another value, in a frame that is broken: which byte of which line, or why not."""

import pytest

from rig.firmware.desk.dut_opening import open_dut
from rig.firmware.device_under_test import Injected
from rig.firmware.opening import board_of
from rig.firmware.plant.firmware_model import FirmwareModel
from scenarios.places import named_files
from scenarios.plan import PlanOptions, load_cases
from scenarios.plugins import assemble_catalogue


def _model():
    options = PlanOptions(device="reference_f405")
    case = load_cases([named_files("library")["firmware-broken-frame"]], assemble_catalogue(), options).cases[0]
    return FirmwareModel(case.device, board_of(case.device.firmware), None, None, None)


def test_one_character_of_the_line_is_another():
    """30 mA heard as 70 mA: byte 12 of the line that would set 70 mA."""
    model = _model()
    assert model._garbled("current", 0.07) == Injected("broken_frame", 12, "SET current 70.000\n")
    with pytest.raises(ValueError, match="must differ in one character"):
        model._garbled("current", 0.03)
    with pytest.raises(ValueError, match="must differ in one character"):
        model._garbled("current", 0.003)
    with pytest.raises(ValueError, match="no words for the setting 'volume'"):
        model._garbled("volume", 1.0)


def test_the_box_refuses_the_whole_line():
    """Whichever byte of it is damaged, the end of the line not: the answer is an error, and nothing has changed."""
    line = "SET rate 20\n"
    with open_dut("reference_f405") as dut:
        dut.run("30 ms")
        for place in range(len(line) - 1):
            dut.inject(Injected("broken_frame", place, line))
            dut.expect("^ERR", timeout="20 ms")
        dut.send("GET rate\n")
        assert "rate 20" not in dut.expect("^rate .*$", timeout="20 ms").group()
        dut.send(line)
        dut.expect("^OK$", timeout="20 ms")


def test_a_host_build_has_no_frames():
    """Said at once, with what to do."""
    with open_dut("reference_host") as dut:
        dut.run("30 ms")
        with pytest.raises(ValueError, match="break one on an emulated one"):
            dut.inject(Injected("broken_frame", 0, "GET rate\n"))
