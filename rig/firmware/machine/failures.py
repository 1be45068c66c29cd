"""What becomes of an instruction whose access, store or fetch found nothing that serves it.

Source: ARMv7-M ARM B1.5.14 (faults), B3.1 (address map); RM0090 3.6 (stores into flash).
"""

from typing import TYPE_CHECKING, Final

from rig.firmware.machine import faults as kinds
from rig.firmware.machine.bus import is_something
from rig.firmware.machine.peripheral import BusFault, Unmodelled

if TYPE_CHECKING:
    from rig.firmware.machine.exception_unit import ExceptionUnit
    from rig.firmware.machine.execution import Engine
    from rig.firmware.machine.memory import Memory
    from rig.firmware.machine.soc import Soc

_DEVICE: Final = ((0x40000000, 0x60000000), (0xA0000000, 0x100000000))
"""Where nothing can be executed. Source: ARMv7-M ARM B3.1, table B3-1."""


def _is_device(address: int) -> bool:
    return any(first <= address < last for first, last in _DEVICE)


class Failures:
    """Looks at an engine that has just stopped.

    Args:
        engine: which.
        soc: memory, and names of registers.
        unit: takes the faults.
    """

    def __init__(self, engine: "Engine", soc: "Soc", unit: "ExceptionUnit") -> None:
        self._engine, self._soc, self._unit = engine, soc, unit

    def refused(self, error: BusFault) -> None:
        """A peripheral has answered with an error; inside an IT block the instruction is completed nevertheless."""
        pc = self._engine.pc
        if pc == self._engine.failed_at:
            self._unit.fault(kinds.PRECISERR, error.address, pc)
        else:
            self._unit.fault(kinds.IMPRECISERR, None, pc)

    def unanswered(self, cycle: int) -> None:
        """Nothing is mapped at an address: a fault of the firmware, or a peripheral that has no model."""
        engine = self._engine
        if is_something(self._soc.chip, engine.address):
            name = self._soc.register_name(engine.address)
            raise Unmodelled(name, f"access of {engine.size} bytes", engine.address, engine.pc, cycle)
        self._unit.fault(kinds.PRECISERR, engine.address, engine.pc)

    def protected(self) -> int:
        """A store to memory that cannot be written: for flash its controller says what happens.

        Returns:
            Instructions that were executed.
        """
        engine, controller = self._engine, self._soc.flash_controller
        memory = self._soc.memories.find(engine.address, engine.size)
        if memory is None or memory.region.kind != "flash" or controller is None:
            self._unit.fault(kinds.PRECISERR, engine.address, engine.pc)
            return 0
        try:
            held = controller.programmed(engine.address, engine.size, engine.value)
        except BusFault:
            self._unit.fault(kinds.PRECISERR, engine.address, engine.pc)
            return 0
        self._store(memory, held)
        return 1

    def _store(self, memory: "Memory", held: int) -> None:
        """Let the engine complete the instruction, then put into the cells what the controller says."""
        engine = self._engine
        place, size, before = engine.address - memory.at, engine.size, bytearray(memory.data)
        engine.protect(memory.at, len(memory.data), writable=True, executable=True)
        engine.run(engine.pc, 1)
        engine.protect(memory.at, len(memory.data), writable=False, executable=True)
        memory.data[place : place + size] = before[place : place + size] = held.to_bytes(size, "little")
        if memory.data != before:
            raise Unmodelled("flash", "an instruction that stores several words", place + memory.at, self._unit.pc)
        self._unit.pc = engine.pc
        engine.flush()

    def not_fetched(self) -> None:
        """The next instruction lies where none can be executed; RAM may be, and is so from its first one on."""
        engine, unit = self._engine, self._unit
        memory = self._soc.memories.find(engine.pc, 2)
        if memory is not None and memory.region.kind in {"ram", "backup"} and not memory.executed:
            memory.executed = True
            engine.protect(memory.at, len(memory.data), writable=True, executable=True)
            unit.pc = engine.pc
        elif _is_device(engine.pc):
            unit.fault(kinds.IACCVIOL, None, engine.pc)
        else:
            unit.fault(kinds.IBUSERR, None, engine.pc)
