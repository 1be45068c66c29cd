"""What comes to an emulated chip from its board at instants of its own: bytes on the serial line, keys."""

from collections.abc import Mapping
from typing import ClassVar, Final, Protocol, cast

from rig.firmware.board_nets import Net
from rig.firmware.machine.peripheral import Peripheral

BAUD: Final = 115_200
BITS: Final = 10
"""Of a byte on the line: start, eight of data, stop."""
_BYTE: Final = 1


class _Receiver(Protocol):
    def receive(self, byte: int) -> None: ...


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
        self._coming: list[tuple[int, int]] = []
        self._pressed: dict[str, bool] = dict.fromkeys(buttons, False)

    def reset(self) -> None:
        """A reset of the chip is none of the board: keys stay pressed, what is on the line arrives."""
        for cycle, byte in self._coming:
            self.soc.at(cycle, self, _BYTE, byte)
        for role in self._buttons:
            self._apply(role)

    def tick(self, kind: int, value: int) -> None:
        """A byte has arrived."""
        del kind
        self._coming.pop(0)
        cast("_Receiver", self.soc.peripheral(self._uart)).receive(value)

    def send(self, arrivals: list[tuple[int, int]]) -> None:
        """Bytes are on their way: (cycle of the end of the stop bit, byte)."""
        for cycle, byte in arrivals:
            self._coming.append((cycle, byte))
            self.soc.at(cycle, self, _BYTE, byte)

    def press(self, role: str, *, is_pressed: bool) -> None:
        """A key goes down or comes up."""
        self._pressed[role] = is_pressed
        self._apply(role)

    def _apply(self, role: str) -> None:
        net = self._buttons[role]
        port = cast("_Port", self.soc.peripheral(f"GPIO{net.port}"))
        port.apply(net.bit, int(self._pressed[role] != net.active_low))
