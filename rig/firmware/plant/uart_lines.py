"""What comes out of a serial line, as lines with the instant at which each was complete."""

from typing import Final

from rig.firmware.device_under_test import Event
from sim.timebase import TimeNs

_LONGEST: Final = 4096
"""Bytes of a line; more without an end is cut there and told (design choice)."""


class UartLines:
    """Bytes in, lines out.

    Args:
        newline: that ends a line.
    """

    def __init__(self, newline: str) -> None:
        self._newline = newline.encode()
        self._unread = bytearray()

    def feed(self, event: Event) -> tuple[tuple[TimeNs, str], ...]:
        """(instant, text) of every line that these bytes complete; bytes that are no ASCII are told as escapes."""
        found: list[tuple[TimeNs, str]] = []
        self._unread += event.data
        while (at := self._unread.find(self._newline)) >= 0:
            found.append((event.t_ns, _text(self._unread[:at])))
            del self._unread[: at + len(self._newline)]
        while len(self._unread) > _LONGEST:
            found.append((event.t_ns, _text(self._unread[:_LONGEST])))
            del self._unread[:_LONGEST]
        return tuple(found)

    def forget(self) -> None:
        """The device starts anew: half a line of its last life is no beginning of the next."""
        self._unread.clear()


def _text(data: bytearray) -> str:
    line = bytes(data).decode("ascii", "backslashreplace").strip()
    return "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in line)
