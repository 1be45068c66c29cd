"""The process of a firmware that is built for this machine: load the library, let it serve the pipe.

``python -m rig.firmware.host_child LIBRARY``. It imports next to nothing: it begins anew at every reset.
"""

import ctypes
import os
import struct
import sys
from typing import Final

from rig.firmware.process.child_side import Pipes, take_pipes

ABI_VERSION: Final = 1
"""What `dut_abi_version` must say (`rig.firmware.process.wire_frame.VERSION`, which would import too much here)."""

_FAILED: Final = 73
_SYMBOLS: Final = ("dut_abi_version", "dut_serve")


def main(library: str) -> int:
    """Serve the pipes with the library until the rig has had enough."""
    pipes = take_pipes()
    try:
        firmware = ctypes.CDLL(library)
    except OSError as error:
        return _fail(pipes, f"the library cannot be loaded: {error}")
    missing = [name for name in _SYMBOLS if not hasattr(firmware, name)]
    if missing:
        mend = "build it together with the C files of rig/firmware/reference/host"
        return _fail(pipes, f"the library has no {' and no '.join(missing)}; {mend}")
    if (version := firmware.dut_abi_version()) != ABI_VERSION:
        return _fail(pipes, f"the library speaks version {version} of the rig's language, the rig {ABI_VERSION}")
    return int(firmware.dut_serve(*pipes))


def _fail(pipes: Pipes, why: str) -> int:
    """Tell why nothing can run (the frame `Failed` of `rig.firmware.process.wire`)."""
    text = why.encode(errors="replace")
    os.write(pipes[1], struct.pack("<IB", len(text), _FAILED) + text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
