"""`requirements.csv`: one row a requirement, columns ``id,title,text,risk,min_evidence``."""

import csv
import io
from pathlib import Path
from typing import Any

from scenarios.requirements.rows import COLUMNS, Rows, read_text
from sim.errors import ScenarioError


def read_csv(path: Path, rows: Rows) -> None:
    """Add every row of the table.

    Raises:
        ScenarioError: unreadable, an unknown or missing column, or no CSV; with file:line:column.
    """
    reader = csv.DictReader(io.StringIO(read_text(path), newline=""), strict=True)
    try:
        titles = reader.fieldnames or ()
        if "id" not in titles or any(title not in COLUMNS for title in titles):
            odd = next((title for title in titles if title not in COLUMNS), "")
            problem = f"unknown column `{odd}`" if odd else "there is no column `id`"
            raise ScenarioError(f"{path}:1:1", problem, f"columns: {','.join(COLUMNS)}")
        for row in reader:
            _add(row, f"{path}:{reader.line_num}:1", rows)
    except csv.Error as error:
        raise ScenarioError(f"{path}:{reader.line_num + 1}:1", f"not CSV: {error}", "close the quotes") from None


def _add(row: dict[Any, Any], where: str, rows: Rows) -> None:
    if None in row:  # where `csv` puts what has no title
        rows.problems.add(where, "more values than columns", "put a text with commas in quotes")
        return
    rows.add({name: row.get(name) or "" for name in COLUMNS}, where)
