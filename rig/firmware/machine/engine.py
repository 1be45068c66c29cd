"""The door to Unicorn, the library that knows the instruction set: the only file that imports it.

cffi binds the shared library of the wheel directly and needs no compiler: nine registers are read in 1 us that way, in
17 us through Unicorn's own Python binding.

Source: Unicorn 2.1.4, ``include/unicorn/unicorn.h``.
"""

import functools
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sim.errors import BenchError

PROVED: Final = ("2.1.4",)
"""Versions of Unicorn with which the conformance suite of the machine passes."""
_DECLARATIONS: Final = """
typedef struct uc_struct uc_engine; typedef size_t uc_hook; typedef int uc_err;
uc_err uc_open(int arch, int mode, uc_engine **uc); uc_err uc_close(uc_engine *); uc_err uc_ctl(uc_engine *, int, ...);
uc_err uc_reg_read(uc_engine *, int, void *); uc_err uc_reg_write(uc_engine *, int, const void *);
uc_err uc_reg_read_batch(uc_engine *, int *, void **, int);
uc_err uc_reg_write_batch(uc_engine *, int *, void *const *, int);
uc_err uc_mem_map_ptr(uc_engine *, uint64_t, size_t, uint32_t, void *);
uc_err uc_mem_protect(uc_engine *, uint64_t, size_t, uint32_t);
uc_err uc_emu_start(uc_engine *, uint64_t, uint64_t, uint64_t, size_t); uc_err uc_emu_stop(uc_engine *);
uc_err uc_hook_add(uc_engine *, uc_hook *, int, void *, void *, uint64_t, uint64_t, ...);
uc_err uc_hook_del(uc_engine *, uc_hook);
typedef uint64_t (*io_read)(uc_engine *, uint64_t, unsigned, void *);
typedef void (*io_write)(uc_engine *, uint64_t, unsigned, uint64_t, void *);
uc_err uc_mmio_map(uc_engine *, uint64_t, size_t, io_read, void *, io_write, void *);
const char *uc_strerror(uc_err);
"""


@dataclass(frozen=True, slots=True)
class Library:
    """The engine's C interface.

    Attributes:
        ffi: cffi's view of it.
        lib: its functions.
        unicorn: the Python module, for its constants.
        registers: numbers of the registers of ARM.
        version: of the library.
    """

    ffi: Any
    lib: Any
    unicorn: Any
    registers: Any
    version: str


def load_library() -> Library:
    """Open the library.

    Raises:
        BenchError: it or cffi is not installed, or has another version than those that are proved.
    """
    mend = "pip install 'stimrig[firmware]'"
    try:
        import cffi
        import unicorn
        from unicorn import arm_const
    except ImportError as error:
        problem = f"`{error.name}` is not installed, which executes the instructions of an image"
        raise BenchError("the emulator", float("nan"), problem, mend) from None
    version = str(getattr(unicorn, "__version__", "of unknown version"))
    if version not in PROVED:
        problem = f"Unicorn {version} is installed; the machine is proved with {', '.join(PROVED)}"
        raise BenchError("the emulator", float("nan"), problem, mend)
    folder = Path(unicorn.__file__).parent / "lib"
    found = [path for path in sorted(folder.iterdir()) if path.suffix != ".a" and "unicorn" in path.name]
    if not found:
        raise BenchError("the emulator", float("nan"), f"no shared library in {folder}", mend)
    ffi, lib = _bound(cffi.FFI, found[0])
    return Library(ffi, lib, unicorn, arm_const, version)


@functools.cache
def _bound(interface: type[Any], path: Path) -> tuple[Any, Any]:
    """The library and cffi's view of it; once a process, as reading the declarations takes long."""
    ffi = interface()
    ffi.cdef(_DECLARATIONS)
    return ffi, ffi.dlopen(str(path))


class Batch:
    """Registers that are read and written together."""

    __slots__ = ("_bytes", "_cells", "_count", "_numbers", "_pack", "_places", "_read", "_uc", "_unpack", "_write")

    def __init__(self, library: Library, uc: Any, numbers: Sequence[int]) -> None:
        ffi = library.ffi
        self._uc, self._count = uc, len(numbers)
        self._read, self._write = library.lib.uc_reg_read_batch, library.lib.uc_reg_write_batch
        self._numbers = ffi.new("int[]", list(numbers))
        self._cells = ffi.new("uint32_t[]", len(numbers))
        self._places = ffi.new("void *[]", [self._cells + place for place in range(len(numbers))])
        # a struct over their bytes takes half the time of an array of the engine's numbers
        layout = struct.Struct(f"={len(numbers)}I")
        self._bytes, self._pack, self._unpack = ffi.buffer(self._cells), layout.pack_into, layout.unpack_from

    def read(self) -> tuple[int, ...]:
        """Their values, in the order in which they were named."""
        self._read(self._uc, self._numbers, self._places, self._count)
        return self._unpack(self._bytes)

    def write(self, values: Sequence[int]) -> None:
        """Set them, in the order in which they were named."""
        self._pack(self._bytes, 0, *values)
        self._write(self._uc, self._numbers, self._places, self._count)
