"""Which peripheral answers at which address."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, NoReturn, TypeAlias

from rig.firmware.machine.core_registers import core_register_name, is_of_core
from rig.firmware.machine.peripheral import BusFault, Peripheral, Unmodelled

if TYPE_CHECKING:
    from rig.firmware.machine.chips import Chip

PAGE: Final = 0x1000
"""Bytes of one window of the engine."""
SLOT: Final = 0x40
"""Bytes to which addresses of peripherals are aligned."""
_SHIFT: Final = 6
_PRIVATE: Final = (0xE0000000, 0xE0100000)
_FIRST_PERIPHERAL: Final = 0x40000000
_ALIAS: Final = (0x42000000, 0x44000000)
"""Bits of the first MiB of peripherals, a word each. Source: Cortex-M4 TRM 3.7."""
_MASKS: Final = (0, 0xFF, 0xFFFF, 0xFFFFFF, 0xFFFFFFFF, 0, 0, 0, 0xFFFFFFFFFFFFFFFF)

Reader: TypeAlias = Callable[[int, int], int]
"""``(offset, size) -> value``."""
Writer: TypeAlias = Callable[[int, int, int], None]
"""``(offset, size, value)``."""
Observer: TypeAlias = Callable[[bool, int, int, int], None]
"""``(is a write, address, size, value)``."""


class Bus:
    """Accesses by address, cut into pages.

    Args:
        chip: names what nobody serves.
        peripherals: that answer; their ranges do not overlap.
    """

    def __init__(self, chip: "Chip", peripherals: Sequence[Peripheral]) -> None:
        self._chip = chip
        self._slots: dict[int, Peripheral] = {}
        for peripheral in peripherals:
            for slot in range(peripheral.base // SLOT, -(-(peripheral.base + peripheral.size) // SLOT)):
                if slot in self._slots:
                    raise ValueError(f"{peripheral.name} and {self._slots[slot].name} overlap at 0x{slot * SLOT:08x}")
                self._slots[slot] = peripheral
        self._observer: Observer | None = None

    def pages(self) -> list[int]:
        """First addresses of all pages on which a peripheral answers."""
        return sorted({slot * SLOT // PAGE * PAGE for slot in self._slots})

    def observe(self, observer: Observer | None) -> None:
        """Be told of every access to a peripheral from now on; None: no more."""
        self._observer = observer

    def read(self, address: int, size: int) -> int:
        """The value that a register answers, in the lowest `size` bytes.

        Raises:
            Unmodelled: no model serves it.
            BusFault: the hardware answers with an error.
        """
        peripheral = self._slots.get(address // SLOT)
        if peripheral is None:
            self.refuse(address, "read")
        try:
            value = peripheral.read(address - peripheral.base, size) & ((1 << 8 * size) - 1)
        except BusFault as error:
            raise BusFault(error.why, address) from None
        if self._observer is not None:
            self._observer(False, address, size, value)
        return value

    def write(self, address: int, size: int, value: int) -> None:
        """A register is written; errors as for `read`."""
        peripheral = self._slots.get(address // SLOT)
        if peripheral is None:
            self.refuse(address, f"write 0x{value:0{2 * size}x}")
        if self._observer is not None:
            self._observer(True, address, size, value)
        try:
            peripheral.write(address - peripheral.base, size, value)
        except BusFault as error:
            raise BusFault(error.why, address) from None

    def window(self, page: int) -> tuple[Reader, Writer]:
        """The functions that answer all accesses to one page, by offset from its first address."""
        slots = [self._slots.get((page + offset) // SLOT) for offset in range(0, PAGE, SLOT)]
        places = [(page - peripheral.base) if peripheral else 0 for peripheral in slots]
        readers = [
            (peripheral.read, place) if peripheral else None for peripheral, place in zip(slots, places, strict=True)
        ]
        writers = [
            (peripheral.write, place) if peripheral else None for peripheral, place in zip(slots, places, strict=True)
        ]

        def read(offset: int, size: int) -> int:
            reader = readers[offset >> _SHIFT]
            if reader is None or self._observer is not None:
                return self.read(page + offset, size)
            try:
                return reader[0](offset + reader[1], size) & _MASKS[size]
            except BusFault as error:
                raise BusFault(error.why, page + offset) from None

        def write(offset: int, size: int, value: int) -> None:
            writer = writers[offset >> _SHIFT]
            if writer is None or self._observer is not None:
                self.write(page + offset, size, value)
                return
            try:
                writer[0](offset + writer[1], size, value)
            except BusFault as error:
                raise BusFault(error.why, page + offset) from None

        return read, write

    def refuse(self, address: int, access: str) -> NoReturn:
        """Nobody serves this address.

        Raises:
            BusFault: the chip has nothing there.
            Unmodelled: it has something.
        """
        if not is_something(self._chip, address):
            raise BusFault("nothing is there", address)
        raise Unmodelled(register_name(self._chip, address), access, address)


def is_something(chip: "Chip", address: int) -> bool:
    """Whether a chip has a register at an address, modelled or not; what is reserved answers with an error.

    Source: ARMv7-M ARM B3.1 (private peripheral bus: debug and trace count as present), RM0090 2.3 (reserved areas);
    that a reserved area of an APB answers as one of the AHB does is a design choice.
    """
    if _PRIVATE[0] <= address < _PRIVATE[1] or address & ~3 in chip.register_names:
        return True
    band = address - _ALIAS[0]
    return chip.block_at(_FIRST_PERIPHERAL + band // 32 if 0 <= band < _ALIAS[1] - _ALIAS[0] else address) is not None


def register_name(chip: "Chip", address: int) -> str:
    """What the manual of the processor or of the chip (or an SVD file) calls what lies at an address."""
    if is_of_core(address) and address & ~3 not in chip.register_names:
        return core_register_name(address)
    return chip.register_name(address)
