"""kill -9 of the runner, with the card in a process of its own: outputs safe, record readable, the card free.

The card stands on the simulated clock, which moves only while somebody waits: so what the watchdog does, and when, is
exact on any machine. Truth: the outputs that the card holds, and the current through the plant.
"""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from fault_desk import laboratory_of
from lab_desk import CATALOGUE

import rig.simulated.in_process as in_process
from rig.bench_lock import report_file
from rig.benches import bench_file, read_bench
from rig.guardian import Guardian
from rig.ni.bench import NiBench
from rig.run_folder import runs_in
from scenarios.plan import PlanOptions, find_files, load_cases

pytest.importorskip("nidaqmx")
pytestmark = pytest.mark.skipif(os.name == "nt", reason="kill -9 is POSIX")

WAIT_S = 240.0
SECOND_NS = 1_000_000_000
SCENARIO = """\
schema: scenario/1
id: SCN-KILLED
title: A walk that is cut off
seed: 1
patient: stroke_moderate
device: odfs
walk: {speed: 0.6 m/s, strides: 20, compensation: none}
capture: {rate: 100 kHz, channels: [current], keep: full, effects: false}
checks: {width: {measure: {pulse_width: {}}, within: ±20 % of set}}
"""
# a guardian that waits long for a beat: a loaded computer is slow, and what is shown is a runner that was killed
RUNNER = """
import sys
import rig.ni.bench
from rig.commands.app import main
from rig.guardian import Guardian
from rig.safe_orders import orders_of
orders = (lambda laboratory: ()) if sys.argv[1] == "watchdog alone" else orders_of
rig.ni.bench.guardian_of = lambda laboratory: Guardian(orders(laboratory), patience_s=200.0)
main(["run", "killed.scenario.yaml", "--bench", "far.bench.yaml", "--out", "runs"])
"""


def _bench_text(address):
    """The shipped simulated bench with its card behind a server, and nothing beside it."""
    text = bench_file("simulated").read_text(encoding="utf-8")
    kept = [line for line in text.splitlines() if "control" not in line.partition("#")[0] or "note" in line]
    return "\n".join(kept).replace("address: sim\n", f"address: {address}\n    timeout: 60 s\n") + "\n"


def _until(condition, process=None):
    ends_s = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < ends_s
        assert process is None or process.poll() is None, "the runner ended by itself, see told.txt"
        time.sleep(0.01)


@pytest.mark.parametrize("who", ["watchdog alone", pytest.param("guardian", marks=pytest.mark.proof)])
def test_kill_9_of_the_runner(who, tmp_path, monkeypatch):
    """The interlock opens: by the guardian at once, else by the card's watchdog a second after its last reset."""
    from rig.simulated.daq.host import CardHost
    from rig.simulated.daq.server import CardServer

    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    (tmp_path / "killed.scenario.yaml").write_text(SCENARIO, encoding="utf-8")
    (case,) = load_cases(find_files((str(tmp_path / "killed.scenario.yaml"),)), CATALOGUE, PlanOptions()).cases
    opened = in_process.open_laboratory(read_bench("simulated"), case, CATALOGUE.models)
    card, lab = opened.card, opened.lab
    host = CardHost([card])
    interlock, heel = card.outputs.of("port0/line0"), card.outputs.of("ao0")
    with CardServer(host) as server, (tmp_path / "told.txt").open("wb") as told:
        (tmp_path / "far.bench.yaml").write_text(_bench_text(server.address), encoding="utf-8")
        runner = subprocess.Popen(
            [sys.executable, "-c", RUNNER, who],
            cwd=tmp_path,
            stdout=told,
            stderr=told,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            start_new_session=True,
        )
        with runner:
            _until(lambda: _samples_so_far(tmp_path) > 100_000, runner)
            os.killpg(runner.pid, signal.SIGKILL)
        if who == "guardian":
            report = report_file(runner.pid)
            _until(lambda: report.is_file() and "card: " in report.read_text())
            assert "the runner ended without a goodbye" in report.read_text()
            assert "card: Dev1/port0/line0 off" in report.read_text()
        else:
            _until(lambda: len(host.tasks) == 1)  # every task but the watchdog is released
            assert (interlock.last, heel.last > 0.0) == (1.0, True)  # the outputs hold what they had
            now_ns = lab.clock.now_ns()
            lab.clock.wait_until(now_ns + SECOND_NS + 1)
            with lab.lock:
                card.sync()
            (opened_ns, level) = interlock.changes(now_ns - SECOND_NS, now_ns + SECOND_NS + 1)[-1]
            assert level == 0.0
            lab.clock.wait_until(now_ns + 3 * SECOND_NS)
            with lab.lock:
                card.sync()
                after = lab.crossings("current", 1e-3, opened_ns + 1_000_000, now_ns + 3 * SECOND_NS)[0]
            assert after.size == 0
        assert interlock.last == 0.0
        (run,) = runs_in(tmp_path / "runs")
        assert json.loads((run / "run.json").read_text())["verdict"] == "incomplete"
        assert _samples(tmp_path) > 100_000
        monkeypatch.setattr("rig.ni.bench.guardian_of", lambda laboratory: Guardian(()))
        bench = NiBench(laboratory_of(server.address), CATALOGUE.models)
        bench.open(case)
        (left,) = [words for name, words in bench.identity().items() if name.startswith("left_behind.")]
        assert f"process {runner.pid} on " in left
        bench.close()
    opened.close()


def _samples_so_far(folder):
    """As `_samples` of a file that grows under the reader: a segment seen half written counts as nothing yet."""
    try:
        return _samples(folder)
    except ValueError:
        return 0


def _samples(folder):
    """Samples of the current that can be read from the record, however far it was written."""
    from nptdms import TdmsFile

    files = list(folder.glob("runs/*/cases/*/waveforms.tdms"))
    if not files or files[0].stat().st_size == 0:
        return 0
    with files[0].open("rb") as opened, TdmsFile.open(opened) as file:
        groups = [group for group in file.groups() if group.name == "capture"]
        return len(groups[0]["current"]) if groups else 0
