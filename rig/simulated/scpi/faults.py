"""Faults of the link that a test puts between an instrument and its controller, the same ones on every transport.

    server.faults.inject("cut_block", nth=2)               the second block from now is cut, then the link closes
    server.faults.inject("no_answer", command="MEAS", times=None)    never again an answer to a measurement

A fault acts on an answer, and one answer suffers one fault. Those of blocks wait for an answer that is a block, the
others take any. Which bytes are
lost follows from the answer alone, so that a fault repeats exactly.
"""

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass

from rig.simulated.scpi.blocks import block_end, definite_block


@dataclass(frozen=True, slots=True)
class Delivery:
    """How one answer goes out.

    Attributes:
        reply: what is sent; None for nothing, ever.
        delay_s: wall clock before the first byte, s.
        cut_at_bytes: after so many bytes the link stalls or closes; None to send all.
        stall_s: how long it stalls there, s; then the rest follows.
        hang_up: the link closes there.
    """

    reply: bytes | None
    delay_s: float = 0.0
    cut_at_bytes: int | None = None
    stall_s: float = 0.0
    hang_up: bool = False


@dataclass(frozen=True, slots=True)
class FaultEvent:
    """A fault that happened.

    Attributes:
        kind: which.
        command: the message whose answer it took, its beginning.
        answer: the how-many-th answer of the server it was, from 1.
    """

    kind: str
    command: str
    answer: int


def _has_block(reply: bytes) -> bool:
    """The answer is a block of at least two bytes, so that some can be missing."""
    return reply[:1] == b"#" and block_end(reply, 0) is not None and len(_payload(reply)) >= 2


def _payload(reply: bytes) -> bytes:
    return reply[2 + reply[1] - 48 : block_end(reply, 0)]


def _short_block(reply: bytes) -> bytes:
    payload = _payload(reply)
    return reply[: 2 + reply[1] - 48] + payload[: len(payload) // 2] + b"\n"


def _long_block(reply: bytes) -> bytes:
    return reply.removesuffix(b"\n") + b"\xaa" * 40 + b"\n"


def _odd_block(reply: bytes) -> bytes:
    payload = _payload(reply)
    return definite_block(payload[: len(payload) - 1 - len(payload) % 2]) + b"\n"


def _bad_header(reply: bytes) -> bytes:
    return b"#Z" + reply[2:]


def _garbage(reply: bytes) -> bytes:
    """Bytes of no encoding and no newline, the same for the same answer."""
    noise = hashlib.shake_128(reply[:64]).digest(max(1, min(len(reply) - 1, 1 << 16)))
    return bytes(byte | 0x80 for byte in noise) + b"\n"


_DOCTORED: dict[str, Callable[[bytes], bytes]] = {
    "short_block": _short_block,
    "long_block": _long_block,
    "odd_block": _odd_block,
    "bad_header": _bad_header,
    "garbage": _garbage,
}
_OF_BLOCKS = frozenset({"cut_block", "short_block", "long_block", "odd_block", "bad_header"})
KINDS = ("no_answer", "late_answer", "cut_block", "stall", "disconnect", *_DOCTORED)
"""All kinds: no answer; an answer after `delay_s`; a block cut in its middle by a closed link; a pause of `delay_s`
in the middle; a closed link instead of an answer; half the bytes that the header says; 40 bytes more; one byte too few
for its words, honestly announced; `#Z` for a header; noise."""


@dataclass(slots=True)
class _Plan:
    kind: str
    nth: int
    times: int | None
    command: bytes
    delay_s: float
    matched: int = 0

    def takes(self, command: bytes, reply: bytes) -> bool:
        """Counts the answer where it is of the kind that is waited for; True where its turn has come."""
        if self.times is not None and self.matched >= self.nth - 1 + self.times:
            return False
        if self.command not in command.upper():
            return False
        if self.kind in _OF_BLOCKS and not _has_block(reply):
            return False
        self.matched += 1
        return self.matched >= self.nth


class Faults:
    """What goes wrong on one server; empty at first, and then it changes no byte.

    Attributes:
        log: the faults that happened, in order.
    """

    def __init__(self) -> None:
        self.log: list[FaultEvent] = []
        self._plans: list[_Plan] = []
        self._answers = 0
        self._lock = threading.Lock()

    def inject(
        self, kind: str, *, nth: int = 1, times: int | None = 1, command: str = "", delay_s: float = 1.0
    ) -> None:
        """Plans a fault.

        Args:
            kind: one of `KINDS`.
            nth: the how-many-th answer from now on that fits is the first to suffer.
            times: how many suffer; None for all from then on.
            command: only answers to messages that contain this text.
            delay_s: of a late answer or a stall, s of wall clock.

        Raises ValueError for an unknown kind.
        """
        if kind not in KINDS:
            raise ValueError(f"no fault of a link: {kind!r}; there are {', '.join(KINDS)}")
        with self._lock:
            self._plans.append(_Plan(kind, nth, times, command.upper().encode(), delay_s))

    def clear(self) -> None:
        """All is well again; the log stays."""
        with self._lock:
            self._plans.clear()

    def deliver(self, command: bytes, reply: bytes) -> Delivery:
        """How the answer to a message goes out."""
        with self._lock:
            self._answers += 1
            for plan in self._plans:
                if plan.takes(command, reply):
                    self.log.append(FaultEvent(plan.kind, command[:60].decode("latin-1"), self._answers))
                    return _suffer(plan, reply)
        return Delivery(reply)


def _suffer(plan: _Plan, reply: bytes) -> Delivery:
    middle = len(reply) // 2
    match plan.kind:
        case "no_answer":
            return Delivery(None)
        case "late_answer":
            return Delivery(reply, delay_s=plan.delay_s)
        case "disconnect":
            return Delivery(reply, cut_at_bytes=0, hang_up=True)
        case "cut_block":
            return Delivery(reply, cut_at_bytes=middle, hang_up=True)
        case "stall":
            return Delivery(reply, cut_at_bytes=middle, stall_s=plan.delay_s)
        case kind:
            return Delivery(_DOCTORED[kind](reply))
