"""Reads Intel HEX: records of bytes with their addresses and a checksum each.

Source: Intel, Hexadecimal Object File Format Specification, revision A, 1988.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from rig.firmware.image.image_contents import Contents, Segment
from sim.errors import ScenarioError

_DATA: Final = 0
_END: Final = 1
_SEGMENT: Final = 2
_START_SEGMENT: Final = 3
_LINEAR: Final = 4
_START_LINEAR: Final = 5
_LENGTHS: Final = {_END: 0, _SEGMENT: 2, _START_SEGMENT: 4, _LINEAR: 2, _START_LINEAR: 4}
"""Record type -> its number of bytes, where that is fixed."""


@dataclass(slots=True)
class _Reading:
    """What was read so far: runs of bytes, and where the next address counts from."""

    base: int = 0
    entry: int = 0
    runs: list[tuple[int, bytearray]] = field(default_factory=list[tuple[int, bytearray]])

    def put(self, address: int, data: bytes) -> None:
        if self.runs and self.runs[-1][0] + len(self.runs[-1][1]) == address:
            self.runs[-1][1].extend(data)
        else:
            self.runs.append((address, bytearray(data)))


def read_intel_hex(path: Path, data: bytes, where: str) -> Contents:
    """Read a file.

    Raises:
        ScenarioError: a record is malformed or its checksum wrong, told with its line; or the end is missing.
    """
    reading, ended = _Reading(), False
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").splitlines(), 1):
        text = line.strip()
        if not text:
            continue
        place = f"line {number} of {path.name}"
        if ended:
            raise ScenarioError(where, f"{place} comes after the end record", "build it again")
        ended = _take(reading, text, place, where)
    if not ended:
        raise ScenarioError(where, f"{path.name} is cut short: it has no end record", "build or copy it again")
    return Contents(tuple(Segment(address, bytes(run)) for address, run in reading.runs), reading.entry)


def _take(reading: _Reading, text: bytes, place: str, where: str) -> bool:
    """Take one record; true for the end record."""
    record = _record(text, place, where)
    kind, offset, payload = record[3], int.from_bytes(record[1:3], "big"), record[4:-1]
    if kind not in {_DATA, *_LENGTHS}:
        raise ScenarioError(where, f"{place} has the record type {kind:02x}", "00 to 05 exist")
    if kind in _LENGTHS and len(payload) != _LENGTHS[kind]:
        raise ScenarioError(where, f"{place} has {len(payload)} bytes, its type has {_LENGTHS[kind]}", "build it again")
    if kind == _DATA:
        if payload:
            if reading.base + offset + len(payload) > 1 << 32:
                raise ScenarioError(where, f"{place} reaches beyond 32 bit of address", "build it again")
            reading.put(reading.base + offset, payload)
    elif kind == _SEGMENT:
        reading.base = int.from_bytes(payload, "big") << 4
    elif kind == _LINEAR:
        reading.base = int.from_bytes(payload, "big") << 16
    elif kind == _START_LINEAR:
        reading.entry = int.from_bytes(payload, "big")
    return kind == _END


def _record(text: bytes, place: str, where: str) -> bytes:
    """Bytes of one record, checksum verified."""
    try:
        record = bytes.fromhex(text[1:].decode("ascii")) if text[:1] == b":" and b" " not in text else b""
    except ValueError:
        record = b""
    if len(record) < 5:
        raise ScenarioError(where, f"{place} is no record of Intel HEX", "a record is `:`, then pairs of hex digits")
    if len(record) != record[0] + 5:
        problem = f"{place} is cut short or too long: {len(record) - 5} bytes, {record[0]} are told"
        raise ScenarioError(where, problem, "build or copy it again")
    if sum(record) & 0xFF:
        right = -sum(record[:-1]) & 0xFF
        raise ScenarioError(
            where, f"{place} has the checksum {record[-1]:02x}, its bytes give {right:02x}", "build or copy it again"
        )
    return record
