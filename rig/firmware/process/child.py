"""A device process: started with two pipes, held to a deadline, ended for good, and whatever became of it is told.

Firmware crashes, hangs, leaves by `exit`, prints without end and writes into the wrong file. None of that may take the
rig with it or leave a process behind.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Final

import rig
from rig.firmware.process.fate import EndedChildError, Fate, of_exit_code
from rig.firmware.process.wire import FrameBuffer, Report, encode
from rig.firmware.process.wire_frame import Frame

START_S: Final = 60.0
"""So long may a process take to load its libraries (a cold disc under load; usually a twentieth of a second)."""

FLOOD_BYTES: Final = 16 << 20
"""More than this on stdout and stderr of one process is no log any more (design choice)."""

PRINTED_BYTES: Final = 2048
"""So much of the end of what it printed is kept."""

_LOOK_S: Final = 0.05
_CHUNK_BYTES: Final = 1 << 16
_LEAVES_S: Final = 5.0
_SAYS_S: Final = 2.0


class Child:
    """A process that answers frames.

    `send` and `receive` block, but never past their deadline: one thread watches it and kills. A second thread empties
    what the process prints, so that it can never wait for a reader.

    Args:
        command: program and arguments, begun by `python_module` for one of ours.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._process = subprocess.Popen(  # noqa: S603  our own module on this interpreter
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            env=_environment(),
            start_new_session=True,  # Ctrl-C is for the rig alone
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        self._frames = FrameBuffer()
        self._ends_s: float | None = None
        self._fate: Fate | None = None
        self._why = ""
        self._printed: deque[bytes] = deque(maxlen=64)
        self._closing = threading.Event()
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._watch, self._listen)]
        for thread in self._threads:
            thread.start()

    def send(self, *frames: Frame, timeout_s: float) -> None:
        """Hand frames over.

        Raises:
            EndedChildError: it did not take them within `timeout_s`, or is no more.
        """
        data = memoryview(encode(*frames))
        stdin = self._process.stdin
        assert stdin is not None
        self._ends_s = time.monotonic() + timeout_s
        try:
            while data:
                data = data[stdin.write(data) or 0 :]
        except (OSError, ValueError) as error:
            raise self._ended() from error
        finally:
            self._ends_s = None

    def receive(self, timeout_s: float) -> Report:
        """The next frame from it.

        Raises:
            EndedChildError: none came within `timeout_s`, it has died, or what came is no frame.
        """
        try:
            frame = self._frames.take()
            if frame is None:
                self._ends_s = time.monotonic() + timeout_s
            while frame is None:
                self._frames.feed(self._read())
                frame = self._frames.take()
        except ValueError as error:
            self._kill("garbled", f"something in it wrote into the pipe of the rig: {error}")
            raise self._ended() from error
        finally:
            self._ends_s = None
        return frame  # pyright: ignore[reportReturnType]  a request from it is refused by whoever expects a report

    def close(self) -> None:
        """End the process; twice is fine, and it never raises."""
        self._end_input()
        try:
            self._process.wait(_LEAVES_S if self._fate is None else 0.0)
        except subprocess.TimeoutExpired:
            self._kill("hang", "it did not end when it was asked to")
            self._process.wait()
        self._closing.set()
        for thread in self._threads:
            thread.join(_LEAVES_S)
            if thread.is_alive():  # somebody whom the firmware started holds its pipes
                _kill_group(self._process.pid)
                thread.join()
        for pipe in (self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()

    def last_reports(self) -> Iterator[Report]:
        """What it said before its end and nobody has received yet; for one that has ended."""
        with contextlib.suppress(ValueError):
            while (frame := self._frames.take()) is not None:
                yield frame  # pyright: ignore[reportReturnType]  as in `receive`

    @property
    def printed(self) -> str:
        """The last that it wrote to stdout and stderr."""
        return b"".join(self._printed)[-PRINTED_BYTES:].decode(errors="replace").strip()

    @property
    def process_id(self) -> int:
        """Number of the process."""
        return self._process.pid

    def _read(self) -> bytes:
        stdout = self._process.stdout
        assert stdout is not None
        data = stdout.read(_CHUNK_BYTES) if not stdout.closed else b""
        if not data:
            raise self._ended()
        return data

    def _leaves(self) -> None:
        """Its pipe has ended: so should it."""
        try:
            self._process.wait(_SAYS_S)
        except subprocess.TimeoutExpired:
            self._kill("garbled", "something in it closed the pipe to the rig")
        _kill_group(self._process.pid)

    def _end_input(self) -> None:
        if self._process.stdin is not None:
            with contextlib.suppress(OSError, ValueError):
                self._process.stdin.close()

    def _kill(self, fate: Fate, why: str) -> None:
        if self._process.poll() is None:
            if self._fate is None:
                self._fate, self._why = fate, why
            if fate == "hang":  # it may still be able to say where it stands
                self._process.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(_SAYS_S)
            self._process.kill()
        _kill_group(self._process.pid)

    def _ended(self) -> EndedChildError:
        """What became of it; it is closed then, and what it had still to say is kept."""
        self._ends_s = None
        self._end_input()
        self._leaves()
        stdout = self._process.stdout
        with contextlib.suppress(OSError, ValueError):
            while stdout is not None and (data := stdout.read(_CHUNK_BYTES)):
                self._frames.feed(data)
        self.close()
        if self._fate is not None:
            return EndedChildError(self._fate, self._why, self.printed)
        return EndedChildError(*of_exit_code(self._process.returncode), self.printed)

    def _watch(self) -> None:
        while not self._closing.wait(_LOOK_S):
            ends_s = self._ends_s
            if ends_s is None:
                continue
            if self._process.poll() is not None:  # its own children may still hold the pipe that is being read
                _kill_group(self._process.pid)
            elif time.monotonic() > ends_s:
                self._kill("hang", "it did not answer in time and was killed")
                return

    def _listen(self) -> None:
        stderr: IO[bytes] | None = self._process.stderr
        assert stderr is not None
        count = 0
        while data := stderr.read(_CHUNK_BYTES):
            count += len(data)
            self._printed.append(data[-PRINTED_BYTES:])
            if count > FLOOD_BYTES:
                self._kill("flood", f"it printed more than {FLOOD_BYTES >> 20} MiB and was killed")


def _kill_group(group: int) -> None:
    """End whatever else lives in the process group: it would hold the pipes open."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            os.killpg(group, signal.SIGKILL)


def python_module(module: str, *arguments: str) -> tuple[str, ...]:
    """Command line of one of our modules on this interpreter, whatever lies in the working folder."""
    return (sys.executable, "-P", "-m", module, *arguments)


def _environment() -> dict[str, str]:
    """The environment, with the folder of our sources on the path where we run from a checkout."""
    folder = Path(rig.__file__).resolve().parents[1]
    paths = [os.environ.get("PYTHONPATH", ""), "" if folder.name.endswith("-packages") else str(folder)]
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}
