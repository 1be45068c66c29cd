"""Reading answers: a number is a number, an entry of the error queue is one, everything else is refused."""

import math
import re

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_ENTRY = re.compile(r"([+-]?\d+)\s*,\s*\"(.*)\"")
_NOT_A_NUMBER = 9.9e37
"""SCPI's infinity and "no number" (SCPI 1999, vol. 1, 7.2.1.4 and 7.2.1.5)."""


def any_number(text: str) -> float:
    """A number, SCPI's infinity (+-9.9E37) included.

    Raises:
        ValueError: it is none.
    """
    if _NUMBER.fullmatch(text.strip()) is None or not math.isfinite(float(text)):
        raise ValueError(f"`{text}` is no number")
    return float(text)


def number(text: str) -> float:
    """A finite number.

    Raises:
        ValueError: it is none, or SCPI's infinity or "not a number" (+-9.9E37, 9.91E37).
    """
    value = any_number(text)
    if abs(value) >= _NOT_A_NUMBER:
        raise ValueError(f"`{text}` means that there is no number")
    return value


def whole_number(text: str) -> int:
    """A whole number (`3`, `+3`, `3.0E+0`).

    Raises:
        ValueError: it is none.
    """
    value = number(text)
    if value != round(value):
        raise ValueError(f"`{text}` is no whole number")
    return round(value)


def switch(text: str) -> bool:
    """`1` or `0`, `ON` or `OFF`.

    Raises:
        ValueError: neither.
    """
    states = {"1": True, "ON": True, "+1": True, "0": False, "OFF": False, "+0": False}
    if (state := states.get(text.strip().upper())) is None:
        raise ValueError(f"`{text}` is neither on nor off")
    return state


def error_entry(text: str) -> tuple[int, str]:
    """Code and text of an entry of the error queue, `-222,"Data out of range"`.

    Raises:
        ValueError: it is no entry.
    """
    if (found := _ENTRY.fullmatch(text.strip())) is None:
        raise ValueError(f"`{text}` is no entry of an error queue")
    return int(found[1]), found[2]
