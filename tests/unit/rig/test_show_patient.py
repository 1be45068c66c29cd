"""`stimrig show stroke_moderate`: the parameter table with units, distributions and sources."""

import json

import pytest

from rig.commands.app import main
from rig.commands.exits import Exit
from scenarios.dataclass_reader import key_and_unit
from sim.body.patient import Patient


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)


def test_every_parameter_has_a_row(capsys):
    assert main(["show", "stroke_moderate"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("stroke_moderate: stroke, moderate")
    for field in Patient.__dataclass_fields__:
        if field != "title":
            assert f"\n{key_and_unit(field)[0]} " in told
    (torque,) = [line for line in told.splitlines() if line.startswith("passive_torque ")]
    assert "9.5 N m" in torque
    assert "lognormal, SD 4.79 N m, 4 N m to 18 N m" in torque
    assert "Chung 2004" in torque
    assert "training.gain" in told


def test_json_of_a_class_and_of_a_file_of_ones_own(tmp_path, capsys):
    (tmp_path / "own.yaml").write_text("schema: patient/1\ntitle: me\nspeed: 0.9 m/s\n")
    assert main(["show", "own.yaml", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["parameters"] == [
        {"parameter": "speed", "value": "0.9 m/s", "distribution": "fixed", "source": ""}
    ]
    assert main(["show", "peroneal_complete", "--json"]) == 0
    names = [row["parameter"] for row in json.loads(capsys.readouterr().out)["parameters"]]
    assert "recovery.nerve_transfer.final" in names


def test_a_name_that_is_neither_run_nor_patient(capsys):
    assert main(["show", "stroke_moderat"]) != Exit.PASSED
    assert "Traceback" not in capsys.readouterr().err


def test_patients_are_listed_with_their_titles(capsys):
    assert main(["list", "patients"]) == 0
    told = capsys.readouterr().out
    assert "peroneal_recovering" in told
    assert "both legs" in told


def test_measures_are_listed_in_the_units_of_reports(capsys):
    """Limits of charge density are written in uC/cm^2, so is the list; programs get SI."""
    assert main(["list", "measures"]) == 0
    (row,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("charge_density")]
    assert "µC/cm²" in row
    assert main(["list", "measures", "--json"]) == 0
    assert '"C/m^2"' in capsys.readouterr().out
