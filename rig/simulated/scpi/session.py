"""One controller that talks to an instrument: what of it runs, waits, or was called off."""

import contextlib
import threading
from collections.abc import Callable, Generator


class CalledOff(Exception):  # noqa: N818 - no error: the controller changed its mind
    """A device clear, a lost controller or the end of the server broke off what was under way."""


class Session:
    """One connection, or one VXI-11 link.

    Args:
        name: what the log calls it.
        alive: False where the controller has gone; asked while the instrument waits.
    """

    def __init__(self, name: str = "", alive: Callable[[], bool] = lambda: True) -> None:
        self.name = name
        self.alive = alive
        self._called_off = threading.Event()
        self._condition = threading.Condition()
        self._running = 0
        self._waiting = False

    def cancel(self) -> None:
        """Calls off what runs, and whatever comes until `renew`."""
        self._called_off.set()
        with self._condition:
            self._condition.notify_all()

    def renew(self) -> None:
        """Takes commands again (the device clear is through)."""
        self._called_off.clear()

    @property
    def cancelled(self) -> bool:
        """Something called it off."""
        return self._called_off.is_set()

    def check(self) -> None:
        """Raises CalledOff where the controller no longer wants the answer; for work that takes long."""
        if self.cancelled or not self.alive():
            raise CalledOff

    def pause(self, seconds: float) -> bool:
        """Waits (wall clock); False where it was called off meanwhile."""
        return not self._called_off.wait(seconds)

    def begin(self) -> None:
        """A message has come; may be nested."""
        with self._condition:
            self._running += 1

    def end(self) -> None:
        """The message is through."""
        with self._condition:
            self._running -= 1
            self._condition.notify_all()

    @contextlib.contextmanager
    def waiting(self) -> Generator[None]:
        """The message waits for something that may never come."""
        self._waiting = True
        with self._condition:
            self._condition.notify_all()
        try:
            yield
        finally:
            self._waiting = False

    def settle(self, timeout_s: float) -> bool:
        """Waits until every message is through, or one waits; False after the time-out."""
        with self._condition:
            return self._condition.wait_for(lambda: self._running == 0 or self._waiting, timeout_s)

    def drain(self, timeout_s: float) -> bool:
        """Waits until every message is through; False after the time-out."""
        with self._condition:
            return self._condition.wait_for(lambda: self._running == 0, timeout_s)

    @property
    def idle(self) -> bool:
        """Every message is through."""
        return self._running == 0
