"""Packets of the GDB remote serial protocol over a socket: framing, check sums, escapes, interrupts.

Source: Debugging with GDB, appendix E.1 (overview), E.9 and E.10 (acknowledgment, interrupts).
"""

import select
import socket
from typing import Final, Literal, TypeAlias

INTERRUPT: Final = "interrupt"
GONE: Final = "gone"
Heard: TypeAlias = bytes | Literal["interrupt", "gone"] | None
"""A packet's payload; `INTERRUPT` for Ctrl-C; `GONE` where the debugger has hung up; None for nothing yet."""

_ESCAPED: Final = b"}#$*"
_LARGEST: Final = 1 << 20
"""A peer that sends this much without a packet in it is no debugger."""


def escaped(data: bytes) -> bytes:
    """Binary data as it stands inside a packet."""
    return b"".join(b"}" + bytes((byte ^ 0x20,)) if byte in _ESCAPED else bytes((byte,)) for byte in data)


def unescaped(data: bytes) -> bytes:
    """Binary data of a packet as it was meant."""
    first, *rest = data.split(b"}")
    return first + b"".join(bytes((part[0] ^ 0x20,)) + part[1:] if part else b"" for part in rest)


def framed(payload: bytes) -> bytes:
    """A packet with its check sum."""
    return b"$%b#%02x" % (payload, sum(payload) & 0xFF)


class PacketStream:
    """One debugger on one socket.

    Args:
        link: connected; closed by `close`.

    Attributes:
        will_acknowledge: False where the peer wants no acknowledgments, from the next packet on.
    """

    def __init__(self, link: socket.socket) -> None:
        self._link, self._heard = link, b""
        self._last = b""
        self._acknowledges = self.will_acknowledge = True
        link.setblocking(False)
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def hear(self, timeout_s: float) -> Heard:
        """The next packet or interrupt, waiting at most `timeout_s` real seconds for it."""
        found = self._next()
        if found is not None or not select.select([self._link], [], [], timeout_s)[0]:
            return found
        try:
            data = self._link.recv(1 << 16)
        except BlockingIOError:
            return None
        except OSError:
            data = b""
        if not data or len(self._heard) + len(data) > _LARGEST:
            return GONE
        self._heard += data
        return self._next()

    def _next(self) -> Heard:
        while self._heard:
            if self._heard[:1] == b"\x03":
                self._heard = self._heard[1:]
                return INTERRUPT
            if self._heard[:1] == b"-":
                self._transmit(self._last)
            if self._heard[:1] != b"$":
                self._heard = self._heard[1:]
                continue
            end = self._heard.find(b"#")
            if end < 0 or len(self._heard) < end + 3:
                return None
            payload, told = self._heard[1:end], self._heard[end + 1 : end + 3]
            self._heard = self._heard[end + 3 :]
            if not self._acknowledges:
                return payload
            if told.lower() == b"%02x" % (sum(payload) & 0xFF):
                self._transmit(b"+")
                return payload
            self._transmit(b"-")
        return None

    def send(self, payload: bytes) -> None:
        """Send a packet."""
        self._last = framed(payload)
        self._transmit(self._last)
        self._acknowledges = self.will_acknowledge  # the answer to the request itself is still acknowledged

    def _transmit(self, data: bytes) -> None:
        try:
            self._link.setblocking(True)
            self._link.settimeout(10.0)
            self._link.sendall(data)
            self._link.setblocking(False)
        except OSError:
            self._heard = b""  # a peer that has gone is noticed at the next read

    def close(self) -> None:
        """Hang up; twice is fine."""
        self._link.close()
