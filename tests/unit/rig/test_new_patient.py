"""`stimrig new patient`: a person's own gait becomes a patient who walks like it, and nobody's name comes along."""

import importlib.util

import gait_files
import numpy as np
import pytest

from rig.commands.app import main
from scenarios.dataclass_reader import key_and_unit
from scenarios.fields import as_text
from scenarios.measured import load_measured
from scenarios.patient_file import read_patient
from scenarios.text import Text, Where, read_document, rooted
from sim.body.patient import Patient
from sim.body.preparation import one_swing, prepare
from sim.errors import ScenarioError
from sim.gait.leg import leg_at

HERE = Where("test", 1, 1)
WITH_C3D = importlib.util.find_spec("ezc3d") is not None
needs_ezc3d = pytest.mark.skipif(not WITH_C3D, reason="ezc3d is not installed; the tests group installs it")


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)


def _new(source, *more):
    assert main(["new", "patient", "--from", str(source), "--out", "my.yaml", *more]) == 0
    return read_patient(Text("my.yaml", HERE), ())[1]


def _walked_deg(patient):
    """Thigh and knee that this patient walks at the own speed, (101,) each."""
    cycle = prepare(patient, load_measured(patient.measured_cycle), patient.speed_m_s).cycle
    legs = np.array([leg_at(cycle.base, p, 1.0, 0.4, 0.4) for p in np.linspace(0.0, 1.0, 101)])
    return np.degrees(legs[:, 7]), np.degrees(legs[:, 2])


def _hold_same_gait(patient, name):
    """Knee and hip within 1 deg RMS of the curves that went in."""
    cycle = gait_files.curves(name)[0]
    for walked, joint in zip(_walked_deg(patient), ("thigh", "knee"), strict=True):
        rms = np.sqrt(np.mean((walked - cycle[joint]) ** 2))
        print(f"{name} {joint}: {rms:.2f} deg")
        assert rms < 1.0


SOURCES = {
    "csv": lambda folder, name: (gait_files.write_csv(folder / "jane.csv", name), ()),
    "mot": lambda folder, name: (
        gait_files.write_mot(folder / "jane.mot", name, forces=folder / "grf.mot"),
        ("--forces", str(folder / "grf.mot")),
    ),
    "mot in radians, knee negative": lambda folder, name: (
        gait_files.write_mot(folder / "jane.sto", name, degrees=False, negative_knee=True),
        ("--strikes", ", ".join(f"{k * 1.2:.2f} s" for k in range(8)), "--stance", "61 %"),
    ),
    "c3d": lambda folder, name: (gait_files.write_c3d(folder / "jane.c3d", name), ()),
}
KINDS = [pytest.param(kind, marks=needs_ezc3d if kind == "c3d" else ()) for kind in SOURCES]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["winter_a1", "rajagopal2016"])
def test_the_patient_walks_as_recorded(tmp_path, kind, name):
    """Hip and knee within 1 deg RMS, speed and stride time to a percent, by construction of the cycle."""
    source, more = SOURCES[kind](tmp_path, name)
    patient = _new(source, "--class", "healthy_young", *more)
    assert patient.speed_m_s == pytest.approx(1.1, rel=0.01)
    assert patient.stride_time_s == pytest.approx(gait_files.STRIDE_S, rel=0.01)
    if "--stance" not in more:
        assert patient.stance_ratio == pytest.approx(gait_files.curves(name)[1], abs=0.012)
    _hold_same_gait(patient, name)


@needs_ezc3d
def test_frames_without_a_model_are_cut_off(tmp_path):
    """Systems write nothing or zeros where the model was not run; the strides in between are whole."""
    patient = _new(gait_files.write_c3d(tmp_path / "walk.c3d", unmodelled=37), "--class", "healthy_young")
    assert patient.stride_time_s == pytest.approx(gait_files.STRIDE_S, rel=0.001)
    _hold_same_gait(patient, "winter_a1")


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_that_names_a_person_is_copied(tmp_path, kind, capsys):
    """Name, day, place and comment stand in header, labels, cells and file name; none in what is written."""
    source, more = SOURCES[kind](tmp_path, "winter_a1")
    raw = source.read_bytes().lower()
    assert b"jane" in raw
    _new(source, "--class", "healthy_young", *more)
    written = "".join((tmp_path / name).read_text() for name in ("my.yaml", "my.cycle.csv")).lower()
    assert not [word for word in gait_files.TELLTALES if word in written]
    assert not [word for word in gait_files.TELLTALES if word in capsys.readouterr().out.lower().replace("jane.", "")]


