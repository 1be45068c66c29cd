"""Digital outputs: lines and ports, from a buffer or at once."""

import numpy as np
from numpy.typing import NDArray

from rig.simulated.daq.errors import CHANNEL_COUNT, DaqmxError
from rig.simulated.daq.generation import Generation
from rig.simulated.daq.integer_format import bits_of
from rig.simulated.daq.names import port_of


class DigitalOut(Generation):
    """Work of a task of digital outputs."""

    def resources(self) -> frozenset[str]:
        """Its lines, and the sample clock of all where it is hardware-timed."""
        lines = {port_of(line) for line in self.rows()}
        return frozenset(lines | ({"do sample clock"} if self.task.timing.is_clocked else set()))

    def write_lines(self, data: NDArray[np.bool_], timeout_s: float, *, auto_start: bool) -> int:
        """Write states (n_channels, n, n_lines); a channel with fewer lines leaves the rest of its row alone.

        Raises:
            DaqmxError: -200524, another number of channels or lines.
        """
        channels = self.task.channels
        if data.shape[0] != len(channels) or data.shape[2] < max(len(channel.lines) for channel in channels):
            raise DaqmxError(CHANNEL_COUNT, f"Task has {len(channels)} channels, the data {data.shape[0]}", written=0)
        rows = [data[row, :, line] for row, channel in enumerate(channels) for line in range(len(channel.lines))]
        return self.write(np.array(rows, np.float64), timeout_s, auto_start=auto_start)

    def write_numbers(self, data: NDArray[np.uint32], timeout_s: float, *, auto_start: bool) -> int:
        """Write numbers (n_channels, n) whose bits are the lines (`integer_format`)."""
        channels = self.task.channels
        if data.shape[0] != len(channels):
            raise DaqmxError(CHANNEL_COUNT, f"Task has {len(channels)} channels, the data {data.shape[0]}", written=0)
        states = np.zeros((*data.shape, max(len(channel.lines) for channel in channels)), np.bool_)
        for row, channel in enumerate(channels):
            bits = bits_of(channel.lines, self.task.on.product.port_lines)
            states[row, :, : bits.size] = (data[row][:, np.newaxis] >> bits) & np.uint32(1)
        return self.write_lines(states, timeout_s, auto_start=auto_start)
