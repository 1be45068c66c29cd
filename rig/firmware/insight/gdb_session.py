"""What a debugger asks of a halted processor, and what it is told.

Source: Debugging with GDB, appendix E.2 (packets), E.3 (stop reply packets), E.4 (general query packets).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, Protocol, TypeAlias

from rig.firmware.insight.gdb_packets import escaped, unescaped
from rig.firmware.insight.gdb_registers import REGISTERS, Register, target_xml

WatchKind: TypeAlias = Literal["write", "read", "access"]
_WATCH_KINDS: Final[dict[bytes, WatchKind]] = {b"2": "write", b"3": "read", b"4": "access"}
_WATCH_WORDS: Final[dict[WatchKind, bytes]] = {"write": b"watch", "read": b"rwatch", "access": b"awatch"}
_PACKET_SIZE: Final = 0x4000
_CANNOT: Final = b"E01"


class Halted(Protocol):
    """A processor that stands still, as a debugger handles it. `ValueError` says that something cannot be done."""

    def read_register(self, name: str) -> int:
        """Value of a register of `gdb_registers`."""
        ...

    def write_register(self, name: str, value: int) -> None:
        """Set a register."""
        ...

    def read_memory(self, address: int, size: int) -> bytes:
        """Bytes, without side effects."""
        ...

    def write_memory(self, address: int, data: bytes) -> None:
        """Set bytes."""
        ...

    def set_breakpoint(self, address: int, *, is_set: bool) -> None:
        """Stop before the instruction at `address`, or no longer."""
        ...

    def set_watchpoint(self, kind: WatchKind, address: int, size: int, *, is_set: bool) -> None:
        """Stop after an access to the bytes from `address` on, or no longer."""
        ...

    def monitor(self, words: list[str]) -> str:
        """Answer `monitor ...`."""
        ...


@dataclass(frozen=True, slots=True)
class Stop:
    """Why the processor stands.

    Attributes:
        signal: 5 (SIGTRAP) at a breakpoint, watchpoint or step, 2 (SIGINT) at Ctrl-C, 11 (SIGSEGV) at a fault.
        watch: kind of the watchpoint that stopped it, or None.
        address: that was accessed.
    """

    signal: int = 5
    watch: WatchKind | None = None
    address: int = 0

    def packet(self) -> bytes:
        """The stop reply."""
        if self.watch is None:
            return b"T%02xthread:1;" % self.signal
        return b"T%02x%b:%x;thread:1;" % (self.signal, _WATCH_WORDS[self.watch], self.address)


Resume: TypeAlias = Literal["continue", "step", "detach"]


class Session:
    """One debugger's conversation with one processor.

    Args:
        target: that it looks at.
        acknowledge: called with False where the debugger wants no acknowledgments any more.
    """

    def __init__(self, target: Halted, acknowledge: Callable[[bool], None]) -> None:
        self._target, self._acknowledge = target, acknowledge
        self.stop = Stop()

    def answer(self, packet: bytes) -> tuple[bytes | None, Resume | None]:
        """What to send back (None for nothing yet) and how the processor goes on (None: it stays halted)."""
        try:
            return self._answer(packet)
        except (ValueError, IndexError, KeyError):
            return _CANNOT, None

    def _answer(self, packet: bytes) -> tuple[bytes | None, Resume | None]:
        if resume := _resume_of(packet):
            return (b"OK" if resume == "detach" and packet[:1] == b"D" else None), resume
        letter = packet[:1]
        if letter in b"qQv":
            return self._query(packet), None
        handlers: dict[bytes, Callable[[bytes], bytes]] = {
            b"?": lambda _: self.stop.packet(),
            b"g": lambda _: b"".join(map(self._register_hex, REGISTERS)),
            b"G": self._write_all,
            b"p": lambda rest: self._register_hex(REGISTERS[int(rest, 16)]),
            b"P": self._write_one,
            b"m": self._read_memory,
            b"M": lambda rest: self._write_memory(rest, _from_hex),
            b"X": lambda rest: self._write_memory(rest, unescaped),
            b"Z": lambda rest: self._point(rest, is_set=True),
            b"z": lambda rest: self._point(rest, is_set=False),
            b"H": lambda _: b"OK",
            b"T": lambda _: b"OK",
            b"!": lambda _: b"OK",
        }
        handler = handlers.get(letter)
        return (b"" if handler is None else handler(packet[1:])), None

    def _register_hex(self, register: Register) -> bytes:
        value = self._target.read_register(register.name)
        return value.to_bytes(register.size, "little").hex().encode()

    def _write_all(self, rest: bytes) -> bytes:
        data = bytes.fromhex(rest.decode())
        at = 0
        for register in REGISTERS:
            part = data[at : at + register.size]
            if len(part) < register.size:
                break
            self._target.write_register(register.name, int.from_bytes(part, "little"))
            at += register.size
        return b"OK"

    def _write_one(self, rest: bytes) -> bytes:
        number, _, value = rest.partition(b"=")
        register = REGISTERS[int(number, 16)]
        self._target.write_register(register.name, int.from_bytes(bytes.fromhex(value.decode()), "little"))
        return b"OK"

    def _read_memory(self, rest: bytes) -> bytes:
        address, size = (int(part, 16) for part in rest.split(b","))
        return self._target.read_memory(address, min(size, _PACKET_SIZE // 2)).hex().encode()

    def _write_memory(self, rest: bytes, decode: Callable[[bytes], bytes]) -> bytes:
        head, _, body = rest.partition(b":")
        address, size = (int(part, 16) for part in head.split(b","))
        data = decode(body)
        if len(data) != size:
            return _CANNOT
        if size:  # gdb probes for X with an empty write
            self._target.write_memory(address, data)
        return b"OK"

    def _point(self, rest: bytes, *, is_set: bool) -> bytes:
        kind, address, size = rest.split(b";")[0].split(b",")
        if kind in {b"0", b"1"}:
            self._target.set_breakpoint(int(address, 16), is_set=is_set)
        elif kind in _WATCH_KINDS:
            self._target.set_watchpoint(_WATCH_KINDS[kind], int(address, 16), int(size, 16), is_set=is_set)
        else:
            return b""
        return b"OK"

    def _query(self, packet: bytes) -> bytes:
        name, _, rest = packet.partition(b":")
        if name == b"qSupported":
            return b"PacketSize=%x;qXfer:features:read+;QStartNoAckMode+;hwbreak+;swbreak+" % _PACKET_SIZE
        if packet == b"QStartNoAckMode":
            self._acknowledge(False)
            return b"OK"
        if packet.startswith(b"qXfer:features:read:target.xml:"):
            return _part(target_xml(), rest.rpartition(b":")[2])
        if packet.startswith(b"qRcmd,"):
            words = bytes.fromhex(packet[6:].decode()).decode(errors="replace").split()
            told = self._target.monitor(words)
            return (told + "\n").encode(errors="replace").hex().encode()
        fixed = {b"qAttached": b"1", b"qC": b"QC1", b"qfThreadInfo": b"m1", b"qsThreadInfo": b"l"}
        return fixed.get(name.split(b",")[0], b"")


def _resume_of(packet: bytes) -> Resume | None:
    """How the processor goes on after this packet; None where it stays halted."""
    if packet[:1] in {b"c", b"C"}:
        return "continue"
    if packet[:1] in {b"s", b"S"}:
        return "step"
    if packet[:1] in {b"D", b"k"} or packet.startswith(b"vKill"):
        return "detach"
    return None


def _from_hex(digits: bytes) -> bytes:
    return bytes.fromhex(digits.decode())


def _part(document: bytes, span: bytes) -> bytes:
    start, size = (int(part, 16) for part in span.split(b","))
    part = document[start : start + size]
    return (b"m" if start + size < len(document) else b"l") + escaped(part)
