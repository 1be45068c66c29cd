"""The tables as Markdown, CSV and JSON."""

import csv
import io
from collections.abc import Sequence
from typing import Any, Final

from reports.fda.table_a import Characteristic
from reports.fda.table_b import LOADS_OHM, TableB, TableRow, table_document
from reports.quantities import quantity

TITLE: Final = "Output tables after the FDA guidance for powered muscle stimulators"
LOADS: Final = tuple(quantity(ohm, "ohm") for ohm in LOADS_OHM)


def cells(row: TableRow) -> tuple[str, ...]:
    """The words of a row, one a load."""
    return tuple(cell.words for cell in row.cells) + ("",) * (len(LOADS) - len(row.cells))


def note(table: TableB) -> str:
    """What a reader must know of a table."""
    area = (
        "Densities need the area of the smallest electrode, which nobody stated."
        if table.area_m2 is None
        else f"Densities at the smallest electrode, {table.area_m2 * 1e4:.4g} cm²."
    )
    simulated = " SIMULATED: no evidence of the performance of a device." if table.hardware != "bench" else ""
    run = "; ".join(table.settings)
    return f"Measured at {run}. Hardware: {table.hardware}.{simulated} {area} ± is U, k = 2."


def markdown(a: Sequence[Characteristic], tables: Sequence[TableB]) -> str:
    """Both tables as Markdown."""
    lines = [f"# {TITLE}", "", "## Table A: basic unit characteristics", ""]
    lines += _table(("Field", "Value", "Source"), [(row.field, row.value, row.source) for row in a])
    for table in tables:
        lines += ["", f"## Table B: {table.device}, {table.mode}", "", note(table), ""]
        rows = [(row.field, *cells(row), row.setting, row.formula) for row in table.rows]
        lines += _table(("Field", *LOADS, "Worst setting", "Formula"), rows)
    return "\n".join(lines) + "\n"


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    def line(row: Sequence[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"

    return [line(titles), "|" + "---|" * len(titles), *map(line, rows)]


def csv_text(a: Sequence[Characteristic], tables: Sequence[TableB]) -> str:
    """Both tables as one CSV in SI units: a row a figure."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(("table", "device", "mode", "field", "load_ohm", "value", "U", "unit", "text", "setting"))
    for row in a:
        writer.writerow(("A", "", "", row.field, "", "", "", "", row.value, row.source))
    for table in tables:
        for row in table.rows:
            for cell, ohm in zip(row.cells, LOADS_OHM, strict=False):
                value = "" if cell.value is None else repr(cell.value)
                spread = "" if cell.expanded_value is None else repr(cell.expanded_value)
                named = ("B", table.device, table.mode, row.field, f"{ohm:g}")
                writer.writerow((*named, value, spread, cell.unit, cell.words, row.setting))
    return stream.getvalue()


def document(a: Sequence[Characteristic], tables: Sequence[TableB]) -> dict[str, Any]:
    """Both tables for programs."""
    return {
        "schema": "stimrig/fda/1",
        "a": [{"field": row.field, "value": row.value, "source": row.source} for row in a],
        "b": [table_document(table) for table in tables],
    }
