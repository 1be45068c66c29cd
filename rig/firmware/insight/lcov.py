"""Coverage as an lcov trace file, which `genhtml`, editors and CI services read.

Source: geninfo(1) of the Linux Test Project, section FILES: TN, SF, FN, FNDA, FNF, FNH, DA, LF, LH, end_of_record.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from rig.firmware.insight.coverage import FileCoverage


def lcov_lines(coverage: Iterable[FileCoverage], title: str, sources: dict[str, Path]) -> Iterator[str]:
    """The lines of the trace file.

    Args:
        coverage: by file.
        title: of the test; letters, digits and `_` are kept (geninfo allows no others).
        sources: where the source files lie here, by name; a file that is not found keeps the compiler's name.
    """
    name = "".join(letter if letter.isalnum() and letter.isascii() else "_" for letter in title)
    for each in coverage:
        yield f"TN:{name}"
        yield f"SF:{sources.get(each.file, each.file)}"
        yield from (f"FN:{function.line},{function.name}" for function in each.functions)
        yield from (f"FNDA:{function.cases},{function.name}" for function in each.functions)
        yield f"FNF:{len(each.functions)}"
        yield f"FNH:{each.functions_hit}"
        yield from (f"DA:{line},{count}" for line, count in each.lines.items())
        yield f"LF:{len(each.lines)}"
        yield f"LH:{each.lines_hit}"
        yield "end_of_record"
