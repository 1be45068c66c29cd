"""TDMS segments as bytes: the few parts of National Instruments' file format that the record needs.

npTDMS reads and writes the whole format, but writing 15 small channels ten times a second of simulated time through it
would cost more than the simulation itself. Every segment carries its full object list, so that each can be read alone;
properties stand in the first one. Source: NI "TDMS File Format Internal Structure" (version 4712 = TDMS 2.0 without
DAQmx raw data).
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray


class UInt32(int):
    """A property that the format wants as an unsigned 32-bit number; plain integers are written in 64 bits."""


PropertyValue: TypeAlias = str | int | float | UInt32

MAGIC: Final = b"TDSm"
VERSION: Final = 4712
LEAD_IN: Final = struct.Struct("<4sIIQQ")
HAS_METADATA: Final = 1 << 1
NEW_OBJECT_LIST: Final = 1 << 2
HAS_RAW_DATA: Final = 1 << 3
NO_RAW_DATA: Final = 0xFFFFFFFF
RAW_INDEX_BYTES: Final = 20

TYPE_STRING: Final = 0x20
TYPE_INT64: Final = 4
TYPE_UINT32: Final = 7
TYPE_FLOAT64: Final = 10
TYPE_OF_DTYPE: Final[Mapping[str, int]] = {"<i2": 2, "<i8": TYPE_INT64, "<f8": TYPE_FLOAT64}

_INDEX = struct.Struct("<IIIQI")
_COUNT = struct.Struct("<Q")
_U32 = struct.Struct("<I")


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel of the file.

    Attributes:
        group: its group.
        name: its name.
        dtype: `<i2`, `<i8` or `<f8`.
        properties: written once, with the first segment.
    """

    group: str
    name: str
    dtype: str
    properties: Mapping[str, PropertyValue] = field(default_factory=dict[str, PropertyValue])


def object_path(*names: str) -> str:
    """Path of an object: ``/'group'/'channel'``; apostrophes are doubled."""
    return "/" + "/".join("'" + name.replace("'", "''") + "'" for name in names)


def _text(text: str) -> bytes:
    data = text.encode()
    return _U32.pack(len(data)) + data


def _property(name: str, value: PropertyValue) -> bytes:
    head = _text(name)
    match value:
        case str():
            return head + _U32.pack(TYPE_STRING) + _text(value)
        case UInt32():
            return head + _U32.pack(TYPE_UINT32) + _U32.pack(value)
        case int():
            return head + struct.pack("<Iq", TYPE_INT64, value)
        case float():
            return head + struct.pack("<Id", TYPE_FLOAT64, value)


def _properties(properties: Mapping[str, PropertyValue]) -> bytes:
    return _U32.pack(len(properties)) + b"".join(_property(name, value) for name, value in properties.items())


def linear_scaling(scale: float, offset: float, unit: str) -> dict[str, PropertyValue]:
    """The properties from which NI's readers and npTDMS compute ``scale * code + offset``."""
    return {
        "NI_Number_Of_Scales": UInt32(1),
        "NI_Scaling_Status": "unscaled",
        "NI_Scale[0]_Scale_Type": "Linear",
        "NI_Scale[0]_Linear_Slope": float(scale),
        "NI_Scale[0]_Linear_Y_Intercept": float(offset),
        # "the raw data"; any other number names another scale
        "NI_Scale[0]_Linear_Input_Source": UInt32(NO_RAW_DATA),
        "unit_string": unit,
    }


class SegmentEncoder:
    """Turns arrays into segments of one file with a fixed list of channels.

    Args:
        channels: in file order; channels of a group must stand together.
        root: properties of the file.
        groups: properties by group.
    """

    def __init__(
        self,
        channels: Sequence[Channel],
        root: Mapping[str, PropertyValue],
        groups: Mapping[str, Mapping[str, PropertyValue]],
    ) -> None:
        self.channels = tuple(channels)
        self._paths = [_text(object_path(channel.group, channel.name)) for channel in self.channels]
        self._types = [TYPE_OF_DTYPE[channel.dtype] for channel in self.channels]
        self._itemsizes = [np.dtype(channel.dtype).itemsize for channel in self.channels]
        self._root, self._groups = root, groups
        self._first = True
        self._templates: dict[tuple[bool, ...], tuple[bytearray, list[int]]] = {}

    def _first_metadata(self, counts: Sequence[int]) -> bytes:
        bare = _U32.pack(NO_RAW_DATA)
        parts = [_text("/") + bare + _properties(self._root)]
        parts += [_text(object_path(name)) + bare + _properties(group) for name, group in self._groups.items()]
        for channel, path, kind, n in zip(self.channels, self._paths, self._types, counts, strict=True):
            index = bare if n == 0 else struct.pack("<IIIQ", RAW_INDEX_BYTES, kind, 1, n)
            parts.append(path + index + _properties(channel.properties))
        return _U32.pack(len(parts)) + b"".join(parts)

    def _next_metadata(self, counts: Sequence[int]) -> bytes:
        """Only the counts change from segment to segment, so they are put into a template."""
        filled = tuple(map(bool, counts))
        if filled not in self._templates:
            self._templates[filled] = self._template(filled)
        template, places = self._templates[filled]
        for place, n in zip(places, counts, strict=True):
            if n:
                _COUNT.pack_into(template, place, n)
        return bytes(template)

    def _template(self, filled: tuple[bool, ...]) -> tuple[bytearray, list[int]]:
        """Metadata without counts, and where the count of each channel stands."""
        template, places = bytearray(_U32.pack(len(filled))), list[int]()
        for path, kind, has_data in zip(self._paths, self._types, filled, strict=True):
            template += path
            places.append(len(template) + 12)
            # the last word is "no properties"
            template += _INDEX.pack(RAW_INDEX_BYTES, kind, 1, 0, 0) if has_data else _U32.pack(NO_RAW_DATA) + bytes(4)
        return template, places

    def encode(self, data: Sequence[Sequence[NDArray[Any]]]) -> list[Any]:
        """One segment: buffers to be written one after the other.

        Args:
            data: for each channel its arrays, back to back; any may be empty.
        """
        buffers: list[Any] = [b""]
        counts: list[int] = []
        raw_bytes = 0
        for arrays, itemsize in zip(data, self._itemsizes, strict=True):
            n = 0
            for array in arrays:
                if array.size:
                    n += array.size
                    buffers.append(array.data)
            counts.append(n)
            raw_bytes += n * itemsize
        metadata = self._first_metadata(counts) if self._first else self._next_metadata(counts)
        self._first = False
        contents = HAS_METADATA | NEW_OBJECT_LIST | (HAS_RAW_DATA if raw_bytes else 0)
        buffers[0] = LEAD_IN.pack(MAGIC, contents, VERSION, len(metadata) + raw_bytes, len(metadata)) + metadata
        return buffers
