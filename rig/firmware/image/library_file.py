"""Is a file a library that this machine can load? Told before a process is started for it."""

import math
import sys
from pathlib import Path
from typing import Final

from sim.errors import BenchError

_MACHINES: Final = {0x03: "x86 (32 bit)", 0x28: "ARM (32 bit)", 0x3E: "x86-64", 0xB7: "AArch64", 0xF3: "RISC-V"}
"""Source: ELF specification, e_machine; the Thumb code of a Cortex-M counts as ARM."""

_MAGIC: Final = {
    "linux": (b"\x7fELF",),
    "win32": (b"MZ",),
    "darwin": (b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe"),
}
_SHARED: Final = 3
_DOORS: Final = ("dut_abi_version", "dut_serve")


def checked_library(path: Path, part: str) -> Path:
    """The absolute path of a library that this machine can load, as far as its head says.

    Raises:
        BenchError: no such file, no library, or one for another architecture.
    """
    mend = "build the firmware as a shared library for this machine (`firmware: {build: reference}` does)"
    try:
        with path.open("rb") as file:
            head = file.read(64)
    except OSError as error:
        raise BenchError(part, math.nan, f"{path} cannot be read: {error.strerror or error}", mend) from error
    magic = _MAGIC.get(sys.platform, (b"\x7fELF",))
    if not head.startswith(magic) or (head[:4] == b"\x7fELF" and len(head) < 64):
        raise BenchError(part, math.nan, f"{path} is no library of this machine: it begins with {head[:8]!r}", mend)
    if head[:4] == b"\x7fELF":
        own = _own_head()
        machine = _machine(head)
        if own[:4] == b"\x7fELF" and (machine, head[4]) != (_machine(own), own[4]):
            problem = f"{path} is built for {_name(machine)}, this machine is {_name(_machine(own))}"
            board = "an image for a microcontroller is `firmware: {image: ..., board: ...}`"
            raise BenchError(part, math.nan, problem, board if machine == 0x28 else mend)
        if int.from_bytes(head[16:18], "little") != _SHARED:
            raise BenchError(part, math.nan, f"{path} is an object file or a program, no shared library", mend)
    return path.resolve()


def refuse_without_doors(path: Path, part: str) -> None:
    """Refuse a library that holds no name of what the rig calls: it was built without the C files of the host.

    Every format keeps the names of what a library exports as plain text, stripped or not.

    Raises:
        BenchError: one is missing.
    """
    data = path.read_bytes()
    if missing := [name for name in _DOORS if name.encode() not in data]:
        mend = "build it together with the C files of rig/firmware/reference/host"
        raise BenchError(part, math.nan, f"{path.name} has no {' and no '.join(missing)}", mend)


def _own_head() -> bytes:
    with Path(sys.executable).resolve().open("rb") as file:
        return file.read(64)


def _machine(head: bytes) -> int:
    return int.from_bytes(head[18:20], "little")


def _name(machine: int) -> str:
    return _MACHINES.get(machine, f"the ELF machine 0x{machine:X}")
