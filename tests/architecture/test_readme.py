"""What the README shows runs as it stands."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "README.md"


def _blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)


def _stimrig(folder, *arguments):
    code = "import sys, stimrig; sys.exit(stimrig.main())"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=folder, capture_output=True, text=True, timeout=280, check=False
    )


@pytest.fixture
def project(tmp_path):
    """A user's folder: the README's scenario, its plug-in, and the three lines that use it."""
    (tmp_path / ".git").mkdir()
    scenario = next(block for block in _blocks("yaml") if "SCN-FIRST" in block)
    own = "  width: {measure: {first_width: {}}, at_most: 400 us}\n"
    (tmp_path / "first.scenario.yaml").write_text(scenario + own, encoding="utf-8")
    plug_in = next(block for block in _blocks("python") if "@measure" in block)
    (tmp_path / "my_checks.py").write_text(plug_in, encoding="utf-8")
    (tmp_path / "stimrig.toml").write_text('plugins = ["my_checks.py"]\n', encoding="utf-8")
    return tmp_path


def test_the_first_scenario_passes_with_a_measure_of_ones_own(project):
    """YAML, plug-in and command line of the README, in a fresh folder."""
    done = _stimrig(project, "run", "first.scenario.yaml")
    assert done.returncode == 0, done.stdout + done.stderr
    run = project / done.stdout.splitlines()[-1]
    verdicts = json.loads((run / "verdicts.json").read_text(encoding="utf-8"))
    outcomes = {check["id"]: check["verdict"] for check in verdicts["cases"][0]["checks"]}
    assert outcomes == {"latency": "PASS", "lead_off": "PASS", "clearance": "PASS", "width": "PASS"}


@pytest.mark.proof
def test_a_tighter_limit_fails_with_place_and_margin(project):
    """ "Change 60 ms to 5 ms, run it, and read the FAIL." """
    file = project / "first.scenario.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("at_most: 60 ms", "at_most: 5 ms"), encoding="utf-8")
    done = _stimrig(project, "run", "first.scenario.yaml")
    assert done.returncode == 1
    assert re.search(r"FAIL +latency.*> 5 ms \(\+[\d.]+ ms\) at stride \d+.*first\.scenario\.yaml:\d+", done.stdout)


def test_the_python_door_runs_a_scenario(project):
    """`run(...)` gives the same verdicts as the command line."""
    block = next(block for block in _blocks("python") if "from stimrig import run" in block)
    code = block.replace("SCN-DEMO-PASS", "first.scenario.yaml")
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=project, capture_output=True, text=True, timeout=280, check=False
    )
    assert done.stdout.strip().endswith("PASS"), done.stdout + done.stderr


def test_commands_of_the_first_five_minutes_exist():
    """Every `stimrig` verb in the README is a command that `--help` lists."""
    text = README.read_text(encoding="utf-8")
    verbs = set(re.findall(r"^stimrig (\w+) ", "".join(_blocks("sh")), re.MULTILINE))
    verbs |= set(re.findall(r"`stimrig (\w+)", text))
    listed = _stimrig(Path(), "--help").stdout
    assert verbs and all(re.search(rf"^  {verb} ", listed, re.MULTILINE) for verb in verbs), verbs


@pytest.mark.proof
@pytest.mark.parametrize("device", ["reference_host", "reference_f405"])
def test_the_fixture_holds_a_firmware_to_its_stop_key(tmp_path, device):
    """The test of a firmware that the README shows passes on both devices that are shipped."""
    (tmp_path / "test_stop.py").write_text(next(b for b in _blocks("python") if "stop_key" in b), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--dut", device, "test_stop.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout
