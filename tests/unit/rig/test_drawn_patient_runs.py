"""A person who was drawn, treated or fitted runs through the whole loop, and the run repeats from its `case.yaml`."""

import gait_files
import numpy as np
import pytest

from rig.benches import open_bench
from rig.commands.app import main
from rig.runner import run_case
from scenarios.case_document import case_document
from scenarios.load import load_file
from scenarios.plugins import assemble_catalogue

CATALOGUE = assemble_catalogue()
SCENARIO = """\
schema: scenario/1
id: SCN-PEOPLE
seed: 5
patient: PATIENT
device: odfs
settings: {current: 30 mA, pulse_width: 300 us, rate: 40 Hz}
capture: {keep: none}
walk: {speed: 0.8 m/s, strides: 4, compensation: none}
checks:
  clearance: {measure: {min_toe_clearance: {per: swing}}, at_least: 1 mm}
MATRIX
"""
RECOVERED = (
    "{class: peroneal_recovering, sample: true, training: {weeks: 6}, recovery: {months: 12, of: decompression}}"
)
PATIENTS = ("{class: stroke_mild, sample: true}", RECOVERED, "{class: own.yaml, sample: true}")


def _cases(folder, text):
    path = folder / "people.scenario.yaml"
    path.write_text(text, encoding="utf-8")
    return load_file(path, CATALOGUE).cases


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("patient", PATIENTS, ids=["drawn", "recovered", "fitted"])
def test_people_run_and_repeat(folder, patient):
    """Two people of one class walk differently; each walks again to the last bit, with no error of the loop."""
    if "own" in patient:
        source = gait_files.write_csv(folder / "walk.csv")
        asked = ["--out", "own.yaml", "--class", "stroke_mild", "--speed", "0.8 m/s"]
        assert main(["new", "patient", "--from", str(source), *asked]) == 0
    cases = _cases(folder, SCENARIO.replace("PATIENT", patient).replace("MATRIX", "matrix: {seeds: 2}"))
    records = [run_case(case, open_bench("virtual", CATALOGUE)) for case in cases]
    assert not np.array_equal(records[0].strides["mtc_m"], records[1].strides["mtc_m"])
    for case, record in zip(cases, records, strict=True):
        assert np.isfinite(record.strides["mtc_m"]).all()
        assert record.loop_error is not None
        assert record.loop_error.crossing_shift_s == 0.0
        (again,) = _cases(folder, case_document(case))
        repeated = run_case(again, open_bench("virtual", CATALOGUE))
        for name, values in record.strides.items():
            assert np.array_equal(repeated.strides[name], values, equal_nan=True), name
