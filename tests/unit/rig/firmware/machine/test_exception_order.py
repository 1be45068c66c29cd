"""Who preempts whom: the conformance programs against the priority rules of the ARMv7-M manual (B1.5.4, B1.5.8)."""

import pytest
from conformance_bench import Outcome, begin, run, shared_machine

IRQ0, IRQ1 = 16, 17
MSP_THREAD, HANDLER = 0xFFFFFFF9, 0xFFFFFFF1


def preempting(priority, prigroup):
    """Group priority: the bits above `prigroup`; four bits of a priority are there (`priority << 4`)."""
    return (priority << 4) >> (prigroup + 1)


@pytest.mark.parametrize("prigroup", range(8))
def test_all_pairs_of_priorities_preempt_by_their_group(prigroup):
    """256 pairs for each split: an interrupt preempts exactly if its group priority is smaller."""
    found = run("priority_matrix", prigroup).results
    expected = [
        sum(1 << its for its in range(16) if preempting(its, prigroup) < preempting(mine, prigroup))
        for mine in range(16)
    ]
    assert found[:17] == [*expected, 0]


@pytest.mark.parametrize("prigroup", [0, 5])
def test_of_two_pending_the_smaller_priority_comes_first_then_the_smaller_number(prigroup):
    """The whole priority decides the order, sub-priority included, whatever the split."""
    found = run("pending_order", prigroup).results
    assert found[:17] == [*(sum(1 << its for its in range(16) if its < mine) for mine in range(16)), 0]


def test_eight_levels_nest_and_return_in_reverse():
    """Each handler raises a more urgent one."""
    assert run("nesting").trace == [7, 6, 5, 4, 3, 2, 1, 0, *range(0x100, 0x108)]


def test_a_tail_chained_handler_has_the_same_frame_and_costs_less():
    """Frame and EXC_RETURN are those of the first; 6 cycles lie between, where return and entry would take 22."""
    outcome = run("tail_chain")
    first, second = outcome.trace[:4], outcome.trace[4:8]
    frame = outcome.results[0] - 32
    assert [first[:3], second[:3]] == [[IRQ0, frame, MSP_THREAD], [IRQ1, frame, MSP_THREAD]]
    nested = run("late_arrival", 13).trace
    chained = second[3] - first[3]
    returned = nested[7] - nested[3]
    assert 0 < chained <= returned + 6


@pytest.mark.parametrize(("delay", "late"), [(1, True), (12, True), (13, False)])
def test_a_late_arrival_takes_the_place_of_the_first(delay, late):
    """Within the 12 cycles of entry the more urgent one is taken on the same frame; behind them it preempts."""
    trace = run("late_arrival", delay).trace
    assert [trace[0], trace[4]] == [IRQ1, IRQ0]
    frame = trace[5]
    assert trace[1:3] == ([frame, MSP_THREAD] if late else [frame - 32, HANDLER])
    assert trace[6] == MSP_THREAD


def test_basepri_holds_its_priority_and_all_below():
    """0x40 passes BASEPRI = 0x80, 0x80 and 0xC0 come when it is lifted; BASEPRI_MAX never lowers the guard."""
    outcome = run("base_priority")
    assert outcome.trace == [16, 1, 17, 2, 18, 3]
    assert outcome.results[0] == 0x40


@pytest.mark.parametrize("length", [5, 60, 5000])
def test_nothing_passes_primask_or_faultmask(length):
    """An interrupt comes due within the window: pending, not taken, and taken right behind CPSIE."""
    outcome = run("masked_window", length)
    held, count, icsr, after, faultmasked, last = outcome.results[:6]
    assert (held, count, after, faultmasked, last) == (0, length, 1, 1, 2)
    assert icsr & 1 << 22
    assert icsr >> 12 & 0x1FF == IRQ0


def test_levels_and_pulses_of_interrupt_lines():
    """A level that stays comes again, a pulse during its own handler too; cleared, it is forgotten (B3.4.1)."""
    outcome = run("levels")
    assert outcome.results[:3] == [3, 5, 5]
    assert outcome.trace == [16, 16, 16, 17, 17]


def test_observers_hear_of_every_entry_and_return():
    """Seven handlers begin before the first of them ends."""
    machine, heard = shared_machine("engine"), []
    unit = machine.processor.unit
    unit.entered = lambda number: heard.append((machine.soc.now(), "in", number))
    unit.left = lambda number: heard.append((machine.soc.now(), "out", number))
    try:
        begin(machine, "nesting")
        machine.run_until(machine.processor.now() + 100_000)
    finally:
        unit.entered = unit.left = None
    assert [(what, number) for _, what, number in heard] == [
        *(("in", 16 + irq) for irq in range(7, -1, -1)),
        *(("out", 16 + irq) for irq in range(8)),
    ]
    assert heard == sorted(heard, key=lambda told: told[0])
    assert Outcome(machine, 0).done == 1
