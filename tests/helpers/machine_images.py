"""The committed images that the tests of the emulated processor run: how each is made, and from what.

``python tests/helpers/machine_images.py`` makes them anew.
"""

import hashlib
import json
from pathlib import Path

from rig.firmware.building.toolchain import PINNED_ZIG, compile_elf, find_arm_compiler, nameless_headers

FOLDER = Path(__file__).parents[1] / "firmware_sources"
IMAGES = ("conformance", "kernel", "peripherals")


def sources(name):
    """C files of an image, in order."""
    return sorted((FOLDER / name).glob("*.c"))


def fingerprint(name):
    """SHA-256 of everything that an image is made from."""
    folder = FOLDER / name
    made_from = sorted([*folder.glob("*.c"), *folder.glob("*.h"), *folder.glob("*.ld")])
    digest = hashlib.sha256()
    for path in made_from:
        digest.update(path.name.encode() + b"\0" + path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return digest.hexdigest()


def build(name, out, compiler=None):
    """Compile an image; nothing in it tells where it was made."""
    folder = FOLDER / name
    flags = ["-O1", f"-ffile-prefix-map={FOLDER}=."]
    if compiler is not None and compiler.family == "zig":
        flags += ["-fdebug-compilation-dir=.", *nameless_headers(compiler)]
    return compile_elf(sources(name), folder / "machine.ld", out, flags, compiler)


if __name__ == "__main__":
    facts = {"compiler": f"zig {PINNED_ZIG}"}
    for image in IMAGES:
        built = build(image, FOLDER / image / f"{image}.elf", find_arm_compiler("zig"))
        facts[image] = {"sources": fingerprint(image), "image": hashlib.sha256(built.read_bytes()).hexdigest()}
    (FOLDER / "machine_images.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
