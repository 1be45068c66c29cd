"""Responses on the wire: arrays are written by hand, for protobuf copies a repeated field value by value.

Four channels of 100,000 samples leave four times as fast this way (daq.md section 1). Fields of a message may stand in
any order, so the array follows the rest.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

_LENGTH_DELIMITED: Final = 2
_VARINT_BYTES: Final = 10


def varint(value: int) -> bytes:
    """A non-negative whole number, seven bits a byte, the lowest first."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def varints(values: NDArray[Any]) -> bytes:
    """Whole numbers (n,) as packed varints; negative ones as 64-bit two's complement, as protobuf has `int32`."""
    left = values.astype(np.int64).view(np.uint64)
    digits = np.empty((left.size, _VARINT_BYTES), np.uint8)
    more = np.empty((left.size, _VARINT_BYTES), np.bool_)
    for place in range(_VARINT_BYTES):
        digits[:, place] = (left & np.uint64(0x7F)).astype(np.uint8)
        left = left >> np.uint64(7)
        more[:, place] = left > 0
    digits |= more.astype(np.uint8) << 7
    written = np.ones_like(more)
    written[:, 1:] = more[:, :-1]
    return digits[written].tobytes()


def _packed(field: Any, array: NDArray[Any]) -> bytes:
    kind = field.type
    if kind == field.TYPE_DOUBLE:
        return array.astype("<f8", copy=False).tobytes()
    if kind == field.TYPE_BYTES:
        return array.tobytes()
    return varints(array.ravel())


def encoder(message: Any) -> Callable[[Mapping[str, Any]], bytes]:
    """What turns the fields of a response into its bytes.

    Args:
        message: generated class of the response; numpy arrays are written row after row.
    """
    descriptors = {field.name: field for field in message.DESCRIPTOR.fields}

    def encode(fields: Mapping[str, Any]) -> bytes:
        plain: dict[str, Any] = {}
        arrays: list[bytes] = []
        for name, value in fields.items():
            if isinstance(value, np.ndarray):
                field = descriptors[name]
                data = _packed(field, np.ascontiguousarray(value))
                tag = varint(field.number << 3 | _LENGTH_DELIMITED)
                arrays.append(b"".join((tag, varint(len(data)), data)))
            else:
                plain[name] = value
        return b"".join((message(**plain).SerializeToString(), *arrays))

    return encode
