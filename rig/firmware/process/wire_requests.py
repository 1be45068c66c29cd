"""Frames to a device process; the table stands in `rig.firmware.process.wire`."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Self

from rig.firmware.device_under_test import RESET_CAUSES, EventKind
from rig.firmware.process.wire_frame import INJECTIONS, KINDS, VERSION, Document, Empty
from sim.timebase import TimeNs

_START: Final = struct.Struct("<HqddqBI")
_ADVANCE: Final = struct.Struct("<qHB")
_SIGNAL: Final = struct.Struct("<qqI")
_TERMINAL: Final = struct.Struct("<qd")
_RECEIVE: Final = struct.Struct("<q")
_INJECT: Final = struct.Struct("<qdB")
_POWER: Final = struct.Struct("<qBB")
_VALUE: Final = struct.Struct("<d")


@dataclass(frozen=True, slots=True)
class Start:
    """Begin; `setup` is what this kind of process must know of its board."""

    TYPE: ClassVar[int] = 1
    t_ns: TimeNs
    supply_v: float
    clock_error_ratio: float
    clock_phase_ns: TimeNs
    cause: str
    stored: bytes = b""
    setup: bytes = b""
    version: int = VERSION

    def payload(self) -> bytes:
        """What follows the header."""
        cause, clock = RESET_CAUSES.index(self.cause), (self.clock_error_ratio, self.clock_phase_ns)
        head = _START.pack(self.version, self.t_ns, self.supply_v, *clock, cause, len(self.stored))
        return head + self.stored + self.setup

    @classmethod
    def of(cls, payload: bytes) -> Self:
        """Back from `payload`."""
        version, t_ns, supply_v, error, phase_ns, cause, n = _START.unpack_from(payload)
        stored, setup = payload[_START.size : _START.size + n], payload[_START.size + n :]
        return cls(t_ns, supply_v, error, phase_ns, RESET_CAUSES[cause], stored, setup, version)


@dataclass(frozen=True, slots=True)
class SampledTerminal:
    """What is known beforehand of a terminal: `samples` are float64, little endian; each holds until the next."""

    name: str
    t0_ns: TimeNs
    period_ns: TimeNs
    samples: bytes


@dataclass(frozen=True, slots=True)
class Advance:
    """Let everything happen before `until_ns`, or up to the first event of a kind to break on."""

    TYPE: ClassVar[int] = 2
    until_ns: TimeNs
    break_on: frozenset[EventKind] = frozenset()
    signals: Sequence[SampledTerminal] = ()

    def payload(self) -> bytes:
        """What follows the header."""
        mask = sum(1 << KINDS.index(kind) for kind in self.break_on)
        parts = [_ADVANCE.pack(self.until_ns, mask, len(self.signals))]
        for signal in self.signals:
            parts += (_named(signal.name), _SIGNAL.pack(signal.t0_ns, signal.period_ns, len(signal.samples) // 8))
            parts.append(signal.samples)
        return b"".join(parts)

    @classmethod
    def of(cls, payload: bytes) -> Self:
        """Back from `payload`."""
        until_ns, mask, count = _ADVANCE.unpack_from(payload)
        at, signals = _ADVANCE.size, list[SampledTerminal]()
        for _ in range(count):
            name, at = payload[at + 1 : at + 1 + payload[at]].decode(), at + 1 + payload[at]
            t0_ns, period_ns, n = _SIGNAL.unpack_from(payload, at)
            at += _SIGNAL.size
            signals.append(SampledTerminal(name, t0_ns, period_ns, payload[at : at + 8 * n]))
            at += 8 * n
        return cls(until_ns, frozenset(kind for k, kind in enumerate(KINDS) if mask >> k & 1), tuple(signals))


@dataclass(frozen=True, slots=True)
class Value:
    """What the terminal that was asked for carries."""

    TYPE: ClassVar[int] = 3
    value: float

    def payload(self) -> bytes:
        """What follows the header."""
        return _VALUE.pack(self.value)

    @classmethod
    def of(cls, payload: bytes) -> Self:
        """Back from `payload`."""
        return cls(*_VALUE.unpack(payload))


@dataclass(frozen=True, slots=True)
class Terminal:
    """A terminal changes: `supply`, or a button."""

    TYPE: ClassVar[int] = 4
    t_ns: TimeNs
    name: str
    value: float

    def payload(self) -> bytes:
        """What follows the header."""
        return _TERMINAL.pack(self.t_ns, self.value) + self.name.encode()

    @classmethod
    def of(cls, payload: bytes) -> Self:
        """Back from `payload`."""
        t_ns, value = _TERMINAL.unpack_from(payload)
        return cls(t_ns, payload[_TERMINAL.size :].decode(), value)


@dataclass(frozen=True, slots=True)
class Receive:
    """Bytes begin to come in on the serial line."""

    TYPE: ClassVar[int] = 5
    t_ns: TimeNs
    data: bytes

    def payload(self) -> bytes:
        """What follows the header."""
        return _RECEIVE.pack(self.t_ns) + self.data

    @classmethod
    def of(cls, payload: bytes) -> Self:
        """Back from `payload`."""
        (t_ns,) = _RECEIVE.unpack_from(payload)
        return cls(t_ns, payload[_RECEIVE.size :])


@dataclass(frozen=True, slots=True)
class Inject:
    """A fault is put into the microcontroller (`rig.firmware.device_under_test.Injected`)."""

    TYPE: ClassVar[int] = 6
    t_ns: TimeNs
    kind: str
    dose: float
    where: str = ""

    def payload(self) -> bytes:
        """What follows the header."""
        return _INJECT.pack(self.t_ns, self.dose, INJECTIONS.index(self.kind)) + self.where.encode()

    @classmethod
    def of(cls, payload: bytes) -> Self:
        """Back from `payload`."""
        t_ns, dose, kind = _INJECT.unpack_from(payload)
        return cls(t_ns, INJECTIONS[kind], dose, payload[_INJECT.size :].decode())


@dataclass(frozen=True, slots=True)
class Power:
    """The microcontroller's supply comes, with the cause of the reset that follows, or goes."""

    TYPE: ClassVar[int] = 7
    t_ns: TimeNs
    comes: bool
    cause: str = "power_on"

    def payload(self) -> bytes:
        """What follows the header."""
        return _POWER.pack(self.t_ns, self.comes, RESET_CAUSES.index(self.cause))

    @classmethod
    def of(cls, payload: bytes) -> Self:
        """Back from `payload`."""
        t_ns, comes, cause = _POWER.unpack(payload)
        return cls(t_ns, comes == 1, RESET_CAUSES[cause])


def _named(name: str) -> bytes:
    return bytes([len(name.encode())]) + name.encode()


class Question(Document):
    """Something else is asked; `ask` says what."""

    TYPE: ClassVar[int] = 8


class Quit(Empty):
    """End."""

    TYPE: ClassVar[int] = 9
