"""Captures as text: comma, semicolon or tab between columns, point or comma in numbers, a column of time."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rig.capture_file import Recording, Wanted, as_recording
from scenarios.problems import nearest
from scenarios.quantities import parse_quantity
from sim.errors import RecordError, ScenarioError

_BLOCK_BYTES: Final = 1 << 23
_UNEVEN: Final = 0.01
_UNIT: Final = re.compile(r"[\[(]\s*([^\])]+?)\s*[\])]|_([munµ]?[AVs])$")
_TIME: Final = re.compile(r"^\s*(t|time|zeit|temps|timestamp)\b|^\s*time", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Layout:
    """How the text is laid out.

    Attributes:
        separator: between columns.
        decimal_comma: True where numbers have a comma.
        titles: of the columns; their numbers where there is no header.
        skip: lines before the first sample.
    """

    separator: str
    decimal_comma: bool
    titles: tuple[str, ...]
    skip: int


def open_csv(path: Path, wanted: Wanted) -> Recording:
    """The current `wanted` of a text file.

    Raises:
        RecordError: the text is no table of numbers, or its time is not uniform.
        ScenarioError: no such column, no time column and no `--rate`, or a unit that is no current.
    """
    layout = _layout(path)
    column = _index(path, layout, wanted.current)
    title = layout.titles[column]
    a_per_unit = wanted.a_per_unit if wanted.a_per_unit is not None else _scale_in(title)
    period_s = 1.0 / wanted.rate_hz if wanted.rate_hz is not None else _period_s(path, layout, column)
    return as_recording(path, lambda: _column(path, layout, column), wanted, period_s, a_per_unit)


def _layout(path: Path) -> _Layout:
    with path.open("rb") as file:
        head = file.read(1 << 16)
    try:
        lines = head.decode("utf-8-sig").splitlines()[:50]
    except UnicodeDecodeError:
        lines = head.decode("latin-1").splitlines()[:50]
    filled = [line for line in lines if line.strip()]
    if not filled:
        raise RecordError(str(path), "holds no text", "name a capture that holds samples")
    sample = filled[min(len(filled) - 1, 3)]
    separator = next((mark for mark in (";", "\t", ",") if mark in sample), ",")
    decimal_comma = separator != "," and "," in sample
    for number, line in enumerate(lines):
        cells = [cell.strip() for cell in line.split(separator)]
        if _is_numbers(cells, decimal_comma):
            before = [each for each in lines[:number] if each.strip()]
            titles = [cell.strip().strip('"') for cell in before[-1].split(separator)] if before else []
            if len(titles) != len(cells):
                titles = [str(k) for k in range(len(cells))]
            return _Layout(separator, decimal_comma, tuple(titles), number)
    mend = "one header line, then numbers with , or ; or tab between them"
    raise RecordError(str(path), f"no line of numbers among the first {len(lines)}", mend)


def _is_numbers(cells: list[str], decimal_comma: bool) -> bool:
    try:
        for cell in cells:
            float(cell.replace(",", ".") if decimal_comma else cell)
    except ValueError:
        return False
    return bool(cells)


def _index(path: Path, layout: _Layout, name: str) -> int:
    if name in layout.titles:
        return layout.titles.index(name)
    bare = [_UNIT.sub("", title).strip() for title in layout.titles]
    if bare.count(name) == 1:
        return bare.index(name)
    if name.isdigit() and int(name) < len(layout.titles):
        return int(name)
    raise ScenarioError("--current", f"{path.name} has no column `{name}`", nearest(name, layout.titles))


def _unit_in(title: str) -> str:
    found = _UNIT.search(title)
    return (found.group(1) or found.group(2)) if found else ""


def _scale_in(title: str) -> float:
    """A per unit of a column, from the unit in its title; a column without one is in A."""
    unit = _unit_in(title)
    if not unit:
        return 1.0
    try:
        return parse_quantity(f"1 {unit}", "A")
    except ScenarioError:
        mend = 'say what it means: --scale "4 mA/V"'
        raise ScenarioError("--scale", f"column `{title}` is in {unit}, a current is asked for", mend) from None


def _period_s(path: Path, layout: _Layout, column: int) -> float:
    """Time between samples from the column of time, which must be uniform to 1 %."""
    named = [k for k, title in enumerate(layout.titles) if _TIME.search(title)]
    unnamed = all(title.isdigit() for title in layout.titles) and len(layout.titles) > 1 and column != 0
    if not named and not unnamed:
        mend = 'give the rate: --rate "1 MHz"; or name a column `time`'
        raise ScenarioError("--rate", f"{path.name} has no column of time", mend)
    at = named[0] if named else 0
    unit = _unit_in(layout.titles[at]) or "s"
    try:
        s_per_unit = parse_quantity(f"1 {unit}", "s")
    except ScenarioError:
        raise ScenarioError(
            "--rate", f"column `{layout.titles[at]}` is no time", 'give the rate: --rate "1 MHz"'
        ) from None
    first = last = None
    least, most, n = np.inf, -np.inf, 0
    for block in _column(path, layout, at):
        if not np.isfinite(block).all():
            raise RecordError(str(path), f"the time of sample {n + int(np.argmin(np.isfinite(block)))} is no number")
        steps = np.diff(block) if last is None else np.diff(block, prepend=last)
        first = float(block[0]) if first is None else first
        last, n = float(block[-1]), n + block.size
        if steps.size:
            least, most = min(least, float(steps.min())), max(most, float(steps.max()))
    if first is None or last is None or n < 2:
        raise RecordError(str(path), "holds fewer than two samples", "name a capture that holds pulses")
    mean = (last - first) / (n - 1)
    # a time written with few digits is uniform to its last digit only
    if not mean > 0.0 or most - least > max(2.0 * _UNEVEN * mean, 2.0 * _digit(first, last)):
        found = f"steps of {least * s_per_unit:.6g} to {most * s_per_unit:.6g} s"
        raise RecordError(str(path), f"time is not uniform: {found}", "export evenly sampled data, or give --rate")
    return mean * s_per_unit


def _digit(first: float, last: float) -> float:
    """Rounding of a double of this size: the least that a written time can be off."""
    return 8.0 * float(np.spacing(max(abs(first), abs(last))))


def _column(path: Path, layout: _Layout, column: int) -> Iterator[NDArray[Any]]:
    """Values of one column, some 8 MB of text at a time."""
    with path.open("rb") as file:
        for _ in range(layout.skip):
            file.readline()
        while text := file.read(_BLOCK_BYTES):
            text += file.readline()
            if text.strip():
                yield _parsed(path, layout, column, text)


def _parsed(path: Path, layout: _Layout, column: int, text: bytes) -> NDArray[np.float64]:
    import polars as pl

    try:
        table = pl.read_csv(
            io.BytesIO(text),
            has_header=False,
            separator=layout.separator,
            decimal_comma=layout.decimal_comma,
            columns=[column],
            schema_overrides={f"column_{column + 1}": pl.Float64},
            null_values=["NaN", "nan", ""],
            truncate_ragged_lines=True,
        )
        return table.to_series(0).cast(pl.Float64).fill_null(np.nan).to_numpy()
    except pl.exceptions.PolarsError as error:
        cause = str(error).splitlines()[0]
        mend = "one header, then only numbers, the same number of columns in every line"
        raise RecordError(str(path), f"column {layout.titles[column]} cannot be read ({cause})", mend) from None
