"""Messages of HiSLIP on the wire: a header of 16 bytes and a payload.

Source: IVI-6.1 High-Speed LAN Instrument Protocol, revision 1.1, tables 2 to 4.
"""

import struct
from dataclasses import dataclass
from enum import IntEnum

from rig.simulated.scpi.peer import Peer, PeerGoneError

_HEADER = struct.Struct("!2sBBIQ")
HEADER_BYTES = _HEADER.size
MOST_PAYLOAD_BYTES = 1 << 20
"""Largest payload that the server takes and tells its clients; VISA's default as well."""


class Kind(IntEnum):
    """Message types that a server sends or understands."""

    INITIALIZE = 0
    INITIALIZE_RESPONSE = 1
    FATAL_ERROR = 2
    ERROR = 3
    ASYNC_LOCK = 4
    ASYNC_LOCK_RESPONSE = 5
    DATA = 6
    DATA_END = 7
    DEVICE_CLEAR_COMPLETE = 8
    DEVICE_CLEAR_ACKNOWLEDGE = 9
    ASYNC_REMOTE_LOCAL_CONTROL = 10
    ASYNC_REMOTE_LOCAL_RESPONSE = 11
    TRIGGER = 12
    ASYNC_MAX_MSG_SIZE = 15
    ASYNC_MAX_MSG_SIZE_RESPONSE = 16
    ASYNC_INITIALIZE = 17
    ASYNC_INITIALIZE_RESPONSE = 18
    ASYNC_DEVICE_CLEAR = 19
    ASYNC_STATUS_QUERY = 21
    ASYNC_STATUS_RESPONSE = 22
    ASYNC_DEVICE_CLEAR_ACKNOWLEDGE = 23
    ASYNC_LOCK_INFO = 24
    ASYNC_LOCK_INFO_RESPONSE = 25


BAD_HEADER, BAD_INITIALIZATION = 1, 3
"""Codes of a fatal error."""

UNKNOWN_KIND = 1
"""Code of an error."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message that came in.

    Attributes:
        kind: its type; one that we do not know stays a plain number.
        code: control code.
        parameter: message parameter, mostly the message id.
        payload: the rest.
    """

    kind: int
    code: int
    parameter: int
    payload: bytearray


def encode(
    kind: Kind, code: int = 0, parameter: int = 0, payload: bytes | memoryview = b""
) -> tuple[bytes, bytes | memoryview]:
    """Header and payload as they go onto the wire."""
    return _HEADER.pack(b"HS", kind, code, parameter, len(payload)), payload


UNKNOWN = encode(Kind.ERROR, UNKNOWN_KIND, 0, b"unrecognized message type")
"""Answer to a message that we do not know."""


def receive(peer: Peer) -> Message:
    """The next message; raises PeerGoneError at the end, after telling the peer where it broke the protocol."""
    prologue, kind, code, parameter, length = _HEADER.unpack(peer.read_exactly(HEADER_BYTES))
    if prologue != b"HS":
        fail(peer, BAD_HEADER, "poorly formed message header")
    if length > MOST_PAYLOAD_BYTES:
        fail(peer, BAD_HEADER, f"payload of {length} bytes, at most {MOST_PAYLOAD_BYTES} are taken")
    return Message(kind, code, parameter, peer.read_exactly(length))


def fail(peer: Peer, code: int, text: str) -> None:
    """Tells the peer that all is over, and ends: raises PeerGoneError."""
    peer.send(*encode(Kind.FATAL_ERROR, code, 0, text.encode()))
    raise PeerGoneError(text)
