"""Every gait that cannot be read: one error with the file and the mend, exit code 4, no traceback, nothing written."""

import importlib.util

import gait_files
import numpy as np
import pytest

from rig.commands.app import main
from rig.commands.exits import Exit


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)


def _refused(capsys, source, *more, out="my.yaml"):
    """The one line that is told."""
    assert main(["new", "patient", "--from", str(source), "--out", out, *more]) == Exit.BAD_INPUT
    told = capsys.readouterr()
    assert "Traceback" not in told.err
    assert not list(source.parent.glob("my.*"))
    return told.err


def _csv(tmp_path, change):
    """A good CSV with one change to its rows of cells."""
    path = gait_files.write_csv(tmp_path / "walk.csv")
    head, *rows = [line for line in path.read_text().splitlines() if not line.startswith("# subject")][1:]
    table = change([head.split(","), *(row.split(",") for row in rows)])
    path.write_text("# speed_m_s: 1.1\n" + "\n".join(",".join(row) for row in table) + "\n")
    return path


def _renamed(old, new):
    return lambda table: [[new if cell == old else cell for cell in table[0]], *table[1:]]


def _scaled(k, factor):
    return lambda table: [
        table[0],
        *([*row[:k], str(float(row[k]) * factor), *row[k + 1 :]] for row in table[1:]),
    ]


def _cell(row, k, text):
    def change(table):
        table[row][k] = text
        return table

    return change


BAD = [
    (_renamed("knee_deg", "kneee_deg"), "no column of the knee", "knee_deg"),
    (_renamed("knee_deg", "knee"), "`knee` has no unit", "knee_deg"),
    (_renamed("time_s", "clock"), "no column of time", "time_s"),
    (_renamed("knee_deg", "knee_rad"), "too much for a leg", "in degrees but its header in radians"),
    (_scaled(2, np.pi / 180), "too little for a walk", "in radians but its header in degrees"),
    (_scaled(2, -1.0), "allowed -29 to 149 deg", "flexion and dorsiflexion positive"),
    (_scaled(3, 0.0), "too little for a walk", "is it a walk?"),
    (_cell(30, 2, "nan"), "knee is not a number in 1 samples, first in sample 30", "fill short gaps"),
    (_cell(30, 2, ""), "knee is not a number", "fill short gaps"),
    (_cell(30, 2, "4,5"), "row 31 has 7 cells, the header 6", "decimal point"),
    (_cell(30, 2, "x"), "`x` in `knee_deg`, row 31, is no number", "decimal point"),
    (_cell(30, 0, "0.05"), "time does not rise after sample 29", "sort the rows"),
    (lambda table: [*table[:200], *table[240:]], "a gap of 0.41 s", "fill it"),
    (lambda table: table[:10], "9 samples are too few", "20"),
    (lambda table: table[:150], "no whole stride", "--strikes"),
    (lambda table: table[:1], "has no rows", "time_s"),
    (lambda table: [table[0], *table[1::10]], "12 samples a stride are too few", "Hz"),
]


@pytest.mark.parametrize(("change", "problem", "mend"), BAD, ids=range(len(BAD)))
def test_each_mistake_in_a_csv_is_one_error(tmp_path, capsys, change, problem, mend):
    path = _csv(tmp_path, change)
    told = _refused(capsys, path)
    assert str(path) in told
    assert problem in told
    assert mend in told
    assert len(told.strip().splitlines()) == 1


OPTIONS = [
    (("--speed", "9 m/s"), "--speed", "0.2 m/s to 2 m/s"),
    (("--mass", "-72 kg"), "--mass", "20 kg to 250 kg"),
    (("--mass", "72"), "has no unit", "72 kg"),
    (("--leg-length", "88 m"), "--leg-length", "1.3"),
    (("--leg", "middle"), "`middle` is no leg", "right"),
    (("--class", "stroke_moderat"), "unknown patient", "`stroke_moderate`"),
    (("--strikes", "0.5 s, 0.6 s"), "a stride of 0.1 s", "one leg only"),
    (("--strikes", "0.5, 1.7"), "has no unit", "0.5 ms"),
    (("--strikes", "55 s, 56 s"), "no whole stride", "--strikes"),
    (("--stance", "45 %"), "--stance", "0.58 to 0.75"),
    (("--forces", "nowhere.mot"), "no such file", "path"),
]


@pytest.mark.parametrize(("options", "problem", "mend"), OPTIONS, ids=lambda value: str(value)[:30])
def test_each_bad_option_is_one_error(tmp_path, capsys, options, problem, mend):
    told = _refused(capsys, gait_files.write_csv(tmp_path / "walk.csv"), *options)
    assert problem in told
    assert mend in told


