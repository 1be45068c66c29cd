"""The last of what a device did, kept for the message about its end."""

from collections import deque
from collections.abc import Iterable
from typing import Final

from rig.firmware.device_under_test import Event, Tail
from sim.timebase import NEVER, TimeNs

DRIVES: Final = 8
"""Drive events that are kept: two pulses."""
UART_BYTES: Final = 400
_SHOWN: Final = 120


class LastWords:
    """Hears every event; `tail` and `text` say the last of them.

    Attributes:
        heard_ns: instant of the last event; NEVER before the first.
    """

    def __init__(self) -> None:
        self.heard_ns: TimeNs = NEVER
        self._pulses: deque[Event] = deque(maxlen=DRIVES)
        self._uart = bytearray()

    def hear(self, events: Iterable[Event]) -> None:
        """The device did something."""
        for event in events:
            self.heard_ns = event.t_ns
            if event.kind == "drive":
                self._pulses.append(event)
            elif event.kind == "uart":
                self._uart += event.data
                del self._uart[:-UART_BYTES]

    @property
    def tail(self) -> Tail:
        """As values."""
        return Tail(tuple(self._pulses), bytes(self._uart))

    @property
    def text(self) -> str:
        """As words."""
        pulses = ", ".join(f"{event.value * 1e3:+.3g} mA at {event.t_ns * 1e-9:.6f} s" for event in self._pulses)
        told = bytes(self._uart).decode(errors="replace").rstrip()
        lines = told[-_SHOWN:].splitlines()[len(told) > _SHOWN :]  # the first of a cut log is a part of a line
        log = " | ".join("".join(each for each in line if each.isprintable()) for line in lines)
        return f"last drives: {pulses or 'none'}; end of its serial log: {log or 'nothing'}"
