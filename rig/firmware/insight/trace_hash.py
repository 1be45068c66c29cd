"""A hash over everything that a processor did and somebody could notice: two runs that agree in it are the same run."""

import hashlib
import struct
from collections.abc import Iterable
from typing import Final

from rig.firmware.machine.soc import Emission

_ACCESS: Final = struct.Struct("<cQIBQ")
_EXCEPTION: Final = struct.Struct("<cQH")
_EMISSION: Final = struct.Struct("<QdBBI")
_PENDING: Final = 1024


class TraceHash:
    """SHA-256 over two streams, each in order and with its cycles: what the processor did, and what the chip told.

    What the chip told is heard later than it happened, whenever the rig asks; so the streams are kept apart, and the
    hash does not depend on where a run is cut.
    """

    def __init__(self) -> None:
        self._hash, self._told = hashlib.sha256(), hashlib.sha256()
        self._pending: list[bytes] = []

    def access(self, cycle: int, is_write: bool, address: int, size: int, value: int) -> None:
        """A register was read or written."""
        self._add(_ACCESS.pack(b"W" if is_write else b"R", cycle, address, size, value & 0xFFFF_FFFF_FFFF_FFFF))

    def exception(self, cycle: int, number: int, *, entered: bool) -> None:
        """A handler begins or has returned."""
        self._add(_EXCEPTION.pack(b"E" if entered else b"L", cycle, number))

    def emissions(self, told: Iterable[Emission]) -> None:
        """What the chip told."""
        for each in told:
            name, kind = each.name.encode(), each.kind.encode()
            head = _EMISSION.pack(each.cycle, each.value, len(kind), len(name), len(each.data))
            self._told.update(head + kind + name + each.data)

    def hex(self) -> str:
        """The hash so far."""
        self._settle()
        return hashlib.sha256(self._hash.digest() + self._told.digest()).hexdigest()

    def copy(self) -> "TraceHash":
        """One that goes on from here by itself."""
        self._settle()
        made = TraceHash()
        made._hash, made._told = self._hash.copy(), self._told.copy()
        return made

    def _add(self, record: bytes) -> None:
        self._pending.append(record)
        if len(self._pending) >= _PENDING:
            self._settle()

    def _settle(self) -> None:
        self._hash.update(b"".join(self._pending))
        self._pending.clear()