def test_every_parameter_says_where_it_comes_from(tmp_path):
    """Fitted, given, or "not fitted: from class"; nothing of `Patient` is left out."""
    _new(gait_files.write_csv(tmp_path / "walk.csv"), "--class", "stroke_mild", "--mass", "81 kg")
    table = read_document(tmp_path / "my.yaml")
    for field in Patient.__dataclass_fields__:
        key = key_and_unit(field)[0]
        if key != "title":
            source = as_text(table.values[key].values["source"])
            assert source.startswith(("fitted", "given", "not fitted: from class stroke_mild", "not used")), key
    assert as_text(table.values["body_mass"].values["value"]) == "81.0 kg"
    assert "training" in table.values


def test_the_scatter_between_strides_is_read_off(tmp_path):
    """Strides shifted by an offset of 1.5 deg SD come out with that SD, less the chance of eight strides."""
    patient = _new(gait_files.write_csv(tmp_path / "walk.csv", scatter_deg=1.5), "--class", "healthy_young")
    for name in ("thigh_sd_rad", "knee_sd_rad", "ankle_sd_rad"):
        assert 0.6 < np.degrees(getattr(patient, name)) < 2.6


def test_a_dropped_foot_gets_the_drive_that_lands_it_there(tmp_path):
    """With a class of tonic drive the residual drive is solved: the simulated foot lands at the recorded ankle."""
    text = gait_files.write_csv(tmp_path / "walk.csv").read_text().splitlines()
    lines = [line if line[:1] in "#t" else _lowered(line) for line in text]
    (tmp_path / "walk.csv").write_text("\n".join(lines))
    patient = _new(tmp_path / "walk.csv", "--class", "stroke_mild", "--speed", "0.9 m/s")
    ready = prepare(patient, load_measured(patient.measured_cycle), 0.9)
    landed = one_swing(ready.cycle, ready.const).ankle_contact_rad
    assert np.degrees(landed - patient.ankle_contact_rad) == pytest.approx(0.0, abs=0.3)
    assert 0.0 < patient.residual_drive_ratio < 0.2


def _lowered(line):
    time, thigh, knee, ankle, on, note = line.split(",")
    return ",".join([time, thigh, knee, str(float(ankle) - 6.0), on, note])


def test_the_swing_offset_is_that_of_the_healthy_cycle(tmp_path):
    """Never calibrate on the patient: with another person's cycle `c_sw` stays that of Winter's (model.md 1.3a)."""
    patient = _new(gait_files.write_csv(tmp_path / "walk.csv", "rajagopal2016"), "--class", "stroke_moderate")
    own = prepare(patient, load_measured(patient.measured_cycle), 0.9).swing_offset_m
    assert own == prepare(patient, load_measured("winter_a1"), 0.9).swing_offset_m


def test_it_walks_by_the_command_and_its_own_cycles_are_read_again(tmp_path):
    """`stimrig walk` takes the file; the mean cycles that it writes are a gait that can be fitted."""
    _new(gait_files.write_csv(tmp_path / "walk.csv"), "--class", "healthy_young")
    walk = ["walk", "--patient", "my.yaml", "--strides", "6", "--out", "gait.csv", "--cycles", "cycles.csv"]
    assert main(walk) == 0
    told = ("--speed", "1.1 m/s", "--stride-time", "1.2 s", "--stance", "61 %", "--class", "healthy_young")
    _hold_same_gait(_new(tmp_path / "cycles.csv", *told), "winter_a1")


def test_the_nearest_class_is_chosen_by_severity(tmp_path, capsys):
    """A healthy cycle at 1.3 m/s is healthy; cause is not in a gait, so no peroneal class is ever chosen."""
    _new(gait_files.write_csv(tmp_path / "walk.csv"), "--speed", "1.3 m/s")
    assert "class    healthy_young (the nearest" in capsys.readouterr().out


def test_people_drawn_from_a_fitted_patient_keep_what_was_fitted(tmp_path):
    """`sample: true` draws only what the recording did not tell."""
    fitted = _new(gait_files.write_csv(tmp_path / "walk.csv"), "--class", "stroke_mild")
    choice = rooted({"class": "my.yaml", "sample": "true"}, HERE)
    one, other = (read_patient(choice, (), seed)[1] for seed in (1, 2))
    assert one.rheobase_a != other.rheobase_a
    for name in ("speed_m_s", "knee_peak_rad", "ankle_contact_rad", "measured_cycle"):
        assert getattr(one, name) == getattr(other, name) == getattr(fitted, name)


def test_a_case_holds_the_cycle_to_what_it_was(tmp_path):
    """The concrete patient names the whole path and the sha256: found from anywhere, refused once it has changed."""
    patient = _new(gait_files.write_csv(tmp_path / "walk.csv"), "--class", "healthy_young")
    document = read_patient(Text("my.yaml", HERE), ())[2]
    again = read_patient(rooted(document, HERE), ())
    assert again[1] == patient
    assert again[2] == document
    cycle = tmp_path / "my.cycle.csv"
    cycle.write_text(cycle.read_text().replace("100,", "100.0,"))
    with pytest.raises(ScenarioError, match="has changed since this case was written"):
        read_patient(rooted(document, HERE), ())
