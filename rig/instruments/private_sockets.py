"""The sockets inside pyvisa-py's sessions: the one private thing that the rig touches.

pyvisa-py 0.8.1 keeps them as `session.interface` (raw socket), `session.interface.sock` (VXI-11) and
`session.interface._sync`, `._async` (HiSLIP). We reach in because three faults cannot be mended from outside:

* a raw socket sends with Nagle's algorithm on, which costs 44 ms a query beside delayed acknowledgement, and the
  attribute that should turn it off raises `UnknownAttribute`;
* when the other side closes, a raw socket and VXI-11 read nothing for ever at 100 % of a processor;
* an open that fails leaves its socket to the garbage collector, and the instrument with a session that is not one.

With another backend (`@ivi`) nothing is found here and nothing is done. `tests/unit/rig/instruments/
test_private_sockets.py` fails on the day that pyvisa-py keeps them elsewhere.
"""

import contextlib
import socket
from collections.abc import Iterator
from typing import Any


class LoudSocket(socket.socket):
    """A socket that says so when the other side has closed, instead of reading nothing for ever."""

    def recv(self, bufsize: int, flags: int = 0, /) -> bytes:
        """Bytes, at least one.

        Raises:
            ConnectionResetError: the other side has closed.
        """
        data = super().recv(bufsize, flags)
        if not data and bufsize:
            raise ConnectionResetError("the other side closed the connection")
        return data


def make_loud(session: Any, timeout_s: float) -> None:
    """Turn Nagle off, notice a closed peer, and let no send wait longer than `timeout_s`."""
    holder, name = _place(session)
    if holder is None:
        return
    loud = LoudSocket(fileno=getattr(holder, name).detach())
    loud.settimeout(timeout_s)
    loud.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    setattr(holder, name, loud)


def sockets_of(session: Any) -> tuple[socket.socket, ...]:
    """Every socket of a session, the one that carries answers first; none of a backend that is not pyvisa-py's."""
    interface = getattr(session, "interface", None)
    found = (interface, *(getattr(interface, name, None) for name in ("sock", "_sync", "_async")))
    return tuple(each for each in found if isinstance(each, socket.socket))


def pending_bytes(session: Any) -> int:
    """Bytes of a raw socket that pyvisa-py has read and nobody has asked for."""
    return len(getattr(session, "_pending_buffer", b""))


def hang_up(session: Any) -> None:
    """Shut the connection down, so that closing the session asks nothing of a dead peer (VXI-11 would wait 5 s)."""
    for each in sockets_of(session):
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)


def close_half_open(error: BaseException) -> None:
    """Close what an open that failed has left behind; it is found in the frames of its traceback."""
    for cause in _chain(error):
        trace = cause.__traceback__
        while trace is not None:
            owner = trace.tb_frame.f_locals.get("self")
            for each in (*sockets_of(owner), *_direct(owner)):
                each.close()
            trace = trace.tb_next


def _place(session: Any) -> tuple[Any, str]:
    """Where a session keeps a socket that must be made loud; HiSLIP's own reading notices a closed peer."""
    interface = getattr(session, "interface", None)
    if isinstance(interface, socket.socket):
        return session, "interface"
    if isinstance(getattr(interface, "sock", None), socket.socket):
        return interface, "sock"
    return None, ""


def _direct(owner: Any) -> tuple[socket.socket, ...]:
    found = (getattr(owner, name, None) for name in ("sock", "_sync", "_async"))
    return tuple(each for each in found if isinstance(each, socket.socket))


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__
