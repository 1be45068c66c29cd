"""Accesses that do something are made once, whatever interrupts the instruction; instructions in RAM; bit-band."""

import pytest
from conformance_bench import run

BOTH_COUNTERS = pytest.mark.parametrize("counter", ["engine", "blocks"])


def plain(outcome):
    """Accesses to the probe as (store, offset, value)."""
    return [(store, offset, value) for store, offset, _, value in outcome.accesses]


@BOTH_COUNTERS
def test_loads_of_several_registers_are_whole_and_made_once(counter):
    """LDM, LDRD and LDR with writeback, each of whose reads raises an interrupt: taken behind the instruction."""
    outcome = run("load_multiple", counter=counter)
    assert outcome.results[:8] == [1, 2, 3, 4, 6, 7, 9, 11]
    reads = [offset for _, offset, _ in plain(outcome)]
    assert reads == [0xC0, 0xC4, 0xC8, 0xCC, 0x40, 0xC0, 0xC4, 0x40, 0xC0, 0x40, 0xC8, 0x40]
    assert [value for _, _, value in plain(outcome)] == list(range(1, 13))
    assert outcome.trace[1::2] == [5, 8, 10, 12]


@BOTH_COUNTERS
def test_stores_of_several_registers_are_made_once(counter):
    """STM, STRD, STR with writeback, halfword and byte; each raises an interrupt behind itself."""
    outcome = run("store_multiple", counter=counter)
    stores = [(offset, size, value) for store, offset, size, value in outcome.accesses if store]
    assert stores == [
        *((0xC0 + 4 * place, 4, 4 + place) for place in range(4)),
        (0xC0, 4, 4),
        (0xC4, 4, 5),
        (0xC0, 4, 6),
        (0xC8, 2, 7),
        (0xCD, 1, 7),
    ]
    assert outcome.trace[1::2] == [1, 2, 3, 4, 5]


def test_an_it_block_is_not_cut_by_its_own_accesses():
    """Interrupts raised within it are taken behind it; what its condition excludes is not accessed."""
    outcome = run("conditional_accesses")
    assert outcome.results[:5] == [1, 0, 2, 3, 5]
    assert plain(outcome) == [
        (False, 0xC0, 1),
        (True, 0xC4, 1),
        (False, 0x40, 2),
        (False, 0xC8, 3),
        (False, 0x40, 4),
        (False, 0xC0, 5),
        (False, 0x40, 6),
    ]


def test_counting_by_blocks_an_it_block_is_whole_too_but_its_interrupt_may_be_later():
    """The engine loses a stop within an IT block: the interrupt comes with the next access, nothing is made twice."""
    outcome = run("conditional_accesses", counter="blocks")
    assert outcome.results[:4] == [1, 0, 2, 3]
    own = [(store, offset) for store, offset, _ in plain(outcome) if offset != 0x40]
    assert own == [(False, 0xC0), (True, 0xC4), (False, 0xC8), (False, 0xC0)]


@BOTH_COUNTERS
def test_a_time_out_at_every_cycle_of_an_it_block_and_a_load_of_several(counter):
    """39 phases: six reads and one of the handler each, none lost, none made twice, registers and sums whole."""
    outcome = run("timed_interrupts", counter=counter)
    _, traced, last = outcome.results[:3]
    assert traced == 2 * 39
    assert last == 39 * 7 + 1
    seen = [value for _, _, value in plain(outcome)]
    assert seen == list(range(1, last + 1))
    handlers = sum(number for number in range(1, 39 * 7 + 1)) - outcome.results[0]
    assert 0 < handlers < 39 * 39 * 7


def test_bits_of_ram_and_registers_by_words_of_their_own():
    """The alias of bit 9 sets that bit alone, that of bit 4 reads it; bit 3 of a register is read, changed, written."""
    outcome = run("bit_band")
    assert outcome.results[:2] == [0x210, 1]
    assert plain(outcome) == [(True, 0x80, 8)]


@BOTH_COUNTERS
def test_instructions_in_ram_and_others_in_their_place(counter):
    """The second call runs what was stored last, not what was translated first."""
    assert run("code_in_ram", counter=counter).results[:2] == [5, 7]
