"""Finds the engine's own instruction counter, and proves what the machine needs of the engine."""

import functools

from rig.firmware.machine.execution import Engine
from rig.firmware.machine.stops import Reason
from rig.firmware.options import Counter
from sim.errors import BenchError

_NOP, _WFI = b"\x00\xbf", b"\x30\xbf"


@functools.cache
def counter_offset() -> int:
    """Where the engine keeps the number of executed instructions, bytes from the start of its structure.

    Two programs of known length leave known numbers there, beside the limits that they were given.

    Raises:
        BenchError: no place, or more than one, holds these numbers.
    """
    found: set[int] | None = None
    for length in (777, 1503):
        engine = Engine("blocks")
        limit = 1_234_567 + length
        code = bytearray(_NOP * length + _WFI + _NOP * 64)
        engine.map_memory(0, code + bytearray(0x1000 - len(code)), writable=False, executable=True)
        engine.run(0, limit)
        cells = engine.private_cells()
        places = {
            8 * place for place in range(len(cells) - 1) if cells[place] == length + 1 and cells[place + 1] == limit
        }
        found = places if found is None else found & places
    if not found or len(found) != 1:
        problem = "the engine's instruction counter is not where it can be found"
        raise BenchError("the emulator", float("nan"), problem, "count by blocks, which is slower")
    return found.pop()


@functools.cache
def prove(counter: Counter) -> None:
    """Run a few instructions whose outcome is known; once a process and way of counting.

    A run ends behind exactly as many instructions as it was given, and behind the instruction that asks for it; a
    branch to 0xFFFFFFF9 in handler mode is told as a return; WFI is told as sleep.

    Raises:
        BenchError: the engine does something else.
    """
    engine = Engine(counter)
    code = bytearray(0x1000)
    # ldr r1, [r0]; 7 x nop; bx lr; wfi
    code[0x100 : 0x100 + 20] = b"\x01\x68" + _NOP * 7 + b"\x70\x47" + _WFI
    engine.map_memory(0, code, writable=False, executable=True)
    seen: list[int] = []

    def read(offset: int, _size: int) -> int:
        seen.append(offset)
        engine.stop()
        return 0x5A

    engine.map_registers(0x4000_0000, 0x1000, read, lambda _offset, _size, _value: None)
    registers = engine.registers(("r0", "r1", "lr", "xpsr"))
    registers.write((0x4000_0000, 0, 0xFFFF_FFF9, 0x0100_000F))

    def step(pc: int, count: int) -> tuple[Reason, int, int]:
        engine.run(pc, count)
        return engine.reason, engine.pc, engine.retired

    found = (step(0x100, 100), registers.read()[1], len(seen), step(0x102, 5), step(0x10C, 100), step(0x112, 100))
    expected = (
        (Reason.COUNT, 0x102, 1),
        0x5A,
        1,
        (Reason.COUNT, 0x10C, 5),
        (Reason.RETURN, 0xFFFF_FFF8, 3),
        (Reason.SLEEP, 0x114, 1),
    )
    if found != expected:
        problem = f"{engine.version} ({counter}) does not stop as it must: {found} instead of {expected}"
        raise BenchError("the emulator", float("nan"), problem, "pip install 'stimrig[firmware]'")
