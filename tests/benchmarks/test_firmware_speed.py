"""Speed of the three devices on one walk, as ratios of CPU time to simulated time; prints, asserts no time.

Run with ``tox -e benchmark``. The CPU time of the device's process counts (`RUSAGE_CHILDREN` after it has ended). What
lock step and capture cost is what the same walk costs on the simulated stimulator, which needs no process: its patient,
plant, front end and finder are the same, so the rest is the device and the way to it.
"""

import resource

import pytest
from firmware_defects import CATALOGUE, judged

from scenarios.places import named_files
from scenarios.plan import PlanOptions, load_cases

AIMS = {"odfs": None, "reference_host": 50.0, "reference_f405": 5.0}


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


def test_devices_on_one_walk(tmp_path):
    """Simulated seconds a CPU second with waveform windows on, and the share of the rig beside an emulated device."""
    print()
    rig_s = {}
    for device, aim in AIMS.items():
        _cost(device, tmp_path / device / "warm")  # compiles kernels, builds the library
        own_s, child_s, span_s = min((_cost(device, tmp_path / device / str(k)) for k in range(3)), key=sum)
        rig_s[device] = own_s
        told = f" (at least {aim:g} asked)" if aim else ""
        ratio = span_s / (own_s + child_s)
        print(
            f"{device}: {ratio:.1f} times real time{told}; of {own_s + child_s:.2f} CPU s the rig has {own_s:.2f} s, "
            f"the device's process {child_s:.2f} s"
        )
        if device == "reference_f405":
            lock_step_s = max(0.0, own_s - rig_s["odfs"])
            share = (lock_step_s + rig_s["odfs"]) / (own_s + child_s)
            print(f"lock step {lock_step_s:.2f} s and capture {rig_s['odfs']:.2f} s: {100 * share:.0f} % (30 % asked)")
        assert span_s == pytest.approx(46.0, abs=2.0)
