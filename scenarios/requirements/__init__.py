"""What the device must do, by id, with the evidence that each requirement takes; from whatever tool keeps it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from scenarios.case import Requirement
from scenarios.problems import Problems, nearest
from scenarios.requirements.csv_table import read_csv
from scenarios.requirements.doorstop import SETTINGS_FILE, read_doorstop
from scenarios.requirements.needs import read_needs
from scenarios.requirements.reqif import read_reqif
from scenarios.requirements.rows import Rows
from scenarios.requirements.strictdoc import read_strictdoc
from sim.errors import ScenarioError

_READERS: Final[Mapping[str, Callable[[Path, Rows], None]]] = {
    ".csv": read_csv,
    ".sdoc": read_strictdoc,
    ".json": read_needs,
    ".reqif": read_reqif,
    ".reqifz": read_reqif,
}
FORMATS: Final = "a .csv, .sdoc (StrictDoc), needs.json (sphinx-needs), .reqif or .reqifz, or a Doorstop folder"
"""What `read_requirements` reads."""


def read_requirements(path: Path) -> dict[str, Requirement]:
    """Id -> row of a file, or of every document in a folder.

    A folder is read as Doorstop where it holds a `.doorstop.yml` (its own or deeper), else every `.sdoc` in it is read.

    Raises:
        ScenarioError: unreadable, an unknown format, an id twice, or an evidence level that does not exist; with
            file:line:column where the format has lines.
    """
    problems = Problems()
    rows = Rows(problems)
    with problems.gathered():
        if path.is_dir():
            _read_folder(path, rows)
        else:
            _reader_of(path)(path, rows)
    problems.raise_any()
    return rows.found


def _reader_of(path: Path) -> Callable[[Path, Rows], None]:
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise ScenarioError(str(path), "is no file of requirements that can be read", f"give {FORMATS}")
    return reader


def _read_folder(folder: Path, rows: Rows) -> None:
    documents = sorted(path.parent for path in folder.rglob(SETTINGS_FILE))
    texts = [] if documents else sorted(folder.rglob("*.sdoc"))
    if not documents and not texts:
        raise ScenarioError(str(folder), "holds no requirements", f"give {FORMATS}")
    for document in documents:
        read_doorstop(document, rows)
    for text in texts:
        read_strictdoc(text, rows)


def requirement(rows: Mapping[str, Requirement], name: str, where: object) -> Requirement:
    """The row of `name`, or the error that names the nearest one."""
    if name not in rows:
        raise ScenarioError(str(where), f"unknown requirement `{name}`", nearest(name, rows))
    return rows[name]
