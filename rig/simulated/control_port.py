"""A TCP port on which the simulated device is configured: JSON lines (`rig.simulated.json_lines`)."""

import contextlib
import socket
import threading
from collections.abc import Callable

from rig.simulated.json_lines import LONGEST_LINE_BYTES
from sim.errors import BenchError


class ControlPort:
    """Serves from the moment it is made until `close`.

    Args:
        answer: one line -> its answer, both with their end of line.
        host: to listen on.
        port: to listen on; 0 for a free one.

    Raises:
        BenchError: the port is taken, or the address is not this computer's.
    """

    def __init__(self, answer: Callable[[bytes], bytes], host: str = "127.0.0.1", port: int = 0) -> None:
        self._answer = answer
        self._lock = threading.Lock()
        self._connections: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._is_closed = False
        try:
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            self._listener = socket.create_server((host, port), family=family)
        except OSError as error:
            problem = f"cannot listen on {host}:{port}: {error.strerror or error}"
            raise BenchError("control port", float("nan"), problem, "choose another port") from error
        shown = f"[{host}]" if ":" in host else host
        self.port = int(self._listener.getsockname()[1])
        self.address = f"tcp://{shown}:{self.port}"
        self._start(self._accept, self._listener)

    def _start(self, work: Callable[[socket.socket], None], of: socket.socket) -> None:
        thread = threading.Thread(target=work, args=(of,), name="control port", daemon=True)
        self._threads = [each for each in self._threads if each.is_alive()]
        self._threads.append(thread)
        thread.start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with self._lock:
                if self._is_closed:
                    connection.close()
                    return
                self._connections.add(connection)
                self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError), connection.makefile("rb") as lines:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while line := lines.readline(LONGEST_LINE_BYTES):
                connection.sendall(self._answer(line))
        with self._lock:
            self._connections.discard(connection)

    def close(self) -> None:
        """End every connection; all threads have ended afterwards. Twice is fine."""
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
            for end in (self._listener, *self._connections):
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in list(self._threads):
            thread.join(5.0)
