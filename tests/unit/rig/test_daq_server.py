"""The server and its leases, against a card of three calls: what the wire, the client's life and the link do.

The client is the real one: generated stubs, or nidaqmx itself where it suffices.
"""

import subprocess
import sys
import threading
import time
from types import SimpleNamespace

import grpc
import numpy as np
import pytest

from rig.simulated.daq.errors import RESERVED, DaqmxError
from rig.simulated.daq.server import CardServer, refuse_beyond_loopback
from sim.errors import BenchError

pb = pytest.importorskip("nidaqmx._stubs.nidaqmx_pb2")
pb_grpc = pytest.importorskip("nidaqmx._stubs.nidaqmx_pb2_grpc")
session_pb2 = pytest.importorskip("session_pb2")
session_pb2_grpc = pytest.importorskip("session_pb2_grpc")

WAIT_S = 60.0


class Beat:
    """An event stream that tells one event and then waits for its end."""

    def __init__(self):
        self.ended = threading.Event()

    def __iter__(self):
        yield {"status": 0}
        self.ended.wait(WAIT_S)

    def cancel(self):
        self.ended.set()


class TinyCard:
    """One resource; a task that was started holds it. Its surface is that of `CardHost`."""

    def __init__(self):
        self.tasks, self.holder, self.streams = {}, None, []
        self.changed = threading.Condition()
        product = SimpleNamespace(name="USB-6363", number=0x7431)
        self.cards = {"Dev1": SimpleNamespace(name="Dev1", serial=7, product=product, reset=lambda: None)}

    def call(self, name, request):
        with self.changed:
            if name == "CreateTask":
                task = f"task{len(self.tasks)}"
                self.tasks[task] = None
                return {"task": {"name": task}, "new_session_initialized": True}
            if name == "ClearTask":
                self.clear_task(request.task.name)
            elif name == "StartTask":
                if self.holder not in {None, request.task.name}:
                    raise DaqmxError(RESERVED, f"Reserved by: {self.holder}")
                self.holder = request.task.name
            elif name == "ReadAnalogF64":
                if request.timeout < 0:
                    raise DaqmxError(-200284, read=3)
                values = np.linspace(-1.0, 1.0, request.array_size_in_samps)
                return {"read_array": values, "samps_per_chan_read": values.size}
            return {}

    def subscribe(self, name, request):
        self.streams.append(Beat())
        return self.streams[-1]

    def clear_task(self, task):
        with self.changed:
            self.tasks.pop(task, None)
            if self.holder == task:
                self.holder = None
            self.changed.notify_all()

    abandon_task = clear_task

    def close(self):
        for beat in self.streams:
            beat.cancel()


@pytest.fixture
def served():
    card = TinyCard()
    with CardServer(card) as server:
        yield card, server


@pytest.fixture
def stub(served):
    _, server = served
    with _channel(server) as channel:
        yield pb_grpc.NiDAQmxStub(channel)


def _channel(server, **options):
    settings = [("grpc.max_receive_message_length", -1), ("grpc.use_local_subchannel_pool", 1)]
    return grpc.insecure_channel(server.address.removeprefix("grpc://"), settings)


def test_a_large_read_arrives_whole(stub):
    """8 MB in one message: twice gRPC's default limit. Truth: the very same line of numbers."""
    response = stub.ReadAnalogF64(pb.ReadAnalogF64Request(array_size_in_samps=1_000_000))
    np.testing.assert_array_equal(np.array(response.read_array), np.linspace(-1.0, 1.0, 1_000_000))


def test_errors_travel_as_trailing_metadata_with_partial_counts(stub):
    """As NI's server does it: the client reads nothing else."""
    with pytest.raises(grpc.RpcError) as failed:
        stub.ReadAnalogF64(pb.ReadAnalogF64Request(timeout=-1.0))
    told = dict(failed.value.trailing_metadata())
    assert (told["ni-error"], told["ni-samps-per-chan-read"]) == ("-200284", "3")
    assert "Status Code: -200284" in failed.value.details()


def test_what_the_card_does_not_know_is_refused_loudly(stub):
    """Never a silent zero."""
    with pytest.raises(grpc.RpcError) as failed:
        stub.CreateAIThrmcplChan(pb.CreateAIThrmcplChanRequest())
    assert failed.value.code() == grpc.StatusCode.UNIMPLEMENTED


def test_event_streams_begin_at_once_and_never_starve_other_calls(served, stub):
    """Forty listeners pin forty workers; a call still goes through, and ending them ends the card's side."""
    card, _ = served
    streams = [stub.RegisterDoneEvent(pb.RegisterDoneEventRequest()) for _ in range(40)]
    for stream in streams:
        assert stream.initial_metadata() is not None
        assert next(stream).status == 0
    assert stub.CreateTask(pb.CreateTaskRequest()).new_session_initialized
    for stream in streams:
        stream.cancel()
    for beat in card.streams:
        assert beat.ended.wait(WAIT_S)


