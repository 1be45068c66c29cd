"""A recording as the sensor: what must be said of it, every mistake one error at its place, and what a run gives."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from reports.judge import judge_case
from reports.verdict import Outcome
from rig.benches import open_bench
from rig.commands.one_case import run_one
from rig.recorded import answered
from rig.runner import run_case
from scenarios.plan import PlanOptions, load_cases
from scenarios.plugins import assemble_catalogue
from sim.errors import ScenarioError
from sim.sensor.recording import HELD_HZ, strides_seen_s
from sim.timebase import NS_PER_MS
from sim.world import BlockLimits

CATALOGUE = assemble_catalogue()
RATE_HZ = 100.0
STRIDES = 8
STRIDE_S = 1.25

DESCRIPTION = """\
schema: sensor-recording/1
kind: foot_imu
source: made up for a test
leg: left
mounting: on the instep
rate: 100 Hz
time: {column: t, unit: s}
acceleration: {x: ax, y: ay, z: az, unit: m/s^2}
angular_rate: {x: gx, y: gy, z: gz, unit: deg/s}
axes: {forward: x, up: z, right: -y}
"""
SCENARIO = """\
schema: scenario/1
id: SCN-REC
seed: 5
device: imu_trigger
sensor: {replay: walk.csv, description: walk.yaml}
settings: {extension: 0 ms, ramp_up: 50 ms, ramp_down: 50 ms, rate: 40 Hz}
checks:
  rate: {measure: {rate: {}}, within: ±2 % of set}
  latency: {measure: {latency: {from: heel_off}}, at_most: 200 ms}
  missed: {measure: missed_stimulation, never: true}
  clearance: {measure: {min_toe_clearance: {per: swing}}, at_least: 1 mm}
