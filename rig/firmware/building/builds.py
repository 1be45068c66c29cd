"""The reference firmware, built: as a library for this machine, as an image for each board, with or without patches.

The sources lie in `reference/`: `firmware/` is portable, `host/` and `stm32f4/` put it on a machine, `boards/<id>/`
holds what differs between two boards (`board.h`, `board.ld`). Every build is kept (see `build_cache`). Paths in its
debug information begin with `rig/firmware/reference` wherever it was made: its bytes do not depend on the place.
"""

import math
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from rig.firmware.building import toolchain
from rig.firmware.building.build_cache import built_once, cache_folder, hash_of
from rig.firmware.building.objects import Build, link, machine
from rig.firmware.building.toolchain import SHOWN_HEADERS, Compiler
from sim.errors import BenchError

REFERENCE: Final = Path(__file__).resolve().parents[1] / "reference"
"""The sources of the reference firmware."""

HOST: Final = "host"
"""The target that is a library for this machine."""

IMAGES: Final = Path(__file__).resolve().parents[1] / "images"
"""The images that are shipped, so that a run needs no compiler."""

_KINDS: Final = (".c", ".h", ".ld", ".S")


@dataclass(frozen=True, slots=True)
class Patch:
    """A change of the reference firmware's sources.

    Attributes:
        file: which, from the sources' root: `firmware/pulse.c`.
        find: text that it has exactly once.
        replace: what stands there instead.
    """

    file: str
    find: str
    replace: str


def boards() -> tuple[str, ...]:
    """The boards that the reference firmware is written for."""
    return tuple(sorted(path.parent.name for path in REFERENCE.glob("boards/*/board.h")))


def reference_library() -> Path:
    """The reference firmware as a library for this machine.

    Raises:
        BenchError: no compiler is here.
    """
    return build_variant((), HOST)


def reference_image(board: str) -> Path:
    """The shipped image of the reference firmware for one of `boards()`.

    Raises:
        BenchError: there is no such image.
    """
    image = IMAGES / f"{board}.elf"
    if not image.is_file():
        shipped = ", ".join(sorted(path.stem for path in IMAGES.glob("*.elf"))) or "none"
        raise BenchError(
            "firmware image", math.nan, f"no image is shipped for the board {board!r}", f"shipped: {shipped}"
        )
    return image


def build_variant(patches: Sequence[Patch], target: str, compiler: Compiler | None = None) -> Path:
    """The reference firmware with `patches` applied, in order; none: as it is.

    Args:
        patches: changes of its sources.
        target: `host` or one of `boards()`.
        compiler: which one; default the first that is found.

    Raises:
        BenchError: no compiler, a patch that does not fit, sources that do not compile, an unknown target.
    """
    chosen = compiler or (toolchain.find_host_compiler() if target == HOST else toolchain.find_arm_compiler())
    options = options_of(target, chosen)
    key = hash_of([chosen.version, machine(), SHOWN_HEADERS, *options, sources_hash(target), *_words(patches)])
    name, suffix = ("reference", toolchain.library_suffix()) if target == HOST else (target, ".elf")

    def make(out: Path) -> None:
        if not patches:
            link(_build(REFERENCE, target, chosen), chosen, out)
            return
        with tempfile.TemporaryDirectory(prefix="patched-", dir=cache_folder()) as folder:
            root = Path(folder).resolve()
            for path in source_files(*_parts(target)):
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(REFERENCE / path, root / path)
            for patch in patches:
                _apply(patch, root)
            altered = frozenset(patch.file for patch in patches)
            link(_build(root, target, chosen, altered), chosen, out)

    return built_once(name, key, suffix, make)


def source_files(*folders: str) -> tuple[Path, ...]:
    """Sources and headers in `folders` of the reference, relative to it."""
    found = (path.relative_to(REFERENCE) for folder in folders for path in (REFERENCE / folder).rglob("*"))
    return tuple(sorted((path for path in found if path.suffix in _KINDS), key=Path.as_posix))


@cache
def sources_hash(target: str) -> str:
    """sha256 of all that the build of `target` reads, paths included; line ends do not count."""
    return hash_of(
        part
        for path in source_files(*_parts(target))
        for part in (path.as_posix(), (REFERENCE / path).read_bytes().replace(b"\r\n", b"\n"))
    )


def _parts(target: str) -> tuple[str, ...]:
    if target == HOST:
        return ("firmware", "host")
    if target not in boards():
        known = ", ".join((HOST, *boards()))
        raise BenchError("firmware build", math.nan, f"the reference firmware has no target {target!r}", known)
    return ("firmware", "stm32f4", f"boards/{target}")


def options_of(target: str, compiler: Compiler) -> tuple[str, ...]:
    """Options of a build, relative to the sources' root: they say what is built and nothing of where."""
    include = tuple(f"-I{folder}" for folder in _parts(target))
    if target == HOST:
        return (*toolchain.host_flags(compiler), *include)
    return (*toolchain.arm_flags(compiler), *include, f"-Wl,-T,boards/{target}/board.ld")


def _build(root: Path, target: str, compiler: Compiler, altered: frozenset[str] = frozenset()) -> Build:
    files = source_files(*_parts(target))
    return Build(
        root,
        tuple(path for path in files if path.suffix in {".c", ".S"}),
        tuple(path for path in files if path.suffix == ".h"),
        options_of(target, compiler),
        toolchain.host_libraries() if target == HOST else toolchain.arm_libraries(compiler),
        altered,
    )


def _words(patches: Iterable[Patch]) -> Iterable[str]:
    return (word for patch in patches for word in (patch.file, patch.find, patch.replace))


def _apply(patch: Patch, root: Path) -> None:
    path = root / patch.file
    if not path.is_file():
        raise BenchError("firmware build", math.nan, f"a patch changes {patch.file}, which this target does not have")
    text = path.read_text(encoding="utf-8")
    if (times := text.count(patch.find)) != 1:
        raise BenchError(
            "firmware build", math.nan, f"{patch.file} has the text of a patch {times} times: {patch.find!r}"
        )
    path.write_text(text.replace(patch.find, patch.replace), encoding="utf-8", newline="\n")
