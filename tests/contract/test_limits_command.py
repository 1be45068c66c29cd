"""`stimrig limits`: lists what is data, confirms in the project's own file, and what runs or applies with a profile."""

import json
from pathlib import Path

import pytest

from rig.commands.app import main
from scenarios.limit_set import read_limit_sets

OWN = """\
schema: limits/1
limits:
  ACME-01:
    title: Current of phase 1
    measure: phase_current
    within: [±20 % of set, ±2 mA]
    profile: house
    basis: {kind: maker, source: data sheet 7, confidence: high}
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    (tmp_path / ".git").mkdir()
    (tmp_path / "limits").mkdir()
    (tmp_path / "limits" / "acme.yaml").write_text(OWN, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    return tmp_path


def _json(capsys, *arguments):
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_list_holds_every_limit_with_its_basis(project, capsys):
    """Shipped and own ones; `--profile` narrows it."""
    rows = _json(capsys, "limits")
    assert [row["id"] for row in rows] == list(read_limit_sets((project,)))
    assert all(row["basis"]["kind"] and row["basis"]["confidence"] and row["limit"] for row in rows)
    (own,) = _json(capsys, "limits", "--profile", "house")
    assert (own["id"], own["limit"]) == ("ACME-01", "within: [±20 % of set, ±2 mA]")


def test_a_confirmation_is_written_beside_the_project_and_lapses_with_the_limit(project, capsys):
    """Only the project's file changes; the list counts; another value makes it void and says so."""
    shipped = {entry.key.where.file for entry in read_limit_sets().values()}
    before = {name: Path(name).read_bytes() for name in shipped}
    assert main(["limits", "confirm", "ACME-01", "--by", "Jane Doe", "--note", "sheet 7: p. 2"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == str(Path("limits") / "confirmed.yaml")
    (own,) = _json(capsys, "limits", "--profile", "house")
    assert own["confirmed"] == {"by": "Jane Doe", "on": "2023-11-14"}
    assert _json(capsys, "limits", "--profile", "house", "--unconfirmed") == []
    assert main(["limits", "confirm", "TIM-01", "--by", "John Doe", "--on", "2026-01-02"]) == 0
    assert {name: Path(name).read_bytes() for name in shipped} == before
    (project / "limits" / "acme.yaml").write_text(OWN.replace("±2 mA", "±3 mA"), encoding="utf-8")
    capsys.readouterr()
    rows = {row["id"]: row for row in _json(capsys, "limits")}
    own, tim = rows["ACME-01"], rows["TIM-01"]
    assert own["confirmed"] is None and "Jane Doe on 2023-11-14, but the limit has changed since" in own["lapsed"]
    assert tim["confirmed"] == {"by": "John Doe", "on": "2026-01-02"}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["confirm", "TIM-1", "--by", "me"], "did you mean `TIM-"),
        (["confirm", "TIM-01", "--by", " "], "nobody is named"),
        (["confirm", "TIM-01", "--by", "me", "--on", "today"], "`today` is no date"),
        (["show", "TIM-1"], "unknown limit `TIM-1`"),
        (["--profile", "huose"], "did you mean `house`"),
    ],
)
def test_bad_input_is_exit_4(project, capsys, arguments, told):
    """One line with the mend; nothing is written."""
    assert main(["limits", *arguments]) == 4
    assert told in capsys.readouterr().err
    assert not (project / "limits" / "confirmed.yaml").exists()


def test_show_tells_everything_about_a_limit(project, capsys):
    """What is judged, where the number comes from, the file and line."""
    assert main(["limits", "show", "ACME-01"]) == 0
    told = capsys.readouterr().out
    for part in ("[±20 % of set, ±2 mA]", "maker", "data sheet 7", "by nobody", "acme.yaml:3"):
        assert part in told


def test_a_profile_that_nothing_carries_is_exit_5(project, capsys):
    """No scenario of the library carries `house`; of a profile that does not apply to the device nothing is left."""
    assert main(["run", "--profile", "house"]) == 5
    assert "no scenario of the library carries the profile `house`" in capsys.readouterr().err
    text = OWN.replace("profile: house", "profile: house\n    applies: {features: implanted}")
    (project / "limits" / "acme.yaml").write_text(text, encoding="utf-8")
    scenario = "schema: scenario/1\nid: T\nseed: 1\npatient: stroke_mild\ndevice: odfs\nprofile: house\n"
    (project / "t.scenario.yaml").write_text(f"{scenario}walk: {{speed: 0.9 m/s, strides: 3}}\n", encoding="utf-8")
    assert main(["run", "t.scenario.yaml"]) == 5
    assert "device `odfs` has no implanted" in capsys.readouterr().err
    assert main(["plan", "t.scenario.yaml"]) == 5
    assert "ACME-01: not applicable: device `odfs` has no implanted" in capsys.readouterr().out


def test_a_profile_and_a_path_exclude_each_other(project, capsys):
    """`run --profile` means the library."""
    assert main(["run", "--profile", "core", "demo-pass"]) == 4
    assert "drop one of the two" in capsys.readouterr().err


def test_a_device_that_few_scenarios_fit_is_told_what_nobody_judges(project, capsys):
    """Two scenarios of the core profile fit the implant: the plan names the limits that no case of it judges."""
    plan = _json(capsys, "plan", "--profile", "core", "--device", "implant_four")
    told = [warning["text"] for warning in plan["warnings"] if warning["where"] == "profile core"]
    assert len(told) == 1 and "limits are judged by no case of this run: " in told[0] and "GAI-05" in told[0]
    assert any(left["reason"].startswith("does not fit: ") for left in plan["left_out"])
