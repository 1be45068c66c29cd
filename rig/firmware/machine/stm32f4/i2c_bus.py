"""What an I2C master does by itself: start, address, bytes, stop, each in its time on the clock line.

One thing happens on the bus at a time; where the firmware has to act first, the clock line is held low and nothing
happens. Source: RM0090 27.3.3.
"""

from typing import Any, ClassVar, Final, Protocol

from rig.firmware.machine.stm32f4.registers import RegisterBlock

SB, ADDR, BTF, RXNE, TXE, AF = 1, 2, 4, 64, 128, 1 << 10
"""Bits of SR1."""
PE, START, STOP, ACK, POS, SWRST = 1, 1 << 8, 1 << 9, 1 << 10, 1 << 11, 1 << 15
"""Bits of CR1."""
ITERREN, ITEVTEN, ITBUFEN, DMAEN = 1 << 8, 1 << 9, 1 << 10, 1 << 11
"""Bits of CR2."""
_STARTED, _ADDRESSED, _SENT, _TAKEN, _STOPPED = range(5)
_PERIODS: Final = {_STARTED: 1, _ADDRESSED: 9, _SENT: 9, _TAKEN: 9, _STOPPED: 1}
"""What ends -> periods of the clock line that it lasts."""
NOBODY: Final = -1


class Target(Protocol):
    """Something on the bus.

    Attributes:
        address: seven bits.
    """

    address: int

    def start(self, reading: bool) -> None:
        """It is addressed."""
        ...

    def write(self, byte: int) -> bool:
        """It gets a byte; whether it acknowledges."""
        ...

    def read(self) -> int:
        """It gives a byte."""
        ...

    def state(self) -> dict[str, Any]:
        """All that it remembers."""
        ...

    def restore(self, state: dict[str, Any]) -> None:
        """Be again as when `state` was taken."""
        ...


