"""Coverage of an image: the symbol table says where a function's code is, the source says which lines it has."""

import hashlib
import re
from dataclasses import replace

import pytest

from rig.firmware.building.toolchain import compile_elf
from rig.firmware.image.image_file import load_image
from rig.firmware.insight.code_map import CodeMap
from rig.firmware.insight.coverage import coverage_of
from rig.firmware.insight.coverage_file import Executed, executed_in, joined_ranges, write_executed
from rig.firmware.insight.coverage_report import INFO_FILE, join_coverage
from rig.firmware.insight.source_map import source_map
from sim.errors import RecordError, ScenarioError

SOURCE = """\
volatile int seen;
static inline __attribute__((always_inline)) void folded(int value) {
  seen = value + 3;
}
__attribute__((noinline)) void ran(int value) {
  seen = value;
  folded(value);
}
__attribute__((noinline)) void never(int value) {
  seen = -value;
}
void Reset_Handler(void) {
  ran(1);
  if (seen == 77) {
    never(2);
  }
  for (;;) {
  }
}
__attribute__((section(".vectors"), used)) void (*const vectors[])(void) = {(void (*)(void))0x20000400, Reset_Handler};
"""
SCRIPT = """
MEMORY { FLASH (rx) : ORIGIN = 0x08000000, LENGTH = 16K }
SECTIONS { .text : { KEEP(*(.vectors)) . = ALIGN(128); *(.text*) } > FLASH }
"""


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """The program above, with line information."""
    folder = tmp_path_factory.mktemp("covered")
    (folder / "covered.c").write_text(SOURCE)
    (folder / "covered.ld").write_text(SCRIPT)
    return load_image(compile_elf([folder / "covered.c"], folder / "covered.ld", folder / "covered.elf"))


@pytest.fixture(scope="module")
def source(image):
    return source_map(image.path)


def executed(image, *functions, case="A"):
    """As if these functions, whole, had been executed."""
    spans = [
        (image.symbols[name].address, image.symbols[name].address + image.symbols[name].size) for name in functions
    ]
    return Executed(case, image.path, image.sha256, joined_ranges(spans))


def line_of(text):
    return next(number for number, line in enumerate(SOURCE.splitlines(), 1) if text in line)


def test_the_lines_of_a_function_that_ran_are_hit_and_no_others(image, source):
    """Executing `ran` and `Reset_Handler` hits their lines and the inlined body, and leaves `never` at 0."""
    (file,) = coverage_of(source, [executed(image, "ran", "Reset_Handler")])
    assert file.lines[line_of("seen = value;")] == 1
    assert file.lines[line_of("seen = value + 3")] == 1
    assert file.lines[line_of("ran(1)")] == 1
    assert file.lines[line_of("seen = -value")] == 0
    assert file.lines_hit < len(file.lines)
    assert {function.name: function.cases for function in file.functions} == {
        "folded": 1,
        "ran": 1,
        "never": 0,
        "Reset_Handler": 1,
    }
    assert {f.name: f.line for f in file.functions}["never"] == line_of("void never")


def test_every_function_begins_where_the_symbol_table_says(image, source):
    """DWARF and symbol table agree on the start and the length of every function that has a body."""
    bodies = {function.name: function.spans for function in source.functions if function.name in image.symbols}
    assert set(bodies) == {"ran", "never", "Reset_Handler"}
    for name, spans in bodies.items():
        symbol = image.symbols[name]
        assert (symbol.address, symbol.address + symbol.size) in spans


def test_a_place_is_named_by_file_and_line(image, source):
    """The code of a function belongs to its lines, an address without code to none."""
    symbol = image.symbols["never"]
    first = line_of("void never")
    places = {source.place_words(address) for address in range(symbol.address, symbol.address + symbol.size, 2)}
    assert places
    assert all(re.fullmatch(rf".*covered\.c:({first}|{first + 1}|{first + 2})", place) for place in places)
    assert source.place(0x0807_0000) is None


def test_cases_are_counted_however_the_files_are_joined(image, source, tmp_path):
    """Two cases in one folder: lines of both count 2, of one 1; a case that is run again replaces its own file."""
    for case in (executed(image, "ran", case="SCN[x=1/2]"), executed(image, "ran", "never", case="B")):
        write_executed(tmp_path, case)
        write_executed(tmp_path, case)
    joined = join_coverage(tmp_path, image.path, image.sha256)
    assert joined.cases == 2
    (file,) = joined.files
    assert file.lines[line_of("seen = value;")] == 2
    assert file.lines[line_of("seen = -value")] == 1
    info = (tmp_path / INFO_FILE).read_text()
    assert f"DA:{line_of('seen = value;')},2\n" in info
    assert "FNDA:1,never\n" in info
    assert f"LF:{len(file.lines)}\nLH:{file.lines_hit}\n" in info
    page = (tmp_path / "covered.c.html").read_text()
    assert "seen = -value" in page
    assert f'<tr id="L{line_of("ran(1)")}" class="miss">' in page


def test_raw_files_of_another_build_are_left_out(image, tmp_path):
    """An older image's addresses mean nothing in the new one: it is left out and counted."""
    write_executed(tmp_path, executed(image, "ran"))
    write_executed(tmp_path, replace(executed(image, "never"), sha256=hashlib.sha256(b"old").hexdigest()))
    joined = join_coverage(tmp_path, image.path, image.sha256)
    assert (joined.cases, joined.left_out) == (1, 1)


def test_a_damaged_raw_file_is_named(image, tmp_path):
    """Half a file is an error with its path, not a smaller coverage."""
    path = write_executed(tmp_path, executed(image, "ran"))
    path.write_text(path.read_text()[:40])
    with pytest.raises(RecordError, match=re.escape(path.name)):
        executed_in(tmp_path)


def test_an_image_without_lines_is_refused_in_one_sentence(image, tmp_path):
    """Without -g there is one message that says what to do."""
    (tmp_path / "covered.c").write_text(SOURCE)
    (tmp_path / "covered.ld").write_text(SCRIPT)
    bare = tmp_path / "bare.elf"
    compile_elf([tmp_path / "covered.c"], tmp_path / "covered.ld", bare, ["-g0"])
    with pytest.raises(ScenarioError, match="build it with -g"):
        source_map(bare)


def test_the_word_behind_a_call_is_a_return_address(image):
    """`Reset_Handler` calls `ran` and `never`: of all its halfwords two follow a call, and they lead there."""
    code = CodeMap(image.segments, image.symbols.values())
    reset = image.symbols["Reset_Handler"]
    returns = [a | 1 for a in range(reset.address + 4, reset.address + reset.size, 2) if code.returns_from_call(a | 1)]
    assert {code.function_at(code.called_before(word)) for word in returns} == {"ran", "never"}
    assert code.words(reset.address + 2) == "Reset_Handler+0x2"
    assert code.words(0x0800_3FF0) == "0x08003ff0"
