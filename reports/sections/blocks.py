"""The blocks of which a section is made: plain data that every writer knows how to print.

A section's `build` returns ``section(title, blocks...)``, or None where it has nothing to say. A cell of a table and a
value of a fact is text, or one of the small dictionaries below. Text is never markup.
"""

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from reports.figures_chart import Chart
from reports.figures_picture import Picture
from reports.verdict import Outcome

Block: TypeAlias = dict[str, Any]
Cell: TypeAlias = str | dict[str, str]

KINDS = frozenset({"text", "facts", "table", "list", "chart", "picture", "code", "details", "cover", "case", "check"})
"""Kinds that the writers print; the last three belong to the built-in sections."""


def section(title: str, *blocks: Block) -> dict[str, Any]:
    """A section of the report."""
    return {"title": title, "blocks": list(blocks)}


def text(*paragraphs: str) -> Block:
    """Paragraphs."""
    return {"kind": "text", "paragraphs": list(paragraphs)}


def facts(rows: Iterable[tuple[str, Cell]], title: str = "") -> Block:
    """Labels with their values, one a row."""
    return {"kind": "facts", "title": title, "rows": [[label, value] for label, value in rows]}


def table(
    columns: Sequence[str], rows: Iterable[Sequence[Cell]], title: str = "", widths: Sequence[float] = ()
) -> Block:
    """A table; `widths` are the columns' shares of the page."""
    shares = list(widths) or [1.0] * len(columns)
    return {
        "kind": "table",
        "title": title,
        "columns": list(columns),
        "rows": [list(row) for row in rows],
        "widths": shares,
    }


def bullets(items: Iterable[str], title: str = "") -> Block:
    """A list."""
    return {"kind": "list", "title": title, "items": list(items)}


def code(content: str, title: str = "") -> Block:
    """Text to be copied: commands, files."""
    return {"kind": "code", "title": title, "text": content}


def chart(drawn: Chart) -> Block:
    """A chart: zoomable in HTML, printed in PDF, always with its limits."""
    return {"kind": "chart", "chart": drawn}


def picture(drawn: Picture) -> Block:
    """A drawing whose axes are neither strides nor time: a distribution, a curve."""
    return {"kind": "picture", "picture": drawn}


def details(title: str, *blocks: Block, unfolded: bool = False) -> Block:
    """Blocks that a reader may fold away, and finds folded unless `unfolded`; the PDF prints them."""
    return {"kind": "details", "title": title, "blocks": list(blocks), "unfolded": unfolded}


def badge(outcome: Outcome, marginal: bool = False) -> dict[str, str]:
    """A verdict word with its letter, icon and colour."""
    return {"verdict": outcome.value, "marginal": "yes" if marginal else ""}


def amber(content: str) -> dict[str, str]:
    """What a reader must not overlook: an unconfirmed limit, a fact that nobody stated."""
    return {"amber": content}


def mono(content: str) -> dict[str, str]:
    """An id, a path or a number that is compared letter by letter."""
    return {"mono": content}


def link(content: str, anchor: str) -> dict[str, str]:
    """A reference to another place of the report."""
    return {"link": content, "anchor": anchor}
