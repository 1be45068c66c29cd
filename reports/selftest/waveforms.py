"""Reference waveforms: what a calibrated source would send, exact to the nanosecond, and what must be found in them.

Source of the charges: regulatory.md 5.3, remedy 4 (exactly balanced, +10 nC, +100 nC, +1 uC). Device and sample clock
are asynchronous: the period is no whole number of samples.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from sim.edges import EDGE_DTYPE, Edges
from sim.timebase import NS_PER_S, TimeNs, ns_from_s

LOAD_OHM: Final = 500.0
_QUIET_NS: Final = 20_000_000
_OFF_GRID_NS: Final = 137
_TAILS: Final = 20.0


@dataclass(frozen=True, slots=True)
class Reference:
    """Rectangular biphasic pulses, or a rectangular phase with a capacitor's tail.

    Attributes:
        name: short.
        current_a: of phase 1.
        width_s: of phase 1; phase 2 is as long, and as high as the net charge asks.
        gap_s: between the phases.
        rate_hz: about; the period is rounded off the grid.
        net_c: left behind by every pulse.
        dc_a: between the pulses too.
        tail_tau_s: time constant of the tail that takes the place of phase 2; 0 for none.
        pulses: how many.
    """

    name: str
    current_a: float = 20e-3
    width_s: float = 300e-6
    gap_s: float = 100e-6
    rate_hz: float = 100.0
    net_c: float = 0.0
    dc_a: float = 0.0
    tail_tau_s: float = 0.0
    pulses: int = 24

    @property
    def period_ns(self) -> TimeNs:
        """From pulse to pulse."""
        return round(NS_PER_S / self.rate_hz) + _OFF_GRID_NS

    @property
    def length_ns(self) -> TimeNs:
        """Of the record."""
        return 2 * _QUIET_NS + self.pulses * self.period_ns

    def scaled(self, part: float) -> "Reference":
        """The same with currents and charges times `part`."""
        return replace(self, current_a=self.current_a * part, net_c=self.net_c * part, dc_a=self.dc_a * part)

    def truth(self) -> dict[str, float]:
        """Measure -> what it must find, SI.

        The end of a tail, below the band of the baseline, is a current between the pulses: there `dc` has no truth.
        """
        width_s = ns_from_s(self.width_s) / NS_PER_S
        found = {
            "phase_current": self.current_a,
            "pulse_width": width_s,
            "phase_charge": self.current_a * width_s,
            "net_charge": self.net_c,
            "rate": NS_PER_S / self.period_ns,
        }
        if self.tail_tau_s <= 0.0:
            found["dc"] = self.dc_a
            found["interphase_gap"] = ns_from_s(self.gap_s) / NS_PER_S
        return found


def edges_of(reference: Reference, begin_ns: TimeNs = 0) -> Edges:
    """Current and voltage of a reference into `LOAD_OHM`, exact, from `begin_ns` on."""
    rows: list[tuple[float, float, float]] = [(begin_ns, 0.0, 0.0)]
    width_ns, gap_ns = ns_from_s(reference.width_s), ns_from_s(reference.gap_s)
    charge_c = reference.current_a * width_ns / NS_PER_S - reference.net_c
    tau_s = reference.tail_tau_s
    for k in range(reference.pulses):
        start = begin_ns + _QUIET_NS + k * reference.period_ns
        rows.append((start, reference.current_a, 0.0))
        if tau_s > 0.0:
            end = start + width_ns
            stop = min(end + ns_from_s(_TAILS * tau_s), start + reference.period_ns)
            done = -np.expm1(-(stop - end) / NS_PER_S / tau_s)
            rows.append((end, 0.0, -charge_c / (tau_s * done)))
            rows.append((stop, 0.0, 0.0))
        else:
            second = start + width_ns + gap_ns
            if gap_ns:
                rows.append((start + width_ns, 0.0, 0.0))
            rows.append((second, -charge_c / width_ns * NS_PER_S, 0.0))
            rows.append((second + width_ns, 0.0, 0.0))
    return Edges(begin_ns, begin_ns + reference.length_ns, (_table(rows, reference.dc_a, tau_s or 1e-3),))


def level_edges(current_a: float, voltage_v: float, t0_ns: TimeNs, t1_ns: TimeNs) -> Edges:
    """A steady level: what a shorted input or a reference source gives."""
    table = np.zeros(1, EDGE_DTYPE)
    table["t_ns"], table["i_a"], table["v_v"], table["tau_s"] = t0_ns, current_a, voltage_v, 1e-3
    return Edges(t0_ns, t1_ns, (table,))


def _table(rows: list[tuple[float, float, float]], dc_a: float, tau_s: float) -> np.ndarray:
    table = np.zeros(len(rows), EDGE_DTYPE)
    values = np.array(rows)
    table["t_ns"] = [row[0] for row in rows]
    table["i_a"], table["i_b_a"], table["tau_s"] = values[:, 1] + dc_a, values[:, 2], tau_s
    table["v_v"], table["v_b_v"] = table["i_a"] * LOAD_OHM, table["i_b_a"] * LOAD_OHM
    return table


QUICK: Final = (
    Reference("balanced", pulses=16),
    Reference("+100 nC, tail of a capacitor", net_c=100e-9, tail_tau_s=0.4e-3, pulses=16),
)
"""What every run tries."""

FULL: Final = (
    Reference("balanced"),
    Reference("+10 nC", net_c=10e-9),
    Reference("+100 nC", net_c=100e-9),
    Reference("+1 µC", net_c=1e-6),
    Reference("0.4 µA d.c.", dc_a=0.4e-6),
    Reference("10 µA d.c.", dc_a=10e-6),
    Reference("10 µs, 100 Hz", width_s=10e-6, gap_s=20e-6),
    Reference("50 µs, 20 Hz", width_s=50e-6, gap_s=50e-6, rate_hz=20.0),
    Reference("1000 µs, 40 Hz", current_a=10e-3, width_s=1000e-6, gap_s=200e-6, rate_hz=40.0),
    Reference("1 Hz", rate_hz=1.0, pulses=4),
    Reference("no gap", gap_s=0.0, current_a=30e-3),
    Reference("capacitor's tail", tail_tau_s=0.4e-3),
    Reference("capacitor's tail, +100 nC", tail_tau_s=0.4e-3, net_c=100e-9),
)
"""What `stimrig selftest --full` tries."""
