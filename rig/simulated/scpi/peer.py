"""One TCP connection of a controller: exact reads with a limit, writes, and the faults of an answer."""

import contextlib
import socket
from collections.abc import Sequence

from rig.simulated.scpi.faults import Delivery
from rig.simulated.scpi.session import Session

_MOST_AHEAD_BYTES = 1 << 20
"""What is read ahead while an instrument waits."""


class PeerGoneError(ConnectionError):
    """The controller has closed, or broke the rules of the protocol so that nothing sensible can follow."""


class Peer:
    """One connection.

    Args:
        connection: an accepted socket; closed by `close`.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._ahead = bytearray()
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)

    @property
    def port(self) -> int:
        """The server's port that it came to."""
        return self._socket.getsockname()[1]

    def read(self, most: int = 1 << 18) -> bytes:
        """What has come, at least a byte; raises PeerGoneError at the end of the stream."""
        if self._ahead:
            data, self._ahead = bytes(self._ahead), bytearray()
            return data
        data = self._socket.recv(most)
        if not data:
            raise PeerGoneError
        return data

    def is_there(self) -> bool:
        """False where the stream has ended; what comes meanwhile is kept for `read`, up to a limit."""
        if len(self._ahead) >= _MOST_AHEAD_BYTES:
            return True
        self._socket.settimeout(0.0)
        try:
            data = self._socket.recv(1 << 16)
        except (BlockingIOError, InterruptedError):
            return True
        except OSError:
            return False
        finally:
            self._socket.settimeout(None)
        self._ahead += data
        return bool(data)

    def read_exactly(self, count: int) -> bytearray:
        """So many bytes; raises PeerGoneError where the stream ends before."""
        buffer = bytearray(count)
        view = memoryview(buffer)
        ahead = self._ahead[:count]
        view[: len(ahead)] = ahead
        del self._ahead[:count]
        view = view[len(ahead) :]
        while view:
            got = self._socket.recv_into(view)
            if not got:
                raise PeerGoneError
            view = view[got:]
        return buffer

    def send(self, *parts: bytes | bytearray | memoryview) -> None:
        """All of it, in this order."""
        for part in [b"".join(parts)] if sum(len(part) for part in parts) < 1 << 16 else parts:
            self._socket.sendall(part)

    def deliver(
        self, delivery: Delivery, frames: Sequence[bytes | memoryview], session: Session, overhead: int = 0
    ) -> None:
        """Sends the frames of one answer as its delivery says.

        Args:
            delivery: faults of it.
            frames: the answer as it stands on the wire.
            session: ends a stall early; the rest is sent all the same, or the protocol would be out of step.
            overhead: bytes of the wire before the first byte of the answer.

        Raises PeerGoneError where the fault is to hang up.
        """
        if delivery.cut_at_bytes is None:
            self.send(*frames)
            return
        wire = b"".join(frames)
        stop = overhead + delivery.cut_at_bytes if delivery.cut_at_bytes else 0
        self.send(wire[:stop])
        if delivery.hang_up:
            raise PeerGoneError
        session.pause(delivery.stall_s)
        self.send(wire[stop:])

    def hang_up(self) -> None:
        """Ends the stream in both directions: whoever reads or writes it wakes up."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Gives the socket back."""
        self.hang_up()
        self._socket.close()
