"""The guardian acts when the runner falls silent, and only then."""

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from guardian_desk import Touch

from rig.guardian import Guardian
from rig.guardian_process import await_silence, carry_out
from sim.errors import BenchError


@pytest.fixture
def _loadable(monkeypatch):
    """The guardian's process finds the order where this one does."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(Path(__file__).parents[2] / "helpers"), *sys.path]))


def _words(*said):
    words = queue.SimpleQueue()
    for word in said:
        words.put(word)
    return words


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ((b"w", b".", b"r", b"q"), None),
        ((b"q",), None),
        ((b"w", b"."), "no heartbeat for 0.01 s"),
        ((b"w", b".", b""), "the runner ended without a goodbye"),
        ((b"r", b""), "the runner ended without a goodbye"),
        ((b"w", b"r", b".", b"t"), "the guardian was told to end"),
    ],
    ids=["goodbye", "goodbye at once", "hang", "killed live", "killed at rest", "guardian terminated"],
)
def test_reason_to_act(said, reason):
    """Every ending of a runner, as its words: only a goodbye is none."""
    assert await_silence(_words(*said), 0.01) == reason


def test_orders_are_carried_out_in_order_and_one_failure_stops_no_other(tmp_path, monkeypatch):
    """The supply goes first; a supply that hangs does not keep the card live; a failure is told as NOT safe."""
    monkeypatch.setattr("rig.guardian_process.HEAD_START_S", 0.05)
    monkeypatch.setattr("rig.guardian_process.LIMIT_S", 0.5)
    trace, forgotten = tmp_path / "trace", threading.Event()
    orders = [
        SimpleNamespace(name="supply", drive_safe=forgotten.wait),
        Touch("generator", str(trace), fails="link lost"),
        Touch("card", str(trace)),
    ]
    told = carry_out(orders)
    forgotten.set()
    assert trace.read_text() == "card\n"
    assert told == [
        "supply: no answer within 0.5 s: NOT SAFE as far as anybody knows",
        "generator: FAILED, not safe as far as anybody knows: link lost",
        "card: off",
    ]


@pytest.mark.usefixtures("_loadable")
def test_a_clean_end_touches_nothing(tmp_path):
    """Start, watch, beat, rest, goodbye: no order is carried out and no report is written."""
    guardian = Guardian([Touch("card", str(tmp_path / "trace"))], report=tmp_path / "report.txt")
    with guardian:
        guardian.watch()
        guardian.beat()
        guardian.rest()
    guardian.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("_loadable")
def test_a_hung_runner_is_taken_over_and_told(tmp_path):
    """Without a beat the order is carried out; the runner, should it wake, is told so by a typed error."""
    trace = tmp_path / "trace"
    with Guardian([Touch("card", str(trace))], patience_s=0.2, report=tmp_path / "report.txt") as guardian:
        guardian.watch()
        guardian._child.wait(60)
        assert trace.read_text() == "card\n"
        with pytest.raises(BenchError, match=r"took the bench over: .* no heartbeat for 0\.2 s\ncard: off"):
            guardian.beat()
        with pytest.raises(BenchError):
            guardian.rest()


RUNNER = """
import os, signal, sys, time
from pathlib import Path
from guardian_desk import Touch
from rig.guardian import Guardian
guardian = Guardian([Touch("card", sys.argv[1])], patience_s=60.0, report=Path(sys.argv[2]))
guardian.start()
guardian.watch()
print("live", flush=True)
time.sleep(120)
"""


@pytest.mark.skipif(os.name == "nt", reason="kill -9 is POSIX")
def test_kill_9_of_the_runner(tmp_path):
    """The runner is killed with its whole process group; the guardian, in a group of its own, drives the card safe."""
    trace, report = tmp_path / "trace", tmp_path / "report.txt"
    here = str(Path(__file__).parent)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([here, *filter(None, sys.path)])}
    runner = subprocess.Popen(
        [sys.executable, "-c", RUNNER, str(trace), str(report)],
        stdout=subprocess.PIPE,
        env=environment,
        start_new_session=True,
    )
    with runner:
        assert runner.stdout.readline() == b"live\n"
        os.killpg(runner.pid, signal.SIGKILL)
    ends_s = time.monotonic() + 60
    while not report.exists() or not report.read_text().endswith("\n"):
        assert time.monotonic() < ends_s
        time.sleep(0.01)
    assert trace.read_text() == "card\n"
    assert f"guardian of process {runner.pid}: the runner ended without a goodbye" in report.read_text()
