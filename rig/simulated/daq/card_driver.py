"""What the card's outputs do to the device: volts become signals of roles, lines become commands."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rig.simulated.daq.channels import AO
from rig.simulated.daq.held import Held
from rig.simulated.daq.names import key_of
from rig.simulated.daq.task import Task
from rig.simulated.daq.wiring import CardWire
from scenarios.roles import ANALOGUE_UNITS, CHANNELLED
from sim.signal import Command, Signal
from sim.timebase import TimeNs

if TYPE_CHECKING:
    from rig.simulated.daq.card import SimulatedCard

_ONE_HZ: Final = 1000.0
"""Rate that a single software-timed value is given."""
_WORDS: Final[dict[str, tuple[Any, Any]]] = {
    "interlock": (0, 1),
    "contact": (0.0, 1.0),
    "polarity": (1, -1),
    "supply": ("off", "on"),
}
"""What a low and a high line command. The interlock is in series with whatever contact the electrodes have."""
_FROM_DEVICE: Final = ("status", "indicator")


class OutputDriver:
    """The card as the laboratory asks it: span after span, without holes.

    What was never put out moves nothing: the role rests, an interlock that nobody has used yet is closed.

    Args:
        card: whose outputs these are.
    """

    def __init__(self, card: "SimulatedCard") -> None:
        self._card = card
        wires = card.wiring.all
        self._analogue = [wire for wire in wires if wire.is_output]
        self._lines = [wire for wire in wires if wire.is_line and not wire.role.startswith(_FROM_DEVICE)]

    def signals(self, t0_ns: TimeNs, t1_ns: TimeNs) -> Mapping[str, Signal]:
        """What the analogue outputs put out in [t0_ns, t1_ns), SI."""
        self._put_out(t1_ns)
        found: dict[str, Signal] = {}
        if not self._analogue:
            return found
        streams = self._streams()
        for wire in self._analogue:
            held = self._card.outputs.driven(wire.port)
            if held is None:
                continue
            task = streams.get(key_of(wire.port))
            signal = _streamed(task, held, wire, t0_ns, t1_ns) if task is not None else None
            if signal is None:
                signal = _changed(held, wire, t0_ns, t1_ns)
            if signal is not None:
                found[wire.role] = signal
        return found

    def commands(self, t0_ns: TimeNs, t1_ns: TimeNs) -> Sequence[Command]:
        """What the digital lines command in [t0_ns, t1_ns)."""
        found: list[Command] = []
        if not self._card.outputs.changed_since(t0_ns):
            return found
        for wire in self._lines:
            found.extend(self._commands_of(wire, t0_ns, t1_ns))
        found.sort(key=lambda command: command.t_ns)
        return found

    def _put_out(self, t1_ns: TimeNs) -> None:
        for task in self._card.tasks:
            if task.is_started and task.work is not None and task.work.puts_out:
                task.work.live(t1_ns)

    def _streams(self) -> dict[str, Task]:
        """Analogue output -> the task that streams it now."""
        return {
            key_of(channel.physical): task
            for task in self._card.tasks
            if task.kind == AO and task.t0_ns is not None and task.timing.is_clocked
            for channel in task.channels
        }

    def _commands_of(self, wire: CardWire, t0_ns: TimeNs, t1_ns: TimeNs) -> list[Command]:
        """Commands of one wire: one at each instant at which any of its lines changes."""
        helds = [self._card.outputs.driven(line) for line in wire.lines]
        if all(held is None or held.changed_ns < t0_ns for held in helds):
            return []
        instants = sorted({t_ns for held in helds if held is not None for t_ns, _ in held.changes(t0_ns, t1_ns)})
        found: list[Command] = []
        for t_ns in instants:
            at = np.array([t_ns], np.int64)
            bits = [held is not None and bool(held.at(at)[0] > 0.5) != wire.invert for held in helds]
            command = self._command(wire, t_ns, sum(1 << n for n, bit in enumerate(bits) if bit))
            found.extend([command] if command is not None else [])
        return found

    def _command(self, wire: CardWire, t_ns: TimeNs, number: int) -> Command | None:
        """What it means that the lines show `number`."""
        target, _, part = wire.role.partition(".")
        is_on, channel = number != 0, int(part) if part.isdigit() else int(target in CHANNELLED)
        if target in _WORDS:
            return Command(t_ns, target, _WORDS[target][is_on], channel)
        if target == "load":
            load = (wire.choices or {}).get(number)
            return Command(t_ns, "load", load, channel)
        if target == "button":
            return _button(t_ns, part, is_on=is_on)
        return None


def _button(t_ns: TimeNs, which: str, *, is_on: bool) -> Command | None:
    """A line that presses: stop while high, power off while high, rearm as it rises."""
    if which == "power":
        return Command(t_ns, "button", "power_off" if is_on else "power_on")
    if which == "rearm":
        return Command(t_ns, "button", "rearm") if is_on else None
    return Command(t_ns, "button", "stop" if is_on else "release")


def _streamed(task: Task, held: Held, wire: CardWire, t0_ns: TimeNs, t1_ns: TimeNs) -> Signal | None:
    """The samples of a stream inside a span; None where it has none there."""
    assert task.t0_ns is not None
    period_ns = task.timing.period_ns
    first = max(0, -(-(t0_ns - task.t0_ns) // period_ns))
    until = task.does.clocked(t1_ns)
    if until <= first:
        return None
    t_ns = task.t0_ns + np.arange(first, until, dtype=np.int64) * period_ns
    return Signal(_si(wire, held.at(t_ns)), int(t_ns[0]), task.timing.rate_hz, _unit(wire.role))


def _changed(held: Held, wire: CardWire, t0_ns: TimeNs, t1_ns: TimeNs) -> Signal | None:
    """The newest software-timed value inside a span; None where nothing changed."""
    changes = held.changes(t0_ns, t1_ns)
    if not changes:
        return None
    t_ns, volts = changes[-1]
    return Signal(_si(wire, np.array([volts])), t_ns, _ONE_HZ, _unit(wire.role))


def _si(wire: CardWire, volts: Any) -> Any:
    return (volts - wire.offset_v) / wire.volts_per_unit


def _unit(role: str) -> str:
    return ANALOGUE_UNITS.get(role, "V")
