"""What handlers find and what threads get back: the conformance programs against ARMv7-M B1.5.6 to B1.5.8."""

import pytest
from conformance_bench import run

N, C, V, Z = 1 << 31, 1 << 29, 1 << 28, 1 << 30


def test_a_call_reads_its_arguments_and_answers_in_the_frame():
    """SVC: r0 and r1 lie in the frame, the number in the instruction before the stacked pc; a thread afterwards."""
    results = run("supervisor_call").results
    assert results[0] == 42
    assert results[1] == 0
    assert results[8:10] == [42, 0xFFFFFFF9]


def test_a_call_that_primask_holds_back_is_a_hard_fault_of_its_own_instruction():
    """B1.5.6: SVC cannot wait; FORCED is set and the stacked pc is the SVC itself, a hard fault being synchronous."""
    outcome = run("held_call")
    results = outcome.results
    assert results[:3] == [3, 0, 1 << 30]
    memory = outcome.machine.soc.memory_read(results[5], 2)
    assert memory == b"\x01\xdf"


def test_pend_sv_waits_for_the_handler_that_asks_for_it():
    """Of the lowest priority: behind the interrupt on its frame, or at once from a thread."""
    assert run("pend_sv").trace == [1, 2, 14, 0xFFFFFFF9, 14, 0xFFFFFFF9, 3]


@pytest.mark.parametrize("counter", ["engine", "blocks"])
def test_threads_on_the_process_stack_with_and_without_privilege(counter):
    """Frames go to the process stack, handlers use the main one; unprivileged CPSID and MSR CONTROL do nothing."""
    outcome = run("process_stack_thread", counter=counter)
    results, trace = outcome.results, outcome.trace
    top = results[6]
    assert results[:6] == [2, 0, 0, 2, 0, top]
    control_seen = [0, 1, 1]
    for call in range(3):
        frame, back, control, on_main_stack = trace[4 * call : 4 * call + 4]
        assert (frame, back, control, on_main_stack) == (top - 32, 0xFFFFFFFD, control_seen[call], 1)


@pytest.mark.parametrize("align", [1, 0])
def test_a_stack_pointer_that_is_no_multiple_of_eight(align):
    """STKALIGN: a word stays free below it, bit 9 of the stacked xPSR says so, and the pointer comes back as it was."""
    outcome = run("stack_alignment", align)
    even, odd, even_after, odd_after = outcome.results[:4]
    assert (even % 8, odd % 8) == (0, 4)
    assert (even_after, odd_after) == (even, odd)
    assert outcome.trace == [even - 32, 0, odd - 32 - 4 * align, align]


def test_a_handler_may_spoil_what_the_frame_restores():
    """r0 to r3, r12, lr and the flags are as before; r4 to r11 are the handler's to keep."""
    outcome = run("registers_kept")
    results = outcome.results
    assert results[0] & (N | C | V | Z) == N
    assert results[1:12] == [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14]
    assert outcome.trace == [1]


@pytest.mark.parametrize("counter", ["engine", "blocks"])
def test_registers_of_floating_point_survive_two_nested_handlers_that_use_them(counter):
    """Frames of 26 words: s0 to s15 and FPSCR at their places, s16 to s31 untouched, FPCA set again at the end."""
    outcome = run("float_context", counter=counter)
    results, trace = outcome.results, outcome.trace
    assert results[:32] == list(range(1, 33))
    assert results[32] & 0xF0000000 == N
    assert results[33] & 4
    one, sixteen, nine = 0x3F800000, 0x41800000, 0x41100000
    assert trace[:3] == [0xFFFFFFE9, one, sixteen]
    assert trace[3] & 0xF0000000 == N
    assert trace[4:7] == [0xFFFFFFE1, nine, nine]
    assert trace[7] & 0xF0000000 == C


def test_a_thread_that_uses_no_floating_point_has_a_basic_frame():
    """EXC_RETURN 0xFFFFFFF9, and CONTROL.FPCA stays 0."""
    outcome = run("no_float_context")
    assert outcome.trace == [0xFFFFFFF9]
    assert outcome.results[0] == 0
