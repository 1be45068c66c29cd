"""Which line of which source file every address of an image comes from, and where its functions are.

Source: DWARF Debugging Information Format, versions 4 and 5, sections 3.3 (subroutines), 6.2 (line numbers), 7.7
(location and range lists).
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from sim.errors import ScenarioError

if TYPE_CHECKING:
    from elftools.dwarf.compileunit import CompileUnit
    from elftools.dwarf.die import DIE
    from elftools.dwarf.dwarfinfo import DWARFInfo

_DEEPEST: Final = 8
"""Longest chain of `DW_AT_abstract_origin` and `DW_AT_specification` that is followed (a compiler makes two)."""


@dataclass(frozen=True, slots=True, order=True)
class LineSpan:
    """Machine code of one line.

    Attributes:
        start: first address.
        end: first address behind it.
        file: source file as the compiler was told it, folders included.
        line: from 1.
    """

    start: int
    end: int
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the image, wherever its code went: a body of its own, and every place into which it was inlined.

    Attributes:
        name: in the source.
        file: that holds it.
        line: of its declaration.
        spans: (start, end) of its code.
    """

    name: str
    file: str
    line: int
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class SourceMap:
    """Lines and functions of an image.

    Attributes:
        spans: by address; they do not overlap.
        functions: by file and line.
    """

    spans: tuple[LineSpan, ...]
    functions: tuple[Function, ...]

    @cached_property
    def _starts(self) -> list[int]:
        return [span.start for span in self.spans]

    def place(self, address: int) -> tuple[str, int] | None:
        """(file, line) of the code at `address`; None where no line is known."""
        at = bisect_right(self._starts, address) - 1
        if at < 0 or address >= self.spans[at].end:
            return None
        return self.spans[at].file, self.spans[at].line

    def place_words(self, address: int) -> str:
        """``file:line``; ``near file:line`` where the compiler names none but one before in the function; else ""."""
        found = self.place(address)
        if found is not None:
            return f"{found[0]}:{found[1]}"
        before = self.spans[bisect_right(self._starts, address) - 1] if address >= self._starts[0] else None
        spans = (span for function in self.functions for span in function.spans)
        if before is not None and any(start <= before.start and address < end for start, end in spans):
            return f"near {before.file}:{before.line}"
        return ""


def source_map(image: Path) -> SourceMap:
    """Read the line table and the functions of an ELF.

    Raises:
        ScenarioError: the image has no line information, or it cannot be read.
    """
    from elftools.common.exceptions import DWARFError, ELFError
    from elftools.elf.elffile import ELFFile

    try:
        with image.open("rb") as file:
            elf = ELFFile(file)
            if not elf.has_dwarf_info():
                raise _without_lines(image)
            flash = _code(elf)
            info = elf.get_dwarf_info()
            units = list(info.iter_CUs())
            spans = sorted({span for unit in units for span in _spans_of(info, unit) if flash.holds(span.start)})
            functions = _functions(info, units, flash)
    except (OSError, ELFError, DWARFError) as error:
        raise ScenarioError(str(image), f"its line information cannot be read: {error}") from error
    if not spans:
        raise _without_lines(image)
    return SourceMap(tuple(_apart(spans)), functions)


def compiler_of(image: Path) -> str:
    """What the image says of its compiler (section `.comment`), or ""."""
    from elftools.common.exceptions import ELFError
    from elftools.elf.elffile import ELFFile

    try:
        with image.open("rb") as file:
            section: Any = ELFFile(file).get_section_by_name(".comment")
            words = b"" if section is None else section.data()
    except (OSError, ELFError):
        return ""
    told = dict.fromkeys(word.decode(errors="replace").strip() for word in words.split(b"\0"))
    return ", ".join(word for word in told if word and not word.startswith("Linker:"))


def _without_lines(image: Path) -> ScenarioError:
    return ScenarioError(
        str(image), "has no line information, so no line of it can be named", "build it with -g and do not strip it"
    )


@dataclass(frozen=True, slots=True)
class _Code:
    """Where the image has machine code: a linker leaves the debug entries of functions that it dropped at address 0."""

    sections: tuple[tuple[int, int], ...]

    def holds(self, address: int) -> bool:
        return any(start <= address < end for start, end in self.sections)


def _code(elf: Any) -> _Code:
    executable = 0x4  # SHF_EXECINSTR
    return _Code(
        tuple(
            (section["sh_addr"], section["sh_addr"] + section["sh_size"])
            for section in elf.iter_sections()
            if section["sh_flags"] & executable and section["sh_size"]
        )
    )


