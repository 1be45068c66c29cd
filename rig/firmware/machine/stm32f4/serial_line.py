"""Bytes on an asynchronous line whose two ends do not run at quite the same rate."""

from typing import Final

DATA_BITS: Final = 8


def heard(byte: int, sent_bit: float, heard_bit: float) -> int | None:
    """What a receiver makes of a byte: it looks at the middle of each of its own bits.

    Args:
        byte: that is sent, 8 bits, lowest first, between a start bit (0) and a stop bit (1).
        sent_bit: length of a bit of the sender.
        heard_bit: length of a bit of the receiver, in the same unit.

    Returns:
        The byte; None where the stop bit is not found (a framing error).
    """
    frame = byte << 1 | 1 << DATA_BITS + 1
    seen = 0
    for place in range(DATA_BITS + 2):
        sent = int((place + 0.5) * heard_bit / sent_bit)
        seen |= (frame >> sent & 1 if sent < DATA_BITS + 2 else 1) << place
    if seen & 1 or not seen >> DATA_BITS + 1:
        return None
    return seen >> 1 & 0xFF
