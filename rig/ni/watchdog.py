"""The card's own watchdog on the interlock: it opens it when nobody has reset its timer in time.

It guards digital lines, never analogue outputs: an output holds its last voltage for ever. That is why the safe state
of a stimulator is a relay on a line.

Source: X Series User Manual, "Watchdog Timer"; daq.md section 2 (the watchdog is reserved before other tasks: -201477).
"""

import contextlib
from typing import Any, Final

from rig.ni.errors import CardError
from rig.ni.layout import Lines
from rig.ni.link import Link
from rig.ni.tasks import told
from sim.timebase import NS_PER_S, TimeNs

_RESETS: Final = 5
"""How often the timer is reset within its time-out: four resets may be late before it expires (design choice)."""


class CardWatchdog:
    """Armed from the moment it is made until `close`.

    Args:
        link: to the card.
        part: its name on the bench.
        device: its name in the driver.
        interlock: line that it opens.
        timeout_s: without a reset for so long it opens it, s.

    Raises:
        CardError: the card has none, or it guards no such line.
    """

    def __init__(self, link: Link, part: str, device: str, interlock: Lines, timeout_s: float) -> None:
        from nidaqmx.constants import Level
        from nidaqmx.system.watchdog import DOExpirationState, WatchdogTask

        self._part, self._timeout_s = part, timeout_s
        self._every_ns = round(timeout_s / _RESETS * NS_PER_S)
        self._due_ns: TimeNs = 0
        states = [
            DOExpirationState(physical_channel=line, expiration_state=Level.HIGH if level else Level.LOW)
            for line, level in interlock.at_rest().items()
        ]
        options: dict[str, Any] = {"timeout": timeout_s, **link.options()}
        with told(part):
            self._task: Any = WatchdogTask(device, **options)
        try:
            with told(part):
                self._task.cfg_watchdog_do_expir_states(states)
                self._task.start()
        except BaseException:
            self.close()
            raise

    def begin(self) -> None:
        """The run starts now: an expiry while it was prepared counts for nothing."""
        with told(self._part):
            if self._task.expired:
                self._task.clear_expiration()
            self._task.reset_timer()

    def beat(self, reached_ns: TimeNs) -> None:
        """The run has come to `reached_ns`; cheap enough for every block.

        Raises:
            CardError: the watchdog has expired: the interlock is open, what was captured since then is no evidence.
        """
        if reached_ns < self._due_ns:
            return
        self._due_ns = reached_ns + self._every_ns
        with told(self._part, reached_ns / NS_PER_S):
            expired = bool(self._task.expired)
            self._task.reset_timer()
        if expired:
            problem = f"its watchdog has opened the interlock: no sign of life for {self._timeout_s:g} s"
            raise CardError(self._part, reached_ns / NS_PER_S, problem, "see the lateness in run.json")

    def close(self) -> None:
        """Disarm it; the interlock is open by then. Twice is fine, never raises."""
        task, self._task = self._task, None
        if task is None:
            return
        for end in (task.clear_expiration, task.stop, task.close):
            with contextlib.suppress(Exception):
                end()
        task._handle = None  # noqa: SLF001  where the link is lost the client would warn that it cannot be closed
