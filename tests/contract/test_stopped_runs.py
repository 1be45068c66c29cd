"""Runs that are stopped, killed, starved of disk or fail in themselves: what then stands, and what is told."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from command_desk import environment, long_run, scenario, stimrig


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM that a process can catch")
@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.proof)])
def test_an_interrupted_run_is_judged_as_far_as_it_came(place, number):
    """Exit 2; run.json stays incomplete; what could be judged is written and shown (formats.md section 4)."""
    process, folder = long_run(place, f"stopped{number}")
    process.send_signal(number)
    out, err = process.communicate(timeout=200)
    assert process.returncode == 2, out + err
    assert "Traceback" not in err
    facts = json.loads((folder / "run.json").read_text())
    assert facts["verdict"] == "incomplete" and facts["interrupted"] is True
    (case,) = json.loads((folder / "verdicts.json").read_text())["cases"]
    assert len(case["checks"]) == 2
    assert out.splitlines()[-1] == str(folder.relative_to(place))
    assert (folder / "report.html").is_file()
    shown = stimrig("show", folder, cwd=place)
    assert shown.returncode == 0 and "INCOMPLETE" in shown.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_after_kill_nine_the_run_is_shown_as_incomplete_with_its_pulses(place):
    """Nothing could be written at the end; the pulses are found again in the waveform."""
    process, folder = long_run(place, "killed")
    process.kill()
    process.communicate(timeout=60)
    assert json.loads((folder / "run.json").read_text())["verdict"] == "incomplete"
    assert not list(folder.glob("cases/*/pulses.parquet"))
    shown = stimrig("show", folder, cwd=place)
    assert shown.returncode == 0, shown.stderr
    assert "INCOMPLETE" in shown.stdout and "cut off after" in shown.stdout
    pulses = int(shown.stdout.split("s; ")[1].split()[0])
    assert pulses > 100
    listed = json.loads(stimrig("list", "runs", "--json", cwd=place).stdout)
    assert isinstance(listed, list)


@pytest.mark.skipif(sys.platform == "win32", reason="no file size limit there")
def test_a_disk_that_fills_up_is_a_rig_error_and_leaves_what_was_written(place):
    """A limit on the size of files stands in for a full disk: the write fails in the middle of the run."""
    scenario(place, "big", strides=60)
    code = "import sys, stimrig, resource; resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000));"
    done = subprocess.run(
        [sys.executable, "-c", code + "sys.exit(stimrig.main())", "run", "big.scenario.yaml", "--out", "big"],
        cwd=place,
        env=environment(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 3, done.stdout + done.stderr
    assert "waveforms.tdms: cannot be written: File too large; free space" in done.stderr
    assert "Traceback" not in done.stderr
    (folder,) = (path for path in (place / "big").iterdir() if path.is_dir())
    shown = stimrig("show", folder, cwd=place)
    assert "INCOMPLETE" in shown.stdout and "pulses found in its waveform" in shown.stdout


PLUGIN = """
from scenarios.catalogue import BenchSpec
from rig.virtual_bench import VirtualBench, VirtualBenchSettings
from sim.errors import BenchError


class Failing(VirtualBench):
    def __init__(self, models, error):
        super().__init__(VirtualBenchSettings(), models)
        self._error, self._left = error, 12

    def exchange(self, stimulus):
        self._left -= 1
        if self._left < 0:
            raise self._error
        return super().exchange(stimulus)


BENCHES = (
    BenchSpec("dies", lambda _, models: Failing(models, BenchError("card", 1.0, "the link is gone", "replug it"))),
    BenchSpec("crashes", lambda _, models: Failing(models, ZeroDivisionError("a bug"))),
)
"""


@pytest.fixture
def own_benches(tmp_path):
    (tmp_path / "stimrig.toml").write_text('plugins = ["my_benches.py"]\n')
    (tmp_path / "my_benches.py").write_text(PLUGIN)
    for kind in ("dies", "crashes"):
        (tmp_path / f"{kind}.bench.yaml").write_text(f"schema: bench/1\nkind: {kind}\n")
    scenario(tmp_path)
    return tmp_path


@pytest.mark.proof
def test_a_dead_link_is_a_rig_error_with_reports(own_benches):
    """The rig, not the device: exit 3, the run is complete, and one cause is told."""
    done = stimrig("run", "short.scenario.yaml", "--bench", "dies.bench.yaml", cwd=own_benches)
    assert done.returncode == 3, done.stdout + done.stderr
    folder = own_benches / done.stdout.splitlines()[-1]
    facts = json.loads((folder / "run.json").read_text())
    assert facts["verdict"] == "ERROR"
    assert "the link is gone" in (folder / "junit.xml").read_text()
    assert "the link is gone" in done.stdout


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.proof
def test_our_own_crash_is_one_line_and_a_crash_file(own_benches, jobs):
    """No traceback on the screen; it lies in the run folder, and run.json stays incomplete."""
    scenario(own_benches, "other")
    done = stimrig(
        *("run", "short.scenario.yaml", "other.scenario.yaml"),
        *("--bench", "crashes.bench.yaml", "-j", jobs, "--out", f"j{jobs}"),
        cwd=own_benches,
    )
    assert done.returncode == 3, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert "stimrig itself failed (ZeroDivisionError: a bug)" in done.stderr
    (folder,) = (path for path in (own_benches / f"j{jobs}").iterdir() if path.is_dir())
    assert "ZeroDivisionError: a bug" in next(folder.glob("stimrig-crash-*.txt")).read_text()
    assert json.loads((folder / "run.json").read_text())["verdict"] == "incomplete"


def test_a_folder_of_the_users_own_that_hides_ours_is_named(tmp_path):
    """A folder `rig` beside the script would give an import error that explains nothing."""
    (tmp_path / "rig").mkdir()
    (tmp_path / "rig" / "__init__.py").write_text("")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import stimrig; sys.exit(stimrig.main())"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 4
    assert "stimrig needs its own folder `rig`" in done.stderr and str(tmp_path) in done.stderr
    assert Path(tmp_path / "rig").exists()
