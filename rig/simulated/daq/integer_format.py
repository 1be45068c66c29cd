"""Lines as the bits of a number: which bit a line has.

A line has the bit of its number in its port, also where a channel holds only some lines of it: `port0/line0` and
`port0/line3` both high are 9. Further ports of a channel follow in the order in which they were added.

Source: NI-DAQmx Key Concepts, "Digital Data (Integer Format)".
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from rig.simulated.daq.errors import CHANNEL_COUNT, DaqmxError
from rig.simulated.daq.names import port_of

_BITS = 32


def bits_of(lines: Sequence[str], port_lines: Sequence[int]) -> NDArray[np.uint32]:
    """Bit (n_lines,) of each line of a channel.

    Args:
        lines: physical, `Dev1/port0/line3`.
        port_lines: number of lines of each port of the card.

    Raises:
        DaqmxError: -200524, the channel does not fit into 32 bits.
    """
    return _bits_of(tuple(lines), tuple(port_lines))


@lru_cache(256)
def _bits_of(lines: tuple[str, ...], port_lines: tuple[int, ...]) -> NDArray[np.uint32]:
    offsets: dict[int, int] = {}
    found: list[int] = []
    reach = 0
    for line in lines:
        port, _, number = port_of(line).removeprefix("port").partition("/line")
        if int(port) not in offsets:
            offsets[int(port)] = reach
            reach += max(8, port_lines[int(port)])
        found.append(offsets[int(port)] + int(number))
    if found and max(found) >= _BITS:
        raise DaqmxError(CHANNEL_COUNT, "A channel of these ports does not fit into 32 bits.")
    return np.array(found, np.uint32)
