"""What a device has written to its serial line, with its instants, and the search in it."""

import codecs
import re
from bisect import bisect_left
from typing import Final

from sim.timebase import NEVER, NS_PER_MS, TimeNs

QUIET_NS: Final = 20 * NS_PER_MS
"""After so long a silence an unfinished line is searched too, as a prompt without an end of line (design choice)."""


class SerialLog:
    r"""Text with the instant at which each piece had arrived.

    A search sees what no earlier search has matched, and whole lines only: ``current (\d+)`` never takes ``current 3``
    for ``current 30``. A line that is unfinished counts once it has stood still for `QUIET_NS`.
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")
        self._text = ""
        self._ends: list[int] = []
        self._stamps_ns: list[TimeNs] = []
        self._seen = 0

    def hear(self, t_ns: TimeNs, data: bytes) -> None:
        """Bytes have arrived; `t_ns` is the end of the last."""
        self._text += self._decoder.decode(data).replace("\r", "")
        self._ends.append(len(self._text))
        self._stamps_ns.append(t_ns)

    @property
    def text(self) -> str:
        """All of it, carriage returns left out: ``$`` then stands for the end of a line of any protocol."""
        return self._text

    @property
    def quiet_ns(self) -> TimeNs:
        """Instant from which on an unfinished line is searched; never where there is none."""
        if not self._stamps_ns or self._text.endswith("\n") or self._seen >= len(self._text):
            return NEVER
        return self._stamps_ns[-1] + QUIET_NS

    def search(self, pattern: re.Pattern[str], now_ns: TimeNs) -> re.Match[str] | None:
        """The first match behind the last one; it counts as read."""
        whole = len(self._text) if now_ns >= self.quiet_ns else self._text.rfind("\n") + 1
        found = pattern.search(self._text, self._seen, max(whole, self._seen))
        if found is not None:
            self._seen = found.end()
        return found

    def lines(self) -> tuple[tuple[TimeNs, str], ...]:
        """(instant of its last byte, line) of every line, the unfinished one included."""
        found: list[tuple[TimeNs, str]] = []
        end = 0
        for line in self._text.splitlines(keepends=True):
            end += len(line)
            found.append((self._stamps_ns[bisect_left(self._ends, end)], line.rstrip("\r\n")))
        return tuple(found)

    def tail(self, count: int) -> tuple[tuple[TimeNs, str], ...]:
        """The last lines."""
        return self.lines()[-count:]
