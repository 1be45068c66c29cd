"""Checks that are judged once over many cases: more samples than one walk has, people and seeds pooled."""

import json

import pytest
from command_desk import hashes

from rig.commands.app import main

SCENARIO = """\
schema: scenario/1
id: T-POOL
seed: 5
patient: stroke_moderate
device: odfs
settings: {current: 30 mA, pulse_width: 300 us, rate: 40 Hz}
capture: {effects: false}
walk: {speed: 0.6 m/s, strides: 9}
checks:
  width:
    measure: {pulse_width: {}}
    within: ±20 % of set
  latency:
    measure: {latency: {}}
    at_most: LATENCY
    share: 85 %
    needs: 20 samples
matrix: {seeds: 3, pool: {latency: [seeds]}}
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Three walks of nine strides, latency judged once over all of them."""
    folder = tmp_path_factory.mktemp("pool")
    (folder / "p.scenario.yaml").write_text(SCENARIO.replace("LATENCY", "200 ms"), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("SOURCE_DATE_EPOCH", "1700000000")
        assert main(["run", "p.scenario.yaml"]) == 0
    return next(folder.glob("runs/*/run.json")).parent


def test_a_pool_shows_what_no_case_could(run):
    """85 % at 95 % confidence needs 19 samples without a miss (0.85^19 < 0.05); 27 of three walks show it."""
    document = json.loads((run / "verdicts.json").read_text())
    assert document["verdict"] == "PASS"
    (pool,) = document["pools"]
    assert pool["id"] == "T-POOL" and len(pool["cases"]) == 3 and pool["hardware"] == "virtual"
    assert pool["check"]["verdict"] == "PASS" and pool["check"]["n"] == 27
    assert pool["check"]["uncertainty"]["interval95"][0] == pytest.approx(0.05 ** (1 / 27))
    for case in document["cases"]:
        assert [check["id"] for check in case["checks"]] == ["width"]
        assert case["pooled"] == [{"id": "latency", "pool": "T-POOL", "n": 9, "dropped": 0}]


def test_every_reader_finds_the_pool(run):
    """JUnit has a suite for it, the page a section."""
    assert 'name="T-POOL pooled"' in (run / "junit.xml").read_text()
    assert "Pooled checks" in (run / "report.html").read_text(encoding="utf-8")


def test_show_tells_the_pool(run, capsys):
    """A check that no case judges is found on the screen and in the JSON, but not under a single case."""
    assert main(["show", str(run)]) == 0
    assert "3 cases: T-POOL" in capsys.readouterr().out
    assert main(["show", str(run), "--json"]) == 0
    assert [pool["check"]["id"] for pool in json.loads(capsys.readouterr().out)["pools"]] == ["latency"]
    assert main(["show", f"{run}/1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["pools"] == []


def test_a_case_of_a_pool_repeats_byte_for_byte(run, tmp_path, monkeypatch):
    """`case.yaml` says to which pool its check belongs; alone it shows the same."""
    folder = next((run / "cases").glob("002-*"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert main(["run", str(folder / "case.yaml"), "--out", "again"]) == 6, "nine samples alone show nothing"
    again = next((tmp_path / "again").glob("*/cases/*"))
    assert hashes(again) == hashes(folder)


def test_a_record_is_judged_again_with_its_pools(run, monkeypatch, capsys):
    """recheck finds the same."""
    monkeypatch.chdir(run.parent.parent)
    assert main(["recheck", run.name]) == 0
    again = run.parent.parent / capsys.readouterr().out.splitlines()[-1]
    before, after = (json.loads((folder / "verdicts.json").read_text()) for folder in (run, again))
    assert before["pools"] == after["pools"]


def test_a_pool_is_compared_and_told_like_a_check_of_a_case(run, tmp_path, monkeypatch, capsys):
    """diff counts it, and a recheck whose only change is in a pool does not say that all is as it was."""
    monkeypatch.chdir(run.parent.parent)
    assert main(["diff", run.name, run.name]) == 0
    assert "4 of 4 checks agree" in capsys.readouterr().out
    (tmp_path / "p.scenario.yaml").write_text(SCENARIO.replace("LATENCY", "1 ms"), encoding="utf-8")
    assert main(["recheck", run.name, "--scenario", str(tmp_path / "p.scenario.yaml")]) == 1
    out = capsys.readouterr().out
    assert "every verdict is as it was" not in out and "at_most: 200 ms -> at_most: 1 ms" in out


def test_one_miss_too_many_fails_the_pool_and_the_run(tmp_path, monkeypatch, capsys):
    """A limit that no stride keeps: FAIL, with the pool named, though every case passed its own checks."""
    (tmp_path / "p.scenario.yaml").write_text(SCENARIO.replace("LATENCY", "1 ms"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["run", "p.scenario.yaml"]) == 1
    out = capsys.readouterr().out
    assert "FAIL     T-POOL: latency" in out and out.count("1 of 1 checks pass") == 3


@pytest.mark.parametrize(
    ("pool", "told"),
    [
        ("{latncy: [seeds]}", "did you mean `latency`?"),
        ("{latency: [walk.speed]}", "`walk.speed` is no axis of this matrix"),
        ("[latency]", "`pool`"),
    ],
)
def test_a_pool_that_cannot_be_is_refused(tmp_path, monkeypatch, capsys, pool, told):
    """Unknown checks and axes, with place and mend."""
    text = SCENARIO.replace("LATENCY", "1 ms").replace("{latency: [seeds]}", pool)
    (tmp_path / "p.scenario.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["check", "p.scenario.yaml"]) == 4
    err = capsys.readouterr().err
    assert told in err and "p.scenario.yaml:18:" in err


def test_a_plan_knows_how_much_a_pool_can_show(tmp_path, monkeypatch, capsys):
    """Three walks are enough for 85 %, one is not: the warning counts the pool, not the case."""
    path = tmp_path / "p.scenario.yaml"
    path.write_text(SCENARIO.replace("LATENCY", "200 ms"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["plan", "p.scenario.yaml"]) == 0
    assert "can never pass" not in capsys.readouterr().out
    path.write_text(SCENARIO.replace("LATENCY", "200 ms").replace("seeds: 3", "seeds: 2"), encoding="utf-8")
    assert main(["plan", "p.scenario.yaml"]) == 0
    assert "20 samples are needed, the walk gives at most 18" in capsys.readouterr().out
