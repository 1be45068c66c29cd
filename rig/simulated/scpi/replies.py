"""Values as an instrument writes them.

Source: IEEE 488.2-1992 section 8.7 (response data); NR3 with sign and 8 decimals as Keysight's. Infinity
and not-a-number: SCPI-1999 volume 1, chapter 7.2.1.4.
"""

import math
from typing import Any


def number(value: float) -> str:
    """A float in NR3 (`+1.25000000E-03`); 9.9E+37 for infinity, 9.91E+37 for not-a-number."""
    if math.isnan(value):
        return "+9.91000000E+37"
    if math.isinf(value):
        return f"{math.copysign(9.9e37, value):+.8E}"
    return f"{value:+.8E}"


def quoted(text: str) -> str:
    """A string in double quotes."""
    return '"' + text.replace('"', '""') + '"'


def reply(value: Any) -> bytes:
    """The bytes of one answer: bytes as they are, text as it is, ON as 1, lists with commas."""
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    if isinstance(value, str):
        return value.encode("latin-1")
    if isinstance(value, bool | int):
        return str(int(value)).encode()
    if isinstance(value, tuple | list):
        return b",".join(reply(part) for part in value)
    return number(float(value)).encode()
