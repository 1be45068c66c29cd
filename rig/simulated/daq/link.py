"""The link in front of the card's server: it sees every client come and go, and can fail on request.

gRPC tells a server nothing of a client that is gone between two calls, so a killed client would hold its tasks for
ever. The link accepts each connection itself and passes the bytes on: when a connection ends, its lease ends.
"""

import contextlib
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

_CHUNK_BYTES: Final = 1 << 18
_GARBAGE: Final = b"\x00\x00\xff\xff" * 64
"""No HTTP/2 frame begins like this (its length would be right, its type 255 on a stream 0x7fff00...)."""

LinkFault = Literal["no_answer", "late_answer", "disconnect", "garbage", "cut"]
"""What a link can do wrong with the next bytes of an answer: withhold them and all that follow, pass them on late, end
the connection, send garbage instead, or send half and end the connection."""


@dataclass(slots=True)
class _Connection:
    """One client: its socket, the one to the server behind, and how the server knows it."""

    outer: socket.socket
    inner: socket.socket
    peer: str
    fault: tuple[LinkFault, float] | None = None
    open_ways: int = 2

    def end(self) -> None:
        """Wake both threads; each closes nothing that the other still uses."""
        for end in (self.outer, self.inner):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


class Link:
    """Listens for clients and passes their bytes to the server behind, and its answers back.

    Args:
        address: (host, port) of the server behind.
        host: to listen on.
        port: to listen on; 0 for a free one.
        ended: told the server's name (`ipv4:127.0.0.1:PORT`) of a client whose connection has ended.
    """

    def __init__(self, address: tuple[str, int], host: str, port: int, ended: Callable[[str], None]) -> None:
        self._behind, self._ended = address, ended
        self._lock = threading.Lock()
        self._connections: list[_Connection] = []
        self._closing = threading.Event()
        self._threads: list[threading.Thread] = []
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, port), family=family)
        self.host, self.port = host, int(self._listener.getsockname()[1])
        self._acceptor = threading.Thread(target=self._accept, name="card link", daemon=True)
        self._acceptor.start()

    def harm(self, peer: str, kind: LinkFault, late_s: float = 0.2) -> None:
        """Let the next bytes to a client go wrong.

        Args:
            peer: the client, as the server knows it.
            kind: how.
            late_s: by how much `late_answer` is late, s.
        """
        with self._lock:
            for connection in self._connections:
                if connection.peer == peer:
                    connection.fault = (kind, late_s)

    def disconnect_all(self) -> None:
        """End every connection, as a pulled cable with a reset does."""
        with self._lock:
            every = list(self._connections)
        for connection in every:
            connection.end()

    def close(self) -> None:
        """End every connection and stop listening; all threads have ended afterwards."""
        if self._closing.is_set():
            return
        self._closing.set()
        near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104  read, not bound
        with contextlib.suppress(OSError):  # closing a socket does not wake its `accept` on every system; a client does
            socket.create_connection((near, self.port), timeout=1.0).close()
        self._acceptor.join()
        self._listener.close()
        self.disconnect_all()
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                outer, _ = self._listener.accept()
            except OSError:
                return
            if self._closing.is_set():
                outer.close()
                return
            try:
                inner = socket.create_connection(self._behind)
            except OSError:
                outer.close()
                continue
            for end in (outer, inner):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = _Connection(outer, inner, f"ipv4:127.0.0.1:{inner.getsockname()[1]}")
            threads = [
                threading.Thread(target=self._carry, args=(connection, *way), daemon=True, name="card link")
                for way in ((outer, inner, False), (inner, outer, True))
            ]
            with self._lock:
                self._connections.append(connection)
            self._threads = [thread for thread in self._threads if thread.is_alive()] + threads
            for thread in threads:
                thread.start()

    def _carry(self, connection: _Connection, source: socket.socket, sink: socket.socket, answers: bool) -> None:
        """Pass bytes on in one direction until either end is gone."""
        buffer = memoryview(bytearray(_CHUNK_BYTES))
        with contextlib.suppress(OSError):
            while count := source.recv_into(buffer):
                if answers and connection.fault and not self._harmed(connection, *connection.fault, buffer[:count]):
                    break
                sink.sendall(buffer[:count])
        connection.end()
        with self._lock:
            connection.open_ways -= 1
            last = connection.open_ways == 0
            if last:
                self._connections.remove(connection)
        if last:
            connection.outer.close()
            connection.inner.close()
            if not self._closing.is_set():
                self._ended(connection.peer)

    def _harmed(self, connection: _Connection, kind: LinkFault, late_s: float, chunk: memoryview) -> bool:
        """Apply a fault to a chunk of an answer; False where the connection shall end."""
        connection.fault = None
        if kind == "late_answer":
            self._closing.wait(late_s)
            return True
        if kind == "garbage":
            connection.outer.sendall(_GARBAGE)
        elif kind == "cut":
            connection.outer.sendall(chunk[: len(chunk) // 2])
        elif kind == "no_answer":
            while connection.inner.recv_into(chunk):  # swallowed until either end is gone
                pass
        return False
