"""A line server that answers from a table: an instrument small enough to be seen through."""

import contextlib
import socket
import threading
from collections.abc import Mapping

IDENTITY = "KEYSIGHT TECHNOLOGIES,MSO-X 3024T,SIM00000001,07.50"


class LineInstrument:
    """Answers lines on 127.0.0.1 until closed. `replies`: query -> bytes, sent as they stand; `heard`: all lines."""

    def __init__(self, replies: Mapping[str, bytes] | None = None) -> None:
        self.replies = {"*IDN?": IDENTITY.encode() + b"\n", **(replies or {})}
        self.errors: list[str] = []
        self.heard: list[str] = []
        self.sessions = 0
        self._server = socket.create_server(("127.0.0.1", 0))
        self._clients: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    @property
    def resource(self) -> str:
        return f"TCPIP::127.0.0.1::{self._server.getsockname()[1]}::SOCKET"

    def send(self, data: bytes) -> None:
        """Bytes that nobody asked for, on the newest session."""
        self._clients[-1].sendall(data)

    def hang_up(self) -> None:
        self._clients[-1].shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for client in self._clients:
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
        for thread in (self._accepting, *self._threads):
            thread.join(5.0)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            self.sessions += 1
            self._clients.append(client)
            self._threads.append(threading.Thread(target=self._serve, args=(client,), daemon=True))
            self._threads[-1].start()

    def _serve(self, client: socket.socket) -> None:
        with client, client.makefile("rb") as lines:
            try:
                for line in lines:
                    self._answer(client, line.decode("latin-1").strip())
            except OSError:
                pass

    def _answer(self, client: socket.socket, command: str) -> None:
        self.heard.append(command)
        if command == "SYST:ERR?":
            client.sendall((self.errors.pop(0) if self.errors else '+0,"No error"').encode() + b"\n")
        elif command in self.replies:
            client.sendall(self.replies[command])
