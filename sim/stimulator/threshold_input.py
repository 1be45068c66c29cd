"""How a stimulator reads a signal with two thresholds: ticks of its own clock, hysteresis, debounce.

The ticks of a whole block are scanned compiled; SimPy hears of the changes only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.compiled import compiled
from sim.kernel import Kernel
from sim.signal import Signal
from sim.stimulator.clock import DeviceClock
from sim.stimulator.trigger import Trigger, last_value, samples_of
from sim.timebase import TimeNs

SCAN_DTYPE: Final = np.dtype(
    [("tick", np.int64), ("state", np.int64), ("count", np.int64), ("held_value", np.float64)], align=True
)
"""Where a scan stands: next tick, debounced state (-1 unknown, 0 below, 1 above), ticks that speak for the other
state, value that holds before the next sample."""


@compiled
def scan_ticks(
    scans: NDArray[Any],
    until_ns: int,
    phase_ns: int,
    period_ns: float,
    samples: NDArray[np.float64],
    t0_ns: int,
    sample_ns: int,
    below_value: float,
    above_value: float,
    needed: int,
    changes: NDArray[np.int64],
) -> int:
    """Read the signal at every tick before `until_ns`.

    Args:
        scans: (1,) of `SCAN_DTYPE`; written.
        until_ns: end of the scan, not included.
        phase_ns: instant of tick 0.
        period_ns: rig time between ticks, ns.
        samples: (n,) signal; a sample holds until the next one.
        t0_ns: instant of the first sample.
        sample_ns: sample period.
        below_value: state 0 below it.
        above_value: state 1 above it.
        needed: ticks in a row that make a change.
        changes: (m, 2) instant and new state; written.

    Returns:
        Number of changes; the scan stops early where `changes` is full.
    """
    scan = scans[0]
    tick = scan["tick"]
    state = scan["state"]
    count = scan["count"]
    held_value = scan["held_value"]
    n = samples.shape[0]
    found = 0
    while found < changes.shape[0]:
        t_ns = phase_ns + np.int64(np.rint(tick * period_ns))
        if t_ns >= until_ns:
            break
        tick += 1
        value = held_value
        if t_ns >= t0_ns and n > 0:
            value = samples[min(n - 1, (t_ns - t0_ns) // sample_ns)]
        says = 0 if value < below_value else (1 if value > above_value else state)
        if state < 0:
            state = 1 if value > above_value else (0 if value < below_value else -1)
            if state >= 0:
                changes[found, 0] = t_ns
                changes[found, 1] = state
                found += 1
            continue
        count = count + 1 if says != state else 0
        if count >= needed:
            state = says
            count = 0
            changes[found, 0] = t_ns
            changes[found, 1] = state
            found += 1
    scan["tick"] = tick
    scan["state"] = state
    scan["count"] = count
    return found


@dataclass(frozen=True, slots=True)
class Thresholds:
    """How the signal is read; thresholds in its unit.

    Attributes:
        tick_s: time between two looks, s, in the device's time.
        below_value: the leg asks for stimulation below it.
        above_value: it asks for none above it.
        debounce_s: how long a new state must last, s.
    """

    tick_s: float
    below_value: float
    above_value: float
    debounce_s: float


def debounced_s(debounce_s: float, doses: Mapping[str, float]) -> float:
    """Debounce time with what the seeded defects make of it, s."""
    return debounce_s * (1.0 - doses["short_debounce"]) + doses["slow_filter"]


class ThresholdInput(Trigger):
    """A trigger that is on while a signal is low: an open heel switch, a shank that leans back.

    Args:
        kernel: event kernel of the device.
        clock: the device's clock.
        role: signal that it reads.
        thresholds: and times; may be replaced between scans.
    """

    def __init__(self, kernel: Kernel, clock: DeviceClock, role: str, thresholds: Thresholds) -> None:
        super().__init__(kernel)
        self.thresholds = thresholds
        self._role = role
        self._clock = clock
        self._scans: NDArray[Any] = np.zeros(1, SCAN_DTYPE)
        self._scans[0]["state"] = -1
        self._scans[0]["held_value"] = np.nan
        self._changes = np.zeros((64, 2), np.int64)

    def scan(self, signals: Mapping[str, Signal], until_ns: TimeNs) -> None:
        """Read the signal at the ticks before `until_ns` and announce what changes."""
        samples, t0_ns, sample_ns = samples_of(signals.get(self._role))
        thresholds = self.thresholds
        needed = max(1, round(thresholds.debounce_s / thresholds.tick_s))
        period_ns = self._clock.rig_ns(thresholds.tick_s)
        while True:
            found = scan_ticks(
                self._scans, until_ns, self._clock.phase_ns, period_ns, samples, t0_ns, sample_ns,
                thresholds.below_value, thresholds.above_value, needed, self._changes,
            )  # fmt: skip
            for t_ns, state in self._changes[:found].tolist():
                self.announce(t_ns, is_on=state == 0)
            if found < len(self._changes):
                return

    def hold(self, signals: Mapping[str, Signal]) -> None:
        """Keep the last sample of a block: a tick just after its end still reads it."""
        signal = signals.get(self._role)
        if signal is not None and len(signal.samples):
            self._scans[0]["held_value"] = last_value(signal)
