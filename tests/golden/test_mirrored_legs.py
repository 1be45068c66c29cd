"""Mirrored legs give mirrored results to the last bit: only the word for the leg changes, in every file of a case."""

import polars as pl
import pytest

from rig.benches import open_bench
from rig.commands.one_case import run_one
from rig.load import load_record
from scenarios.plan import PlanOptions, load_cases
from scenarios.plugins import assemble_catalogue

CATALOGUE = assemble_catalogue()

SCENARIO = """\
schema: scenario/1
id: SCN-MIRROR
title: the same walk on either side
seed: 5
patient: stroke_moderate
leg: LEG
device: odfs
settings: {current: 26 mA, pulse_width: 300 us, rate: 40 Hz}
walk: {speed: 0.6 m/s, strides: 6, legs: LEGS, aid: afo}
events:
  rug:  {at: {stride: 2, phase: 60 %}, do: terrain.rug, height: 12 mm, length: 1.5 m}
  rest: {at: {stride: 4}, do: walk.stop, duration: 700 ms}
checks:
  latency: {measure: {latency: {from: sensor_off, to: first_pulse}}, at_most: 60 ms}
  clearance: {measure: {min_toe_clearance: {per: swing}}, at_least: 1 mm}
"""


def _run(folder, leg, legs):
    file = folder / f"{leg}.scenario.yaml"
    file.write_text(SCENARIO.replace("LEGS", legs).replace("LEG", leg), encoding="utf-8")
    case = load_cases((file,), CATALOGUE, PlanOptions()).cases[0]
    place = folder / leg
    run_one(case, open_bench("virtual", CATALOGUE), place, CATALOGUE)
    return {path.relative_to(place).as_posix(): path for path in sorted(place.rglob("*")) if path.is_file()}


def _without_leg(text):
    return text.replace("left", "LEG").replace("right", "LEG")


@pytest.mark.parametrize("legs", ["one", "both"])
def test_every_file_is_mirrored(tmp_path, legs):
    """Waveforms, events, verdicts, plots and tables of `leg: right` are those of `leg: left`, bit for bit."""
    left, right = _run(tmp_path, "left", legs), _run(tmp_path, "right", legs)
    assert set(left) == set(right) and len(left) >= 6
    for name, path in left.items():
        if name.endswith(".parquet"):
            ours, theirs = pl.read_parquet(path), pl.read_parquet(right[name])
            assert ours.drop("leg").equals(theirs.drop("leg"), null_equal=True), name
            assert ours["leg"].to_list() == [1 - leg for leg in theirs["leg"].to_list()], name
        elif name == "case.yaml":
            assert _without_leg(path.read_text()) == _without_leg(right[name].read_text())
            assert path.read_bytes() != right[name].read_bytes()
        else:
            assert _without_leg(path.read_text("latin-1")) == _without_leg(right[name].read_text("latin-1")), name


def test_the_other_leg_adds_rows_and_changes_none(tmp_path):
    """With both legs the stimulated one's rows are those of the walk with one, and readers still get them alone."""
    (tmp_path / "one").mkdir()
    (tmp_path / "both").mkdir()
    one, both = (_run(tmp_path / legs, "left", legs) for legs in ("one", "both"))
    alone, together = (pl.read_parquet(files["strides.parquet"]) for files in (one, both))
    assert together.head(6).equals(alone, null_equal=True)
    assert together["leg"].to_list() == [0] * 6 + [1] * 6
    for name in ("waveforms.tdms", "pulses.parquet"):
        assert one[name].read_bytes() == both[name].read_bytes()
    record = load_record(both["case.yaml"].parent, CATALOGUE)
    assert record.strides["stride"].tolist() == [1, 2, 3, 4, 5, 6]
    assert record.other_strides["leg"].tolist() == [1.0] * 6
