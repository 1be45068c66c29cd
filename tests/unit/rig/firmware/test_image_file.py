"""Images: what is read of them, and one clear error for each way in which a file is none.

The files are made byte by byte after the System V ABI and the Intel HEX specification, not by what reads them.
"""

import random
import sys

import pytest
from small_elf import FLASH, STACK, TABLE, hex_file, hex_record, small_elf

from rig.firmware.image.image_contents import Region
from rig.firmware.image.image_file import load_image
from sim.errors import BenchError, ScenarioError

FUNCTION, OBJECT, SOURCE_FILE = 2, 1, 4
LOCAL, GLOBAL = 0, 1
SYMBOLS = (
    ("core.c", 0, 0, SOURCE_FILE, LOCAL, 0xFFF1),
    ("$t", FLASH + 0x40, 0, 0, LOCAL, 1),
    ("count", 0x2000_0008, 4, OBJECT, LOCAL, 2),
    ("count", 0x2000_0010, 4, OBJECT, GLOBAL, 2),
    ("Reset_Handler", FLASH + 0x41, 32, FUNCTION, GLOBAL, 1),
    ("elsewhere", 0, 0, FUNCTION, GLOBAL, 0),
)


def _file(tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(data)
    return path


def _refused(path, **options):
    with pytest.raises(ScenarioError) as caught:
        load_image(path, "box.device.yaml:7:10", **options)
    text = str(caught.value)
    assert text.startswith("box.device.yaml:7:10: ")
    assert "\n" not in text
    return text


def test_an_elf_gives_bytes_symbols_and_vectors(tmp_path):
    """Load addresses, not run addresses, count; functions lose the Thumb bit; a global name wins over a local."""
    image = load_image(_file(tmp_path, "fw", small_elf(symbols=SYMBOLS, lines=True)))
    assert image.format == "elf"
    assert [(segment.address, segment.data) for segment in image.segments] == [(FLASH, TABLE)]
    assert (image.vector_table, image.initial_sp, image.entry) == (FLASH, STACK, FLASH + 0x40)
    assert set(image.symbols) == {"count", "Reset_Handler"}
    assert (image.symbol("count").address, image.symbol("count").kind) == (0x2000_0010, "object")
    assert (image.symbol("Reset_Handler").address, image.symbol("Reset_Handler").size) == (FLASH + 0x40, 32)
    assert image.has_lines
    assert image.sources == ("core.c",)
    assert len(image.sha256) == 64


def test_neighbouring_segments_become_one(tmp_path):
    """`.data` behind `.text`: one run of bytes, as flash holds it."""
    image = load_image(_file(tmp_path, "fw.elf", small_elf(((FLASH + len(TABLE), b"data"), (FLASH, TABLE)))))
    assert [(segment.address, segment.data) for segment in image.segments] == [(FLASH, TABLE + b"data")]


def test_a_stripped_elf_is_taken_and_says_what_it_cannot_tell(tmp_path):
    """Without symbols it runs; who asks for one is told, with the mend."""
    image = load_image(_file(tmp_path, "fw.elf", small_elf()))
    assert not image.symbols and not image.has_lines
    with pytest.raises(ScenarioError, match=r"`amplitude_code` is asked for, but fw\.elf has no symbols; .*0x20000010"):
        image.symbol("amplitude_code")


def test_a_misspelt_symbol_is_told_with_the_one_that_was_meant(tmp_path):
    """The nearest name is the mend."""
    image = load_image(_file(tmp_path, "fw.elf", small_elf(symbols=SYMBOLS)))
    with pytest.raises(ScenarioError, match=r"no symbol `Reset_Handle`; did you mean `Reset_Handler`\?"):
        image.symbol("Reset_Handle")


def test_hex_and_bytes_with_an_address_are_the_same_image(tmp_path):
    """Three formats of the same bytes load the same flash; hex records may wrap lines as they like."""
    elf = load_image(_file(tmp_path, "fw.elf", small_elf()))
    for other in (
        load_image(_file(tmp_path, "fw.hex", hex_file(FLASH, TABLE, entry=FLASH + 0x41))),
        load_image(_file(tmp_path, "fw.IHX", hex_file(FLASH, TABLE).replace(b"\r\n", b"\n"))),
        load_image(_file(tmp_path, "fw.bin", TABLE), at=FLASH),
    ):
        assert (other.segments, other.entry, other.initial_sp) == (elf.segments, elf.entry, elf.initial_sp)
        assert not other.symbols


def test_a_hex_file_with_segment_addresses(tmp_path):
    """Record type 02 shifts by four bits: 0x8000:0000 is 0x80000; a chip whose flash lies there takes it."""
    table = (0x1000_0100).to_bytes(4, "little") + (0x8_0009).to_bytes(4, "little") + b"\xfe\xe7"
    data = hex_record(2, 0, b"\x80\x00") + hex_record(0, 0, table) + hex_record(1, 0)
    image = load_image(_file(tmp_path, "fw.hex", data), flash=Region(0, 1 << 20))
    assert (image.vector_table, image.entry) == (0x8_0000, 0x8_0008)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (small_elf(machine=62), "is built for x86-64, the emulated processor is ARM Cortex-M; build it for thumbv7em"),
        (small_elf(machine=183, wide=True), "is built for AArch64"),
        (small_elf(machine=243), "is built for RISC-V"),
        (small_elf(machine=4711), "is built for machine 4711"),
        (small_elf(big=True), "is a 32 bit big-endian ELF"),
        (small_elf(wide=True), "is a 64 bit little-endian ELF"),
        (small_elf(kind=1), "is an object file; link it"),
        (small_elf(kind=4), "is an ELF of type 4"),
        (small_elf(interpreter=True), "is a program for Linux"),
        (small_elf(((0x1_0000, TABLE),)), "has no vector table in flash: it loads nothing at 0x08000000 to 0x081fffff"),
        (small_elf(((FLASH, TABLE), (0x2000_0000, b"data"))), "loads 0x20000000 to 0x20000003 into RAM"),
        (small_elf(((FLASH, TABLE), (0x1FFF_C000, b"option"))), "outside of the flash"),
        (small_elf(((FLASH, TABLE), (FLASH + 8, b"over"))), "loads 0x08000008 twice"),
        (small_elf(((FLASH, b"\0" * 64),)), "the first word 0x00000000 is no stack pointer"),
        (small_elf(((FLASH, TABLE[:4] + b"\x40\0\0\x08" + TABLE[8:]),)), "0x08000040 is no Thumb address"),
        (small_elf(((FLASH, TABLE[:4] + b"\x41\0\0\x09" + TABLE[8:]),)), "the reset vector 0x09000041 lies outside"),
        (small_elf(((FLASH + 4, TABLE),)), "must lie at a multiple of 128 bytes"),
        (small_elf(entry=0x0900_0001), "the entry point 0x09000000 of fw.elf lies outside of what it loads"),
        (small_elf(()), "loads nothing"),
        (small_elf()[:100], "is cut short: it has 100 bytes"),
        (small_elf()[:10], "is cut short: it has 10 bytes"),
        (b"", "is empty"),
        (b"MZ\x90\0" + bytes(100), "is no ELF: it begins with 4d 5a 90 00"),
    ],
)
def test_one_clear_error_for_each_elf_that_is_no_image(tmp_path, data, words):
    """Each tells what the file is, in one line with the place that named it."""
    assert words in _refused(_file(tmp_path, "fw.elf", data))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (hex_file(FLASH, TABLE).replace(b":10000000", b":10000001"), "line 2 of fw.hex has the checksum"),
        (hex_file(FLASH, TABLE)[:-13], "is cut short: it has no end record"),
        (hex_record(1, 0) + hex_record(0, 0, b"late"), "line 2 of fw.hex comes after the end record"),
        (b"hello\n", "line 1 of fw.hex is no record of Intel HEX"),
        (b":zz000001FF\n", "line 1 of fw.hex is no record of Intel HEX"),
        (b":00000000\n", "line 1 of fw.hex is no record of Intel HEX"),
        (b":040000004142\n", "line 1 of fw.hex is cut short or too long: 1 bytes, 4 are told"),
        (hex_record(9, 0), "has the record type 09"),
        (hex_record(4, 0, b"abc"), "has 3 bytes, its type has 2"),
        (hex_record(1, 0), "loads nothing"),
        (hex_file(0x0900_0000, TABLE), "has no vector table in flash"),
    ],
)
def test_one_clear_error_for_each_hex_file_that_is_no_image(tmp_path, data, words):
    """Checksums are verified, and the line is told."""
    assert words in _refused(_file(tmp_path, "fw.hex", data))


