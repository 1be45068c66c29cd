"""What is written by hand is what protobuf would have written: protobuf itself reads it back."""

import numpy as np
import pytest

from rig.simulated.daq.encode import encoder, varint

pb = pytest.importorskip("nidaqmx._stubs.nidaqmx_pb2")


@pytest.mark.parametrize(
    ("response", "values"),
    [
        ("ReadAnalogF64Response", np.array([[0.5, -1e-9, 1e300], [2.0, 3.0, -0.0]])),
        ("ReadBinaryI16Response", np.array([[0, 1, -1, 127], [128, -32768, 32767, 16384]], np.int16)),
        ("ReadDigitalU32Response", np.array([0, 1, 127, 128, 1 << 31, (1 << 32) - 1], np.uint32)),
        ("ReadCounterF64ExResponse", np.array([303.7e-6])),
        ("ReadAnalogF64Response", np.zeros((2, 0))),
    ],
    ids=["doubles", "codes", "ports", "widths", "nothing read"],
)
def test_arrays_by_hand(response, values):
    """Independent truth: the generated class parses the bytes; rows follow each other."""
    message = getattr(pb, response)
    read = message.FromString(encoder(message)({"status": -200284, "read_array": values, "samps_per_chan_read": 7}))
    assert (read.status, read.samps_per_chan_read) == (-200284, 7)
    assert np.array(read.read_array).tolist() == values.ravel().tolist()


def test_bytes_by_hand():
    """Lines and raw samples are bytes: the array's own."""
    codes = np.array([[1, -2], [3, 4]], "<i2")
    read = pb.ReadRawResponse.FromString(encoder(pb.ReadRawResponse)({"read_array": codes, "samps_read": 2}))
    assert read.read_array == codes.tobytes()


def test_varint():
    """The example of protobuf's own documentation: 150 is 96 01."""
    assert varint(150) == b"\x96\x01"
