"""Every way to fail, with its registers: the conformance programs against ARMv7-M B1.5.14, B1.5.15 and B3.2."""

import pytest
from conformance_bench import begin, image, machine_for, run, shared_machine

MEMORY, BUS, USAGE, HARD = 4, 5, 6, 3
FORCED = 1 << 30
FLASH, PROBE_REFUSES = 0x08000000, 0x40000010
WAYS = {
    "undefined instruction": (0, USAGE, 1 << 16, None),
    "division by zero": (1, USAGE, 1 << 25, None),
    "unaligned load": (2, USAGE, 1 << 24, None),
    "unaligned exclusive load": (3, USAGE, 1 << 24, None),
    "load from nowhere": (4, BUS, 1 << 15 | 1 << 9, 0x30000010),
    "store to nowhere": (5, BUS, 1 << 15 | 1 << 9, 0x30000020),
    "a peripheral refuses": (6, BUS, 1 << 15 | 1 << 9, PROBE_REFUSES),
    "fetch from nowhere": (7, BUS, 1 << 8, None),
    "fetch from a peripheral": (8, MEMORY, 1 << 0, None),
    "branch to an even address": (9, USAGE, 1 << 17, None),
    "absent coprocessor": (10, USAGE, 1 << 19, None),
    "floating point switched off": (11, USAGE, 1 << 19, None),
    "return in thread mode": (13, MEMORY, 1 << 0, None),
    "store to flash": (14, BUS, 1 << 15 | 1 << 9, FLASH),
    "unaligned store": (15, USAGE, 1 << 24, None),
}
NAMES = {MEMORY: "memory_fault", BUS: "bus_fault", USAGE: "usage_fault", HARD: "hard_fault"}


@pytest.mark.parametrize("enabled", [True, False], ids=["enabled", "escalated"])
@pytest.mark.parametrize("way", WAYS)
def test_a_fault_has_its_exception_status_and_address(way, enabled):
    """Its own exception where that is enabled, else a hard fault with FORCED; the program goes on behind it."""
    number, exception, status, address = WAYS[way]
    outcome = run("fault", number, int(enabled))
    seen, cfsr, hfsr, _, bfar, pc, xpsr, back, resumed = outcome.results[:9]
    assert (seen, cfsr, hfsr) == ((exception, status, 0) if enabled else (HARD, status, FORCED))
    assert back == 0xFFFFFFF9
    if address is not None:
        assert bfar == address
    fetched = exception == MEMORY or way in {"fetch from nowhere", "branch to an even address"}
    if not fetched:
        assert resumed - 12 <= pc < resumed
    assert bool(xpsr & 1 << 24) == (way != "branch to an even address")
    assert outcome.done == 1
    (told,) = outcome.faults
    assert told[0] == NAMES[exception if enabled else HARD]
    assert f"pc=0x{pc:08x}" in told[1]


def test_a_breakpoint_without_a_debugger_is_a_hard_fault():
    """HFSR.DEBUGEVT, whatever else is enabled (C1.6.1)."""
    assert run("fault", 12, 1).results[:3] == [HARD, 0, 1 << 31]


def test_a_fault_in_the_handler_of_a_hard_fault_is_lockup():
    """Usage fault, within it a hard fault, within that lockup: told, nothing executed any more, time goes on."""
    outcome = run("fault_in_fault", limit=1_000_000)
    assert outcome.trace == [USAGE, HARD]
    assert [name for name, _ in outcome.faults] == ["usage_fault", "hard_fault", "lockup"]
    processor = outcome.machine.processor
    executed = processor.instructions
    outcome.machine.run_until(processor.now() + 1_000_000)
    assert processor.instructions == executed
    assert processor.unit.locked


def test_a_reset_ends_lockup():
    """A watchdog's request, say: the firmware begins again from its vector."""
    machine = run("fault_in_fault", limit=200_000).machine
    machine.soc.request_reset("watchdog")
    machine.take_emissions()
    machine.run_until(machine.processor.now() + 1)
    assert not machine.processor.unit.locked
    assert [(told.kind, told.name) for told in machine.take_emissions()] == [("reset", "watchdog")]


@pytest.mark.parametrize("back", [0xFFFFFFF1, 0xFFFFFF01])
def test_a_return_that_fits_to_nothing_is_a_usage_fault_in_its_place(back):
    """INVPC: to a handler where none is left, or no such code; the fault's own EXC_RETURN is the refused one."""
    assert run("bad_return", back).trace == [USAGE, 1 << 18, back]


@pytest.mark.parametrize("enabled", [True, False])
def test_a_frame_that_cannot_be_saved_is_a_fault_of_its_own(enabled):
    """STKERR, taken instead of the interrupt whose priority is lower."""
    outcome = run("lost_stack", int(enabled))
    assert outcome.trace == [BUS if enabled else HARD, 1 << 12, 0xFFFFFFF9]
    assert "STKERR" in outcome.faults[0][1]


def test_no_vectors_is_lockup():
    """VECTTBL is a hard fault, whose vector cannot be read either."""
    outcome = run("lost_vectors", limit=200_000)
    assert [name for name, _ in outcome.faults] == ["hard_fault", "lockup"]
    assert outcome.machine.processor.unit.faults.hfsr & 2


def test_a_reset_that_the_firmware_asks_for():
    """SYSRESETREQ once: RAM keeps what start-up does not clear, the cause is told."""
    machine = shared_machine("engine")
    begin(machine, "software_reset")
    outcome = run("software_reset")
    assert outcome.results[0] - outcome.words("arguments", 8)[7] == 0
    assert outcome.results[0] == 2
    assert [told.name for told in outcome.machine.soc.emissions if told.kind == "reset"] == ["software"]


def test_a_division_that_has_turned_into_something_else_is_no_division_by_zero():
    """UDIV in RAM traps on a divisor of 0; MOV.W in its place, whose bits there name a register that is 0, does not."""
    udiv, other, stays = b"\xb1\xfb\xf2\xf0", b"\x4f\xf0\x00\x00", b"\xfe\xe7"
    told = []
    machine = machine_for(image())
    for code in (udiv, other):
        begin(machine, "supervisor_call")
        machine.run_until(machine.processor.now() + 500)
        for written, divisor, traps in ((udiv, 1, 0), (udiv, 1, 0x10), (code, 0, 0x10)):
            machine.soc.memory_write(0x20000100, written + stays)
            machine.set_registers({"r0": 0, "r1": 8, "r2": divisor, "pc": 0x20000100})
            machine.processor.set_traps(traps)
            machine.take_emissions()
            machine.run_until(machine.processor.now() + 500)
        told.append([each.data[:9] for each in machine.take_emissions() if each.kind == "fault"][:1])
    assert told == [[b"DIVBYZERO"], []]
