"""Requirements as they are gathered from one or many files: ids are unique, evidence levels exist."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from scenarios.case import Requirement
from scenarios.problems import Problems
from sim.errors import ScenarioError

COLUMNS: Final = ("id", "title", "text", "risk", "min_evidence")
"""What a requirement has; other tools carry `risk` and `min_evidence` as fields of these names, in any case."""

MOST_BYTES: Final = 1 << 26
"""Largest file of requirements, bytes (design choice: a hundred thousand requirements)."""

_EVIDENCE: Final = re.compile(r"(modelled|measured)(@(virtual|firmware-host|firmware-image|bench))?")


class Rows:
    """Takes rows and notes what is wrong with them.

    Args:
        problems: takes every problem.
    """

    def __init__(self, problems: Problems) -> None:
        self.found: dict[str, Requirement] = {}
        self.problems = problems
        self._places: dict[str, str] = {}

    def add(self, values: Mapping[str, str], where: str) -> None:
        """Take one row; keys that are no column are passed over.

        Args:
            values: column -> text.
            where: its place, for messages.
        """
        row = {name: values.get(name, "").strip() for name in COLUMNS}
        if not row["id"]:
            self.problems.add(where, "a requirement without an id", "give it one")
        elif row["id"] in self.found:
            problem = f"the id `{row['id']}` stands twice, first at {self._places[row['id']]}"
            self.problems.add(where, problem, "ids are unique")
        elif row["min_evidence"] and not _EVIDENCE.fullmatch(row["min_evidence"]):
            mend = "allowed: modelled or measured, then @virtual, @firmware-host, @firmware-image or @bench"
            self.problems.add(where, f"unknown evidence `{row['min_evidence']}`", mend)
        else:
            self.found[row["id"]], self._places[row["id"]] = Requirement(**row), where


def read_text(path: Path) -> str:
    """The text of a file.

    Raises:
        ScenarioError: it cannot be read, is no UTF-8 text, or far too large.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            mend = f"at most {MOST_BYTES >> 20} MiB: is it a file of requirements?"
            raise ScenarioError(str(path), f"the file has {path.stat().st_size / 1e6:.0f} MB", mend)
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError(str(path), f"cannot be read: {error}", "save it as UTF-8 text") from None
