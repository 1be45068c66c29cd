"""Lines as bits of a number, against the worked examples of NI-DAQmx Key Concepts, "Digital Data (Integer Format)"."""

import pytest

from rig.simulated.daq.errors import DaqmxError
from rig.simulated.daq.integer_format import bits_of


def _number(states):
    lines = [f"Dev1/{line}" for line in states]
    bits = bits_of(lines, (8, 8, 8, 8))
    return sum(state << int(bit) for state, bit in zip(states.values(), bits, strict=True))


def test_some_lines_of_a_port_keep_their_bits():
    """`port0/line0` and `port0/line3` high: 9."""
    assert _number({"port0/line0": 1, "port0/line3": 1}) == 9


def test_a_second_port_follows_the_first():
    """Two whole ports of eight lines: 38836."""
    first = dict(zip((f"port0/line{n}" for n in range(8)), (0, 0, 1, 0, 1, 1, 0, 1), strict=True))
    second = dict(zip((f"port1/line{n}" for n in range(8)), (1, 1, 1, 0, 1, 0, 0, 1), strict=True))
    assert _number(first | second) == 38836


def test_what_does_not_fit_is_refused():
    """33 lines are not 32 bits."""
    with pytest.raises(DaqmxError):
        bits_of(["Dev1/port0/line0", "Dev1/port1/line0"], (32, 8))
