"""The link to one instrument. Eight rules make a raw VISA session safe to measure with; each is marked where it acts.

1. One class touches VISA; what fails is `LinkTimeout`, `LinkLost`, `BadReply` or `InstrumentFault`, nothing else.
2. A session that has failed is never used again: it is closed, and `reopen` opens a fresh one.
3. Blocks are read by exact lengths, and checked against the number of points that was announced.
4. An open link has shown by `*IDN?` that it leads to the instrument of the bench file.
5. The error queue is emptied after every write; what stands in it is an `InstrumentFault`.
6. Nothing blocks on `*OPC?` for what waits on the device under test: conditions are polled, with a deadline of ours.
7. A peer that has closed is told from one that is slow.
8. Nothing is repeated in silence: only a query that says `again=True` is asked once more, on a fresh session.

Source: measured on pyvisa-py 0.8.1 over raw socket, HiSLIP and VXI-11 (13 faults each).
"""

import contextlib
import math
import threading
import time
from collections.abc import Callable
from typing import Any, Final, NoReturn, TypeVar

import numpy as np
from numpy.typing import NDArray

from rig.instruments import blocks
from rig.instruments.errors import BadReply, InstrumentFault, LinkError, LinkLost, LinkTimeout
from rig.instruments.identity import Identity, identity_problem, read_identity
from rig.instruments.patience import Patience, WallPatience
from rig.instruments.replies import any_number, error_entry, number, switch, whole_number
from rig.instruments.visa_session import VisaSession
from sim.errors import BenchError

T = TypeVar("T")

_MOST_ERRORS: Final = 64
"""Entries of an error queue that are read; no instrument keeps more than 30 (design choice)."""
_POLL_S: Final = 0.005


