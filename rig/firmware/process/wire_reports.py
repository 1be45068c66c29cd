"""Frames from a device process; the table stands in `rig.firmware.process.wire`."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Self

from rig.firmware.device_under_test import RESET_CAUSES, Event
from rig.firmware.process.wire_frame import KINDS, Document, Empty
from sim.timebase import TimeNs

_EVENT: Final = struct.Struct("<qdBBH")
_ASK: Final = struct.Struct("<q")
_DONE: Final = struct.Struct("<qBB")


@dataclass(frozen=True, slots=True)
class Events:
    """What the device did, in time order."""

    TYPE: ClassVar[int] = 65
    events: Sequence[Event]

    def payload(self) -> bytes:
        """What follows the header."""
        return b"".join(_encoded(event) for event in self.events)

    @classmethod
    def of(cls, payload: bytes) -> Self:
        """Back from `payload`."""
        at, events, size = 0, list[Event](), _EVENT.size
        while at < len(payload):
            t_ns, value, kind, n, m = _EVENT.unpack_from(payload, at)
            at += size
            if at + n + m > len(payload):
                raise ValueError("an event is longer than its frame")
            name, data = payload[at : at + n].decode(), payload[at + n : at + n + m]
            events.append(Event(t_ns, KINDS[kind], name, value, data))
            at += n + m
        return cls(tuple(events))


def _encoded(event: Event) -> bytes:
    name = event.name.encode()
    head = _EVENT.pack(event.t_ns, event.value, KINDS.index(event.kind), len(name), len(event.data))
    return head + name + event.data


@dataclass(frozen=True, slots=True)
class Ask:
    """The device samples a terminal of which nothing is known beforehand."""

    TYPE: ClassVar[int] = 66
    t_ns: TimeNs
    name: str

    def payload(self) -> bytes:
        """What follows the header."""
        return _ASK.pack(self.t_ns) + self.name.encode()

    @classmethod
    def of(cls, payload: bytes) -> Self:
        """Back from `payload`."""
        (t_ns,) = _ASK.unpack_from(payload)
        return cls(t_ns, payload[_ASK.size :].decode())


@dataclass(frozen=True, slots=True)
class Done:
    """Everything before `reached_ns` has happened; `is_over`: a new process must go on, after a reset by `cause`."""

    TYPE: ClassVar[int] = 67
    reached_ns: TimeNs
    is_over: bool = False
    cause: str = "power_on"

    def payload(self) -> bytes:
        """What follows the header."""
        return _DONE.pack(self.reached_ns, self.is_over, RESET_CAUSES.index(self.cause))

    @classmethod
    def of(cls, payload: bytes) -> Self:
        """Back from `payload`."""
        reached_ns, is_over, cause = _DONE.unpack(payload)
        return cls(reached_ns, is_over == 1, RESET_CAUSES[cause])


class Answer(Document):
    """The answer to a `Question`."""

    TYPE: ClassVar[int] = 68


@dataclass(frozen=True, slots=True)
class Stored:
    """What the firmware keeps over a loss of power."""

    TYPE: ClassVar[int] = 69
    data: bytes

    def payload(self) -> bytes:
        """What follows the header."""
        return self.data

    @classmethod
    def of(cls, payload: bytes) -> Self:
        """Back from `payload`."""
        return cls(payload)


class Ready(Document):
    """The process has understood `Start`; what runs in it."""

    TYPE: ClassVar[int] = 70


@dataclass(frozen=True, slots=True)
class _Text:
    """Why not."""

    TYPE: ClassVar[int] = 0
    why: str

    def payload(self) -> bytes:
        """What follows the header."""
        return self.why.encode()

    @classmethod
    def of(cls, payload: bytes) -> Self:
        """Back from `payload`."""
        return cls(payload.decode(errors="replace"))


class Refused(_Text):
    """The request cannot be met; the process goes on."""

    TYPE: ClassVar[int] = 71


class Accepted(Empty):
    """It was done."""

    TYPE: ClassVar[int] = 72


class Held(Empty):
    """A debugger holds the processor: no virtual time passes, and the answer takes as long as it takes."""

    TYPE: ClassVar[int] = 74


class Failed(_Text):
    """The process cannot go on, and ends."""

    TYPE: ClassVar[int] = 73
