"""The registers of an I2C master. Source: RM0090 27.6.

The slave side, 10 bit addresses and SMBus have no model.
"""

from typing import Any

from rig.firmware.machine.stm32f4.i2c_bus import ADDR, AF, BTF, NOBODY, PE, RXNE, SB, START, STOP, SWRST, TXE, I2cBus


class I2c(I2cBus):
    """A bus with what hangs on it."""

    def read_cr1(self) -> int:
        """Control 1; START and STOP fall when they have been carried out."""
        return self.cr1

    def write_cr1(self, value: int) -> None:
        """On, start, stop, acknowledge, reset."""
        self.refuse("CR1", value)
        if not value & PE or value & SWRST:
            for kind in tuple(self.handles):
                self.unschedule(kind)
            cr2 = 0 if value & SWRST else self.cr2
            self.clear()
            self.cr1, self.cr2 = value & (SWRST | 0x0C80), cr2
            self.lines()
            return
        if value & START and not self.fabric.carried(f"{self.name}_SCL"):
            self.fabric.misuse(f"{self.name} starts a transfer, but no pin is set to {self.name}_SCL")
        self.cr1 = value & 0x0F81
        if not self.master:
            self.cr1 &= ~STOP
        self.go_on()
        self.lines()

    def read_cr2(self) -> int:
        """Control 2."""
        return self.cr2

    def write_cr2(self, value: int) -> None:
        """Frequency of the bus clock, interrupts, DMA."""
        self.refuse("CR2", value)
        self.cr2 = value & 0x0F3F
        self.lines()
        self.ask()

    def read_sr1(self) -> int:
        """Flags; a read of SR2 behind this one clears ADDR."""
        self.addr_seen = bool(self.sr1 & ADDR)
        return self.sr1

    def write_sr1(self, value: int) -> None:
        """Errors are cleared by a 0."""
        self.sr1 &= value | ~AF
        self.lines()

    def read_sr2(self) -> int:
        """Master, busy, transmitting."""
        flags = int(self.master) | int(self.master) << 1
        if self.master and not self.reading and self.talking != NOBODY:
            flags |= 4
        if self.addr_seen and self.sr1 & ADDR:
            self.addr_seen = False
            self.address_cleared()
            self.lines()
        return flags

    def read_dr(self) -> int:
        """The byte received; one that waits behind it moves up."""
        data = self.data
        if self.extra != NOBODY:
            self.data, self.extra = self.extra, NOBODY
            self.sr1 = self.sr1 & ~BTF | RXNE
            self.ask()
        else:
            self.sr1 &= ~(RXNE | BTF)
        self.go_on()
        self.lines()
        return data

    def write_dr(self, value: int) -> None:
        """The address after a start, or the next byte."""
        byte = value & 0xFF
        if self.sr1 & SB:
            self.send_address(byte)
        elif self.master and self.talking != NOBODY and not self.reading:
            self.out = byte
            self.sr1 &= ~(TXE | BTF)
            self.go_on()
        self.lines()

    def reset_block(self) -> None:
        """Off."""
        super().reset_block()
        self.clear()

    def state(self) -> dict[str, Any]:
        """All that it and what hangs on it remember."""
        return super().state() | {"targets": [target.state() for target in self.targets]}

    def restore(self, state: dict[str, Any]) -> None:
        """Be again as when `state` was taken."""
        super().restore(state)
        for target, kept in zip(self.targets, state["targets"], strict=True):
            target.restore(kept)
