"""Doorstop: a folder with `.doorstop.yml` and one file an item, YAML or Markdown with a YAML head.

Source: Doorstop documentation, "Item reference": the id of an item is the name of its file; `active: false` takes it
out of use, `normative: false` makes it a heading or a note.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from scenarios.requirements.rows import Rows, read_text
from sim.errors import ScenarioError

SETTINGS_FILE: Final = ".doorstop.yml"
_HEAD: Final = re.compile(r"---\s*\n(?P<head>.*?)\n---\s*\n?(?P<body>.*)", re.DOTALL)
_HEADING: Final = re.compile(r"#{1,6}\s+(?P<title>[^\n]*)\n*(?P<text>.*)", re.DOTALL)


def read_doorstop(folder: Path, rows: Rows) -> None:
    """Add every item that is active and normative.

    Raises:
        ScenarioError: a file that cannot be read or is no YAML.
    """
    for path in sorted([*folder.glob("*.yml"), *folder.glob("*.md")]):
        if path.name == SETTINGS_FILE:
            continue
        values = _item(path)
        if values is None or not (_is_set(values, "active") and _is_set(values, "normative")):
            continue
        texts = {str(key).lower(): str(value) for key, value in values.items() if isinstance(value, str)}
        heading = _HEADING.fullmatch(texts.get("text", "").strip())
        title = texts.get("header") or (heading["title"] if heading else "")
        text = heading["text"] if heading and not texts.get("header") else texts.get("text", "")
        rows.add(texts | {"id": path.stem, "title": title, "text": text}, f"{path}:1:1")


def _is_set(values: Mapping[str, Any], name: str) -> bool:
    return bool(values.get(name, True))


def _item(path: Path) -> dict[str, Any] | None:
    """The fields of an item; None for a Markdown file that is none."""
    import yaml

    text = read_text(path)
    body = None
    if path.suffix == ".md":
        parted = _HEAD.fullmatch(text)
        if parted is None:
            return None
        text, body = parted["head"], parted["body"].strip()
    try:
        values = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else f"{path}:1:1"
        raise ScenarioError(where, "is no YAML", "see `doorstop` for what is wrong with the item") from None
    if not isinstance(values, dict):
        raise ScenarioError(f"{path}:1:1", "is no item of Doorstop", "it has the keys `text`, `active`, `normative`")
    return values if body is None else {**values, "text": body}
