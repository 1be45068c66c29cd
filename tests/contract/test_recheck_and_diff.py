"""`stimrig recheck` and `stimrig diff`: an old record under other limits, and two runs beside each other."""

import json
import shutil

import polars as pl
import pytest
from command_desk import scenario

from rig.commands.app import main


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A folder with one run of a short walk."""
    folder = tmp_path_factory.mktemp("recheck")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        scenario(folder)
        assert main(["run", "short.scenario.yaml"]) == 0
    return folder


@pytest.fixture
def at(desk, monkeypatch):
    monkeypatch.chdir(desk)
    return desk


def _runs(folder):
    return sorted(path.parent for path in (folder / "runs").glob("*/run.json"))


def _first(folder):
    return next(path for path in _runs(folder) if "recheck" not in path.name)


def test_a_record_judged_again_gives_the_same_verdicts_to_the_last_digit(at, capsys):
    """A measure is a pure function of the record."""
    assert main(["recheck", _first(at).name]) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[0] == "every verdict is as it was"
    new = at / out.splitlines()[-1]
    assert "recheck-t-short" in new.name
    before, after = (json.loads((folder / "verdicts.json").read_text())["cases"] for folder in (_first(at), new))
    assert before == after
    facts = json.loads((new / "run.json").read_text())
    assert facts["recheck_of"]["folder"] == _first(at).name and facts["verdict"] == "PASS"


def test_a_tighter_limit_turns_an_old_record_red_without_a_rig(at, tmp_path, capsys):
    """And the record stays untouched: only a new folder comes into being."""
    path = scenario(tmp_path, latency="5 ms")
    before = {file: file.stat().st_mtime_ns for file in _first(at).rglob("*")}
    assert main(["recheck", _first(at).name, "--scenario", str(path)]) == 1
    out = capsys.readouterr().out
    assert "at_most: 200 ms -> at_most: 5 ms" in out and "FAIL" in out
    assert before == {file: file.stat().st_mtime_ns for file in _first(at).rglob("*")}
    again = at / out.splitlines()[-1]
    assert main(["recheck", again.name]) == 0, "a recheck of a recheck judges the record of the run itself"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"strides": 6}, "`walk` differs from what was run"),
        ({"seed": 12}, "`seed` differs from what was run"),
        ({"name": "other"}, "has no case `T-SHORT`"),
    ],
)
def test_another_walk_is_refused(at, tmp_path, capsys, change, told):
    """A recheck walks nobody: what was not done cannot be judged."""
    path = scenario(tmp_path, **change)
    assert main(["recheck", _first(at).name, "--scenario", str(path)]) == 4
    assert told in capsys.readouterr().err


def test_a_record_that_was_changed_is_refused(at, tmp_path, capsys):
    """Evidence that somebody touched is none."""
    copy = tmp_path / "copy"
    shutil.copytree(_first(at), copy)
    pulses = next(copy.glob("cases/*/pulses.parquet"))
    pulses.write_bytes(pulses.read_bytes()[:-1] + b"x")
    assert main(["recheck", str(copy)]) == 3
    assert "changed since the run was made: cases/001-t-short/pulses.parquet" in capsys.readouterr().err


def test_a_run_agrees_with_itself(at, capsys):
    """Every check, every pulse, lag 0."""
    name = _first(at).name
    assert main(["diff", name, name]) == 0
    out = capsys.readouterr().out
    assert "2 of 2 checks agree" in out and "lag +0 µs, at most +0 µs" in out


def test_runs_of_two_seeds_differ_where_they_differ(at, tmp_path, capsys):
    """Another walk has other latencies; its pulse widths agree within the uncertainty."""
    assert main(["run", "short.scenario.yaml", "--seed", "77", "--out", str(tmp_path)]) == 0
    other = capsys.readouterr().out.splitlines()[-1]
    assert main(["diff", _first(at).name, other, "--json"]) in {0, 1}
    told = json.loads(capsys.readouterr().out)
    checks = {row["check"]: row for row in told["checks"]}
    assert checks["width"]["agreement"] == "same" and abs(checks["width"]["normalised_error_ratio"]) <= 1
    assert checks["latency"]["difference_value"] != 0
    (match,) = told["pulses"].values()
    assert 0 < match["matched"] < match["pulses_a"], "strides of another length put most pulses elsewhere"


def test_what_cannot_be_compared_is_one_clear_error(at, capsys):
    """A run that is not there, a tolerance that makes no sense."""
    assert main(["diff", "latest", "nowhere"]) == 3
    assert "no such run" in capsys.readouterr().err
    assert main(["diff", "latest", "latest", "--time-tolerance", "5"]) == 4
    assert "--time-tolerance" in capsys.readouterr().err


def test_pulse_sequences_are_compared_pulse_by_pulse(at, tmp_path, capsys):
    """A run against itself is the same sequence; a pulse taken out and one made 3 us longer are named, with exit 1."""
    name = _first(at).name
    assert main(["diff", name, name, "--pulses", "--tolerance", "1.1 ms"]) == 0
    assert ": the same sequence" in capsys.readouterr().out
    copy = tmp_path / "copy"
    shutil.copytree(_first(at), copy)
    file = next(copy.glob("cases/*/pulses.parquet"))
    pulses = pl.read_parquet(file).with_row_index()
    longer = pl.col("phase1_s") + pl.when(pl.col("index") == 5).then(3e-6).otherwise(0.0)
    pulses.with_columns(longer).filter(pl.col("index") != 9).drop("index").write_parquet(file)
    assert main(["diff", name, str(copy), "--pulses"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert ": 2 differences" in lines[3]
    assert "width of phase 1" in lines[5] and "3 µs" in lines[5]
    assert "only in A" in lines[6]
    assert main(["diff", name, str(copy), "--pulses", "--json", "--width-tolerance", "5 us"]) == 1
    told = json.loads(capsys.readouterr().out)
    ((difference,),) = (case["differences"] for case in told["cases"].values())
    assert (difference["what"], difference["value_b"], told["agree"]) == ("only in A", None, False)
    assert main(["diff", name, name, "--pulses", "--width-tolerance", "1 s"]) == 4
