"""A constant delay of the loop leaves the run exact: any block gives the same bytes, and the loop error is stated.

The virtual bench without a delay is the truth; `LateBench` is the same bench behind a filled output buffer.
"""

import hashlib

import numpy as np
from late_bench import LateBench

from reports.judge import judge_case
from reports.verdict import Outcome
from rig.late_loop import late, shifted
from rig.runner import run_case
from rig.store import CaseWriter
from rig.virtual_bench import VirtualBench, VirtualBenchSettings
from scenarios.plan import PlanOptions, load_cases
from scenarios.plugins import assemble_catalogue
from sim.pulse import PULSE_DTYPE
from sim.timebase import NS_PER_MS
from sim.world import BlockLimits

CATALOGUE = assemble_catalogue()
AHEAD_NS = 30 * NS_PER_MS

SCENARIO = """\
schema: scenario/1
id: SCN-LATE
title: a short walk on a bench that must be told everything 30 ms before
seed: 11
patient: stroke_moderate
sensor: {kind: SENSOR}
device: DEVICE
settings: {current: 30 mA, pulse_width: WIDTH, rate: 40 Hz, extension: 100 ms}
walk: {speed: 0.7 m/s, strides: 5, compensation: acute}
events:
  peel:  {at: {stride: 3}, do: electrode.peel, electrode: active, contact: {from: 100 %, to: 80 %, over: 300 ms}}
  rest:  {at: {stride: 4}, do: walk.stop, duration: 700 ms}
checks:
  latency: {measure: {latency: {from: sensor_off, to: first_pulse}}, at_most: 60 ms}
  width: {measure: {pulse_width: {}}, within: ±10 % of set}
  clearance: {measure: {min_toe_clearance: {per: swing}}, at_least: -1 m}
"""


def _case(folder, sensor="heel_switch", device="odfs"):
    file = folder / "late.scenario.yaml"
    width = "303.7 us" if device == "odfs" else "297.3 us"
    text = SCENARIO.replace("SENSOR", sensor).replace("DEVICE", device).replace("WIDTH", width)
    file.write_text(text, encoding="utf-8")
    return load_cases((file,), CATALOGUE, PlanOptions()).cases[0]


def _run(case, bench, folder, limits=None):
    writer = CaseWriter(folder, case, bench.describe(), case.capture.keep, bench.accuracy)
    record = run_case(case, bench, writer, limits=limits)
    writer.finish(record)
    return record, {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def _late(**options):
    return LateBench(CATALOGUE.models, AHEAD_NS, **options)


CUTS = [BlockLimits(10 * NS_PER_MS), BlockLimits(10 * NS_PER_MS, False), BlockLimits(3_700_001, False)]


def test_any_block_of_a_late_loop_gives_the_same_files(tmp_path):
    """Horizon within 10 ms, 10 ms and 3.7 ms on no grid, behind 30 ms of look-ahead: the same bytes, to the end."""
    case = _case(tmp_path)
    runs = [_run(case, _late(), tmp_path / str(n), limits) for n, limits in enumerate(CUTS)]
    assert all(hashes == runs[0][1] for _, hashes in runs)
    truth, _ = _run(case, VirtualBench(VirtualBenchSettings(), CATALOGUE.models), tmp_path / "truth")
    for record, _ in runs:
        assert record.fault is None
        assert record.span_s == truth.span_s, "the capture is drained to the end of the walk"


def test_a_late_heel_switch_states_how_late_and_the_device_is_judged(tmp_path):
    """Pulses act 30 ms late online: the shift is told, measured checks stand, outcomes by the sensor's bound."""
    case = _case(tmp_path)
    bench = _late()
    record, _ = _run(case, bench, tmp_path / "late")
    error = record.loop_error
    assert error is not None and 0.0 < error.crossing_shift_s < 0.5
    assert bench.lags_ns == {AHEAD_NS}, "the delay is constant"
    verdicts = {v.check.id: v.outcome for v in judge_case(record, CATALOGUE).verdicts}
    assert verdicts["latency"] == verdicts["width"] == Outcome.PASS
    assert verdicts["clearance"] == (Outcome.PASS if error.acceptable else Outcome.INCONCLUSIVE)


def test_a_late_foot_sensor_leaves_outcomes_open(tmp_path):
    """A foot IMU shows the foot itself: 30 ms late it differs beyond its bound, and outcomes are INCONCLUSIVE."""
    case = _case(tmp_path, "foot_imu", "imu_trigger")
    record, _ = _run(case, _late(), tmp_path / "late")
    assert record.fault is None and record.loop_error is not None and not record.loop_error.acceptable
    verdict = next(v for v in judge_case(record, CATALOGUE).verdicts if v.check.id == "clearance")
    assert verdict.outcome is Outcome.INCONCLUSIVE and "closed loop too slow" in verdict.reason


def test_outcomes_come_from_the_captured_instants(tmp_path):
    """The strides of a late run equal those of a walk with the same pulses at their captured instants, to the bit."""
    from rig.tables import pulse_array
    from rig.walks import prepare_walk

    case = _case(tmp_path)
    record, _ = _run(case, _late(), tmp_path / "late")
    walk = prepare_walk(case)
    walker = walk.walker(case.patient, walk.walk, walk.compensation)
    walker.add_pulses(pulse_array(record.pulses))
    walker.integrate(walk.schedule.end_ns)
    again = walker.strides()
    assert np.array_equal(record.strides["mtc_m"], again["mtc_m"], equal_nan=True)


def test_a_bench_that_lags_more_than_it_states_is_an_error(tmp_path):
    """The delay is a promise: 2 ms more is a fault of the rig with both numbers, never a silent shift."""
    record, _ = _run(_case(tmp_path), _late(extra_ns=2 * NS_PER_MS), tmp_path / "liar")
    assert record.fault is not None
    assert "lags by 32.000 ms, the bench states 30.000 ms" in record.fault.text


def test_no_look_ahead_is_no_other_world():
    """Zero look-ahead is the world itself; a shift moves both instants of a pulse and nothing else."""
    world = object()
    assert late(world, 0, BlockLimits()) is world
    pulses = np.ones(2, PULSE_DTYPE)
    moved = shifted(pulses, 5 * NS_PER_MS)
    assert np.allclose(moved["t_s"], 1.005) and np.allclose(moved["end_s"], 1.005)
    rest = [name for name in PULSE_DTYPE.names if name not in {"t_s", "end_s"}]
    assert all(np.array_equal(moved[name], pulses[name]) for name in rest) and pulses["t_s"][0] == 1.0
