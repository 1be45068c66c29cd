"""SCPI over a plain TCP stream: newlines end messages in both directions, and there is nothing else.

Such a link has no device clear, no status byte and no message ids: an answer that comes late is taken for the next
one's. That is how real instruments behave (port 5025 of Keysight's), and it is not mended here.
"""

from rig.simulated.scpi.faults import Faults
from rig.simulated.scpi.framing import Framer
from rig.simulated.scpi.instrument import Instrument
from rig.simulated.scpi.peer import Peer, PeerGoneError
from rig.simulated.scpi.session import Session


class SocketLink:
    """All controllers of one raw socket."""

    def __init__(self, instrument: Instrument, faults: Faults, limit_bytes: int) -> None:
        self.instrument, self.faults, self.limit_bytes = instrument, faults, limit_bytes

    def resource(self, host: str, port: int) -> str:
        """VISA's name of the instrument here."""
        return f"TCPIP::{host}::{port}::SOCKET"

    def serve(self, peer: Peer, session: Session) -> None:
        """Talks to one controller until it goes; raises PeerGoneError."""
        framer = Framer(self.limit_bytes)
        session.alive = peer.is_there
        while True:
            for message in framer.feed(peer.read()):
                self._answer(peer, message, session)
            if framer.overruns:
                framer.overruns = 0
                self.instrument.report(-363)
            if session.cancelled:
                raise PeerGoneError

    def _answer(self, peer: Peer, message: bytes, session: Session) -> None:
        reply = self.instrument.execute(message, session)
        if not reply:
            return
        delivery = self.faults.deliver(message, reply)
        if delivery.reply is not None and session.pause(delivery.delay_s):
            peer.deliver(delivery, (delivery.reply,), session)
