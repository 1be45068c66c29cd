"""One output of the simulated supply: it slews, limits its current, protects, and trips."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rig.simulated.keysight.supply_load import device_current_a
from rig.simulated.keysight.supply_model import OutputRange, SupplyModel
from rig.simulated.lab import Lab
from sim.signal import Command
from sim.streams import Streams
from sim.timebase import NS_PER_MS, NS_PER_S, TimeNs, first_sample_at_or_after, ns_from_s

TICK_NS: Final = NS_PER_MS // 2
"""A slewing output reaches the device as steps of half a millisecond (design choice)."""
REGULATION_NS: Final = 10 * NS_PER_MS
"""The current is looked at over windows of 10 ms; what follows from one happens at the end of the next (design choice:
so no cut of the time axis into blocks of 10 ms or less can change it)."""
_SETTLED_V: Final = 2e-4


@dataclass(frozen=True, slots=True)
class OutputErrors:
    """Of this very output.

    Attributes:
        set_gain_ratio: relative error of what is set.
        set_offset_v: and its offset.
        read_gain_ratio: relative error of a reading.
        read_offset_v: and its offset, V.
        read_offset_a: and its offset, A.
    """

    set_gain_ratio: float
    set_offset_v: float
    read_gain_ratio: float
    read_offset_v: float
    read_offset_a: float


def output_errors(model: SupplyModel, number: int, streams: Streams) -> OutputErrors:
    """Drawn once from the seed."""
    draw = streams.generator(f"supply.output {number}.errors").uniform(-1.0, 1.0, 5)
    bounds = (
        model.set_gain_bound_ratio,
        model.set_offset_bound_v,
        model.read_gain_bound_ratio,
        model.read_offset_bound_v,
        model.read_offset_bound_a,
    )
    return OutputErrors(*(float(part) * bound for part, bound in zip(draw, bounds, strict=True)))


class SupplyOutput:
    """One output; whoever calls holds the lab's lock.

    Args:
        lab: plant and clock.
        range_: what can be set.
        errors: of this output.
        slew_tau_s: time constant of its voltage, s.
        feeds_device: True where it is wired to the device's supply.
    """

    def __init__(
        self, lab: Lab, range_: OutputRange, errors: OutputErrors, slew_tau_s: float, *, feeds_device: bool
    ) -> None:
        self._lab, self.range, self.errors = lab, range_, errors
        self._tau_ns, self._feeds_device = slew_tau_s * NS_PER_S, feeds_device
        self._from_v, self._from_ns, self._target_v = 0.0, 0, 0.0
        self._sent_v: float | None = None
        self._was_switched_on = False
        self._over_since: TimeNs | None = None
        self.trip = ""
        self.reset(0)

    def reset(self, t_ns: TimeNs) -> None:
        """As after `*RST` at `t_ns`: off, 0 V."""
        self.set_v, self.limit_a = 0.0, 0.1 if self.range.most_a > 2.0 else self.range.most_a / 1.03 * 0.1
        self.is_on, self.trip = False, ""
        self.protect_v, self.protects_voltage = self.range.most_protect_v, True
        self.protects_current, self.protect_delay_s = False, 0.02
        self.held_ratio, self._over_since = 1.0, None
        self._aim(t_ns)

    def set_voltage(self, t_ns: TimeNs, voltage_v: float) -> None:
        """Another voltage from `t_ns` on."""
        self.set_v = voltage_v
        self._aim(t_ns)

    def switch(self, t_ns: TimeNs, *, on: bool) -> None:
        """Output on or off; one that has tripped stays off until it is cleared."""
        self.is_on = on and not self.trip
        self._was_switched_on |= self.is_on
        self._aim(t_ns)

    def clear_trip(self) -> None:
        """Forget why the output went off."""
        self.trip = ""

    def _aim(self, t_ns: TimeNs) -> None:
        now_v = self.level_v(t_ns)
        wanted = self.set_v * self.held_ratio
        exact = wanted * (1.0 + self.errors.set_gain_ratio) + self.errors.set_offset_v if wanted > 0.0 else 0.0
        self._from_v, self._from_ns = now_v, t_ns
        self._target_v = max(0.0, exact) if self.is_on else 0.0

    def level_v(self, t_ns: TimeNs) -> float:
        """Voltage at the terminals, V."""
        since_ns = max(0, t_ns - self._from_ns)
        level = self._target_v + (self._from_v - self._target_v) * math.exp(-since_ns / self._tau_ns)
        return self._target_v if abs(level - self._target_v) < _SETTLED_V else level

    @property
    def limits_current(self) -> bool:
        """True while the current limit holds the voltage down."""
        return self.held_ratio < 1.0

    def commands(self, t0_ns: TimeNs, t1_ns: TimeNs) -> Iterator[Command]:
        """What the device's supply does in [t0_ns, t1_ns)."""
        for tick in range(first_sample_at_or_after(t0_ns, TICK_NS), first_sample_at_or_after(t1_ns, TICK_NS)):
            t_ns = tick * TICK_NS
            if t_ns % REGULATION_NS == 0 and self._feeds_device and self.is_on:
                self._regulate(t_ns, t0_ns)
            level = self.level_v(t_ns)
            if self.is_on and self.protects_voltage and level > self.protect_v:
                self.trip, self.is_on = "voltage", False
                self._aim(t_ns)
            if self._feeds_device and self._was_switched_on and level != self._sent_v:
                self._sent_v = level
                yield Command(t_ns, "supply", level)

    def _regulate(self, t_ns: TimeNs, lived_ns: TimeNs) -> None:
        """Hold the current at its limit: the device is taken for the resistance that it showed a window ago."""
        end_ns = t_ns - REGULATION_NS
        begin_ns = max(end_ns - REGULATION_NS, 0)
        if end_ns > lived_ns or end_ns <= begin_ns:
            return
        asked_a = device_current_a(self._lab, begin_ns, end_ns, self.set_v)
        is_over = asked_a > self.limit_a
        if is_over and self.protects_current:
            self._over_since = begin_ns if self._over_since is None else self._over_since
            if t_ns - self._over_since >= ns_from_s(self.protect_delay_s):
                self.trip, self.is_on, self._over_since = "current", False, None
                self._aim(t_ns)
            return
        self._over_since = None
        ratio = self.limit_a / asked_a if is_over else 1.0
        if ratio != self.held_ratio:
            self.held_ratio = ratio
            self._aim(t_ns)

    def read_v(self, t0_ns: TimeNs, t1_ns: TimeNs) -> float:
        """Mean voltage over a span, as the supply reads it."""
        steps = max(1, (t1_ns - t0_ns) // TICK_NS)
        mean = sum(self.level_v(t0_ns + k * TICK_NS) for k in range(steps)) / steps
        return mean * (1.0 + self.errors.read_gain_ratio) + self.errors.read_offset_v

    def read_a(self, t0_ns: TimeNs, t1_ns: TimeNs) -> float:
        """Mean current over a span, as the supply reads it; an output that feeds nothing reads its offset."""
        level = self.level_v(t1_ns)
        taken = device_current_a(self._lab, t0_ns, t1_ns, level) if self._feeds_device and self.is_on else 0.0
        taken = min(taken, max(self.limit_a, 0.0)) if self.limits_current else taken
        return taken * (1.0 + self.errors.read_gain_ratio) + self.errors.read_offset_a
