"""The pulses of a run in time order, over every stimulation channel: found in the waveforms, or as delivered."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rig.bench import Bench, Capture
from rig.felt import felt
from rig.finder import PulseFinder
from rig.peak_voltage import PeakVoltage
from scenarios.case import Case
from sim.pulse import PULSE_DTYPE, joined_pulses
from sim.timebase import NS_PER_S, TimeNs


class PulseSource:
    """The pulses of a capture: found in its waveforms, or, where none is kept, as the plant delivered them.

    A pulse is known when it has ended, and another channel may still be busy with one that began before it. So a pulse
    is held back until no earlier one can come: what `find` gives lies before what it gives next.

    Args:
        case: what is asked.
        bench: an opened bench.
    """

    def __init__(self, case: Case, bench: Bench) -> None:
        self._finders: dict[str, PulseFinder] = {}
        self._voltages: dict[str, PeakVoltage] = {}
        self._case, self._bench = case, bench
        self._held = np.empty(0, PULSE_DTYPE)

    def find(self, capture: Capture) -> tuple[NDArray[Any], TimeNs]:
        """New pulses in time order, and the instant before which every pulse is known (the least of all channels)."""
        if capture.delivered is not None:
            return self._in_order(capture.delivered, capture.delivered_until_ns), capture.delivered_until_ns
        for t0_ns, t1_ns in capture.quality.gaps:
            for finder in self._finders.values():
                finder.lost(t0_ns, t1_ns)
        found = [self._fed(role, capture) for role in capture.waveforms if is_current(role)]
        settled_ns = min((finder.settled_ns for finder in self._finders.values()), default=capture.t1_ns)
        return self._in_order(joined_pulses(found), settled_ns), settled_ns

    def _fed(self, role: str, capture: Capture) -> NDArray[Any]:
        """The pulses that a current tells, with the peaks of its voltage."""
        finder, voltage = self._finder(role), self._voltage(role)
        pulses = finder.feed(capture.waveforms[role])
        signal = capture.waveforms.get(voltage_of(role))
        if signal is not None:
            voltage.feed(signal, capture.quality.gaps)
            voltage.fill(pulses)
            voltage.forget(finder.settled_ns)
        return pulses

    def felt(self, pulses: NDArray[Any]) -> NDArray[Any]:
        """The pulses as the nerve feels them."""
        range_a = min((a.range for role, a in self._bench.accuracy().items() if is_current(role)), default=0.0)
        return felt(pulses, range_a, self._case.device.programmed.get("pulse_width"))

    def finish(self) -> NDArray[Any]:
        """Pulses still open or held back at the end of the run."""
        rest = [finder.finish() for finder in self._finders.values()]
        for role, pulses in zip(self._finders, rest, strict=True):
            self._voltage(role).fill(pulses)
        return self._in_order(joined_pulses(rest), None)

    def _in_order(self, pulses: NDArray[Any], settled_ns: TimeNs | None) -> NDArray[Any]:
        """The pulses that nothing can precede any more, in time order; the others are kept for later."""
        if self._case.device.channels == 1:
            return pulses
        waiting = joined_pulses([self._held, pulses])
        waiting = waiting[np.argsort(waiting["t_s"], kind="stable")]
        ready = waiting.size
        if settled_ns is not None:
            ready = int(np.searchsorted(waiting["t_s"], settled_ns / NS_PER_S, "left"))
        self._held = waiting[ready:]
        return waiting[:ready]

    def _finder(self, role: str) -> PulseFinder:
        if role not in self._finders:
            accuracy = self._bench.accuracy()[role]
            channel = int(role.partition(".")[2] or 1)
            self._finders[role] = PulseFinder.for_channel(accuracy, channel)
        return self._finders[role]

    def _voltage(self, role: str) -> PeakVoltage:
        return self._voltages.setdefault(role, PeakVoltage())


def voltage_of(role: str) -> str:
    """Role of the voltage of the channel whose current has this role."""
    return role.replace("current", "voltage", 1)


def is_current(role: str) -> bool:
    """True for a captured current, of whatever channel."""
    return role.partition(".")[0] == "current"
