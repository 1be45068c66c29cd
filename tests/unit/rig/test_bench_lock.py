"""Two runs never drive one card; a dead run never blocks the next one."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from rig.bench_addresses import lock_names
from rig.bench_lock import BenchLock, held_by_others
from sim.errors import BenchError


@dataclass(frozen=True)
class _Instrument:
    name: str
    driver: str
    address: str
    device: str = ""


@dataclass(frozen=True)
class _Bench:
    instruments: tuple[_Instrument, ...]


CARD = _Instrument("card", "ni.daqmx", "local", "Dev1")
SUPPLY = _Instrument("supply", "keysight.e36300", "TCPIP0::10.0.0.5::5025::SOCKET")
SIMULATED = _Instrument("scope", "keysight.infiniivision", "sim:hislip")


def test_a_second_run_is_refused_by_name_pid_and_moment(tmp_path):
    """Independent truth: the operating system's pid of this process, and the second lock is never granted."""
    bench = _Bench((CARD, SUPPLY))
    with BenchLock(bench, tmp_path), pytest.raises(BenchError) as refused:
        BenchLock(bench, tmp_path).acquire()
    assert refused.value.part in lock_names(bench)
    assert f"process {os.getpid()} on " in refused.value.problem
    assert " since 20" in refused.value.problem
    assert "end that process" in refused.value.mend


def test_all_or_nothing(tmp_path):
    """A bench of which one instrument is taken leaves the others free."""
    with BenchLock(_Bench((SUPPLY,)), tmp_path):
        with pytest.raises(BenchError):
            BenchLock(_Bench((CARD, SUPPLY)), tmp_path).acquire()
        with BenchLock(_Bench((CARD,)), tmp_path) as lock:
            assert not lock.left_behind


def test_instruments_of_this_process_need_no_lock(tmp_path):
    """Two runs beside each other (`-j 2`) may each have a simulated scope of their own."""
    bench = _Bench((SIMULATED,))
    with BenchLock(bench, tmp_path), BenchLock(bench, tmp_path) as second:
        assert second.names == ()


def test_the_same_server_by_another_name_is_the_same_card():
    """`localhost` and 127.0.0.1 are one computer; case does not tell addresses apart."""
    one = _Bench((_Instrument("a", "ni.daqmx", "grpc://localhost:31763"),))
    other = _Bench((_Instrument("b", "ni.daqmx", "GRPC://127.0.0.1:31763"),))
    assert lock_names(one) == lock_names(other)


def test_after_release_the_next_run_finds_nothing_left_behind(tmp_path):
    """A clean end is told apart from a crash."""
    bench = _Bench((CARD,))
    first = BenchLock(bench, tmp_path)
    first.acquire()
    assert not held_by_others(lock_names(_Bench((SUPPLY,))), tmp_path)
    first.release()
    first.release()
    with BenchLock(bench, tmp_path) as second:
        assert second.left_behind == ()


DIES_HOLDING = """
import os, sys
from pathlib import Path
from test_bench_lock import CARD, _Bench
from rig.bench_lock import BenchLock
lock = BenchLock(_Bench((CARD,)), Path(sys.argv[1]))
lock.acquire()
print("held", flush=True)
sys.stdin.readline()
os._exit(9)
"""


def test_a_process_that_dies_leaves_the_lock_to_the_next_which_learns_of_it(tmp_path):
    """Independent truth: another process holds it, is seen, dies without letting go, and is named afterwards."""
    here = str(Path(__file__).parent)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([here, *filter(None, sys.path)])}
    child = subprocess.Popen(
        [sys.executable, "-c", DIES_HOLDING, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
    )
    with child:
        assert child.stdout.readline().strip() == b"held"
        bench = _Bench((CARD,))
        with pytest.raises(BenchError, match=f"process {child.pid} on"):
            BenchLock(bench, tmp_path).acquire()
        assert f"process {child.pid}" in held_by_others(lock_names(bench), tmp_path)["ni.daqmx local dev1"]
        child.stdin.write(b"\n")
        child.stdin.flush()
        assert child.wait(30) == 9
    with BenchLock(bench, tmp_path) as lock:
        assert [holder.pid for holder in lock.left_behind] == [child.pid]
    assert held_by_others(lock_names(bench), tmp_path) == {}


def test_a_note_that_cannot_be_read_is_no_reason_to_refuse(tmp_path):
    """The lock is the system's, not the text: a torn note of a power cut blocks nobody."""
    bench = _Bench((CARD,))
    with BenchLock(bench, tmp_path):
        (note,) = tmp_path.iterdir()
        assert json.loads(note.read_text())["pid"] == os.getpid()
    note.write_text("{torn")
    with BenchLock(bench, tmp_path) as lock:
        assert lock.left_behind[0].command == "its note cannot be read"


def test_a_folder_that_cannot_be_written_is_told_with_its_mend(tmp_path):
    """No traceback, and no run without a lock."""
    (tmp_path / "locks").write_text("a file where a folder should be")
    with pytest.raises(BenchError, match="cannot be used"):
        BenchLock(_Bench((CARD,)), tmp_path / "locks").acquire()
