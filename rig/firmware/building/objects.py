"""Objects of C files, kept one by one: a variant compiles what its patch touches, and links the rest as it is."""

import os
import platform
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from rig.firmware.building import toolchain
from rig.firmware.building.build_cache import built_once, hash_of
from rig.firmware.building.toolchain import Compiler

SHOWN_ROOT: Final = "rig/firmware/reference"
"""What stands for the sources' root in debug information, wherever it lies."""

_LINKER_ONLY: Final = ("-Wl,", "-nostdlib", "-shared")


@dataclass(frozen=True, slots=True)
class Build:
    """What is built, and how.

    Attributes:
        root: folder of the sources; options and sources are relative to it.
        sources: C files.
        headers: that they may include.
        options: of the compiler and of the linker.
        libraries: what stands behind the objects.
        altered: sources and headers that are not as they were written: they may be compiled with warnings.
    """

    root: Path
    sources: tuple[Path, ...]
    headers: tuple[Path, ...]
    options: tuple[str, ...]
    libraries: tuple[str, ...]
    altered: frozenset[str] = frozenset()


def link(build: Build, compiler: Compiler, out: Path) -> Path:
    """Compile what was not compiled before, side by side, and link all of it.

    Raises:
        BenchError: the compiler refuses.
    """
    headers = hash_of(part for path in build.headers for part in _named(build.root, path))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        objects = list(pool.map(partial(_object, build, headers, compiler), build.sources))
    arguments = [*build.options, *(str(each) for each in objects), *build.libraries]
    return toolchain.run_compiler(compiler, arguments, out, build.root)


def machine() -> str:
    """For which system a compiler works that is told no other: builds of one are no use to another."""
    return f"{platform.platform(terse=True)} {platform.machine()}"


def _object(build: Build, headers: str, compiler: Compiler, source: Path) -> Path:
    # a defect may well leave something unused: only what we wrote ourselves must be clean
    touched = source.as_posix() in build.altered or any(name.endswith(".h") for name in build.altered)
    options = [*_compiler_only(build.options), *(() if touched else toolchain.STRICT)]
    key = hash_of(
        [compiler.version, machine(), toolchain.SHOWN_HEADERS, headers, *options, *_named(build.root, source)]
    )

    def make(out: Path) -> None:
        mapped = (f"-ffile-prefix-map={build.root}={SHOWN_ROOT}", *toolchain.nameless_headers(compiler, build.root))
        toolchain.run_compiler(compiler, [*mapped, *options, "-c", source.as_posix()], out, build.root)

    return built_once(source.stem, key, ".o", make)


def _compiler_only(options: Sequence[str]) -> Iterable[str]:
    return (option for option in options if not option.startswith(_LINKER_ONLY))


def _named(root: Path, path: Path) -> tuple[str | bytes, ...]:
    return path.as_posix(), (root / path).read_bytes().replace(b"\r\n", b"\n")
