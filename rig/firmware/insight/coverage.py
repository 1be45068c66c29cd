"""Lines and functions of a firmware that were executed, counted over cases."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from rig.firmware.insight.coverage_file import Executed
from rig.firmware.insight.source_map import SourceMap


@dataclass(frozen=True, slots=True)
class FunctionCount:
    """In how many cases a function ran.

    Attributes:
        name: in the source.
        line: of its declaration.
        cases: number of cases in which any of it was executed.
    """

    name: str
    line: int
    cases: int


@dataclass(frozen=True)
class FileCoverage:
    """What ran of one source file.

    Attributes:
        file: as the compiler was told it.
        lines: line -> number of cases in which any of its code was executed; lines without code are absent.
        functions: by line.
    """

    file: str
    lines: dict[int, int]
    functions: tuple[FunctionCount, ...]

    @cached_property
    def lines_hit(self) -> int:
        """Lines that at least one case executed."""
        return sum(count > 0 for count in self.lines.values())

    @cached_property
    def functions_hit(self) -> int:
        """Functions that at least one case executed."""
        return sum(function.cases > 0 for function in self.functions)


def coverage_of(source: SourceMap, cases: Sequence[Executed]) -> tuple[FileCoverage, ...]:
    """Count, over cases of one image, how many of them executed each line and each function.

    The count is of cases, not of passes: how often a loop turned says nothing about a test, and a count of cases is the
    same however a run is cut into blocks.

    Returns:
        By file name; only files that have code in the image.
    """
    lines: dict[str, dict[int, int]] = {}
    functions: dict[str, list[FunctionCount]] = {}
    for span in source.spans:
        lines.setdefault(span.file, {}).setdefault(span.line, 0)
    counts = [0] * len(source.functions)
    for case in cases:
        ran = _Ran(case.ranges)
        for file, line in {(span.file, span.line) for span in source.spans if ran.any_of(span.start, span.end)}:
            lines[file][line] += 1
        for at, function in enumerate(source.functions):
            counts[at] += any(ran.any_of(start, end) for start, end in function.spans)
    for function, count in zip(source.functions, counts, strict=True):
        functions.setdefault(function.file, []).append(FunctionCount(function.name, function.line, count))
    return tuple(
        FileCoverage(file, dict(sorted(of_file.items())), tuple(functions.get(file, ())))
        for file, of_file in sorted(lines.items())
    )


class _Ran:
    """Answers whether any of a span was executed."""

    def __init__(self, ranges: Sequence[tuple[int, int]]) -> None:
        self._starts = [start for start, _ in ranges]
        self._ends = [end for _, end in ranges]

    def any_of(self, start: int, end: int) -> bool:
        at = bisect_right(self._starts, end - 1) - 1
        return at >= 0 and self._ends[at] > start
