"""The guardian's own side: waits for the runner to fall silent, then drives every output safe and says what it did."""

import contextlib
import os
import pickle
import queue
import signal
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import IO, Final

from rig.guardian import BEAT, GOODBYE, REST, WATCH
from rig.run_folder import now
from rig.safe_order import SafeOrder

HEAD_START_S: Final = 0.5
"""An order that has not answered by then no longer holds up the next one: the supply first, but a supply that hangs
must not keep the card live (design choice)."""

LIMIT_S: Final = 10.0
"""An order that has not answered by then is told as hung."""

_ENDED, _TERMINATED = b"", b"t"


def _listen(stdin: IO[bytes], words: "queue.SimpleQueue[bytes]") -> None:
    while True:
        word = stdin.read(1)
        words.put(word)
        if word == _ENDED:
            return


def await_silence(words: "queue.SimpleQueue[bytes]", patience_s: float) -> str | None:
    """Wait until the runner is gone; the reason to act, or None after a goodbye.

    Args:
        words: what the runner says, a byte each; `b""` when the pipe has ended.
        patience_s: longest silence while beats are expected, s.
    """
    watching, heard_s = False, time.monotonic()
    while True:
        try:
            word = words.get(timeout=max(0.0, heard_s + patience_s - time.monotonic()) if watching else None)
        except queue.Empty:
            return f"no heartbeat for {patience_s:g} s"
        if word == GOODBYE:
            return None
        if word == _ENDED:
            return "the runner ended without a goodbye"
        if word == _TERMINATED:
            return "the guardian was told to end"
        if word in {WATCH, BEAT, REST}:
            watching = word == WATCH or (word == BEAT and watching)
            heard_s = time.monotonic()


def carry_out(orders: Sequence[SafeOrder]) -> list[str]:
    """Drive everything safe, in order, each in a thread of its own; one line an order."""
    told = [f"{order.name}: no answer within {LIMIT_S:g} s: NOT SAFE as far as anybody knows" for order in orders]

    def one(place: int, order: SafeOrder) -> None:
        try:
            told[place] = f"{order.name}: {order.drive_safe()}"
        except BaseException as error:  # noqa: BLE001  whatever fails, the next output still goes safe
            told[place] = f"{order.name}: FAILED, not safe as far as anybody knows: {error}"

    threads = [threading.Thread(target=one, args=item, daemon=True) for item in enumerate(orders)]
    for thread in threads:
        thread.start()
        thread.join(HEAD_START_S)
    ends_s = time.monotonic() + LIMIT_S
    for thread in threads:
        thread.join(max(0.0, ends_s - time.monotonic()))
    return list(told)


def main() -> None:
    """Read the task, load the drivers, say that it is ready, wait; act if need be."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    stdin = os.fdopen(sys.stdin.fileno(), "rb", buffering=0, closefd=False)
    size = int.from_bytes(_exactly(stdin, 8), "big")
    orders, patience_s, report, pid = pickle.loads(_exactly(stdin, size))  # noqa: S301  from our parent, by our pipe
    for order in orders:
        order.prepare()
    words: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def terminated(number: int, frame: FrameType | None) -> None:
        del number, frame
        words.put(_TERMINATED)

    signal.signal(signal.SIGTERM, terminated)
    threading.Thread(target=_listen, args=(stdin, words), daemon=True).start()
    os.write(sys.stdout.fileno(), b"ready\n")
    reason = await_silence(words, patience_s)
    if reason is not None:
        began = now().strftime("%Y-%m-%dT%H:%M:%SZ")
        lines = [f"{began} guardian of process {pid}: {reason}", *carry_out(orders)]
        text = "\n".join(lines) + "\n"
        _tell(Path(report), text)
    sys.stdout.flush()
    os._exit(0)  # a hung order holds no one up


def _exactly(stdin: IO[bytes], size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = stdin.read(size - len(data))
        if not part:
            raise SystemExit(0)  # the runner ended before anything was live
        data += part
    return data


def _tell(report: Path, text: str) -> None:
    with contextlib.suppress(OSError):  # the terminal may have gone with the runner
        os.write(sys.stderr.fileno(), text.encode())
    with contextlib.suppress(OSError):
        report.parent.mkdir(parents=True, exist_ok=True)
        report.write_text(text, encoding="utf-8")
