"""Speed of the closed loop as ratios measured in one run; prints, asserts no time.

Run with ``tox -e benchmark``. All figures are for one core. "x real time" is simulated seconds over process seconds.
"""

import cProfile
import pstats
import time
from dataclasses import replace
from pathlib import Path

from rig.benches import open_bench
from rig.runner import run_case
from rig.store import CaseWriter
from scenarios.case import CaptureRequest
from scenarios.plan import PlanOptions, load_cases
from scenarios.plugins import assemble_catalogue
from sim.timebase import NS_PER_MS
from sim.world import BlockLimits

CATALOGUE = assemble_catalogue()


def _case(strides, keep):
    library = {case.scenario_id: case for case in load_cases((), CATALOGUE, PlanOptions()).cases}
    case = library["SCN-CLEARANCE-99"]
    return replace(
        case,
        capture=CaptureRequest(1e6, ("current", "voltage"), keep),
        walk=replace(case.walk, strides=strides),
        events=(),
    )


def _run(case, folder, limits=None):
    bench = open_bench("virtual", CATALOGUE)
    writer = CaseWriter(folder, case, bench.describe(), case.capture.keep)
    start = time.process_time()
    record = run_case(case, bench, writer, limits=limits)
    writer.finish(record)
    return record.span_s[1] / (time.process_time() - start), record


def test_closed_loop_against_real_time(tmp_path: Path):
    """At least 250 x real time at 1 MS/s with `windows` (aim 500), at least 1500 x without waveform."""
    _run(_case(4, "windows"), tmp_path / "warm-up")
    _run(_case(4, "none"), tmp_path / "warm-up none")
    print()
    for keep, floor in (("windows", 250), ("none", 1500)):
        speeds = [_run(_case(200, keep), tmp_path / f"{keep} {n}")[0] for n in range(5)]
        print(f"closed loop, 1 MS/s, 2 channels, keep {keep}: {sorted(speeds)[2]:.0f} x real time (asked: {floor})")
    horizon = _run(_case(100, "windows"), tmp_path / "horizon")[0]
    fixed = _run(_case(100, "windows"), tmp_path / "fixed", BlockLimits(10 * NS_PER_MS, horizon=False))[0]
    print(f"horizon blocks against fixed 10 ms blocks: {horizon / fixed:.2f} times as fast")


def test_share_of_the_event_kernel(tmp_path: Path):
    """SimPy and the device take under a tenth of the loop (profiled, so an upper bound)."""
    case = _case(100, "windows")
    _run(_case(4, "windows"), tmp_path / "warm-up")
    profile = cProfile.Profile()
    profile.enable()
    _run(case, tmp_path / "profiled")
    profile.disable()
    stats = pstats.Stats(profile).stats  # pyright: ignore[reportAttributeAccessIssue]
    total = sum(row[2] for row in stats.values())
    device = sum(row[3] for (file, _, name), row in stats.items() if file.endswith("plant.py") and name == "advance")
    print(f"\nSimPy and device: {100 * device / total:.1f} % of the loop under the profiler")
