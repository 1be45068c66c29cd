"""Speed of the closed loop as ratios measured in one run; prints, asserts no time.

Run with ``tox -e benchmark``. All figures are for one core. "x real time" is simulated seconds over process seconds.
"""

import cProfile
import pstats
import shutil
import time
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from rig import runner
from rig.benches import open_bench
from rig.record import Record
from rig.runner import run_case, run_loop
from rig.store import CaseWriter
from scenarios.case import CaptureRequest, Case
from scenarios.plan import PlanOptions, load_cases
from scenarios.plugins import assemble_catalogue
from sim.timebase import NS_PER_MS
from sim.world import BlockLimits

CATALOGUE = assemble_catalogue()


SCENARIO = """\
schema: scenario/1
id: SCN-SPEED
title: a long walk
seed: 5
patient: stroke_moderate
device: odfs
walk: {speed: 0.55 m/s, strides: 200}
checks:
  latency: {measure: {latency: {from: sensor_off, to: first_pulse}}, at_most: 5 ms}
"""


def _case(folder: Path, strides: int, keep: str) -> Case:
    file = folder / "speed.scenario.yaml"
    file.write_text(SCENARIO, encoding="utf-8")
    case = load_cases((file,), CATALOGUE, PlanOptions()).cases[0]
    capture = CaptureRequest(1e6, ("current", "voltage"), keep)
    return replace(case, capture=capture, walk=replace(case.walk, strides=strides))


def _run(case: Case, folder: Path | None = None, limits: BlockLimits | None = None) -> tuple[float, Record]:
    """Times real time of one case, and its record; what is written where a folder is given counts too."""
    bench = open_bench("virtual", CATALOGUE)
    start = time.process_time()
    writer = CaseWriter(folder, case, bench.describe(), case.capture.keep, bench.accuracy) if folder else None
    record = run_case(case, bench, writer, limits=limits)
    if writer is not None:
        writer.finish(record)
    speed = record.span_s[1] / (time.process_time() - start)
    assert record.fault is None
    if folder is not None:
        shutil.rmtree(folder)  # pages of the run before that wait for the disk would slow the next one
    return speed, record


def _told(speeds: list[float]) -> str:
    return f"{median(speeds):.0f} x real time (best {max(speeds):.0f})"


def test_closed_loop_against_real_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """At least 250 x real time at 1 MS/s with `windows` (aim 500), at least 1500 x without waveform; medians of 9.

    The loop is told alone, and with all that the record of a case asks beside it: the body walked again from the
    pulses that were found, and the walks without the aid and adapted to it.
    """
    spent: list[float] = []

    def timed(*given: Any, **named: Any) -> Any:
        start = time.process_time()
        found = run_loop(*given, **named)
        spent.append(time.process_time() - start)
        return found

    monkeypatch.setattr(runner, "run_loop", timed)
    print()
    for keep, floor in (("windows", 250), ("none", 1500)):
        case = _case(tmp_path, 200, keep)
        for n in range(2):  # compiles; then fills the caches of patient and pre-run
            _run(case, tmp_path / f"warm-up {keep} {n}")
        speeds, written, alone = [], [], []
        for n in range(9):
            speed, record = _run(case)
            speeds.append(speed)
            alone.append(record.span_s[1] / spent[-1])
            written.append(_run(case, tmp_path / f"{keep} {n}")[0])
        print(
            f"closed loop, 1 MS/s, 2 channels, keep {keep}: {_told(alone)}; {floor} asked"
            f"; with its record {_told(speeds)}; with its files {_told(written)}"
        )
    case = _case(tmp_path, 200, "windows")
    horizon, fixed = [], []
    for _ in range(5):
        horizon.append(_run(case)[0])
        fixed.append(_run(case, limits=BlockLimits(10 * NS_PER_MS, horizon=False))[0])
    print(f"horizon blocks against fixed 10 ms blocks: {median(horizon) / median(fixed):.2f} times as fast")


def test_share_of_the_event_kernel(tmp_path: Path):
    """SimPy and the device take under a tenth of the loop (profiled, so an upper bound)."""
    case = _case(tmp_path, 200, "windows")
    _run(case, tmp_path / "warm-up")
    profile = cProfile.Profile()
    profile.enable()
    _run(case, tmp_path / "profiled")
    profile.disable()
    stats = pstats.Stats(profile).stats  # pyright: ignore[reportAttributeAccessIssue]
    total = sum(row[2] for row in stats.values())
    device = sum(row[3] for (file, _, name), row in stats.items() if file.endswith("plant.py") and name == "advance")
    print(f"\nSimPy and device: {100 * device / total:.1f} % of the loop under the profiler")
