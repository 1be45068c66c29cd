"""A box on a serial line, simulated: the other end of the worked example of a device control.

It speaks lines: `ID?` `SET name value` `GET name` `STOP`, answers `OK`, a value, or `ERR text`, and tells `LOG text` by
itself. Values are told in the units of its makers: mA, us, Hz, ms.
"""

import contextlib
import os
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

MAKER_UNITS: Final[Mapping[str, tuple[float, float, float]]] = {
    "current": (0.0, 80.0, 1.0),
    "pulse_width": (10.0, 365.0, 5.0),
    "rate": (20.0, 60.0, 1.0),
    "extension": (0.0, 1500.0, 10.0),
}
"""Name -> smallest, largest value and step, in mA, us, Hz, ms (design choice, those of the device `odfs`)."""


@dataclass(slots=True)
class SerialBox:
    """What the box remembers and answers.

    Attributes:
        serial: its serial number; simulated instruments have one that begins with SIM.
        values: of its settings, in its own units.
        stopped: how often it was told to stop.
        trouble: text -> what to do instead of the answer, for tests: `silent`, `garbage`, or an answer.
    """

    serial: str = "SIM00042"
    values: dict[str, float] = field(default_factory=lambda: dict.fromkeys(MAKER_UNITS, 0.0) | {"rate": 20.0})
    stopped: int = 0
    trouble: dict[str, str] = field(default_factory=dict[str, str])

    def answer(self, text: str) -> list[str]:
        """The lines that a line provokes."""
        odd = next((what for start, what in self.trouble.items() if text.startswith(start)), None)
        if odd is not None:
            return [] if odd == "silent" else ["\x00\xff?garbage"] if odd == "garbage" else [odd]
        word, *rest = text.split()
        if word == "ID?":
            return [f"STIMBOX 1.4 {self.serial}"]
        if word == "STOP":
            self.stopped += 1
            return ["LOG output off", "OK"]
        if word == "GET" and rest and rest[0] in self.values:
            return [f"{rest[0]} {self.values[rest[0]]:g}"]
        if word == "SET" and len(rest) == 2 and rest[0] in self.values:
            return [self._set(*rest)]
        return [f"ERR what is {text[:40]}"]

    def _set(self, name: str, text: str) -> str:
        low, high, step = MAKER_UNITS[name]
        try:
            value = float(text)
        except ValueError:
            return f"ERR {text} is no number"
        if not low <= value <= high:
            return f"ERR {name} goes from {low:g} to {high:g}"
        self.values[name] = round(value / step) * step
        return "OK"


class _Talk:
    """Lines out of bytes, and back."""

    def __init__(self, box: SerialBox, send: Callable[[bytes], object]) -> None:
        self._box, self._send, self._unread = box, send, bytearray()

    def take(self, data: bytes) -> None:
        """Answer every whole line of `data` and of what came before it."""
        self._unread += data
        while (at := self._unread.find(b"\n")) >= 0:
            line = bytes(self._unread[:at]).decode("ascii", "replace").strip()
            del self._unread[: at + 1]
            for answer in self._box.answer(line) if line else ():
                self._send(answer.encode("latin-1") + b"\n")


class ServedBox:
    """A box that listens on a TCP port, as `socket://HOST:PORT` of pyserial.

    Args:
        box: what answers.
        host: address to listen on.
        port: 0 for any.
    """

    def __init__(self, box: SerialBox, host: str = "127.0.0.1", port: int = 0) -> None:
        self._box = box
        self._listener = socket.create_server((host, port))
        self._clients: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve, name="serial box", daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """What a bench file calls it."""
        host, port = self._listener.getsockname()[:2]
        return f"socket://{host}:{port}"

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._clients.append(client)
            threading.Thread(target=self._talk, args=(client,), name="serial box client", daemon=True).start()

    def _talk(self, client: socket.socket) -> None:
        talk = _Talk(self._box, client.sendall)
        with client, contextlib.suppress(OSError):  # the client is gone, or we are closing
            while data := client.recv(4096):
                talk.take(data)

    def hang_up(self) -> None:
        """Cut every line, as a cable that is pulled out."""
        while self._clients:
            client = self._clients.pop()
            try:
                client.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def close(self) -> None:
        """Stop listening and hang up; twice is fine."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.hang_up()
        self._thread.join(1.0)


class BoxOnPty:
    """A box behind a pseudo terminal: a port like any other serial port (POSIX only).

    Args:
        box: what answers.
    """

    def __init__(self, box: SerialBox) -> None:
        import pty
        import tty

        self._near, self._far = pty.openpty()
        tty.setraw(self._near)
        tty.setraw(self._far)
        self._talk = _Talk(box, lambda data: os.write(self._near, data))
        self._thread = threading.Thread(target=self._serve, name="serial box pty", daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Path of the port."""
        return os.ttyname(self._far)

    def _serve(self) -> None:
        try:
            while data := os.read(self._near, 4096):
                if data == b"\x04":
                    return
                self._talk.take(data)
        except OSError:
            return

    def close(self) -> None:
        """Pull the plug; twice is fine."""
        if self._thread.is_alive():
            os.write(self._far, b"\x04")
            self._thread.join(1.0)
            os.close(self._far)
            os.close(self._near)
