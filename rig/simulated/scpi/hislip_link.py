"""SCPI over HiSLIP: a synchronous channel for messages with ids, an asynchronous one for status and device clear.

Synchronised mode. A response carries the id of the message that asked, so a client tells a late answer from its own.
The server sends neither AsyncServiceRequest nor AsyncInterrupted, which pyvisa-py 0.8.1 cannot digest: it counts an
answer that the client never read as -410 in the error queue instead. Locks are refused, not granted in pretence.

Source: IVI-6.1 revision 1.1, sections 3 to 6.
"""

import itertools
import struct
import threading

from rig.simulated.scpi import hislip_messages as wire
from rig.simulated.scpi.faults import Faults
from rig.simulated.scpi.framing import Framer
from rig.simulated.scpi.hislip_messages import Kind, Message
from rig.simulated.scpi.instrument import Instrument
from rig.simulated.scpi.peer import Peer, PeerGoneError
from rig.simulated.scpi.session import Session

_PROTOCOL_1_0 = 0x0100
_VENDOR = int.from_bytes(b"SR", "big")
_FIXED: dict[int, tuple[bytes, bytes | memoryview]] = {
    Kind.ASYNC_LOCK: wire.encode(Kind.ASYNC_LOCK_RESPONSE, 3),
    Kind.ASYNC_LOCK_INFO: wire.encode(Kind.ASYNC_LOCK_INFO_RESPONSE),
    Kind.ASYNC_REMOTE_LOCAL_CONTROL: wire.encode(Kind.ASYNC_REMOTE_LOCAL_RESPONSE),
}
"""Answers that never differ: locks are an error, nobody holds one, there is no front panel."""

_BEFORE_FIRST_ID = 0xFFFFFF00 - 2
"""Clients begin to count at 0xFFFFFF00, also after a device clear."""

_STATUS_PATIENCE_S = 1.0
"""How long a status query waits for the messages that were sent before it."""


class _Client:
    """One client: both its channels and what is between them."""

    def __init__(self, peer: Peer, session: Session, framer: Framer) -> None:
        self.sync, self.session = peer, session
        self.asynchronous: Peer | None = None
        self.framer = framer
        self.most_bytes = wire.MOST_PAYLOAD_BYTES
        self.unread = False
        self._handled = _BEFORE_FIRST_ID
        self._condition = threading.Condition()

    def handle(self, message_id: int) -> None:
        """A message with this id has been taken."""
        with self._condition:
            self._handled = message_id
            self._condition.notify_all()

    def await_message(self, message_id: int) -> None:
        """Waits, for a while, until the message with this id or a later one has been taken."""
        with self._condition:
            self._condition.wait_for(lambda: (self._handled - message_id) & 0x80000000 == 0, _STATUS_PATIENCE_S)


