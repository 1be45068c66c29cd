"""What comes to an emulated chip from its board at instants of its own: bytes on the serial line, keys."""

from collections.abc import Mapping
from typing import ClassVar, Final, Protocol, cast

from rig.firmware.board.board_nets import Net
from rig.firmware.machine.peripheral import Peripheral

BAUD: Final = 115_200
BITS: Final = 10
"""Of a byte on the line: start, eight of data, stop."""
NO_STOP: Final = 1 << 8
"""Added to a byte whose frame has no stop bit."""
_BYTE, _GO_ON = 1, 2


class _Receiver(Protocol):
    def receive(self, byte: int, *, stopped: bool = True) -> None: ...


class Stoppable(Protocol):
    """A processor that can be made to stand still."""

    locked: bool
    thread_held: bool


class _Port(Protocol):
    def apply(self, pin: int, level: int | None) -> None: ...


class BoardLine(Peripheral):
    """The board as a neighbour of the peripherals: it answers at no address and asks for instants like them.

    Args:
        uart: serial line that the rig talks on (`USART2`), or "".
        buttons: nets of the keys, by role.
    """

    STATE: ClassVar = ("_coming", "_pressed")

    def __init__(self, uart: str, buttons: Mapping[str, Net]) -> None:
        super().__init__("BOARD", 0, 0)
        self._uart, self._buttons = uart, buttons
        self._held: Stoppable | None = None
        self._coming: list[tuple[int, int]] = []
        self._pressed: dict[str, bool] = dict.fromkeys(buttons, False)

    def reset(self) -> None:
        """A reset of the chip is none of the board: keys stay pressed, what is on the line arrives."""
        for cycle, byte in self._coming:
            self.soc.at(cycle, self, _BYTE, byte)
        for role in self._buttons:
            self._apply(role)

    def tick(self, kind: int, value: int) -> None:
        """A byte has arrived, or the processor may go on."""
        if kind == _GO_ON:
            assert self._held is not None
            if value:
                self._held.thread_held = False
            else:
                self._held.locked = False
            return
        self._coming.pop(0)
        cast("_Receiver", self.soc.peripheral(self._uart)).receive(value & 0xFF, stopped=not value & NO_STOP)

    def send(self, arrivals: list[tuple[int, int]]) -> None:
        """Bytes are on their way: (cycle of the end of the stop bit, byte, with `NO_STOP` where that bit is a 0)."""
        for cycle, byte in arrivals:
            self._coming.append((cycle, byte))
            self.soc.at(cycle, self, _BYTE, byte)

    def forget(self) -> None:
        """The supply was away: what was coming is lost."""
        self._coming.clear()

    def hold_processor(self, cycles: int, processor: Stoppable) -> None:
        """Let the processor execute nothing for so many cycles; a reset makes it start all the same."""
        if not processor.locked:
            self._held, processor.locked = processor, True
            self.soc.at(self.soc.now() + cycles, self, _GO_ON)

    def hold_thread(self, cycles: int, processor: Stoppable) -> None:
        """Let thread mode execute nothing for so many cycles, while interrupts are served; a reset ends it too."""
        if not processor.thread_held:
            self._held, processor.thread_held = processor, True
            self.soc.at(self.soc.now() + cycles, self, _GO_ON, 1)

    def press(self, role: str, *, is_pressed: bool) -> None:
        """A key goes down or comes up."""
        self._pressed[role] = is_pressed
        self._apply(role)

    def _apply(self, role: str) -> None:
        net = self._buttons[role]
        port = cast("_Port", self.soc.peripheral(f"GPIO{net.port}"))
        port.apply(net.bit, int(self._pressed[role] != net.active_low))
