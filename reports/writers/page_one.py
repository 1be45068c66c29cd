"""Fitting page one of the PDF: it alone must tell what was tested, whether it passed, and what did not."""

import math
from typing import Any, Final

_LINES: Final = 41.0
"""Lines of 9.5 pt between the counts and the foot of the page."""
_PANELS: Final = (("tested", "against"), ("rig", "evidence"))


def page_one(cover: dict[str, Any]) -> dict[str, Any]:
    """The cover with texts shortened and as many of the open checks as the page holds; `more` counts the rest."""
    shown = {
        **cover,
        "tested": _few(cover["tested"], 4),
        "against": _few(cover["against"], 9),
        "rig": _few(cover["rig"], 6),
        "evidence": _few([*cover["evidence"], *cover["notes"]], 6),
        "notes": [],
    }
    room = (
        _LINES
        - 1.2 * len(cover.get("warnings", ()))
        - sum(max(_height(shown[left]), _height(shown[right])) for left, right in _PANELS)
    )
    rows: list[dict[str, str]] = []
    for row in cover["open"]:
        short = {**row, **{key: _short(row[key], size) for key, size in _ROW.items()}}
        room -= sum(math.ceil((len(short[key]) + extra) / wide) for key, extra, wide in _ROW_LINES) * 0.95 + 0.55
        if rows and room < 0.0:
            break
        rows.append(short)
    return {**shown, "open": rows, "more": len(cover["open"]) - len(rows)}


_ROW: Final = {"title": 120, "reason": 260, "case": 80, "check": 60}
_ROW_LINES: Final = (("title", 18, 85), ("reason", 0, 105), ("case", 60, 125))


def _few(lines: list[str], most: int) -> list[str]:
    kept = [_short(line, 150) for line in lines[:most]]
    return kept if len(lines) <= most else [*kept[:-1], f"and {len(lines) - most + 1} more"]


def _height(lines: list[str]) -> float:
    """Lines that a panel takes, its title included; the widest letters count one and a half."""
    return 2.0 + sum(math.ceil(len(line) / 48) * 1.02 + 0.2 for line in lines)


def _short(text: str, size: int) -> str:
    """The beginning of a text, up to the end of a word: half a number would be another number."""
    if len(text) <= size:
        return text
    return (text[: size - 1].rpartition(" ")[0] or text[: size - 1]) + "…"
