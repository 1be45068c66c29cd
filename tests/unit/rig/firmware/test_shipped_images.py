"""The committed images are what they say: made of these sources, by that compiler, byte for byte."""

import hashlib

import pytest
from elftools.elf.elffile import ELFFile

from rig.firmware.board.board_file import find_board
from rig.firmware.building import toolchain
from rig.firmware.building.builds import boards, reference_image, sources_hash
from rig.firmware.building.images import describe_build, shipped_images
from sim.errors import BenchError

BOARDS = boards()


def arm_compiler(family):
    """The compiler of a family, or a skip that says what is missing."""
    try:
        return toolchain.find_arm_compiler(family)
    except BenchError as error:
        pytest.skip(str(error))


def test_every_board_has_its_image_and_its_file():
    """Two boards at least: the second proves that the first is data."""
    assert len(BOARDS) >= 2
    assert set(shipped_images()) == set(BOARDS)
    chips = {find_board(board).chip for board in BOARDS}
    assert len(chips) == len(BOARDS)


@pytest.mark.parametrize("board", BOARDS)
def test_the_image_is_made_of_the_sources_beside_it(board):
    """Sources that change without their image: ``python -m rig.firmware.building.images`` makes it anew."""
    image = shipped_images()[board]
    data = reference_image(board).read_bytes()
    assert (hashlib.sha256(data).hexdigest(), len(data)) == (image.sha256, image.size_bytes)
    assert image.sources_sha256 == sources_hash(board)
    assert image.compiler == f"zig {toolchain.PINNED_ZIG}"
    assert image.size_bytes < 80_000


@pytest.mark.parametrize("board", BOARDS)
def test_the_pinned_compiler_makes_the_same_bytes(board):
    """Rebuilt here, where that compiler is, the image is the committed one to the last bit."""
    zig = arm_compiler("zig")
    if not zig.pinned:
        pytest.skip(f"the image is made with zig {toolchain.PINNED_ZIG}, here is {zig.version}")
    rebuilt, _ = describe_build(board, zig)
    shipped = shipped_images()[board]
    assert (rebuilt.sha256, rebuilt.options) == (shipped.sha256, shipped.options)


@pytest.mark.parametrize("board", BOARDS)
def test_another_compiler_takes_the_sources_without_a_warning(board):
    """Debian's gcc compiles them under -Werror, and to the recorded bytes where it is the recorded version."""
    gcc = arm_compiler("gcc")
    rebuilt, _ = describe_build(board, gcc)
    recorded = shipped_images()[board].others_sha256.get(gcc.version)
    assert recorded in {None, rebuilt.sha256}


@pytest.mark.parametrize("board", BOARDS)
def test_lines_of_the_image_are_found_in_the_package(board):
    """Debug information names the shipped sources and no folder of whoever built it."""
    with reference_image(board).open("rb") as stream:
        units = list(ELFFile(stream).get_dwarf_info().iter_CUs())
        folders = {unit.get_top_DIE().attributes["DW_AT_comp_dir"].value.decode() for unit in units}
        names = {unit.get_top_DIE().attributes["DW_AT_name"].value.decode() for unit in units}
    assert folders == {"rig/firmware/reference"}
    assert {"stm32f4/output.c", "stm32f4/startup.c"} <= names
    assert not any(name.startswith("/") for name in names)
    assert b"site-packages" not in reference_image(board).read_bytes()
