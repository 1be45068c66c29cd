"""Reads a firmware image: an ELF, an Intel HEX file, or raw bytes with the address at which they lie.

An image is what a programmer writes into flash and nothing else, so only what a device still holds after its supply was
away counts: bytes at their *load* addresses. The vector table lies at the lowest of them, as after a reset of Cortex-M.
"""

import hashlib
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, TypeAlias

from rig.firmware.image.elf_file import read_elf
from rig.firmware.image.image_contents import Contents, Region, Segment, Symbol
from rig.firmware.image.intel_hex import read_intel_hex
from sim.errors import ScenarioError

ImageFormat: TypeAlias = Literal["elf", "hex", "bin"]
FLASH: Final = Region(0x0800_0000, 2 << 20)
"""Main flash of the STM32F4 class. Source: RM0090 table 5 (1 MiB, 2 MiB of the F42x)."""
RAM: Final = (Region(0x2000_0000, 512 << 10), Region(0x1000_0000, 64 << 10))
"""SRAM and core-coupled RAM of the STM32F4 class. Source: RM0090 section 2.3.1."""
_LARGEST: Final = 256 << 20
"""Larger files are no image of a microcontroller (design choice: 2 MiB of flash with generous debug information)."""
_TABLE_ALIGNMENT: Final = 128
"""Least alignment of a vector table. Source: ARMv7-M ARM B3.2.5, TBLOFF begins at bit 7."""


@dataclass(frozen=True, slots=True)
class LoadedImage:
    """What a device's flash holds.

    Attributes:
        path: the file.
        format: of the file.
        segments: bytes by their address in flash, in order of address, none overlapping.
        symbols: name -> symbol; empty for a stripped ELF and for formats that have none.
        entry: address of the first instruction, without the Thumb bit.
        vector_table: address.
        initial_sp: stack pointer at reset.
        sha256: of the file.
        has_lines: true where the file says which source line an address belongs to.
        sources: names of the compiled files that it tells of, in its order.
    """

    path: Path
    format: ImageFormat
    segments: tuple[Segment, ...]
    entry: int
    vector_table: int
    initial_sp: int
    sha256: str
    symbols: Mapping[str, Symbol] = field(default_factory=dict[str, Symbol])
    has_lines: bool = False
    sources: tuple[str, ...] = ()

    def symbol(self, name: str, where: str = "") -> Symbol:
        """A symbol by its name.

        Raises:
            ScenarioError: the image has no symbols, or none of that name.
        """
        if name in self.symbols:
            return self.symbols[name]
        if not self.symbols:
            mend = "give an ELF that is not stripped, or an address such as `0x20000010`"
            raise ScenarioError(where, f"`{name}` is asked for, but {self.path.name} has no symbols", mend)
        from scenarios.problems import closest

        meant = closest(name, self.symbols)
        raise ScenarioError(
            where, f"{self.path.name} has no symbol `{name}`", f"did you mean `{meant}`?" if meant else ""
        )


def load_image(
    path: Path, where: str = "", *, at: int | None = None, flash: Region = FLASH, ram: Sequence[Region] = RAM
) -> LoadedImage:
    """Read an image.

    Args:
        path: an ELF; `*.hex`; or raw bytes, which need `at`.
        where: place that named it, for errors: ``file:line:column`` or an option.
        at: address of the first byte; for raw bytes only.
        flash: of the chip.
        ram: of the chip.

    Raises:
        ScenarioError: the file is missing, empty, cut short, of another processor, or no image that could start.
        BenchError: it is an ELF, and pyelftools is not installed.
    """
    data = _bytes_of(path, where)
    kind = _format_of(path, data)
    if kind != "bin" and at is not None:
        mend = "leave `at` out"
        raise ScenarioError(where, f"{path.name} says itself at which address it lies", mend)
    if kind == "elf":
        contents = read_elf(path, data, where)
    elif kind == "hex":
        contents = read_intel_hex(path, data, where)
    else:
        contents = _raw(path, data, where, at)
    segments = _joined(path, contents, where)
    _must_lie_in_flash(path, segments, where, flash, ram)
    table, stack, reset = _vectors(path, segments, where, ram)
    entry = contents.entry & ~1 if contents.entry else reset & ~1
    if not any(segment.holds(entry) for segment in segments):
        problem = f"the entry point 0x{entry:08x} of {path.name} lies outside of what it loads"
        raise ScenarioError(where, problem, "name the reset handler to the linker: `ENTRY(Reset_Handler)` or `-e`")
    return LoadedImage(
        path,
        kind,
        segments,
        entry,
        table,
        stack,
        hashlib.sha256(data).hexdigest(),
        contents.symbols,
        contents.has_lines,
        contents.sources,
    )


