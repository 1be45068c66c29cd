"""The control of a simulated box in another process: the control port of `stimrig serve`."""

import contextlib
import json
import math
import re
import socket
from collections.abc import Mapping
from typing import Any, Final

from scenarios.case import Case
from scenarios.case_document import case_document
from sim.errors import BenchError
from sim.timebase import TimeNs

_ADDRESS: Final = re.compile(r"tcp://(?:\[(?P<v6>[^\]]+)\]|(?P<host>[^/:]+)):(?P<port>\d+)/?")


class PortControl:
    """A `DeviceControl` of JSON lines over TCP.

    Args:
        address: `tcp://HOST:PORT`, as `stimrig serve` prints it.
        timeout_s: how long an answer may take; a new case is built meanwhile.

    Raises:
        BenchError: no such address can be.
    """

    def __init__(self, address: str, timeout_s: float = 10.0) -> None:
        found = _ADDRESS.fullmatch(address)
        if found is None:
            raise BenchError("control port", math.nan, f"`{address}` is no address", "it looks like tcp://HOST:PORT")
        self._address, self._timeout_s = address, timeout_s
        self._place = (found["v6"] or found["host"], int(found["port"]))
        self._socket: socket.socket | None = None
        self._rest = b""
        self._identity: dict[str, str] = {}
        self._now_ns: TimeNs = 0

    def open(self, case: Case) -> None:
        """Connect, put the device of `case` on the bench, set as the case says, and learn who it is.

        Raises:
            BenchError: nobody there, no answer, or a case that cannot be.
        """
        self._hang_up()
        try:
            self._socket = socket.create_connection(self._place, self._timeout_s)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            raise self._trouble(f"no connection: {error.strerror or error}", "is `stimrig serve` running?") from error
        self._ask({"do": "case", "case": case_document(case)})
        told = self._ask({"do": "identity"}).get("identity")
        if not isinstance(told, dict):
            raise self._trouble("it does not say who it is")
        self._identity = {str(key): str(value) for key, value in told.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]

    def set(self, name: str, value: float | str, t_ns: TimeNs) -> None:
        """Change one setting, SI, at an instant of the run.

        Raises:
            BenchError: the device cannot, no answer, or the control is not open.
        """
        self._now_ns = t_ns
        self._ask({"do": "set", "name": name, "value": value, "t_ns": t_ns})

    def fault(self, name: str, dose: float, t_ns: TimeNs, where: str = "") -> None:
        """Let a seeded defect begin.

        Raises:
            BenchError: the device cannot, no answer, or the control is not open.
        """
        self._now_ns = t_ns
        place = {"where": where} if where else {}
        self._ask({"do": "fault", "name": name, "dose": dose, "t_ns": t_ns, **place})

    def take_messages(self) -> tuple[tuple[TimeNs, str], ...]:
        """(instant, text) of what the device told since the last call.

        Raises:
            BenchError: no answer.
        """
        if self._socket is None:
            return ()
        return tuple((int(t_ns), str(text)) for t_ns, text in self._ask({"do": "messages"}).get("messages", ()))

    def identity(self) -> Mapping[str, str]:
        """Who the box is; valid after `open`."""
        return self._identity

    def safe_state(self) -> None:
        """Press stop; a dead link is no error."""
        if self._socket is not None:
            with contextlib.suppress(BenchError):
                self._ask({"do": "button", "name": "stop"})

    def close(self) -> None:
        """Press stop and hang up."""
        self.safe_state()
        self._hang_up()

    def _hang_up(self) -> None:
        connection, self._socket, self._rest = self._socket, None, b""
        if connection is not None:
            connection.close()

    def _ask(self, question: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answer to a question; after any trouble the link is gone, so no late answer is taken for another."""
        connection = self._socket
        if connection is None:
            raise self._trouble("the control is not open")
        try:
            connection.sendall(json.dumps(question).encode() + b"\n")
            while b"\n" not in self._rest:
                more = connection.recv(65536)
                if not more:
                    raise ConnectionError("the other end hung up")
                self._rest += more
            line, _, self._rest = self._rest.partition(b"\n")
            answer: Any = json.loads(line)
        except TimeoutError as error:
            self._hang_up()
            raise self._trouble(f"no answer in {self._timeout_s:g} s") from error
        except OSError as error:
            self._hang_up()
            raise self._trouble(f"the connection is lost: {error.strerror or error}") from error
        except ValueError as error:
            self._hang_up()
            raise self._trouble("the answer is garbage") from error
        if not isinstance(answer, dict) or not isinstance(answer.get("ok"), bool):  # pyright: ignore[reportUnknownMemberType]
            self._hang_up()
            raise self._trouble("the answer is garbage")
        if not answer["ok"]:
            raise self._trouble(str(answer.get("problem", "refused")))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
        return answer  # pyright: ignore[reportUnknownVariableType]

    def _trouble(self, problem: str, mend: str = "") -> BenchError:
        t_s = self._now_ns * 1e-9 if self._now_ns else math.nan
        return BenchError(f"control port {self._address}", t_s, problem, mend)
