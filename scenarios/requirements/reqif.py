"""ReqIF (`.reqif`, or `.reqifz`, a zip of them): every specification object with a text.

Source: OMG ReqIF 1.2 (`SPEC-OBJECT`, `ATTRIBUTE-VALUE-*`, the `LONG-NAME` of attribute definitions), and the ReqIF
Implementation Guide for the names `ReqIF.ForeignID`, `ReqIF.Name`, `ReqIF.ChapterName` and `ReqIF.Text`.
"""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from scenarios.requirements.rows import MOST_BYTES, Rows
from sim.errors import ScenarioError

_NAMES: Final = {
    "id": ("reqif.foreignid", "uid", "id", "object identifier", "identifier"),
    "title": ("reqif.name", "title", "name", "object short text"),
    "text": ("reqif.text", "statement", "text", "object text"),
    "risk": ("risk",),
    "min_evidence": ("min_evidence",),
}
"""Column -> names of the attributes that may carry it, in lower case, the better first."""
_NO_REQUIREMENT: Final = frozenset({"text", "section", "heading", "chapter", "information"})
"""Names of object types that state nothing."""


def read_reqif(path: Path, rows: Rows) -> None:
    """Add every specification object that has a text; one without is a heading.

    Raises:
        ScenarioError: it cannot be read, or is no ReqIF.
    """
    found = 0
    for name, data in _documents(path):
        try:
            root = ET.fromstring(data)  # noqa: S314  expat resolves no external entity and bounds expansion
        except ET.ParseError as error:
            line, column = error.position
            raise ScenarioError(f"{name}:{line}:{column + 1}", f"is no XML: {error}", "export it again") from None
        if _tag(root) != "REQ-IF":
            raise ScenarioError(f"{name}:1:1", f"is no ReqIF: its root is <{_tag(root)}>", "export it as ReqIF 1.x")
        definitions = _long_names(root)
        for node in root.iter():
            if _tag(node) == "SPEC-OBJECT":
                found += 1
                _add(node, definitions, name, rows)
    if not found:
        raise ScenarioError(str(path), "holds no specification object", "export the requirements, not the types alone")


def _documents(path: Path) -> Iterator[tuple[str, bytes]]:
    """(name, content) of the file, or of every ReqIF in the zip."""
    try:
        data = path.read_bytes() if path.stat().st_size <= MOST_BYTES else None
        if data is None:
            raise ScenarioError(str(path), "is far too large", f"at most {MOST_BYTES >> 20} MiB")
        if path.suffix.lower() == ".reqif":
            yield str(path), data
            return
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.infolist():
                if member.filename.lower().endswith(".reqif"):
                    if member.file_size > MOST_BYTES:
                        raise ScenarioError(f"{path}/{member.filename}", "is far too large", "export less at once")
                    yield f"{path}/{member.filename}", archive.read(member)
    except (OSError, zipfile.BadZipFile) as error:
        raise ScenarioError(str(path), f"cannot be read: {error}", "export it again") from None


def _tag(node: ET.Element) -> str:
    return node.tag.rpartition("}")[2]


def _long_names(root: ET.Element) -> dict[str, str]:
    """Identifier -> LONG-NAME of everything that can be referred to."""
    return {
        node.attrib["IDENTIFIER"]: node.attrib.get("LONG-NAME", "")
        for node in root.iter()
        if "IDENTIFIER" in node.attrib
    }


def _add(node: ET.Element, definitions: dict[str, str], name: str, rows: Rows) -> None:
    given: dict[str, str] = {}
    for value in node.iter():
        if _tag(value) == "SPEC-OBJECT-TYPE-REF" and definitions.get(value.text or "", "").lower() in _NO_REQUIREMENT:
            return
        if _tag(value).startswith("ATTRIBUTE-VALUE-"):
            attribute, text = _value(value, definitions)
            given.setdefault(attribute.lower(), text)
    columns = {column: next((given[each] for each in names if given.get(each)), "") for column, names in _NAMES.items()}
    if not columns["text"]:
        return
    columns["id"] = columns["id"] or node.attrib.get("IDENTIFIER", "")
    columns["title"] = columns["title"] or node.attrib.get("LONG-NAME", "")
    rows.add(columns, f"{name}: {columns['id']}")


def _value(value: ET.Element, definitions: dict[str, str]) -> tuple[str, str]:
    """Name of the attribute and its value as text: a string, the words of XHTML, or the names of an enumeration."""
    attribute, text = "", value.attrib.get("THE-VALUE", "")
    for child in value:
        if _tag(child) == "DEFINITION":
            attribute = next((definitions.get(ref.text or "", "") for ref in child), "")
        elif _tag(child) == "THE-VALUE":
            text = " ".join(" ".join(child.itertext()).split())
        elif _tag(child) == "VALUES":
            text = ", ".join(definitions.get((ref.text or "").strip(), "") for ref in child)
    return attribute, text.strip()
