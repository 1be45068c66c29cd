"""`stimrig walk` at the command line: its picture, its summary, its exit codes, the same bytes again."""

import json

import pytest
from command_desk import stimrig

from rig.commands import walk_alone
from rig.commands.app import main

ALONE = ("walk", "--patient", "stroke_moderate", "--strides", "4")


@pytest.mark.proof
def test_the_same_walk_has_the_same_bytes(place):
    """Tables and pictures of two processes, byte for byte; and a line says what was made."""
    made = {}
    for name in ("one", "two"):
        folder = place / name
        folder.mkdir()
        files = [("--out", "gait.csv"), ("--cycles", "cycles.csv"), ("--plot", "gait.svg")]
        done = stimrig(*ALONE, *(word for option, file in files for word in (option, f"{name}/{file}")), cwd=place)
        assert done.returncode == 0, done.stderr
        assert [line.split("  ")[0] for line in done.stdout.splitlines()] == ["4 strides", "mean cycles", "picture"]
        made[name] = {file: (folder / file).read_bytes() for _, file in files}
    assert made["one"] == made["two"]
    assert b"stroke_moderate, 0.55 m/s, no device, no orthosis" in made["one"]["gait.svg"]


def test_a_summary_in_json(place):
    """SI units, null for what four strides cannot tell; the orthosis as it was asked for."""
    done = stimrig(*ALONE, "--json", "--aid", "afo 0.6 N m/deg 2 deg", "--leg", "right", cwd=place)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["schema"] == "stimrig/walk/1" and told["leg"] == "right" and told["quantity"] == "modelled"
    assert told["aid"]["stiffness_n_m_rad"] == pytest.approx(34.377, abs=0.001)
    numbers = told["summary"]
    assert 0.0 < numbers["mtc_m"]["mean"] < 0.1 and numbers["expected_trips_per_km"] is None
    assert numbers["stride_time_s"]["cv_ratio"] is None and numbers["trip_exposure"] == []
    assert numbers["ankle_ic_rad"]["mean"] < 0.1
    assert told["files"] == {}


@pytest.mark.parametrize(
    ("words", "place_said"),
    [
        (("--speed", "9 m/s", "--json"), "--speed"),
        (("--strides", "-5", "--json"), "--strides"),
        (("--patient", "nobody", "--json"), "--patient"),
        (("--aid", "afo 0.8 N m", "--json"), "--aid"),
        (("--plot", "gait.bmp"), "--plot"),
        (("--out", "no/such/folder/gait.csv"), "--out"),
        ((), "stimrig walk"),
    ],
)
def test_what_cannot_be_walked_is_one_line_and_exit_four(words, place_said, capfd):
    """No traceback, nothing on standard output."""
    assert main(["walk", "--patient", "stroke_moderate", *words]) == 4
    said = capfd.readouterr()
    assert said.out == "" and len(said.err.splitlines()) == 1
    assert said.err.startswith(f"error: {place_said}: ")


def test_ctrl_c_writes_nothing(tmp_path, monkeypatch, capfd):
    """Exit 2, one word, no half file."""

    def stopped(*_args, **_kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(walk_alone, "walk_it", stopped)
    assert main([*ALONE, "--out", str(tmp_path / "gait.csv"), "--plot", str(tmp_path / "gait.png")]) == 2
    assert capfd.readouterr().err.strip() == "interrupted"
    assert list(tmp_path.iterdir()) == []
