"""The fixture `dut` in somebody else's tests: what opens, what a failure tells, what it costs where it is unused."""

import importlib.metadata
import sys

import pytest

from rig.firmware.building.builds import reference_library
from rig.firmware.desk.dut_opening import open_dut
from sim.errors import ScenarioError

pytest_plugins = ["pytester"]
CONFTEST = """
import sys
sys.path.insert(0, {helpers!r})
import pytest
from scripted_device import ScriptedDevice
import rig.firmware.desk.dut_opening as opening

@pytest.fixture(autouse=True)
def scripted(monkeypatch):
    opened = []
    def open_device(firmware, clock, options=None):
        opened.append((firmware, ScriptedDevice()))
        return opened[-1][1]
    monkeypatch.setattr(opening, "open_device", open_device)
    yield opened
    assert all(device.closed for _, device in opened)
"""
TESTS = """
import pytest

def test_the_configuration_names_the_device(dut, scripted):
    assert dut.expect(r"^LOG (.*)$", timeout="10 ms")[1] == "boot"
    assert scripted[0][0].image.name == "libfw.so"

@pytest.mark.dut("other.so", load="1 kohm", supply="8 V", heel_switch="open")
def test_the_marker_wins(dut, scripted):
    ((firmware, device),) = scripted
    assert firmware.image.name == "other.so"
    dut.wait_for(lambda: dut.pulses)
    assert list(device.sensed.values())[0] == pytest.approx([0.02, 20.0])

def test_plain_failure(dut):
    dut.drive(heel_switch="open")
    dut.run("60 ms")
    assert len(dut.pulses) == 7

def test_expects_in_vain(dut):
    dut.run("10 ms")
    dut.expect("^READY$", timeout="50 ms")

@pytest.mark.dut("fw.elf")
def test_has_no_board(dut):
    ...

@pytest.mark.dut(board="host")
def test_says_the_board_alone(dut):
    dut.expect("boot")
"""


def plugin():
    """Options that load our plug-in where no installed package brings it."""
    points = importlib.metadata.entry_points(group="pytest11")
    return () if any(point.value == "rig.pytest_plugin" for point in points) else ("-p", "rig.pytest_plugin")


def test_the_fixture_in_somebody_elses_tests(pytester, request):
    """Configuration and marker name the device; what fails tells log and pulses; what cannot be opened is one line."""
    helpers = str(request.config.rootpath / "tests" / "helpers")
    pytester.makeconftest(CONFTEST.format(helpers=helpers))
    pytester.makeini("[pytest]\nstimrig_dut = libfw.so\n")
    for name in ("libfw.so", "other.so", "fw.elf"):
        (pytester.path / name).write_bytes(b"not loaded")
    pytester.makepyfile(test_it=TESTS)
    result = pytester.runpytest_subprocess(*plugin(), "-p", "no:cacheprovider", "-p", "no:xdist", timeout=200)
    result.assert_outcomes(passed=3, failed=2, errors=1)
    text = result.stdout.str()
    result.stdout.fnmatch_lines(["dut: `fw.elf` is an image: its board is not named; add --board B*"])
    result.stdout.fnmatch_lines(
        [
            "*- the device -*",
            "*0.002868  LOG boot",
            "pulses, the last of 3:",
            "*+20.00 mA for 200.0 µs, -20.00 mA for 200.0 µs, net*",
            "E*NotSeenError: no `^READY$` within 50 ms",
        ]
    )
    assert "dut.py:" not in text, "no frame of ours in the traceback of an expectation"


@pytest.mark.parametrize(
    ("name", "given", "told"),
    [
        ("gone.so", {}, "^dut: no file `.*gone.so`"),
        ("odfs", {}, "^dut: device `odfs` has no firmware"),
        ("odfss", {}, r"did you mean `odfs`\?"),
        ("odfs", {"board": "host"}, "^dut: `odfs` is a device: it has its board"),
        ("fw.elf", {"board": "hots"}, "^dut: unknown board `hots`"),
        ("libfw.so", {"volts": 3}, "^dut: `volts` is no option of a device; options: board, load, supply"),
        ("libfw.so", {"load": "5 volts"}, "^dut: load: "),
        ("libfw.so", {"heel_switch": "up"}, "^dut: heel_switch: "),
    ],
)
def test_what_is_wrong_with_a_name_or_an_option_is_told(tmp_path, monkeypatch, name, given, told):
    """One error each, with what was meant."""
    monkeypatch.chdir(tmp_path)
    for file in ("libfw.so", "fw.elf"):
        (tmp_path / file).write_bytes(b"not loaded")
    with pytest.raises(ScenarioError, match=told):
        open_dut(name, **given)


def test_the_plug_in_imports_nothing_heavy(pytester):
    """A project that has stimrig installed and never asks for `dut` pays nothing."""
    code = (
        "import sys, rig.pytest_plugin; "
        "print([m for m in ('numpy', 'scenarios', 'sim', 'elftools', 'unicorn') if m in sys.modules])"
    )
    assert pytester.run(sys.executable, "-c", code).stdout.lines[-1] == "[]"


REAL = """
def test_the_stop_key_ends_a_train(dut):
    dut.run("200 ms")
    dut.drive(heel_switch="open")
    dut.wait_for(lambda: len(dut.pulses) > 3)
    dut.press("stop")
    dut.expect("LOG .*stop", timeout="50 ms")
    given = len(dut.pulses)
    dut.run("300 ms")
    assert len(dut.pulses) <= given + 1
    assert all(abs(pulse.net_c) < 50e-9 for pulse in dut.pulses)
"""


def test_the_fixture_drives_the_real_firmware(pytester):
    """The reference firmware as a library of this machine: steps, pulses, key and log as the README says."""
    pytester.makepyfile(REAL)
    wanted = ("--dut", str(reference_library()), "-p", "no:cacheprovider", "-p", "no:xdist")
    pytester.runpytest_inprocess(*plugin(), *wanted).assert_outcomes(passed=1)
