"""The card in the client's own process: an object that nidaqmx takes for a gRPC channel.

nidaqmx asks its channel for `unary_unary` and `unary_stream` only, which is public in gRPC and held by a test. So the
whole unmodified client runs without sockets, and arrays pass straight through.
"""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, Final

import grpc
from session_pb2 import Session

from rig.simulated.daq.calls import NotServedError, Subscription
from rig.simulated.daq.errors import DaqmxError
from rig.simulated.daq.host import CardHost, LinkFaultError

_NOTHING: Final = SimpleNamespace(status=0)


class InProcessError(grpc.RpcError):
    """A call that failed, as gRPC would tell it.

    Args:
        status: gRPC's code.
        text: for people.
        metadata: what goes with it: NI's error code and sample counts.
    """

    def __init__(self, status: grpc.StatusCode, text: str, metadata: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(text)
        self._status, self._text, self._metadata = status, text, metadata

    def code(self) -> grpc.StatusCode:
        """GRPC's code."""
        return self._status

    def details(self) -> str:
        """The text."""
        return self._text

    def trailing_metadata(self) -> tuple[Any, ...]:
        """Entries with `key` and `value`."""
        return tuple(SimpleNamespace(key=key, value=value) for key, value in self._metadata)


def metadata_of(error: DaqmxError) -> tuple[tuple[str, str], ...]:
    """What the client needs to raise NI's error: its code, and the samples of a partial read or write."""
    found = [("ni-error", str(error.code))]
    if error.read is not None:
        found.append(("ni-samps-per-chan-read", str(error.read)))
    if error.written is not None:
        found.append(("ni-samps-per-chan-written", str(error.written)))
    return tuple(found)


def _translated(error: DaqmxError | LinkFaultError | NotServedError) -> InProcessError:
    if isinstance(error, DaqmxError):
        return InProcessError(grpc.StatusCode.UNKNOWN, error.text, metadata_of(error))
    code = grpc.StatusCode.UNIMPLEMENTED if isinstance(error, NotServedError) else grpc.StatusCode.UNAVAILABLE
    return InProcessError(code, str(error))


class _Stream:
    """A running subscription as gRPC's call object."""

    def __init__(self, subscription: Subscription) -> None:
        self._subscription, self._is_over = subscription, False

    def initial_metadata(self) -> tuple[()]:
        """Nothing: the registration was made before this object was."""
        return ()

    def done(self) -> bool:
        """True once the stream has ended."""
        return self._is_over

    def exception(self) -> None:
        """A stream that was registered ends without one."""

    def cancel(self) -> None:
        """End it."""
        self._subscription.cancel()

    def __iter__(self) -> Iterator[SimpleNamespace]:
        for fields in self._subscription:
            yield SimpleNamespace(**{"status": 0, **fields})
        self._is_over = True


class InProcessChannel:
    """What `nidaqmx.GrpcSessionOptions` takes as its channel.

    Args:
        host: cards and tasks.
    """

    def __init__(self, host: CardHost) -> None:
        self.host = host

    def unary_unary(self, method: str, *_serializers: Any, **_options: Any) -> Callable[..., Any]:
        """The function that makes one kind of call."""
        name, host = method.rsplit("/", 1)[1], self.host

        def call(request: Any, **_call_options: Any) -> Any:
            try:
                fields = host.call(name, request)
            except (DaqmxError, LinkFaultError, NotServedError) as error:
                raise _translated(error) from error
            return SimpleNamespace(**{"status": 0, **fields}) if fields else _NOTHING

        def create(request: Any, **_call_options: Any) -> Any:
            response = call(request)
            response.task = Session(**response.task)  # later requests take the session as a message
            return response

        return create if name == "CreateTask" else call

    def unary_stream(self, method: str, *_serializers: Any, **_options: Any) -> Callable[..., Any]:
        """The function that opens one kind of stream."""
        name, host = method.rsplit("/", 1)[1], self.host

        def call(request: Any, **_call_options: Any) -> Any:
            try:
                return _Stream(host.subscribe(name, request))
            except (DaqmxError, LinkFaultError, NotServedError) as error:
                raise _translated(error) from error

        return call

    def close(self) -> None:
        """The client is gone: its tasks are cleared."""
        self.host.close()
