"""Speed of the three devices on one walk, as ratios of CPU time to simulated time; prints, asserts no time.

Run with ``tox -e benchmark``. The CPU time of the device's process counts (`RUSAGE_CHILDREN` after it has ended).

What lock step and capture cost is measured, not reckoned: the requests of one walk are kept and given again to the same
device, in this process, without a pipe and without a rig. What the whole run takes beyond that is the start of the
device's process (interpreter, imports: measured by one that ends at once), the way to it on both sides (frames, pipes,
waiting) and the rig (patient, plant, front end, finder, judgement). The rig's part is told by the same walk on the
simulated stimulator, which needs no process; it counts as capture, so the share is rather too large than too small.
"""

import resource
import subprocess
import sys
import time
from typing import ClassVar

import pytest
from firmware_defects import CATALOGUE, judged

from rig.firmware.emulated_child import serve_link
from rig.firmware.process import linked_device
from rig.firmware.process.child import Child
from rig.firmware.process.wire import encode
from rig.firmware.process.wire_reports import Ask, Done
from rig.firmware.process.wire_requests import Quit
from scenarios.places import named_files
from scenarios.plan import PlanOptions, load_cases

AIMS = {"odfs": None, "reference_host": 50.0, "reference_f405": 5.0}
EMULATED = "reference_f405"


class KeepingChild(Child):
    """A device process whose requests are kept."""

    requests: ClassVar = []

    def send(self, *frames, timeout_s):
        """Keep them on their way."""
        self.requests.extend(frames)
        super().send(*frames, timeout_s=timeout_s)


class KeptLink:
    """The rig's side of a run that has been: its requests come at once, nobody looks at the reports."""

    def __init__(self, requests):
        self._requests = iter(requests)
        self.answers = 0

    def take(self):
        """The next request."""
        return next(self._requests, Quit())

    def send(self, *frames):
        """Count those that the rig has waited for."""
        self.answers += sum(isinstance(frame, Ask | Done) for frame in frames)


def _cpu_s(who):
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def _cost(device, folder):
    """(CPU time of the rig, CPU time of its children, simulated time) of the walk, waveform windows kept, s."""
    case = load_cases([named_files("library")["demo-pass"]], CATALOGUE, PlanOptions(device=device)).cases[0]
    before = _cpu_s(resource.RUSAGE_SELF), _cpu_s(resource.RUSAGE_CHILDREN)
    result = judged(case, folder)
    after = _cpu_s(resource.RUSAGE_SELF), _cpu_s(resource.RUSAGE_CHILDREN)
    return after[0] - before[0], after[1] - before[1], result.record.span_s[1]


def _alone_s(requests):
    """CPU time of the device for the requests of a run, s, and how often the rig waited for it."""
    link, before_s = KeptLink(requests), time.process_time()
    serve_link(link)
    return time.process_time() - before_s, link.answers


def _start_s(begin):
    """CPU time that a device's process takes to begin and end beyond what the device itself takes for it, s."""
    before_s = _cpu_s(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "rig.firmware.emulated_child"]
    subprocess.run(command, input=encode(begin, Quit()), stdout=subprocess.DEVNULL, check=True, timeout=60)
    return _cpu_s(resource.RUSAGE_CHILDREN) - before_s - _alone_s([begin])[0]


def test_devices_on_one_walk(tmp_path, monkeypatch):
    """Simulated seconds a CPU second with waveform windows on, and the share of all that is not the emulated device."""
    print()
    rig_s = {}
    for device, aim in AIMS.items():
        with monkeypatch.context() as patch:
            patch.setattr(KeepingChild, "requests", [])
            patch.setattr(linked_device, "Child", KeepingChild)
            _cost(device, tmp_path / device / "warm")  # compiles kernels, builds the library
            requests = KeepingChild.requests
        own_s, child_s, span_s = min((_cost(device, tmp_path / device / str(k)) for k in range(3)), key=sum)
        rig_s[device] = own_s
        told = f" (at least {aim:g} asked)" if aim else ""
        whole_s = own_s + child_s
        print(f"{device}: {span_s / whole_s:.1f} times real time{told}; of {whole_s:.2f} CPU s", end=" ")
        print(f"the rig has {own_s:.2f} s, the device's process {child_s:.2f} s")
        if device == EMULATED:
            alone_s, answers = min(_alone_s(requests) for _ in range(3))
            start_s, capture_s = min(_start_s(requests[0]) for _ in range(3)), rig_s["odfs"]
            step_s = whole_s - alone_s - start_s - capture_s
            print(
                f"the device alone on the same requests: {alone_s:.2f} s, {span_s / alone_s:.1f} times real time;",
                end=" ",
            )
            print(f"its process starts in {start_s:.2f} s")
            share = 100 * (step_s + capture_s) / whole_s
            print(f"lock step {step_s:.2f} s ({answers} answers), rig with capture {capture_s:.2f} s:", end=" ")
            print(f"together {share:.0f} % (30 % asked), {share + 100 * start_s / whole_s:.0f} % with that start")
            assert answers > 1000  # the output is sensed in every phase: the loop was closed
        assert span_s == pytest.approx(46.0, abs=2.0)
