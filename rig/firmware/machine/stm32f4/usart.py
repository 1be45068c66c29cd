"""Asynchronous serial lines: both directions with their buffers, at the rate that BRR makes of the bus clock.

Source: RM0090 30.3 and 30.6. Modelled: 8 or 9 bits, stop bits, oversampling by 8 or 16,
interrupts, DMA. A byte from the board arrives whole, at the end of its stop bit.
"""

from typing import Any, ClassVar, Final

from rig.firmware.machine.stm32f4.registers import RegisterBlock
from rig.firmware.machine.stm32f4.serial_line import heard

_SENT, _RESTED = 0, 1
_FE, _ORE, _IDLE, _RXNE, _TC, _TXE = 2, 8, 16, 32, 64, 128
_RE, _TE, _IDLEIE, _RXNEIE, _TCIE, _TXEIE = 4, 8, 16, 32, 64, 128
_PCE, _M, _UE, _OVER8 = 1 << 10, 1 << 12, 1 << 13, 1 << 15
_EIE, _DMAR, _DMAT = 1, 1 << 6, 1 << 7
_HALF_STOPS: Final = (2, 1, 4, 3)
"""CR2.STOP -> half bits of stop."""


class Usart(RegisterBlock):
    """A serial line.

    Attributes:
        sr, cr1, cr3: status and control.
        waiting: byte in the transmit buffer, -1 for none.
        shifting: byte that is going out, -1 for none, -2 for the idle frame that goes out first.
        received: byte in the receive buffer.
        seen: error and idle flags that stood in SR when it was read last: a read of DR clears them.
    """

    STATE = ("sr", "cr1", "cr3", "waiting", "shifting", "received", "seen")
    PLAIN: ClassVar = {"BRR": (0, 0xFFFF), "CR2": (0, 0x7F7F), "GTPR": (0, 0xFFFF)}
    REFUSED: ClassVar = {
        "CR1": ((0x0001, "sending a break"), (0x0002, "muting the receiver"), (0x0400, "parity")),
        "CR2": ((0x4000, "LIN"), (0x0800, "the synchronous clock")),
        "CR3": ((0x0002, "IrDA"), (0x0008, "half duplex"), (0x0020, "smart card"), (0x0700, "flow control")),
    }

    def __init__(self, *args: Any) -> None:
        self._clear()
        super().__init__(*args)
        self.fabric.requests(f"{self.name}_TX", self)
        self.fabric.requests(f"{self.name}_RX", self)

    def _clear(self) -> None:
        self.sr, self.cr1, self.cr3 = _TC | _TXE, 0, 0
        self.waiting = self.shifting = -1
        self.received = self.seen = 0

    # -- rates ---------------------------------------------------------------------------------------------------------

    def bit_cycles(self) -> int:
        """Cycles of a bit: RM0090 30.3.4, the divider of BRR in units of the bus clock."""
        fabric = self.fabric
        bus_hz = fabric.clocks.apb1_hz if self.block.bus == "apb1" else fabric.clocks.apb2_hz
        divider = self.r["BRR"]
        if self.cr1 & _OVER8:
            divider = (divider & 0xFFF0) >> 1 | divider & 7
        return divider * fabric.divider(bus_hz, self.name)

    def _frame_cycles(self) -> int:
        half_bits = 2 * (10 if self.cr1 & _M else 9) + _HALF_STOPS[self.r["CR2"] >> 12 & 3]
        return half_bits * self.bit_cycles() // 2

    # -- sending -------------------------------------------------------------------------------------------------------

    def _shift(self, byte: int) -> None:
        if not self.r["BRR"]:
            self.fabric.misuse(f"{self.name} sends with BRR = 0: nothing goes out")
            return
        self.shifting = byte
        self.sr &= ~_TC
        self.schedule(_SENT, self.soc.now() + self._frame_cycles())

    def write_dr(self, value: int) -> None:
        """A byte to send."""
        self.sr &= ~_TC
        if self.cr1 & (_UE | _TE) != _UE | _TE:
            self.waiting = value & 0x1FF
            self.sr &= ~_TXE
        elif self.shifting == -1:
            self._shift(value & 0x1FF)
            self.sr |= _TXE
            self._ask_for_more()
        else:
            self.waiting = value & 0x1FF
            self.sr &= ~_TXE
        self._lines()

    def _ask_for_more(self) -> None:
        if self.cr3 & _DMAT and self.sr & _TXE and self.cr1 & _TE:
            self.fabric.dma_request(f"{self.name}_TX")

    def _sent(self) -> None:
        byte, self.shifting = self.shifting, -1
        if byte >= 0:
            self._tell(byte)
        if self.waiting >= 0 and self.cr1 & _TE:
            byte, self.waiting = self.waiting, -1
            self._shift(byte)
            self.sr |= _TXE
            self._ask_for_more()
        elif self.waiting < 0:
            self.sr |= _TC
        self._lines()

    def _tell(self, byte: int) -> None:
        """The line carries a byte, if a pin is set to it; the other end listens at its own rate."""
        if not self.fabric.carried(f"{self.name}_TX"):
            self.fabric.misuse(f"{self.name} sends, but no pin is set to {self.name}_TX: nothing leaves the chip")
            return
        understood = heard(byte & 0xFF, self.bit_cycles(), self.soc.hclk_hz / self.fabric.line_baud)
        if understood is not None:
            self.soc.emit("uart", self.name, data=bytes((understood,)))

    # -- receiving -----------------------------------------------------------------------------------------------------

    def receive(self, byte: int, *, stopped: bool = True) -> None:
        """A byte from the board has arrived, just now its stop bit, which is a 0 where it is not `stopped`."""
        on = _UE | _RE
        if not self.clocked or self.cr1 & on != on or not self.fabric.carried(f"{self.name}_RX"):
            return
        bit = self.bit_cycles()
        understood = heard(byte, self.soc.hclk_hz / self.fabric.line_baud, bit) if bit and stopped else None
        if self.sr & _RXNE:
            self.sr |= _ORE
        else:
            self.received = byte if understood is None else understood
            self.sr |= _RXNE | (_FE if understood is None else 0)
            if self.cr3 & _DMAR:
                self.fabric.dma_request(f"{self.name}_RX")
        self.schedule(_RESTED, self.soc.now() + self._frame_cycles())
        self._lines()

    def read_dr(self) -> int:
        """The byte that has arrived; also clears the errors that SR showed."""
        self.sr &= ~(_RXNE | self.seen & (_FE | _ORE | _IDLE))
        self.seen = 0
        self._lines()
        return self.received

    # -- status and control --------------------------------------------------------------------------------------------

    def read_sr(self) -> int:
        """Flags."""
        self.seen = self.sr
        return self.sr

    def write_sr(self, value: int) -> None:
        """TC and RXNE are cleared by a 0."""
        self.sr &= value | ~(_TC | _RXNE)
        self._lines()

    def read_cr1(self) -> int:
        """Control 1."""
        return self.cr1

    def write_cr1(self, value: int) -> None:
        """On, directions, frame, interrupts."""
        if value & 0x0403:
            self.refuse("CR1", value)
        was, self.cr1 = self.cr1, value & 0xBFFF
        on = _UE | _TE
        if self.cr1 & on == on != was & on and self.shifting == -1 and self.r["BRR"]:
            # RM0090 30.3.2: an idle frame goes first
            self.shifting = -2
            self.schedule(_SENT, self.soc.now() + self._frame_cycles())
        self._lines()

    def read_cr3(self) -> int:
        """Control 3."""
        return self.cr3

    def write_cr3(self, value: int) -> None:
        """DMA and the error interrupt."""
        self.refuse("CR3", value)
        was, self.cr3 = self.cr3, value & 0x0FFF
        if self.cr3 & _DMAT and not was & _DMAT:
            self._ask_for_more()
        if self.cr3 & _DMAR and not was & _DMAR:
            self.dma_resume(f"{self.name}_RX")

    def dma_resume(self, source: str) -> None:
        """A stream has been set: a request that waits is made."""
        if source.endswith("_TX"):
            self._ask_for_more()
        elif self.cr3 & _DMAR and self.sr & _RXNE:
            self.fabric.dma_request(source)

    def _lines(self) -> None:
        sr, cr1 = self.sr, self.cr1
        active = (
            (sr & _TXE and cr1 & _TXEIE)
            or (sr & (_RXNE | _ORE) and cr1 & _RXNEIE)
            or (sr & _TC and cr1 & _TCIE)
            or (sr & _IDLE and cr1 & _IDLEIE)
            or (sr & (_FE | _ORE) and self.cr3 & _EIE and self.cr3 & _DMAR)
        )
        self.irq(self.block.irqs["global"], bool(active and cr1 & _UE))

    def tick(self, kind: int, value: int) -> None:
        """A frame has gone out, or the line has rested for one."""
        del value
        self.handles.pop(kind, None)
        if kind == _SENT:
            self._sent()
        else:
            self.sr |= _IDLE
            self._lines()

    def function_level(self, function: str) -> int | None:
        """A sending line rests high; its single bits are not shown at the pin."""
        return 1 if function.endswith("_TX") and self.cr1 & _TE else None

    def reset_block(self) -> None:
        """Off."""
        super().reset_block()
        self._clear()
