"""Serves one simulated instrument over one transport to any number of controllers.

    with InstrumentServer(instrument, "hislip") as server:
        pyvisa.ResourceManager("@py").open_resource(server.resource)

Each controller has a thread of its own; the instrument's lock puts their commands in a row.
"""

import contextlib
import itertools
import math
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self

from rig.simulated.scpi.faults import Faults
from rig.simulated.scpi.framing import MOST_MESSAGE_BYTES
from rig.simulated.scpi.hislip_link import HislipLink
from rig.simulated.scpi.instrument import Instrument
from rig.simulated.scpi.peer import Peer
from rig.simulated.scpi.session import Session
from rig.simulated.scpi.socket_link import SocketLink
from rig.simulated.scpi.vxi11_link import Vxi11Link
from sim.errors import BenchError

MOST_CONNECTIONS = 64
"""Connections at a time; further ones are closed at once. Design choice: real instruments allow fewer."""


class Link(Protocol):
    """The protocol of one transport."""

    def resource(self, host: str, port: int) -> str:
        """VISA's name of the instrument here."""
        ...

    def serve(self, peer: Peer, session: Session) -> None:
        """Talks to one connection until it ends; raises ConnectionError or OSError then."""
        ...


LINKS: dict[str, Callable[[Instrument, Faults, int], Link]] = {
    "socket": SocketLink,
    "hislip": HislipLink,
    "vxi11": Vxi11Link,
}
"""The transports by name."""


class InstrumentServer:
    """A listening port that leads to an instrument.

    Args:
        instrument: what is served; several servers may serve the same one.
        transport: `socket`, `hislip` or `vxi11`.
        host: address to listen at; nobody but this computer reaches the default.
        port: 0 for any free one.
        limit_bytes: longest message of a controller; a longer one is dropped (-363).

    Attributes:
        faults: what goes wrong on this link.

    Raises ValueError for an unknown transport.
    """

    def __init__(
        self,
        instrument: Instrument,
        transport: str,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        limit_bytes: int = MOST_MESSAGE_BYTES,
    ) -> None:
        if transport not in LINKS:
            raise ValueError(f"no transport {transport!r}; there are {', '.join(LINKS)}")
        self.instrument, self.transport, self.host = instrument, transport, host
        self.faults = Faults()
        self._link = LINKS[transport](instrument, self.faults, limit_bytes)
        self._asked_port = port
        self._listener: socket.socket | None = None
        self._acceptor: threading.Thread | None = None
        self._threads: set[threading.Thread] = set()
        self._open: dict[Peer, Session] = {}
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._names = itertools.count(1)

    def start(self) -> Self:
        """Listens; returns itself. Raises BenchError where the port is taken or the address is not of this computer."""
        try:
            listener = socket.create_server((self.host, self._asked_port), backlog=128)
        except (OSError, OverflowError) as error:
            place = f"{self.host}:{self._asked_port}"
            raise BenchError(
                "instrument server", math.nan, f"{place}: {error}", "another port, or 0 for any"
            ) from error
        listener.settimeout(0.5)
        self._closing.clear()
        self._listener = listener
        self._acceptor = self._start(self._accept, listener)
        return self

    @property
    def port(self) -> int:
        """The port that it listens at."""
        assert self._listener is not None
        return self._listener.getsockname()[1]

    @property
    def resource(self) -> str:
        """VISA resource string of the instrument here."""
        host = "127.0.0.1" if self.host in ("", "0.0.0.0") else self.host  # noqa: S104 - read, not bound
        return self._link.resource(host, self.port)

    @property
    def connections(self) -> int:
        """How many are open."""
        with self._lock:
            return len(self._open)

    def drop(self) -> None:
        """Closes every connection at once, as a pulled cable that says goodbye; goes on listening."""
        with self._lock:
            still_open = list(self._open.items())
        for peer, session in still_open:
            session.cancel()
            peer.hang_up()

    def close(self) -> None:
        """Ends all connections and threads and gives the port back; a second time does nothing."""
        listener, self._listener = self._listener, None
        if listener is None:
            return
        self._closing.set()
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        if self._acceptor is not None:
            self._acceptor.join(5.0)
        self.drop()
        with self._lock:
            threads = list(self._threads)
        for thread in threads:
            thread.join(5.0)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _start(self, work: Callable[..., None], *arguments: object) -> threading.Thread:
        thread = threading.Thread(
            target=work, args=arguments, name=f"{self.transport} {next(self._names)}", daemon=True
        )
        thread.start()
        with self._lock:
            self._threads = {other for other in self._threads if other.is_alive()} | {thread}
        return thread

    def _accept(self, listener: socket.socket) -> None:
        while self._listener is listener:
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            except OSError:  # closed, or out of file descriptors: these come back
                self._closing.wait(0.05)
                continue
            self._welcome(connection)

    def _welcome(self, connection: socket.socket) -> None:
        connection.settimeout(None)
        peer, session = Peer(connection), Session(f"{self.transport} {connection.fileno()}")
        with self._lock:
            welcome = self._listener is not None and len(self._open) < MOST_CONNECTIONS
            if welcome:
                self._open[peer] = session
        try:
            if welcome:
                self._start(self._serve, peer, session)
                return
        except RuntimeError:  # no more threads
            self._forget_peer(peer)
        peer.close()

    def _serve(self, peer: Peer, session: Session) -> None:
        try:
            with contextlib.suppress(OSError):
                self._link.serve(peer, session)
        finally:
            session.cancel()
            peer.close()
            self._forget_peer(peer)

    def _forget_peer(self, peer: Peer) -> None:
        with self._lock:
            self._open.pop(peer, None)
