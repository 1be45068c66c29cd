"""Whatever is executed, the machine lives: random words as code end in faults, in lockup, or in a refusal by name."""

import random

import pytest
from conformance_bench import begin, image, machine_for

from rig.firmware.machine.peripheral import Unmodelled

CODE, SIZE = 0x20000800, 2048
REGISTERS = (0x20001000, 0x40000000, 5, 0xE000E100, 0x08000000)


def executed(machine, seed):
    """Random code, random registers, every exception handled by going on somewhere in that code."""
    drawn = random.Random(seed)
    begin(machine, "supervisor_call")
    machine.run_until(machine.processor.now() + 500)
    start, before = machine.processor.now(), machine.processor.instructions
    machine.soc.memory_write(CODE, drawn.randbytes(SIZE))
    values = {f"r{place}": drawn.choice([*REGISTERS, drawn.getrandbits(32)]) for place in range(13)}
    machine.set_registers(values | {"pc": CODE})
    handler = (machine.symbols["fault_handler"].address | 1).to_bytes(4, "little")
    machine.soc.memory_write(machine.symbols["handlers"].address, handler * 24)
    resume = CODE + 2 * drawn.randrange(900)
    machine.soc.memory_write(machine.symbols["resume_at"].address, resume.to_bytes(4, "little"))
    try:
        machine.run_until(start + 20_000)
    except Unmodelled as refused:
        return refused.what, refused.access, refused.pc, refused.cycle - start
    assert machine.processor.now() >= start + 20_000
    return machine.processor.unit.locked, machine.processor.instructions - before, machine.registers()


@pytest.mark.parametrize("counter", ["engine", "blocks"])
def test_random_words_as_code_neither_hang_nor_break_the_machine(counter):
    """Time goes on to the end of the run, or a name is told; done again on the same machine, it is the same."""
    machine = machine_for(image(), counter)
    for seed in range(5):
        assert executed(machine, seed) == executed(machine, seed)


@pytest.mark.proof
@pytest.mark.parametrize("counter", ["engine", "blocks"])
def test_four_hundred_times_random_words_as_code(counter):
    """The same at length."""
    machine = machine_for(image(), counter)
    for seed in range(400):
        executed(machine, seed)
