"""Cuts a stream of bytes into program messages, and a program message into its units and arguments.

A newline ends a message, but not inside a block; a semicolon parts units and a comma arguments, but not inside a block,
a string or brackets. A string ends at the newline at the latest. Each byte is looked at once, so that a megabyte that
comes in crumbs costs no more than one that comes whole.

Source: IEEE 488.2-1992 section 7 (program messages).
"""

import re

from rig.simulated.scpi.blocks import block_end

_NEWLINE, _HASH, _QUOTES = 10, 35, (34, 39)
_TEXT = re.compile(rb"[\n\"'#]")
_ENDS = {0: _TEXT, 34: re.compile(rb"[\n\"]"), 39: re.compile(rb"[\n']"), _HASH: re.compile(rb"\n")}
"""What to look for next: in plain text, in either kind of string, in an indefinite block."""

MOST_MESSAGE_BYTES = 16 << 20
"""Longest program message that is taken: an arbitrary waveform of 4 million points in single precision."""


class Framer:
    """Program messages out of a stream, however the stream is cut.

    Args:
        limit_bytes: longest message that is kept. A longer one is dropped whole and counted in `overruns`.
    """

    def __init__(self, limit_bytes: int = MOST_MESSAGE_BYTES) -> None:
        self.limit_bytes = limit_bytes
        self.overruns = 0
        self._buffer = bytearray()
        self._restart()

    def _restart(self) -> None:
        self._start = self._position = self._skip = self._inside = 0
        self._dropping = False

    def feed(self, data: bytes | bytearray | memoryview) -> list[bytes]:
        """Takes the next bytes; returns the messages that they complete, without their newlines."""
        self._buffer += data
        messages: list[bytes] = []
        while self._step(messages):
            pass
        del self._buffer[: self._start]
        self._position -= self._start
        self._start = 0
        if len(self._buffer) > self.limit_bytes:
            self._drop()
        return messages

    def end(self) -> list[bytes]:
        """The link said that the message is complete (END of HiSLIP or VXI-11); returns it if anything is left."""
        rest = bytes(self._buffer)
        lost = self._dropping or len(rest) > self.limit_bytes
        self._buffer.clear()
        self._restart()
        self.overruns += lost
        return [rest] if rest.strip() and not lost else []

    def clear(self) -> None:
        """Forgets the message under way (device clear)."""
        self._buffer.clear()
        self._restart()

    def _drop(self) -> None:
        """Throws away what has been looked at of a message that is too long; its end is still looked for."""
        self._dropping = True
        del self._buffer[: self._position]
        self._position = 0

    def _step(self, messages: list[bytes]) -> bool:
        """Moves on by one mark; False where more bytes are needed."""
        if self._skip:
            taken = min(self._skip, len(self._buffer) - self._position)
            self._position += taken
            self._skip -= taken
            return self._skip == 0
        found = _ENDS[self._inside].search(self._buffer, self._position)
        if found is None:
            self._position = len(self._buffer)
            return False
        at = found.start()
        mark = self._buffer[at]
        if mark == _NEWLINE:
            self._finish(at, messages)
        elif mark == self._inside:
            self._inside, self._position = 0, at + 1
        elif mark in _QUOTES:
            self._inside, self._position = mark, at + 1
        else:
            return self._enter_block(at)
        return True

    def _enter_block(self, at: int) -> bool:
        self._position = at
        head = self._buffer[at + 1 : at + 11]
        if not head:
            return False
        digits = head[0] - 48
        if digits == 0:
            self._inside = _HASH
        elif 1 <= digits <= 9:
            length = head[1 : 1 + digits]
            if len(length) < digits and (length.isdigit() or not length):
                return False
            end = block_end(self._buffer, at)
            if end is not None:
                self._position = at + 2 + digits
                self._skip = end - self._position
                return True
        self._position = at + 1
        return True

    def _finish(self, at: int, messages: list[bytes]) -> None:
        if self._dropping or at - self._start > self.limit_bytes:
            self.overruns += 1
        else:
            messages.append(bytes(self._buffer[self._start : at]))
        self._start = self._position = at + 1
        self._inside = 0
        self._dropping = False


_MARK = {separator: re.compile(b"[" + re.escape(separator) + rb"\"'#()]") for separator in (b";", b",")}


def split(message: bytes, separator: bytes) -> list[bytes]:
    """Parts a message at `;` or `,` where these stand outside of strings, blocks and brackets."""
    parts: list[bytes] = []
    start = position = depth = 0
    while found := _MARK[separator].search(message, position):
        at = found.start()
        mark = message[at : at + 1]
        position = at + 1
        if mark in b"\"'":
            closing = message.find(mark, position)
            position = closing + 1 if closing >= 0 else len(message)
        elif mark == b"#":
            if message[position : position + 1] == b"0":
                break
            position = block_end(message, at) or position
        elif mark in b"()":
            depth = max(0, depth + (1 if mark == b"(" else -1))
        elif depth == 0:
            parts.append(message[start:at])
            start = position
    parts.append(message[start:])
    return parts
