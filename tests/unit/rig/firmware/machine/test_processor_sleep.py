"""Sleep and time of the processor: the conformance programs against ARMv7-M B1.5.17 to B1.5.19, B3.3 and C1.8."""

import pytest
from conformance_bench import run

AROUND = 100
"""Cycles that a few instructions, an entry and a return take."""


@pytest.mark.parametrize("counter", ["engine", "blocks"])
def test_wfi_sleeps_until_the_interrupt_even_a_masked_one(counter):
    """60 000 cycles, then 50 000 with PRIMASK: awake without a handler, which comes when the mask is lifted."""
    outcome = run("wait_for_interrupt", counter=counter)
    start, first, second, held, after = outcome.results[:5]
    assert 60_000 <= first - start < 60_000 + AROUND
    assert 50_000 <= second - first < 50_000 + AROUND
    assert (held, after) == (2, 4)


def test_what_basepri_holds_back_ends_no_sleep():
    """The interrupt at 1000 cycles is held, that at 9000 is not."""
    start, woken, held, after = run("no_wake_up").results[:4]
    assert 9000 <= woken - start < 9000 + 2 * AROUND
    assert (held, after) == (2, 4)


@pytest.mark.parametrize("counter", ["engine", "blocks"])
def test_wfe_takes_an_event_or_sleeps(counter):
    """SEV and the return of a handler are events; without one it sleeps until the interrupt at 5000 cycles."""
    first, second, third, traced, last = run("wait_for_event", counter=counter).results[:5]
    assert second - first < AROUND
    assert 5000 <= third - second < 5000 + AROUND
    assert traced == 2
    assert last - third < AROUND


def test_sleep_on_exit_runs_handlers_alone():
    """Three interrupts before the thread is seen again."""
    outcome = run("sleep_on_exit")
    assert outcome.results[0] == 3
    first, second, third = outcome.trace
    assert 1000 < second - first < 1000 + AROUND
    assert 1000 < third - second < 1000 + AROUND


def test_systick_comes_each_reload_plus_one_cycles():
    """Reload 999: the first after 1000 cycles, the others 1000 behind one another; COUNTFLAG; it counts down."""
    outcome = run("system_timer")
    start, control, counted, passed, below = outcome.results[:5]
    numbers, at = outcome.trace[::2], outcome.trace[1::2]
    assert numbers == [15, 15, 15]
    assert 1000 <= at[0] - start < 1000 + AROUND
    assert [at[1] - at[0], at[2] - at[1]] == [1000, 1000]
    assert control == 5 | 1 << 16
    assert abs(counted - passed) <= 1
    assert below == 1


def test_the_cycle_counter_counts_the_cycles_of_the_machine():
    """DWT_CYCCNT against the cycles that the bench sees, over a loop of 3000 instructions at 1.25 cycles."""
    before, bench, counter = run("cycle_counter").results[:3]
    assert before == 0
    assert abs(counter - bench) <= 1
    assert 3000 * 1.25 <= bench < 3000 * 1.25 + AROUND
