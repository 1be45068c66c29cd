"""How a text capture is laid out: preamble, titles, a row of units, separators, decimal comma.

What oscilloscopes write before their samples differs by maker. Known: one line of titles; titles and a row of units
(Keysight InfiniiVision, PicoScope); `key,value` lines before the titles (Siglent, LeCroy, Tektronix MSO); `key,value`
cells beside the samples (Tektronix TDS); a sequence number for time and the increment in the second line (Rigol).
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sim.errors import RecordError

_HEAD_BYTES: Final = 1 << 16
_LINES: Final = 200
_UNIT: Final = re.compile(r"[\[(]\s*([^\])]+?)\s*[\])]|_([munµ]?[AVs])$")
_TIME: Final = re.compile(r"^\s*(t|time|zeit|temps|timestamp|second|seconds|x|x-axis)\b|^\s*time", re.IGNORECASE)
_SEQUENCE: Final = re.compile(r"^\s*(x|sequence|sample|index|n|no|nr)\.?\s*$", re.IGNORECASE)
_INCREMENT: Final = re.compile(r"sample interval|increment|sampling period|delta ?t|\bdt\b", re.IGNORECASE)
_WORDS: Final = {
    "second": "s", "seconds": "s", "sec": "s", "sekunden": "s", "volt": "V", "volts": "V", "ampere": "A", "amp": "A",
    "amps": "A", "amperes": "A",
}  # fmt: skip
_UNIT_ROW: Final = re.compile(r"^\s*[\[(]?\s*([munpµk]?(?:s|V|A))\s*[\])]?\s*$")


@dataclass(frozen=True, slots=True)
class Layout:
    """How the text is laid out.

    Attributes:
        separator: between columns.
        decimal_comma: True where numbers have a comma.
        titles: of the columns; their numbers where there is no header.
        units: of the columns, "" where they are not told.
        skip: lines before the first sample.
        period_s: time between samples that the preamble states, or None.
        encoding: of the text.
    """

    separator: str
    decimal_comma: bool
    titles: tuple[str, ...]
    units: tuple[str, ...]
    skip: int
    period_s: float | None
    encoding: str

    def time_column(self, beside: int) -> int | None:
        """The column of time, or None; `beside` is the wanted one."""
        named = [k for k, title in enumerate(self.titles) if _TIME.search(title) and k != beside]
        named = [k for k in named if not (_SEQUENCE.match(self.titles[k]) and self.period_s is not None)]
        if named:
            return named[0]
        unnamed = all(title.isdigit() for title in self.titles) and len(self.titles) > 1 and beside != 0
        return 0 if unnamed else None

    def bare(self, column: int) -> str:
        """Title of a column without its unit."""
        return _UNIT.sub("", self.titles[column]).strip()


def layout_of(path: Path) -> Layout:
    """Look at the first lines of a text file.

    Raises:
        RecordError: no text, or no table of numbers.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    lines, encoding = _lines(head)
    filled = [line for line in lines if line.strip()]
    if not filled:
        raise RecordError(str(path), "holds no text", "name a capture that holds samples")
    last = filled[-1] if len(head) < _HEAD_BYTES or len(filled) < 2 else filled[-2]
    separator = next((mark for mark in (";", "\t", ",") if mark in last), ",")
    decimal_comma = separator != "," and "," in last
    beside = _tektronix(filled, separator)
    if beside is not None:
        titles = tuple(["-"] * (beside - 1) + ["time", "value"])
        return Layout(separator, decimal_comma, titles, ("",) * (beside + 1), 0, None, encoding)
    for number, line in enumerate(lines):
        cells = cells_of(line, separator)
        follow = [cells_of(each, separator) for each in lines[number + 1 : number + 3] if each.strip()]
        if _are_numbers(cells, decimal_comma) and all(_are_numbers(each, decimal_comma) for each in follow[:1]):
            return _with_titles(lines, number, cells, separator, decimal_comma, encoding)
    mend = "one header line, then numbers with , or ; or tab between them"
    raise RecordError(str(path), f"no line of numbers among the first {len(lines)}", mend)


