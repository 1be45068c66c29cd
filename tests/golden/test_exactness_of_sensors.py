"""Tilt, IMU and radio in the loop: any block gives the same files, and the replayed sensor equals the emitted one.

The stimulator answers the sensor and moves the foot that a foot IMU feels: an error of causality would show here.
"""

import hashlib
from pathlib import Path

import pytest

from rig.benches import open_bench
from rig.runner import run_case
from rig.store import CaseWriter
from scenarios.plan import PlanOptions, load_cases
from scenarios.plugins import assemble_catalogue
from sim.timebase import NS_PER_MS
from sim.world import BlockLimits

CATALOGUE = assemble_catalogue()
CUTS = [BlockLimits(NS_PER_MS, False), BlockLimits(3_700_001, False), BlockLimits(10 * NS_PER_MS, False), BlockLimits()]
PAIRS = [("shank_tilt", "tilt_trigger"), ("foot_imu", "imu_trigger"), ("wireless_switch", "odfs")]

SCENARIO = """\
schema: scenario/1
id: SCN-EXACT-SENSOR
seed: 12
patient: stroke_moderate
sensor: {kind: SENSOR}
device: DEVICE
capture: {keep: none}
walk: {speed: 0.7 m/s, strides: 4}
events:
  rest: {at: {stride: 3}, do: walk.stop, duration: 700 ms}
checks:
  clearance: {measure: {min_toe_clearance: {per: swing}}, at_least: 1 mm}
"""


def _files(case, folder: Path, limits: BlockLimits):
    bench = open_bench("virtual", CATALOGUE)
    writer = CaseWriter(folder, case, bench.describe(), case.capture.keep, bench.accuracy)
    record = run_case(case, bench, writer, limits=limits)
    writer.finish(record)
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return record, {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.parametrize(("sensor", "device"), PAIRS)
def test_any_block_gives_the_same_files(tmp_path, sensor, device):
    """1 ms, 3.7 ms, 10 ms and horizon blocks, to the last byte; the loop error is zero to the last bit."""
    file = tmp_path / "exact.scenario.yaml"
    file.write_text(SCENARIO.replace("SENSOR}", f"{sensor}}}").replace("DEVICE", device), encoding="utf-8")
    case = load_cases((file,), CATALOGUE, PlanOptions()).cases[0]
    runs = [_files(case, tmp_path / str(n), limits) for n, limits in enumerate(CUTS)]
    assert all(files == runs[0][1] for _, files in runs)
    for record, _ in runs:
        error = record.loop_error
        assert record.fault is None and error is not None and error.acceptable
        assert error.crossing_shift_s == 0.0 and not error.amplitude > 0.0
        assert record.pulses["t_s"].size > 50
