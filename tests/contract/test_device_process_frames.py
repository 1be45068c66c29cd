"""The server in C against requests that do not hold together, and a device process whose rig is killed."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from host_builds import built_for_host

from rig.firmware.building.builds import reference_library
from rig.firmware.process.child import Child, python_module
from rig.firmware.process.wire_reports import Accepted, Done, Failed, Ready, Refused
from rig.firmware.process.wire_requests import Advance, Inject, Power, Question, Start, Terminal

PATIENCE_S = 60.0
SETUP = b"stage 0.1 5e-06\nreference 3.3\nadc 0 0.6 0 heel_switch\nadc 1 0.25 0 supply\nbutton 0 button.stop"


class Odd:
    """A frame of any type and payload."""

    def __init__(self, kind, payload):
        self.TYPE, self._payload = kind, payload

    def payload(self):
        """As it was given."""
        return self._payload


@pytest.fixture
def child():
    """A process with the reference firmware, not started."""
    process = Child(python_module("rig.firmware.host_child", str(reference_library())))
    with contextlib.closing(process):
        yield process


def told(child, *frames):
    """The first report after the frames."""
    child.send(*frames, timeout_s=PATIENCE_S)
    return child.receive(PATIENCE_S)


START = Start(0, 9.0, 0.0, 1, "power_on", b"", SETUP)


CASES = {
    "not started": ([Advance(5)], "begins with a request to start"),
    "empty start": ([Odd(1, b"")], "another version"),
    "newer start": ([Start(0, 9.0, 0.0, 1, "power_on", b"", SETUP, version=2)], "another version"),
    "stored too long": ([Odd(1, START.payload()[:35] + b"\xff\xff\xff\xff")], "does not hold together"),
    "strange board": ([Start(0, 9.0, 0.0, 1, "power_on", b"", b"adc seven")], "does not understand the board"),
    "short advance": ([START, Odd(2, b"1234")], "too short"),
    "name too long": ([START, Odd(2, bytes(10) + b"\x01\xff")], "samples"),
    "too many samples": ([START, Odd(2, bytes(10) + b"\x01\x01a" + bytes(16) + b"\xff\xff\xff\xff")], "samples"),
    "short terminal": ([START, Odd(4, b"")], "does not hold together"),
    "long terminal": ([START, Terminal(0, "x" * 99, 1.0)], "does not hold together"),
    "short fault": ([START, Odd(6, b"12345678")], "does not hold together"),
    "power again": ([START, Power(0, comes=True)], "new process only"),
    "unknown type": ([START, Odd(99, b"")], "no device process knows"),
}


@pytest.mark.parametrize(("frames", "words"), CASES.values(), ids=CASES)
def test_a_request_that_does_not_hold_together_ends_the_process_with_a_reason(child, frames, words):
    """Never a crash, and never a guess at what was meant."""
    *good, last = frames
    for frame in good:
        assert isinstance(told(child, frame), Ready)
    report = told(child, last)
    assert isinstance(report, Failed)
    assert words in report.why


def test_what_a_host_firmware_cannot_is_refused_and_the_process_lives(child):
    """A bit to flip and a question; then it still advances."""
    assert isinstance(told(child, START), Ready)
    assert isinstance(told(child, Inject(0, "bit_flip", 1.0, "0x20000000")), Refused)
    assert isinstance(told(child, Question({"ask": "snapshot"})), Refused)
    assert isinstance(told(child, Inject(0, "clock", 0.01)), Accepted)
    assert told(child, Advance(0)) == Done(0)


ORPHAN = """
import sys
from pathlib import Path
from rig.firmware.board.board_file import find_board
from rig.firmware.device_under_test import ClockSetting
from rig.firmware.host_device import HostDevice
from rig.firmware.options import FirmwareOptions
device = HostDevice(Path(sys.argv[1]), find_board("host"), ClockSetting(), FirmwareOptions(answer_timeout_s=600.0))
device.start(0, 9.0)
print(device._child.process_id, flush=True)
device.receive(1_000_000, b"h")
device.advance(40_000_000, {}, lambda name, t_ns, events: 0.0)
"""


@pytest.mark.proof
@pytest.mark.skipif(sys.platform != "linux", reason="reads the state of a process from /proc")
def test_a_firmware_in_an_endless_loop_does_not_outlive_a_rig_that_was_killed(tmp_path):
    """`kill -9` of the rig leaves no process that burns a core for ever."""
    library = built_for_host("misbehaving", tmp_path)
    with subprocess.Popen([sys.executable, "-c", ORPHAN, str(library)], stdout=subprocess.PIPE) as rig:
        process_id = int(rig.stdout.readline())
        time.sleep(0.5)
        assert lives(process_id)
        rig.send_signal(signal.SIGKILL)
    ends_s = time.monotonic() + 60.0
    while lives(process_id):
        assert time.monotonic() < ends_s
        time.sleep(0.1)


def lives(process_id):
    """Whether a process runs; one that has ended and waits for its parent does not."""
    with contextlib.suppress(OSError):
        os.kill(process_id, 0)
        state = Path(f"/proc/{process_id}/stat").read_text(encoding="ascii").rpartition(") ")[2][0]
        return state != "Z"
    return False
