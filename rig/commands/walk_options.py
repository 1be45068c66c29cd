"""The options of `stimrig walk` as the tables that the scenario reader reads, each at the place of its option."""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from scenarios.quantities import parse_quantity
from scenarios.text import Node, Table, Text, Where, rooted
from sim.errors import ScenarioError

PICTURES: Final = (".svg", ".png", ".pdf")
"""Suffixes of `--plot`."""

_AID: Final = 'none, afo, or an orthosis of your own: "afo 0.8 N m/deg", "afo 0.8 N m/deg 2 deg"'
_QUANTITY: Final = re.compile(r"([+\-−]?\d[\d.]*(?:e[+\-]?\d+)?\s*[^\d+\-−]+)")


@dataclass(frozen=True, slots=True)
class Option(Where):
    """An option of the command line as the place of what it says: it has no line and no column."""

    def __str__(self) -> str:
        return self.file


def option(name: str) -> Option:
    """The place ``--name``."""
    return Option(f"--{name}", 1, 1)


def table_of(values: dict[str, tuple[Any, Option]], where: Where) -> Table:
    """A table whose values stand at their options."""
    keys = {name: Text(name, place) for name, (_, place) in values.items()}
    nodes: dict[str, Node] = {name: rooted(value, place) for name, (value, place) in values.items()}
    return Table(keys, nodes, where)


def read_aid(text: str) -> Any:
    """`--aid` as the key `walk.aid`: ``none``, ``afo``, or stiffness and set angle behind ``afo``.

    Raises:
        ScenarioError: something else.
    """
    kind, _, rest = text.strip().partition(" ")
    if not rest.strip() or kind != "afo":
        if kind not in {"none", "afo"} or rest.strip():
            raise ScenarioError("--aid", f"{text!r} is no aid", f"write {_AID}")
        return kind
    parts = [part.strip(" ,") for part in _QUANTITY.findall(rest)]
    if "".join(parts).replace(" ", "") != re.sub(r"[ ,]", "", rest) or len(parts) > 2:
        raise ScenarioError("--aid", f"{text!r} is no aid", f"write {_AID}")
    found: dict[str, str] = {"kind": "afo"}
    for part in parts:
        key = "set_angle" if _is_angle(part) else "stiffness"
        if key in found:
            raise ScenarioError("--aid", f"{text!r} gives the {key.replace('_', ' ')} twice", f"write {_AID}")
        found[key] = part
    return found


def _is_angle(text: str) -> bool:
    try:
        parse_quantity(text, "rad", option("aid"))
    except ScenarioError:
        return False
    return True


def refuse_unwritable(files: Iterable[tuple[str, Path | None]]) -> None:
    """Refuse files that cannot be written before anybody walks.

    Raises:
        ScenarioError: an option names a folder, a place in a folder that is not there, or one that may not be written.
    """
    for name, path in files:
        if path is None:
            continue
        folder = path.parent
        if path.is_dir():
            raise ScenarioError(f"--{name}", f"{path} is a folder", "name a file")
        if not folder.is_dir():
            raise ScenarioError(f"--{name}", f"{path}: there is no folder {folder}", "make it, or choose another place")
        if not os.access(folder, os.W_OK):
            raise ScenarioError(f"--{name}", f"{path}: the folder may not be written", "choose another place")


def refuse_picture(path: Path | None) -> None:
    """Refuse a picture of a kind that cannot be drawn.

    Raises:
        ScenarioError: the suffix is not one of `PICTURES`.
    """
    if path is not None and path.suffix.lower() not in PICTURES:
        given = f"the suffix {path.suffix!r}" if path.suffix else "no suffix"
        raise ScenarioError("--plot", f"{path} has {given}", f"allowed: {', '.join(PICTURES)}")
