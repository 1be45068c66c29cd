"""Who compared a limit with a licensed copy of its standard: `limits/confirmed.yaml` of a project, never shipped."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from scenarios.case_document import document_lines
from scenarios.dataclass_reader import write_dataclass
from scenarios.fields import Key, as_table, as_text, read_keys, word
from scenarios.problems import Problems
from scenarios.text import Node, read_document
from sim.errors import ScenarioError

SCHEMA: Final = "confirmations/1"
CONFIRMED_FILE: Final = "confirmed.yaml"
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_FINGERPRINT: Final = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Confirmation:
    """One line of `confirmed.yaml`.

    Attributes:
        by: who.
        on: date, ISO 8601.
        entry: fingerprint of what was confirmed (`scenarios.limit_set.fingerprint`).
        note: what was compared with what, or "".
    """

    by: str
    on: str
    entry: str
    note: str = ""


def read_confirmations(path: Path) -> dict[str, Confirmation]:
    """Limit id -> confirmation.

    Raises:
        ScenarioError: the file does not read; with file:line:column.
    """
    problems = Problems()
    keys = {
        "schema": Key(word((SCHEMA,), "schema"), required=True),
        "confirmed": Key(_read_all, required=True),
    }
    found = read_keys(read_document(path), keys, "a file of confirmations", problems)
    problems.raise_any()
    return found["confirmed"]


def _read_all(node: Node) -> dict[str, Confirmation]:
    problems = Problems()
    found: dict[str, Confirmation] = {}
    for name, value in as_table(node, "`confirmed`").values.items():
        with problems.gathered():
            found[name] = _read_one(value)
    problems.raise_any()
    return found


def _read_one(node: Node) -> Confirmation:
    problems = Problems()
    keys = {
        "by": Key(as_text, required=True),
        "on": Key(_shaped(_DATE, "a date", "write 2026-11-22"), required=True),
        "entry": Key(_shaped(_FINGERPRINT, "a fingerprint", "`stimrig limits confirm` writes it"), required=True),
        "note": Key(as_text),
    }
    found = read_keys(node, keys, "a confirmation", problems)
    problems.raise_any()
    return Confirmation(**found)


def confirmations_text(confirmations: Mapping[str, Confirmation]) -> str:
    """The text of `confirmed.yaml`; `read_confirmations` reads it back."""
    rows = {
        name: {key: value for key, value in write_dataclass(said).items() if value}
        for name, said in sorted(confirmations.items())
    }
    return "\n".join(document_lines({"schema": SCHEMA, "confirmed": rows})) + "\n"


def _shaped(shape: re.Pattern[str], what: str, mend: str) -> Any:
    def read(node: Node) -> str:
        text = as_text(node)
        if not shape.fullmatch(text):
            raise ScenarioError(str(node.where), f"`{text[:40]}` is not {what}", mend)
        return text

    return read
