"""One output of the simulated generator: its amplitude, its expected load, its bursts, and the role that it drives."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rig.simulated.keysight.generator_shape import DEFAULT_ARB, Shape, exponential_rise
from rig.simulated.keysight.terminals import Terminal
from rig.simulated.lab import Lab
from sim.signal import Command, Signal
from sim.timebase import NS_PER_S, TimeNs, first_sample_at_or_after

SOURCE_OHM: Final = 50.0
GREATEST_EMF_V: Final = 10.0
"""Largest voltage of either sign behind the 50 ohm."""
LEAST_SPAN_V: Final = 2e-3
MOST_POINTS: Final = 1_000_000
LEAST_POINTS: Final = 8
_COARSE_HZ: Final = 100_000.0
_FINE_HZ: Final = 1_000_000.0
"""A waveform of over 100 kSa/s is shown to the device at 1 MHz, others at 100 kHz (design choice: devices look at their
sensors a thousand times a second)."""


@dataclass(slots=True)
class Burst:
    """Cycles on demand.

    Attributes:
        is_on: bursts instead of an endless waveform.
        cycle_count: of one burst; infinite for an endless one.
        period_s: between bursts that trigger by themselves.
    """

    is_on: bool = False
    cycle_count: float = 1.0
    period_s: float = 0.01


@dataclass(slots=True, eq=False)
class GeneratorOutput:
    """One output; whoever calls holds the lab's lock. Voltages are behind the 50 ohm (no load), as an input sees them.

    Attributes:
        lab: plant and clock.
        terminal: what it drives; None for an open connector.
        gain_ratio: voltage at the output over what is set.
        error_v: offset of the output, V.
        shape: what is played.
        burst: how often.
        emf_span_v: amplitude peak to peak, V.
        emf_offset_v: offset, V.
        load_ohm: load that the displayed voltages are for.
        is_on: output relay.
        trigger_source: `IMM`, `EXT` or `BUS`.
        memory: name -> points, -1 to +1.
        arb: name of the selected waveform.
    """

    lab: Lab
    terminal: Terminal | None
    gain_ratio: float = 1.0
    error_v: float = 0.0
    shape: Shape = field(default_factory=Shape)
    burst: Burst = field(default_factory=Burst)
    emf_span_v: float = 0.2
    emf_offset_v: float = 0.0
    load_ohm: float = SOURCE_OHM
    is_on: bool = False
    trigger_source: str = "IMM"
    memory: dict[str, NDArray[np.float64]] = field(default_factory=lambda: {DEFAULT_ARB: exponential_rise()})
    arb: str = DEFAULT_ARB
    _begun_ns: TimeNs | None = 0
    _shown: tuple[Shape, float, float] | None = None

    @property
    def display_ratio(self) -> float:
        """Displayed voltage over the one behind the 50 ohm: 0.5 for a load of 50 ohm, 1 for an infinite one."""
        return 1.0 if math.isinf(self.load_ohm) else self.load_ohm / (self.load_ohm + SOURCE_OHM)

    def takes(self, emf_span_v: float, emf_offset_v: float) -> bool:
        """True where the amplifier reaches these voltages; a steady voltage has no amplitude."""
        half = 0.0 if self.shape.name == "DC" else 0.5 * emf_span_v
        return abs(emf_offset_v) + half <= GREATEST_EMF_V * (1.0 + 1e-9)

    def restart(self) -> None:
        """Something that shapes the waveform was set: it begins anew; a burst waits for its trigger."""
        self._begun_ns = None if self.burst.is_on and self.trigger_source != "IMM" else self.lab.reached_ns

    def trigger(self, t_ns: TimeNs) -> bool:
        """Begin a burst at `t_ns`; False where one is under way, or none is asked for."""
        if not self.burst.is_on or self.is_busy(t_ns):
            return False
        self._begun_ns = t_ns
        return True

    def is_busy(self, t_ns: TimeNs) -> bool:
        """A burst is under way at `t_ns`."""
        if not (self.burst.is_on and self.is_on) or self._begun_ns is None or self.trigger_source == "IMM":
            return False
        return t_ns < self._begun_ns + self.burst.cycle_count * self.shape.cycle_ns

    def switch(self, *, on: bool) -> None:
        """Output relay; an output that is off leaves what it drives alone."""
        if on and not self.is_on:
            self.is_on = True
            self.restart()
            if self.terminal is not None:
                self.lab.drive(self)
        elif not on and self.is_on:
            self.is_on = False
            self.lab.release(self)

    def select(self, name: str) -> None:
        """Play this waveform of the memory where the shape is `ARB`."""
        self.arb, self.shape = name, replace(self.shape, point_values=self.memory[name])
        self.restart()

    def clear(self) -> None:
        """Forget every waveform; the one that comes with the generator is there again."""
        self.memory = {DEFAULT_ARB: exponential_rise()}
        self.select(DEFAULT_ARB)

    def voltage(self, t_ns: NDArray[np.float64]) -> NDArray[np.float64]:
        """V at the open output at instants (n,), ns."""
        return (self.emf_offset_v + 0.5 * self.emf_span_v * self._level(t_ns)) * self.gain_ratio + self.error_v

    def _level(self, t_ns: NDArray[np.float64]) -> NDArray[np.float64]:
        shape = self.shape
        if shape.name == "DC":
            return np.zeros(t_ns.size)
        if self._begun_ns is None:
            return np.full(t_ns.size, shape.first)
        since = t_ns - self._begun_ns
        cycles = since / shape.cycle_ns
        if not self.burst.is_on:
            return shape.at(np.maximum(cycles, 0.0))
        if self.trigger_source == "IMM":
            cycles = (since % (self.burst.period_s * NS_PER_S)) / shape.cycle_ns
        played = shape.at(np.maximum(cycles, 0.0))
        return np.where(cycles < 0.0, shape.first, np.where(cycles >= self.burst.cycle_count, shape.last, played))

    def signals(self, t0_ns: TimeNs, t1_ns: TimeNs) -> Mapping[str, Signal]:
        """What the device's input sees of it."""
        if self.terminal is None or not self.is_on:
            return {}
        rate_hz = _FINE_HZ if self.shape.name == "ARB" and self.shape.point_rate_hz > _COARSE_HZ else _COARSE_HZ
        period_ns = round(NS_PER_S / rate_hz)
        first, last = (first_sample_at_or_after(t_ns, period_ns) for t_ns in (t0_ns, t1_ns))
        volts = self.voltage(np.arange(first, last, dtype=np.float64) * period_ns)
        unit = "V" if self.terminal.role == "heel_switch" else ""
        return {self.terminal.role: Signal(volts / self.terminal.volts_per_unit, first * period_ns, rate_hz, unit)}

    def commands(self, t0_ns: TimeNs, t1_ns: TimeNs) -> Sequence[Command]:
        """None."""
        del t0_ns, t1_ns
        return ()
