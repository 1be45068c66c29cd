"""A trigger: what a stimulator knows of the leg, on while the leg asks for stimulation."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import partial

import numpy as np
from numpy.typing import NDArray

from sim.kernel import Kernel, Phase
from sim.signal import Signal
from sim.timebase import TimeNs

_LONG_AGO_NS = -(10**12)
"""Before any run: no change of the trigger has been seen yet."""


class Trigger(ABC):
    """Turns sensor signals into two events that a device waits for: `on` and `off`.

    What it shows at power-up is no step: the first announcement triggers no event. It remembers when it last went on,
    when it went on before that, and when it last went off.

    Args:
        kernel: event kernel of the device.
    """

    def __init__(self, kernel: Kernel) -> None:
        self.is_on = False
        self.on_ns = self.on_before_ns = self.off_ns = _LONG_AGO_NS
        self.on = kernel.event()
        self.off = kernel.event()
        self._known = False
        self._kernel = kernel

    @abstractmethod
    def scan(self, signals: Mapping[str, Signal], until_ns: TimeNs) -> None:
        """Read the signals at the device's ticks before `until_ns` and announce what changes."""

    @abstractmethod
    def hold(self, signals: Mapping[str, Signal]) -> None:
        """The block of `signals` is over; their last samples hold until the next."""

    def announce(self, t_ns: TimeNs, *, is_on: bool) -> None:
        """Change the state at `t_ns`."""
        self._kernel.at(t_ns, Phase.SENSE, partial(self._changed, is_on))

    def _changed(self, is_on: bool) -> None:
        first = not self._known
        self._known = True
        self.is_on = is_on
        if first:
            return
        if is_on:
            self.on_before_ns, self.on_ns = self.on_ns, self._kernel.now_ns
            self.on, event = self._kernel.event(), self.on
        else:
            self.off_ns = self._kernel.now_ns
            self.off, event = self._kernel.event(), self.off
        event.succeed()


def samples_of(signal: Signal | None) -> tuple[NDArray[np.float64], TimeNs, TimeNs]:
    """Values, instant of the first and sample period of a signal; none where the last one still holds."""
    if signal is None or not len(signal.samples):
        return np.zeros(0), 0, 1
    plain = signal.scale == 1.0 and signal.offset == 0.0 and signal.samples.dtype == np.float64
    return (signal.samples if plain else signal.values()), signal.t0_ns, signal.period_ns


def last_value(signal: Signal) -> float:
    """Value of the last sample."""
    return float(signal.samples[-1]) * signal.scale + signal.offset
