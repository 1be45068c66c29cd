"""The hash of the full trace is equal over 20 runs, over processes, and with a debugger attached and continued."""

import os
import threading

import pytest
from emulated_desk import MS, EmulatedDesk
from gdb_client import INTERRUPT, GdbClient

from rig.firmware.options import FirmwareOptions

pytest.importorskip("unicorn", reason="the extra `firmware` is not installed")

pytestmark = pytest.mark.proof

RUNS = 20
END_NS = 2000 * MS


def traced(board, counter, seed, *, with_gdb):
    """(hash, counter as recorded) of one run in a process of its own; every other one is cut oddly."""
    options = FirmwareOptions(
        trace_hash=True, counter=counter, gdb_port=0 if with_gdb else None, gdb_wait=with_gdb, answer_timeout_s=120.0
    )
    os.environ["PYTHONHASHSEED"] = str(seed)
    with EmulatedDesk(options, board).start() as desk:
        thread = None
        if with_gdb:
            thread = threading.Thread(target=continued, args=(int(desk.device.identity()["gdb"].split(":")[1]),))
            thread.start()
        desk.go(END_NS, cut_ns=10 * MS if seed % 2 else 3_333_333)
        found = desk.device.facts()["trace_hash"], desk.device.identity()["counter"]
    if thread is not None:
        thread.join(60.0)
    return found


def continued(port):
    """Attach, go on, interrupt, look, go on, and stay."""
    with GdbClient(port) as gdb:
        gdb.send(b"c", INTERRUPT)
        gdb.take()
        gdb.ask(b"g")
        gdb.send(b"c")
        gdb.take()


@pytest.mark.parametrize("board", ["blue_f405", "green_f446"])
def test_twenty_runs_have_one_hash(board, monkeypatch, capsys):
    """20 processes, 20 hash seeds, two ways to cut the time axis, every fifth with a debugger: one hash."""
    monkeypatch.setenv("PYTHONHASHSEED", "0")
    found = {traced(board, "engine", seed, with_gdb=seed % 5 == 4) for seed in range(RUNS)}
    with capsys.disabled():
        ((trace_hash, counter),) = found
        print(f"\nproof: {board}: {RUNS} runs of {END_NS / 1e9:g} s, one hash {trace_hash[:16]}, counter {counter}")


def test_the_counter_mode_is_recorded_and_repeats_too(monkeypatch, capsys):
    """Counting by blocks has a hash of its own, which repeats; the mode stands beside it."""
    monkeypatch.setenv("PYTHONHASHSEED", "0")
    found = {traced("blue_f405", "blocks", seed, with_gdb=False) for seed in range(3)}
    with capsys.disabled():
        ((trace_hash, counter),) = found
        print(f"\nproof: blue_f405: 3 runs, one hash {trace_hash[:16]}, counter {counter}")
    assert counter == "blocks"
