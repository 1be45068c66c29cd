"""The command line as scripts and people meet it: real processes and real pipes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from command_desk import SCENARIO, START, environment, hashes, scenario, stimrig
from verdict_schema import problems_of

from rig.commands.app import main

HEAVY = "numpy scipy numba pydantic pint polars simpy matplotlib nidaqmx pyvisa typst rich yaml".split()  # noqa: SIM905


def test_help_imports_nothing_heavy(place):
    """`--help` is typed often: it must not wait for numpy and the like."""
    code = f"""
import sys, stimrig
sys.argv = ["stimrig", "--help"]
assert stimrig.main() == 0
print("LOADED", sorted(set({HEAVY!r}) & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=place, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "LOADED []"
    for verb in ["demo", "run", "plan", "check", "list", "show", "walk", "measure", "report", "schema"]:
        assert f"  {verb} " in done.stdout
    assert done.stderr == ""


def test_a_passing_run_ends_with_its_folder_and_zero(passed, folder):
    """The last line printed is the run folder's path, and everything of design.md section 7 is in it."""
    assert passed.returncode == 0, passed.stdout + passed.stderr
    assert folder.is_dir()
    assert {path.name for path in folder.iterdir()} == {
        *("run.json", "cases", "verdicts.json", "junit.xml", "report.html", "report.pdf", "SHA256SUMS")
    }
    (case,) = (folder / "cases").iterdir()
    assert problems_of((folder / "verdicts.json").read_bytes()) == []
    assert problems_of((case / "verdicts.json").read_bytes()) == []
    assert case.name == "001-t-short"
    assert {path.name for path in case.iterdir()} >= {
        *("case.yaml", "waveforms.tdms", "pulses.parquet", "strides.parquet", "events.jsonl", "verdicts.json")
    }
    assert (folder.parent / "latest.txt").read_text().strip() == folder.name


def test_run_json_holds_every_wall_clock_fact(folder):
    """And the verdict, once the run has ended."""
    facts = json.loads((folder / "run.json").read_text())
    assert facts["verdict"] == "PASS" and facts["exit_code"] == 0 and facts["interrupted"] is False
    assert facts["reported_start"] == "2023-11-14T22:13:20Z"
    assert facts["start"] < facts["end"]
    (case,) = facts["cases"]
    assert case["wall_s"] > 0 and case["walked_s"] > 4 and case["speed"] > 0
    assert case["loop_error"]["crossing_shift_s"] == 0.0 and case["loop_error"]["unmatched_crossings"] == 0


def test_the_sums_hold(folder):
    """`sha256sum -c SHA256SUMS` in the run folder."""
    lines = (folder / "SHA256SUMS").read_text().splitlines()
    told = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    assert told == {name: digest for name, digest in hashes(folder).items() if name != "SHA256SUMS"}


@pytest.mark.proof
def test_pipes_carry_no_escape_codes(passed, place, folder):
    """Neither results nor progress, with or without colour variables."""
    for done in (
        passed,
        stimrig("show", folder, cwd=place, FORCE_COLOR="1"),
        stimrig("--help", cwd=place, FORCE_COLOR="1"),
        stimrig("run", cwd=place, NO_COLOR="1"),
        stimrig("run", "--nonsense", cwd=place, FORCE_COLOR="1"),
    ):
        assert "\x1b" not in done.stdout + done.stderr
        assert "\r" not in done.stdout + done.stderr


@pytest.fixture(scope="module")
def failed_and_undecided(place):
    """Two cases side by side: one fails, one has too few samples."""
    many = place / "many"
    many.mkdir()
    scenario(many, "fails", latency="1 us")
    scenario(many, "undecided", needs=500)
    return many


def test_exit_codes_of_verdicts_and_cases_side_by_side(failed_and_undecided, place):
    """1 for a failed check, 1 before the 6 of an undecided one; `-j 2` gives the same bytes as one after the other."""
    both = stimrig("run", "many", "-j", "2", "--out", "two", cwd=place, SOURCE_DATE_EPOCH="1700000000")
    assert both.returncode == 1, both.stdout + both.stderr
    fails = stimrig("run", "many", "-k", "fails", "--out", "one", cwd=place, SOURCE_DATE_EPOCH="1700000000")
    assert fails.returncode == 1
    together = place / both.stdout.splitlines()[-1] / "cases"
    (alone,) = (place / fails.stdout.splitlines()[-1] / "cases").iterdir()
    assert hashes(together / "001-t-fails") == hashes(alone)


def test_a_case_file_repeats_its_folder_byte_for_byte(folder, place):
    """In another process, another hash seed, another place (design.md section 7)."""
    (case,) = (folder / "cases").iterdir()
    again = stimrig("run", case / "case.yaml", "--out", "again", cwd=place, PYTHONHASHSEED="77")
    assert again.returncode == 0, again.stdout + again.stderr
    (repeated,) = (place / again.stdout.splitlines()[-1] / "cases").iterdir()
    assert hashes(repeated) == hashes(case)


def test_two_runs_of_one_epoch_differ_in_run_json_only(folder, place, tmp_path):
    """Other folder, other process, other hash seed, same `SOURCE_DATE_EPOCH`."""
    scenario(tmp_path)
    again = stimrig(
        "run", "short.scenario.yaml", "--out", "x", cwd=tmp_path, SOURCE_DATE_EPOCH="1700000000", PYTHONHASHSEED="5"
    )
    ours, theirs = hashes(folder), hashes(tmp_path / again.stdout.splitlines()[-1])
    assert ours.keys() == theirs.keys()
    assert {name for name in ours if ours[name] != theirs[name]} <= {"run.json", "SHA256SUMS"}


def test_reports_are_made_again_from_the_record(folder, place, tmp_path):
    """Without a rig: the same verdicts and the same reports."""
    done = stimrig("report", folder, "--out", tmp_path, cwd=place)
    assert done.returncode == 0, done.stdout + done.stderr
    for name in ("verdicts.json", "junit.xml", "report.html", "report.pdf"):
        assert (tmp_path / folder.name / name).read_bytes() == (folder / name).read_bytes(), name


@pytest.mark.parametrize("keep", ["full", "none"])
@pytest.mark.proof
def test_whatever_is_kept_can_be_judged_again(keep, place, tmp_path):
    """`full` gives the same verdicts as `windows` from other files; `none` leaves the device NOT RUN (exit 6)."""
    ran = stimrig("run", "short.scenario.yaml", "--keep", keep, "--out", tmp_path / "runs", cwd=place)
    assert ran.returncode == {"full": 0, "none": 6}[keep], ran.stdout + ran.stderr
    folder = Path(ran.stdout.splitlines()[-1])
    again = stimrig("report", folder, "--out", tmp_path / "again", cwd=place)
    assert again.returncode == ran.returncode
    assert (tmp_path / "again" / folder.name / "verdicts.json").read_bytes() == (folder / "verdicts.json").read_bytes()
    assert bool(list(folder.glob("cases/*/waveforms.tdms"))) is (keep == "full")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "absent.scenario.yaml"], "absent.scenario.yaml: no such file"),
        (["run", "bad.scenario.yaml"], "bad.scenario.yaml:12:14: "),
        (["run", "short.scenario.yaml", "--bench", "nowhere"], "unknown bench `nowhere`"),
        (["run", "short.scenario.yaml", "--device", "nothing"], "unknown device `nothing`"),
        (["run", "short.scenario.yaml", "--keep", "some"], "--keep: unknown word `some`; allowed: full, windows, none"),
        (["run", "short.scenario.yaml", "--out", "short.scenario.yaml"], "choose a folder that you may write to"),
        (["run", "short.scenario.yaml", "-j", "0"], "-j"),
        (["run", "--seed", "-3", "short.scenario.yaml"], "--seed"),
        (["run", "--nonsense"], "--nonsense"),
        (["dance"], "dance"),
        (["list", "measure"], "unknown kind `measure`; did you mean `measures`?"),
        (["schema", "scenari"], "unknown schema `scenari`"),
        (["walk", "--patient", "stroke_modrate", "--out", "x.csv"], "stroke_moderate"),
        (["walk", "--patient", "stroke_moderate", "--speed", "90 m/s", "--out", "x.csv"], "90 m/s"),
        ([], "Usage"),
    ],
)
def test_bad_input_is_four_with_one_message_and_no_traceback(place, arguments, message, monkeypatch, capsys):
    """Nothing ran, and the message says what to mend."""
    monkeypatch.chdir(place)
    scenario(place)
    (place / "bad.scenario.yaml").write_text(
        SCENARIO.format(id="BAD", strides=5, latency="200", needs=1, seed=1), encoding="utf-8"
    )
    before = set(place.iterdir())
    code = main(arguments)
    told = capsys.readouterr()
    assert code == 4, told.out + told.err
    assert message in told.err + told.out
    assert "Traceback" not in told.err
    assert set(place.iterdir()) == before


