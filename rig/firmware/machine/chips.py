"""The chips that can be emulated: their memory, their peripherals by name and address, their interrupts.

Every peripheral is listed, also those that are not modelled: an access to one of them is told by its name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from rig.firmware.machine.chip_tables import F405_BLOCKS, F405_INTERRUPTS, F446_BLOCKS, F446_INTERRUPTS
from rig.firmware.machine.register_names import REGISTER_NAMES, name_in

MemoryKind: TypeAlias = Literal["flash", "ram", "ccm", "backup", "system"]
Bus: TypeAlias = Literal["ahb1", "ahb2", "ahb3", "apb1", "apb2", "ppb"]


@dataclass(frozen=True, slots=True)
class MemoryRegion:
    """A piece of memory.

    Attributes:
        name: word for messages.
        at: first address.
        size: bytes.
        kind: `ccm` is reached by the core's data bus alone: no DMA, no code. `backup` survives a reset; `system` holds
            constants of the factory and cannot be written.
    """

    name: str
    at: int
    size: int
    kind: MemoryKind


@dataclass(frozen=True, slots=True)
class Block:
    """A peripheral at its address.

    Attributes:
        name: as in the reference manual: `TIM8`.
        base: first address.
        size: bytes that it occupies.
        layout: key of the table of its register names.
        modelled: whether a model serves it.
        bus: through which the processor reaches it.
        enable: offset of the register of RCC and bit that switch its clock on; None: always on.
        irqs: numbers of its interrupts by role (`global`, `event`, `error`, `up`, `cc`, ...).
    """

    name: str
    base: int
    size: int
    layout: str
    modelled: bool
    bus: Bus
    enable: tuple[int, int] | None
    irqs: Mapping[str, int]

    def register(self, offset: int) -> str:
        """``TIM8.CR1``: what lies at an offset, in the manual's words."""
        return f"{self.name}.{name_in(self.layout, offset)}"


@dataclass(frozen=True, slots=True)
class Chip:
    """A microcontroller.

    Attributes:
        name: as in a board file.
        core: name of the processor.
        memory: its regions.
        blocks: its peripherals, by rising address.
        interrupt_names: number -> name of the vector, as in CMSIS without `_IRQHandler`.
        flash_sectors: sizes of the sectors of the flash, bytes.
        device_id: DBGMCU_IDCODE.
        maximum_hz: highest frequency of the processor.
        priority_bits: bits of a priority of the interrupt controller.
        register_names: address -> name, from an SVD file; asked before the tables of the manual.
    """

    name: str
    core: str
    memory: tuple[MemoryRegion, ...]
    blocks: tuple[Block, ...]
    interrupt_names: Mapping[int, str]
    flash_sectors: tuple[int, ...]
    device_id: int
    maximum_hz: int
    priority_bits: int = 4
    register_names: Mapping[int, str] = field(default_factory=dict[int, str])

    def region(self, name: str) -> MemoryRegion:
        """A piece of memory by its name."""
        return next(region for region in self.memory if region.name == name)

    def block(self, name: str) -> Block:
        """A peripheral by its name.

        Raises:
            KeyError: the chip has none of that name.
        """
        for block in self.blocks:
            if block.name == name:
                return block
        raise KeyError(name)

    def block_at(self, address: int) -> Block | None:
        """The peripheral that an address belongs to."""
        return next((block for block in self.blocks if block.base <= address < block.base + block.size), None)

    def register_name(self, address: int) -> str:
        """What lies at an address: ``TIM8.CR1``, or the address where there is nothing."""
        if (address & ~3) in self.register_names:
            return self.register_names[address & ~3]
        block = self.block_at(address)
        return f"{address:#010x}" if block is None else block.register(address - block.base)


def _blocks(table: str) -> tuple[Block, ...]:
    found: list[Block] = []
    for line in filter(None, table.splitlines()):
        name, base, size, layout, bus, enable, *irqs = line.split()
        register, _, bit = enable.partition(".")
        found.append(
            Block(
                name=name,
                base=int(base, 16),
                size=int(size, 16),
                layout=layout.strip("()"),
                modelled=not layout.startswith("("),
                bus=bus,  # type: ignore[arg-type]  # the tables hold these words only: a test reads them
                enable=None if enable == "-" else (_ENABLE_AT[register], int(bit)),
                irqs={role: int(number) for role, _, number in (irq.rpartition(":") for irq in irqs)},
            )
        )
    return tuple(sorted(found, key=lambda block: block.base))


_ENABLE_AT = {
    name: offset for offset, name in REGISTER_NAMES["rcc"].items() if name.endswith("ENR") and "LP" not in name
}


def _interrupts(table: str) -> dict[int, str]:
    numbers: dict[int, str] = {}
    for line in filter(None, table.splitlines()):
        first, *names = line.split()
        numbers |= {int(first) + place: name for place, name in enumerate(names) if name != "-"}
    return numbers


_KIB = 1024
_SYSTEM = (
    MemoryRegion("system", 0x1FFF0000, 0x7A10, "system"),
    MemoryRegion("factory", 0x1FFF7A10, 0x30, "system"),
    MemoryRegion("backup", 0x40024000, 4 * _KIB, "backup"),
)

CHIPS: Mapping[str, Chip] = {
    "stm32f405": Chip(
        name="stm32f405",
        core="cortex-m4",
        memory=(
            MemoryRegion("flash", 0x08000000, 1024 * _KIB, "flash"),
            MemoryRegion("ccm", 0x10000000, 64 * _KIB, "ccm"),
            MemoryRegion("ram", 0x20000000, 128 * _KIB, "ram"),
            *_SYSTEM,
        ),
        blocks=_blocks(F405_BLOCKS),
        interrupt_names=_interrupts(F405_INTERRUPTS),
        flash_sectors=(*(16 * _KIB,) * 4, 64 * _KIB, *(128 * _KIB,) * 7),
        device_id=0x100F6413,
        maximum_hz=168_000_000,
    ),
    "stm32f446": Chip(
        name="stm32f446",
        core="cortex-m4",
        memory=(
            MemoryRegion("flash", 0x08000000, 512 * _KIB, "flash"),
            MemoryRegion("ram", 0x20000000, 128 * _KIB, "ram"),
            *_SYSTEM,
        ),
        blocks=_blocks(F446_BLOCKS),
        interrupt_names=_interrupts(F446_INTERRUPTS),
        flash_sectors=(*(16 * _KIB,) * 4, 64 * _KIB, *(128 * _KIB,) * 3),
        device_id=0x10006421,
        maximum_hz=180_000_000,
    ),
}
"""By the name that a board file gives.

Source: RM0090 2.3 (memory), 3.4 (flash), 38.6.1 (identity); RM0390 2.2, 3.4, 33.6.1; data sheets DS8626, DS10693.
"""
