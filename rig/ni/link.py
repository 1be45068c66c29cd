"""The way to a card: the driver of this computer, a gRPC server, or a simulated card in this process."""

import math
from collections.abc import Callable
from typing import Any, Final

from rig.ni.errors import DaqLostError, DaqMissingError

CONNECT_S: Final = 5.0
"""A server that cannot be reached by then is told as such."""
GRPC_OPTIONS: Final = (
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1),
    ("grpc.use_local_subchannel_pool", 1),
)
"""The default of 4 MiB refuses a block of 524 288 samples (daq.md section 1, trap 6). A channel that is opened after a
fault shares no dead connection with the one before."""
_DEAD: Final = frozenset({"DEADLINE_EXCEEDED", "UNAVAILABLE", "CANCELLED"})
"""Names of the statuses after which nobody knows what the server has done."""


class Deadlines:
    """A gRPC channel every call of which ends: the client library itself gives none, so a silent server would hang it.

    After a call without an answer it is never used again: each further call fails at once, by the same error.

    Args:
        channel: of gRPC, or one in this process that looks alike.
        limit_s: longest wait for an answer beyond what a call itself waits for, s.

    Attributes:
        failure: of the call that had no answer; None while all is well.
    """

    def __init__(self, channel: Any, limit_s: float) -> None:
        self._channel, self._limit_s = channel, limit_s
        self._calls: dict[str, Callable[..., Any]] = {}
        self.failure: Any = None

    def unary_unary(self, method: str, *args: Any, **named: Any) -> Callable[..., Any]:
        """As that of the channel; made when it is first called: each task asks for all of 451 and uses a few."""

        def limited(request: Any, timeout: float | None = None, **more: Any) -> Any:
            if self.failure is not None:
                raise self.failure
            if method not in self._calls:
                self._calls[method] = self._channel.unary_unary(method, *args, **named)
            own_s = float(getattr(request, "timeout", 0.0))
            try:
                return self._calls[method](request, timeout=timeout or self._limit_s + max(own_s, 0.0), **more)
            except Exception as error:
                code: Any = getattr(error, "code", None)  # of a `grpc.RpcError`
                if callable(code) and getattr(code(), "name", "") in _DEAD:
                    self.failure = error
                raise

        return limited

    def unary_stream(self, method: str, *args: Any, **named: Any) -> Any:
        """As that of the channel: a stream of events has no end of its own."""
        return self._channel.unary_stream(method, *args, **named)

    def close(self) -> None:
        """Close the channel."""
        self._channel.close()


class Link:
    """An open way to a card.

    Args:
        part: name of the card on the bench.
        address: `local` or `grpc://HOST:PORT`; of a card in this process its bench file's word.
        channel: of a simulated card in this process, or None.
        limit_s: longest wait for an answer, s.

    Raises:
        DaqMissingError: the client library is not installed.
        DaqLostError: the server does not answer.
    """

    def __init__(self, part: str, address: str, channel: Any, limit_s: float) -> None:
        self.part, self.address, self._limit_s, self._given = part, address, limit_s, channel
        self._is_own = channel is None and address.startswith("grpc://")
        try:
            import nidaqmx as _  # noqa: F401  the driver's client; asked here so that the error names the mend
        except ImportError as error:
            raise DaqMissingError(part, math.nan, "nidaqmx is not installed", "pip install 'nidaqmx[grpc]'") from error
        opened = _connected(part, address.removeprefix("grpc://"), CONNECT_S) if self._is_own else channel
        self.channel = None if opened is None else Deadlines(opened, limit_s)

    @property
    def is_lost(self) -> bool:
        """True after a call without an answer."""
        return self.channel is not None and self.channel.failure is not None

    def reopen(self) -> None:
        """A fresh way after a loss; tasks of the old one can no longer be reached, a simulated card releases them.

        Raises:
            DaqLostError: the server does not answer.
        """
        if self._is_own:
            opened = _connected(self.part, self.address.removeprefix("grpc://"), self._limit_s)
            self.close()
        else:
            opened = self._given
        self.channel = None if opened is None else Deadlines(opened, self._limit_s)

    def options(self) -> dict[str, Any]:
        """What tasks and devices are made with, so that they go this way."""
        if self.channel is None:
            if self.address != "local":  # never another card than that of the bench file
                raise DaqLostError(self.part, math.nan, f"the link to {self.address} is closed", "open the bench again")
            return {}
        from nidaqmx import GrpcSessionOptions

        return {"grpc_options": GrpcSessionOptions(self.channel, "")}  # pyright: ignore[reportArgumentType]

    def close(self) -> None:
        """Close what was opened here; twice is fine."""
        if self._is_own and self.channel is not None:
            self.channel.close()
        self.channel = None


def _connected(part: str, target: str, limit_s: float) -> Any:
    import grpc

    channel = grpc.insecure_channel(target, options=GRPC_OPTIONS)
    try:
        grpc.channel_ready_future(channel).result(timeout=limit_s)
    except grpc.FutureTimeoutError:
        channel.close()
        problem = f"the card's server {target} does not answer within {limit_s:g} s"
        raise DaqLostError(
            part, math.nan, problem, "start it (`stimrig serve --daq`, or NI gRPC Device Server)"
        ) from None
    return channel
