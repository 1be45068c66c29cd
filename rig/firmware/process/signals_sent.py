"""Which samples of its terminals a device process has, so that none crosses the pipe twice."""

from collections.abc import Mapping

import numpy as np

from rig.firmware.process.wire_requests import SampledTerminal
from sim.signal import Signal


class SignalsSent:
    """The latest samples of every terminal, and whether this process has them."""

    def __init__(self) -> None:
        self._latest: dict[str, Signal] = {}
        self._sent: dict[str, Signal] = {}

    def know(self, signals: Mapping[str, Signal]) -> None:
        """These samples are known now; a block without any leaves the last ones standing."""
        for name, signal in signals.items():
            if len(signal.samples):
                self._latest[name] = signal

    def forget_sent(self) -> None:
        """A new process begins, which has none."""
        self._sent.clear()

    def take_fresh(self) -> tuple[SampledTerminal, ...]:
        """What the process does not have yet."""
        fresh = [(name, signal) for name, signal in self._latest.items() if self._sent.get(name) is not signal]
        self._sent.update(fresh)
        return tuple(
            SampledTerminal(name, signal.t0_ns, signal.period_ns, np.asarray(signal.values(), "<f8").tobytes())
            for name, signal in fresh
        )
