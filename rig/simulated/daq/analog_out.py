"""Analogue outputs: 16-bit converters in a range, from a buffer or at once."""

import numpy as np
from numpy.typing import NDArray

from rig.simulated.daq.errors import CHANNEL_COUNT, OUT_OF_RANGE, DaqmxError
from rig.simulated.daq.generation import Generation
from rig.simulated.daq.names import port_of

_HALF_SCALE = 32_768


class AnalogOut(Generation):
    """Work of a task of analogue outputs."""

    def resources(self) -> frozenset[str]:
        """Its outputs, and the sample clock of all where it is hardware-timed."""
        ports = {port_of(channel.physical) for channel in self.task.channels}
        return frozenset(ports | ({"ao sample clock"} if self.task.timing.is_clocked else set()))

    def write_volts(self, data: NDArray[np.float64], timeout_s: float, *, auto_start: bool) -> int:
        """Write volts (n_channels, n), as the converters round them.

        Raises:
            DaqmxError: -200561, a value is outside the channel's limits; -200524, another number of channels.
        """
        channels = self.task.channels
        if data.shape[0] != len(channels):
            raise DaqmxError(CHANNEL_COUNT, f"Task has {len(channels)} channels, the data {data.shape[0]}", written=0)
        rounded = np.empty(data.shape)
        for row, (channel, volts) in enumerate(zip(channels, data, strict=True)):
            lsb_v = channel.range_v / _HALF_SCALE
            low_v, high_v = channel.limits
            if not (np.all(volts <= high_v + lsb_v) and np.all(volts >= low_v - lsb_v)):
                detail = (
                    f"Channel Name: {channel.name}\nMaximum Value: {high_v:g}\nMinimum Value: {low_v:g}\n"
                    f"Written: {np.nanmin(volts):g} to {np.nanmax(volts):g}"
                )
                raise DaqmxError(OUT_OF_RANGE, detail, written=0)
            codes = np.clip(np.rint(volts / lsb_v), -_HALF_SCALE, _HALF_SCALE - 1)
            rounded[row] = codes * lsb_v
        return self.write(rounded, timeout_s, auto_start=auto_start)
