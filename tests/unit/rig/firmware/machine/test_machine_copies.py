"""Copies of a machine, breakpoints, steps, and what is refused by its name."""

import json

import pytest
from conformance_bench import Outcome, begin, image, machine_for, numbers, run

from rig.firmware.machine.peripheral import Unmodelled
from rig.firmware.machine.soc import Emission


def rest(machine, cycles):
    """What a machine does from here on."""
    machine.run_until(machine.processor.now() + cycles)
    outcome = Outcome(machine, 0)
    return outcome.trace, outcome.results, machine.processor.instructions, machine.registers()


@pytest.mark.parametrize("at", [7_000, 23_456, 60_011])
def test_from_a_copy_everything_happens_as_it_did(at):
    """Taken in the middle of masked and nested interrupts; gone on, gone back, gone on: equal to the last register."""
    machine = machine_for(image())
    begin(machine, "timed_interrupts")
    machine.run_until(at)
    copy = machine.state()
    first = rest(machine, 100_000)
    machine.restore(copy)
    assert machine.processor.now() == pytest.approx(at, abs=40)
    assert rest(machine, 100_000) == first


def test_a_copy_is_plain_data_that_another_machine_takes():
    """No object of the first is in it, so it may cross processes: only numbers, words, bytes and their collections."""

    def plain(value):
        if isinstance(value, dict):
            return all(plain(key) and plain(held) for key, held in value.items())
        if isinstance(value, list | tuple | set | frozenset):
            return all(plain(held) for held in value)
        return value is None or isinstance(value, int | float | str | bytes | bool)

    one, other = machine_for(image()), machine_for(image())
    begin(one, "float_context")
    one.run_until(3_000)
    copy = one.state()
    assert plain(copy)
    other.power_on()
    other.restore(copy)
    assert rest(other, 100_000) == rest(one, 100_000)


def test_a_breakpoint_stops_before_its_instruction_and_lets_pass_afterwards():
    """Reached each time that the handler begins; without it, and with it passed, the run is the same."""
    machine = machine_for(image())
    begin(machine, "nesting")
    address = machine.symbols["note"].address
    machine.add_breakpoint(address)
    seen = []
    for _ in range(16):
        machine.run_until(1_000_000)
        assert machine.halted_at == address == machine.registers()["pc"]
        seen.append(machine.registers()["r0"])
    machine.run_until(1_000_000)
    assert machine.halted_at is None
    assert seen == [*range(7, -1, -1), *range(0x100, 0x108)] == Outcome(machine, 0).trace
    assert machine.processor.instructions == run_without_breakpoint()


def run_without_breakpoint():
    machine = machine_for(image())
    begin(machine, "nesting")
    machine.run_until(1_000_000)
    return machine.processor.instructions


def test_steps_go_through_every_instruction():
    """A thousand steps are a thousand instructions less the entries of handlers."""
    machine = machine_for(image())
    begin(machine, "supervisor_call")
    before = machine.processor.instructions
    for _ in range(300):
        machine.step()
    assert machine.processor.instructions - before == 300
    machine.run_until(1_000_000)
    assert Outcome(machine, 0).results[0] == 42


@pytest.mark.parametrize(
    ("address", "name"),
    [
        (0x40000400, "TIM3"),
        (0xE000ED90, "MPU_TYPE"),
        (0xE0002008, "FP_COMP0"),
        (0xE000E008, "ACTLR"),
        (0x50060800, "RNG"),
    ],
)
def test_what_nobody_models_is_refused_by_its_name(address, name):
    """A read of a register without a model ends the run; its name, address, instruction and cycle are told."""
    machine = machine_for(image())
    begin(machine, "supervisor_call")
    machine.run_until(500)
    machine.set_registers({"r0": address, "pc": 0x20000100})
    machine.soc.memory_write(0x20000100, b"\x00\x68\xfe\xe7")  # ldr r0, [r0]; b .
    with pytest.raises(Unmodelled) as refused:
        machine.run_until(5_000)
    told = refused.value
    assert told.what.startswith(name)
    assert (told.address, told.pc) == (address, 0x20000100)
    assert 500 <= told.cycle < 600
    assert "is not modelled" in str(told)


def test_emissions_come_in_order_of_time_with_breaks_behind_them():
    """A kind that is waited for brings `run_until` back at once, with everything told up to there."""
    machine = machine_for(image())
    begin(machine, "fault_in_fault")
    machine.soc.break_on = frozenset({"fault"})
    names = []
    for _ in range(3):
        reached = machine.run_until(1_000_000)
        (told,) = machine.take_emissions()
        assert isinstance(told, Emission)
        assert told.cycle <= reached < 1_000_000
        names.append(told.name)
    assert names == ["usage_fault", "hard_fault", "lockup"]


def test_the_programs_are_named_once_in_their_table():
    """Numbers are read from the table in C, so a program that is added is found."""
    assert len(numbers()) == 34
    assert json.loads(json.dumps(numbers()))["priority_matrix"] == 0
    assert run("nesting").done == 1
