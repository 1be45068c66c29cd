"""A preemptive kernel of our own on the emulated processor: four tasks, a queue, an interrupt that feeds it."""

import functools
import hashlib
import itertools
import struct

import numpy as np
import pytest
from conformance_bench import HZ, machine_for
from machine_images import FOLDER

from rig.firmware.image.image_file import load_image

MS = HZ // 1000
SPAN_MS = 90


def words(machine, symbol, count):
    data = machine.soc.memory_read(machine.symbols[symbol].address, 4 * count)
    return struct.unpack(f"<{count}I", data)


@functools.cache
def walked(counter, cuts=1):
    """The trace after `SPAN_MS`: (who, what, tick); and a hash of all that the machine is made of."""
    machine = machine_for(load_image(FOLDER / "kernel" / "kernel.elf"), counter)
    machine.power_on()
    for cut in range(1, cuts + 1):
        machine.run_until(SPAN_MS * MS * cut // cuts)
    traced = words(machine, "traced", 1)[0]
    notes = [(word >> 28, word >> 16 & 0xFFF, word & 0xFFFF) for word in words(machine, "trace", 1024)[:traced]]
    facts = (notes, machine.soc.memory_read(0x20000000, 0x10000), machine.processor.instructions)
    return notes, words(machine, "lost", 1)[0], hashlib.sha256(repr(facts).encode()).hexdigest()


def filtered(target, share, notes):
    """What a filter must show at each note: 400 steps in single precision between two of them."""
    level, target, share = np.float32(0), np.float32(target), np.float32(share)
    shown = []
    for _ in range(notes):
        for _ in range(400):
            level += (target - level) * share
        shown.append(int(level))
    return shown


@pytest.mark.parametrize("counter", ["engine", "blocks"])
def test_every_item_of_the_interrupt_is_eaten_in_order(counter):
    """Interrupt n comes 20 000 + 7919 n mod 30 000 cycles behind the one before; none is lost."""
    notes, lost, _ = walked(counter)
    eaten = [what for who, what, _ in notes if who == 1]
    at, due = 30_000, 0
    while at < SPAN_MS * MS:
        due += 1
        at += 20_000 + due * 7919 % 30_000 + 40
    assert lost == 0
    assert eaten == list(range(1, len(eaten) + 1))
    assert abs(len(eaten) - due) <= 1


@pytest.mark.parametrize("counter", ["engine", "blocks"])
@pytest.mark.parametrize(("who", "period", "target", "share"), [(2, 3, 1000, 0.001), (3, 5, 3000, 0.0005)])
def test_two_filters_keep_their_numbers_and_their_period(counter, who, period, target, share):
    """State in registers of floating point, through every switch and interrupt: equal to numpy's single precision."""
    mine = [(what, tick) for number, what, tick in walked(counter)[0] if number == who]
    assert len(mine) >= SPAN_MS // period - 1
    assert [what for what, _ in mine] == filtered(target, share, len(mine))
    ticks = [tick for _, tick in mine]
    assert {later - earlier for earlier, later in itertools.pairwise(ticks[1:])} == {period}


def test_where_the_run_is_cut_changes_nothing():
    """One piece or 977: the same memory, the same trace, the same number of instructions."""
    assert walked("engine")[2] == walked("engine", 977)[2]
