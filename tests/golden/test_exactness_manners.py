"""Any cut of the time axis gives the same bytes on stairs, slopes and chairs, for heel switch and tilt sensor."""

import hashlib

import pytest

from rig.benches import open_bench
from rig.runner import run_case
from rig.store import CaseWriter
from scenarios.plan import PlanOptions, load_cases
from scenarios.plugins import assemble_catalogue
from sim.timebase import NS_PER_MS
from sim.world import BlockLimits

CATALOGUE = assemble_catalogue()
SCENARIO = """\
schema: scenario/1
id: SCN-MANNERS
seed: 12
patient: stroke_moderate
sensor: {kind: SENSOR}
device: DEVICE
capture: {keep: none}
walk: {speed: 0.7 m/s, strides: 14, terrain: cluttered, light: poor, obstacles: {per_100_m: 60}}
events:
  up:   {at: {stride: 2}, do: walk.stairs, direction: up, steps: 4}
  sit:  {at: {stride: 5}, do: walk.sit, duration: 9 s, heel: shifting}
  hill: {at: {stride: 6}, do: walk.ramp, slope: 5 deg, strides: 2}
  drag: {at: {stride: 9}, do: walk.shuffle, strides: 2}
  late: {at: {stride: 12}, do: walk.heel_off, lead: 40 ms, strides: 2}
checks:
  clearance: {measure: {min_toe_clearance: {per: swing}}, at_least: 1 mm}
"""
CUTS = (BlockLimits(3_700_001, False), BlockLimits(10 * NS_PER_MS, False), BlockLimits())


def _hashes(case, folder, limits):
    bench = open_bench("virtual", CATALOGUE)
    writer = CaseWriter(folder, case, bench.describe(), case.capture.keep, bench.accuracy)
    record = run_case(case, bench, writer, limits=limits)
    writer.finish(record)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return record, {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.parametrize(("sensor", "device"), [("heel_switch", "odfs"), ("shank_tilt", "tilt_trigger")])
def test_any_block_gives_the_same_files_in_every_manner(tmp_path, sensor, device):
    """3.7 ms (on no grid), 10 ms and horizon blocks; replayed and emitted sensor agree to the last bit."""
    file = tmp_path / "manners.scenario.yaml"
    file.write_text(SCENARIO.replace("SENSOR", sensor).replace("DEVICE", device), encoding="utf-8")
    case = load_cases((file,), CATALOGUE, PlanOptions()).cases[0]
    runs = [_hashes(case, tmp_path / str(n), limits) for n, limits in enumerate(CUTS)]
    assert all(hashes == runs[0][1] for _, hashes in runs)
    record = runs[0][0]
    assert record.fault is None and record.loop_error is not None
    assert record.loop_error.crossing_shift_s == 0.0 and record.loop_error.unmatched_crossings == 0
    assert record.pulses["t_s"].size > 100
    assert set(record.strides["manner"]) == {0.0, 4.0, 5.0, 6.0, 8.0}