class HislipLink:
    """All clients of one HiSLIP port."""

    def __init__(self, instrument: Instrument, faults: Faults, limit_bytes: int) -> None:
        self.instrument, self.faults, self.limit_bytes = instrument, faults, limit_bytes
        self._clients: dict[int, _Client] = {}
        self._ids = itertools.count(1)

    def resource(self, host: str, port: int) -> str:
        """VISA's name of the instrument here; pyvisa-py takes the port behind the comma."""
        return f"TCPIP::{host}::hislip0,{port}::INSTR"

    def serve(self, peer: Peer, session: Session) -> None:
        """One channel, whichever its first message says; raises PeerGoneError when it ends."""
        first = wire.receive(peer)
        if first.kind == Kind.INITIALIZE and bytes(first.payload).lower() in (b"", b"hislip0"):
            self._serve_sync(peer, session)
        client = self._clients.get(first.parameter)
        if first.kind != Kind.ASYNC_INITIALIZE or client is None or client.asynchronous is not None:
            wire.fail(peer, wire.BAD_INITIALIZATION, "invalid initialization sequence")
        else:
            self._serve_async(peer, client)

    def _serve_sync(self, peer: Peer, session: Session) -> None:
        number = next(self._ids) & 0xFFFF
        client = self._clients[number] = _Client(peer, session, Framer(self.limit_bytes))
        session.alive = peer.is_there
        try:
            peer.send(*wire.encode(Kind.INITIALIZE_RESPONSE, 0, _PROTOCOL_1_0 << 16 | number))
            while True:
                self._take(client, wire.receive(peer))
        finally:
            self._clients.pop(number, None)
            if client.asynchronous is not None:
                client.asynchronous.hang_up()

    def _take(self, client: _Client, message: Message) -> None:
        match message.kind:
            case Kind.DATA | Kind.DATA_END if client.session.cancelled:
                pass  # between device clear and its completion everything is thrown away
            case Kind.DATA | Kind.DATA_END:
                self._run(client, message)
            case Kind.TRIGGER:
                self._interrupt(client, message)
                self.instrument.trigger_from_link(client.session)
                client.handle(message.parameter)
            case Kind.DEVICE_CLEAR_COMPLETE:
                client.framer.clear()
                client.unread = False
                client.handle(_BEFORE_FIRST_ID)
                client.session.renew()
                client.sync.send(*wire.encode(Kind.DEVICE_CLEAR_ACKNOWLEDGE))
            case Kind.FATAL_ERROR | Kind.ERROR:
                raise PeerGoneError
            case _:
                client.sync.send(*wire.UNKNOWN)

    def _interrupt(self, client: _Client, message: Message) -> None:
        """A new message while an answer is unread: the answer is lost (IEEE 488.2 section 6.3.2.3)."""
        if client.unread and not message.code & 1:
            self.instrument.report(-410)
        client.unread = False

    def _run(self, client: _Client, message: Message) -> None:
        self._interrupt(client, message)
        framer, session = client.framer, client.session
        messages = framer.feed(message.payload)
        if message.kind == Kind.DATA_END:
            messages += framer.end()
        if framer.overruns:
            framer.overruns = 0
            self.instrument.report(-363)
        session.begin()
        client.handle(message.parameter)
        try:
            for text in messages:
                reply = self.instrument.execute(text, session)
                if reply:
                    self._answer(client, text, reply, message.parameter)
        finally:
            session.end()

    def _answer(self, client: _Client, text: bytes, reply: bytes, message_id: int) -> None:
        delivery = self.faults.deliver(text, reply)
        if delivery.reply is None or not client.session.pause(delivery.delay_s):
            return
        client.unread = True
        view, most = memoryview(delivery.reply), client.most_bytes
        frames: list[bytes | memoryview] = []
        for start in range(0, len(view), most):
            kind = Kind.DATA if start + most < len(view) else Kind.DATA_END
            frames += wire.encode(kind, 0, message_id, view[start : start + most])
        client.sync.deliver(delivery, frames, client.session, wire.HEADER_BYTES)

    def _serve_async(self, peer: Peer, client: _Client) -> None:
        client.asynchronous = peer
        try:
            peer.send(*wire.encode(Kind.ASYNC_INITIALIZE_RESPONSE, 0, _VENDOR))
            while True:
                peer.send(*self._reply_async(client, wire.receive(peer)))
        finally:
            client.session.cancel()
            client.sync.hang_up()

    def _reply_async(self, client: _Client, message: Message) -> tuple[bytes, bytes | memoryview]:
        match message.kind:
            case Kind.ASYNC_MAX_MSG_SIZE if len(message.payload) == 8:
                asked = struct.unpack("!Q", message.payload)[0]
                client.most_bytes = max(256, min(asked, wire.MOST_PAYLOAD_BYTES) - wire.HEADER_BYTES)
                return wire.encode(Kind.ASYNC_MAX_MSG_SIZE_RESPONSE, 0, 0, struct.pack("!Q", wire.MOST_PAYLOAD_BYTES))
            case Kind.ASYNC_STATUS_QUERY:
                return wire.encode(Kind.ASYNC_STATUS_RESPONSE, self._status(client, message))
            case Kind.ASYNC_DEVICE_CLEAR:
                client.session.cancel()
                return wire.encode(Kind.ASYNC_DEVICE_CLEAR_ACKNOWLEDGE)
            case Kind.FATAL_ERROR | Kind.ERROR:
                raise PeerGoneError
            case kind:
                return _FIXED.get(kind, wire.UNKNOWN)

    def _status(self, client: _Client, message: Message) -> int:
        """The status byte, after the messages that the client sent before it asked.

        pyvisa-py 0.8.1 names the id of its next message, the standard means that of the latest: the older of both is
        waited for.
        """
        if message.code & 1:
            client.unread = False
        client.await_message((message.parameter - 2) & 0xFFFFFFFF)
        client.session.settle(_STATUS_PATIENCE_S)
        return self.instrument.status_byte(message_available=client.unread)
