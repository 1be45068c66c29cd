"""Under what conditions each pulse was given: load, settings, polarity, supply and contact over the time of a run.

Everything here follows from what was asked (the case and those of its events that fired), never from what was captured,
so a limit that refers to it is independent of what the device did.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rig.record import Record
from scenarios.timeline import effects_of
from sim.signal import Command
from sim.timebase import NS_PER_S, ns_from_s

_TARGETS: Final = ("load", "polarity", "supply", "contact")


@dataclass(frozen=True, slots=True)
class Steps:
    """A quantity that is constant from one change to the next.

    Attributes:
        t_s: instants from which the values hold, rising, s; the first is -inf.
        values: one an instant; None where it is not known.
    """

    t_s: tuple[float, ...]
    values: tuple[Any, ...]

    def index(self, t_s: ArrayLike) -> NDArray[np.int64]:
        """Which of the values holds at each instant; at a change already the new one."""
        return (np.searchsorted(np.array(self.t_s), np.asarray(t_s, np.float64), "right") - 1).astype(np.int64)

    def at(self, t_s: float) -> Any:
        """The value at one instant."""
        return self.values[int(self.index(t_s))]

    def numbers(self, t_s: ArrayLike) -> NDArray[np.float64]:
        """The values at each instant, (n,); NaN where they are not known."""
        known = np.array([math.nan if value is None else float(value) for value in self.values])
        return known[np.atleast_1d(self.index(t_s))]

    @property
    def changes_s(self) -> tuple[float, ...]:
        """Instants at which the value becomes another one, s."""
        return tuple(
            t_s
            for t_s, before, after in zip(self.t_s[1:], self.values[:-1], self.values[1:], strict=True)
            if after != before
        )


@dataclass(frozen=True, slots=True)
class Conditions:
    """What held when, as piecewise constant quantities.

    Attributes:
        load: what lies between the electrodes (`sim.electrode.load.Load`).
        polarity: +1, or -1 where the leads are swapped.
        supply_v: supply voltage, V; None where it is not known.
        contact_ratio: share of the electrodes' area that touches, 0..1.
        settings: the settings that are known, by name, SI.
        faults: seeded defects by name, with their dose; the virtual bench's own, for the report only.
    """

    load: Steps
    polarity: Steps
    supply_v: Steps
    contact_ratio: Steps
    settings: Mapping[str, Steps]
    faults: Mapping[str, Steps]


def commands_of(record: Record, parameter: str = "") -> tuple[Command, ...]:
    """What the events that fired asked of the bench, in time order; only those with `parameter`, where it is named."""
    asked: list[Command] = []
    for planned in record.case.events:
        event = record.events.get(planned.name)
        if event is None or not event.fired or planned.spec is None:
            continue
        if parameter and parameter not in planned.parameters:
            continue
        effects = effects_of(planned, record.case, ns_from_s(event.start_s))
        asked.extend(effect for effect in effects if isinstance(effect, Command))
    return tuple(sorted(asked, key=lambda command: command.t_ns))


def conditions_of(record: Record, channel: int = 0) -> Conditions:
    """The conditions of a record over its time.

    Args:
        record: the record, or its part for one channel (`reports.channels.of_channel`).
        channel: stimulation channel whose load, polarity and contact are asked for; 0 takes every change.
    """
    case = record.case
    device = case.device
    first: dict[str, Any] = {
        "load": case.load,
        "polarity": 1.0,
        "supply": getattr(device.settings, "nominal_supply_v", None),
        "contact": 1.0,
    }
    plain: dict[str, list[tuple[float, Any]]] = {name: [(-math.inf, first[name])] for name in _TARGETS}
    settings: dict[str, list[tuple[float, Any]]] = {
        name: [(-math.inf, value)] for name, value in device.programmed.items()
    }
    faults: dict[str, list[tuple[float, Any]]] = {name: [(-math.inf, dose)] for name, dose in device.defects.items()}
    for command in commands_of(record):
        if channel and command.channel not in {0, channel}:
            continue
        t_s = command.t_ns / NS_PER_S
        if command.target in plain:
            changes = plain[command.target]
            changes.append((t_s, _value(command, first[command.target], changes)))
        elif command.target in {"setting", "fault"}:
            name, value = command.value
            known = settings if command.target == "setting" else faults
            known.setdefault(name, [(-math.inf, None)]).append((t_s, value))
    return Conditions(
        load=_steps(plain["load"]),
        polarity=_steps(plain["polarity"]),
        supply_v=_steps(plain["supply"]),
        contact_ratio=_steps(plain["contact"]),
        settings={name: _steps(changes) for name, changes in settings.items()},
        faults={name: _steps(changes) for name, changes in faults.items()},
    )


def _value(command: Command, of_case: Any, before: list[tuple[float, Any]]) -> Any:
    """What a command makes of its quantity; an interrupted supply is 0 V and comes back as it was."""
    if command.target == "load" and command.value is None:
        return of_case
    if command.target == "supply" and command.value == "off":
        return 0.0
    if command.target == "supply" and command.value == "on":
        return next((value for _, value in reversed(before) if value != 0.0), of_case)
    return command.value


def _steps(changes: list[tuple[float, Any]]) -> Steps:
    """The changes in time order; of several at one instant the last one holds."""
    last = dict(changes)
    return Steps(tuple(last), tuple(last.values()))


def setting_steps(record: Record, name: str) -> Steps:
    """The setting `name` over the time of the run, SI; None where it is not known."""
    changes: list[tuple[float, Any]] = [(-math.inf, record.case.device.programmed.get(name))]
    changes.extend(
        (command.t_ns / NS_PER_S, command.value[1])
        for command in commands_of(record, "setting")
        if command.target == "setting" and command.value[0] == name
    )
    return _steps(changes)


def setting_at(record: Record, name: str, t_s: ArrayLike) -> NDArray[np.float64]:
    """What the setting `name` stood at, at each of the instants `t_s`, (n,), SI; NaN where it is not known."""
    steps = setting_steps(record, name)
    if any(isinstance(value, str) for value in steps.values):
        return np.full(np.size(t_s), math.nan)
    return steps.numbers(t_s)


def setting_changes_s(record: Record, name: str) -> tuple[float, ...]:
    """Instants at which the setting `name` becomes another one, s."""
    return setting_steps(record, name).changes_s


def load_ohm_at(record: Record, t_s: ArrayLike, channel: int = 0) -> NDArray[np.float64]:
    """Resistance of the load to a current that flows for long, ohm, at each instant, (n,)."""
    steps = conditions_of(record, channel).load
    ohm = np.array([load.resistance_ohm for load in steps.values])
    return ohm[np.atleast_1d(steps.index(t_s))]