"""


def _walk():
    """Rows of a foot that stands, pushes off, swings, lands: a made-up sagittal rate, z up, y to the left."""
    t = np.arange(int((STRIDES + 1) * STRIDE_S * RATE_HZ)) / RATE_HZ
    phase = np.mod(t, STRIDE_S) / STRIDE_S

    def bump(middle, width, height):
        return height * np.exp(-(((phase - middle) / width) ** 2))

    rate = bump(0.50, 0.05, -350.0) + bump(0.70, 0.07, 380.0) + bump(0.86, 0.02, -300.0)
    rate[t < 0.3 * STRIDE_S] = 0.0
    noise = np.random.default_rng(1).normal(0.0, 0.02, (6, t.size))
    rows = {"t": t, "ax": noise[0], "ay": noise[1], "az": 9.81 + noise[2]}
    return rows | {"gx": noise[3], "gy": -rate + noise[4], "gz": noise[5]}


def _text(rows, *, every=1):
    lines = [",".join(rows)] + [",".join(f"{v:.6g}" for v in row) for row in zip(*rows.values(), strict=True)]
    return "\n".join(lines[:1] + lines[1::every]) + "\n"


def _write(folder: Path, csv=None, description=DESCRIPTION, scenario=SCENARIO):
    (folder / "walk.csv").write_text(_text(_walk()) if csv is None else csv, encoding="utf-8")
    (folder / "walk.yaml").write_text(description, encoding="utf-8")
    (folder / "rec.scenario.yaml").write_text(scenario, encoding="utf-8")
    return folder / "rec.scenario.yaml"


def _case(folder: Path, **parts):
    return load_cases((_write(folder, **parts),), CATALOGUE, PlanOptions()).cases[0]


def _with_row(number, column, text):
    lines = _text(_walk()).splitlines()
    cells = lines[number].split(",")
    cells[column] = text
    return "\n".join([*lines[:number], ",".join(cells), *lines[number + 1 :]]) + "\n"


def _without_rows(first, last):
    lines = _text(_walk()).splitlines()
    return "\n".join(lines[:first] + lines[last:]) + "\n"


def _constant():
    rows = _walk()
    return _text(rows | {"gx": np.zeros_like(rows["t"])})


MISTAKES = {
    "no file": (
        {"scenario": SCENARIO.replace("walk.csv", "run.csv")},
        "rec.scenario.yaml:5:18",
        "no recording `run.csv`",
    ),
    "no description": (
        {"scenario": SCENARIO.replace(", description: walk.yaml", "")},
        "rec.scenario.yaml:5:18",
        "has no description",
    ),
    "no such description": (
        {"scenario": SCENARIO.replace("walk.yaml", "other.yaml")},
        "rec.scenario.yaml:5:41",
        "no description `other.yaml`",
    ),
    "wrong column": ({"description": DESCRIPTION.replace("z: az", "z: acc_z")}, "walk.yaml:8:15", "no column `acc_z`"),
    "gap": ({"csv": _without_rows(201, 236)}, "walk.csv:202:1", "a gap of 0.36 s"),
    "backwards": ({"csv": _with_row(300, 0, "1.5")}, "walk.csv:301:1", "time does not run forward"),
    "not a number": ({"csv": _with_row(77, 5, "nan")}, "walk.csv:78:6", "`gy` is `nan`, which is no number"),
    "empty cell": ({"csv": _with_row(77, 5, "")}, "walk.csv:78:6", "`gy` is empty"),
    "wrong rate": (
        {"description": DESCRIPTION.replace("rate: 100 Hz", "rate: 128 Hz")},
        "walk.yaml:6:7",
        "says 128 Hz",
    ),
    "wrong time unit": (
        {"description": DESCRIPTION.replace("unit: s}", "unit: ms}")},
        "walk.yaml:6:7",
        "time column runs at 1e+05 Hz",
    ),
    "unknown unit": (
        {"description": DESCRIPTION.replace("deg/s", "rpm")},
        "walk.yaml:9:43",
        "unit of the angular rate `rpm`",
    ),
    "wrong rate unit": ({"description": DESCRIPTION.replace("deg/s", "rad/s")}, "walk.yaml:9:15", "is the unit deg/s?"),
    "wrong force unit": ({"description": DESCRIPTION.replace("m/s^2", "g")}, "walk.yaml:8:15", "gravity is 9.81"),
    "wrong axes": (
        {"description": DESCRIPTION.replace("{forward: x, up: z, right: -y}", "{forward: x, up: y, right: z}")},
        "walk.yaml:8:15",
        "which axis points out of the instep?",
    ),
    "mirrored axes": ({"description": DESCRIPTION.replace("-y", "y")}, "walk.yaml:10:7", "the axes are mirrored"),
    "empty": ({"csv": "t,ax,ay,az,gx,gy,gz\n"}, "walk.csv", "the recording is empty"),
    "nothing": ({"csv": ""}, "walk.csv", "the recording is empty"),
    "constant": ({"csv": _constant()}, "walk.yaml:9:15", "column `gx` of walk.csv never changes"),
    "too short": ({"csv": "\n".join(_text(_walk()).splitlines()[:50]) + "\n"}, "walk.csv", "are 0.49 s"),
    "no rate": (
        {"description": DESCRIPTION.replace("rate: 100 Hz\ntime: {column: t, unit: s}\n", "")},
        "walk.yaml:1:1",
        "nothing says how fast",
    ),
    "patient": ({"scenario": SCENARIO + "patient: ms\n"}, "rec.scenario.yaml:12:10", "no simulated patient"),
    "walk": (
        {"scenario": SCENARIO + "walk: {speed: 1 m/s, strides: 5}\n"},
        "rec.scenario.yaml:12:1",
        "`walk` says nothing about a recording",
    ),
    "other leg": ({"scenario": SCENARIO + "leg: right\n"}, "rec.scenario.yaml:12:6", "made on the left leg"),
    "stride event": (
        {"scenario": SCENARIO + "events: {m: {at: {stride: 3}, do: mark}}\n"},
        "rec.scenario.yaml:12:10",
        "no prescribed strides",
    ),
    "rug": (
        {"scenario": SCENARIO + "events: {r: {at: {time: 3 s}, do: terrain.rug, height: 12 mm}}\n"},
        "rec.scenario.yaml:12:10",
        "cannot happen to a recording",
    ),
    "other device": (
        {"scenario": SCENARIO.replace("imu_trigger", "odfs")},
        "rec.scenario.yaml:5:9",
        "does not listen to",
    ),
}


@pytest.mark.parametrize("name", sorted(MISTAKES))
def test_each_mistake_is_one_error_at_its_place(name, tmp_path):
    """One clear error each: file, line and column, what was found, what to do."""
    parts, place, told = MISTAKES[name]
    with pytest.raises(ScenarioError) as caught:
        _case(tmp_path, **parts)
    text = str(caught.value)
    assert text.count("\n") == 0 and place in text and told in text, text
    assert ";" in text, "it says how to mend it"


def test_a_recording_runs_without_a_patient(tmp_path):
    """Device checks are judged; outcomes, latency and missed stimulation are NOT RUN, each with its reason."""
    case = _case(tmp_path)
    assert case.patient is None and case.is_recorded and case.leg == "left"
    result = judge_case(run_case(case, open_bench("virtual", CATALOGUE)), CATALOGUE)
    outcomes = {verdict.check.id: verdict.outcome for verdict in result.verdicts}
    assert outcomes.pop("rate") is Outcome.PASS
    assert set(outcomes.values()) == {Outcome.NOT_RUN}
    reasons = {verdict.check.id: verdict.reason for verdict in result.verdicts}
    assert "heel-off is not known" in reasons["latency"] and "no patient walked" in reasons["clearance"]


def test_the_rig_counts_the_strides_and_the_device_answers_them(tmp_path):
    """Eight swings were made; eight are seen, at the middle of each swing to a sample; all are answered."""
    case = _case(tmp_path)
    seen = strides_seen_s(case.sensor)
    made = (np.arange(STRIDES + 1) + 0.70) * STRIDE_S
    assert np.allclose(seen, made, atol=0.02)
    record = run_case(case, open_bench("virtual", CATALOGUE))
    assert record.strides["stride"].size == STRIDES + 1
    assert answered(record).sum() >= STRIDES


def test_stimulation_that_never_ends_answers_one_stride(tmp_path):
    """On at every mark, begun once: the first stride is answered, the others are not; with a dip before each, all."""
    record = run_case(_case(tmp_path), open_bench("virtual", CATALOGUE))
    marks_s = record.strides["mid_swing_s"]
    t_s = np.arange(0.0, marks_s[-1] + 0.1, 1.0 / 30.0)
    charge_c = np.full(t_s.size, 8e-6)
    endless = dataclasses.replace(record, pulses={"t_s": t_s, "charge1_c": charge_c, "channel": np.ones(t_s.size)})
    assert answered(endless).tolist() == [True] + [False] * (marks_s.size - 1)
    for mark_s in marks_s:
        charge_c[np.searchsorted(t_s, mark_s - 0.3)] = 2e-6
    assert answered(endless).all()
    assert not answered(dataclasses.replace(record, pulses={"t_s": t_s[:0], "charge1_c": charge_c[:0]})).any()


def test_axes_and_units_become_those_of_the_rig(tmp_path):
    """y to the left in deg/s becomes a rate about the axis to the right in rad/s, the toes rising positive."""
    samples = _case(tmp_path).sensor.samples
    assert np.allclose(samples["foot_imu.gz"], -np.radians(_walk()["gy"]), atol=1e-4)
    assert np.allclose(samples["foot_imu.ay"], _walk()["az"], atol=1e-4)
    assert np.allclose(samples["foot_imu.az"], -_walk()["ay"], atol=1e-4)


def test_a_part_of_a_recording(tmp_path):
    """`start` and `duration` choose it."""
    chosen = SCENARIO.replace("walk.yaml}", "walk.yaml, start: 2 s, duration: 3 s}")
    recording = _case(tmp_path, scenario=chosen).sensor
    assert recording.end_ns == 3_000 * NS_PER_MS
    assert np.array_equal(recording.samples["foot_imu.gx"], _case(tmp_path).sensor.samples["foot_imu.gx"][200:500])
    late = SCENARIO.replace("walk.yaml}", "walk.yaml, start: 20 s}")
    with pytest.raises(ScenarioError, match="it cannot begin at 20 s"):
        _case(tmp_path, scenario=late)


def test_a_labelled_recording_has_a_latency(tmp_path):
    """Where somebody labelled heel-off the latency of the system can be told."""
    labels = ", ".join(f"{(k + 0.42) * STRIDE_S:.3f} s" for k in range(STRIDES))
    case = _case(tmp_path, description=DESCRIPTION + f"heel_off: [{labels}]\n")
    result = judge_case(run_case(case, open_bench("virtual", CATALOGUE)), CATALOGUE)
    latency = next(verdict for verdict in result.verdicts if verdict.check.id == "latency")
    assert latency.outcome is Outcome.PASS and latency.n >= STRIDES - 1


def test_a_rate_without_whole_nanoseconds_is_held(tmp_path):
    """120 Hz is given out at 10 kHz, every sample held until the next."""
    rows = _walk()
    rows["t"] = np.arange(rows["t"].size) / 120.0
    text = _text(rows)
    recording = _case(tmp_path, csv=text, description=DESCRIPTION.replace("rate: 100 Hz\n", "")).sensor
    assert recording.recorded_hz == pytest.approx(120.0, rel=1e-4) and recording.rate_hz == HELD_HZ
    values = recording.emit(0, 1_000 * NS_PER_MS)["foot_imu.gy"].samples
    assert values.size == 10_000 and np.unique(values).size == 120


def test_any_cut_gives_the_same_files_and_the_case_repeats_them(tmp_path):
    """Blocks of 3.7 ms and horizon blocks; then `case.yaml` alone, from the run folder below the scenario."""
    case = _case(tmp_path)
    records = [
        run_case(case, open_bench("virtual", CATALOGUE), limits=limits)
        for limits in (None, BlockLimits(3_700_001, False))
    ]
    assert all(
        np.array_equal(records[0].pulses[name], records[1].pulses[name], equal_nan=True) for name in records[0].pulses
    )
    first, second = tmp_path / "runs" / "first", tmp_path / "runs" / "second"
    run_one(case, open_bench("virtual", CATALOGUE), first, CATALOGUE)
    again = load_cases((first / "case.yaml",), CATALOGUE, PlanOptions()).cases[0]
    run_one(again, open_bench("virtual", CATALOGUE), second, CATALOGUE)
    names = sorted(path.name for path in first.iterdir() if path.is_file())
    assert all((first / name).read_bytes() == (second / name).read_bytes() for name in names)


def test_a_case_elsewhere_or_with_another_file_is_one_error(tmp_path):
    """The recording is named by path and sha256; without it, or with another one, nothing runs."""
    case = _case(tmp_path)
    run_one(case, open_bench("virtual", CATALOGUE), tmp_path / "runs" / "first", CATALOGUE)
    text = (tmp_path / "runs" / "first" / "case.yaml").read_text(encoding="utf-8")
    elsewhere = tmp_path.parent / f"{tmp_path.name}-elsewhere"
    elsewhere.mkdir()
    (elsewhere / "case.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError, match="no recording `walk"):
        load_cases((elsewhere / "case.yaml",), CATALOGUE, PlanOptions())
    (tmp_path / "walk.csv").write_text(_text(_walk()).replace("9.8", "9.7", 1), encoding="utf-8")
    with pytest.raises(ScenarioError, match="is not the one of this case"):
        load_cases((tmp_path / "runs" / "first" / "case.yaml",), CATALOGUE, PlanOptions())


def test_a_recorded_foot_switch(tmp_path):
    """A switch in volts has openings of its own: latency from them is judged."""
    t = np.arange(12_000) / 1000.0
    signal = np.where(np.mod(t, 1.2) < 0.7, 2.5, 0.1)
    rows = {"ms": t * 1e3, "fsr": signal * 1e3}
    description = """\
schema: sensor-recording/1
kind: foot_switch
source: made up for a test
leg: right
mounting: under the heel
time: {column: ms, unit: ms}
signal: {column: fsr, unit: mV}
open_below: 1 V
close_above: 1.5 V
"""
    scenario = SCENARIO.replace("device: imu_trigger", "device: odfs").replace("{from: heel_off}", "{from: sensor_off}")
    case = _case(tmp_path, csv=_text(rows), description=description, scenario=scenario)
    assert case.leg == "right" and case.sensor.roles == ("heel_switch",)
    result = judge_case(run_case(case, open_bench("virtual", CATALOGUE)), CATALOGUE)
    outcomes = {verdict.check.id: verdict.outcome for verdict in result.verdicts}
    assert outcomes["latency"] is Outcome.PASS and outcomes["missed"] is Outcome.PASS
    assert outcomes["clearance"] is Outcome.NOT_RUN
