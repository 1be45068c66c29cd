"""StrictDoc `.sdoc`: every node with a UID that states a requirement.

Source: StrictDoc documentation, "SDoc syntax": nodes begin with ``[REQUIREMENT]`` (or another tag of the grammar) on a
line of its own, hold ``FIELD: value`` lines and ``FIELD: >>>`` ... ``<<<`` blocks, and end at the next node.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from scenarios.requirements.rows import Rows, read_text
from sim.errors import ScenarioError

_TAG: Final = re.compile(r"\[{1,2}/?(?P<tag>[A-Za-z_][A-Za-z0-9_ ]*)\]{1,2}\s*")
_FIELD: Final = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_-]*):(?:\s+(?P<value>.*))?")
_NO_REQUIREMENT: Final = frozenset({"DOCUMENT", "GRAMMAR", "SECTION", "TEXT", "FREETEXT", "DOCUMENT_FROM_FILE"})
_COLUMNS: Final = {"UID": "id", "TITLE": "title", "STATEMENT": "text", "RISK": "risk", "MIN_EVIDENCE": "min_evidence"}


@dataclass(slots=True)
class _Node:
    """A node while its lines are read."""

    tag: str
    line: int
    fields: dict[str, str] = field(default_factory=dict[str, str])


def read_strictdoc(path: Path, rows: Rows) -> None:
    """Add every requirement of the document; one without a UID cannot be traced and is passed over.

    Raises:
        ScenarioError: it cannot be read, is no SDoc, or leaves a block open; with file:line:column.
    """
    nodes = _nodes(read_text(path), path)
    if not nodes or nodes[0].tag != "DOCUMENT":
        raise ScenarioError(f"{path}:1:1", "is no SDoc document", "it begins with `[DOCUMENT]`")
    for node in nodes:
        if node.tag not in _NO_REQUIREMENT and "UID" in node.fields:
            values = {_COLUMNS[name]: value for name, value in node.fields.items() if name in _COLUMNS}
            rows.add(values, f"{path}:{node.line}:1")


def _nodes(text: str, path: Path) -> list[_Node]:
    nodes: list[_Node] = []
    block: tuple[str, int, list[str]] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if block is not None:
            if line.strip() == "<<<":
                nodes[-1].fields[block[0]] = "\n".join(block[2])
                block = None
            else:
                block[2].append(line)
        elif tag := _TAG.fullmatch(line):
            nodes.append(_Node(tag["tag"].upper(), number))
        elif nodes and (found := _FIELD.fullmatch(line)):
            name, value = found["name"].upper(), (found["value"] or "").strip()
            if value == ">>>":
                block = (name, number, [])
            else:
                nodes[-1].fields.setdefault(name, value)
    if block is not None:
        raise ScenarioError(f"{path}:{block[1]}:1", f"the block of {block[0]} is not closed", "end it with `<<<`")
    return nodes
