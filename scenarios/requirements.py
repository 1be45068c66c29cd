"""`requirements.csv`: what the device must do, by id, with the evidence that each requirement takes."""

import csv
import io
import re
from pathlib import Path
from typing import Any, Final

from scenarios.case import Requirement
from scenarios.problems import Problems, nearest
from sim.errors import ScenarioError

COLUMNS: Final = ("id", "title", "text", "risk", "min_evidence")
_EVIDENCE: Final = re.compile(r"(modelled|measured)(@(virtual|firmware-host|firmware-image|bench))?")


def read_requirements(path: Path) -> dict[str, Requirement]:
    """Id -> row.

    Raises:
        ScenarioError: unreadable, a missing column, an id twice, or an evidence level that does not exist; with
            file:line:column.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError(str(path), f"cannot be read: {error}", "save it as UTF-8 text") from None
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    rows: dict[str, Requirement] = {}
    problems = Problems()
    try:
        titles = reader.fieldnames or ()
        if "id" not in titles or any(title not in COLUMNS for title in titles):
            odd = next((title for title in titles if title not in COLUMNS), "")
            problem = f"unknown column `{odd}`" if odd else "there is no column `id`"
            raise ScenarioError(f"{path}:1:1", problem, f"columns: {','.join(COLUMNS)}")
        for row in reader:
            _read_row(row, f"{path}:{reader.line_num}:1", rows, problems)
    except csv.Error as error:
        raise ScenarioError(f"{path}:{reader.line_num + 1}:1", f"not CSV: {error}", "close the quotes") from None
    problems.raise_any()
    return rows


def _read_row(row: dict[Any, Any], where: str, rows: dict[str, Requirement], problems: Problems) -> None:
    if None in row:  # where `csv` puts what has no title
        problems.add(where, "more values than columns", "put a text with commas in quotes")
        return
    values = {name: (row.get(name) or "").strip() for name in COLUMNS}
    if not values["id"]:
        problems.add(where, "a requirement without an id", "give it one")
    elif values["id"] in rows:
        problems.add(where, f"the id `{values['id']}` stands twice", "ids are unique")
    elif values["min_evidence"] and not _EVIDENCE.fullmatch(values["min_evidence"]):
        mend = "allowed: modelled or measured, then @virtual, @firmware-host, @firmware-image or @bench"
        problems.add(where, f"unknown evidence `{values['min_evidence']}`", mend)
    else:
        rows[values["id"]] = Requirement(**values)


def requirement(rows: dict[str, Requirement], name: str, where: object) -> Requirement:
    """The row of `name`, or the error that names the nearest one."""
    if name not in rows:
        raise ScenarioError(str(where), f"unknown requirement `{name}`", nearest(name, rows))
    return rows[name]