def test_bytes_need_an_address_and_the_others_bring_theirs(tmp_path):
    """A `.bin` alone is refused with the way to write it; `at` beside an ELF contradicts it."""
    assert "firmware: {image: {file: fw.bin, at: 0x08000000}, board: B}`" in _refused(_file(tmp_path, "fw.bin", TABLE))
    assert "within 32 bit of address" in _refused(_file(tmp_path, "fw.bin", TABLE), at=(1 << 32) - 4)
    assert "says itself at which address" in _refused(_file(tmp_path, "fw.elf", small_elf()), at=FLASH)


def test_a_folder_and_a_missing_file(tmp_path):
    """Neither is a traceback."""
    assert "is a folder" in _refused(tmp_path)
    assert "there is no image" in _refused(tmp_path / "none.elf")


def test_without_the_extra_an_elf_says_what_to_install(tmp_path, monkeypatch):
    """And formats that need no library are still read."""
    monkeypatch.setitem(sys.modules, "elftools.elf.elffile", None)
    with pytest.raises(BenchError, match=r"pyelftools is not installed, .*; pip install 'stimrig\[firmware\]'"):
        load_image(_file(tmp_path, "fw.elf", small_elf()))
    assert load_image(_file(tmp_path, "fw.hex", hex_file(FLASH, TABLE))).entry == FLASH + 0x40


def test_a_damaged_elf_is_never_a_traceback(tmp_path):
    """Any one byte altered, any cut: an image or one error, nothing else."""
    whole, chance = small_elf(symbols=SYMBOLS, lines=True), random.Random(20261122)
    path = tmp_path / "fw.elf"
    refused = []
    for trial in range(400):
        data = bytearray(whole)
        if trial % 4:
            data[chance.randrange(len(data))] = chance.randrange(256)
        else:
            del data[chance.randrange(len(data)) :]
        path.write_bytes(data)
        try:
            load_image(path)
        except ScenarioError as error:
            refused.append(str(error))
    assert len(refused) > 100
    assert not any("\n" in text for text in refused)
