"""Volts to converter codes and back: 16-bit words, left justified, with codes for holes and for clipping."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

HOLE: Final = 0
"""A sample that was not taken."""
CLIPPED_LOW: Final = 1
"""Below the screen."""
CLIPPED_HIGH: Final = 0xFFFF
"""Above it."""
_FULL: Final = 65_536
_MIDDLE: Final = 32_768
_ASCII_HOLE: Final = 9.9e37


@dataclass(frozen=True, slots=True)
class Scaling:
    """How codes become volts: ``V = (code - reference) * increment_v + origin_v``.

    Attributes:
        increment_v: V a code.
        origin_v: V at the reference.
        reference: code in the middle of the screen.
    """

    increment_v: float
    origin_v: float
    reference: int


def coded(volts: NDArray[np.float64], range_v: float, offset_v: float, bits: int) -> NDArray[np.uint16]:
    """Words of a converter of `bits` bits that spans the screen; what lies beyond is clipped and says so.

    Source: Keysight InfiniiVision 3000T Programmer's Guide, `:WAVeform:DATA?` (0 hole, 1 low, full scale high).

    Args:
        volts: (n,), V.
        range_v: full scale, V.
        offset_v: middle of the screen, V.
        bits: of the converter, 1 to 12.
    """
    step = _FULL >> bits
    words = np.rint((volts - offset_v) * (_FULL / step / range_v))
    words *= step
    words += _MIDDLE
    low, high = words < step, words > _FULL - step
    out = np.clip(words, step, _FULL - step).astype(np.uint16)
    out[low], out[high] = CLIPPED_LOW, CLIPPED_HIGH
    return out


def scaling(format_: str, range_v: float, offset_v: float, *, is_unsigned: bool) -> Scaling:
    """Of the preamble."""
    full = 256 if format_ == "BYTE" else _FULL
    return Scaling(range_v / full, offset_v, full // 2 if is_unsigned else 0)


def as_words(words: NDArray[np.uint16], *, is_little_endian: bool, is_unsigned: bool) -> bytes:
    """Two bytes a sample."""
    shifted = words if is_unsigned else (words.astype(np.int32) - _MIDDLE).astype(np.int16)
    return shifted.astype(shifted.dtype.newbyteorder("<" if is_little_endian else ">")).tobytes()


def as_bytes(words: NDArray[np.uint16], *, is_unsigned: bool) -> bytes:
    """One byte a sample: the upper half of the word; the three special codes stay what they are."""
    codes = np.clip((words.astype(np.int32) + 128) >> 8, 2, 254)
    codes = np.where(words == HOLE, 0, np.where(words == CLIPPED_LOW, 1, np.where(words == CLIPPED_HIGH, 255, codes)))
    return codes.astype(np.uint8).tobytes() if is_unsigned else (codes - 128).astype(np.int8).tobytes()


def as_volts(words: NDArray[np.uint16], range_v: float, offset_v: float) -> NDArray[np.float64]:
    """(n,) V; a hole is NaN."""
    volts = (words.astype(np.float64) - _MIDDLE) * (range_v / _FULL) + offset_v
    return np.where(words == HOLE, np.nan, volts)


def as_text(words: NDArray[np.uint16], range_v: float, offset_v: float) -> bytes:
    """Volts as text, parted by commas; a hole is +9.9E+37. Clipping cannot be told in this format."""
    volts = np.nan_to_num(as_volts(words, range_v, offset_v), nan=_ASCII_HOLE)
    return ",".join(f"{value:+.5E}" for value in volts.tolist()).encode()
