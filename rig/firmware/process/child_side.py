"""What every device process does first, on its own side: it takes its pipes into safety and watches for its parent.

Nothing heavy is imported here: such a process begins anew at every reset of a firmware that is built for this machine.
"""

import os
import signal
import sys
import threading
import time
from typing import Final, TypeAlias

Pipes: TypeAlias = tuple[int, int]
"""File descriptors to read frames from and to write frames to."""

_LOOK_S: Final = 1.0


def take_pipes() -> Pipes:
    """Move the pipes of the rig out of the way of `printf` and `scanf`, and see to it that an orphan ends.

    Standard output goes where standard error goes, from C as well; standard input is empty.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the rig decides when a device ends
    read_fd, write_fd = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    if sys.platform == "win32":
        import msvcrt

        for fd in (read_fd, write_fd):
            msvcrt.setmode(fd, os.O_BINARY)
    threading.Thread(target=_end_as_orphan, args=(os.getppid(),), daemon=True).start()
    return read_fd, write_fd


def _end_as_orphan(parent: int) -> None:
    """End when the rig was killed: a firmware in an endless loop reads no pipe and would burn a core for ever."""
    while os.getppid() == parent:
        time.sleep(_LOOK_S)
    os._exit(0)
