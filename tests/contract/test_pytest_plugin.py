"""The pytest plug-in: the same verdicts and exit codes as `stimrig run`, told in pytest's way."""

import importlib.metadata
import sys
import xml.etree.ElementTree as ET

import pytest

pytest_plugins = ["pytester"]

SCENARIO = """\
schema: scenario/1
id: T-PLUG
title: a short walk
seed: 5
patient: stroke_moderate
device: odfs
settings: {current: 30 mA, pulse_width: 300 us, rate: 40 Hz}
walk: {speed: 0.6 m/s, strides: 4}
checks:
  holds:
    measure: {latency: {from: sensor_off, to: first_pulse}}
    at_most: 200 ms
    verifies: [LIB-TIM-004]
"""
FAILS = """\
  fails:
    measure: {latency: {from: sensor_off, to: first_pulse}}
    at_most: 1 us
"""
UNDECIDED = """\
  undecided:
    measure: {latency: {from: sensor_off, to: first_pulse}}
    at_most: 200 ms
    needs: 400 samples
"""
DIES = """
from rig.virtual_bench import VirtualBench, VirtualBenchSettings
from scenarios.catalogue import BenchSpec
from sim.errors import BenchError


class Dead(VirtualBench):
    def open(self, case):
        raise BenchError("card", float("nan"), "no card answers", "plug it in")


BENCHES = (BenchSpec("dead", lambda _, models: Dead(VirtualBenchSettings(), models)),)
"""


def installed():
    return any(point.value == "rig.pytest_plugin" for point in importlib.metadata.entry_points(group="pytest11"))


@pytest.fixture
def run(pytester):
    """pytest in a process of its own, with our plug-in."""

    def run_pytest(*arguments):
        ours = () if installed() else ("-p", "rig.pytest_plugin")
        return pytester.runpytest_subprocess(*ours, "-p", "no:cacheprovider", "-rA", *arguments, timeout=200)

    return run_pytest


def test_checks_are_tests_and_a_pass_is_zero(pytester, run):
    """File -> case -> check; JUnit carries requirement and numbers."""
    (pytester.path / "good.scenario.yaml").write_text(SCENARIO)
    done = run("--junitxml=j.xml", "-v")
    assert done.ret == 0
    done.stdout.fnmatch_lines(["good.scenario.yaml::T-PLUG::holds PASSED*"])
    properties = {p.get("name"): p.get("value") for p in ET.parse(pytester.path / "j.xml").iter("property")}
    assert properties["verifies"] == "LIB-TIM-004"
    assert properties["verdict"] == "PASS" and properties["limit"] == "at_most: 200 ms"
    assert float(properties["value"]) < 0.2 and properties["hardware"] == "virtual"


@pytest.mark.proof
def test_a_pooled_check_is_a_test_of_its_own(pytester, run):
    """File -> pool -> check, beside file -> case -> check: needed samples come from both walks together."""
    pooled = UNDECIDED.replace("400 samples", "8 samples") + "matrix: {seeds: 2, pool: {undecided: [seeds]}}\n"
    (pytester.path / "many.scenario.yaml").write_text(SCENARIO + pooled)
    done = run("-v")
    assert done.ret == 0
    done.stdout.fnmatch_lines(["many.scenario.yaml::T-PLUG pooled::undecided PASSED*"])
    done.stdout.fnmatch_lines(["*3 passed*"])


@pytest.mark.proof
def test_failed_and_undecided_checks(pytester, run):
    """FAIL in the call, exit 1; alone, INCONCLUSIVE is an error of the set-up, exit 6; no traceback; its line."""
    (pytester.path / "bad.scenario.yaml").write_text(SCENARIO + FAILS + UNDECIDED)
    done = run("--junitxml=j.xml")
    assert done.ret == 1
    text = done.stdout.str()
    assert "FAIL: " in text and "bad.scenario.yaml:14" in text
    assert "INCONCLUSIVE: " in text and "400" in text
    assert "pytest_plugin.py" not in text
    cases = {case.get("name"): case for case in ET.parse(pytester.path / "j.xml").iter("testcase")}
    assert cases["fails"].find("failure") is not None
    assert cases["undecided"].find("error") is not None
    assert cases["undecided"].find("skipped") is None
    assert cases["holds"].find("failure") is None
    again = run("-k", "undecided or holds")
    assert again.ret == 6
    again.stdout.fnmatch_lines(["*1 passed*1 inconclusive*"])


@pytest.mark.proof
def test_a_dead_bench_is_told_once(pytester, run):
    """Exit 3; one red line for one cause, the other checks are blocked."""
    (pytester.path / "dead.scenario.yaml").write_text(SCENARIO + FAILS + UNDECIDED)
    (pytester.path / "stimrig.toml").write_text('plugins = ["my_bench.py"]\n')
    (pytester.path / "my_bench.py").write_text(DIES)
    (pytester.path / "dead.bench.yaml").write_text("schema: bench/1\nkind: dead\n")
    done = run("--bench", "dead.bench.yaml")
    assert done.ret == 3
    done.stdout.fnmatch_lines(["*1 rig error*2 blocked*"])
    assert "no card answers" in done.stdout.str()


def test_a_bad_scenario_is_four(pytester, run):
    """With file, line and column, and nothing ran."""
    (pytester.path / "odd.scenario.yaml").write_text(SCENARIO.replace("patient:", "patent:"))
    done = run()
    assert done.ret == 4
    assert "odd.scenario.yaml:5:1: " in done.stdout.str()


@pytest.mark.proof
def test_python_tests_run_scenarios_by_a_fixture(pytester, run):
    """For what no limit can say."""
    (pytester.path / "walk.scenario.yaml").write_text(SCENARIO)
    (pytester.path / "test_own.py").write_text(
        "def test_own(scenario):\n"
        "    run = scenario('walk.scenario.yaml', seed=9)\n"
        "    assert run['holds'].outcome == 'PASS'\n"
        "    assert run.code == 0 and (run.folder / 'report.html').is_file()\n"
    )
    assert run("test_own.py").ret == 0


@pytest.mark.proof
def test_xdist_runs_a_case_once(pytester, run):
    """--dist loadgroup keeps the checks of a case in one worker; the exit code stays."""
    (pytester.path / "bad.scenario.yaml").write_text(SCENARIO + UNDECIDED)
    done = run("-n", "2", "--dist", "loadgroup")
    assert done.ret == 6
    done.stdout.fnmatch_lines(["*1 passed*1 inconclusive*"])


def test_the_plug_in_imports_lightly(pytester):
    """Every pytest session of the environment loads it."""
    heavy = "numpy scipy numba pydantic pint polars simpy matplotlib typst yaml typer".split()  # noqa: SIM905
    code = f"import sys, rig.pytest_plugin; print(sorted(set({heavy!r}) & set(sys.modules)))"
    done = pytester.run(sys.executable, "-c", code)
    done.stdout.fnmatch_lines(["[[][]]"])
