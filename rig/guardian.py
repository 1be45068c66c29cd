"""The guardian: a process of its own that drives the outputs safe when the runner no longer can.

It acts when the pipe to the runner ends without a goodbye (crash, `kill -9`, out of memory) or when no heartbeat has
come for `patience_s` (a hang). It opens links of its own, so nothing of the dead runner is needed. What it cannot do:
help after a power cut of the computer. That is what the card's watchdog and the relay of the interlock are for.
"""

import contextlib
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from rig.bench_lock import report_file
from rig.safe_order import SafeOrder
from sim.errors import BenchError

PART: Final = "guardian"
BEAT, WATCH, REST, GOODBYE = b".", b"w", b"r", b"q"
"""What the runner says: I live; expect beats from now; expect none; all is safe, go."""

PATIENCE_S: Final = 2.0
"""Without a heartbeat for so long the runner counts as hung (design choice: far above a late block of 10 ms, and a
stimulator with its foot switch open for 2 s has its own time-out still before it)."""

READY_S: Final = 30.0
"""So long may the process take to load its drivers (a cold disc; usually under a second)."""

_TAKE_OVER_S: Final = 15.0
"""So long may the guardian take for its orders: longer than its own limit for one that hangs."""


class Guardian:
    """Watches this process for as long as outputs are live.

    `start` early (it loads drivers meanwhile), `watch` before the first output goes live, `beat` at least once a
    block, `rest` when the outputs are safe, `close` at the end. Every step after `start` raises `BenchError` if the
    guardian has acted or died: outputs are then safe, or unguarded, and the run must end.

    Args:
        orders: what to drive safe, first things first (`rig.safe_orders.orders_of`).
        patience_s: longest time between two beats while it watches, s.
        report: where it says what it did; by default `report_file(pid of this process)`.
    """

    def __init__(self, orders: Sequence[SafeOrder], patience_s: float = PATIENCE_S, report: Path | None = None) -> None:
        self.orders, self.patience_s = tuple(orders), patience_s
        self.report = report or report_file(os.getpid())
        self._child: subprocess.Popen[bytes] | None = None
        self._ready = threading.Event()
        self._listener: threading.Thread | None = None
        self._told_s = 0.0

    def start(self) -> None:
        """Start the process; nothing to guard starts none."""
        if self._child is not None or not self.orders:
            return
        self.report.unlink(missing_ok=True)
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        apart = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)  # Ctrl-C is for the runner alone
        self._child = subprocess.Popen(
            [sys.executable, "-P", "-c", "from rig.guardian_process import main; main()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            start_new_session=True,
            creationflags=apart,
            bufsize=0,
        )
        self._listener = threading.Thread(target=self._listen, args=(self._child.stdout,), daemon=True)
        self._listener.start()
        task = pickle.dumps((self.orders, self.patience_s, str(self.report), os.getpid()))
        self._say(len(task).to_bytes(8, "big") + task)

    def _listen(self, stdout: IO[bytes]) -> None:
        with contextlib.suppress(ValueError, OSError):
            if stdout.readline().strip() == b"ready":
                self._ready.set()

    def _say(self, word: bytes) -> None:
        child = self._child
        if child is None or child.stdin is None:
            return
        try:
            child.stdin.write(word)
        except (OSError, ValueError) as error:
            raise self._gone() from error

    def _gone(self) -> BenchError:
        with contextlib.suppress(OSError):
            told = self.report.read_text(encoding="utf-8").strip()
            if told:
                return BenchError(PART, float("nan"), f"it took the bench over: {told}", "mend the cause, run again")
        mend = "look at its message on stderr, then run again"
        return BenchError(PART, float("nan"), "its process has died: outputs would be live unguarded", mend)

    def _alive(self) -> None:
        if self._child is not None and self._child.poll() is not None:
            raise self._gone()

    def watch(self) -> None:
        """From now until `rest` a beat is due every `patience_s`.

        Raises:
            BenchError: the guardian is not ready in time; no output may go live.
        """
        if self._child is None:
            return
        ends_s = time.monotonic() + READY_S
        while not self._ready.wait(0.05):
            self._alive()
            if time.monotonic() > ends_s:
                raise BenchError(PART, float("nan"), f"not ready within {READY_S:g} s", "look at the computer's load")
        self._say(WATCH)

    def beat(self) -> None:
        """The runner lives; cheap enough for every block."""
        instant_s = time.monotonic()
        if self._child is not None and instant_s - self._told_s > self.patience_s / 10:
            self._told_s = instant_s
            self._alive()
            self._say(BEAT)

    def rest(self) -> None:
        """The outputs are safe: no beat is due, but a death without a goodbye still counts."""
        self._say(REST)

    def take_over(self) -> None:
        """The outputs could not be driven safe from here: let the guardian try, by links of its own; wait for it."""
        child = self._child
        if child is None or child.stdin is None:
            return
        with contextlib.suppress(OSError, ValueError):
            child.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(_TAKE_OVER_S)

    def close(self) -> None:
        """Say goodbye; twice is fine. It never raises: the outputs are safe by now."""
        child, self._child = self._child, None
        if child is None:
            return
        assert child.stdin is not None
        assert child.stdout is not None
        with contextlib.suppress(OSError, ValueError):
            child.stdin.write(GOODBYE)
        with contextlib.suppress(OSError):
            child.stdin.close()
        try:
            child.wait(5.0)
        except subprocess.TimeoutExpired:
            child.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))
            child.wait()
        if self._listener is not None:
            self._listener.join()
        child.stdout.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
