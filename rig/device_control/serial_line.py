"""A serial line as request and answer: the one place that touches pyserial."""

import math
import re
import time
from typing import Any, Final

from sim.errors import BenchError

_LONGEST: Final = 4096
"""Bytes of a line; a box that sends more without an end of line sends garbage (design choice)."""


class SerialLine:
    """An open serial port (or `socket://HOST:PORT`, or any other URL of pyserial).

    Args:
        address: port or URL.
        baud: of the line.
        newline: that ends each text.
        timeout_s: longest wait for an answer, s.

    Raises:
        BenchError: pyserial is missing, or the port cannot be opened.
    """

    def __init__(self, address: str, baud: int, newline: str, timeout_s: float) -> None:
        try:
            import serial
        except ImportError:
            problem = "pyserial is not installed"
            raise BenchError(address, math.nan, problem, "pip install 'stimrig[serial]'") from None
        self._address, self._newline, self._timeout_s = address, newline.encode(), timeout_s
        self._unread = bytearray()
        self._closed = False
        try:
            self._port: Any = serial.serial_for_url(address, baudrate=baud, timeout=0.02, write_timeout=timeout_s)
            self._port.reset_input_buffer()
        except (serial.SerialException, OSError, ValueError) as error:
            mend = "see `python -m serial.tools.list_ports`, and whether another program holds it"
            raise BenchError(address, math.nan, f"the port cannot be opened: {error}", mend) from None
        self._failures: tuple[type[BaseException], ...] = (serial.SerialException, OSError)

    def ask(self, text: str, pattern: str, other: re.Pattern[str] | None = None) -> tuple[re.Match[str], list[str]]:
        """Send `text` and wait for a line that is an answer.

        Args:
            text: sent with the end of line; "" sends nothing.
            pattern: regular expression that the whole answer must match.
            other: lines of this kind are no answers; the box tells them by itself.

        Returns:
            The match, and the lines of the other kind that came before it.

        Raises:
            BenchError: no answer in time, a wrong one, or a dead line. What a late answer brings is dropped before the
                next question, so that it is never taken for the answer to that.
        """
        told = self.drain(other)
        self.tell(text)
        deadline = time.monotonic() + self._timeout_s
        while True:
            line = self._line(deadline)
            if line is None:
                self._lost(f"`{text}` was not answered in {self._timeout_s:g} s")
            elif other is not None and other.fullmatch(line):
                told.append(line)
            elif found := re.fullmatch(pattern, line):
                return found, told
            else:
                self._lost(f"`{text}` was answered by `{line[:80]}`, `{pattern}` was expected")

    def tell(self, text: str) -> None:
        """Send `text` without waiting.

        Raises:
            BenchError: the line is dead.
        """
        if self._closed:
            self._lost("the line is closed")
        if not text:
            return
        try:
            self._port.write(text.encode() + self._newline)
            self._port.flush()
        except self._failures as error:
            self._lost(f"`{text}` could not be sent: {error}")

    def drain(self, wanted: re.Pattern[str] | None = None) -> list[str]:
        """What has come by itself: lines of the kind `wanted`; others are late answers and are dropped."""
        found: list[str] = []
        while (line := self._line(0.0)) is not None:
            if wanted is not None and wanted.fullmatch(line):
                found.append(line)
        return found

    def _line(self, deadline: float) -> str | None:
        while True:
            at = self._unread.find(self._newline)
            if at >= 0:
                line = bytes(self._unread[:at])
                del self._unread[: at + len(self._newline)]
                return line.decode("ascii", "backslashreplace").strip()
            if len(self._unread) > _LONGEST:
                self._unread.clear()
                self._lost(f"more than {_LONGEST} bytes came without an end of line; is the baud rate right?")
            waiting = deadline > time.monotonic()
            try:
                more = self._port.read(1 if waiting else 0)
                more += self._port.read(self._port.in_waiting) if self._port.in_waiting else b""
            except self._failures as error:
                self._lost(f"the line is dead: {error}")
            else:
                self._unread += more
                if not more and not waiting:
                    return None

    def _lost(self, problem: str) -> None:
        raise BenchError(self._address, math.nan, problem, "check cable, power and baud rate of the box")

    def close(self) -> None:
        """Release the port; twice is fine."""
        if not self._closed:
            self._closed = True
            self._port.close()