def _bytes_of(path: Path, where: str) -> bytes:
    if path.is_dir():
        raise ScenarioError(where, f"{path} is a folder, not an image", "name the ELF in it")
    try:
        if path.stat().st_size > _LARGEST:
            raise ScenarioError(where, f"{path} has more than 256 MiB", "no image of a microcontroller is so large")
        data = path.read_bytes()
    except FileNotFoundError:
        raise ScenarioError(where, f"there is no image {path}", "build it first, or mend the path") from None
    except OSError as error:
        raise ScenarioError(where, f"{path} cannot be read: {error.strerror}") from None
    if not data:
        raise ScenarioError(where, f"{path} is empty", "build it again")
    return data


def _format_of(path: Path, data: bytes) -> ImageFormat:
    """By its first bytes, then by its name: an ELF may be called `firmware`, `fw.out` or `fw.axf`."""
    if data.startswith(b"\x7fELF"):
        return "elf"
    suffix = path.suffix.lower()
    if suffix in {".hex", ".ihex", ".ihx"}:
        return "hex"
    return "bin"


def _raw(path: Path, data: bytes, where: str, at: int | None) -> Contents:
    if path.suffix.lower() in {".elf", ".axf", ".out"}:
        raise ScenarioError(where, f"{path.name} is no ELF: it begins with {data[:4].hex(' ')}", "build it again")
    if at is None:
        problem = f"{path.name} does not say at which address it lies"
        said = f"firmware: {{image: {{file: {path.name}, at: 0x08000000}}, board: B}}"
        raise ScenarioError(where, problem, f"give the ELF, or write `{said}` in a device file")
    if at < 0 or at + len(data) > 1 << 32:
        raise ScenarioError(where, f"{path.name} at 0x{at:x} does not lie within 32 bit of address", "mend `at`")
    return Contents((Segment(at, data),))


def _joined(path: Path, contents: Contents, where: str) -> tuple[Segment, ...]:
    """Segments in order, neighbours in one."""
    joined: list[Segment] = []
    for segment in sorted(contents.segments, key=lambda one: one.address):
        if joined and segment.address < joined[-1].end:
            problem = f"{path.name} loads 0x{segment.address:08x} twice"
            raise ScenarioError(where, problem, "mend the linker script, or build it again")
        if joined and segment.address == joined[-1].end:
            joined[-1] = Segment(joined[-1].address, joined[-1].data + segment.data)
        else:
            joined.append(segment)
    if not joined:
        raise ScenarioError(where, f"{path.name} loads nothing", "link it: an image has code at an address in flash")
    return tuple(joined)


def _must_lie_in_flash(
    path: Path, segments: Sequence[Segment], where: str, flash: Region, ram: Sequence[Region]
) -> None:
    if not any(flash.holds(segment.address) for segment in segments):
        problem = f"{path.name} has no vector table in flash: it loads nothing at {flash}"
        problem += f", its first byte lies at 0x{segments[0].address:08x}"
        raise ScenarioError(where, problem, "link it for the chip of the board, or mend `memory.flash` of the board")
    for segment in segments:
        if flash.holds(segment.address) and flash.holds(segment.end - 1):
            continue
        place = f"0x{segment.address:08x} to 0x{segment.end - 1:08x}"
        if any(region.holds(segment.address) for region in ram):
            problem = f"{path.name} loads {place} into RAM, which holds nothing when the power comes"
            raise ScenarioError(where, problem, "let the start-up code copy it from flash: `> RAM AT> FLASH`")
        problem = f"{path.name} loads {place}, outside of the flash at {flash}"
        raise ScenarioError(where, problem, "link it for the chip of the board, or mend `memory.flash` of the board")


def _vectors(path: Path, segments: Sequence[Segment], where: str, ram: Sequence[Region]) -> tuple[int, int, int]:
    """Address of the vector table, initial stack pointer, reset vector. Source: ARMv7-M ARM B1.5.3 and B1.5.5."""
    table, data = segments[0].address, segments[0].data
    mend = "the linker script must put the vector table first: `KEEP(*(.isr_vector))`"
    name = f"{path.name} has no vector table at its lowest address 0x{table:08x}"
    if table % _TABLE_ALIGNMENT or len(data) < 8:
        raise ScenarioError(where, f"{name}: it must lie at a multiple of {_TABLE_ALIGNMENT} bytes", mend)
    stack, reset = struct.unpack_from("<II", data)
    if not any(region.at < stack <= region.end for region in ram) or stack % 4:
        raise ScenarioError(where, f"{name}: the first word 0x{stack:08x} is no stack pointer into RAM", mend)
    if not reset & 1:
        raise ScenarioError(where, f"{name}: the reset vector 0x{reset:08x} is no Thumb address", mend)
    if not any(segment.holds(reset & ~1) for segment in segments):
        raise ScenarioError(where, f"{name}: the reset vector 0x{reset:08x} lies outside of what is loaded", mend)
    return table, stack, reset
