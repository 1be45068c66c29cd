"""One run an instrument: two runs never drive one card.

The lock is the operating system's lock on a small file: it goes when its process goes, however that ends, so a dead
run never blocks the next one. What the file says (who, where, since when) is for the message alone.
"""

import errno
import json
import os
import re
import socket
import sys
import zlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

from rig.bench_addresses import Instrumented, lock_names
from rig.run_folder import now
from sim.errors import BenchError

_FAR_BYTES: Final = 1 << 30
"""Where Windows locks its one byte: far behind the text, which others must be able to read."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds an instrument.

    Attributes:
        name: of the lock: driver and address.
        pid: process.
        host: computer.
        since: start instant, UTC, ISO 8601.
        command: what it runs.
    """

    name: str
    pid: int
    host: str
    since: str
    command: str

    def told(self) -> str:
        """In words, for a message."""
        return f"process {self.pid} on {self.host} since {self.since} ({self.command})"


def lock_folder() -> Path:
    """Where the locks of this user lie: the run folder of the session, else the user's local data, else the home.

    Another user's run is not seen here; a card's driver refuses it (-50103), an instrument's link usually does.
    """
    for variable in ("XDG_RUNTIME_DIR", "LOCALAPPDATA"):
        place = os.environ.get(variable)
        if place and Path(place).is_dir():
            return Path(place) / "stimrig" / "locks"
    return Path.home() / ".stimrig" / "locks"


def _path(folder: Path, name: str) -> Path:
    """One file a name: readable, and told apart by a checksum where two names read alike."""
    words = re.sub(r"[^a-z0-9.]+", "-", name.lower()).strip("-.")[:80]
    return folder / f"{words}-{zlib.crc32(name.encode()):08x}.lock"


def _opened(path: Path) -> BinaryIO:
    """The file, made if need be, never emptied: what it says belongs to its holder."""
    path.touch(mode=0o600)
    return path.open("r+b")


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: BinaryIO) -> bool:
        file.seek(_FAR_BYTES)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError as error:
            if error.errno in {errno.EACCES, errno.EDEADLOCK}:
                return False
            raise
        return True

    def _unlock(file: BinaryIO) -> None:
        file.seek(_FAR_BYTES)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
else:
    import fcntl

    def _try_lock(file: BinaryIO) -> bool:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in {errno.EWOULDBLOCK, errno.EACCES}:
                return False
            raise
        return True

    def _unlock(file: BinaryIO) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_UN)


def _read_holder(file: BinaryIO, name: str) -> Holder | None:
    """Who wrote the file last and did not take it back; None where nobody did."""
    file.seek(0)
    text = file.read(4096)
    if not text.strip():
        return None
    try:
        return Holder(**json.loads(text))
    except (ValueError, TypeError):
        return Holder(name, 0, "an unknown computer", "an unknown instant", "its note cannot be read")


def _write(file: BinaryIO, content: bytes) -> None:
    file.seek(0)
    file.truncate()
    file.write(content)
    file.flush()


class BenchLock:
    """Holds every instrument of a bench that other processes could reach, from `acquire` (or `with`) to `release`.

    Instruments that live in this process (`sim` addresses) need no lock. All or none: where one is taken, those that
    were already held are let go.

    Args:
        laboratory: the bench.
        folder: of the lock files; by default `lock_folder()`.

    Attributes:
        folder: of the lock files.
        left_behind: runs that ended without letting go (a crash, a power cut) and whose instruments are now held here;
            nobody knows what state they left them in.
    """

    def __init__(self, laboratory: Instrumented, folder: Path | None = None) -> None:
        self.names = lock_names(laboratory)
        self.left_behind: tuple[Holder, ...] = ()
        self.folder = folder or lock_folder()
        self._files: list[BinaryIO] = []

    def acquire(self) -> None:
        """Take every lock.

        Raises:
            BenchError: an instrument is in use, or the lock files cannot be written.
        """
        try:
            for name in self.names:
                self._take(name)
        except BaseException:
            self.release()
            raise

    def _take(self, name: str) -> None:
        path = _path(self.folder, name)
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = _opened(path)
            taken = _try_lock(file)
        except OSError as error:
            problem = f"its lock {path} cannot be used: {os.strerror(error.errno) if error.errno else error}"
            raise BenchError(name, float("nan"), problem, "mend the folder's rights, or free space") from error
        before = _read_holder(file, name)
        if not taken:
            file.close()
            who = before.told() if before else "another process that is just starting"
            mend = "wait for it to end, or end that process: the lock goes with it"
            raise BenchError(name, float("nan"), f"in use by {who}", mend)
        if before:
            self.left_behind = (*self.left_behind, before)
        command = " ".join([Path(sys.argv[0]).name, *sys.argv[1:]])[:200] if sys.argv else ""
        holder = Holder(name, os.getpid(), socket.gethostname(), now().strftime("%Y-%m-%dT%H:%M:%SZ"), command)
        self._files.append(file)
        _write(file, json.dumps(asdict(holder)).encode())

    def release(self) -> None:
        """Let go of every lock; twice is fine."""
        while self._files:
            file = self._files.pop()
            try:
                _write(file, b"")
                _unlock(file)
            finally:
                file.close()

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def left_behind_told(lock: BenchLock) -> dict[str, str]:
    """What runs that ended without letting go have left, for the identity of a bench: lock name -> words."""
    return {
        f"left_behind.{holder.name}": f"{holder.told()} ended without letting go; its guardian, if it had to act, says "
        f"what it did in {report_file(holder.pid, lock.folder.parent)}"
        for holder in lock.left_behind
    }


def report_file(pid: int, folder: Path | None = None) -> Path:
    """Where the guardian of the runner `pid` says what it did, if it had to act."""
    return (folder or lock_folder().parent) / f"guardian-{pid}.txt"


def held_by_others(names: Iterable[str], folder: Path | None = None) -> dict[str, str]:
    """Who holds instruments now, in words, by lock name; for `stimrig bench doctor`. It takes nothing."""
    found: dict[str, str] = {}
    for name in names:
        path = _path(folder or lock_folder(), name)
        if not path.is_file():
            continue
        with path.open("r+b") as file:
            if _try_lock(file):
                _unlock(file)
            elif holder := _read_holder(file, name):
                found[name] = holder.told()
    return found
