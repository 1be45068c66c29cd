"""Digital inputs: lines of the device, outputs read back, comparators; sampled by a clock or at once."""

import numpy as np
from numpy.typing import NDArray

from rig.simulated.daq.acquisition import Acquisition
from sim.timebase import TimeNs


class DigitalIn(Acquisition):
    """Work of a task of digital inputs."""

    def resources(self) -> frozenset[str]:
        """The sample clock of all lines where it is hardware-timed; nothing else is taken from anybody."""
        return frozenset({"di sample clock"} if self.task.timing.is_clocked else ())

    def take_lines(self, count: int) -> NDArray[np.bool_]:
        """The next `count` samples, (n_channels, count, n_lines)."""
        if not count:  # nothing may have begun
            return self._no_states(0)
        period_ns = self.task.timing.period_ns
        t0_ns = self.task.first_sample_ns() + self.read_index * period_ns
        states = self._states(t0_ns, period_ns, count)
        self.read_index += count
        return states

    def one_sample(self) -> NDArray[np.bool_]:
        """A software-timed sample, (n_channels, 1, n_lines)."""
        with self.task.on.lab.lock:
            return self._states(self.task.on.sync() - 1, 1, 1)

    def _states(self, t0_ns: TimeNs, period_ns: TimeNs, count: int) -> NDArray[np.bool_]:
        channels, card = self.task.channels, self.task.on
        states = self._no_states(count).transpose(0, 2, 1)
        t_ns = t0_ns + np.arange(count, dtype=np.int64) * period_ns
        with card.lab.lock:
            for row, channel in enumerate(channels):
                for bit, line in enumerate(channel.lines):
                    states[row, bit] = card.terminals.states(line, t_ns)
        return states.transpose(0, 2, 1)

    def _no_states(self, count: int) -> NDArray[np.bool_]:
        channels = self.task.channels
        return np.zeros((len(channels), count, max(len(channel.lines) for channel in channels)), np.bool_)