def test_nothing_selected_is_five(place):
    """An empty selection must never look like a pass."""
    scenario(place)
    for verb in ("run", "plan"):
        done = stimrig(verb, "short.scenario.yaml", "-k", "elephant", cwd=place)
        assert done.returncode == 5
        assert "elephant" in done.stderr


def test_a_missing_run_is_told(place, folder):
    """`show` of nothing, of a wrong case."""
    assert stimrig("show", "nothing", cwd=place).returncode == 3
    done = stimrig("show", f"{folder}/nine", cwd=place)
    assert done.returncode == 3 and "cases: 001-t-short" in done.stderr


def test_show_prints_every_check(place, folder):
    """Verdict, value with uncertainty, limit, place."""
    for name in (folder, f"{folder}/1", f"{folder}/t-short", folder / "cases" / "001-t-short"):
        done = stimrig("show", name, cwd=place)
        assert done.returncode == 0, done.stderr
        assert "latency" in done.stdout and "at_most: 200 ms" in done.stdout and "short.scenario.yaml:10" in done.stdout
    document = json.loads(stimrig("show", "latest", "--out", "out", "--json", cwd=place).stdout)
    assert document["verdict"] == "PASS" and len(document["cases"][0]["checks"]) == 2


def test_lists_and_plan_speak_json(place, monkeypatch, capsys):
    """For scripts."""
    scenario(place)
    monkeypatch.chdir(place)

    def document(*arguments):
        assert main(arguments) == 0
        return json.loads(capsys.readouterr().out)

    for kind in "scenarios devices measures events patients benches sections runs".split():  # noqa: SIM905
        rows = document("list", kind, "--json")
        assert isinstance(rows, list)
        assert kind == "runs" or rows
    plan = document("plan", "short.scenario.yaml", "--json")
    assert plan["cases"][0]["id"] == "T-SHORT" and plan["bytes_needed"] > 0 and plan["simulated_s"] > 4
    assert document("check", "short.scenario.yaml", "--json") == {"cases": 1, "problems": [], "warnings": []}
    for name in ("scenario", "case", "device", "patient", "bench", "verdicts"):
        assert "$schema" in document("schema", name)


