"""The door of a debugger: it comes, holds the processor, lets it go, leaves and may come again.

While it holds the processor no virtual time passes: patient, watchdog and stimulation wait. Nothing of what the
processor does depends on whether somebody looks on, as long as he changes nothing.
"""

import select
import socket
from collections.abc import Callable
from typing import Final

from rig.firmware.insight.gdb_packets import GONE, INTERRUPT, PacketStream
from rig.firmware.insight.gdb_session import Halted, Session, Stop

HOST: Final = "127.0.0.1"
"""A debugger may write into memory, so only this machine is served."""
_BEAT_S: Final = 0.5
_INTERRUPTED: Final = Stop(signal=2)


class Debugger:
    """Serves one GDB after the other on a TCP port.

    Args:
        port: to listen on; 0 for any free one.
        target: the processor.
        forget: removes every break- and watchpoint; called when a debugger leaves.
        beat: called every half second of real time while the processor is held; may raise to end the wait.

    Raises:
        OSError: the port cannot be had.
    """

    def __init__(self, port: int, target: Halted, forget: Callable[[], None], beat: Callable[[], None]) -> None:
        self._target, self._forget, self._beat = target, forget, beat
        self._door = socket.create_server((HOST, port), backlog=1)
        self._stream: PacketStream | None = None
        self._session: Session | None = None
        self._is_awaited = False
        self.is_stepping = False

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._door.getsockname()[1]

    @property
    def is_attached(self) -> bool:
        """True while a debugger is there."""
        return self._stream is not None

    def await_first(self) -> None:
        """Hold the processor from the start, until a debugger has come and let it go."""
        self._is_awaited = True
        while self._stream is None:
            self._beat()
            self._welcome(_BEAT_S)
        self._is_awaited = False
        self._converse()

    def look(self) -> None:
        """A processor that runs looks whether somebody came or pressed Ctrl-C; if so it is held here."""
        if self._stream is None:
            if self._welcome(0.0):
                self._converse()
            return
        heard = self._stream.hear(0.0)
        if heard is GONE:
            self._leave()
        elif heard is not None:  # whatever a debugger says to a running processor, it wants it to stand
            self.hold(_INTERRUPTED)

    def hold(self, stop: Stop) -> None:
        """The processor stands: say why, and answer until it may go on."""
        self.is_stepping = False
        if self._stream is None or self._session is None:
            return
        self._session.stop = stop
        self._stream.send(stop.packet())
        self._converse()

    def close(self) -> None:
        """The run has ended: tell a debugger so, and hang up."""
        if self._stream is not None:
            self._stream.send(b"W00")
            self._leave()
        self._door.close()

    def _welcome(self, timeout_s: float) -> bool:
        if not select.select([self._door], [], [], timeout_s)[0]:
            return False
        link, _ = self._door.accept()
        self._stream = PacketStream(link)
        self._session = Session(self._target, self._acknowledge)
        return True

    def _acknowledge(self, wanted: bool) -> None:
        assert self._stream is not None
        self._stream.will_acknowledge = wanted

    def _converse(self) -> None:
        """Answer packets until the processor may go on, or nobody is there any more."""
        stream, session = self._stream, self._session
        assert stream is not None
        assert session is not None
        while True:
            packet = stream.hear(_BEAT_S)
            if packet is None:
                self._beat()
            elif packet is GONE:
                return self._leave()
            elif packet is not INTERRUPT:
                assert isinstance(packet, bytes)
                answer, resume = session.answer(packet)
                if answer is not None:
                    stream.send(answer)
                if resume == "detach":
                    return self._leave()
                if resume is not None:
                    self.is_stepping = resume == "step"
                    return None

    def _leave(self) -> None:
        assert self._stream is not None
        self._stream.close()
        self._stream = self._session = None
        self.is_stepping = False
        self._forget()
