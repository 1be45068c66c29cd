"""The language between the rig and a device process."""

import pytest

from rig.firmware.device_under_test import Event
from rig.firmware.process.wire import FrameBuffer, encode
from rig.firmware.process.wire_reports import Accepted, Answer, Ask, Done, Events, Failed, Ready, Refused, Stored
from rig.firmware.process.wire_requests import (
    Advance,
    Inject,
    Power,
    Question,
    Quit,
    Receive,
    SampledTerminal,
    Start,
    Terminal,
    Value,
)

FRAMES = (
    Start(-5_000_000_123, 9.0, -30e-6, 377_321, "brown_out", b"\x00kept", b"adc 0"),
    Advance(1 << 60, frozenset({"drive", "uart"}), (SampledTerminal("heel_switch", 0, 1_000_000, bytes(24)),)),
    Value(-0.03),
    Terminal(7, "button.stop", 1.0),
    Receive(8, b"SET current 30\n"),
    Inject(9, "bit_flip", 3.0, "settings+4"),
    Power(10, comes=False, cause="power_on"),
    Question({"ask": "snapshot"}),
    Quit(),
    Events((Event(-1, "drive", "1", 0.03), Event(0, "uart", "", 0.0, "LOG µ\n".encode()), Event(2, "reset", "pin"))),
    Ask(11, "output_current"),
    Done(12, is_over=True, cause="watchdog"),
    Answer({"slot": 1}),
    Stored(b"\xff" * 300),
    Ready({"kind": "host"}),
    Refused("no such symbol"),
    Accepted(),
    Failed("unmodelled register TIM8.BDTR"),
)


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: type(frame).__name__)
def test_a_frame_that_comes_byte_by_byte_is_the_frame_that_went(frame):
    """A pipe keeps no borders: a frame is whole with its last byte and not before."""
    buffer = FrameBuffer()
    data = encode(frame)
    for byte in data[:-1]:
        buffer.feed(bytes([byte]))
        assert buffer.take() is None
    buffer.feed(data[-1:])
    assert buffer.take() == frame
    assert buffer.rest == b""


def test_the_bytes_of_a_frame_are_those_of_the_table():
    """`serve.c` reads the same table: the bytes of one frame each way, written out by hand."""
    assert encode(Value(1.0)).hex() == "08000000" + "03" + "000000000000f03f"
    assert (
        encode(Done(258, is_over=True, cause="watchdog")).hex() == "0a000000" + "43" + "0201000000000000" + "01" + "02"
    )
    one = Events((Event(1, "uart", "a", 0.0, b"bc"),))
    assert encode(one).hex() == "17000000" + "41" + "0100000000000000" + "00" * 8 + "02" + "01" + "0200" + "616263"


@pytest.mark.parametrize(
    "data",
    [b"Hello, world", b"\xff\xff\xff\x7f\x41", encode(Value(1.0))[:4] + b"\xc8" + bytes(8), b"\x01\x00\x00\x00\x42x"],
    ids=["text", "endless", "unknown", "short"],
)
def test_what_is_no_frame_is_refused(data):
    """Firmware that writes into the pipe by mistake must never be taken for one that did something."""
    buffer = FrameBuffer()
    buffer.feed(data)
    with pytest.raises(ValueError, match="frame"):
        buffer.take()