class I2cBus(RegisterBlock):
    """A master and its bus, without the registers.

    Attributes:
        targets: what hangs on the bus.
        cr1, cr2, sr1: control and status.
        doing: what happens on the bus, as the event that ends it; -1 for nothing.
        master: whether the bus is ours, from start to stop.
        talking: address of the target that answers.
        reading: direction.
        shift: byte on the bus; `out` one that waits behind it.
        data: byte received; `extra` a second one that waits behind it.
        bytes_in: received since the address.
        ended: the last byte was not acknowledged: no more are taken.
    """

    STATE = (
        *("cr1", "cr2", "sr1", "doing", "master", "talking", "reading"),
        *("shift", "out", "data", "extra", "bytes_in", "ended", "addr_seen"),
    )
    PLAIN: ClassVar = {
        "OAR1": (0, 0xC3FF),
        "OAR2": (0, 0xFF),
        "CCR": (0, 0xCFFF),
        "TRISE": (2, 0x3F),
        "FLTR": (0, 0x1F),
    }
    REFUSED: ClassVar = {
        "CR1": ((0x000A, "SMBus"), (0x0040, "general call"), (0x3030, "PEC and ARP")),
        "CR2": ((0x1000, "the last transfer of DMA"),),
    }

    def __init__(self, *args: Any) -> None:
        self.targets: list[Target] = []
        self.clear()
        super().__init__(*args)
        for direction in ("TX", "RX"):
            self.fabric.requests(f"{self.name}_{direction}", self)

    def clear(self) -> None:
        """As when PE is off."""
        self.cr1 = self.cr2 = self.sr1 = self.data = self.bytes_in = 0
        self.doing = self.talking = self.shift = self.out = self.extra = NOBODY
        self.master = self.reading = self.ended = self.addr_seen = False

    def target(self) -> Target | None:
        """Who answers."""
        return next((target for target in self.targets if target.address == self.talking), None)

    # -- what happens on the bus ---------------------------------------------------------------------------------------

    def scl_cycles(self) -> int:
        """RM0090 27.6.8: a period of the clock line."""
        ccr = self.r["CCR"]
        counts = (ccr & 0xFFF) * ((25 if ccr & 1 << 14 else 3) if ccr & 1 << 15 else 2)
        if not counts:
            self.fabric.misuse(f"{self.name} is started with CCR = 0")
        return max(counts, 1) * self.fabric.divider(self.fabric.clocks.apb1_hz, self.name)

    def begin(self, what: int) -> None:
        """Something begins on the bus; it ends with its event."""
        self.doing = what
        self.schedule(what, self.soc.now() + _PERIODS[what] * self.scl_cycles())

    def tick(self, kind: int, value: int) -> None:
        """What was under way on the bus has ended."""
        del value
        self.handles.pop(kind, None)
        self.doing = NOBODY
        (self._started, self._addressed, self._sent, self._taken, self._stopped)[kind]()
        self.go_on()
        self.lines()

    def go_on(self) -> None:
        """Begin what is wanted next, if the bus is free for it and the firmware has nothing to do first."""
        if self.doing != NOBODY or self.sr1 & ADDR:
            return
        first = self.reading and self.talking != NOBODY and not self.bytes_in and not self.sr1 & SB
        if self.cr1 & STOP and self.master and self.out == NOBODY and not self.sr1 & SB and not first:
            self.begin(_STOPPED)
        elif self.cr1 & START and not self.sr1 & SB and self.out == NOBODY:
            self.begin(_STARTED)
        elif not self.master or self.sr1 & (SB | AF) or self.talking == NOBODY:
            return
        elif self.reading:
            if not self.ended and self.extra == NOBODY:
                self.begin(_TAKEN)
        elif self.out != NOBODY:
            self.shift, self.out = self.out, NOBODY
            self.sr1 = self.sr1 & ~BTF | TXE
            self.begin(_SENT)
            self.ask()

    def _started(self) -> None:
        self.cr1 &= ~START
        self.master, self.talking, self.ended = True, NOBODY, False
        self.sr1 = self.sr1 & ~(TXE | BTF) | SB

    def send_address(self, byte: int) -> None:
        """The firmware has given the address."""
        self.sr1 &= ~SB
        self.shift = byte
        self.begin(_ADDRESSED)

    def _addressed(self) -> None:
        self.talking, self.reading = self.shift >> 1, bool(self.shift & 1)
        target = self.target()
        if target is None:
            self.talking = NOBODY
            self.sr1 |= AF
            return
        target.start(self.reading)
        self.bytes_in, self.ended, self.addr_seen = 0, False, False
        self.sr1 |= ADDR

    def address_cleared(self) -> None:
        """The firmware has read SR1 and SR2: the clock line is let go."""
        self.sr1 &= ~ADDR
        if not self.reading:
            self.sr1 |= TXE
            self.ask()
        self.go_on()

    def _sent(self) -> None:
        target = self.target()
        if target is None or not target.write(self.shift):
            self.sr1 |= AF
            self.out = NOBODY
        elif self.out == NOBODY:
            self.sr1 |= BTF

    def _taken(self) -> None:
        target = self.target()
        byte = 0xFF if target is None else target.read()
        self.bytes_in += 1
        # RM0090 27.6.1: with POS the acknowledge bit is meant for the byte after this one
        self.ended = not self.cr1 & ACK and (not self.cr1 & POS or self.bytes_in > 1)
        if self.sr1 & RXNE:
            self.extra = byte
            self.sr1 |= BTF
        else:
            self.data = byte
            self.sr1 |= RXNE
            self.ask()

    def _stopped(self) -> None:
        self.cr1 &= ~STOP
        self.master, self.talking = False, NOBODY
        self.sr1 &= ~(TXE | BTF) if not self.reading else ~TXE

    # -- requests and interrupts ---------------------------------------------------------------------------------------

    def ask(self) -> None:
        """Ask for a transfer by DMA, if that is wanted."""
        if self.cr2 & DMAEN and self.sr1 & RXNE:
            self.fabric.dma_request(f"{self.name}_RX")
        elif self.cr2 & DMAEN and self.sr1 & TXE and self.out == NOBODY and self.talking != NOBODY:
            self.fabric.dma_request(f"{self.name}_TX")

    def dma_resume(self, source: str) -> None:
        """A stream has been set: a request that waits is made."""
        del source
        self.ask()

    def lines(self) -> None:
        """Drive both interrupt lines by flags and enables."""
        sr1, cr2 = self.sr1, self.cr2
        event = sr1 & (SB | ADDR | BTF) or (cr2 & ITBUFEN and sr1 & (TXE | RXNE))
        self.irq(self.block.irqs["event"], bool(event and cr2 & ITEVTEN))
        self.irq(self.block.irqs["error"], bool(sr1 & AF and cr2 & ITERREN))