def test_a_reader_who_leaves_does_no_harm(place):
    """``stimrig list measures | head -0``: no traceback, no noise."""
    for arguments in (["list", "measures"], ["--help"]):
        read_end, write_end = os.pipe()
        os.close(read_end)
        done = subprocess.run(
            [*START, *arguments], cwd=place, env=environment(), stdout=write_end, stderr=subprocess.PIPE, text=True
        )
        os.close(write_end)
        assert done.returncode == 0
        assert done.stderr == ""


def test_a_patient_walks_alone(place):
    """gait.csv: the stride columns from `stride` on, device columns empty; cycles.csv: 101 rows."""
    done = stimrig(
        *("walk", "--patient", "healthy_young", "--strides", "4", "--out", "gait.csv", "--cycles", "cycles.csv"),
        cwd=place,
    )
    assert done.returncode == 0, done.stderr
    gait = pl.read_csv(place / "gait.csv")
    assert gait.columns[:3] == ["stride", "t0_s", "stride_time_s"] and "charge_c" in gait.columns
    assert gait["stride"].to_list() == [1, 2, 3, 4]
    assert gait["pulses"].null_count() == 4
    assert gait["mtc_m"].null_count() == 0
    cycles = pl.read_csv(place / "cycles.csv")
    assert cycles["gait_pct"].to_list() == list(range(101))
    assert cycles.columns[1:3] == ["hip_rad_mean", "hip_rad_sd"] and cycles.columns[-1] == "ta_force_n_sd"


@pytest.mark.proof
def test_a_patient_walks_with_a_device(place):
    """Device columns are filled, and the pulses lift the foot."""
    common = ("walk", "--patient", "stroke_moderate", "--strides", "6", "--compensation", "none")
    for device in ("none", "odfs"):
        done = stimrig(*common, "--device", device, "--out", f"{device}.csv", cwd=place)
        assert done.returncode == 0, done.stderr
    alone, helped = pl.read_csv(place / "none.csv"), pl.read_csv(place / "odfs.csv")
    assert helped["pulses"].min() > 5
    assert helped["ankle_ic_rad"].mean() > alone["ankle_ic_rad"].mean()
