"""Text that the PDF's fonts can print and its columns can break, with every character accounted for."""

import re
from functools import cache
from typing import Final

_PLAIN: Final = re.compile("[\\n\\x20-\\x7e\\xa0-\\xac\\xae-\\xff–—‘’“”…±−·°²³µΩτ≤≥√×∞▲✕◇✓✗]*")
_RUN: Final = re.compile(r"[^\s\-–—]{15,}")
_PARTS: Final = re.compile(r"[^_./\\\]=:,;@&?)}|+]*[_./\\\]=:,;@&?)}|+]|[^_./\\\]=:,;@&?)}|+]+")
_STEP: Final = 14
_BREAK: Final = "\u200b"


def printable(text: str, *, breakable: bool = True, longest: int = 14) -> str:
    """`text` with each character that no font has as ``[U+0007]``; runs beyond `longest` may break at a line's end."""
    if not _PLAIN.fullmatch(text):
        text = "".join(letter if _has(letter) else f"[U+{ord(letter):04X}]" for letter in text)
    if not breakable:
        return text
    return _RUN.sub(lambda found: found[0] if len(found[0]) <= longest else _with_breaks(found), text)


def _with_breaks(found: re.Match[str]) -> str:
    """Break opportunities after punctuation, and every 14 letters where there is none."""
    parts = _PARTS.findall(found[0])
    pieces = [part[start : start + _STEP] for part in parts for start in range(0, len(part), _STEP)]
    return _BREAK.join(pieces)


def _has(letter: str) -> bool:
    return letter == "\n" or (ord(letter) >= 0x20 and not 0x7F <= ord(letter) < 0xA0 and ord(letter) in _covered())


@cache
def _covered() -> frozenset[int]:
    """Code points of DejaVu Sans, which the report falls back to."""
    from matplotlib.ft2font import FT2Font

    from reports.writers.pdf import font_folder

    return frozenset(FT2Font(str(font_folder() / "DejaVuSans.ttf")).get_charmap())
