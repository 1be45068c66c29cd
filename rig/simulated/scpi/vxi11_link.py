"""SCPI over VXI-11: links, writes and reads with END, status byte, device clear, abort, by remote procedure calls.

Core and abort channel share the port, the programs tell them apart; there is no portmapper (it would need port 111, and
so root), so a client must name the port. Interrupt channel, locks and `docmd` are refused as not supported.

Source: VXI-11 revision 1.0, appendix B (procedures), tables B.1 to B.3 (errors, flags, reasons).
"""

import itertools
import struct

from rig.simulated.scpi import remote_calls as rpc
from rig.simulated.scpi.faults import Delivery, Faults
from rig.simulated.scpi.framing import Framer
from rig.simulated.scpi.instrument import Instrument
from rig.simulated.scpi.peer import Peer
from rig.simulated.scpi.remote_calls import Arguments, Call
from rig.simulated.scpi.session import Session
from rig.simulated.scpi.vxi11_device import NO_ERROR, Vxi11Device

CORE, ABORT = 0x0607AF, 0x0607B0
MOST_WRITE_BYTES = 1 << 20
"""Largest piece of a message in one call."""

NOT_ACCESSIBLE, INVALID_LINK, NOT_SUPPORTED, OUT_OF_RESOURCES = 3, 4, 8, 9
_MOST_LINKS = 16
_CREATE_LINK, _READ = 10, 12
_OF_A_LINK = {11: 2, 13: 2, 14: 1, 15: 1, 16: 1, 17: 1, 23: 1}
"""Procedures of a link and the words of their results: write, status byte, trigger, clear, remote, local, destroy."""
_REFUSED = {18: 1, 19: 1, 20: 1, 22: 2, 25: 1, 26: 1}
"""Locks, service requests, docmd and the interrupt channel."""
_END_FLAG, _TERMINATOR_FLAG = 8, 128
_READ_HEAD_BYTES = 40
"""Record mark, reply header, error, reason and length before the first byte of an answer."""


class Vxi11Link:
    """All connections of one VXI-11 port; links are known to all of them."""

    def __init__(self, instrument: Instrument, faults: Faults, limit_bytes: int) -> None:
        self.instrument, self.faults, self.limit_bytes = instrument, faults, limit_bytes
        self._devices: dict[int, Vxi11Device] = {}
        self._ids = itertools.count(1)

    def resource(self, host: str, port: int) -> str:
        """VISA's name of the instrument here; pyvisa-py takes the port behind the comma."""
        return f"TCPIP::{host},{port}::inst0::INSTR"

    def serve(self, peer: Peer, session: Session) -> None:
        """One connection until it ends; raises PeerGoneError. Its links die with it."""
        mine: list[int] = []
        session.alive = peer.is_there
        try:
            while True:
                self._handle(peer, session, rpc.receive_call(peer, MOST_WRITE_BYTES + 1024), mine)
        finally:
            for number in mine:
                self._destroy(number)

    def _handle(self, peer: Peer, session: Session, call: Call, mine: list[int]) -> None:
        try:
            if call.procedure == 0:
                body: bytes | None = b""
            elif call.program == ABORT:
                body = self._abort(call.arguments) if call.procedure == 1 else None
            elif call.program == CORE:
                if call.procedure == _READ:
                    self._read(peer, session, call)
                    return
                body = self._call(call.procedure, call.arguments, mine, peer.port)
            else:
                peer.send(*rpc.encode_reply(call.number, rpc.PROGRAM_UNAVAILABLE))
                return
        except rpc.GarbageArgumentsError:
            peer.send(*rpc.encode_reply(call.number, rpc.GARBAGE_ARGUMENTS))
            return
        status = rpc.PROCEDURE_UNAVAILABLE if body is None else rpc.SUCCESS
        peer.send(*rpc.encode_reply(call.number, status, body or b""))

    def _call(self, procedure: int, arguments: Arguments, mine: list[int], port: int) -> bytes | None:
        if procedure == _CREATE_LINK:
            arguments.integers(3)
            return self._create(arguments.opaque(), mine, port)
        if procedure in _REFUSED:
            return struct.pack(f"!{_REFUSED[procedure]}I", NOT_SUPPORTED, *[0] * (_REFUSED[procedure] - 1))
        if procedure not in _OF_A_LINK:
            return None
        number = arguments.integers(1)[0]
        device = self._devices.get(number)
        if device is None:
            return struct.pack(f"!{_OF_A_LINK[procedure]}I", INVALID_LINK, *[0] * (_OF_A_LINK[procedure] - 1))
        result: tuple[int, ...] = (NO_ERROR,)
        match procedure:
            case 11:
                result = self._write(device, arguments)
            case 13:
                result = (NO_ERROR, device.status_byte())
            case 14:
                device.trigger()
            case 15:
                device.clear()
            case 23:
                self._destroy(number)
            case _:
                pass  # remote and local: there is no front panel
        return struct.pack(f"!{len(result)}I", *result)

    def _create(self, name: bytes, mine: list[int], port: int) -> bytes:
        if name.lower() not in (b"", b"inst0"):
            return struct.pack("!4I", NOT_ACCESSIBLE, 0, 0, 0)
        if len(mine) >= _MOST_LINKS:
            return struct.pack("!4I", OUT_OF_RESOURCES, 0, 0, 0)
        number = next(self._ids)
        framer = Framer(self.limit_bytes)
        self._devices[number] = Vxi11Device(self.instrument, self.faults, framer, f"vxi11 link {number}")
        mine.append(number)
        return struct.pack("!4I", NO_ERROR, number, port, MOST_WRITE_BYTES)

    def _destroy(self, number: int) -> None:
        device = self._devices.pop(number, None)
        if device is not None:
            device.close()

    def _write(self, device: Vxi11Device, arguments: Arguments) -> tuple[int, int]:
        timeout_ms, _, flags = arguments.integers(3)
        data = arguments.opaque()
        error = device.write(data, end=bool(flags & _END_FLAG), timeout_s=timeout_ms / 1000)
        return error, 0 if error else len(data)

    def _read(self, peer: Peer, session: Session, call: Call) -> None:
        number, size, timeout_ms, _, flags, terminator = call.arguments.integers(6)
        device = self._devices.get(number)
        delivery, error, reason, data = Delivery(b""), INVALID_LINK, 0, memoryview(b"")
        if device is not None:
            stop = terminator & 0xFF if flags & _TERMINATOR_FLAG else None
            delivery, error, reason, data = device.read(size, timeout_ms / 1000, stop, session)
        head = struct.pack("!3I", error, reason, len(data))
        frames = rpc.encode_reply(call.number, rpc.SUCCESS, head, data)
        peer.deliver(delivery, frames, session, _READ_HEAD_BYTES)

    def _abort(self, arguments: Arguments) -> bytes:
        device = self._devices.get(arguments.integers(1)[0])
        if device is None:
            return struct.pack("!I", INVALID_LINK)
        device.abort()
        return struct.pack("!I", NO_ERROR)
