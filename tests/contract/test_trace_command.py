"""`stimrig trace` as a project uses it: requirements of any tool, runs in runs/, a gap that CI can see."""

import json
import shutil
from pathlib import Path

import pytest
from command_desk import SCENARIO

from rig.commands.app import main

DATA = Path(__file__).parents[1] / "data" / "requirements"


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project whose one scenario verifies two requirements of a StrictDoc document; run once."""
    folder = tmp_path_factory.mktemp("trace")
    shutil.copy(DATA / "dropfoot.sdoc", folder)
    (folder / "stimrig.toml").write_text('requirements = "dropfoot.sdoc"\n')
    (folder / "scenarios").mkdir()
    text = SCENARIO.format(id="T-TRACE", seed=3, strides=4, latency="200 ms", needs=1)
    text = text.replace("    at_most:", "    verifies: [SRS-TIM-004]\n    at_most:")
    (folder / "scenarios" / "t.scenario.yaml").write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert main(["run"]) == 0
    return folder


@pytest.fixture
def at(project, monkeypatch):
    monkeypatch.chdir(project)
    return project


def test_the_matrix_closes_what_was_shown_and_names_the_gap(at, capsys):
    """One requirement closed by its check, one without any: a gap for CI."""
    assert main(["trace"]) == 0
    out = capsys.readouterr().out
    assert "SRS-TIM-004  measured@virtual  PASS (1)  closed: 1 verifying check passed" in out
    assert "requirement without a check: SRS-SAF-001" in out
    assert "check without a requirement: T-TRACE: width (scenarios/t.scenario.yaml:" in out
    assert out.splitlines()[-1] == "1 of 2 requirements closed, 1 gaps"
    assert main(["trace", "--fail-on-gap"]) == 1


def test_files_for_other_tools_and_for_people(at, tmp_path, capsys):
    """trace.csv, trace.json and trace.html; the JSON is what --json prints."""
    assert main(["trace", "--out", str(tmp_path)]) == 0
    assert {path.name for path in tmp_path.iterdir()} == {"trace.csv", "trace.json", "trace.html"}
    capsys.readouterr()
    assert main(["trace", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads((tmp_path / "trace.json").read_text())


def test_requirements_of_another_tool_may_be_named(at, capsys):
    """sphinx-needs writes underscores: the id of the scenario is then unknown, and said to be."""
    assert main(["trace", "--requirements", str(DATA / "needs.json")]) == 0
    assert "unknown id: SRS-TIM-004: T-TRACE: latency" in capsys.readouterr().out


def test_verdicts_that_were_edited_count_for_nothing(at, tmp_path, monkeypatch, capsys):
    """A run folder whose verdicts.json is not what SHA256SUMS says is told and left out."""
    copy = tmp_path / "project"
    shutil.copytree(at, copy)
    monkeypatch.chdir(copy)
    path = next(copy.glob("runs/*/verdicts.json"))
    path.write_text(path.read_text().replace('"PASS"', '"FAIL"'))
    assert main(["trace"]) == 0
    told = capsys.readouterr()
    assert "verdicts.json was changed after the run" in told.err
    assert "OPEN: 1 of 1 verifying checks never ran" in told.out


def test_no_requirements_at_all_is_an_error_with_the_mend(tmp_path, monkeypatch, capsys):
    """An empty matrix would look like a full one."""
    monkeypatch.chdir(tmp_path)
    assert main(["trace"]) == 4
    assert "there are no requirements here; give --requirements" in capsys.readouterr().err
