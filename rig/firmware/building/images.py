"""The images that are shipped, and where each comes from: ``python -m rig.firmware.building.images`` builds them anew.

An image is committed with its debug information, so that a run, a debugger and the coverage of lines need no compiler.
`images.json` beside it says from which sources, with which compiler and options it was made; tests hold it to that.
"""

import hashlib
import json
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from rig.firmware.building import toolchain
from rig.firmware.building.builds import IMAGES, boards, build_variant, options_of, sources_hash
from rig.firmware.building.toolchain import Compiler
from sim.errors import BenchError

RECORD: Final = IMAGES / "images.json"


@dataclass(frozen=True, slots=True)
class ShippedImage:
    """Where an image comes from.

    Attributes:
        board: which it is for.
        sha256: of the file.
        size_bytes: of the file, debug information included.
        compiler: that made it.
        options: with which it was made.
        sources_sha256: of all that was read (`builds.sources_hash`).
        others_sha256: other compiler -> sha256 of the image that it makes of the same sources; these are not shipped.
    """

    board: str
    sha256: str
    size_bytes: int
    compiler: str
    options: str
    sources_sha256: str
    others_sha256: dict[str, str] = field(default_factory=dict[str, str])


def shipped_images() -> dict[str, ShippedImage]:
    """Board -> its image, as `images.json` has it."""
    record: dict[str, dict[str, Any]] = json.loads(RECORD.read_text(encoding="utf-8"))
    return {board: ShippedImage(**entry) for board, entry in record.items()}


def describe_build(board: str, compiler: Compiler) -> tuple[ShippedImage, Path]:
    """Build the image of a board with one compiler; what `images.json` says of it, and where it lies.

    Raises:
        BenchError: the sources do not compile.
    """
    built = build_variant((), board, compiler)
    data = built.read_bytes()
    options = " ".join(options_of(board, compiler))
    digest = hashlib.sha256(data).hexdigest()
    return ShippedImage(board, digest, len(data), compiler.version, options, sources_hash(board)), built


def rebuild() -> list[str]:
    """Build every image with the pinned compiler and put it in its place; a line of text for each.

    Raises:
        BenchError: the pinned compiler is not here, or the sources do not compile.
    """
    pinned = toolchain.find_arm_compiler("zig")
    if not pinned.pinned:
        wanted = f"pip install ziglang=={toolchain.PINNED_ZIG}"
        raise BenchError("firmware build", float("nan"), f"images are made with zig, here is {pinned.version}", wanted)
    IMAGES.mkdir(exist_ok=True)
    record: dict[str, Any] = {}
    for board in boards():
        image, built = describe_build(board, pinned)
        image.others_sha256.update(_others(board))
        shutil.copyfile(built, IMAGES / f"{board}.elf")
        record[board] = asdict(image)
    RECORD.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8", newline="\n")
    return [f"{board}.elf: {entry['size_bytes']} bytes, sha256 {entry['sha256']}" for board, entry in record.items()]


def _others(board: str) -> dict[str, str]:
    try:
        gcc = toolchain.find_arm_compiler("gcc")
    except BenchError:
        return {}
    image, _ = describe_build(board, gcc)
    return {gcc.version: image.sha256}


if __name__ == "__main__":
    print("\n".join(rebuild()))  # noqa: T201  # a tool's answer
