"""What the machine needs of its engine, each against a program of known length; and what is said where it is absent."""

import builtins

import pytest
from conformance_bench import Outcome, begin, image, machine_for

from rig.firmware.machine import code_scan
from rig.firmware.machine.block_counter import instructions_in
from rig.firmware.machine.calibration import counter_offset, prove
from rig.firmware.machine.engine import load_library
from rig.firmware.machine.event_queue import NEVER, EventQueue
from rig.firmware.machine.execution import Engine
from rig.firmware.machine.stops import Reason
from sim.errors import BenchError

NOP, WFI, WFE, YIELD, UDF = b"\x00\xbf", b"\x30\xbf", b"\x20\xbf", b"\x10\xbf", b"\x00\xde"
BOTH_COUNTERS = pytest.mark.parametrize("counter", ["engine", "blocks"])


def engine_with(code, counter="engine"):
    engine = Engine(counter)
    engine.map_memory(0, bytearray(code) + bytearray(0x1000 - len(code)), writable=False, executable=True)
    return engine


def ran(engine, pc, count):
    engine.run(pc, count)
    return engine.reason, engine.pc, engine.retired


@BOTH_COUNTERS
def test_the_engine_keeps_its_promises(counter):
    """Exact stops, stops behind an access, returns and sleep are told: proved at the start of every machine."""
    prove(counter)


def test_the_private_counter_is_found():
    """At one place, a multiple of eight."""
    assert counter_offset() % 8 == 0


@BOTH_COUNTERS
@pytest.mark.parametrize("count", [1, 2, 37, 511, 512, 513, 900])
def test_a_run_ends_behind_exactly_as_many_instructions(counter, count):
    """Also across the engine's longest block, 512 instructions."""
    engine = engine_with(NOP * 1000 + WFI, counter)
    assert ran(engine, 0, count) == (Reason.COUNT, 2 * count, count)


@BOTH_COUNTERS
@pytest.mark.parametrize("count", [4, 5, 900])
def test_a_sleep_is_told_even_where_it_is_the_last_that_was_asked_for(counter, count):
    """Else a run that is cut there would go on behind WFI; a branch to that place is no sleep."""
    engine = engine_with(NOP * 3 + WFI + NOP * 3 + b"\xfb\xe7", counter)  # b to the first NOP behind WFI
    assert ran(engine, 0, count) == (Reason.SLEEP, 8, 4)
    assert ran(engine, 8, 4) == (Reason.COUNT, 8, 4)


@BOTH_COUNTERS
def test_wfe_yield_and_what_is_undefined_behind_them(counter):
    """The engine calls all three undefined: the first two are executed, the third is not, even where it is begun."""
    engine = engine_with(NOP + WFE + UDF + YIELD + UDF, counter)
    assert ran(engine, 0, 50) == (Reason.WAIT, 4, 2)
    assert ran(engine, 4, 50) == (Reason.UNDEFINED, 4, 0)
    assert ran(engine, 6, 50) == (Reason.YIELD, 8, 1)
    assert ran(engine, 8, 50) == (Reason.UNDEFINED, 8, 0)


@BOTH_COUNTERS
def test_an_error_of_who_answers_comes_out_of_the_run(counter):
    """It is raised where the run was asked for, with the instruction whose access met it."""
    engine = engine_with(NOP + b"\x01\x68" + NOP + WFI, counter)

    def fails(offset, size):
        raise ValueError(f"{offset} {size}")

    engine.map_registers(0x40000000, 0x1000, fails, lambda offset, size, value: None)
    engine.registers(("r0",)).write((0x40000008,))
    with pytest.raises(ValueError, match="8 4"):
        engine.run(0, 50)
    assert (engine.failed_at, engine.retired) == (2, 1)


def test_other_versions_of_the_engine_are_refused(monkeypatch):
    """A private place of another version may be another; what to install is said."""
    import unicorn

    monkeypatch.setattr(unicorn, "__version__", "2.9.9")
    with pytest.raises(BenchError, match=r"Unicorn 2\.9\.9 is installed.*pip install 'stimrig\[firmware\]'"):
        load_library()


@pytest.mark.parametrize("absent", ["unicorn", "cffi"])
def test_an_absent_engine_says_what_to_install(monkeypatch, absent):
    """One sentence, no traceback of an import."""
    original = builtins.__import__

    def without(name, *arguments, **keywords):
        if name.partition(".")[0] == absent:
            raise ImportError(name=absent)
        return original(name, *arguments, **keywords)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(BenchError, match=rf"`{absent}` is not installed.*pip install 'stimrig\[firmware\]'"):
        load_library()


@pytest.mark.parametrize(
    ("code", "encoding", "found"),
    [
        (b"\x62\xb6\x72\xb6\x61\xb6", code_scan.unmasks, [0, 4]),
        (b"\x80\xf3\x10\x88\x80\xf3\x00\x88", code_scan.unmasks, [0]),
        (b"\x71\xb6\x80\xf3\x13\x88", code_scan.sets_faultmask, [0, 2]),
        (b"\x40\xbf" + NOP, code_scan.sends_event, [0]),
        (b"\x90\xfb\xf1\xf0\xb0\xfb\xf1\xf0\x00\xfb\x01\xf0", code_scan.divides, [0, 4]),
        (b"\x00\xee\x10\x0a\xff\xff\xff\xff", code_scan.uses_floating_point, [0]),
    ],
)
def test_instructions_are_found_by_their_encoding(code, encoding, found):
    """CPSIE and not CPSID; MSR PRIMASK and not MSR APSR; CPSID f, MSR FAULTMASK; SEV; SDIV, UDIV and not MUL; VMOV."""
    assert list(code_scan.find([(0, code)], encoding)) == found


def test_instructions_of_both_lengths_are_counted():
    """nop (2), movw (4), nop (2), bl (4)."""
    assert instructions_in(NOP + b"\x40\xf2\x01\x00" + NOP + b"\x00\xf0\x00\xf8") == 4


def test_events_come_by_cycle_then_in_the_order_of_asking():
    """Cancelled ones do not; a copy holds the same, under the same handles."""
    queue = EventQueue()
    late, first, second = queue.at(9, "A", 1, 0), queue.at(5, "B", 2, 7), queue.at(5, "A", 3, 0)
    queue.cancel(late)
    copy = EventQueue()
    copy.restore(queue.state())
    copy.cancel(first)
    assert queue.pop() == (5, first, "B", 2, 7)
    assert queue.pop() == (5, second, "A", 3, 0)
    assert queue.next_cycle == NEVER
    assert copy.pop() == (5, second, "A", 3, 0)


def test_a_wait_before_an_undefined_instruction_does_not_hide_it():
    """WFE, then what is undefined: a fault, not a processor that stands still."""
    machine = machine_for(image())
    begin(machine, "fault", 99, 1)
    machine.run_until(500)
    machine.set_registers({"pc": 0x20000100})
    machine.soc.memory_write(0x20000100, WFE + UDF)
    machine.run_until(20_000)
    assert Outcome(machine, 0).faults[0][1].startswith("UNDEFINSTR pc=0x20000102")