def _apart(spans: Iterable[LineSpan]) -> Iterator[LineSpan]:
    """The spans cut where the next one begins, so that every address has one line."""
    held: LineSpan | None = None
    for span in spans:
        if held is not None and held.start < span.start:
            yield LineSpan(held.start, min(held.end, span.start), held.file, held.line)
        held = span
    if held is not None:
        yield held


def _spans_of(info: "DWARFInfo", unit: "CompileUnit") -> Iterator[LineSpan]:
    program: Any = info.line_program_for_CU(unit)
    if program is None:
        return
    names = _file_names(program, unit)
    before: Any = None
    for entry in program.get_entries():
        state = entry.state
        if state is None:
            continue
        if before is not None and not before.end_sequence and state.address > before.address and before.line:
            yield LineSpan(before.address, state.address, names.get(before.file, "?"), before.line)
        before = state


def _file_names(program: Any, unit: "CompileUnit") -> dict[int, str]:
    """File numbers of a line program; DWARF 5 counts files and folders from 0, earlier versions from 1."""
    header = program.header
    modern = header.version >= 5
    home = _text(unit.get_top_DIE().attributes.get("DW_AT_comp_dir"))
    folders = [folder.decode(errors="replace") for folder in header["include_directory"]]
    folders = folders if modern else [home, *folders]
    return {
        number: _joined(home, folders[entry.dir_index], entry.name.decode(errors="replace"))
        for number, entry in enumerate(header["file_entry"], 0 if modern else 1)
    }


def _joined(home: str, folder: str, name: str) -> str:
    """The path of a source file, as short as the compiler told it."""
    return str(PurePosixPath(home.replace("\\", "/")) / folder.replace("\\", "/") / name.replace("\\", "/"))


def _text(attribute: Any) -> str:
    return "" if attribute is None else attribute.value.decode(errors="replace")


def _functions(info: "DWARFInfo", units: list["CompileUnit"], code: _Code) -> tuple[Function, ...]:
    found: dict[tuple[str, int, str], set[tuple[int, int]]] = {}
    for unit in units:
        program: Any = info.line_program_for_CU(unit)
        names = {} if program is None else _file_names(program, unit)
        for entry in unit.iter_DIEs():
            if entry.tag not in {"DW_TAG_subprogram", "DW_TAG_inlined_subroutine"}:
                continue
            spans = [span for span in _ranges(info, unit, entry) if span[0] < span[1] and code.holds(span[0])]
            told = _declared(entry)
            if spans and told is not None:
                name, number, line = told
                found.setdefault((names.get(number, "?"), line, name), set()).update(spans)
    return tuple(
        Function(name, file, line, tuple(sorted(spans))) for (file, line, name), spans in sorted(found.items())
    )


def _declared(entry: "DIE") -> tuple[str, int, int] | None:
    """(name, file number, line) of a function, from the entry that declares it."""
    for _ in range(_DEEPEST):
        attributes = entry.attributes
        if "DW_AT_name" in attributes and "DW_AT_decl_line" in attributes:
            number = attributes["DW_AT_decl_file"].value if "DW_AT_decl_file" in attributes else 1
            return _text(attributes["DW_AT_name"]), number, attributes["DW_AT_decl_line"].value
        link = next((name for name in ("DW_AT_abstract_origin", "DW_AT_specification") if name in attributes), None)
        if link is None:
            return None
        entry = entry.get_DIE_from_attribute(link)
    return None


def _ranges(info: "DWARFInfo", unit: "CompileUnit", entry: "DIE") -> list[tuple[int, int]]:
    """(start, end) of the code of a function."""
    attributes = entry.attributes
    if "DW_AT_low_pc" in attributes and "DW_AT_high_pc" in attributes:
        low, high = attributes["DW_AT_low_pc"].value, attributes["DW_AT_high_pc"]
        return [(low, high.value if high.form == "DW_FORM_addr" else low + high.value)]
    if "DW_AT_ranges" not in attributes:
        return []
    lists: Any = info.range_lists()
    top = unit.get_top_DIE().attributes
    base = top["DW_AT_low_pc"].value if "DW_AT_low_pc" in top else 0
    found: list[tuple[int, int]] = []
    for each in lists.get_range_list_at_offset(attributes["DW_AT_ranges"].value, cu=unit):
        if hasattr(each, "base_address"):
            base = each.base_address
        else:
            shift = 0 if each.is_absolute else base
            found.append((each.begin_offset + shift, each.end_offset + shift))
    return found
