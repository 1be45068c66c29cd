"""The compilers that build firmware: which are here, and how a C file becomes an image or a library.

Two serve each side. The `ziglang` wheel is clang with a linker for every target: it needs nothing but pip, and it is
pinned, so its bytes can be compared. A system's own compiler (gcc, clang, arm-none-eabi-gcc) serves where it is found.
"""

import importlib.metadata
import importlib.util
import math
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final, Literal, TypeAlias

from rig.firmware.building.build_cache import cache_folder
from sim.errors import BenchError

Family: TypeAlias = Literal["zig", "gcc"]

PINNED_ZIG: Final = "0.17.1"
"""The version whose bytes are committed under `images/`; another one builds, but is not compared."""

LIMIT_S: Final = 300.0
"""A compiler that has not ended by then has hung (design choice; a cold zig takes some seconds)."""

SHOWN_LINES: Final = 12
"""Lines of a compiler's complaint that an error repeats: the first ones name the cause."""

STRICT: Final = ("-Wall", "-Wextra", "-Wconversion", "-Werror")
"""Warnings under which our own sources compile clean."""

_SAME_EVERYWHERE: Final = ("-std=c11", "-ffp-contract=off")
# A fused multiply-add rounds once where two operations round twice: without it every target computes the same floats.

_ARM: Final = (
    *(
        "-Os",
        "-gdwarf-4",
        "-gno-column-info",
        "-mthumb",
        "-ffreestanding",
        "-fno-common",
        "-ffunction-sections",
        "-fdata-sections",
    ),
    *("-fno-unwind-tables", "-fno-asynchronous-unwind-tables", "-nostdlib", "-Wl,--gc-sections"),
    "-Wl,-e,Reset_Handler",
)
# zig ignores -mfpu (without +vfp4d16sp floats become calls of a library that is not there) and ENTRY() of the script,
# pads segments to 64 KiB, and traps undefined behaviour unless told not to.
_ARM_ZIG: Final = (
    *("-target", "thumb-freestanding-eabihf", "-mcpu=cortex_m4+vfp4d16sp", "-fno-sanitize=all"),
    *("-Wl,-z,max-page-size=16", "-Wl,--compress-debug-sections=zlib"),
)
_ARM_GCC: Final = (
    *("-mcpu=cortex-m4", "-mfpu=fpv4-sp-d16", "-mfloat-abi=hard", "-fno-tree-loop-distribute-patterns"),
    "-Wl,--no-warn-rwx-segments",
)
_HOST: Final = ("-O2", "-g", "-shared")
_HOST_ZIG: Final = ("-mcpu=baseline", "-fno-sanitize=all")


@dataclass(frozen=True, slots=True)
class Compiler:
    """A compiler that is here.

    Attributes:
        family: whose options it takes; clang takes those of gcc.
        command: the beginning of its command line.
        version: what it says it is, in one line.
        environment: variables that it needs.
    """

    family: Family
    command: tuple[str, ...]
    version: str
    environment: Mapping[str, str] = field(default_factory=dict[str, str], hash=False)

    @property
    def pinned(self) -> bool:
        """Whether its bytes are comparable with the committed ones."""
        return self.version == f"zig {PINNED_ZIG}"


def library_suffix() -> str:
    """How a shared library is called on this system: `.so`, `.dylib`, `.dll`."""
    return {"win32": ".dll", "darwin": ".dylib"}.get(sys.platform, ".so")


def find_host_compiler() -> Compiler:
    """The compiler for this machine: its own gcc or clang, else the zig wheel.

    Raises:
        BenchError: there is none.
    """
    return _first(_installed("gcc"), _installed("clang"), _zig(), wanted="this machine")


def find_arm_compiler(family: Family | None = None) -> Compiler:
    """The compiler for Cortex-M4F: the zig wheel, else arm-none-eabi-gcc; or the one of the family asked for.

    Raises:
        BenchError: there is none.
    """
    zig = None if family == "gcc" else _zig()
    gcc = None if family == "zig" or zig else _installed("arm-none-eabi-gcc")
    return _first(zig, gcc, wanted="Cortex-M4F")


def compile_host_library(
    sources: Sequence[Path],
    out: Path,
    include: Sequence[Path] = (),
    flags: Sequence[str] = (),
    compiler: Compiler | None = None,
) -> Path:
    """Compile C files to a shared library for this machine.

    Args:
        sources: C files.
        out: the library to write.
        include: folders of headers.
        flags: further options.
        compiler: which one; default `find_host_compiler`.

    Raises:
        BenchError: no compiler, or it refuses; with its first lines.
    """
    chosen = compiler or find_host_compiler()
    options = [*host_flags(chosen), *flags, *(f"-I{folder}" for folder in include)]
    return run_compiler(chosen, [*options, *(str(source) for source in sources), *host_libraries()], out)


