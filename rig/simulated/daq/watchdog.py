"""The card's watchdog: lines that fall into a stated state when nobody resets the timer in time.

It guards digital lines, as that of an X series card does, and no analogue output: those hold what they had. So the
safe state of a stimulator is a relay on a line, never an output that is hoped to return to 0 V.
Source: X Series User Manual, "Watchdog Timer" (digital and PFI lines, up to about 34 s; until it is disarmed or
cleared, writes to those lines change nothing).
"""

import contextlib
import threading
from typing import TYPE_CHECKING, Final

from rig.simulated.daq.errors import NOT_SUPPORTED_VALUE, DaqmxError, not_simulated
from rig.simulated.daq.work import Work
from sim.errors import BenchError
from sim.timebase import NEVER, NS_PER_S, TimeNs, ns_from_s

if TYPE_CHECKING:
    from rig.simulated.daq.task import Task

HIGH: Final = 10192
LOW: Final = 10214
NO_CHANGE: Final = 10160
"""NI's constants of a line's state."""
LONGEST_S: Final = 34.0


class Watchdog(Work):
    """Work of a watchdog task.

    Args:
        task: whose work it is.
        timeout_s: after so long without a reset it expires, s; negative: never.

    Attributes:
        states: physical line -> state that it falls into.
        is_expired: since the timer ran out, until it is cleared or the task stops.
        is_orphan: its client is gone; it goes on to its end, so that a killed program ends safe.

    Raises:
        DaqmxError: -200077, longer than the card's timer.
    """

    puts_out = True

    def __init__(self, task: "Task", timeout_s: float) -> None:
        super().__init__(task)
        self.states: dict[str, int] = {}
        self.is_expired = self.is_orphan = False
        self._timeout_ns: TimeNs = NEVER
        self._expires_ns: TimeNs = NEVER
        self._over = threading.Event()
        self.set_timeout(timeout_s)

    @property
    def timeout_s(self) -> float:
        """After so long without a reset it expires, s; -1 for never."""
        return -1.0 if self._timeout_ns == NEVER else self._timeout_ns / NS_PER_S

    def set_timeout(self, timeout_s: float) -> None:
        """Another time-out, from the next reset on.

        Raises:
            DaqmxError: -200077, longer than the card's timer, or none at all.
        """
        if timeout_s > LONGEST_S or timeout_s == 0.0:
            detail = f"Property: Watchdog.Timeout\nRequested Value: {timeout_s:g}\nMaximum Value: {LONGEST_S:g}"
            raise DaqmxError(NOT_SUPPORTED_VALUE, detail)
        self._timeout_ns = NEVER if timeout_s < 0.0 else ns_from_s(timeout_s)

    def guard(self, lines: tuple[str, ...], state: int) -> None:
        """Let lines fall into a state.

        Raises:
            DaqmxError: -200452, a state that is not simulated.
        """
        if state not in {HIGH, LOW, NO_CHANGE}:
            raise not_simulated(f"the expiration state {state} of a line")
        self.states |= dict.fromkeys(lines, state)

    def resources(self) -> frozenset[str]:
        """The card has one timer."""
        return frozenset({"watchdog"})

    def prepare(self) -> None:
        """The timer starts with the task.

        Raises:
            DaqmxError: -200452, no line is guarded.
        """
        if not self.states:
            raise not_simulated("a watchdog that guards no line")

    def begin(self, t0_ns: TimeNs) -> None:
        """The timer starts."""
        self.is_expired = False
        self._over.clear()
        self._expires_ns = t0_ns + self._timeout_ns if self._timeout_ns < NEVER else NEVER
        self._look_after()

    def reset_timer(self) -> None:
        """The program lives; an expired watchdog stays expired."""
        card = self.task.on
        with card.lab.lock:
            now_ns = card.sync()
            if not self.is_expired and self._timeout_ns < NEVER:
                self._expires_ns = now_ns + self._timeout_ns

    def clear_expiration(self) -> None:
        """The lines may be written again; the timer starts anew."""
        card = self.task.on
        with card.lab.lock:
            now_ns = card.sync()
            was_expired, self.is_expired = self.is_expired, False
            card.outputs.unlock(self)
            self._expires_ns = now_ns + self._timeout_ns if self._timeout_ns < NEVER else NEVER
            if was_expired:
                self._look_after()

    def _look_after(self) -> None:
        """Start the timer's thread where the clock is that of the wall."""
        if self.task.on.lab.clock.paced and self._expires_ns < NEVER:
            threading.Thread(target=self._keep_time, name="card watchdog", daemon=True).start()

    def expire(self) -> None:
        """Let it expire now: an orphan makes room for the next program's watchdog."""
        card = self.task.on
        with card.lab.lock:
            now_ns = card.sync()
            self._expires_ns = min(self._expires_ns, now_ns)
            self.live(now_ns + 1)

    def live(self, now_ns: TimeNs) -> None:
        """Where the timer has run out before `now_ns`, the lines fall."""
        task = self.task
        if self.is_expired or task.t0_ns is None or self._expires_ns >= now_ns:
            return
        self.is_expired = True
        outputs = task.on.outputs
        for line, state in self.states.items():
            if state != NO_CHANGE:
                outputs.put(line, self._expires_ns, float(state == HIGH))
        if self.is_orphan:
            task.is_started, task.t0_ns = False, None
            task.on.unreserve(task)
            self._over.set()
        else:
            outputs.lock(self, self.states)

    def stop(self, now_ns: TimeNs) -> None:
        """The task stops: the timer no longer runs, the lines are free."""
        del now_ns
        self._over.set()
        self.is_expired = False
        self.task.on.outputs.unlock(self)

    def outlives_client(self) -> bool:
        """A timer that runs goes on: a program that is killed must not take its own watchdog with it."""
        self.is_orphan = self.task.is_started and not self.is_expired
        return self.is_orphan

    def _keep_time(self) -> None:
        """On the wall clock somebody must look when the time is over, although nobody calls any more."""
        card = self.task.on
        while True:
            expires_ns = self._expires_ns
            if not card.lab.clock.wait_until(expires_ns + 1, self._over):
                return
            with card.lab.lock:
                if self._expires_ns <= expires_ns:
                    break
        with card.lab.lock, contextlib.suppress(DaqmxError, BenchError):  # a card or a device that is gone
            card.sync()
