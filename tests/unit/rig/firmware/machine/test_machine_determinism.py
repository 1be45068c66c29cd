"""The same image does the same, to the last access: however the run is cut, whoever looks on, in whichever process."""

import os
import subprocess
import sys
from pathlib import Path

import machine_trace
import pytest

BOARDS = ("blue_f405", "green_f446")
SPAN_MS = 100
"""Boot, settings, the first steps of a hurried heel."""


@pytest.mark.parametrize("counter", ["engine", "blocks"])
def test_where_a_run_is_cut_changes_nothing(counter):
    """One piece or 211: equal hash of accesses, exceptions, messages, nets, registers and counts."""
    assert machine_trace.trace("blue_f405", counter, SPAN_MS, 211) == machine_trace.trace(
        "blue_f405", counter, SPAN_MS, 1
    )


def test_who_looks_on_changes_nothing():
    """Coverage, a breakpoint that is never reached, one that is passed, a watch of data: the same run."""
    seen = []

    def look_on(machine):
        machine.on_block(lambda address, size: seen.append(size))
        machine.add_breakpoint(machine.symbols["fw_init"].address + 2)
        machine.engine.watch_data(0x20000000, 0x20000010, lambda address, store: seen.append(store))
        original = machine.run_until

        def going_on(cycle):
            reached = original(cycle)
            while machine.halted_at is not None:
                reached = original(cycle)
            return reached

        machine.run_until = going_on

    assert machine_trace.trace("blue_f405", "engine", 60, 7, look_on) == machine_trace.trace(
        "blue_f405", "engine", 60, 1
    )
    assert seen


@pytest.mark.proof
@pytest.mark.parametrize("counter", ["engine", "blocks"])
@pytest.mark.parametrize("board", BOARDS)
def test_twenty_processes_agree(board, counter):
    """20 runs of 0.4 s, each in a process of its own with another seed of Python's hashes, cut elsewhere."""
    script = str(Path(machine_trace.__file__))
    told = set()
    for number in range(20):
        command = [sys.executable, script, board, counter, "400", str(1 + 37 * number)]
        environment = os.environ | {"PYTHONHASHSEED": str(number)}
        told.add(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)
    assert len(told) == 1