def _lines(head: bytes) -> tuple[list[str], str]:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head[: len(head) // 2 * 2].decode("utf-16", "ignore").splitlines()[:_LINES], "utf-16"
    try:
        return head.decode("utf-8-sig").splitlines()[:_LINES], "utf-8"
    except UnicodeDecodeError:
        return head.decode("latin-1").splitlines()[:_LINES], "latin-1"


def cells_of(line: str, separator: str) -> list[str]:
    """The cells of a line without quotes; empty cells at the end are dropped."""
    cells = [cell.strip().strip('"').strip() for cell in line.split(separator)]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _are_numbers(cells: list[str], decimal_comma: bool) -> bool:
    try:
        for cell in cells:
            float(cell.replace(",", ".") if decimal_comma else cell)
    except ValueError:
        return False
    return bool(cells)


def _tektronix(lines: list[str], separator: str) -> int | None:
    """The column of values where the preamble stands beside the samples, else None."""
    first = cells_of(lines[0], separator)
    if not first or not first[0].lower().startswith("record length") or len(first) < 4:
        return None
    return len(first) - 1 if _are_numbers(first[-2:], decimal_comma=False) else None


def _with_titles(
    lines: list[str], number: int, cells: list[str], separator: str, decimal_comma: bool, encoding: str
) -> Layout:
    """The layout of a table whose samples begin in line `number`."""
    before = [cells_of(each, separator) for each in lines[:number] if each.strip()]
    width = len(cells)
    units = [""] * width
    if before and width > 1 and len(before[-1]) == width and all(_unit_word(cell) for cell in before[-1]):
        units = [_unit_word(cell) for cell in before[-1]]
        above = before[-2] if len(before) > 1 else []
        titles = above[:width] if len(above) >= width else before[-1]
    else:
        titles = before[-1][:width] if before and len(before[-1]) >= width else []
    period_s = _increment(before)
    if before and len(before[-1]) > width and period_s is None and _SEQUENCE.match(before[-1][0]):
        period_s = _rigol(before)
    if before and _SEQUENCE.match(before[-1][0]) and len(before) > 1 and len(before[-2]) >= width:
        titles = before[-2][:width]
        units = [_unit_word(cell) for cell in before[-1][:width]]
    names = tuple(titles) if len(titles) == width else tuple(str(k) for k in range(width))
    told = tuple(unit or _unit_in(name) for unit, name in zip(units, names, strict=True))
    return Layout(separator, decimal_comma, names, told, number, period_s, encoding)


def _unit_word(cell: str) -> str:
    """The unit that a cell of a row of units names, or ""."""
    found = _UNIT_ROW.match(cell)
    return found.group(1) if found else _WORDS.get(cell.strip().lower(), "")


def _unit_in(title: str) -> str:
    found = _UNIT.search(title)
    unit = (found.group(1) or found.group(2)) if found else ""
    return _WORDS.get(unit.lower(), unit)


def _increment(before: list[list[str]]) -> float | None:
    """The time between samples that a `key,value` line states, s."""
    for cells in before:
        if len(cells) >= 2 and _INCREMENT.search(cells[0]):
            found = re.match(r"[-+0-9.eE]+", cells[1])
            if found and _are_numbers([found.group()], decimal_comma=False):
                return float(found.group())
    return None


def _rigol(before: list[list[str]]) -> float | None:
    """Increment in the column of that title: `X,CH1,Start,Increment` over `Sequence,Volt,-1.2e-3,2e-6`."""
    if len(before) < 2 or len(before[-2]) != len(before[-1]):
        return None
    for title, cell in zip(before[-2], before[-1], strict=True):
        if _INCREMENT.search(title) and _are_numbers([cell], decimal_comma=False):
            return float(cell)
    return None
