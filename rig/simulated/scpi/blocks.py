"""Definite and indefinite length arbitrary blocks: `#`, number of digits, length, bytes.

Source: IEEE 488.2-1992 sections 7.7.6 (program data) and 8.7.9 (response data).
"""

from rig.simulated.scpi.errors import ScpiError


def definite_block(payload: bytes | bytearray | memoryview, digits: int = 0) -> bytes:
    """Wraps bytes in a definite length block.

    Args:
        payload: what it carries.
        digits: least number of digits of the length; InfiniiVision scopes always send 8.
    """
    length = str(memoryview(payload).nbytes).zfill(digits)
    return b"".join((f"#{len(length)}{length}".encode(), payload))


def block_end(data: bytes | bytearray, start: int) -> int | None:
    """End of the definite block whose `#` stands at `start`, or None where there is none.

    It may lie behind the end of the data: then the block is cut. `#0` is no definite block.
    """
    digits = data[start + 1] - 48 if start + 1 < len(data) else 0
    length = data[start + 2 : start + 2 + digits]
    if not 1 <= digits <= 9 or len(length) < digits or not length.isdigit():
        return None
    return start + 2 + digits + int(length)


def read_block(token: bytes) -> bytes:
    """The bytes that one block of a program message carries.

    Raises ScpiError -161 where it is no block or is cut, -103 where something follows it.
    """
    if token[:2] == b"#0":
        return token[2:]
    end = block_end(token, 0) if token[:1] == b"#" else None
    if end is None or end > len(token):
        raise ScpiError(-161)
    if token[end:].strip():
        raise ScpiError(-103)
    return token[2 + token[1] - 48 : end]
