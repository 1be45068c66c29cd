"""Reads the segments that `rig.tdms_segment` writes, one at a time, from a file that may end anywhere.

Only what our own files use is understood: little-endian, contiguous, the full object list in every segment. Anything
else is refused by name, never guessed; `stimrig measure` reads foreign TDMS files through npTDMS.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from rig.tdms_segment import (
    HAS_METADATA,
    LEAD_IN,
    MAGIC,
    NO_RAW_DATA,
    RAW_INDEX_BYTES,
    TYPE_FLOAT64,
    TYPE_INT64,
    TYPE_OF_DTYPE,
    TYPE_STRING,
    TYPE_UINT32,
)
from sim.errors import RecordError

_DTYPE_OF_TYPE: Final = {kind: np.dtype(dtype) for dtype, kind in TYPE_OF_DTYPE.items()}
_LARGEST_METADATA: Final = 1 << 24


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """One whole segment.

    Attributes:
        raw: path -> (offset in the file, dtype, number of values).
        properties: path -> properties that stand in this segment.
        head: (first byte, first byte of its values, first byte behind it).
    """

    raw: dict[str, tuple[int, np.dtype[Any], int]]
    properties: dict[str, dict[str, Any]]
    head: tuple[int, int, int] = (0, 0, 0)


class _Cursor:
    """Walks over the metadata bytes of a segment."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from(layout, self._data, self._at)
        self._at += struct.calcsize(layout)
        return values

    def text(self) -> str:
        (length,) = self.take("<I")
        if self._at + length > len(self._data):
            raise struct.error
        self._at += length
        return self._data[self._at - length : self._at].decode()

    def value(self) -> Any:
        (kind,) = self.take("<I")
        match kind:
            case 0x20:
                return self.text()
            case 4:
                return self.take("<q")[0]
            case 7:
                return self.take("<I")[0]
            case 10:
                return self.take("<d")[0]
            case _:
                raise struct.error(f"property type {kind}")


assert (TYPE_STRING, TYPE_INT64, TYPE_UINT32, TYPE_FLOAT64) == (0x20, 4, 7, 10)


@lru_cache(maxsize=16)
def _decode(metadata: bytes) -> tuple[Segment, int]:
    """The segment, its offsets counted from its raw data, and the bytes of that; most segments of a file are alike."""
    cursor = _Cursor(metadata)
    raw: dict[str, tuple[int, np.dtype[Any], int]] = {}
    properties: dict[str, dict[str, Any]] = {}
    raw_at = 0
    (objects,) = cursor.take("<I")
    for _ in range(objects):
        path = cursor.text()
        (index,) = cursor.take("<I")
        if index == RAW_INDEX_BYTES:
            kind, _dimension, count = cursor.take("<IIQ")
            if kind not in _DTYPE_OF_TYPE:
                raise struct.error(f"data type {kind}")
            raw[path] = (raw_at, _DTYPE_OF_TYPE[kind], count)
            raw_at += count * _DTYPE_OF_TYPE[kind].itemsize
        elif index != NO_RAW_DATA:
            raise struct.error(f"raw data index {index}")
        (n,) = cursor.take("<I")
        if n:
            properties[path] = {cursor.text(): cursor.value() for _ in range(n)}
    return Segment(raw, properties), raw_at


def segments(file: BinaryIO, path: Path, at: int = 0) -> Iterator[Segment]:
    """Every whole segment from byte `at` on, in file order; a last one that was cut off is left out.

    Raises:
        RecordError: the bytes are no TDMS file of ours.
    """
    size = file.seek(0, 2)
    while at + LEAD_IN.size <= size:
        file.seek(at)
        magic, contents, _version, length, metadata_bytes = LEAD_IN.unpack(file.read(LEAD_IN.size))
        if magic != MAGIC or not contents & HAS_METADATA or metadata_bytes > min(length, _LARGEST_METADATA):
            raise RecordError(str(path), f"no segment of stimrig at byte {at}", "read foreign files with npTDMS")
        after = at + LEAD_IN.size + length
        if after > size:
            return
        try:
            layout, raw_bytes = _decode(file.read(metadata_bytes))
        except (struct.error, UnicodeDecodeError) as error:
            raise RecordError(
                str(path), f"damaged segment at byte {at} ({error})", "read foreign files with npTDMS"
            ) from error
        if raw_bytes != length - metadata_bytes:
            raise RecordError(str(path), f"segment at byte {at} holds {raw_bytes} bytes of {length - metadata_bytes}")
        start = at + LEAD_IN.size + metadata_bytes
        raw = {name: (start + offset, kind, count) for name, (offset, kind, count) in layout.raw.items()}
        yield Segment(raw, layout.properties, (at, start, after))
        at = after


def read_values(file: BinaryIO, segment: Segment, path: str, dtype: str) -> NDArray[Any]:
    """Values of one channel in `segment`; empty where it has none."""
    if path not in segment.raw:
        return np.empty(0, np.dtype(dtype))
    offset, kind, count = segment.raw[path]
    file.seek(offset)
    values = np.empty(count, kind)
    file.readinto(values.data.cast("B"))  # pyright: ignore[reportAttributeAccessIssue]
    return values