class ScpiLink:
    """A link to one instrument; several threads may use it, one at a time gets through.

    Args:
        resource: VISA resource string.
        expected: beginning of the answer to `*IDN?`, or "" for any.
        serial: serial number, or "" for any.
        timeout_s: of every exchange, s.
        name: of the instrument, for messages.
        backend: pyvisa's.
        patience: the clock on which `wait` waits.

    Raises:
        BenchError: pyvisa is missing.
        LinkError: nobody, or somebody else, answers.
    """

    def __init__(
        self,
        resource: str,
        expected: str = "",
        serial: str = "",
        timeout_s: float = 2.0,
        name: str = "",
        *,
        backend: str = "@py",
        patience: Patience | None = None,
    ) -> None:
        self.resource, self.name, self.timeout_s = resource, name or resource, timeout_s
        self.patience: Patience = patience or WallPatience()
        self.leftovers: tuple[str, ...] = ()
        self.reopened = 0
        self._expected, self._serial, self._backend = expected, serial, backend
        self._lock = threading.RLock()
        self._session: VisaSession | None = None
        self._identity = Identity("", "", "", "")
        self._open()

    @property
    def identity(self) -> Identity:
        """Who answered when the link was opened."""
        return self._identity

    @property
    def is_open(self) -> bool:
        """False after a fault or `close`."""
        return self._session is not None

    def reopen(self) -> None:
        """Open a fresh session; the instrument must be the same one. Its settings may not be.

        Raises:
            LinkError: nobody, or somebody else, answers.
        """
        with self._lock:
            self.close()
            self._open()
            self.reopened += 1

    def close(self) -> None:
        """Close; twice is fine."""
        with self._lock:
            session, self._session = self._session, None
            if session is not None:
                with contextlib.suppress(Exception):  # a close that fails has closed as far as it goes
                    session.close()

    def write(self, command: str) -> None:
        """Send a command; it has been taken without complaint when this returns.

        Raises:
            InstrumentFault: the instrument complains.
            LinkError: the link failed.
        """
        with self._lock:
            self._exchange(command, lambda session: session.send(command.encode("ascii") + b"\n"))
            self._complaints(command)

    def query(self, command: str, *, again: bool = False) -> str:
        """Ask for one line.

        Args:
            command: the query.
            again: ask once more on a fresh session where the link fails. Only for what a second asking cannot change
                and a restarted instrument cannot answer wrongly: identity, a setting that is compared with what was
                set. Never for a measurement (rule 8).

        Raises:
            InstrumentFault: the instrument complains.
            LinkError: the link failed.
        """
        with self._lock:
            try:
                answer = self._ask(command)
            except LinkError:
                if not again:
                    raise
                self.reopen()
                answer = self._ask(command)
            self._complaints(command)
            return answer

    def number(self, command: str, *, again: bool = False) -> float:
        """Ask for a finite number; raises as `query`, and `BadReply` where none comes."""
        return self._read_as(command, number, again)

    def number_or_infinity(self, command: str) -> float:
        """Ask for a number that may be SCPI's infinity, 9.9E37: an overload, an open load; raises as `number`."""
        return self._read_as(command, any_number, again=False)

    def whole_number(self, command: str, *, again: bool = False) -> int:
        """Ask for a whole number; raises as `query`, and `BadReply` where none comes."""
        return self._read_as(command, whole_number, again)

    def switch(self, command: str, *, again: bool = False) -> bool:
        """Ask for on or off; raises as `query`, and `BadReply` where neither comes."""
        return self._read_as(command, switch, again)

    def block(self, command: str, dtype: str, count: int | None = None) -> NDArray[Any]:
        """Ask for a block of values, (n,) of `dtype`.

        Args:
            command: the query.
            dtype: numpy's name with byte order (`<u2`).
            count: values that must come, from a preamble; None where that is not known.

        Raises:
            BadReply: no block, another length, bytes behind it.
            InstrumentFault: the instrument complains.
            LinkError: the link failed.
        """
        item = np.dtype(dtype)

        def read(session: VisaSession) -> NDArray[Any]:
            self._refuse_late_answers(session)
            session.send(command.encode("ascii") + b"\n")
            digits = blocks.digits_announced(session.exactly(2))  # rule 3
            length = blocks.bytes_announced(session.exactly(digits), item.itemsize, count)
            payload = session.exactly(length)
            if (tail := session.tail()) != b"\n" or session.unread():
                raise ValueError(f"{tail!r} and more follow a block of {length} bytes")
            return np.frombuffer(payload, item)

        with self._lock:
            values = self._exchange(command, read)
            self._complaints(command)
            return values

    def send_block(self, command: str, values: NDArray[Any]) -> None:
        """Send a command whose last argument is a block; raises as `write`."""
        message = command.encode("ascii") + blocks.encoded(values) + b"\n"
        with self._lock:
            self._exchange(command, lambda session: session.send(message))
            self._complaints(command)

    def errors(self) -> tuple[str, ...]:
        """Empty the error queue: what stood in it, oldest first (rule 5).

        Raises:
            BadReply: it has no end, or does not answer as an error queue.
            LinkError: the link failed.
        """
        with self._lock:
            found: list[str] = []
            for _ in range(_MOST_ERRORS):
                answer = self._ask("SYST:ERR?")
                code, _text = self._understood("SYST:ERR?", answer, error_entry)
                if code == 0:
                    return tuple(found)
                found.append(answer)
            return self._poison("SYST:ERR?", BadReply, f"the error queue has no end: {found[-1]}")

    def wait(self, condition: Callable[[], bool], timeout_s: float, poll_s: float = _POLL_S) -> bool:
        """Poll `condition` until it holds; False where it does not within `timeout_s` of the bench's clock (rule 6)."""
        end_s = self.patience.now_s() + timeout_s
        while not condition():
            if self.patience.now_s() >= end_s:
                return False
            self.patience.pause(poll_s)
        return True

    def _open(self) -> None:
        began_s = time.monotonic()
        try:
            self._session = VisaSession(self.resource, self.timeout_s, self._backend)
        except BenchError:
            raise
        except Exception as error:  # noqa: BLE001 pyvisa-py raises what it likes
            kind = LinkTimeout if time.monotonic() - began_s > self.timeout_s else LinkLost
            raise self._error(kind, f"cannot open {self.resource}: {_told(error)}", _MEND_OPEN) from None
        answer = self._ask("*IDN?")  # rule 4: a raw socket opens even where nobody listens
        found = read_identity(answer)
        if found is None:
            self._poison("*IDN?", BadReply, f"`{answer}` names no instrument")
        if problem := identity_problem(found, self._expected, self._serial):
            self._poison("*IDN?", BadReply, problem, "the address or the cable leads to another instrument")
        self._identity = found
        self.leftovers = self.errors()

    def _complaints(self, command: str) -> None:
        if found := self.errors():
            raise self._error(InstrumentFault, f"`{command}`: {'; '.join(found)}")

    def _ask(self, command: str) -> str:
        def read(session: VisaSession) -> str:
            self._refuse_late_answers(session)
            session.send(command.encode("ascii") + b"\n")
            return session.line().decode("ascii")

        with self._lock:
            return self._exchange(command, read)

    @staticmethod
    def _refuse_late_answers(session: VisaSession) -> None:
        """A raw socket has no message numbers: what is unread now would be taken for the answer."""
        if session.unread():
            raise ValueError("an answer lies there that nobody asked for")

    def _read_as(self, command: str, reader: Callable[[str], T], again: bool) -> T:
        with self._lock:
            return self._understood(command, self.query(command, again=again), reader)

    def _understood(self, command: str, answer: str, reader: Callable[[str], T]) -> T:
        try:
            return reader(answer)
        except ValueError as error:
            return self._poison(command, BadReply, str(error))

    def _exchange(self, command: str, work: Callable[[VisaSession], T]) -> T:
        """Do `work`; any failure closes the session for good (rules 1, 2 and 7)."""
        if (session := self._session) is None:
            raise self._error(LinkLost, f"`{command}`: the link is closed", "reopen it")
        began_s = time.monotonic()
        try:
            return work(session)
        except Exception as error:  # noqa: BLE001 pyvisa-py raises what it likes: RuntimeError, EOFError, struct.error
            if session.lost() or isinstance(error, ConnectionError):
                kind, problem = LinkLost, "the instrument closed the connection"
            elif session.timed_out(error, began_s):
                kind, problem = LinkTimeout, f"no complete answer in {self.timeout_s:g} s"
            elif isinstance(error, ValueError):
                kind, problem = BadReply, str(error)
            else:
                kind, problem = LinkLost, _told(error)
            self._poison(command, kind, problem)
        except BaseException:  # Ctrl-C in the middle of an exchange leaves an answer behind
            self._abandon()
            raise

    def _poison(self, command: str, kind: type[LinkError], problem: str, mend: str = "") -> NoReturn:
        self._abandon()
        raise self._error(kind, f"`{command}`: {problem}", mend)

    def _abandon(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            with contextlib.suppress(Exception):  # it is dead
                session.close(dead=True)

    def _error(self, kind: type[BenchError], problem: str, mend: str = "") -> BenchError:
        return kind(self.name, math.nan, problem, mend)


_MEND_OPEN: Final = "is it switched on, its LAN lamp lit, and the address that of the bench file?"


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