def test_files_that_are_no_gait(tmp_path, capsys):
    """A missing file, an unknown kind, bytes, a patient name that is no YAML file."""
    assert "no such file" in _refused(capsys, tmp_path / "none.csv")
    other = tmp_path / "walk.xlsx"
    other.write_bytes(b"PK")
    assert "allowed: .csv, .c3d, .mot, .sto" in _refused(capsys, other)
    for name in ("walk.csv", "walk.mot"):
        (tmp_path / name).write_bytes(b"\x00\xff\xfe")
        assert str(tmp_path / name) in _refused(capsys, tmp_path / name)
    good = gait_files.write_csv(tmp_path / "good.csv")
    assert "no patient file" in _refused(capsys, good, out="my.csv")


def test_one_cycle_must_be_whole_and_needs_its_time(tmp_path, capsys):
    path = tmp_path / "cycle.csv"
    angles = gait_files.curves("winter_a1")[0]
    rows = [f"{k},{a},{b},{c}" for k, (a, b, c) in enumerate(zip(*angles.values(), strict=True))]
    head = "gait_pct,thigh_deg,knee_deg,ankle_deg"
    path.write_text("\n".join([head, *rows]))
    assert "--stride-time" in _refused(capsys, path, "--speed", "1.2 m/s")
    assert "do not tell the walking speed" in _refused(capsys, path, "--stride-time", "1 s")
    path.write_text("\n".join([head, *rows[:90]]))
    assert "from 0 to 100" in _refused(capsys, path, "--speed", "1.2 m/s", "--stride-time", "1 s")


MOTIONS = [
    ("knee_angle_r", "knee_angle_x", "no column `knee_angle_r`", "hip_flexion_r"),
    ("endheader", "endhead", "no `endheader` line", "header"),
    ("inDegrees=yes", "inDegrees", "does not say `inDegrees=yes`", "add that line"),
    ("inDegrees=yes", "inDegrees=no", "too much for a leg", "in degrees but its header in radians"),
    ("0.10000000", "0.1000x", ":18:1: a cell is no number", "export"),
    ("0.10000000\t", "", ":18:1: 5 cells, the header has 6", "export"),
]


@pytest.mark.parametrize(("old", "new", "problem", "mend"), MOTIONS)
def test_each_mistake_in_a_motion_is_one_error(tmp_path, capsys, old, new, problem, mend):
    path = gait_files.write_mot(tmp_path / "walk.mot")
    path.write_text(path.read_text().replace(old, new, 1))
    told = _refused(capsys, path, "--strikes", "0 s, 1.2 s, 2.4 s")
    assert problem in told
    assert mend in told


def test_a_motion_without_strides_and_forces_of_the_other_leg(tmp_path, capsys):
    path = gait_files.write_mot(tmp_path / "walk.mot", forces=tmp_path / "grf.mot")
    assert "--strikes" in _refused(capsys, path)
    (tmp_path / "grf.mot").write_text((tmp_path / "grf.mot").read_text().replace("ground_force_vy", "plate"))
    assert "no vertical force of the right foot" in _refused(capsys, path, "--forces", str(tmp_path / "grf.mot"))


@pytest.mark.skipif(importlib.util.find_spec("ezc3d") is None, reason="ezc3d is not installed; the tests group has it")
def test_a_c3d_of_markers_only_and_one_without_events(tmp_path, capsys):
    path = gait_files.write_c3d(tmp_path / "markers.c3d", angles=False)
    assert "no model output `RHipAngles`: this file holds markers only" in _refused(capsys, path)
    assert "no model output `LHipAngles`" in _refused(capsys, path, "--leg", "left")
    path = gait_files.write_c3d(tmp_path / "still.c3d", events=False)
    assert "--strikes" in _refused(capsys, path)
    (tmp_path / "none.c3d").write_bytes(b"\x00" * 100)
    assert "is no C3D file" in _refused(capsys, tmp_path / "none.c3d")


def test_a_place_that_cannot_be_written(tmp_path, capsys):
    """A file stands where the folder should be."""
    (tmp_path / "taken").write_text("")
    path = gait_files.write_csv(tmp_path / "walk.csv")
    assert "--out: taken/my.yaml cannot be written" in _refused(capsys, path, out="taken/my.yaml")


def test_c3d_without_ezc3d_says_how_to_get_it(tmp_path, capsys, monkeypatch):
    """The package is an optional extra."""
    monkeypatch.setitem(__import__("sys").modules, "ezc3d", None)
    (tmp_path / "walk.c3d").write_bytes(b"\x02\x50")
    assert "stimrig[gait]" in _refused(capsys, tmp_path / "walk.c3d")
