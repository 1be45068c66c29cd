"""The simulated card over gRPC: any nidaqmx program of any process and language can use it, unmodified.

The services and messages are those of NI's gRPC Device Server (nidaqmx.proto, session.proto, MIT licence, shipped with
the client). Clients come through a `Link`, so that one that is gone gives back its tasks.
"""

import ipaddress
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

import grpc
import session_pb2
from nidaqmx._stubs import nidaqmx_pb2

from rig.simulated.daq.answer_faults import AnswerFaults, shortened
from rig.simulated.daq.calls import OK
from rig.simulated.daq.card import SimulatedCard
from rig.simulated.daq.encode import encoder
from rig.simulated.daq.errors import DaqmxError
from rig.simulated.daq.handlers import is_served
from rig.simulated.daq.host import CardHost, LinkFaultError
from rig.simulated.daq.in_process import metadata_of
from rig.simulated.daq.lease import Leases
from rig.simulated.daq.link import Link
from sim.errors import BenchError

if TYPE_CHECKING:
    _Handler = grpc.GenericRpcHandler[Any, Any]
else:
    _Handler = grpc.GenericRpcHandler

DAQ_SERVICE: Final = "nidaqmx_grpc.NiDAQmx"
SESSION_SERVICE: Final = "nidevice_grpc.SessionUtilities"
_WORKERS: Final = 256
"""Threads at most: each event stream and each waiting call holds one. They are made when they are needed."""
_UNLIMITED: Final = (("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1))


class CardServer:
    """Serves cards from the moment it is made until `close`.

    Args:
        cards: what answers the calls: the same as behind the in-process channel. It is closed with the server.
        host: address to listen on.
        port: to listen on; 0 for a free one.
        beyond_loopback: allow an address that other computers can reach; there is no password.

    Attributes:
        link: in front of it.
        faults: what shall go wrong with its answers.
        address: for a bench file, `grpc://127.0.0.1:PORT`.

    Raises:
        BenchError: `host` can be reached from outside and nobody allowed it, or the port is taken.
    """

    def __init__(
        self, cards: CardHost, host: str = "127.0.0.1", port: int = 0, *, beyond_loopback: bool = False
    ) -> None:
        refuse_beyond_loopback(host, beyond_loopback)
        self._cards, self._leases, self.faults = cards, Leases(), AnswerFaults()
        self._workers = ThreadPoolExecutor(_WORKERS, thread_name_prefix="card call")
        self._server = grpc.server(self._workers, options=(*_UNLIMITED, ("grpc.so_reuseport", 0)))
        self._server.add_generic_rpc_handlers((_Calls(self, cards, self._leases), _Sessions(cards)))
        inner = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()
        try:
            self.link = Link(("127.0.0.1", inner), host, port, self._client_ended)
        except OSError as error:
            self.close()
            problem = f"cannot listen on {host}:{port}: {error.strerror or error}"
            raise BenchError("card server", float("nan"), problem, "choose another port") from error
        shown = f"[{host}]" if ":" in host else host
        self.address = f"grpc://{shown}:{self.link.port}"

    def _client_ended(self, client: str) -> None:
        for task in self._leases.ended(client):
            self._cards.abandon_task(task)

    def harmed(self, name: str, fields: Mapping[str, Any], client: str) -> Mapping[str, Any]:
        """The answer to a call with what shall go wrong with it."""
        fault = self.faults.due(name)
        if fault is None:
            return fields
        if fault.kind == "wrong_length":
            return shortened(fields)
        self.link.harm(client, fault.kind, fault.late_s)
        return fields

    def close(self) -> None:
        """End every call and connection; all threads have ended afterwards. Twice is fine."""
        if hasattr(self, "link"):
            self.link.close()
        self._cards.close()
        self._server.stop(0).wait()
        self._workers.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def refuse_beyond_loopback(host: str, allowed: bool) -> None:
    """Refuse an address that other computers can reach, unless it is allowed.

    Raises:
        BenchError: it is refused.
    """
    try:
        is_loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback and not allowed:
        problem = f"{host} can be reached from other computers, and the protocol knows no password"
        raise BenchError("card server", float("nan"), problem, "listen on 127.0.0.1, or allow it by name")


class _Calls(_Handler):
    """Finds the handler of a call of the card when it comes: there are 451, most of them never used."""

    def __init__(self, server: CardServer, cards: CardHost, leases: Leases) -> None:
        self._server, self._cards, self._leases = server, cards, leases
        self._methods = nidaqmx_pb2.DESCRIPTOR.services_by_name["NiDAQmx"].methods_by_name
        self._made: dict[str, Any] = {}

    def service(self, handler_call_details: Any) -> Any:
        """The handler of a call; None for one that the card does not know (UNIMPLEMENTED)."""
        service, _, name = handler_call_details.method.lstrip("/").partition("/")
        if service != DAQ_SERVICE or name not in self._methods or not is_served(name):
            return None
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def _make(self, name: str) -> Any:
        method = self._methods[name]
        request_type = getattr(nidaqmx_pb2, method.input_type.name)
        encode = encoder(getattr(nidaqmx_pb2, method.output_type.name))
        if method.server_streaming:
            return grpc.unary_stream_rpc_method_handler(self._streamer(name), request_type.FromString, encode)
        return grpc.unary_unary_rpc_method_handler(self._caller(name), request_type.FromString, encode)

    def _caller(self, name: str) -> Callable[[Any, Any], Mapping[str, Any]]:
        makes, clears = name in {"CreateTask", "CreateWatchdogTimerTaskEx"}, name == "ClearTask"

        def call(request: Any, context: Any) -> Mapping[str, Any]:
            client = context.peer()
            try:
                fields = self._cards.call(name, request)
            except DaqmxError as error:
                _fail(context, error)
                raise  # never reached: `abort` raises
            except LinkFaultError as fault:
                self._server.link.harm(client, "no_answer" if fault.kind == "no_answer" else "disconnect")
                return OK
            if makes:
                self._leases.take(fields["task"]["name"], client)
            elif clears:
                self._leases.drop(request.task.name)
            return self._server.harmed(name, fields, client)

        return call

    def _streamer(self, name: str) -> Callable[[Any, Any], Iterator[Mapping[str, Any]]]:
        def stream(request: Any, context: Any) -> Iterator[Mapping[str, Any]]:
            try:
                events = self._cards.subscribe(name, request)
            except DaqmxError as error:
                _fail(context, error)
                raise  # never reached: `abort` raises
            except LinkFaultError as fault:
                self._server.link.harm(context.peer(), "no_answer" if fault.kind == "no_answer" else "disconnect")
                return
            if not context.add_callback(events.cancel):
                events.cancel()
            context.send_initial_metadata(())  # the client waits for it before it makes its next call
            try:
                yield from events
            except DaqmxError as error:
                _fail(context, error)
            finally:
                events.cancel()

        return stream


def _fail(context: Any, error: DaqmxError) -> None:
    context.set_trailing_metadata(metadata_of(error))
    context.abort(grpc.StatusCode.UNKNOWN, error.text)


class _Sessions(_Handler):
    """`SessionUtilities`: what is there, and a fresh start."""

    def __init__(self, cards: CardHost) -> None:
        self._cards = cards
        self._handlers = {
            "EnumerateDevices": grpc.unary_unary_rpc_method_handler(
                self._devices,
                session_pb2.EnumerateDevicesRequest.FromString,
                session_pb2.EnumerateDevicesResponse.SerializeToString,
            ),
            "ResetServer": grpc.unary_unary_rpc_method_handler(
                self._reset,
                session_pb2.ResetServerRequest.FromString,
                session_pb2.ResetServerResponse.SerializeToString,
            ),
        }

    def service(self, handler_call_details: Any) -> Any:
        """The handler of a call; None for one of another service."""
        service, _, name = handler_call_details.method.lstrip("/").partition("/")
        return self._handlers.get(name) if service == SESSION_SERVICE else None

    def _devices(self, request: Any, context: Any) -> Any:
        del request, context
        found = [
            session_pb2.DeviceProperties(
                name=card.name,
                model=card.product.name,
                vendor="National Instruments (simulated by stimrig)",
                serial_number=f"{card.serial:08X}",
                product_id=card.product.number,
            )
            for card in self._cards.cards.values()
        ]
        return session_pb2.EnumerateDevicesResponse(devices=found)

    def _reset(self, request: Any, context: Any) -> Any:
        del request, context
        for name in list(self._cards.tasks):
            self._cards.clear_task(name)
        for card in self._cards.cards.values():
            card.reset()
        return session_pb2.ResetServerResponse(is_server_reset=True)


def serve_card(
    cards: Iterable[SimulatedCard], host: str = "127.0.0.1", port: int = 0, *, beyond_loopback: bool = False
) -> CardServer:
    """Serve cards of a laboratory; what `stimrig serve --daq` does.

    Raises:
        BenchError: as `CardServer`.
    """
    return CardServer(CardHost(cards), host, port, beyond_loopback=beyond_loopback)
