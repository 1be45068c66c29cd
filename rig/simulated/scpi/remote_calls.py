"""ONC remote procedure calls over TCP, as far as VXI-11 needs them: records in fragments, calls, replies, XDR.

Source: RFC 5531 (RPC version 2, section 11 for records), RFC 4506 (XDR).
"""

import struct
from dataclasses import dataclass

from rig.simulated.scpi.peer import Peer, PeerGoneError

SUCCESS, PROGRAM_UNAVAILABLE, PROCEDURE_UNAVAILABLE, GARBAGE_ARGUMENTS = 0, 1, 3, 4
"""Status of an accepted call."""

_LAST_FRAGMENT = 0x80000000


class GarbageArgumentsError(ValueError):
    """The arguments of a call do not fit its procedure."""


class Arguments:
    """Reads XDR values one after the other; raises GarbageArgumentsError where they end too soon."""

    def __init__(self, data: bytes | bytearray) -> None:
        self._data, self._at = memoryview(data), 0

    def integers(self, count: int) -> tuple[int, ...]:
        """So many unsigned 32-bit numbers."""
        end = self._at + 4 * count
        if end > len(self._data):
            raise GarbageArgumentsError
        values = struct.unpack_from(f"!{count}I", self._data, self._at)
        self._at = end
        return values

    def opaque(self) -> bytes:
        """Bytes with their length."""
        (length,) = self.integers(1)
        end = self._at + length
        if end > len(self._data):
            raise GarbageArgumentsError
        value = bytes(self._data[self._at : end])
        self._at = end + -length % 4
        return value


@dataclass(frozen=True, slots=True)
class Call:
    """One call.

    Attributes:
        number: transaction id, given back in the reply.
        program, procedure: what is called.
        arguments: the rest.
    """

    number: int
    program: int
    procedure: int
    arguments: Arguments


def receive_call(peer: Peer, most_bytes: int) -> Call:
    """The next call; raises PeerGoneError at the end of the stream and where a record is too long or no call."""
    record = bytearray()
    last = False
    while not last:
        head = int.from_bytes(peer.read_exactly(4), "big")
        last, length = bool(head & _LAST_FRAGMENT), head & ~_LAST_FRAGMENT
        if len(record) + length > most_bytes or (length == 0 and not last):
            raise PeerGoneError(f"record longer than {most_bytes} bytes")
        record += peer.read_exactly(length)
    try:
        arguments = Arguments(record)
        number, is_reply, rpc_version, program, _, procedure = arguments.integers(6)
        for _ in ("credentials", "verifier"):
            arguments.integers(1)
            arguments.opaque()
    except GarbageArgumentsError as error:
        raise PeerGoneError("no call") from error
    if is_reply or rpc_version != 2:
        raise PeerGoneError("no call of RPC version 2")
    return Call(number, program, procedure, arguments)


def encode_reply(number: int, status: int, *parts: bytes | memoryview) -> tuple[bytes, ...]:
    """An accepted call's reply as one record: header, then the parts, padded to words."""
    length = sum(len(part) for part in parts)
    head = struct.pack("!7I", _LAST_FRAGMENT | 24 + length + -length % 4, number, 1, 0, 0, 0, status)
    return (head, *(bytes(part) for part in parts), b"\0" * (-length % 4))
