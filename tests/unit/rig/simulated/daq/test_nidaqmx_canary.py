"""What the card relies on in nidaqmx: each line here breaks first when a new release changes it.

The contract of the in-process channel: nidaqmx asks its channel for `unary_unary` and `unary_stream` and for nothing
else, passes the request as the first argument, and reads plain attributes of what comes back.
"""

import sys

import numpy as np
import pytest
from card_desk import clocked_inputs, desk_of
from nidaqmx._stubs import nidaqmx_pb2 as messages
from nidaqmx.errors import RpcError
from nidaqmx.stream_readers import AnalogMultiChannelReader

from rig.simulated.daq.attributes import attribute_handler
from rig.simulated.daq.calls import NotServedError
from rig.simulated.daq.handlers import HANDLERS, STREAMS


class WatchedChannel:
    """Has the two functions that the contract names, and nothing else."""

    def __init__(self, channel):
        self._channel, self.asked = channel, set()

    def __getattr__(self, name):
        self.asked.add(name)
        if name not in {"unary_unary", "unary_stream"}:
            raise AttributeError(name)
        return getattr(self._channel, name)


def test_the_client_asks_its_channel_for_two_functions_only():
    """A task, a read, an event and the end, through a channel that has nothing else."""
    with desk_of() as desk:
        channel = desk.channel
        desk.channel = watched = WatchedChannel(channel)
        with desk.task() as task:
            clocked_inputs(desk, task)
            task.register_done_event(lambda *_: 0)
            task.start()
            task.read(10)
            task.register_done_event(None)
        desk.channel = channel
        # NI's audit of sessions looks whether it has built the channel itself, and goes on without (daq.md trap 12)
        assert watched.asked - {"_nitls_channel_target"} == {"unary_unary", "unary_stream"}


def test_the_c_library_is_never_looked_for():
    """With a channel given, nidaqmx neither imports its interpreter of the C library nor loads any (daq.md trap 1)."""
    with desk_of() as desk, desk.task() as task:
        clocked_inputs(desk, task)
        assert "nidaqmx._library_interpreter" not in sys.modules


def test_every_call_of_the_tables_is_one_of_the_protocol():
    """A misspelt name would never be called."""
    service = messages.DESCRIPTOR.services_by_name["NiDAQmx"]
    methods = {method.name: method for method in service.methods}
    assert set(HANDLERS) | set(STREAMS) <= set(methods)
    for name in HANDLERS:
        assert not methods[name].server_streaming, name
    for name in STREAMS:
        assert methods[name].server_streaming, name


def test_attribute_calls_are_told_from_others():
    """`GetSelfCalLastDateAndTime` is no attribute; what no table knows has no handler."""
    service = messages.DESCRIPTOR.services_by_name["NiDAQmx"]
    known = {method.name for method in service.methods if attribute_handler(method.name) is not None}
    assert "GetTimingAttributeDouble" in known
    assert "GetTimingAttributeExDouble" in known
    assert "ResetChanAttribute" in known
    assert "SetTrigAttributeString" in known
    assert not known & {"GetErrorString", "GetNthTaskChannel", "GetCalInfoAttributeBool", "GetSelfCalLastDateAndTime"}


def test_arrays_pass_straight_through():
    """The array that a handler returns is the one that the client copies from: no list, no message in between."""
    seen = []
    with desk_of() as desk, desk.task() as task:
        clocked_inputs(desk, task)
        task.start()
        given = desk.host.call

        def call(name, request):
            fields = given(name, request)
            seen.append(fields.get("read_array"))
            return fields

        desk.host.call = call
        task.read(100)
    arrays = [each for each in seen if each is not None]
    assert len(arrays) == 1
    assert isinstance(arrays[0], np.ndarray)
    assert arrays[0].dtype == np.float64


@pytest.mark.parametrize("family", ["Get", "Set"])
def test_requests_carry_the_raw_number_of_an_attribute(family):
    """The attribute handler reads `attribute_raw`; the generated messages must have it."""
    request = getattr(messages, f"{family}TimingAttributeDoubleRequest")(attribute_raw=0x1344)
    assert request.attribute_raw == 0x1344


def test_calls_of_a_read():
    """daq.md trap 5: a stream reader asks twice, once without its check of the array's shape; `Task.read` asks a dozen
    times. Whoever streams relies on the first two numbers."""
    seen = []
    with desk_of() as desk, desk.task() as task:
        clocked_inputs(desk, task).start()
        given = desk.host.call
        desk.host.call = lambda name, request: seen.append(name) or given(name, request)
        reader, array = AnalogMultiChannelReader(task.in_stream), np.zeros((2, 10))
        reader.read_many_sample(array, 10)
        assert len(seen) == 2
        reader.verify_array_shape = False
        seen.clear()
        reader.read_many_sample(array, 10)
        assert seen == ["ReadAnalogF64"]
        seen.clear()
        task.read(10)
        assert 5 < len(seen) < 20


def test_what_is_not_served_is_told_so():
    """daq.md traps 9, 11 and 13: a call that nobody has written is UNIMPLEMENTED, never an answer of 0; waiting for the
    next sample clock, which Python cannot ask for, is one of them."""
    with desk_of() as desk:
        with pytest.raises(NotServedError, match="WaitForNextSampleClock"):
            desk.host.call("WaitForNextSampleClock", messages.WaitForNextSampleClockRequest())
        with desk.task() as task, pytest.raises(RpcError) as caught:
            task.ai_channels.add_ai_thrmcpl_chan("Dev1/ai0")
        assert caught.value.rpc_code.name == "UNIMPLEMENTED"


def test_the_session_of_a_task_is_the_message_that_requests_take():
    """daq.md trap 14: it comes from a top-level module, `session_pb2`."""
    with desk_of() as desk, desk.task("named") as task:
        assert type(task._handle).__module__ == "session_pb2"
        assert task._handle.name == "named"
