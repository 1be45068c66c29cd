"""Runs a shipped image on its board alone, and prints the hash of everything that happened.

``python machine_trace.py BOARD COUNTER MILLISECONDS CUTS``; also imported by tests.
"""

import sys

from rig.firmware.board.board_file import find_board
from rig.firmware.board.board_wiring import BoardWiring
from rig.firmware.building.builds import reference_image
from rig.firmware.image.image_file import load_image
from rig.firmware.insight.trace_hash import TraceHash
from rig.firmware.machine.chips import CHIPS
from rig.firmware.machine.machine import Machine
from rig.firmware.machine.stm32f4.models import build_peripherals

CLOSED_MS, PERIOD_MS = 60, 160
"""A hurried heel: it is down for 60 ms of 160."""


def board_machine(name, counter):
    """A board with a heel switch that opens and closes, and the list of what happens on its nets."""
    board = find_board(name)
    chip = CHIPS[board.chip]
    happened = []

    def value_at(terminal, cycle):
        if terminal == "heel_switch":
            return 3.3 if cycle * 1000 // board.clock_hz % PERIOD_MS < CLOSED_MS else 0.0
        return 9.0 if terminal == "supply" else 0.0

    def tell(kind, name, value, data, cycle):
        happened.append((cycle, kind, name, value, data))

    machine = Machine(
        load_image(reference_image(name)),
        chip,
        build_peripherals(chip, board.crystal_hz, board.adc_reference_v),
        BoardWiring(board, value_at, tell),
        hclk_hz=board.clock_hz,
        cycles_per_instruction=board.cycles_per_instruction,
        counter=counter,
    )
    return machine, happened


def trace(name, counter, span_ms, cuts, look_on=None):
    """The hash of a run: accesses, exceptions, what the chip told, nets, and the counts at its end.

    `look_on(machine)` may attach somebody who only looks.
    """
    machine, happened = board_machine(name, counter)
    hashed, unit = TraceHash(), machine.processor.unit
    machine.observe_bus(lambda store, *access: hashed.access(machine.soc.now(), store, *access))
    unit.entered = lambda number: hashed.exception(machine.soc.now(), number, entered=True)
    unit.left = lambda number: hashed.exception(machine.soc.now(), number, entered=False)
    if look_on is not None:
        look_on(machine)
    machine.power_on()
    for cut in range(1, cuts + 1):
        machine.run_until(machine.soc.hclk_hz * span_ms * cut // (1000 * cuts))
    hashed.emissions(machine.take_emissions())
    counts = (machine.processor.instructions, machine.processor.sleeping_cycles, machine.registers())
    return f"{hashed.hex()} {len(happened)} {hash_of(happened)} {counts}"


def hash_of(happened):
    """Independent of the order of a process's hashes."""
    import hashlib

    return hashlib.sha256(repr(happened).encode()).hexdigest()


if __name__ == "__main__":
    print(trace(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
