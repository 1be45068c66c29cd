"""Builds of a firmware: what went in decides what comes out, and nothing else does."""

import ctypes
import shutil

import pytest

from rig.firmware.building import build_cache, builds, toolchain
from rig.firmware.building.builds import Patch, boards, build_variant, reference_image, sources_hash
from sim.errors import BenchError

TREE = {
    "firmware/answer.h": "int answer(void);\n",
    "firmware/answer.c": '#include "answer.h"\nint answer(void) { return 41 + 1; }\n',
    "host/ask.c": '#include "answer.h"\nint ask(void);\nint ask(void) { return answer(); }\n',
    "stm32f4/start.c": '#include "answer.h"\n#include "board.h"\nvolatile int last;\nvoid Reset_Handler(void);\n'
    "void Reset_Handler(void) { for (;;) last = answer() + BOARD; }\n",
    "boards/red/board.h": "enum { BOARD = 7 };\n",
    "boards/red/board.ld": "MEMORY { F (rx) : ORIGIN = 0x08000000, LENGTH = 4K\n R (rw) : ORIGIN = 0x20000000, "
    "LENGTH = 4K }\nSECTIONS { .text : { *(.text*) } > F\n .bss (NOLOAD) : { *(.bss*) } > R }\n",
}
SUM = Patch("firmware/answer.c", "41 + 1", "41 - 1")


def write_tree(root):
    """A small firmware with one board."""
    for name, text in TREE.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A small firmware in place of the reference, and a cache that is empty."""
    cache = tmp_path / "cache"
    cache.mkdir()
    monkeypatch.setattr(build_cache, "cache_folder", lambda: cache)
    monkeypatch.setattr(builds, "cache_folder", lambda: cache)
    monkeypatch.setattr(builds, "REFERENCE", write_tree(tmp_path / "here"))
    sources_hash.cache_clear()
    yield tmp_path
    sources_hash.cache_clear()


def ask(library):
    """What the built firmware says."""
    return ctypes.CDLL(str(library)).ask()


def test_a_patch_changes_the_build_and_nothing_else(tree):
    """41 + 1 is 42, patched it is 40, and the sources are what they were; each is built once."""
    first, patched = build_variant((), builds.HOST), build_variant((SUM,), builds.HOST)
    assert (ask(first), ask(patched)) == (42, 40)
    assert (tree / "here" / SUM.file).read_text() == TREE[SUM.file]
    stamps = first.stat().st_mtime_ns, patched.stat().st_mtime_ns
    assert build_variant((), builds.HOST) == first and build_variant((SUM,), builds.HOST) == patched
    assert (first.stat().st_mtime_ns, patched.stat().st_mtime_ns) == stamps


def test_a_variant_compiles_what_its_patch_touches(tree):
    """Two sources make two objects; a patch of one makes a third, a patch of the header makes both anew."""
    objects = []
    for patches in ((), (SUM,), (Patch("firmware/answer.h", "int", "extern int"),)):
        build_variant(patches, builds.HOST)
        objects.append(len(list((tree / "cache").glob("*.o"))))
    assert objects == [2, 3, 5]


def test_patches_are_applied_in_order(tree):
    """The second one finds what the first one wrote."""
    assert ask(build_variant((SUM, Patch(SUM.file, "41 - 1", "6 * 6")), builds.HOST)) == 36


@pytest.mark.parametrize(
    ("patch", "says"),
    [
        (Patch("firmware/answer.c", "43", "44"), "has the text of a patch 0 times: '43'"),
        (Patch("firmware/answer.c", "answer", "reply"), "has the text of a patch 2 times: 'answer'"),
        (Patch("firmware/reply.c", "a", "b"), "changes firmware/reply.c, which this target does not have"),
    ],
)
def test_a_patch_that_does_not_fit_is_an_error(tree, patch, says):
    """A defect that is not there must not pass for one that was not found."""
    with pytest.raises(BenchError) as caught:
        build_variant((patch,), builds.HOST)
    assert says in str(caught.value)


def test_an_image_does_not_depend_on_where_it_is_built(tree, monkeypatch):
    """The same sources in another folder give the same bytes, debug information included; other sources do not."""
    arm = toolchain.find_arm_compiler()
    first = build_variant((), "red", arm)
    data = first.read_bytes()
    for kept in first.parent.iterdir():  # its objects too
        kept.unlink() if kept.is_file() else shutil.rmtree(kept)
    monkeypatch.setattr(builds, "REFERENCE", write_tree(tree / "a longer way" / "there"))
    assert build_variant((), "red", arm).read_bytes() == data
    assert build_variant((SUM,), "red", arm).read_bytes() != data


def test_the_hash_of_sources_knows_names_and_contents_of_its_target(tree):
    """A board's header counts for the board alone; ends of lines do not count."""
    red, host = sources_hash("red"), sources_hash(builds.HOST)
    (tree / "here/boards/red/board.h").write_bytes(TREE["boards/red/board.h"].replace("\n", "\r\n").encode())
    sources_hash.cache_clear()
    assert (sources_hash("red"), sources_hash(builds.HOST)) == (red, host)
    (tree / "here/boards/red/board.h").write_text("enum { BOARD = 8 };\n")
    sources_hash.cache_clear()
    assert sources_hash("red") != red and sources_hash(builds.HOST) == host


def test_what_is_not_known_is_told_with_what_is(tree):
    """A board that nobody has written for, and one without a shipped image."""
    assert boards() == ("red",)
    with pytest.raises(BenchError, match=r"no target 'blue'; host, red"):
        build_variant((), "blue")
    with pytest.raises(BenchError, match="no image is shipped for the board 'red'"):
        reference_image("red")
