"""Compilers: what they build runs, what they refuse is told, what was built is kept whole."""

import ctypes
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from rig.firmware.building import build_cache, toolchain
from rig.firmware.building.build_cache import built_once, hash_of
from rig.firmware.building.toolchain import compile_elf, compile_host_library, find_arm_compiler, find_host_compiler
from sim.errors import BenchError

LIBRARY = "double half(double value) { return value / 2; }\n"
IMAGE = """
void Reset_Handler(void) { for (;;) {} }
__attribute__((section(".vectors"), used)) void (*const vectors[])(void) = {(void (*)(void))0x20000400, Reset_Handler};
"""
SCRIPT = """
MEMORY { FLASH (rx) : ORIGIN = 0x08000000, LENGTH = 16K }
SECTIONS { .text : { KEEP(*(.vectors)) *(.text*) } > FLASH }
"""


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A cache of builds that is empty."""
    folder = tmp_path / "cache"
    folder.mkdir()
    monkeypatch.setattr(build_cache, "cache_folder", lambda: folder)
    return folder


def test_a_library_built_here_computes(tmp_path):
    """The host compiler's library is called through ctypes and halves a number."""
    source = tmp_path / "half.c"
    source.write_text(LIBRARY)
    library = compile_host_library([source], tmp_path / f"half{toolchain.library_suffix()}")
    half = ctypes.CDLL(str(library)).half
    half.restype, half.argtypes = ctypes.c_double, [ctypes.c_double]
    assert half(5.0) == 2.5


@pytest.mark.parametrize("family", ["zig", "gcc"])
def test_an_image_for_the_microcontroller_begins_with_its_vectors(tmp_path, family):
    """Either compiler gives a 32 bit ARM ELF whose entry is the reset handler, with the Thumb bit."""
    try:
        compiler = find_arm_compiler(family)
    except BenchError:
        pytest.skip(f"no {family} for Cortex-M here")
    source, script = tmp_path / "image.c", tmp_path / "image.ld"
    source.write_text(IMAGE)
    script.write_text(SCRIPT)
    image = compile_elf([source], script, tmp_path / "image.elf", compiler=compiler).read_bytes()
    assert image[:7] == b"\x7fELF\x01\x01\x01"
    assert int.from_bytes(image[18:20], "little") == 40  # EM_ARM
    entry = int.from_bytes(image[24:28], "little")
    assert 0x08000008 < entry < 0x08000100 and entry & 1


def test_what_a_compiler_refuses_is_told_in_its_own_words(tmp_path):
    """A slip of the pen comes back as file, line and the compiler's complaint."""
    source = tmp_path / "slip.c"
    source.write_text("int one(void) { return 1 }\n")
    with pytest.raises(BenchError, match=r"(?s)refuses slip\.so.*slip\.c:1:.*error: expected ';'"):
        compile_host_library([source], tmp_path / "slip.so")


def test_a_library_that_lacks_a_function_is_refused(tmp_path):
    """A missing symbol is found when it is built, not when it is called."""
    if not sys.platform.startswith("linux"):
        pytest.skip("other linkers refuse by themselves")
    source = tmp_path / "lacks.c"
    source.write_text("int absent(void);\nint there(void) { return absent(); }\n")
    with pytest.raises(BenchError, match=r"undefined reference to `absent'|undefined symbol: absent"):
        compile_host_library([source], tmp_path / "lacks.so")


def test_without_a_compiler_the_error_says_what_to_install(monkeypatch):
    """Nothing on the path and no wheel: one sentence, no traceback of a missing file."""
    monkeypatch.setattr(toolchain, "_installed", lambda program: None)
    monkeypatch.setattr(toolchain, "_zig", lambda: None)
    for find in (find_host_compiler, find_arm_compiler):
        with pytest.raises(BenchError, match="pip install ziglang"):
            find()


def test_what_was_built_is_not_built_again(cache):
    """The second wish for the same key is served from the folder; another key is another file."""
    made = []
    for key in ("a" * 64, "a" * 64, "b" * 64):
        built_once("thing", key, ".bin", lambda out: made.append(out.write_bytes(b"whole")))
    assert len(made) == 2
    assert len(list(cache.iterdir())) == 2


def test_a_build_that_fails_leaves_nothing(cache):
    """A compiler that dies half-way leaves neither a file to be taken for whole nor a folder."""

    def dies(out):
        out.write_bytes(b"half")
        raise BenchError("firmware build", float("nan"), "died")

    with pytest.raises(BenchError, match="died"):
        built_once("thing", "c" * 64, ".bin", dies)
    assert list(cache.iterdir()) == []


def test_many_who_want_the_same_at_once_get_whole_files(cache):
    """Sixteen builders of one key: each reads the whole content, and one file remains."""
    content = bytes(range(256)) * 4096

    def build(_):
        return built_once("thing", "d" * 64, ".bin", lambda out: out.write_bytes(content)).read_bytes()

    with ThreadPoolExecutor(16) as pool:
        assert all(got == content for got in pool.map(build, range(16)))
    assert len(list(cache.iterdir())) == 1


def test_a_key_knows_where_one_part_ends():
    """Two texts cut at another place are another thing."""
    assert hash_of(["ab", "c"]) != hash_of(["a", "bc"])
    assert hash_of([b"ab", "c"]) == hash_of(["ab", "c"])


def test_looking_for_compilers_is_not_done_before_it_is_needed():
    """Importing the modules starts no process and loads no numba: a command that builds nothing stays quick."""
    code = (
        "import subprocess, sys\nsubprocess.run = None\nimport rig.firmware.building.builds\n"
        "assert 'numba' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