KILLED = """
import os, sys, grpc
from nidaqmx._stubs import nidaqmx_pb2 as pb, nidaqmx_pb2_grpc as pb_grpc
stub = pb_grpc.NiDAQmxStub(grpc.insecure_channel(sys.argv[1]))
task = stub.CreateTask(pb.CreateTaskRequest()).task
stub.StartTask(pb.StartTaskRequest(task=task))
print("started", flush=True)
sys.stdin.readline()
os._exit(9)
"""


def test_a_client_that_is_gone_leaves_no_resource_reserved(served, stub):
    """Another process holds the card (-50103 here), dies between two calls, and the card is free."""
    card, server = served
    child = subprocess.Popen(
        [sys.executable, "-c", KILLED, server.address.removeprefix("grpc://")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    mine = stub.CreateTask(pb.CreateTaskRequest()).task
    with child:
        assert child.stdout.readline().strip() == b"started"
        with pytest.raises(grpc.RpcError) as refused:
            stub.StartTask(pb.StartTaskRequest(task=mine))
        assert dict(refused.value.trailing_metadata())["ni-error"] == "-50103"
        child.stdin.write(b"\n")
        child.stdin.flush()
        assert child.wait(WAIT_S) == 9
    with card.changed:
        assert card.changed.wait_for(lambda: card.holder is None, WAIT_S)
    stub.StartTask(pb.StartTaskRequest(task=mine))
    assert list(card.tasks) == [mine.name]


def test_session_utilities(served):
    """What is there, and a fresh start that also takes the tasks of clients that still live."""
    card, server = served
    with _channel(server) as channel:
        sessions = session_pb2_grpc.SessionUtilitiesStub(channel)
        pb_grpc.NiDAQmxStub(channel).CreateTask(pb.CreateTaskRequest())
        (device,) = sessions.EnumerateDevices(session_pb2.EnumerateDevicesRequest()).devices
        assert (device.name, device.model) == ("Dev1", "USB-6363")
        assert sessions.ResetServer(session_pb2.ResetServerRequest()).is_server_reset
        assert not card.tasks


@pytest.mark.parametrize("kind", ["no_answer", "late_answer", "disconnect", "garbage", "cut"])
def test_a_link_that_fails_gives_an_error_in_time_and_the_next_client_works(served, kind):
    """Each fault of the link: an error within the client's deadline (late: an answer), and afterwards all is well."""
    card, server = served
    with _channel(server) as channel:
        stub = pb_grpc.NiDAQmxStub(channel)
        stub.CreateTask(pb.CreateTaskRequest())
        server.faults.inject(kind, late_s=0.05)
        if kind == "late_answer":
            stub.CreateTask(pb.CreateTaskRequest(), timeout=WAIT_S)
        else:
            with pytest.raises(grpc.RpcError) as failed:
                stub.CreateTask(pb.CreateTaskRequest(), timeout=0.3)
            codes = grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.INTERNAL
            assert failed.value.code() in codes
    with card.changed:
        assert card.changed.wait_for(lambda: not card.tasks, WAIT_S)
    with _channel(server) as channel:
        assert pb_grpc.NiDAQmxStub(channel).CreateTask(pb.CreateTaskRequest(), timeout=WAIT_S).task.name


def test_the_server_dies_under_a_call(served):
    """A call that waits gets an error, not silence; closing twice is fine."""
    _, server = served
    with _channel(server) as channel:
        stream = pb_grpc.NiDAQmxStub(channel).RegisterDoneEvent(pb.RegisterDoneEventRequest())
        next(stream)
        server.close()
        server.close()
        with pytest.raises(grpc.RpcError):
            next(stream)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.7", "::", "bench.example"])
def test_an_address_that_others_can_reach_must_be_allowed_by_name(host):
    """There is no password, so nobody opens the card to the house by a slip."""
    with pytest.raises(BenchError, match="can be reached from other computers"):
        refuse_beyond_loopback(host, allowed=False)
    refuse_beyond_loopback(host, allowed=True)


def test_a_port_that_is_taken_is_told():
    """A typed error, and nothing is left running."""
    before = threading.active_count()
    with CardServer(TinyCard()) as server, pytest.raises(BenchError, match="cannot listen"):
        CardServer(TinyCard(), port=server.link.port)
    ends_s = time.monotonic() + WAIT_S
    while threading.active_count() > before and time.monotonic() < ends_s:
        time.sleep(0.01)
    assert threading.active_count() == before
