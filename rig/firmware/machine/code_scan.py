"""Finds instructions that the machine must look at, by their encoding, in all bytes that may be code.

Data that looks like such an instruction is found too; it is never executed, so it costs nothing.
"""

import struct
from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeAlias

Encoding: TypeAlias = Callable[[int, int], bool]
"""``(first halfword, second halfword) -> it is such an instruction``."""

_MASK_REGISTERS: Final = frozenset({0x10, 0x11, 0x12, 0x13, 0x14})
"""PRIMASK, BASEPRI, BASEPRI_MAX, FAULTMASK, CONTROL as `SYSm`. Source: ARMv7-M ARM B5.1.1."""


def unmasks(first: int, second: int) -> bool:
    """CPSIE, or MSR to a register that may unmask an exception. Source: ARMv7-M ARM B5.2.1, B5.2.3."""
    if first in {0xB661, 0xB662, 0xB663}:
        return True
    return first & 0xFFF0 == 0xF380 and second & 0xF300 == 0x8000 and second & 0xFF in _MASK_REGISTERS


def sets_faultmask(first: int, second: int) -> bool:
    """CPSID f, or MSR to FAULTMASK. Source: ARMv7-M ARM B5.2.1, B5.2.3."""
    return first in {0xB671, 0xB673} or (first & 0xFFF0 == 0xF380 and second & 0xF3FF == 0x8013)


def sends_event(first: int, second: int) -> bool:
    """SEV. Source: ARMv7-M ARM A7.7.129."""
    return first == 0xBF40 or (first == 0xF3AF and second == 0x8004)


def divides(first: int, second: int) -> bool:
    """SDIV or UDIV. Source: ARMv7-M ARM A7.7.127, A7.7.195."""
    return first & 0xFFD0 == 0xFB90 and second & 0xF0F0 == 0xF0F0


def uses_floating_point(first: int, second: int) -> bool:
    """An instruction of coprocessor 10 or 11. Source: ARMv7-M ARM A5.3.18."""
    return first & 0xEC00 == 0xEC00 and first != 0xFFFF and second & 0x0E00 == 0x0A00


def find(pieces: Iterable[tuple[int, bytes]], encoding: Encoding) -> Iterator[int]:
    """Addresses of all instructions of an encoding.

    Args:
        pieces: address and bytes of what may be code; addresses are even.
        encoding: that is looked for.
    """
    for address, data in pieces:
        halfwords = struct.unpack(f"<{len(data) // 2}H", data[: len(data) // 2 * 2])
        for place, (first, second) in enumerate(zip(halfwords, (*halfwords[1:], 0), strict=True)):
            if encoding(first, second):
                yield address + 2 * place
