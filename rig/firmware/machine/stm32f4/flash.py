"""The flash interface: keys, sectors, programming with its times and its errors.

Times: DS8626 tables 40 and 41, typical. While the flash is busy the processor cannot fetch from it and stands still
(RM0090 3.6): here always, as code runs from flash; interrupts wait, the watchdogs do not.

Source: RM0090 3.5 to 3.9.
"""

from typing import Any, ClassVar, Final

from rig.firmware.machine.peripheral import BusFault
from rig.firmware.machine.stm32f4.registers import RegisterBlock

_DONE: Final = 0
_KEYS: Final = (0x4567_0123, 0xCDEF_89AB)
_EOP, _WRPERR, _PGAERR, _PGPERR, _PGSERR, _BSY = 1, 1 << 4, 1 << 5, 1 << 6, 1 << 7, 1 << 16
_PG, _SER, _MER, _STRT, _EOPIE, _ERRIE, _LOCK = 1, 2, 4, 1 << 16, 1 << 24, 1 << 25, 1 << 31
_PROGRAM_S: Final = 16e-6
"""A word, at any parallelism."""
_ERASE_S: Final = {16: (0.4, 0.3, 0.25), 64: (1.2, 0.7, 0.55), 128: (2.0, 1.3, 1.0)}
"""KiB of a sector -> s, at 8, 16 and 32 bit."""
_NOT_PROTECTED: Final = 0x0FFF_AAED
"""OPTCR as delivered: no protection, brown-out at its lowest."""


class Flash(RegisterBlock):
    """Interface registers.

    Attributes:
        sr, cr: status and control.
        keys: how many keys have been given in order; -1: a wrong one, locked until the next reset.
        sector: that is being erased; -1: all, -2: none.
    """

    STATE = ("sr", "cr", "keys", "sector")
    PLAIN: ClassVar = {"ACR": (0, 0x1F0F)}

    def __init__(self, *args: Any) -> None:
        self.sr, self.cr, self.keys, self.sector = 0, _LOCK, 0, -2
        super().__init__(*args)

    def attach(self, soc: Any) -> None:
        """Learn what it lives in; from now on it decides what a store into flash does."""
        super().attach(soc)
        soc.serves_flash(self)

    # -- registers -----------------------------------------------------------------------------------------------------

    def write_acr(self, value: int) -> None:
        """Wait states and caches; the bits that reset the caches need no model: there are none."""
        self.keep("ACR", value)
        self.fabric.wait_states = value & 15

    def write_keyr(self, value: int) -> None:
        """Unlock CR by two keys in order; a wrong one locks it until the next reset (RM0090 3.6.1)."""
        if self.keys in {0, 1} and value == _KEYS[self.keys]:
            self.keys += 1
            if self.keys == 2:
                self.cr &= ~_LOCK
        else:
            self.keys = -1
            raise BusFault("FLASH.KEYR: a wrong key")

    def write_optkeyr(self, value: int) -> None:
        """The option bytes stay as they are."""
        self.no_model("OPTKEYR", "changing the option bytes", value)

    def read_optcr(self) -> int:
        """Option bytes as delivered."""
        return _NOT_PROTECTED

    def write_optcr(self, value: int) -> None:
        """The option bytes stay as they are; locking them again changes nothing."""
        if value & ~1 != _NOT_PROTECTED & ~1:
            self.no_model("OPTCR", "changing the option bytes", value)

    def read_sr(self) -> int:
        """Flags."""
        return self.sr

    def write_sr(self, value: int) -> None:
        """A 1 clears."""
        self.sr &= ~(value & 0xF3)
        self._lines()

    def read_cr(self) -> int:
        """Control."""
        return self.cr

    def write_cr(self, value: int) -> None:
        """Choose what is done; start an erasure; lock."""
        if self.cr & _LOCK:
            return
        if value & _LOCK:
            self.keys, self.cr = 0, value & 0x0300_03FF | _LOCK
            return
        if self.sr & _BSY:
            return
        self.cr = value & 0x0300_03FF
        if value & _STRT:
            self._erase(value)
        self._lines()

    # -- erasing and programming ---------------------------------------------------------------------------------------

    def _erase(self, value: int) -> None:
        sizes = self.fabric.chip.flash_sectors
        sector = -1 if value & _MER else value >> 3 & 15
        if not value & (_SER | _MER) or value & _PG or sector >= len(sizes):
            self._error(_PGSERR)
            return
        width = min(value >> 8 & 3, 2)
        erased = sizes if sector == -1 else (sizes[sector],)
        self.sector = sector
        self.cr |= _STRT
        self._busy(sum(_ERASE_S[size // 1024][width] for size in erased))

    def _busy(self, span_s: float) -> None:
        cycles = round(span_s * self.soc.hclk_hz)
        self.sr |= _BSY
        self.schedule(_DONE, self.soc.now() + cycles)
        self.soc.stall(cycles)

    def tick(self, kind: int, value: int) -> None:
        """Erased or programmed."""
        del value
        self.handles.pop(kind, None)
        self.sr &= ~_BSY
        if self.sector != -2:
            region, sizes = self.fabric.chip.region("flash"), self.fabric.chip.flash_sectors
            first = 0 if self.sector == -1 else sum(sizes[: self.sector])
            size = region.size if self.sector == -1 else sizes[self.sector]
            self.soc.memory_write(region.at + first, b"\xff" * size)
            self.sector = -2
            self.cr &= ~_STRT
        if self.cr & _EOPIE:
            self.sr |= _EOP
        self._lines()

    def programmed(self, address: int, size: int, value: int) -> int:
        """A store into flash: bits go from 1 to 0, if everything is set for it; else an error flag tells why not."""
        old = int.from_bytes(self.soc.memory_read(address, size), "little")
        if self.sr & _BSY:
            return old
        if self.cr & _LOCK or not self.cr & _PG or self.cr & (_SER | _MER):
            self._error(_PGSERR)
        elif size != 1 << (self.cr >> 8 & 3):
            self._error(_PGPERR)
        elif address % size:
            self._error(_PGAERR)
        else:
            self._busy(_PROGRAM_S)
            return old & value
        return old

    def _error(self, flag: int) -> None:
        self.sr |= flag
        self._lines()

    def _lines(self) -> None:
        failed = self.sr & (_WRPERR | _PGAERR | _PGPERR | _PGSERR) and self.cr & _ERRIE
        self.irq(self.block.irqs["global"], bool(failed or (self.sr & _EOP and self.cr & _EOPIE)))

    def reset_block(self) -> None:
        """Locked; an erasure that a reset cuts off leaves the sector as it was (design choice: in truth unknown)."""
        super().reset_block()
        self.sr, self.cr, self.keys, self.sector = 0, _LOCK, 0, -2

    def restore(self, state: dict[str, Any]) -> None:
        """Be again as when `state` was taken."""
        super().restore(state)
        self.fabric.wait_states = self.r["ACR"] & 15
