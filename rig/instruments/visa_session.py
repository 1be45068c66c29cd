"""One open VISA session: bytes out, bytes in. The only file that touches pyvisa; `ScpiLink` is its only user.

What pyvisa-py 0.8.1 does when a link misbehaves (hangs, spins, stale answers: measured) is kept inside: every call
ends within about the time-out, in bytes or in an exception. The caller closes the session after any exception.
"""

import importlib.util
import math
import select
import socket
import time
from typing import Any, Final

from rig.instruments import private_sockets
from sim.errors import BenchError

_PIECE: Final = 1 << 20
"""Bytes of one read: a block is read in pieces, so that the time-out is one for progress, not for the whole block."""
_CHUNK: Final = 4096
"""Bytes of one write on a raw socket, as pyvisa-py cuts them."""
_LONGEST_LINE: Final = 1 << 16


class VisaSession:
    """An open session.

    Args:
        resource: VISA resource string.
        timeout_s: of every read and write, s.
        backend: pyvisa's: `@py` (pyvisa-py) or `@ivi` (an installed VISA library).

    Raises:
        BenchError: pyvisa is not installed.
        Exception: whatever pyvisa raises; nothing is left open.
    """

    def __init__(self, resource: str, timeout_s: float, backend: str = "@py") -> None:
        self._visa: Any = _pyvisa(backend)
        self.timeout_s = timeout_s
        manager = self._visa.ResourceManager(backend)
        self._library: Any = manager.visalib
        try:
            self._resource: Any = manager.open_resource(resource, open_timeout=round(timeout_s * 1e3))
        except Exception as error:
            private_sockets.close_half_open(error)
            raise
        self._inner: Any = getattr(self._library, "sessions", {}).get(self._resource.session)
        self._resource.timeout = round(timeout_s * 1e3)
        self._more_may_follow: Any = self._visa.constants.StatusCode.success_max_count_read
        self.is_stream: bool = self._resource.resource_class == "SOCKET"
        private_sockets.make_loud(self._inner, timeout_s)
        if self.is_stream:
            self._resource.set_visa_attribute(self._visa.constants.ResourceAttribute.termchar, ord("\n"))

    def send(self, data: bytes) -> None:
        """Write a message; END goes with its last byte where the transport has one.

        Raises:
            TimeoutError: the other side does not take it.
            Exception: whatever pyvisa raises.
        """
        raw = private_sockets.sockets_of(self._inner) if self.is_stream else ()
        if not raw:
            self._library.write(self._resource.session, data)
            return
        for start in range(0, len(data), _CHUNK):  # pyvisa-py waits without end for a socket that takes no more
            if not select.select([], raw[:1], [], self.timeout_s)[1]:
                raise TimeoutError("the instrument takes no more bytes")
            self._library.write(self._resource.session, data[start : start + _CHUNK])

    def line(self) -> bytes:
        """An answer up to its line feed, which is not returned.

        Raises:
            ValueError: it does not end with one.
            Exception: whatever pyvisa raises.
        """
        data = self._receive(_LONGEST_LINE, to_newline=self.is_stream)
        if not data.endswith(b"\n"):
            raise ValueError(f"an answer without an end: {data[:40]!r}")
        return data[:-1].rstrip(b"\r")

    def exactly(self, count: int) -> bytes:
        """`count` bytes; pyvisa's own `read_bytes` waits for ever where HiSLIP has ended a message early.

        Raises:
            ValueError: the message ended before.
            Exception: whatever pyvisa raises.
        """
        data = bytearray()
        while len(data) < count:
            piece = self._receive(min(_PIECE, count - len(data)), to_newline=False)
            if not piece:
                raise ValueError(f"the answer ended after {len(data)} of {count} bytes")
            data += piece
        return bytes(data)

    def tail(self) -> bytes:
        """What follows a block: a line feed, if all is well; a second byte is read only where END would stop it."""
        return self._receive(1, to_newline=False) if self.is_stream else self._receive(2, to_newline=False)

    def unread(self) -> bool:
        """True where a raw socket holds bytes that nobody has asked for: an answer that came too late."""
        if not self.is_stream:
            return False
        if private_sockets.pending_bytes(self._inner):
            return True
        raw = private_sockets.sockets_of(self._inner)[:1]
        return bool(raw and select.select(raw, [], [], 0.0)[0]) and not self.lost()

    def lost(self) -> bool:
        """True where the other side has closed the connection, found by peeking: a time-out looks the same else."""
        for each in private_sockets.sockets_of(self._inner)[:1]:
            try:
                if not select.select([each], [], [], 0.0)[0]:
                    return False
                return socket.socket.recv(each, 1, socket.MSG_PEEK) == b""
            except (OSError, ValueError):
                return True
        return False

    def timed_out(self, error: Exception, began_s: float) -> bool:
        """True where `error`, of a call that began at `began_s` (monotonic), means that nobody answered in time."""
        if isinstance(error, TimeoutError):
            return True
        code: Any = getattr(error, "error_code", None)  # of a `pyvisa.errors.VisaIOError`
        status = self._visa.constants.StatusCode
        waited = time.monotonic() - began_s >= self.timeout_s  # VXI-11 tells a time-out as an error of the transport
        return code == status.error_timeout or (code == status.error_io and waited)

    def close(self, *, dead: bool = False) -> None:
        """Close; of a `dead` session the connection is shut down first, never asked for a goodbye."""
        if dead:
            private_sockets.hang_up(self._inner)
        self._resource.close()

    def _receive(self, count: int, *, to_newline: bool) -> bytes:
        if self.is_stream:
            enabled = self._visa.constants.ResourceAttribute.termchar_enabled
            self._resource.set_visa_attribute(enabled, to_newline)
        with self._library.ignore_warning(self._resource.session, self._more_may_follow):
            data, _ = self._library.read(self._resource.session, count)
        return bytes(data)


def _pyvisa(backend: str) -> Any:
    """The library, imported where an instrument is opened and nowhere else.

    Raises:
        BenchError: it, or its backend, is not installed.
    """
    needed = ("pyvisa", "pyvisa_py") if backend == "@py" else ("pyvisa",)
    if missing := [name for name in needed if importlib.util.find_spec(name) is None]:
        names = " and ".join(name.replace("_", "-") for name in missing)
        raise BenchError("VISA", math.nan, f"{names} is not installed", "pip install pyvisa pyvisa-py")
    import pyvisa

    return pyvisa
