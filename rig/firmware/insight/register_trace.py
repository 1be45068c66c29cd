"""Every access to a register of a peripheral as a line of a CSV file, by the names of the reference manual."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from sim.errors import BenchError

HEADER: Final = "cycle,t_ns,access,register,size_bytes,value,pc\n"


class RegisterTrace:
    """An open CSV file.

    Args:
        path: of the file; its folder is made, an older one is replaced.
        name_of: address -> name of the register.
        instant_ns: cycle -> rig time, ns.

    Raises:
        BenchError: it cannot be written.
    """

    def __init__(self, path: Path, name_of: Callable[[int], str], instant_ns: Callable[[int], int]) -> None:
        self._name_of, self._instant_ns = name_of, instant_ns
        self._names: dict[int, str] = {}
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("w", encoding="utf-8", newline="\n")
        except OSError as error:
            problem = f"the register trace {path} cannot be written: {error.strerror}"
            raise BenchError("firmware", float("nan"), problem, "name another folder") from error
        self._file.write(HEADER)

    def access(self, cycle: int, is_write: bool, address: int, size: int, value: int, pc: int) -> None:
        """A register was read or written by the instruction at `pc`, or by DMA meanwhile."""
        name = self._names.get(address)
        if name is None:
            name = self._names[address] = self._name_of(address)
        word = "write" if is_write else "read"
        self._file.write(f"{cycle},{self._instant_ns(cycle)},{word},{name},{size},0x{value:0{2 * size}x},0x{pc:08x}\n")

    def close(self) -> None:
        """Finish the file; twice is fine."""
        self._file.close()
