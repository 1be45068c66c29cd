"""What every peripheral of a microcontroller is to the bus that it hangs on."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

if TYPE_CHECKING:
    from rig.firmware.machine.soc import Soc


class Unmodelled(Exception):  # noqa: N818 - it is a word of this machine: the register is unmodelled
    """The firmware uses something that no model serves: it ends the run, it never reads 0.

    Args:
        what: name of the register or function, as its manual has it: ``TIM8.SMCR``.
        access: what was done: ``read``, ``write 0x00000007``.
        address: of the access.
        pc: address of the instruction.
        cycle: when.
    """

    def __init__(self, what: str, access: str, address: int = 0, pc: int = 0, cycle: int = 0) -> None:
        super().__init__(what, access, address, pc, cycle)
        self.what, self.access, self.address, self.pc, self.cycle = what, access, address, pc, cycle

    def at(self, pc: int, cycle: int) -> Unmodelled:
        """The same, with the place and time of the access."""
        return Unmodelled(self.what, self.access, self.address, pc, cycle)

    def __str__(self) -> str:
        place = f" at 0x{self.address:08x}" if self.address else ""
        by = f", by the instruction at 0x{self.pc:08x}" if self.pc else ""
        return f"{self.what}{place} is not modelled ({self.access}{by})"


class BusFault(Exception):  # noqa: N818 - the word of the ARMv7-M manual
    """A peripheral answers an access with an error: the processor takes a bus fault.

    Args:
        why: for messages.
        address: of the access; None where it is not known.
    """

    def __init__(self, why: str = "", address: int | None = None) -> None:
        super().__init__(why, address)
        self.why, self.address = why, address


class Peripheral:
    """Registers, time and interrupts of one peripheral.

    A subclass keeps everything that an access or an event changes in the attributes that `STATE` names; their values
    are plain data (numbers, bytes, lists, dictionaries), so that a snapshot is a copy of them.

    Attributes:
        name: as in the reference manual (`USART2`); unique on a chip, events and messages name it.
        base: first address.
        size: bytes of its address range; a multiple of 64.
        soc: what it lives in; there from `attach` on.
    """

    STATE: ClassVar[tuple[str, ...]] = ()

    soc: Soc

    def __init__(self, name: str, base: int, size: int = 0x400) -> None:
        self.name, self.base, self.size = name, base, size

    def attach(self, soc: Soc) -> None:
        """Learn what it lives in; called once, before the first `reset`."""
        self.soc = soc

    def reset(self) -> None:
        """Every register as after a reset; the queue holds no event of this peripheral any more.

        Outputs that were driven are told to have fallen back (`Soc.pin_output`).
        """
        raise NotImplementedError

    def read(self, offset: int, size: int) -> int:
        """A register is read.

        Args:
            offset: of the first byte from `base`; not always a multiple of 4.
            size: bytes: 1, 2 or 4.

        Returns:
            The value in the lowest `size` bytes; higher bits are ignored.

        Raises:
            Unmodelled: nothing serves this register.
            BusFault: the hardware answers with an error.
        """
        raise NotImplementedError

    def write(self, offset: int, size: int, value: int) -> None:
        """A register is written; arguments and errors as for `read`."""
        raise NotImplementedError

    def tick(self, kind: int, value: int) -> None:
        """An event that it asked for with `Soc.at` is due; `Soc.now` is its cycle."""
        raise NotImplementedError

    def programmed(self, address: int, size: int, value: int) -> int:
        """The firmware stores into flash; the controller that `Soc.serves_flash` named decides what happens.

        Args:
            address: of the first byte.
            size: bytes.
            value: that is stored.

        Returns:
            What the cells hold afterwards.

        Raises:
            BusFault: the store is refused by the bus.
        """
        self.unmodelled(f"store of {size} bytes 0x{value:x} to flash", address - self.base)

    def unmodelled(self, access: str, offset: int) -> NoReturn:
        """Refuse an access by the name of the register."""
        raise Unmodelled(self.soc.register_name(self.base + offset), access, self.base + offset)

    def state(self) -> dict[str, Any]:
        """All that an access or an event changes, as plain data of its own."""
        return {name: copy.deepcopy(getattr(self, name)) for name in self.STATE}

    def restore(self, state: dict[str, Any]) -> None:
        """Be again as when `state` was taken; outputs are not told."""
        for name in self.STATE:
            setattr(self, name, copy.deepcopy(state[name]))
