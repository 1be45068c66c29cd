"""Definite-length blocks: `#`, number of digits, number of bytes, the bytes, a line feed.

Source: IEEE 488.2-1992, 7.7.6 and 8.7.9.
"""

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

LONGEST = 1 << 30
"""Bytes of a block that nobody asks for: a longer one is a broken header."""


def encoded(values: NDArray[Any]) -> bytes:
    """`values` as a block, without the line feed."""
    payload = np.ascontiguousarray(values).tobytes()
    length = str(len(payload)).encode()
    return b"#%d%s%s" % (len(length), length, payload)


def digits_announced(start: bytes) -> int:
    """How many digits of a length follow the first two bytes of a block.

    Raises:
        ValueError: no block of definite length begins so.
    """
    if re.fullmatch(rb"#[1-9]", start) is None:
        raise ValueError(f"no block of definite length begins with {start!r}")
    return start[1] - ord("0")


def bytes_announced(digits: bytes, item_bytes: int, count: int | None) -> int:
    """How many bytes a block says it has.

    Args:
        digits: of its length.
        item_bytes: of one value.
        count: values that there must be, where that is known beforehand.

    Raises:
        ValueError: no number, a broken number of values, or another than expected.
    """
    if re.fullmatch(rb"[0-9]+", digits) is None:
        raise ValueError(f"{digits!r} is no length of a block")
    length = int(digits)
    if length > LONGEST or length % item_bytes:
        raise ValueError(f"a block of {length} bytes holds no whole number of values of {item_bytes} bytes")
    if count is not None and length != count * item_bytes:
        raise ValueError(f"a block of {length // item_bytes} values where {count} were announced")
    return length
