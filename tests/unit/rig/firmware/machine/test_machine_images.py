"""The committed images of the processor's tests belong to their sources."""

import hashlib
import json

import pytest
from machine_images import FOLDER, IMAGES, build, fingerprint

from rig.firmware.building.toolchain import PINNED_ZIG, find_arm_compiler

FACTS = json.loads((FOLDER / "machine_images.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", IMAGES)
def test_an_image_and_its_sources_are_those_that_were_written_down(name):
    """Neither has changed since the image was made; `python tests/helpers/machine_images.py` makes it anew."""
    image = (FOLDER / name / f"{name}.elf").read_bytes()
    assert FACTS[name] == {"sources": fingerprint(name), "image": hashlib.sha256(image).hexdigest()}


@pytest.mark.proof
@pytest.mark.parametrize("name", IMAGES)
def test_the_pinned_compiler_makes_the_same_bytes(name, tmp_path):
    """Compiled again, the image is the committed one, to the last byte."""
    compiler = find_arm_compiler("zig")
    if PINNED_ZIG not in compiler.version:
        pytest.skip(f"{compiler.version} is here, the images are of zig {PINNED_ZIG}")
    built = build(name, tmp_path / f"{name}.elf", compiler)
    assert hashlib.sha256(built.read_bytes()).hexdigest() == FACTS[name]["image"]


@pytest.mark.proof
@pytest.mark.parametrize("name", IMAGES)
def test_the_sources_compile_without_a_warning_under_gcc(name, tmp_path):
    """Another compiler finds nothing to say."""
    compiler = find_arm_compiler("gcc")
    assert build(name, tmp_path / f"{name}.elf", compiler).stat().st_size > 0
