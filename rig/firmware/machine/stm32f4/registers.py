"""A block of registers: what is the same in every peripheral of this chip family.

A register is served by methods named after it (``read_cr1``, ``write_cr1``), or it only keeps what is written to it
(`PLAIN`). Everything else in the manual's table is `Unmodelled` by name. The way of an access is one look into a table
of bound methods; while the clock of the block is off that table is empty, and the slow way tells why.
"""

import copy
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar

from rig.firmware.machine.chips import Block
from rig.firmware.machine.peripheral import Peripheral, Unmodelled
from rig.firmware.machine.register_names import REGISTER_NAMES
from rig.firmware.machine.soc import Soc
from rig.firmware.machine.stm32f4.fabric import Fabric


class RegisterBlock(Peripheral):
    """A peripheral with the registers of its layout.

    Args:
        block: where it lies and how it is called.
        fabric: what joins it to the others.

    Attributes:
        r: values of the registers that only keep what is written, by name.
        levels: interrupt lines that it drives.
        handles: events that it waits for, by kind.
        clocked: whether RCC lets its clock through.
    """

    PLAIN: ClassVar[Mapping[str, tuple[int, int]]] = {}
    """Register -> value after reset, bits that can be written."""
    REFUSED: ClassVar[Mapping[str, tuple[tuple[int, str], ...]]] = {}
    """Register -> bits that would change what happens and have no model, with what they ask for."""

    def __init__(self, block: Block, fabric: Fabric) -> None:
        super().__init__(block.name, block.base, block.size)
        self.block, self.fabric = block, fabric
        self.r: dict[str, int] = {}
        self.levels: dict[int, bool] = {}
        self.handles: dict[int, int] = {}
        self.clocked = block.enable is None
        self._told_off = False
        self._has_lanes = not block.bus.startswith("apb")
        self._all_readers: dict[int, Callable[[], int]] = {}
        self._all_writers: dict[int, Callable[[int], None]] = {}
        for offset, register in REGISTER_NAMES[block.layout].items():
            reader: Callable[[], int] | None = getattr(self, f"read_{register.lower()}", None)
            writer: Callable[[int], None] | None = getattr(self, f"write_{register.lower()}", None)
            if register in self.PLAIN:
                reader = reader or partial(self.r.__getitem__, register)
                writer = writer or partial(self.keep, register)
            if reader is not None:
                self._all_readers[offset] = reader
            if writer is not None:
                self._all_writers[offset] = writer
        self._readers: dict[int, Callable[[], int]] = {}
        self._writers: dict[int, Callable[[int], None]] = {}
        self.set_clock(self.clocked)
        self._reset_registers()

    def attach(self, soc: Soc) -> None:
        """Learn what it lives in."""
        super().attach(soc)
        self.fabric.add(self, soc)

    # -- the bus -------------------------------------------------------------------------------------------------------

    def read(self, offset: int, size: int) -> int:  # noqa: ARG002  # the bus cuts the value to its size
        """What the processor or a DMA stream reads."""
        reader = self._readers.get(offset)
        if reader is not None:
            return reader()
        word = offset & ~3
        reader = self._readers.get(word)
        if reader is None:
            return self._unreadable(word)
        return reader() >> 8 * (offset & 3)

    def write(self, offset: int, size: int, value: int) -> None:
        """What the processor or a DMA stream writes."""
        if size == 4:
            writer = self._writers.get(offset)
            if writer is None:
                self._unwritable(offset, value)
            else:
                writer(value)
            return
        word = offset & ~3
        writer = self._writers.get(word)
        if writer is None:
            self._unwritable(word, value)
        elif self._has_lanes:
            writer(self.merge(word, 8 * (offset & 3), (1 << 8 * size) - 1, value))
        else:
            # RM0090 2.1.10: the bridge to an APB repeats a narrow value over the 32 bits
            writer((value & 0xFF) * 0x01010101 if size == 1 else (value & 0xFFFF) * 0x00010001)

    def merge(self, word: int, shift: int, mask: int, value: int) -> int:
        """The 32 bits that a narrow write on an AHB amounts to: the other bytes stay."""
        reader = self._readers.get(word)
        return ((reader() if reader is not None else 0) & ~(mask << shift)) | ((value & mask) << shift)

    def keep(self, register: str, value: int) -> None:
        """Write a register that only keeps its value."""
        self.refuse(register, value)
        reset, writable = self.PLAIN[register]
        self.r[register] = (reset & ~writable) | (value & writable)

    def refuse(self, register: str, value: int) -> None:
        """Raise where bits ask for what has no model."""
        for bits, what in self.REFUSED.get(register, ()):
            if value & bits:
                self.no_model(register, what, value)

    def no_model(self, register: str, what: str, value: int) -> None:
        """Raise for a use of a register that has no model."""
        raise Unmodelled(
            f"{self.name}.{register}: {what}", f"write 0x{value:08x}", self.base + self.offset_of(register)
        )

    def offset_of(self, register: str) -> int:
        """Where a register lies."""
        return next(at for at, name in REGISTER_NAMES[self.block.layout].items() if name == register)

    def _unreadable(self, offset: int) -> int:
        if not self.clocked:
            self._tell_off(offset)
        elif offset not in self._all_writers:
            self.unmodelled("read", offset)
        return 0  # RM0090, register maps: a write-only register reads as zero

    def _unwritable(self, offset: int, value: int) -> None:
        if not self.clocked:
            self._tell_off(offset)
        elif offset not in self._all_readers:
            self.unmodelled(f"write 0x{value:08x}", offset)

    def _tell_off(self, offset: int) -> None:
        """RM0090 7.3.10: without its clock a peripheral reads as zero and takes nothing. Told once a start."""
        if not self._told_off:
            self._told_off = True
            self.fabric.misuse(
                f"{self.block.register(offset)} is accessed while RCC keeps the clock of {self.name} off"
            )

    # -- time and interrupts -------------------------------------------------------------------------------------------

    def schedule(self, kind: int, cycle: int, value: int = 0) -> None:
        """Have an event of a kind at a cycle, in the place of one that is awaited."""
        handle = self.handles.get(kind)
        if handle is not None:
            self.soc.cancel(handle)
        self.handles[kind] = self.soc.at(cycle, self, kind, value)

    def unschedule(self, kind: int) -> None:
        """Await no event of a kind any more."""
        handle = self.handles.pop(kind, None)
        if handle is not None:
            self.soc.cancel(handle)

    def irq(self, number: int, level: bool) -> None:
        """Drive an interrupt line; lines that several blocks share are joined by OR."""
        if self.levels.get(number, False) != level:
            self.levels[number] = level
            self.fabric.irq(number, level)

    def set_clock(self, on: bool) -> None:
        """RCC switches the clock of the block."""
        self.clocked = on
        self._readers = self._all_readers if on else {}
        self._writers = self._all_writers if on else {}

    def clocks_change(self) -> None:
        """Frequencies are about to change: what runs on a clock is brought up to now."""

    def clocks_changed(self) -> None:
        """Frequencies have changed: what runs on a clock waits anew."""

    def listeners_changed(self) -> None:
        """Who acts on signals has changed: see whether events are needed for them."""

    def function_level(self, function: str) -> int | None:
        """The level that it gives to one of its functions at a pin; None: it drives nothing."""
        del function
        return None

    # -- life ----------------------------------------------------------------------------------------------------------

    def _reset_registers(self) -> None:
        self.r.clear()
        self.r.update({register: reset for register, (reset, _) in self.PLAIN.items()})

    def reset(self) -> None:
        """A reset of the chip: values as after a reset, clock off."""
        self._told_off = False
        self.reset_block()
        self.set_clock(self.block.enable is None)

    def reset_block(self) -> None:
        """A reset of this block alone, by its bit in RCC; a subclass adds its own fields."""
        for handle in self.handles.values():
            self.soc.cancel(handle)
        self.handles.clear()
        self._reset_registers()
        for number in self.block.irqs.values():
            self.irq(number, False)

    def state(self) -> dict[str, Any]:
        """All that it remembers, as plain data of its own."""
        mine = {"r": self.r, "levels": self.levels, "handles": self.handles}
        return super().state() | copy.deepcopy(mine) | {"clocked": self.clocked, "told_off": self._told_off}

    def restore(self, state: dict[str, Any]) -> None:
        """Be again as when `state` was taken."""
        super().restore(state)
        self.r.clear()
        self.r.update(state["r"])
        self.levels, self.handles = dict(state["levels"]), dict(state["handles"])
        self._told_off = state["told_off"]
        self.set_clock(state["clocked"])
