"""Ctrl-C and SIGTERM: the running case ends between two blocks, safe, and what is known by then is judged."""

import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType
from typing import Any


class StopRequest:
    """Whether somebody asked the run to stop; an observer that ends the running case between two blocks.

    Args:
        progress: told how far the case has come.
        asked: asked elsewhere (in the parent process).
    """

    def __init__(self, progress: Callable[[float, float], None], asked: Callable[[], bool]) -> None:
        self._tell, self._asked = progress, asked

    def progress(self, t_s: float, end_s: float) -> None:
        """Pass on how far the case is, and end it if somebody asked for it."""
        self._tell(t_s, end_s)
        if self._asked():
            raise KeyboardInterrupt


class StopSwitch:
    """Set by the first signal; the second one ends the process where it stands."""

    def __init__(self) -> None:
        self.is_set = False
        self.in_case = False

    @contextmanager
    def inside_case(self) -> Generator[None]:
        """Meanwhile the first signal waits for the end of the running block."""
        self.in_case = True
        try:
            yield
        finally:
            self.in_case = False

    def handle(self, number: int, frame: FrameType | None) -> None:
        """Take a signal: inside a case wait for the end of the block, elsewhere stop at once."""
        del number, frame
        if self.is_set or not self.in_case:
            self.is_set = True
            raise KeyboardInterrupt
        self.is_set = True


@contextmanager
def stop_on_signals() -> Generator[StopSwitch]:
    """Catch Ctrl-C and SIGTERM meanwhile; outside the main thread nothing is caught."""
    switch = StopSwitch()
    before: dict[int, Any] = {}
    for name in ("SIGINT", "SIGTERM"):
        try:
            before[getattr(signal, name)] = signal.signal(getattr(signal, name), switch.handle)
        except ValueError:
            break
    try:
        yield switch
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
