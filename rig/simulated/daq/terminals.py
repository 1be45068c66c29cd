"""Digital terminals: the edges that a counter counts and a trigger waits for."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rig.simulated.daq.counter_terminals import counter_at
from rig.simulated.daq.errors import not_simulated
from rig.simulated.daq.held import Held
from rig.simulated.daq.names import key_of
from rig.simulated.daq.trigger import RISING, Trigger
from sim.front_end_settings import quantity_of
from sim.timebase import TimeNs

if TYPE_CHECKING:
    from rig.simulated.daq.card import SimulatedCard


class Terminals:
    """The terminals of one card.

    Args:
        card: whose wiring and outputs they show.
    """

    def __init__(self, card: "SimulatedCard") -> None:
        self._card = card
        self._device: dict[str, Held] = {}
        self._looked_ns: TimeNs = 0

    def edges(self, name: str, t0_ns: TimeNs, t1_ns: TimeNs) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Edges in [t0_ns, t1_ns): instants (n,), ns, and whether each rises (n,).

        A terminal is an output of the card itself, or is wired to one, or to a line of the device, or through a
        comparator to an analogue role.

        Raises:
            DaqmxError: -200452, nothing is wired there.
        """
        wire = self._card.wiring.at(name)
        if wire is None or self._is_port(wire.role):
            t_ns, rising = self._output_edges(name if wire is None else wire.role, t0_ns, t1_ns)
        elif self.is_line(wire.role):
            found = [(t, bool(state)) for t, role, state in self._card.lab.lines(t0_ns, t1_ns) if role == wire.role]
            t_ns = np.array([t for t, _ in found], np.int64)
            rising = np.array([state for _, state in found], np.bool_)
        else:
            t_ns, rising = self._card.lab.crossings(wire.role, wire.level, t0_ns, t1_ns)
        return t_ns, ~rising if wire is not None and wire.invert else rising

    def _output_edges(self, name: str, t0_ns: TimeNs, t1_ns: TimeNs) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Edges of an output of the card; -200452 where the name is none."""
        held = self._output(name)
        if held is None and not self._is_port(key_of(name)):
            raise not_simulated(f"edges at {name}: nothing is wired there")
        changes = [] if held is None else held.changes(t0_ns, t1_ns)
        t_ns, states = [t for t, _ in changes], [value > 0.5 for _, value in changes]
        return np.array(t_ns, np.int64), np.array(states, np.bool_)

    def _output(self, name: str) -> Held | None:
        """What an output of the card holds: a line, or the pulses of a counter at its terminal."""
        key = key_of(name)
        return self._card.outputs.driven(counter_at(key) or key)

    def states(self, name: str, t_ns: NDArray[np.int64]) -> NDArray[np.bool_]:
        """States (n,) at instants (n,) in time order; a line that nothing is wired to and nobody drives is low."""
        wire = self._card.wiring.at(name)
        if wire is None or (wire.is_line and not self.is_line(wire.role) and not self._is_port(wire.role)):
            held = self._output(name)
            return np.zeros(t_ns.size, np.bool_) if held is None else held.at(t_ns) > 0.5
        if self._is_port(wire.role):
            held = self._output(wire.role)
            states = np.zeros(t_ns.size, np.bool_) if held is None else held.at(t_ns) > 0.5
        elif self.is_line(wire.role):
            states = self._line(wire.role, int(t_ns[-1]) + 1).at(t_ns) > 0.5
        else:
            first_ns = int(t_ns[0])
            began = self._card.lab.values(wire.role, first_ns, 1, 1)[0] >= wire.level
            edges_ns, rising = self._card.lab.crossings(wire.role, wire.level, first_ns + 1, int(t_ns[-1]) + 1)
            after = np.concatenate([[began], rising])
            states = after[np.searchsorted(edges_ns, t_ns, "right")]
        return states != wire.invert

    def reference_v(self) -> float | None:
        """What a relay connects every input to now: 0 V, or the reference source; None where they see their signals."""
        for wire in self._card.wiring.all:
            held = self._card.outputs.driven(wire.port) if wire.role in {"zero", "span"} else None
            if held is not None and (held.last > 0.5) != wire.invert:
                return wire.level if wire.role == "span" else 0.0
        return None

    def _line(self, role: str, until_ns: TimeNs) -> Held:
        """A line of the device as far as it has been looked at."""
        if until_ns > self._looked_ns:
            for t_ns, changed, state in self._card.lab.lines(self._looked_ns, until_ns):
                self._device.setdefault(changed, Held()).put(t_ns, float(state))
            self._looked_ns = until_ns
        return self._device.setdefault(role, Held())

    def first(self, trigger: Trigger, t0_ns: TimeNs, t1_ns: TimeNs) -> TimeNs | None:
        """First edge in [t0_ns, t1_ns) that a trigger waits for."""
        if t1_ns <= t0_ns:
            return None
        if trigger.level_v is None:
            t_ns, rising = self.edges(trigger.source, t0_ns, t1_ns)
        else:
            t_ns, rising = self._analog_edges(trigger.source, trigger.level_v, t0_ns, t1_ns)
        found = t_ns[rising == (trigger.edge == RISING)]
        return int(found[0]) if found.size else None

    def _analog_edges(
        self, name: str, level_v: float, t0_ns: TimeNs, t1_ns: TimeNs
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Edges of an analogue input at a level, V; the trigger circuit sees the input without filter and noise."""
        wire = self._card.wiring.at(name)
        if wire is None or self._is_port(wire.role):
            raise not_simulated(f"an analogue trigger at {name}: no role is wired there")
        volts_per_unit = wire.volts_per_unit
        if quantity_of(wire.role) in {"current", "voltage"}:
            volts_per_unit = self._card.front_end.volts_per_unit(wire.role)
        level = (level_v - wire.offset_v) / volts_per_unit
        t_ns, rising = self._card.lab.crossings(wire.role, level, t0_ns, t1_ns)
        return t_ns, rising if volts_per_unit > 0.0 else ~rising

    @staticmethod
    def _is_port(role: str) -> bool:
        return role.startswith(("ao", "port", "ctr", "Ctr"))

    @staticmethod
    def is_line(role: str) -> bool:
        """True for a two-state line of the device."""
        return role == "status" or role.startswith("indicator.")
