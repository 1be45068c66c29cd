"""Who wants to know that samples came and that a task ended: streams that cost nothing while nothing happens."""

import queue
import threading
from collections.abc import Callable, Iterator
from typing import Final

_NAP_S: Final = 0.02
"""A stream on the wall clock looks at the card this often; on the simulated clock it sleeps until it is told."""


class EventStream:
    """One registration: numbers come out as the card puts them in.

    Args:
        look: brings the card up to date; None where waiting is enough (the simulated clock).
    """

    def __init__(self, look: Callable[[], None] | None) -> None:
        self._look = look
        self._queue: queue.SimpleQueue[int | None] = queue.SimpleQueue()
        self._over = threading.Event()

    def put(self, value: int) -> None:
        """Something happened."""
        self._queue.put(value)

    def cancel(self) -> None:
        """Nobody listens any more; the stream ends behind what is already in it."""
        self._over.set()
        self._queue.put(None)

    @property
    def is_over(self) -> bool:
        """True after `cancel`."""
        return self._over.is_set()

    def __iter__(self) -> Iterator[int]:
        while True:
            try:
                value = self._queue.get(timeout=None if self._look is None else _NAP_S)
            except queue.Empty:
                if self._look is not None and not self._over.is_set():
                    self._look()
                continue
            if value is None:
                return
            yield value


class TaskEvents:
    """The streams of one task."""

    def __init__(self) -> None:
        self._every: dict[int, tuple[int, EventStream, int]] = {}
        self._done: list[EventStream] = []
        self._signals: dict[int, EventStream] = {}
        self._has_ended = False

    def every_n_samples(self, kind: int, n: int, stream: EventStream) -> None:
        """Tell `stream` after each `n` samples (`kind` 1: acquired, 2: put out)."""
        self._every[kind] = (n, stream, 0)

    def done(self, stream: EventStream) -> None:
        """Tell `stream` when the task ends."""
        self._done.append(stream)

    def begin(self) -> None:
        """The task starts: count from 0."""
        self._has_ended = False
        self._every = {kind: (n, stream, 0) for kind, (n, stream, _) in self._every.items()}

    def counted(self, samples: int) -> None:
        """So many samples a channel have been clocked since the start."""
        for kind, (n, stream, told) in self._every.items():
            for _ in range(samples // n - told):
                stream.put(n)
            self._every[kind] = (n, stream, max(told, samples // n))

    def ended(self, status: int) -> None:
        """The task ended by itself; told once a start."""
        if not self._has_ended:
            self._has_ended = True
            for stream in self._done:
                stream.put(status)

    def unregister_every_n(self, kind: int) -> None:
        """Nobody wants to know of samples any more."""
        if kind in self._every:
            self._every.pop(kind)[1].cancel()

    def unregister_done(self) -> None:
        """Nobody wants to know of the end any more."""
        for stream in self._done:
            stream.cancel()
        self._done.clear()

    def close(self) -> None:
        """The task is gone: every stream ends."""
        for kind in list(self._every):
            self.unregister_every_n(kind)
        self.unregister_done()

    @property
    def is_wanted(self) -> bool:
        """True while somebody listens."""
        return bool(self._every or self._done)
