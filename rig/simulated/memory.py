"""What a laboratory has seen: electrodes, inputs, lines and messages of at least the last minute."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rig.simulated.history import EdgeHistory, EventHistory, HeldHistory, Segments, nothing_from
from rig.simulated.rest import nominal_supply_v, rest_value
from scenarios.case import Case
from scenarios.roles import CHANNELLED, LINES, TO_DEVICE
from sim.edges import Edges
from sim.edges_value import find_crossings, sample_segments
from sim.errors import BenchError
from sim.signal import Command, Signal
from sim.timebase import TimeNs, s_from_ns

_PART: Final = "laboratory"
_REST_RATE_HZ: Final = 1000.0
_COMMANDED: Final = ("supply", "contact", "polarity")
"""Roles that an analogue output may carry and that reach the plant as commands."""


class Memory:
    """Histories of every role.

    Args:
        case: what lies on the bench.
    """

    def __init__(self, case: Case) -> None:
        self._case = case
        self._edges = [EdgeHistory() for _ in range(case.device.channels)]
        self._levels: dict[str, HeldHistory] = {}
        self._supply = HeldHistory(nominal_supply_v(case))
        self._supply_v, self._is_connected, self._supply_is_set = nominal_supply_v(case), True, False
        self._lines = {line: HeldHistory(0.0) for line in LINES}
        self._changes: EventHistory[tuple[str, int]] = EventHistory()
        self._told: EventHistory[str] = EventHistory()
        self._to_rest: set[str] = set()

    def device_goes(self, t_ns: TimeNs, case: Case, given: frozenset[str]) -> None:
        """The device leaves the bench at `t_ns`; that of `case` takes its place, off."""
        self._case = case
        self._dark(t_ns)
        while len(self._edges) < case.device.channels:
            self._edges.append(EdgeHistory())
        for role in case.sensor.roles:
            if role not in given and role in self._levels:
                self._levels[role].put(t_ns, rest_value(case, role))
        if not self._supply_is_set:
            self._supply_v = nominal_supply_v(case)
            self._supply.put(t_ns, self._supply_v if self._is_connected else 0.0)

    def device_comes(self, t_ns: TimeNs) -> None:
        """A device is switched on at `t_ns`; one that lived until then is gone."""
        self._dark(t_ns)

    def _dark(self, t_ns: TimeNs) -> None:
        for history in self._edges:
            history.append(nothing_from(t_ns))
        for line, history in self._lines.items():
            if history.last_value:
                self._changes.extend([(t_ns, (line, 0))])
                history.put(t_ns, 0.0)

    def rest(self, roles: Iterable[str]) -> None:
        """Nobody moves `roles` any more: they rest from the next block on."""
        self._to_rest.update(roles)

    def as_commands(self, signals: dict[str, Signal]) -> list[Command]:
        """Take the roles that reach the plant as commands out of `signals`: a command for each of their changes."""
        commands: list[Command] = []
        for role in [role for role in signals if role.partition(".")[0] in _COMMANDED]:
            signal = signals.pop(role)
            target, _, number = role.partition(".")
            for index in self._level(role).feed(signal).tolist():
                value = float(signal.samples[index]) * signal.scale + signal.offset
                instant_ns = signal.t0_ns + index * signal.period_ns
                channel = int(number or target in CHANNELLED)  # `contact` is that of channel 1, `supply` of the device
                commands.append(Command(instant_ns, target, _possible(target, value), channel))
        return commands

    def held(self, signals: Mapping[str, Signal], t_ns: TimeNs, roles: Iterable[str]) -> dict[str, Signal]:
        """One sample at `t_ns` of every role in `roles`; none at all where `signals` has one of each there."""
        begins = {
            role: signals[role].t0_ns == t_ns and signals[role].samples.size > 0 for role in roles if role in signals
        }
        if all(begins.get(role, False) for role in roles):
            return {}
        now = {
            role: float(signals[role].values()[0]) if begins.get(role, False) else self._level(role).last_value
            for role in roles
        }
        return {role: _one(role, value, t_ns) for role, value in now.items()}

    def at_rest(self, t_ns: TimeNs, signals: Mapping[str, Signal]) -> dict[str, Signal]:
        """One sample at `t_ns` of every role that comes to rest now."""
        resting = {
            role: _one(role, rest_value(self._case, role), t_ns) for role in self._to_rest if role not in signals
        }
        self._to_rest.clear()
        return resting

    def feed(self, signals: Mapping[str, Signal], commands: Iterable[Command]) -> None:
        """Remember what moved the inputs in one block."""
        for role, signal in signals.items():
            self._level(role).feed(signal)
        for command in commands:
            if command.target != "supply":
                continue
            if isinstance(command.value, str):
                self._is_connected = command.value == "on"
            else:
                self._supply_v, self._supply_is_set = float(command.value), True
            self._supply.put(command.t_ns, self._supply_v if self._is_connected else 0.0)

    def _level(self, role: str) -> HeldHistory:
        if role not in self._levels:
            self._levels[role] = HeldHistory(rest_value(self._case, role))
        return self._levels[role]

    def take(
        self,
        edges: Edges,
        lines: Iterable[tuple[TimeNs, str, int]],
        messages: Iterable[tuple[TimeNs, str]],
        shift_ns: TimeNs,
    ) -> None:
        """Remember what the device did in one block; its instants count from `shift_ns`."""
        for history, rows in zip(self._edges, edges.channels, strict=False):
            if shift_ns:
                rows["t_ns"] += shift_ns
            history.append(rows)
        for t_ns, line, state in lines:
            self._changes.extend([(t_ns + shift_ns, (line, state))])
            self._lines[line].put(t_ns + shift_ns, float(state))
        self._told.extend((t_ns + shift_ns, text) for t_ns, text in messages)

    def refuse_outside(self, t0_ns: TimeNs, t1_ns: TimeNs, reached_ns: TimeNs) -> None:
        """Refuse a span that the laboratory has not lived, or has forgotten.

        Raises:
            BenchError: with what it knows.
        """
        if t1_ns > reached_ns:
            problem = f"the span to {s_from_ns(t1_ns):.9f} s has not been lived yet: {s_from_ns(reached_ns):.9f} s"
            raise BenchError(_PART, s_from_ns(t0_ns), problem)
        first_ns = max(history.first_ns for history in self._edges)
        if t0_ns < first_ns:
            problem = f"forgotten: the laboratory remembers from {s_from_ns(first_ns):.3f} s on"
            raise BenchError(_PART, s_from_ns(t0_ns), problem, "ask within 60 s")

    def edges(self, t0_ns: TimeNs, t1_ns: TimeNs, *, with_running: bool) -> Edges:
        """See `Lab.edges`."""
        found = (
            history.between(t0_ns, t1_ns) if with_running else history.beginning_in(t0_ns, t1_ns)
            for history in self._edges
        )
        return Edges(t0_ns, t1_ns, tuple(found))

    def values(self, role: str, t0_ns: TimeNs, period_ns: TimeNs, n: int) -> NDArray[np.float64]:
        """See `Lab.values`."""
        values = np.empty(n)
        segments = self.segments(role, t0_ns, t0_ns + max(0, n - 1) * period_ns + 1)
        sample_segments(*segments, t0_ns, period_ns, values)
        return values

    def crossings(
        self, role: str, level: float, t0_ns: TimeNs, t1_ns: TimeNs
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """See `Lab.crossings`."""
        segments = self.segments(role, t0_ns - 1, t1_ns)
        most = 2 * segments[0].size
        found_ns, rising = np.empty(most, np.int64), np.empty(most, np.bool_)
        n = find_crossings(*segments, level, t0_ns, t1_ns, found_ns, rising)
        return found_ns[:n], rising[:n]

    def lines(self, t0_ns: TimeNs, t1_ns: TimeNs) -> Sequence[tuple[TimeNs, str, int]]:
        """See `Lab.lines`."""
        return tuple((t_ns, *change) for t_ns, change in self._changes.between(t0_ns, t1_ns))

    def messages(self, t0_ns: TimeNs, t1_ns: TimeNs) -> Sequence[tuple[TimeNs, str]]:
        """See `Lab.messages`."""
        return self._told.between(t0_ns, t1_ns)

    def segments(self, role: str, t0_ns: TimeNs, t1_ns: TimeNs) -> Segments:
        """See `Lab.segments`."""
        quantity, _, number = role.partition(".")
        if quantity in {"current", "voltage"}:
            index = int(number or 1) - 1
            if index >= len(self._edges):  # nothing is connected there
                return HeldHistory(0.0).segments(t0_ns, t1_ns)
            rows = self._edges[index].between(t0_ns, t1_ns)
            steady, decaying = ("i_a", "i_b_a") if quantity == "current" else ("v_v", "v_b_v")
            whole = np.ascontiguousarray
            return whole(rows["t_ns"]), whole(rows[steady]), whole(rows[decaying]), whole(rows["tau_s"])
        history = self._history(role)
        if t0_ns < history.first_ns:
            problem = f"{role} changes so often that it is remembered from {s_from_ns(history.first_ns):.3f} s on only"
            raise BenchError(_PART, s_from_ns(t0_ns), problem, "ask sooner")
        return history.segments(t0_ns, t1_ns)

    def _history(self, role: str) -> HeldHistory:
        if role == "supply":
            return self._supply
        if role in self._lines:
            return self._lines[role]
        input_role = role.removesuffix(".back")
        if input_role in self._levels or input_role in TO_DEVICE:
            return self._level(input_role)
        known = ", ".join(("current", "voltage", *LINES, *TO_DEVICE))
        raise BenchError(_PART, float("nan"), f"nothing in the laboratory has the role {role}", f"known are {known}")


def _one(role: str, value: float, t_ns: TimeNs) -> Signal:
    unit = "V" if role in {"heel_switch", "supply"} else ""
    return Signal(np.array([value]), t_ns, _REST_RATE_HZ, unit)


def _possible(target: str, value: float) -> float | int:
    """The nearest value that a contact, a polarity or a supply can have."""
    if target == "polarity":
        return 1 if value >= 0.0 else -1
    return min(1.0, max(0.0, value)) if target == "contact" else max(0.0, value)
