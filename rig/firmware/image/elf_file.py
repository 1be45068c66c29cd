"""Reads an ELF of a microcontroller through pyelftools, which is imported here only when an ELF is read."""

import io
import math
import struct
from pathlib import Path
from typing import Any, Final

from rig.firmware.image.image_contents import Contents, Segment, Symbol, SymbolKind
from sim.errors import BenchError, ScenarioError

_MACHINES: Final = {
    2: "SPARC",
    3: "x86 (32 bit)",
    8: "MIPS",
    20: "PowerPC",
    40: "ARM",
    42: "SuperH",
    62: "x86-64",
    83: "AVR",
    94: "Xtensa",
    105: "MSP430",
    164: "Hexagon",
    183: "AArch64",
    243: "RISC-V",
}
"""`e_machine` -> name, of those that somebody may have at hand. Source: System V ABI, ELF header."""
_ARM: Final = 40
_RELOCATABLE, _EXECUTABLE, _SHARED = 1, 2, 3
_LOAD: Final = "PT_LOAD"
_KINDS: Final[dict[str, SymbolKind]] = {"STT_FUNC": "function", "STT_OBJECT": "object", "STT_NOTYPE": "label"}
_MEND: Final = "build it for thumbv7em, such as `-mcpu=cortex-m4 -mthumb`"


def read_elf(path: Path, data: bytes, where: str) -> Contents:
    """Read an ELF.

    Raises:
        ScenarioError: it is cut short or damaged, or no linked program of a bare 32 bit little-endian ARM.
        BenchError: pyelftools is not installed.
    """
    _check_header(path, data, where)
    elf = _opened(path, data, where)
    try:
        _must_be_bare(path, elf, where)
        segments = tuple(
            Segment(int(part["p_paddr"]), bytes(part.data()))
            for part in elf.iter_segments(_LOAD)
            if part["p_filesz"] > 0
        )
        return Contents(segments, int(elf["e_entry"]), _symbols(elf), _has_lines(elf), _sources(elf))
    except ScenarioError:
        raise
    except Exception as error:  # noqa: BLE001  # of a damaged file pyelftools raises whatever its parser stumbles over
        raise _damaged(path, where, error) from None


def _check_header(path: Path, data: bytes, where: str) -> None:
    """What the first bytes alone say. Source: System V ABI, chapter 4, ELF header."""
    if len(data) < 20:
        raise _cut(path, where, f"{len(data)} bytes")
    wide, little = data[4] == 2, data[5] == 1
    order = "<" if little else ">"
    kind, machine = struct.unpack_from(f"{order}HH", data, 16)
    name = _MACHINES.get(machine, f"machine {machine}")
    if machine != _ARM:
        raise ScenarioError(where, f"{path.name} is built for {name}, the emulated processor is ARM Cortex-M", _MEND)
    if wide or not little:
        problem = f"{path.name} is a {64 if wide else 32} bit {'little' if little else 'big'}-endian ELF"
        raise ScenarioError(where, f"{problem}, Cortex-M images are 32 bit little-endian", _MEND)
    if kind == _RELOCATABLE:
        raise ScenarioError(where, f"{path.name} is an object file", "link it with the linker script of its board")
    if kind not in {_EXECUTABLE, _SHARED}:
        raise ScenarioError(where, f"{path.name} is an ELF of type {kind}, not a program", _MEND)
    if len(data) < 52:
        raise _cut(path, where, f"{len(data)} bytes")
    program, sections = struct.unpack_from("<II", data, 28)
    sizes = struct.unpack_from("<HHHH", data, 42)
    ends = [program + sizes[0] * sizes[1], sections + sizes[2] * sizes[3]]
    if sizes[0] == 32 and ends[0] <= len(data):
        for number in range(sizes[1]):
            start, in_file = struct.unpack_from("<4xI8xI", data, program + 32 * number)
            ends.append(start + in_file)
    if max(ends) > len(data):
        raise _cut(path, where, f"{len(data)} bytes, its tables and segments reach to {max(ends)}")


def _opened(path: Path, data: bytes, where: str) -> Any:
    try:
        from elftools.elf.elffile import ELFFile
    except ImportError:
        problem = f"pyelftools is not installed, so {path.name} cannot be read"
        raise BenchError("firmware", math.nan, problem, "pip install 'stimrig[firmware]'") from None
    try:
        return ELFFile(io.BytesIO(data))
    except Exception as error:  # noqa: BLE001  # as in `read_elf`
        raise _damaged(path, where, error) from None


def _must_be_bare(path: Path, elf: Any, where: str) -> None:
    kinds = {str(part["p_type"]) for part in elf.iter_segments()}
    if "PT_INTERP" in kinds or elf.get_section_by_name(".note.ABI-tag") is not None:
        problem = f"{path.name} is a program for Linux, not for a bare processor"
        raise ScenarioError(where, problem, "build it with `arm-none-eabi-gcc` or for `thumb-freestanding-eabihf`")
    if elf["e_type"] == "ET_DYN" and "PT_DYNAMIC" in kinds:
        problem = f"{path.name} is a shared library, not an image"
        raise ScenarioError(where, problem, "link it at fixed addresses: without `-shared` and `-pie`")


def _symbols(elf: Any) -> dict[str, Symbol]:
    """Names of functions, objects and labels; a global name wins over a local one that is spelt the same."""
    table = elf.get_section_by_name(".symtab")
    symbols: dict[str, Symbol] = {}
    strong: set[str] = set()
    for entry in table.iter_symbols() if table is not None else ():
        name, kind = str(entry.name), _KINDS.get(str(entry["st_info"]["type"]))
        if not name or name.startswith("$") or kind is None or entry["st_shndx"] == "SHN_UNDEF" or name in strong:
            continue
        address = int(entry["st_value"])
        if kind == "function":
            address &= ~1
        symbols[name] = Symbol(name, address, int(entry["st_size"]), kind)
        if entry["st_info"]["bind"] != "STB_LOCAL":
            strong.add(name)
    return symbols


def _has_lines(elf: Any) -> bool:
    section = elf.get_section_by_name(".debug_line") or elf.get_section_by_name(".zdebug_line")
    return section is not None and section["sh_size"] > 0


def _sources(elf: Any) -> tuple[str, ...]:
    """Names of the compiled files, from the symbol table: they survive where debug information was left out."""
    table = elf.get_section_by_name(".symtab")
    entries = table.iter_symbols() if table is not None else ()
    names = (str(entry.name) for entry in entries if entry["st_info"]["type"] == "STT_FILE")
    return tuple(dict.fromkeys(name for name in names if name))


def _cut(path: Path, where: str, problem: str) -> ScenarioError:
    return ScenarioError(where, f"{path.name} is cut short: it has {problem}", "build or copy it again")


def _damaged(path: Path, where: str, error: Exception) -> ScenarioError:
    told = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
    return ScenarioError(where, f"{path.name} is a damaged ELF: {told}", "build or copy it again")
