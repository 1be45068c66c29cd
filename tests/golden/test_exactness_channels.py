"""Four channels at once: any cut of the time axis gives equal files, and the patient feels the same pulses either way.

The channels are 1.7 ms apart and a pulse with its passive recovery lasts 6.3 ms, so pulses of several channels are open
at once, end in another order than they began, and straddle block ends.
"""

import hashlib
from pathlib import Path

import numpy as np
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
id: SCN-EXACT-FOUR
title: four channels, an electrode off, a current changed, a heel that seems to stay up
seed: 12
patient: stroke_moderate
device: implant_four
defects: {missing_pulses_2: 5 %, short_recovery_4: 30 %}
settings: {current_1: 1 mA, current_2: 0.7 mA, current_3: 0.4 mA, current_4: 0.9 mA, stagger: 1.7 ms, rate: 33.3 Hz}
capture: {keep: KEEP}
walk: {speed: 0.7 m/s, strides: 3, compensation: none}
events:
  off:    {at: {stride: 1, phase: 70 %}, do: electrode.lift, channel: 3}
  on:     {at: {stride: 2, phase: 20 %}, do: electrode.restore, channel: 3}
  weaker: {at: {stride: 2, phase: 75 %}, do: setting.change, setting: current_1, value: 0.8 mA}
  stuck:  {at: {stride: 3, phase: 80 %}, do: sensor.stuck, state: open, duration: 400 ms}
checks:
  clearance: {measure: {min_toe_clearance: {per: swing}}, at_least: 1 mm}
"""
CUTS = [BlockLimits(), BlockLimits(NS_PER_MS, False), BlockLimits(3_700_001, False), BlockLimits(10 * NS_PER_MS, False)]


def _run(folder: Path, keep: str, limits: BlockLimits, name: str):
    file = folder / "four.scenario.yaml"
    file.write_text(SCENARIO.replace("KEEP", keep), encoding="utf-8")
    case = load_cases((file,), CATALOGUE, PlanOptions()).cases[0]
    bench = open_bench("virtual", CATALOGUE)
    writer = CaseWriter(folder / name, case, bench.describe(), case.capture.keep, bench.accuracy)
    record = run_case(case, bench, writer, limits=limits)
    writer.finish(record)
    files = sorted(path for path in (folder / name).rglob("*") if path.is_file())
    return record, {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.parametrize("keep", ["windows", "none"])
def test_any_block_gives_the_same_files_of_four_channels(tmp_path, keep):
    """Blocks of the horizon, 1 ms, 3.7 ms (on no grid) and 10 ms: every file to the last byte, no loop error."""
    runs = [_run(tmp_path, keep, limits, str(n)) for n, limits in enumerate(CUTS)]
    assert all(hashes == runs[0][1] for _, hashes in runs)
    for record, _ in runs:
        assert record.fault is None and record.loop_error is not None
        assert record.loop_error.crossing_shift_s == 0.0 and record.loop_error.unmatched_crossings == 0
        assert [int(n) for n in np.unique(record.pulses["channel"])] == [1, 2, 3, 4]
        assert np.all(np.diff(record.pulses["t_s"]) >= 0.0)


def test_what_is_found_is_what_was_delivered(tmp_path):
    """The pulses that the finders see in the samples of each channel are those that the plant gave, to a microsecond.

    Independent truth: the plant's own exact list of a run without a front end.
    """
    found = _run(tmp_path, "windows", CUTS[0], "found")[0].pulses
    given = _run(tmp_path, "none", CUTS[0], "given")[0].pulses
    for channel in (1, 2, 3, 4):
        a, b = found["channel"] == channel, given["channel"] == channel
        assert a.sum() == b.sum() > 50
        assert np.max(np.abs(found["t_s"][a] - given["t_s"][b])) < 1e-6
        wide = given["phase1_s"][b] > 20e-6  # ten time constants of the filter
        assert np.max(np.abs(found["phase1_a"][a] - given["phase1_a"][b])[wide]) < 5e-6
