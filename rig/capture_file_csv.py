"""Captures as text: comma, semicolon or tab between columns, point or comma in numbers, with or without a preamble."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rig.capture_file import Recording, Wanted, as_recording
from rig.capture_layout import Layout, layout_of
from rig.capture_time import TimeBase, time_base
from rig.capture_warnings import CaptureWarning
from scenarios.problems import nearest
from scenarios.quantities import parse_quantity
from sim.errors import RecordError, ScenarioError

_BLOCK_BYTES: Final = 1 << 23
_NULLS: Final = ["NaN", "nan", "NAN", "", "-", "inf", "-inf", "Inf", "-Inf", "INF", "-INF"]


def open_csv(path: Path, wanted: Wanted) -> Recording:
    """The channel `wanted` of a text file.

    Raises:
        RecordError: the text is no table of numbers, or its time is not uniform.
        ScenarioError: no such column, no time column and no `--rate`, or a unit that is not the one asked for.
    """
    layout = layout_of(path)
    column = _index(path, layout, wanted)
    a_per_unit, warnings = _scale(layout, column, wanted)
    base = _time_base(path, layout, column, wanted)
    return as_recording(
        path,
        lambda: _column(path, layout, column),
        wanted,
        base.period_s,
        a_per_unit,
        losses=base.losses,
        warnings=(*warnings, *base.warnings),
    )


def _index(path: Path, layout: Layout, wanted: Wanted) -> int:
    name = wanted.current
    if name in layout.titles:
        return layout.titles.index(name)
    bare = [layout.bare(column) for column in range(len(layout.titles))]
    if bare.count(name) == 1:
        return bare.index(name)
    if name.isdigit() and int(name) < len(layout.titles):
        return int(name)
    raise ScenarioError(wanted.option, f"{path.name} has no column `{name}`", nearest(name, layout.titles))


def _scale(layout: Layout, column: int, wanted: Wanted) -> tuple[float, tuple[CaptureWarning, ...]]:
    """A (or V) per unit of a column: as the user says, from its unit, or 1 with a warning."""
    if wanted.a_per_unit is not None:
        return wanted.a_per_unit, ()
    title, unit = layout.titles[column], layout.units[column]
    if not unit:
        text = f"column `{title}` has no unit and is taken to be in {wanted.unit}; give --scale"
        return 1.0, (CaptureWarning("unit_unknown", text, "--scale"),)
    try:
        return parse_quantity(f"1 {unit}", wanted.unit), ()
    except ScenarioError:
        asked = "a current" if wanted.unit == "A" else "a voltage"
        mend = 'say what it means: --scale "4 mA/V"'
        raise ScenarioError("--scale", f"column `{title}` is in {unit}, {asked} is asked for", mend) from None


def _time_base(path: Path, layout: Layout, column: int, wanted: Wanted) -> TimeBase:
    if wanted.rate_hz is not None:
        return TimeBase(1.0 / wanted.rate_hz, (), ())
    at = layout.time_column(column)
    if at is None:
        if layout.period_s is not None:
            return TimeBase(layout.period_s, (), ())
        mend = 'give the rate: --rate "1 MHz"; or name a column `time`'
        raise ScenarioError("--rate", f"{path.name} has no column of time", mend)
    try:
        s_per_unit = parse_quantity(f"1 {layout.units[at] or 's'}", "s")
    except ScenarioError:
        mend = 'give the rate: --rate "1 MHz"'
        raise ScenarioError("--rate", f"column `{layout.titles[at]}` is no time", mend) from None
    return time_base(path, _column(path, layout, at), s_per_unit)


def _column(path: Path, layout: Layout, column: int) -> Iterator[NDArray[Any]]:
    """Values of one column, some 8 MB of text at a time."""
    if layout.encoding == "utf-16":
        yield from _recoded(path, layout, column)
        return
    at = layout.skip
    with path.open("rb") as file:
        for _ in range(layout.skip):
            file.readline()
        while text := file.read(_BLOCK_BYTES):
            text += file.readline()
            if text.strip():
                yield _parsed(path, layout, column, text.removeprefix(b"\xef\xbb\xbf"), at)
            at += text.count(b"\n")


def _recoded(path: Path, layout: Layout, column: int) -> Iterator[NDArray[Any]]:
    with path.open(encoding="utf-16") as file:
        for _ in range(layout.skip):
            file.readline()
        at = layout.skip
        while text := "".join(file.readlines(_BLOCK_BYTES)):
            if text.strip():
                yield _parsed(path, layout, column, text.encode(), at)
            at += text.count("\n")


def _parsed(path: Path, layout: Layout, column: int, text: bytes, line: int) -> NDArray[np.float64]:
    """Numbers of one column; the quick way first, and cell by cell only where that trips over something."""
    import polars as pl

    shared: dict[str, Any] = {
        "has_header": False,
        "separator": layout.separator,
        "columns": [column],
        "null_values": _NULLS,
        "truncate_ragged_lines": True,
    }
    try:
        numbers = {f"column_{column + 1}": pl.Float64}
        table = pl.read_csv(io.BytesIO(text), schema_overrides=numbers, decimal_comma=layout.decimal_comma, **shared)
        return table.to_series(0).cast(pl.Float64).fill_null(np.nan).to_numpy()
    except pl.exceptions.PolarsError:
        pass
    try:
        cells = pl.read_csv(io.BytesIO(text), infer_schema=False, encoding="utf8-lossy", **shared).to_series(0)
    except pl.exceptions.PolarsError as error:
        cause = str(error).splitlines()[0]
        mend = "one header, then only numbers, the same number of columns in every line"
        raise RecordError(str(path), f"column {layout.titles[column]} cannot be read ({cause})", mend) from None
    return _spelled(path, layout, column, cells.str.strip_chars(), line)


def _spelled(path: Path, layout: Layout, column: int, cells: Any, line: int) -> NDArray[np.float64]:
    """Numbers from cells of text; the first that is none is named with its line."""
    import polars as pl

    if layout.decimal_comma:
        cells = cells.str.replace(",", ".", literal=True)
    values = cells.cast(pl.Float64, strict=False)
    odd = values.is_null() & cells.is_not_null() & (cells != "")
    if odd.any():
        where = int(odd.arg_max())
        problem = f"column {layout.titles[column]} cannot be read: line {line + where + 1} holds `{cells[where]}`"
        raise RecordError(str(path), problem, "after the header only numbers; cut off what follows the samples")
    return values.fill_null(np.nan).to_numpy()
