"""Which peripheral answers at which address."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, NoReturn, TypeAlias

from rig.firmware.machine.peripheral import Peripheral, Unmodelled

if TYPE_CHECKING:
    from rig.firmware.machine.chips import Chip

PAGE: Final = 0x1000
"""Bytes of one window of the engine."""
SLOT: Final = 0x40
"""Bytes to which addresses of peripherals are aligned."""

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
        value = peripheral.read(address - peripheral.base, size) & ((1 << 8 * size) - 1)
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
        peripheral.write(address - peripheral.base, size, value)

    def refuse(self, address: int, access: str) -> NoReturn:
        """Nobody serves this address.

        Raises:
            Unmodelled: always.
        """
        raise Unmodelled(self._chip.register_name(address), access, address)