def compile_elf(
    sources: Sequence[Path],
    linker_script: Path,
    out: Path,
    flags: Sequence[str] = (),
    compiler: Compiler | None = None,
) -> Path:
    """Compile C files to a bare-metal image for a Cortex-M4F, with debug information; its entry is `Reset_Handler`.

    Args:
        sources: C or assembler files.
        linker_script: where flash and RAM lie.
        out: the ELF to write.
        flags: further options, such as `-Ifolder`.
        compiler: which one; default `find_arm_compiler`.

    Raises:
        BenchError: no compiler, or it refuses; with its first lines.
    """
    chosen = compiler or find_arm_compiler()
    options = [*arm_flags(chosen), f"-Wl,-T,{linker_script}", *flags]
    return run_compiler(chosen, [*options, *(str(source) for source in sources), *arm_libraries(chosen)], out)


def host_flags(compiler: Compiler) -> tuple[str, ...]:
    """Options with which `compiler` makes a library for this machine."""
    position = () if sys.platform == "win32" else ("-fPIC",)
    complete = ("-Wl,-z,defs",) if sys.platform.startswith("linux") else ()
    return (*_SAME_EVERYWHERE, *_HOST, *(_HOST_ZIG if compiler.family == "zig" else ()), *position, *complete)


def arm_flags(compiler: Compiler) -> tuple[str, ...]:
    """Options with which `compiler` makes an image for a Cortex-M4F."""
    return (*_SAME_EVERYWHERE, *_ARM, *(_ARM_ZIG if compiler.family == "zig" else _ARM_GCC))


def arm_libraries(compiler: Compiler) -> tuple[str, ...]:
    """What stands behind the sources of an image: gcc's own routines (64 bit division); zig brings none."""
    return () if compiler.family == "zig" else ("-lgcc",)


def host_libraries() -> tuple[str, ...]:
    """What stands behind the sources of a library: the mathematical functions, where they are one of their own."""
    return () if sys.platform == "win32" else ("-lm",)


SHOWN_HEADERS: Final = "zig"
"""Folder by which debug information names the headers of a wheel."""


def nameless_headers(compiler: Compiler, folder: Path | None = None) -> tuple[str, ...]:
    """Options that let debug information name the headers of a wheel alike, wherever the wheel lies.

    Args:
        compiler: a GCC of the system has none.
        folder: in which it will run: what lies below, it names relative to it. Default the present one.
    """
    if compiler.family != "zig":
        return ()
    place = Path(compiler.command[0]).parent
    at = (folder or Path.cwd()).resolve()
    near = {place.relative_to(at)} if place.is_relative_to(at) else set[Path]()
    return tuple(f"-ffile-prefix-map={each}={SHOWN_HEADERS}" for each in (place, *near))


def run_compiler(compiler: Compiler, arguments: Sequence[str], out: Path, folder: Path | None = None) -> Path:
    """Run `compiler` in `folder`, so that it writes `out`.

    Raises:
        BenchError: it refuses, hangs or cannot be started; with its first lines.
    """
    command = [*compiler.command, *arguments, "-o", str(out)]
    try:
        ended = subprocess.run(  # noqa: S603  # the compiler that was found, no shell
            command,
            cwd=folder,
            env={**os.environ, "LC_ALL": "C", **compiler.environment, **({"PWD": str(folder)} if folder else {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=LIMIT_S,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BenchError("firmware build", math.nan, f"{compiler.version} does not run: {error}") from error
    if ended.returncode != 0 or not out.is_file():
        said = (ended.stderr + ended.stdout).decode(errors="replace").strip().splitlines()
        shown = "\n".join(said[:SHOWN_LINES]) or f"exit code {ended.returncode}, no word"
        more = f"\n... {len(said) - SHOWN_LINES} lines more" if len(said) > SHOWN_LINES else ""
        raise BenchError("firmware build", math.nan, f"{compiler.version} refuses {out.name}:\n{shown}{more}")
    return out


def _first(*found: Compiler | None, wanted: str) -> Compiler:
    for compiler in found:
        if compiler is not None:
            return compiler
    raise BenchError("firmware build", math.nan, f"no C compiler for {wanted} is here", "pip install ziglang")


@cache
def _zig() -> Compiler | None:
    """The `ziglang` wheel of this environment; its caches lie beside ours."""
    spec = importlib.util.find_spec("ziglang")
    if spec is None or not spec.submodule_search_locations:
        return None
    program = Path(spec.submodule_search_locations[0]) / ("zig.exe" if sys.platform == "win32" else "zig")
    if not program.is_file():
        return None
    caches = {name: str(cache_folder() / "zig") for name in ("ZIG_GLOBAL_CACHE_DIR", "ZIG_LOCAL_CACHE_DIR")}
    version = importlib.metadata.version("ziglang")
    return Compiler("zig", (str(program), "cc"), f"zig {version}", caches)


@cache
def _installed(program: str) -> Compiler | None:
    """A compiler of the system, if it is there and runs (on macOS a mere stand-in may lie in its place)."""
    path = shutil.which(program)
    if path is None:
        return None
    try:
        said = subprocess.run([path, "--version"], capture_output=True, check=True, timeout=LIMIT_S)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return None
    return Compiler("gcc", (path,), said.stdout.decode(errors="replace").splitlines()[0].strip())
