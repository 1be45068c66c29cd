"""One VXI-11 link: messages go in by writes, are run by a thread of the link, answers are fetched by reads."""

import queue
import threading
import time

from rig.simulated.scpi.faults import Delivery, Faults
from rig.simulated.scpi.framing import Framer
from rig.simulated.scpi.instrument import Instrument
from rig.simulated.scpi.session import Session

NO_ERROR, TIMED_OUT, ABORTED = 0, 15, 23
_REQUESTED_COUNT, _TERMINATOR, _END = 1, 2, 4
"""Reasons why a read ended."""

_MOST_QUEUED = 4
"""Messages that may wait for one that waits for a trigger."""

_WRITE_PATIENCE_S = 2.0
"""How long a write waits for the commands before it."""


class Vxi11Device:
    """What one link knows of the instrument.

    A write returns when its commands have run or wait for something, so that a status byte knows of them.
    """

    def __init__(self, instrument: Instrument, faults: Faults, framer: Framer, name: str) -> None:
        self._instrument, self._faults = instrument, faults
        self._session = Session(name)
        self._framer = framer
        self._condition = threading.Condition()
        self._messages: queue.SimpleQueue[list[bytes] | None] = queue.SimpleQueue()
        self._queued = 0
        self._delivery: Delivery | None = None
        self._reply, self._at = b"", 0
        self._ready_s = 0.0
        self._aborted = False
        self._begun = False
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Breaks off what runs; ends the thread."""
        self._session.cancel()
        self._messages.put(None)
        self._thread.join(5.0)

    def write(self, data: bytes, *, end: bool, timeout_s: float) -> int:
        """Takes a piece of a message; `end` says that it is the last.

        Returns an error: TIMED_OUT, and takes nothing, while too many messages wait for one that does not end.
        """
        if self._queued >= _MOST_QUEUED and not self._session.drain(timeout_s):
            return TIMED_OUT
        messages = self._framer.feed(data) + (self._framer.end() if end else [])
        if self._framer.overruns:
            self._framer.overruns = 0
            self._instrument.report(-363)
        if messages:
            self._interrupt()
            self._session.begin()
            with self._condition:
                self._queued += 1
            self._messages.put(messages)
            self._session.settle(min(_WRITE_PATIENCE_S, timeout_s))
        return NO_ERROR

    def _interrupt(self) -> None:
        with self._condition:
            unread, self._delivery, self._begun = self._delivery, None, False
        if unread is not None and unread.reply is not None:
            self._instrument.report(-410)

    def _work(self) -> None:
        while (messages := self._messages.get()) is not None:
            for message in messages:
                if not self._session.cancelled:
                    self._run(message)
            with self._condition:
                self._queued -= 1
            self._session.end()

    def _run(self, message: bytes) -> None:
        self._interrupt()
        reply = self._instrument.execute(message, self._session)
        if not reply or self._session.cancelled:
            return
        delivery = self._faults.deliver(message, reply)
        with self._condition:
            self._delivery, self._begun = delivery, False
            self._reply, self._at = delivery.reply or b"", 0
            self._ready_s = time.monotonic() + delivery.delay_s
            self._condition.notify_all()

    def read(
        self, size: int, timeout_s: float, stop: int | None, reader: Session
    ) -> tuple[Delivery, int, int, memoryview]:
        """The next piece of the answer.

        Args:
            reader: the connection that asks; the wait ends with it.
            size: most bytes.
            timeout_s: how long to wait for it.
            stop: end the piece after this byte.

        Returns:
            How it goes out, error, reason, bytes.
        """
        deadline_s = time.monotonic() + timeout_s
        with self._condition:
            self._aborted = False
            while not self._answered():
                left_s = deadline_s - time.monotonic()
                if left_s <= 0 or self._aborted or reader.cancelled or not reader.alive():
                    return self._failed()
                self._condition.wait(min(left_s, max(0.001, self._ready_s - time.monotonic()), 0.05))
            return self._piece(size, stop)

    def _answered(self) -> bool:
        delivery = self._delivery
        return delivery is not None and delivery.reply is not None and time.monotonic() >= self._ready_s

    def _failed(self) -> tuple[Delivery, int, int, memoryview]:
        if self._aborted:
            return Delivery(b""), ABORTED, 0, memoryview(b"")
        if self._delivery is None and self._session.idle:
            self._instrument.report(-420)
        return Delivery(b""), TIMED_OUT, 0, memoryview(b"")

    def _piece(self, size: int, stop: int | None) -> tuple[Delivery, int, int, memoryview]:
        assert self._delivery is not None
        delivery = Delivery(b"") if self._begun else self._delivery
        self._begun = True
        start, end, reason = self._at, min(self._at + size, len(self._reply)), 0
        if stop is not None and (found := self._reply.find(stop, start, end)) >= 0:
            end, reason = found + 1, _TERMINATOR
        self._at = end
        if end - start == size:
            reason |= _REQUESTED_COUNT
        piece = memoryview(self._reply)[start:end]
        if end == len(self._reply):
            reason |= _END
            self._delivery, self._reply = None, b""
        return delivery, NO_ERROR, reason, piece

    def status_byte(self) -> int:
        """Status byte; an answer that is there and not yet fetched is available."""
        with self._condition:
            available = self._answered()
        return self._instrument.status_byte(message_available=available)

    def trigger(self) -> None:
        """The link's trigger."""
        self._instrument.trigger_from_link(self._session)

    def clear(self) -> None:
        """Device clear: what runs is broken off, what came in and what was to go out is forgotten."""
        self._session.cancel()
        self._session.drain(5.0)
        self._framer.clear()
        with self._condition:
            self._delivery, self._reply = None, b""
        self._session.renew()

    def abort(self) -> None:
        """Ends a read that waits (from the abort channel)."""
        with self._condition:
            self._aborted = True
            self._condition.notify_all()
