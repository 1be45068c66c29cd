"""How a stimulator reads its heel switch: ticks of its own clock, hysteresis, debounce.

The ticks of a whole block are scanned compiled; SimPy hears of the changes only.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.compiled import compiled
from sim.kernel import Kernel, Phase
from sim.signal import Signal
from sim.stimulator.clock import DeviceClock
from sim.timebase import TimeNs

SCAN_DTYPE: Final = np.dtype(
    [("tick", np.int64), ("state", np.int64), ("count", np.int64), ("held_v", np.float64)], align=True
)
"""Where a scan stands: next tick, debounced state (-1 unknown, 0 open, 1 closed), ticks that speak for the other
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
    open_below_v: float,
    close_above_v: float,
    needed: int,
    changes: NDArray[np.int64],
) -> int:
    """Read the switch at every tick before `until_ns`.

    Args:
        scans: (1,) of `SCAN_DTYPE`; written.
        until_ns: end of the scan, not included.
        phase_ns: instant of tick 0.
        period_ns: rig time between ticks, ns.
        samples: (n,) switch signal, V; a sample holds until the next one.
        t0_ns: instant of the first sample.
        sample_ns: sample period.
        open_below_v: the switch is open below it, V.
        close_above_v: the switch is closed above it, V.
        needed: ticks in a row that make a change.
        changes: (m, 2) instant and new state; written.

    Returns:
        Number of changes; the scan stops early where `changes` is full.
    """
    scan = scans[0]
    tick = scan["tick"]
    state = scan["state"]
    count = scan["count"]
    held_v = scan["held_v"]
    n = samples.shape[0]
    found = 0
    while found < changes.shape[0]:
        t_ns = phase_ns + np.int64(np.rint(tick * period_ns))
        if t_ns >= until_ns:
            break
        tick += 1
        value = held_v
        if t_ns >= t0_ns and n > 0:
            value = samples[min(n - 1, (t_ns - t0_ns) // sample_ns)]
        says = 0 if value < open_below_v else (1 if value > close_above_v else state)
        if state < 0:
            state = 1 if value > close_above_v else (0 if value < open_below_v else -1)
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
class SwitchReading:
    """How the switch is read.

    Attributes:
        tick_s: time between two looks, s, in the device's time.
        open_below_v: lower threshold, V.
        close_above_v: upper threshold, V.
        debounce_s: how long a new state must last, s.
    """

    tick_s: float
    open_below_v: float
    close_above_v: float
    debounce_s: float


class HeelInput:
    """The heel switch as the device knows it.

    Args:
        kernel: event kernel of the device.
        clock: the device's clock.
        reading: thresholds and times; may be replaced between scans.
    """

    def __init__(self, kernel: Kernel, clock: DeviceClock, reading: SwitchReading) -> None:
        self.reading = reading
        self.is_open = False
        self.opened = kernel.event()
        self.closed = kernel.event()
        self._known = False
        self._kernel = kernel
        self._clock = clock
        self._scans: NDArray[Any] = np.zeros(1, SCAN_DTYPE)
        self._scans[0]["state"] = -1
        self._scans[0]["held_v"] = np.nan
        self._changes = np.zeros((64, 2), np.int64)

    def scan(self, signal: Signal | None, until_ns: TimeNs) -> None:
        """Read `signal` at the ticks before `until_ns` and announce what changes.

        Args:
            signal: samples; None or empty where the last one still holds.
            until_ns: end, not included.
        """
        samples, t0_ns, sample_ns = np.zeros(0), 0, 1
        if signal is not None and len(signal.samples):
            plain = signal.scale == 1.0 and signal.offset == 0.0 and signal.samples.dtype == np.float64
            samples = signal.samples if plain else signal.values()
            t0_ns, sample_ns = signal.t0_ns, signal.period_ns
        reading = self.reading
        needed = max(1, round(reading.debounce_s / reading.tick_s))
        period_ns = self._clock.rig_ns(reading.tick_s)
        while True:
            found = scan_ticks(
                self._scans, until_ns, self._clock.phase_ns, period_ns, samples, t0_ns, sample_ns,
                reading.open_below_v, reading.close_above_v, needed, self._changes,
            )  # fmt: skip
            for t_ns, state in self._changes[:found].tolist():
                self._kernel.at(t_ns, Phase.SENSE, partial(self._changed, state == 0))
            if found < len(self._changes):
                return

    def hold(self, signal: Signal | None) -> None:
        """Keep the last sample of a block: a tick just after its end still reads it."""
        if signal is not None and len(signal.samples):
            self._scans[0]["held_v"] = float(signal.samples[-1]) * signal.scale + signal.offset

    def _changed(self, is_open: bool) -> None:
        first = not self._known
        self._known = True
        self.is_open = is_open
        if first:  # what the switch shows at power-up is no step
            return
        if is_open:
            self.opened, event = self._kernel.event(), self.opened
        else:
            self.closed, event = self._kernel.event(), self.closed
        event.succeed()
