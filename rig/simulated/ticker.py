"""Keeps a laboratory at the wall clock, and says how far it lags behind where it cannot."""

import threading
from collections.abc import Callable
from typing import Final

from rig.simulated.lab import Lab
from sim.errors import BenchError
from sim.timebase import NS_PER_MS, NS_PER_S, TimeNs, s_from_ns

BLOCK_NS: Final = 5 * NS_PER_MS
"""The laboratory is moved on in blocks of this length, so that nobody waits long for its lock (design choice)."""
LATE_NS: Final = 100 * NS_PER_MS
"""A block that begins further behind than this is late, and counted."""
TOLD_NS: Final = 500 * NS_PER_MS
"""A laboratory that is further behind than this says so (design choice: longer than a hiccup of the machine)."""
_TOLD_EVERY_NS: Final = 10 * NS_PER_S


class Ticker:
    """A thread that moves a paced laboratory on, from the moment it is made until `close`.

    Args:
        lab: with a clock that is paced.
        tell: hears once in 10 s, in words, that the laboratory is late, and once that its device failed.
        block_ns: it is moved on in blocks of this length, ns; by nobody else's hand it lags by so much.
    """

    def __init__(self, lab: Lab, tell: Callable[[str], None] = lambda _text: None, block_ns: TimeNs = BLOCK_NS) -> None:
        self._lab, self._tell, self._block_ns = lab, tell, block_ns
        self._stop = threading.Event()
        self._late_since_ns: TimeNs | None = None
        self._told_ns: TimeNs = -_TOLD_EVERY_NS
        self._told_failure = ""
        self.late_blocks = 0
        """Blocks that began late."""
        self.worst_lateness_ns: TimeNs = 0
        """Largest distance behind the clock."""
        self._thread = threading.Thread(target=self._run, name="laboratory", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop moving the laboratory on; twice is fine."""
        self._stop.set()
        self._thread.join(10.0)

    def _run(self) -> None:
        lab = self._lab
        while not self._stop.is_set():
            next_ns = lab.reached_ns + self._block_ns
            if not lab.clock.wait_until(next_ns, self._stop):
                return
            self._watch(lab.clock.now_ns(), next_ns)
            try:
                lab.advance_to(next_ns)
            except BenchError as error:
                self._failed(str(error))
                self._stop.wait(0.1)

    def _watch(self, now_ns: TimeNs, next_ns: TimeNs) -> None:
        late_ns = now_ns - next_ns
        self.worst_lateness_ns = max(self.worst_lateness_ns, late_ns)
        if late_ns <= LATE_NS:
            return
        self.late_blocks += 1
        if late_ns > TOLD_NS and now_ns - self._told_ns >= _TOLD_EVERY_NS:
            self._told_ns = now_ns
            self._tell(f"the laboratory is {s_from_ns(late_ns):.1f} s behind the clock; try a lower --speed")

    def _failed(self, text: str) -> None:
        if text != self._told_failure:
            self._told_failure = text
            self._tell(text)
