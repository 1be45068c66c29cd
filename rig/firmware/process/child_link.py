"""The device process's end of the pipes: requests come one by one, reports go out at once."""

import os
import sys
from typing import Final

from rig.firmware.process.wire import FrameBuffer, Request, encode
from rig.firmware.process.wire_frame import Frame

_CHUNK_BYTES: Final = 1 << 16


class ChildLink:
    """Frames over two file descriptors.

    Args:
        read_fd: requests come from it.
        write_fd: reports go to it.
    """

    def __init__(self, read_fd: int, write_fd: int) -> None:
        self._read_fd, self._write_fd = read_fd, write_fd
        self._frames = FrameBuffer()

    def take(self) -> Request:
        """The next request; the process ends where the rig has closed the pipe."""
        while (frame := self._frames.take()) is None:
            data = os.read(self._read_fd, _CHUNK_BYTES)
            if not data:
                sys.exit(0)
            self._frames.feed(data)
        return frame  # pyright: ignore[reportReturnType]  whoever expects a request refuses a report

    def send(self, *frames: Frame) -> None:
        """Send reports; the process ends where nobody reads them any more."""
        data = memoryview(encode(*frames))
        try:
            while data:
                data = data[os.write(self._write_fd, data) :]
        except OSError:
            sys.exit(0)
